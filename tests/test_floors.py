"""What skmia declares to need is what it is tested with."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
# Tested with one version only: old ones of torch bring CUDA, those of other tools half
# of another environment.
NEWEST_ONLY = [
    *(
        "neural",
        "graph",
        "dp-sgd",
        "boosting",
        "cluster",
        "mlflow",
        "shap",
        "skore",
        "docs",
    )
]
SUMS = ["all", "test"]


def pins(name):
    """Version of each package in a constraints file."""
    lines = (ROOT / name).read_text("utf-8").splitlines()
    stated = [line.partition("#")[0].split("==") for line in lines if "==" in line]
    return {package.lower(): Version(version) for package, version in stated}


def declared(*extras):
    """What pyproject.toml needs, with some extras."""
    needed = [*PROJECT["dependencies"], *(line for e in extras for line in EXTRAS[e])]
    return [Requirement(line) for line in needed]


def floors(requirements):
    found = {}
    for requirement in requirements:
        (floor,) = requirement.specifier  # no ceiling of our own
        assert floor.operator == ">="
        found[requirement.name.lower()] = Version(floor.version)
    return found


def installed_by_oldest():
    """Extras that `.ci/oldest` installs."""
    text = (ROOT / ".ci/oldest").read_text("utf-8")
    return re.search(r'-e "\.\[(.*?)\]"', text).group(1).split(",")


def test_lowest_versions_are_those_that_are_declared():
    lowest = floors(declared(*installed_by_oldest()))
    lowest["distributed"] = lowest["dask"]  # of one release
    assert pins("constraints-oldest.txt") == lowest


def test_each_extra_is_tested_at_its_floor_or_said_to_be_not():
    assert sorted([*installed_by_oldest(), *NEWEST_ONLY, *SUMS]) == sorted(EXTRAS)


def test_what_is_tested_is_not_below_the_floors():
    pinned = pins("constraints.txt")
    for name, floor in floors(declared()).items():
        assert pinned[name] >= floor, name


# What does not fit beside constraints.txt, and the file that it is installed with.
TOOLS = {"mlflow": "mlflow", "sdv": "sdv", "flwr": "flower"}


def ceilings(tool):
    path = ROOT / f"benchmarks/constraints/{TOOLS[tool]}.txt"
    lines = path.read_text("utf-8").splitlines()
    stated = [Requirement(line) for line in lines if not line.startswith("#")]
    return {requirement.name: requirement.specifier for requirement in stated}


@pytest.mark.parametrize("tool", TOOLS)
def test_a_tool_has_constraints_of_its_own(tool):
    """Beside constraints.txt pip takes a useless old version, and says nothing."""
    own = ceilings(tool)
    pinned = pins("constraints.txt")
    assert tool in own
    assert tool not in pinned
    others = own.keys() - {tool}
    assert others
    assert not [name for name in others if pinned[name] in own[name]]
    extra = {r.name: r.specifier for r in declared("mlflow")}.get(tool, own[tool])
    assert extra == own[tool]


def commands():
    """Commands of the docs, tests and scripts that install something."""
    for folder, kind in (("docs", "md"), ("benchmarks", "py"), ("tests", "py")):
        for file in sorted((ROOT / folder).rglob(f"*.{kind}")):
            text = file.read_text("utf-8").replace("\\\n", "").replace("\\\\\n", "")
            yield from re.findall(r"pip install [^\n`#]*", text)


@pytest.mark.parametrize("tool", TOOLS)
def test_commands_use_them(tool):
    name = re.compile(rf"(?<![\w/]){tool}(?![\w.])")
    used = [line for line in commands() if name.search(line)]
    used = [line for line in used if "skmia[" not in line]  # says which extra, no more
    assert used or tool == "sdv"
    own = f"constraints/{TOOLS[tool]}.txt"
    assert not [line for line in used if own not in line]


@pytest.mark.parametrize("command", ["oldest", "pythons", "run", "wheel"])
def test_commands_are_shell(command):
    subprocess.run(["bash", "-n", str(ROOT / ".ci" / command)], check=True)
