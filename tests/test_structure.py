"""The shape of the package: who imports whom, and what an import does."""

import ast
import json
import os
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from slow_cases import slow

import skmia

ROOT = Path(skmia.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

BASE = ["exceptions", "utils"]
ASIDE = ["datasets", "defenses", "federated", "generators", "metrics", "neural"]
ASIDE += ["reporting"]
CHAIN = [
    "signals",
    "targets",
    "shadow",
    "attacks",
    "game",
    "auditing",
    "model_selection",
    "grid",
    "cli",
]
# Which part of the package may import which.
MAY_IMPORT = {
    "exceptions": set(),
    "utils": {"exceptions"},
    **{part: {*BASE} for part in ASIDE},
    "generators": {*BASE, "metrics"},
    # Owners are named with an interval; noise on sums is paid for as all noise is.
    "federated": {*BASE, "defenses", "metrics"},
    # Networks that are defenses are released as such.
    "neural": {*BASE, "defenses"},
    **{
        part: {*BASE, "metrics", *CHAIN[:place]}
        for place, part in enumerate(CHAIN)
        if part not in ("grid", "cli")
    },
    "grid": {*BASE, *ASIDE, *CHAIN[:-2]},
    # What records look like is a matter of noise, too.
    "targets": {*BASE, "generators", "metrics", *CHAIN[:1]},
    # Who attacks a federation acts through its hooks.
    "attacks": {*BASE, "federated", "generators", "metrics", *CHAIN[:3]},
    "shadow": {*BASE, *CHAIN[:2]},
    # Facts are shown by what knows nothing of how they were found.
    "auditing": {*BASE, "defenses", "metrics", "reporting", *CHAIN[:5]},
    # Whether a model has forgotten records: loaded by who asks.
    "unlearning": {*BASE, "metrics", *CHAIN[:4]},
    # What else is inferred: loaded by who asks, too.
    "inference": {*BASE, "metrics", *CHAIN[:4], "auditing"},
    # Targets of other tasks, and what is asked of them.
    "tasks": {*BASE, "metrics", *CHAIN[:4], "auditing"},
    # Loaded by nobody but who has the other tool.
    "integrations": {*BASE, "auditing", "federated"},
    # Former paths of what lives elsewhere.
    "audit": {"utils"},
    "black_box": {"utils"},
    # Nothing imports the checks, and they import what they check.
    "testing": {*BASE, "reporting", "tasks", *CHAIN[:4]},
    "cli": {*BASE, *ASIDE, *CHAIN[:-1], "audit", "unlearning", "skmia"},
    "__main__": {"cli"},
    "_public": {"utils", "metrics", *CHAIN},
    "skmia": {"_public", "audit"},
}
# Listed in scikit-learn's API reference in spite of its name.
PUBLIC_AFTER_ALL = "sklearn.utils._safe_indexing"


def part_of(module):
    """First component below skmia; "skmia" for the package itself."""
    return module.split(".")[1] if "." in module else module


def module_of(file):
    parts = file.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree_of(file):
    return ast.parse(file.read_text(encoding="utf-8"))


def imports(file):
    """Dotted name of everything that a file imports, functions included."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def names_used(file):
    """Every dotted name, such as ``np.random.seed``."""
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Attribute) and "(" not in (name := ast.unparse(node)):
            yield name


def relative(file):
    return str(file.relative_to(ROOT))


def in_every_file(rule):
    """Test of all files. One for each would be thousands, which take long to find."""

    def of_all():
        broken = {}
        for file in FILES:
            try:
                rule(file)
            except AssertionError as error:
                broken[relative(file)] = str(error)
        assert not broken

    of_all.__doc__ = rule.__doc__
    return of_all


@in_every_file
def test_imports_point_one_way(file):
    own = part_of(module_of(file))
    assert own in MAY_IMPORT, f"give {own} a place in the order of the parts"
    used = set()
    for name in imports(file):
        if name.split(".")[0] == "skmia":
            # "from skmia import audit" imports a part if there is one of that name.
            part = part_of(name)
            used.add(part if part in MAY_IMPORT else "skmia")
    assert used - {own} <= MAY_IMPORT[own]


@pytest.mark.parametrize("part", ["signals", "attacks", "defenses", "metrics"])
def test_low_parts_know_nothing_of_high_ones(part):
    assert not MAY_IMPORT[part] & {"game", "auditing", "grid", "cli"}


@pytest.mark.parametrize(
    "file", [file for file in FILES if part_of(module_of(file)) == "game"], ids=relative
)
def test_functions_of_the_game_take_few_parameters(file):
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.FunctionDef) and node.name != "__init__":
            assert len([*node.args.args, *node.args.kwonlyargs]) <= 7, node.name


@in_every_file
def test_what_a_cache_ignores_is_said_in_one_place(file):
    """A list of arguments by name, beside the function, is soon not true."""
    ignores = [
        node
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Call)
        and any(keyword.arg == "ignore" for keyword in node.keywords)
        and ast.unparse(node.func).endswith("cache")
    ]
    assert not ignores or relative(file) == "utils/_cache.py"


@in_every_file
def test_private_scikit_learn_names_are_in_one_place(file):
    private = {
        name
        for name in imports(file)
        if name.startswith("sklearn.") and "._" in name and name != PUBLIC_AFTER_ALL
    }
    # So is what differs between its versions.
    versions = "sklearn.__version__" in names_used(file)
    assert not (private or versions) or relative(file) == "utils/_sklearn.py"


@in_every_file
def test_no_global_randomness_and_no_code_from_files(file):
    allowed = {
        "np.random.RandomState",
        "np.random.PCG64DXSM",
        "np.random.MT19937",
        "np.random.SeedSequence",
        "np.random.get_state",
    }
    for name in names_used(file):
        assert not name.startswith("np.random.") or name in allowed
        # pickle.dumps runs nothing that a file brings.
        assert not name.startswith(("random.", "joblib.load"))
        assert not name.startswith(("pickle.load", "pickle.Unpickler"))
        assert name not in ("torch.load", "torch.seed")
        # There the generator is set back, and others wait.
        lent = relative(file) == "utils/_global_generator.py"
        assert name != "torch.manual_seed" or lent
    keywords = [n for n in ast.walk(tree_of(file)) if isinstance(n, ast.keyword)]
    assert "allow_pickle=True" not in [ast.unparse(keyword) for keyword in keywords]


@in_every_file
def test_all_that_is_parallel_is_in_one_place(file):
    """Or some of it would be sent data once for each job, or lose what a worker did."""
    names = {name.rpartition(".")[2] for name in imports(file)}
    assert "Parallel" not in names or relative(file) == "utils/_parallel.py"


PROBE = """
import json, logging, sys
import skmia
at_first = sorted(sys.modules)
import numpy as np
before = np.random.get_state()
handlers = list(logging.root.handlers)
from skmia import *
after = np.random.get_state()
loggers = map(logging.getLogger, logging.root.manager.loggerDict)
print(json.dumps({
    "at first": at_first,
    "modules": sorted(sys.modules),
    "rng untouched": all(np.array_equal(a, b) for a, b in zip(before, after)),
    "handlers": [
        logger.name for logger in loggers
        if logger.name.startswith("skmia") and logger.handlers
    ],
    "root handlers as before": logging.root.handlers == handlers,
}))
"""


@pytest.fixture(scope="module")
def after_import():
    """What a fresh interpreter looks like with ``skmia`` and all its public names."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROBE],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr
    return json.loads(done.stdout)


HEAVY = {"joblib", "numpy", "pandas", "pyarrow", "scipy", "sklearn", "torch"}


def test_nothing_is_loaded_before_it_is_asked_for(after_import):
    at_first = after_import["at first"]
    assert not HEAVY & set(at_first)
    own = {name for name in at_first if name.startswith("skmia")}
    assert own == {"skmia", "skmia.audit"}


COMMANDS = [
    "attacks",
    "audit",
    "audit-cv",
    "audit-synthetic",
    "cache",
    "dataset-inference",
    "diff",
    "grid",
]
COMMANDS += ["plan", "report", "study", "verify-unlearning"]
COMMAND_LINE = """
import sys
from skmia.cli import main
sys.argv = ["skmia", *sys.argv[1:]]
try:
    main()
finally:
    print(*sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize(
    "words",
    [["--help"], ["--version"], *([command, "--help"] for command in COMMANDS)],
    ids=" ".join,
)
def test_help_loads_no_estimators(words):
    done = command_line(words)
    assert done.returncode == 0
    assert words[0] in done.stdout or "skmia" in done.stdout
    assert not HEAVY & set(done.stderr.split())


def test_completion_loads_no_estimators():
    words = {"_SKMIA_COMPLETE": "complete_bash", "COMP_CWORD": "2"}
    done = command_line([], COMP_WORDS="skmia audit --hol", **words)
    assert "--holdout" in done.stdout
    assert not HEAVY & set(done.stderr.split())


def test_completion_of_the_module_is_that_of_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "skmia"],
        capture_output=True,
        text=True,
        env={**os.environ, "_SKMIA_COMPLETE": "source_bash"},
    )
    assert "complete -o default -F _skmia_completion skmia\n" in done.stdout
    assert "_SKMIA_COMPLETE=complete_bash" in done.stdout


def test_all_commands_are_tested_for_it():
    from skmia.cli._commands import app

    named = [one.name for one in (*app.registered_commands, *app.registered_groups)]
    assert sorted(named) == COMMANDS


def command_line(words, **environment):
    return subprocess.run(
        [sys.executable, "-c", COMMAND_LINE, *words],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


# Without rich: scikit-learn 1.9 itself imports it where it is installed.
@pytest.mark.parametrize(
    "heavy", ["torch", "skorch", "matplotlib", "typer", "jinja2", "skops", "pytest"]
)
def test_import_is_light(after_import, heavy):
    assert heavy not in after_import["modules"]


@pytest.mark.parametrize(
    "own",
    ["skmia.neural", "skmia.cli", "skmia.datasets", "skmia.defenses", "skmia.testing"],
)
def test_parts_loaded_on_demand(after_import, own):
    assert own not in after_import["modules"]


def test_what_lists_all_parts_goes_on_without_an_extra():
    code = (
        "import sys; sys.modules['skorch'] = None\n"
        "import inspect, skmia\n"
        "assert 'neural' not in dict(inspect.getmembers(skmia))\n"
        "skmia.neural"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    last = done.stderr.splitlines()[-1]
    assert last.startswith("AttributeError: skmia.neural needs skorch")
    assert 'pip install "skmia[neural]"' in last


def test_parts_are_found_without_an_import_of_their_own():
    code = (
        "import skmia; skmia.defenses.RoundedPosterior; assert 'neural' in dir(skmia)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    "first",
    [
        "from skmia.audit import AuditReport",
        *slow("import skmia.attacks, skmia.audit", "from skmia import *"),
    ],
)
def test_audit_is_a_function_and_a_module(first):
    code = f"""
import inspect, sys, skmia
{first}
from importlib import import_module
assert inspect.isfunction(skmia.audit)
assert import_module("skmia.audit").audit is skmia.audit is skmia.auditing.audit
assert import_module("skmia.audit").AuditReport is skmia.auditing.AuditReport
assert skmia.audit is vars(skmia)["audit"]
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_name_that_is_not_there():
    with pytest.raises(AttributeError, match="module 'skmia' has no attribute 'nam"):
        skmia.name_of_nothing  # noqa: B018
    with pytest.raises(ImportError, match="cannot import name 'Audit'"):
        from skmia.audit import Audit  # noqa: F401


def test_public_names_are_those_of_one_list():
    from skmia import _public

    assert sorted([*_public.__all__, "__version__"]) == sorted(skmia.__all__)
    assert set(skmia.__all__) <= set(dir(skmia))


def test_import_has_no_side_effects(after_import):
    assert after_import["rng untouched"]
    assert after_import["root handlers as before"]
    assert after_import["handlers"] == []


def modules_with_all():
    for file in FILES:
        assigned = [n for n in tree_of(file).body if isinstance(n, ast.Assign)]
        if any(ast.unparse(n.targets[0]) == "__all__" for n in assigned):
            yield module_of(file)


@pytest.mark.parametrize("name", list(modules_with_all()))
def test_all_is_sorted_and_importable(name):
    module = import_module(name)
    names = module.__all__
    assert len(set(names)) == len(names)
    # Constants, then classes, then the rest, as ruff sorts.
    order = [(not n.isupper(), not n[0].isupper(), n) for n in names]
    assert order == sorted(order)
    assert all(hasattr(module, n) for n in names)
