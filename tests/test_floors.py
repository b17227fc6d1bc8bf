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
NEWEST_ONLY = ["neural", "dp-sgd", "boosting", "cluster", "mlflow", "shap", "skore"]
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


@pytest.mark.parametrize("command", ["oldest", "without-torch"])
def test_commands_are_shell(command):
    subprocess.run(["bash", "-n", str(ROOT / ".ci" / command)], check=True)
