"""The parts that asv watches run; asv itself is not needed for that."""

import importlib.util
from pathlib import Path

import pytest
from slow_cases import slow

FOLDER = Path(__file__).parents[2] / "benchmarks" / "suite"
SHORT = ("Distillation", "Masks", "Scoring", "SharedFits")
LONG = ("Audit", "Grid", "ShadowFits")


@pytest.fixture(scope="module")
def parts():
    spec = importlib.util.spec_from_file_location("parts", FOLDER / "parts.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_all_are_here(parts):
    own = {
        name
        for name, item in vars(parts).items()
        if isinstance(item, type) and item.__module__ == "parts" and name[0] != "_"
    }
    assert own == {*SHORT, *LONG}


@pytest.mark.parametrize("name", [*SHORT, *slow(*LONG)])
def test_a_part_runs(parts, name):
    part = getattr(parts, name)()
    part.setup()
    part.time_it()
    part.bare()
    if hasattr(part, "track_auc"):
        # Normal values of spread 1 that differ by 1: an AUC of Phi(1 / sqrt(2)) = .760
        # for who knows both means, less for who estimates them from 15 values each.
        assert 0.7 < part.track_auc() < 1
