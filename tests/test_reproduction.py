"""Long runs of benchmarks: killed, they go on; and their intervals."""

import importlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture
def store(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module("store")


class Killed(BaseException):
    """As a signal ends a process: no handler of errors sees it."""


def test_a_killed_run_loses_no_finished_row(store, tmp_path, capsys):
    path, asked = tmp_path / "new" / "table.csv", []
    units = [{"data": data, "fold": fold} for data in "ab" for fold in range(2)]

    def measure(data, fold, dies=True):
        asked.append((data, fold))
        if dies and (data, fold) == ("b", 0):
            raise Killed
        return [{"cell": cell, "value": fold + cell / 10} for cell in range(3)]

    with pytest.raises(Killed):
        store.complete(path, units, measure)
    assert len(pd.read_csv(path)) == 6
    asked.clear()
    table = store.complete(path, units, lambda **unit: measure(**unit, dies=False))
    assert asked == [("b", 0), ("b", 1)]
    assert table[["data", "fold", "cell"]].to_numpy().tolist() == [
        [data, fold, cell] for data in "ab" for fold in range(2) for cell in range(3)
    ]
    asked.clear()
    again = store.complete(path, units, measure)
    assert asked == []
    pd.testing.assert_frame_equal(again, table)
    assert [file.name for file in path.parent.iterdir()] == ["table.csv"]


def test_more_units_are_added_to_those_on_disk(store, tmp_path, capsys):
    path = tmp_path / "table.csv"
    for n in (1, 3):
        table = store.complete(
            path, [{"run": run} for run in range(n)], lambda run: [{"value": run}]
        )
    assert table["value"].tolist() == [0, 1, 2]


def test_intervals_hold_for_other_records(store):
    """Splits of 2 x 50 out of 100 records, 10 of each; 400 populations.

    The mean over the records of a half is known to lie around 0. In 95 % of the cases
    the interval holds it: 5 standard errors of that share are 0.054.
    """
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(400):
        records = rng.standard_normal(100)
        halves = [rng.permutation(100)[:50] for _ in range(10)]
        mean, half = store.interval([records[rows].mean() for rows in halves])
        held += abs(mean) <= half
    assert held / 400 > 0.95 - 0.054


def test_jackknife_of_a_mean_is_its_interval(store):
    values = np.random.default_rng(0).random(8)
    table = pd.DataFrame({"fold": np.repeat(range(8), 3), "x": np.repeat(values, 3)})
    mean, half = store.jackknife(table, ["fold"], lambda part: part[["x"]].mean())
    assert [mean["x"], half["x"]] == pytest.approx(store.interval(values))


def test_missing_values_and_single_ones(store):
    assert store.interval([0.5, np.nan, 0.7])[0] == pytest.approx(0.6)
    mean, half = store.interval([0.5])
    assert mean == 0.5
    assert np.isnan(half)
    assert store.percent([np.nan]) == "-"
    assert store.judged(None, [0.5, 0.6])[0] == "-"
    assert store.judged(51.0, [0.5, 0.52])[2:] == ["+0.0", "agrees"]
    assert store.judged(70.0, [0.50, 0.501, 0.499])[3] == "differs"


def test_mitigations_are_judged_by_what_they_take(monkeypatch):
    for folder in (FOLDER, FOLDER / "truex"):
        monkeypatch.syspath_prepend(folder)
    remark = importlib.import_module("mitigations")._remark
    attack = {"none": [0.9, 0.8], "label only": [0.8, 0.7], "L2 5e-3": [0.7, 0.59]}
    own = pd.DataFrame(
        [
            {"mitigation": name, "accuracy": value}
            for name, values in attack.items()
            for value in values
        ]
    ).set_index("mitigation")
    # The paper's labels take 10 points of 83, its L2 penalty 31.
    said = [
        remark(own, "none", "none", (55.0, 83.0)),
        remark(own, "label only", "none", (55.0, 73.0)),
        remark(own, "L2 5e-3", "none", (35.0, 0.0)),
        remark(own, "L2 5e-3", "none", None),
    ]
    assert said == [
        "baseline",
        "attack changes as reported",
        "attack keeps 62.5 points more than reported",
        "not in the paper",
    ]
