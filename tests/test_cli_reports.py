"""What the command line says of an audit beside its numbers, and of its file."""

import hashlib
import json
import re
import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from skops import io
from slow_cases import slow
from typer.testing import CliRunner

from skmia.attacks import get_attack, get_attack_names
from skmia.auditing import AuditReport, audit_predictions, plan_audit
from skmia.cli import _printing
from skmia.cli._commands import app

OWN = ["--model", "model.skops", "--train", "train.csv", "--holdout", "holdout.csv"]
OWN += ["--label", "y", "--trust-sklearn", "--no-html"]
QUICK = ["--attack", "gap", "--attack", "rmia-online", "--shadows", "4"]


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_printing.out, "width", 100)


def run(*words, code=0):
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result.output


@pytest.fixture
def tables():
    """A forest, and files with two columns that it does not know."""
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    X = X.iloc[:, :6]
    aside = pd.DataFrame({"sex": np.arange(len(y)) % 2, "age": np.arange(len(y)) % 60})
    train, holdout = train_test_split(range(len(y)), random_state=0, train_size=0.5)
    forest = RandomForestClassifier(5, random_state=0).fit(X.iloc[train], y.iloc[train])
    io.dump(forest, "model.skops")
    whole = pd.concat([X, aside, y.rename("y")], axis=1)
    whole.iloc[train].to_csv("train.csv", index=False)
    whole.iloc[holdout].to_csv("holdout.csv", index=False)
    return whole


@pytest.mark.usefixtures("tables")
def test_what_the_report_says_of_files_and_command():
    options = [*OWN, *QUICK, "--name", "cancer model", "--unit", "person"]
    run("audit", *options, "--json", "a.json")
    facts = json.loads(Path("a.json").read_text())
    audited = facts["audited"]
    assert audited["name"] == "cancer model"
    assert facts["finding"]["unit"] == "people"
    for file in audited["files"]:
        data = Path(file["name"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(data).hexdigest()
        assert file["bytes"] == len(data)
    roles = {file["role"]: file["rows"] for file in audited["files"]}
    assert roles == {"model": None, "train": 284, "holdout": 285}
    command = facts["run"]["command"]
    assert command.startswith("skmia audit --model model.skops --train train.csv")
    again = [word for word in shlex.split(command)[1:] if word != "a.json"]
    again.insert(again.index("--json") + 1, "b.json")
    run(*again)
    other = json.loads(Path("b.json").read_text())
    assert other["headline"] == facts["headline"]
    assert other["recognised"] == facts["recognised"]


@pytest.mark.slow
@pytest.mark.usefixtures("tables")
def test_columns_to_report_by():
    """A number of many values is told by its quarters; columns need be no features."""
    run("audit", *OWN, *QUICK, "--by", "sex", "--by", "age", "--json", "a.json")
    groups = json.loads(Path("a.json").read_text())["groups"]
    assert [table["by"] for table in groups] == ["label", "sex", "age"]
    assert [row["group"] for row in groups[1]["rows"]] == ["0", "1"]
    assert len(groups[2]["rows"]) == 4
    assert sum(row["n_members"] for row in groups[2]["rows"]) == 284
    text = run("audit", *OWN, *QUICK, "--by", "race", code=2)
    assert "no column 'race', of --by" in text


def test_columns_to_report_by_of_a_model_without_names(tables):
    X = tables.drop(columns=["sex", "age", "y"])
    forest = RandomForestClassifier(5, random_state=0).fit(X.to_numpy(), tables["y"])
    io.dump(forest, "model.skops")
    for name in ("train.csv", "holdout.csv"):
        pd.read_csv(name).drop(columns="age").to_csv(name, index=False)
    run("audit", *OWN, *QUICK, "--by", "sex", "--json", "a.json")
    groups = json.loads(Path("a.json").read_text())["groups"]
    assert [table["by"] for table in groups] == ["label", "sex"]


@pytest.mark.usefixtures("tables")
def test_an_attack_named_before():
    run("audit", *OWN, *QUICK, "--headline", "gap", "--json", "a.json")
    headline = json.loads(Path("a.json").read_text())["headline"]
    assert (headline["attack"], headline["named_before"]) == ("gap", True)
    text = run("audit", *OWN, *QUICK, "--headline", "shokri", code=2)
    assert "--headline must be one of its attacks, gap, rmia-online" in text


@pytest.mark.slow
@pytest.mark.usefixtures("tables")
def test_shadow_models_of_another_kind_and_in_a_folder():
    io.dump(RandomForestClassifier(3, max_depth=2), "shadow.skops")
    options = ["--shadow-model", "shadow.skops", "--memory", "cache"]
    # The clock of the progress bar may come to one second, or not.
    again = [*OWN, *QUICK, *options, "--json", "a.json"]
    first, second = (
        re.sub(r"\d:\d\d:\d\d", "", run("audit", *again)) for _ in range(2)
    )
    assert any(Path("cache").rglob("*"))
    assert second == first
    run("audit", *OWN, *QUICK, "--json", "b.json")
    ours, theirs = (json.loads(Path(f"{one}.json").read_text()) for one in "ab")
    assert ours["headline"] != theirs["headline"]


@pytest.mark.slow
def test_what_the_adversary_has_besides(tables):
    tables.drop(columns="y").to_csv("public.csv", index=False)
    tables.to_csv("task.csv", index=False)
    options = ["--given", "public=public.csv", "--given", "other-task=task.csv"]
    options += ["--attack", "trajectory", "--attack", "salem2", "--shadows", "2"]
    run("audit", *OWN, *options, "--json", "a.json", "--no-html")
    found = json.loads(Path("a.json").read_text())["attacks"]
    assert [row["status"] for row in found] == ["ok", "ok"]
    text = run("audit", *OWN, "--given", "friends=a.csv", code=2)
    assert "--given must be public=FILE or other-task=FILE" in text


@pytest.mark.usefixtures("tables")
def test_rates():
    run("audit", *OWN, *QUICK, "--fprs", "0.05,0.2", "--json", "a.json")
    assert json.loads(Path("a.json").read_text())["fprs"] == [0.05, 0.2]
    assert "--fprs must be" in run("audit", *OWN, "--fprs", "many", code=2)
    assert "--fprs must be" in run("audit", *OWN, "--fprs", "2", code=2)


@pytest.fixture
def saved(tables):
    run("audit", *OWN, *QUICK, "--json", "a.json")
    return AuditReport.from_json("a.json")


def test_a_file_is_shown_again(saved):
    assert run("report", "a.json").strip() == saved.to_text().strip()
    run("report", "a.json", "--html", "a.html", "--markdown", "a.md")
    assert Path("a.html").read_text("utf-8").rstrip().endswith("</html>")
    assert saved.finding["headline"] in Path("a.md").read_text("utf-8")


@pytest.mark.usefixtures("saved")
def test_a_file_that_was_changed_is_not():
    facts = json.loads(Path("a.json").read_text())
    Path("b.json").write_text(json.dumps(facts | {"verdict": "none-found"}))
    assert "b.json was changed after it was written" in run("report", "b.json", code=2)
    assert "There is no file" in run("report", "none.json", code=2)


@pytest.mark.slow
@pytest.mark.usefixtures("saved")
def test_what_has_changed():
    text = run("diff", "a.json", "a.json")
    assert "holdout_accuracy" in text
    assert "•" not in text
    run("audit", *OWN, "--attack", "gap", "--json", "b.json")
    assert "• Other attacks were run." in run("diff", "a.json", "b.json")


def test_what_could_be_seen():
    text = run("plan", 500, 500, "--fprs", "0.01,0.1")
    for metric, row in plan_audit(500, 500, fprs=[0.01, 0.1]).iterrows():
        assert f"{metric} " in text
        assert f" {row['n_members']:.0f} " in text
    assert "Error: " in run("plan", 1, 500, code=2)


def test_attacks_by_access_and_cost():
    rows = json.loads(run("attacks", "--json"))
    assert [row["attack"] for row in rows] == get_attack_names()
    few = json.loads(run("attacks", "--json", "--access", "label", "--untrained"))
    expected = [
        name
        for name in get_attack_names()
        if get_attack(name).access == "label" and get_attack(name).fits == "0"
    ]
    assert [row["attack"] for row in few] == expected


def test_attacks_read_well_at_80_columns(monkeypatch):
    monkeypatch.setattr(_printing.out, "width", 80)
    lines = run("attacks").splitlines()
    for name in get_attack_names():
        assert any(line.split()[:1] == [name] for line in lines)


@pytest.mark.usefixtures("tables")
def test_a_killed_audit_resumes(monkeypatch):
    """Models that were trained before are not trained again; no file is half there."""
    fits, fit = [], RandomForestClassifier.fit

    def counted(self, *args, **params):
        fits.append(1)
        if len(fits) == 3:
            raise KeyboardInterrupt
        return fit(self, *args, **params)

    monkeypatch.setattr(RandomForestClassifier, "fit", counted)
    options = [*OWN, *QUICK, "--memory", "cache", "--json", "a.json"]
    run("audit", *options, code=130)
    assert not Path("a.json").exists()
    assert not [*Path().glob(".*.part")]
    run("audit", *options)
    # Four shadow models and a control, of which two were there; one was interrupted.
    assert len(fits) == 3 + (5 - 2)
    assert json.loads(Path("a.json").read_text())["run"]["n_shadows"] == 4


def answers(**changes):
    """A table of answers about 200 records, of which every other one is known."""
    rng = np.random.default_rng(0)
    member = np.arange(200) % 2
    y = rng.integers(0, 2, 200)
    sure = np.where(member == 1, 0.95, rng.uniform(0.4, 1, 200))
    table = {"label": np.where(y, "yes", "no"), "member": member}
    table["proba_no"] = np.where(y, 1 - sure, sure)
    table["proba_yes"] = 1 - table["proba_no"]
    return pd.DataFrame(table | changes)


def test_a_table_of_answers():
    table = answers()
    table.to_csv("p.csv", index=False)
    run("audit", "--predictions", "p.csv", "--json", "a.json", "--no-html")
    facts = json.loads(Path("a.json").read_text())
    report = audit_predictions(
        table["label"],
        proba=table[["proba_no", "proba_yes"]],
        member=table["member"],
        random_state=0,
    )
    assert facts["headline"]["auc"] == pytest.approx(report.headline["auc"], abs=1e-12)
    assert facts["n_train"] == facts["n_holdout"] == 100
    assert facts["audited"]["files"][0]["rows"] == 200


@pytest.mark.parametrize("column", ["predicted", "score"])
def test_a_table_of_labels_or_scores(column):
    table = answers()
    said = np.where(table["proba_yes"] > 0.5, "yes", "no")
    values = said if column == "predicted" else table["proba_yes"] - 0.5
    table = table.drop(columns=["proba_no", "proba_yes"]).assign(**{column: values})
    table.to_csv("p.csv", index=False)
    run("audit", "--predictions", "p.csv", "--json", "a.json", "--no-html")
    facts = json.loads(Path("a.json").read_text())
    right = (said == table["label"])[table["member"] == 1].mean()
    assert facts["train_accuracy"] == pytest.approx(right)


@pytest.mark.parametrize(
    ("changes", "drop", "message"),
    [
        ({}, ["member"], "p.csv has no column 'member'"),
        ({}, ["label"], "p.csv has no column 'label'"),
        ({}, ["proba_no", "proba_yes"], "must have columns proba_<class>"),
        ({}, ["proba_no"], "p.csv: the classes must be two different labels"),
        ({"proba_yes": [0.2] * 3 + [7.0] * 197}, [], "in row 4, column 'proba_yes'"),
        ({"proba_no": [0.99] * 200}, [], "must sum to one in each row"),
        ({"label": ["yes"] * 5 + ["perhaps"] * 195}, [], "in row 6 the label"),
        ({"proba_no": ["0.5"] * 9 + ["x"] * 191}, [], "p.csv"),
    ],
)
def test_a_table_that_is_wrong(changes, drop, message):
    answers(**changes).drop(columns=drop).to_csv("p.csv", index=False)
    text = run("audit", "--predictions", "p.csv", "--no-html", code=2)
    assert message in " ".join(text.split())


def shadow_answers(seed, **changes):
    """The same about a model that knows a random half of the records."""
    rng = np.random.default_rng(seed)
    table = answers()
    yes = table["label"] == "yes"
    table["member"] = rng.permutation(200) % 2
    sure = np.where(table["member"] == 1, 0.95, rng.uniform(0.4, 1, 200))
    table["proba_no"] = np.where(yes, 1 - sure, sure)
    table["proba_yes"] = 1 - table["proba_no"]
    return table.assign(**changes)


def test_answers_of_shadow_models():
    table, shadows = answers(), [shadow_answers(seed) for seed in range(4)]
    table.to_csv("p.csv", index=False)
    options = []
    for i, shadow in enumerate(shadows):
        shadow.to_csv(f"s{i}.csv", index=False)
        options += ["--shadow-predictions", f"s{i}.csv"]
    options += ["--attack", "rmia-online", "--json", "a.json", "--no-html"]
    run("audit", "--predictions", "p.csv", *options)
    facts = json.loads(Path("a.json").read_text())
    proba = ["proba_no", "proba_yes"]
    report = audit_predictions(
        table["label"],
        proba=table[proba],
        member=table["member"],
        shadow=([one[proba] for one in shadows], [one["member"] for one in shadows]),
        attacks="rmia-online",
        random_state=0,
    )
    assert report.summary["status"].tolist() == ["ok"]
    assert facts["headline"]["auc"] == pytest.approx(report.headline["auc"], abs=1e-12)
    roles = [file["role"] for file in facts["audited"]["files"]]
    assert roles == ["predictions", *(f"shadow predictions {i}" for i in range(1, 5))]
    assert {file["rows"] for file in facts["audited"]["files"]} == {200}


@pytest.mark.parametrize(
    ("shadow", "message"),
    [
        (shadow_answers(1).drop(columns="member"), "s2.csv has no column 'member'"),
        (shadow_answers(1)[:150], "s2.csv has 150 rows, not 200"),
        (shadow_answers(1)[::-1], "s2.csv, row 2, column 'label': no is not yes"),
        (
            shadow_answers(1, proba_yes=[0.2] * 3 + [7.0] * 197),
            "in row 4, column 'proba_yes'. Got 7.0",
        ),
        (shadow_answers(1, proba_no=0.99), "s2.csv: proba_no to proba_yes must sum"),
        (shadow_answers(1, member=0), "s2.csv: audit_predictions needs at least one"),
        (answers(), "s2.csv: Its members are those of the audited model"),
        (shadow_answers(0), "s2.csv: It is given twice, as s1.csv"),
        (
            shadow_answers(1).rename(columns={"proba_no": "proba_maybe"}),
            "s2.csv must have the answers of p.csv, in this order: proba_no, proba_yes",
        ),
    ],
)
def test_answers_of_shadow_models_that_are_wrong(shadow, message):
    answers().to_csv("p.csv", index=False)
    shadow_answers(0).to_csv("s1.csv", index=False)
    shadow.to_csv("s2.csv", index=False)
    others = ["--shadow-predictions", "s1.csv", "--shadow-predictions", "s2.csv"]
    text = run("audit", "--predictions", "p.csv", *others, "--no-html", code=2)
    assert message in " ".join(text.split())


def test_answers_of_shadow_models_need_those_of_a_model():
    shadow_answers(0).to_csv("s.csv", index=False)
    text = run("audit", "--shadow-predictions", "s.csv", "--no-html", code=2)
    assert "with --predictions alone" in " ".join(text.split())
    answers().to_csv("p.csv", index=False)
    text = run("audit", "--predictions", "p.csv", "--shadows", "4", code=2)
    assert "cannot be given with --shadows" in " ".join(text.split())


def test_answers_stand_alone():
    answers().to_csv("p.csv", index=False)
    text = run("audit", "--predictions", "p.csv", "--by", "sex", code=2)
    assert "cannot be given with --by" in text


@pytest.mark.usefixtures("tables")
def test_an_annex_of_a_file():
    run("audit", *OWN, *QUICK, "--json", "a.json")
    annex = ["report", "a.json", "--annex", "annex.md"]
    assert "--release" in run(*annex, code=2)
    assert not Path("annex.md").exists()
    run(*annex, "--release", "internal", "--standard", "five-safes")
    text = Path("annex.md").read_text(encoding="utf-8")
    assert text == AuditReport.from_json("a.json").annex(
        "five-safes", release="internal"
    )


@pytest.mark.usefixtures("saved")
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--html", "a.json"], "what is read and --html cannot be one file"),
        (["--html", "b", "--markdown", "b"], "--html and --markdown cannot be one"),
        (["--html", "none/b"], "--html cannot be written"),
        *slow(
            (["--markdown", "a.json"], "what is read and --markdown cannot be one"),
            (
                ["--annex", "./a.json", "--release", "internal"],
                "what is read and --annex cannot be one file",
            ),
            (["--markdown", "-"], "--markdown must be a file, and not standard output"),
            (["--release", "internal"], "--release is of an annex"),
            (["--standard", "five-safes", "--html", "b"], "--standard is of an annex"),
        ),
    ],
)
def test_where_a_report_cannot_be_written(options, message):
    before = Path("a.json").read_bytes()
    assert message in " ".join(run("report", "a.json", *options, code=2).split())
    assert Path("a.json").read_bytes() == before
    assert not Path("b").exists()
    assert not Path("-").exists()


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("name", ["model.skops", "train.csv", "holdout.csv", "p.csv"])
def test_an_audit_writes_over_nothing_that_it_reads(name):
    Path("p.csv").write_text("x\n1\n")
    before = Path(name).read_bytes()
    text = run("audit", *OWN, "--given", "public=p.csv", "--json", name, code=2)
    assert "what is read and --json cannot be one file" in " ".join(text.split())
    assert Path(name).read_bytes() == before


@pytest.mark.usefixtures("tables")
def test_flags_of_a_model_that_attackers_hold():
    options = ["audit", *OWN, "--attack", "gap", "--shadows", "0"]
    assert "Structure of the model: flagged" in run(*options, "--access", "white-box")
    assert "Structure of the model" not in run(*options)
