"""Exit codes of the command line, and the files for machines."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from made_reports import attack, report_of
from typer.testing import CliRunner

from skmia.auditing.validity._check import Check
from skmia.cli import _audit_cv, _commands, _files, _named, main
from skmia.cli._commands import app

N = 200  # of members, and of others: 0.1 % of them is none
FPRS = (0.001, 0.01, 0.1)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_named, "digits_example", tuple)


def report(shift=1.0, **changes):
    rng = np.random.default_rng(0)
    score = rng.normal(size=2 * N) + shift * (np.arange(2 * N) < N)
    order = rng.permutation(2 * N)
    return report_of(attack(score), n_members=N, fprs=FPRS, order=order, **changes)


LEAK = report()
INVALID = report(checks=[Check("copies", "invalid", "All are copies.")])
TOO_FEW = report(checks=[Check("positive control", "not-measurable", "Not seen.")])


@pytest.fixture
def audited(monkeypatch):
    """Let the command audit nothing, and find a given report."""

    def set_report(found):
        def audit(*args, **params):
            if isinstance(found, BaseException):
                raise found
            return found

        monkeypatch.setattr("skmia.audit", audit)

    set_report(LEAK)
    return set_report


def run(*options, code=0, command="audit", html=False):
    args = [command, *map(str, options), *([] if html else ["--no-html"])]
    result = CliRunner().invoke(app, args)
    assert result.exit_code == code, result.output
    return result


def test_0_where_nothing_is_to_be_decided(audited):
    assert "exit" not in run().output
    [line] = run("--quiet").stdout.splitlines()
    assert line.startswith("skmia: NO GATE (exit 0). Leak found in Tree")


def test_0_where_no_condition_holds(audited):
    text = run("--fail-if", "auc > 0.95", "--fail-if", "epsilon > 4").stdout
    assert text.splitlines()[-1].startswith("skmia: PASS (exit 0).")


def test_1_where_a_condition_holds(audited):
    text = run("--fail-if", "auc > 0.95", "--fail-if", "auc > 0.6", code=1).stdout
    last = text.splitlines()[-1]
    assert last.startswith("skmia: FAIL (exit 1). Leak found in Tree")
    assert "Failed: auc (loss-threshold, upper end): 0." in last


def test_use_says_which_end_is_compared(audited):
    auc = LEAK.summary["auc"].iloc[0]
    limit = ("--fail-if", f"auc > {auc + 0.001}")
    run(*limit, code=1)
    run(*limit, "--use", "estimate")
    run("--fail-if", f"auc > {auc - 0.001}", "--use", "estimate", code=1)
    run("--fail-if", f"auc > {auc - 0.001}", "--use", "lower")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--fail-if", "auc < 0.6"), "a low value is no leak"),
        (("--fail-if", "f1 > 0.6"), "must be one of auc"),
        (("--fail-if", "tpr_at_fpr[0.05] > 0.1"), "It looks at 0.001, 0.01, 0.1."),
        (("--use", "lower"), "--use is about --fail-if, which is not given."),
        (("--use", "mean"), "Invalid value for '--use'"),
        (("--policy", "none.toml"), "none.toml"),
        (("--policy", "bad.toml"), "bad.toml: 'limit' is not a key of a policy."),
        (("--policy", "odd.toml"), "The 'groups' parameter of Policy must be a str"),
        (("--policy", "bad.toml", "--fail-if", "auc > 0.6"), "cannot be given with"),
        (("--junit", "no/folder.xml"), "--junit cannot be written: "),
        (("--json", "."), "--json must be a file. . is a folder."),
        (
            ("--sarif", "a", "--junit", "a"),
            "and --sarif cannot be one file. Got a.",
        ),
    ],
)
def test_2_where_the_input_is_wrong(audited, options, message):
    """Before anything is audited."""
    audited(RuntimeError("it was audited"))
    Path("bad.toml").write_text("limit = 3")
    Path("odd.toml").write_text("groups = 3")
    assert message in " ".join(run(*options, code=2).stderr.split())


@pytest.mark.parametrize("error", [ValueError, OSError, ImportError])
def test_2_where_an_audit_cannot_be_made(audited, error):
    audited(error("such as a missing extra"))
    assert run(code=2).stderr == "Error: such as a missing extra\n"


def test_2_where_the_extra_is_missing(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "typer", None)
    with pytest.raises(SystemExit, match="2"):
        main()
    assert capsys.readouterr().err.strip().endswith('pip install "skmia[cli]"')


@pytest.mark.parametrize("found", [INVALID, TOO_FEW])
@pytest.mark.parametrize("gate", [(), ("--fail-if", "auc > 0.99")])
def test_3_where_the_audit_says_nothing(audited, found, gate):
    audited(report(0, checks=found.checks))
    run(*gate, code=3)


def test_3_where_a_metric_was_not_measured(audited):
    text = run("--fail-if", "tpr_at_fpr[0.001] > 0.9", code=3).stdout
    assert "it takes 1,000 holdout records to measure it, and there are 200" in text


def test_4_where_something_unexpected_went_wrong(audited):
    audited(RuntimeError("a bug"))
    text = run("--fail-if", "auc > 0.6", code=4).stderr
    assert "RuntimeError: a bug" in text
    assert text.endswith("skmia failed unexpectedly; nothing was decided.\n")


def test_4_where_the_command_cannot_even_begin(monkeypatch, capsys):
    def broken(prog_name):
        raise RuntimeError("a bug")

    monkeypatch.setattr(_commands, "app", broken)
    with pytest.raises(SystemExit, match="4"):
        main()
    assert "RuntimeError: a bug" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--json", "--junit", "--sarif", "--html"])
def test_130_leaves_no_half_of_a_file(audited, monkeypatch, option):
    whole = Path.write_text

    def interrupted(path, text, **params):
        whole(path, text[:10], **params)
        raise KeyboardInterrupt

    Path("found").write_text("of the last run")
    monkeypatch.setattr(Path, "write_text", interrupted)
    run(option, "found", code=130, html=option == "--html")
    assert Path("found").read_text() == "of the last run"
    assert os.listdir() == ["found"]


def test_130_from_the_entry_point(audited, monkeypatch):
    audited(KeyboardInterrupt())
    monkeypatch.setattr(sys, "argv", ["skmia", "audit", "--no-html"])
    with pytest.raises(SystemExit, match="130"):
        main()


def test_what_a_model_prints_is_no_number(audited, monkeypatch):
    def audit(*args, **params):
        print("epoch 1")
        return LEAK

    monkeypatch.setattr("skmia.audit", audit)
    result = run("--json", "-")
    assert json.loads(result.stdout)["model"] == "Tree"
    assert "epoch 1" in result.stderr


def test_json_alone_on_standard_output(audited):
    result = run("--json", "-", "--fail-if", "auc > 0.6", code=1)
    assert json.loads(result.stdout)["model"] == "Tree"
    assert "Leak found" in result.stderr
    assert "skmia: FAIL (exit 1)." in result.stderr
    result = run("--json", "-", "--quiet")
    assert json.loads(result.stdout)["model"] == "Tree"
    assert len(result.stderr.splitlines()) == 1


def test_what_is_quiet_is_so_for_one_command(audited):
    run("--quiet", "--json", "-")
    assert "loss-threshold" in run().stdout


def test_files_for_machines(audited):
    files = ("--junit", "a.xml", "--sarif", "a.sarif", "--json", "a.json")
    text = run(*files, "--fail-if", "auc > 0.6", code=1).stdout
    for line in ("JUnit: a.xml", "SARIF: a.sarif", "Numbers: a.json"):
        assert line in text
    suite = ElementTree.parse("a.xml").getroot().find("testsuite")
    assert suite.get("failures") == "1"
    [run_of] = json.loads(Path("a.sarif").read_text())["runs"]
    assert [result["ruleId"] for result in run_of["results"]] == ["auc > 0.6"]
    summary = run_of["properties"]["summary"]
    assert summary in text
    assert summary in {one.get("value") for one in suite.iter("property")}


def test_files_are_written_without_a_gate_and_when_it_is_invalid(audited):
    audited(INVALID)
    run("--junit", "a.xml", code=3)
    suite = ElementTree.parse("a.xml").getroot().find("testsuite")
    assert suite.get("errors") == "2"  # the check, and the verdict
    assert "auc" not in Path("a.xml").read_text()


def test_a_policy_file(audited):
    Path("policy.toml").write_text('conditions = "auc > 0.6"\nmin_holdout = 201')
    text = run("--policy", "policy.toml", code=3).stdout
    assert "There are 200 holdout records; 201 are the least." in text
    Path("policy.toml").write_text('conditions = "auc > 0.6"\nuse = "lower"')
    run("--policy", "policy.toml", code=1)


def test_the_same_of_a_cross_validation(audited, monkeypatch):
    monkeypatch.setattr(
        _audit_cv, "load_cross_validation", lambda *args: {"estimator": [None]}
    )
    monkeypatch.setattr(_files, "load_records", lambda *args: ([], [], None))
    monkeypatch.setattr(_audit_cv, "about_files", lambda *args: [])
    monkeypatch.setattr(_files, "as_model_takes", lambda *args: None)
    monkeypatch.setattr("skmia.auditing.audit_cv", lambda *args, **params: LEAK)
    of = ("results.skops", "--data", "data.csv", "--junit", "a.xml", "--quiet")
    text = run(*of, "--fail-if", "auc > 0.6", code=1, command="audit-cv").stdout
    assert text.startswith("skmia: FAIL (exit 1).")
    assert Path("a.xml").exists()
    run(*of, "--policy", "none.toml", code=2, command="audit-cv")


def test_from_the_shell():
    """The whole way: numbers on one stream, prose on the other."""
    command = [sys.executable, "-m", "skmia", "audit", "--shadows", "0", "--no-html"]
    command += ["--attack", "gap", "--fail-if", "auc > 0.505", "--json", "-"]
    found = subprocess.run(command, capture_output=True, text=True)
    assert found.returncode == 1, found.stderr
    assert json.loads(found.stdout)["attacks"][0]["attack"] == "gap"
    last = found.stderr.splitlines()[-1]
    assert last.startswith("skmia: FAIL (exit 1). Leak found in RandomForestClassifier")
    assert "Failed: auc (gap, upper end): 0.519 > 0.505." in last
