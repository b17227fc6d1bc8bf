"""Tables of networks: which epsilon suffices, and the survey's defenses."""

import importlib
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits

pytest.importorskip("skorch")

from skmia.attacks import get_attack_names
from skmia.neural import HAMPClassifier, NetClassifier, objectives

FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(FOLDER)
    return importlib.import_module


def test_every_objective_has_a_row(script):
    catalogue = script("defense_catalogue")
    made = [
        make(clone(catalogue.MODELS["network"])) for make in catalogue.neural().values()
    ]
    seen = {
        type(model.objective).__name__
        for model in made
        if isinstance(model, NetClassifier)
    }
    assert seen - {"NoneType"} == {*objectives.__all__} - {"Objective"}
    assert any(isinstance(model, HAMPClassifier) for model in made)


def test_networks_are_trained_as_the_row_says(script):
    catalogue = script("defense_catalogue")
    X, y = load_digits(return_X_y=True)
    base = clone(catalogue.MODELS["network"]).set_params(max_epochs=1, random_state=0)
    ways = catalogue.neural()
    dropped = ways["dropout 0.5"](base)
    assert dropped.module_params == {"hidden_units": (64,), "dropout": 0.5}
    assert dropped.random_state == 0
    assert ways["DP-SGD, epsilon 1"](base).random_state is None
    # It finds its environments by itself.
    assert ways["IRM(1)"](base).fit(X[:200] / 16, y[:200]).score(X / 16, y) > 0


def test_only_some_data_sets_are_measured_anew(script, tmp_path, monkeypatch):
    bench = script("bench_defenses")
    rows = [
        {"data": data, "model": "network", "defense": name, "seed": 0}
        for data in ("Adult", "retail-100")
        for name in ("none", "HAMP")
    ]
    path = tmp_path / "defenses.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    monkeypatch.setattr(bench, "RESULTS", path)
    kept = bench.finished(Namespace(fresh=False, only=["HAMP"], data=["Adult"]))
    assert kept.to_dict("records") == [rows[0], *rows[2:]]


def test_edges_are_of_length_1_and_know_their_direction(script):
    features = script("image_features")
    images = np.zeros((2, 8, 8))
    images[0] += np.arange(8)  # brighter to the right: every gradient points there
    images[1] += np.arange(8)[:, None]
    found = features.edges(images)
    assert np.linalg.norm(found, axis=1) == pytest.approx([1, 1])
    by_direction = found.reshape(2, features.N_CELLS**2, features.N_DIRECTIONS)
    across, down = by_direction.sum(axis=1)
    assert np.flatnonzero(across).tolist() == [0]
    assert np.flatnonzero(down).tolist() == [features.N_DIRECTIONS // 4]
    # The same for a record, whoever else is asked about, and however bright it is.
    assert features.edges(3 * images[:1] + 1)[0] == pytest.approx(found[0])
    assert not features.edges(np.ones((1, 8, 8))).any()


def test_a_line_for_every_epsilon(script):
    bench = script("bench_which_epsilon")
    rows = [
        {
            "data": "MNIST",
            "model": "DP-SGD",
            "epsilon": epsilon,
            "seed": seed,
            "attack": attack,
            "replace_epsilon": 2 * epsilon,
            "max_advantage": 0.5,
            "max_auc": 0.8,
            "accuracy": 0.9,
            "auc": 0.6,
            "auc_low": 0.57,
            "auc_high": 0.63,
            "advantage": 0.1 + 0.2 * (attack == "rmia-online"),
        }
        for epsilon in (np.inf, 0.1)
        for seed in range(9)
        for attack in bench.ATTACKS
    ]
    private, bare = bench.written(pd.DataFrame(rows)).splitlines()[-2:]
    # Nine divisions: a third of the interval of one.
    aucs = "| 0.600 ± 0.010 " * 3
    assert private == f"| 0.1 | 0.2 | 90.0 {aucs}| 0.800 | 0.300 | 0.500 |"
    assert bare.startswith("| none | - | 90.0 |")


def test_rows_of_the_survey_can_be_measured(script):
    survey, rows = script("survey_table3"), script("survey_rows").ROWS
    # One row with two approaches is two here.
    assert len({row.paper for row in rows}) == 22
    for row in rows:
        assert {*row.data} <= {*survey.DATA} & {*survey.STANDS_FOR}
        assert {*row.defenses} <= {*survey.WAYS}
        assert bool(row.data) == bool(row.defenses) == bool(row.attack)
        assert row.data or row.remark
        if row.attack:
            assert row.attack[0] in survey.ATTACKS
            assert row.attack[1] in survey.NAMES
    assert {*survey.ATTACKS} <= {*get_attack_names()}


def test_a_remark_says_which_attack_loses(script):
    survey = script("survey_table3")
    row = survey.QUICK[0]
    falls, stays = pd.Series([-9.0, -10.0]), pd.Series([-1.0, 1.0])
    uncertain = pd.Series([-1.0, -9.0])  # -5, with an error of 4
    said = survey.remark_on
    assert said(row, falls, falls) == "lowers both attacks"
    assert said(row, falls, stays) == "lowers the paper's attack only"
    assert said(row, uncertain, falls) == "lowers RMIA only"
    # One division has no error; an advantage has twice that of an accuracy.
    once = pd.Series([-7.0])
    assert said(row, once, stays) == "lowers the paper's attack only"
    by_advantage = row._replace(attack=("loss-threshold", "advantage"))
    assert said(by_advantage, once, stays) == "lowers neither"
    assert said(row._replace(remark="so"), stays, stays) == "lowers neither; so"


def test_what_is_not_finished_is_no_number(script):
    survey = script("survey_table3")
    table = pd.DataFrame(
        [
            {"data": "lookalike-10", "defense": defense, "seed": seed}
            | {"attack": attack, "auc": auc, "balanced_accuracy": 0.6}
            | {"test_accuracy": 0.5}
            for defense, auc in [("none", 0.9), ("top 1", 0.8)]
            for seed in range(2)
            for attack in survey.ATTACKS
        ]
    )
    row = survey.QUICK[0]
    assert survey.measured(row, table, "lookalike-10", "top 1") == [
        "50.0 to 50.0 (± 0.0)",
        "shadow, accuracy: 60.0 to 60.0 (± 0.0)",
        "90.0 to 80.0 (± 0.0)",
        "lowers RMIA only",
    ]
    # A division that only the bare model has finished is no part of the comparison.
    once = table[(table["defense"] == "none") | (table["seed"] == 0)]
    assert survey.measured(row, once, "lookalike-10", "top 1")[2] == "90.0 to 80.0"
    unfinished = ["-", "-", "-", "not measured yet"]
    for part in (table[table["defense"] == "none"], pd.DataFrame()):
        assert survey.measured(row, part, "lookalike-10", "top 1") == unfinished


@pytest.mark.slow
@pytest.mark.parametrize("name", ["bench_which_epsilon", "survey_table3"])
def test_quick_mode_prints_a_table_and_writes_none(name):
    page = FOLDER.parent / "docs" / "defenses.md"
    before = page.read_bytes()
    # A process of its own: private networks have no seed, and draw from numpy's.
    command = [sys.executable, FOLDER / f"{name}.py", "--quick"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "| --- |" in done.stdout
    assert page.read_bytes() == before
