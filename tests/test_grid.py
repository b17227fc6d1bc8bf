"""The model grid is MembershipGame in every cell, with shared splits."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import KFold
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame
from skmia.grid import default_models, model_grid, truex_table
from skmia.metrics import game_scorer
from skmia.utils._random import set_random_states

X, Y = load_iris(return_X_y=True)
METRICS = ("accuracy", "auc", "tpr_at_fpr_0.1")
SIDES = ["attack", "target", "generator"]


@pytest.fixture(scope="module")
def grid():
    models = default_models(["tree", "nb"])
    return model_grid(
        X, Y, models, n_repeats=2, n_shadows=2, metrics=METRICS, random_state=0
    )


def test_one_row_per_cell_and_repeat(grid):
    assert grid.columns.tolist() == [*SIDES, "repeat", *METRICS]
    assert len(grid) == len(grid.drop_duplicates([*SIDES, "repeat"])) == 2**3 * 2
    assert grid[list(METRICS)].notna().all(axis=None)


class Recorded(MembershipGame):
    """Notes who plays which side."""

    played = []

    def fit(self, X, y):
        sides = (self.attack, self.target, self.shadow_estimator)
        self.played.append(tuple(type(side).__name__ for side in sides))
        return super().fit(X, y)


def test_sides_are_named_as_they_play(monkeypatch):
    monkeypatch.setattr("skmia.grid._model_grid.MembershipGame", Recorded)
    models = {"tree": DecisionTreeClassifier(), "nb": GaussianNB()}
    attacks = {"forest": RandomForestClassifier(2)}
    Recorded.played.clear()
    grid = model_grid(
        X, Y, models, attacks=attacks, n_repeats=1, n_shadows=2, random_state=0
    )
    kinds = {"tree": "DecisionTreeClassifier", "nb": "GaussianNB"}
    kinds["forest"] = "RandomForestClassifier"
    named = grid[SIDES].replace(kinds).itertuples(index=False, name=None)
    assert list(named) == Recorded.played


def test_a_cell_is_a_game(grid):
    models = {"tree": DecisionTreeClassifier(), "nb": GaussianNB()}
    cv = KFold(2, shuffle=True, random_state=0)
    table = model_grid(
        X, Y, models, cv=cv, n_shadows=2, metrics=METRICS, random_state=1
    ).set_index([*SIDES, "repeat"])
    assert not table[list(METRICS)].reset_index(drop=True).equals(grid[list(METRICS)])
    seed = np.random.RandomState(1).randint(np.iinfo(np.int32).max, size=2)[1]
    for repeat, (train, test) in enumerate(cv.split(X, Y)):
        game = MembershipGame(
            models["tree"],
            models["nb"],
            models["tree"],
            n_shadows=2,
            random_state=int(seed),
        ).fit(X[train], Y[train])
        found = game_scorer(*METRICS)(game, X[test], Y[test])
        assert table.loc[("tree", "tree", "nb", repeat)].to_dict() == found


@pytest.mark.slow
def test_repeatable_with_and_without_a_cache(grid, tmp_path):
    models = default_models(["tree", "nb"])
    for _ in range(2):
        again = model_grid(
            X, Y, models, n_repeats=2, n_shadows=2, metrics=METRICS, random_state=0,
            memory=str(tmp_path),
        )  # fmt: skip
        pd.testing.assert_frame_equal(again, grid)


def test_one_metric():
    models = default_models(["nb"])
    grid = model_grid(
        X, Y, models, n_repeats=3, n_shadows=2, metrics=["auc"], random_state=0
    )
    assert grid.columns.tolist() == [*SIDES, "repeat", "auc"]
    assert grid["repeat"].tolist() == [0, 1, 2]


def test_models_are_not_fitted_in_place():
    models = {"tree": DecisionTreeClassifier()}
    model_grid(X, Y, models, n_repeats=1, n_shadows=2, random_state=0)
    assert vars(models["tree"]) == vars(clone(models["tree"]))


def test_table_has_the_order_of_the_zoo(grid):
    table = truex_table(grid, "auc")
    names = ["tree", "nb"]
    assert table.index.tolist() == [(a, t) for a in names for t in names]
    assert table.columns.tolist() == [(s, g) for s in ("mean", "std") for g in names]
    for (attack, target, generator), cell in grid.groupby(SIDES):
        row = table.loc[(attack, target)]
        assert row[("mean", generator)] == pytest.approx(cell["auc"].mean())
        assert row[("std", generator)] == pytest.approx(cell["auc"].std())


def test_table_of_what_was_not_measured(grid):
    table = truex_table(grid.assign(nothing=np.nan), "nothing")
    assert table.shape == (4, 4)
    assert table.isna().all(axis=None)


def test_an_odd_number_of_shadow_models():
    with pytest.raises(ValueError, match="'n_shadows' parameter of model_grid must be"):
        model_grid(X, Y, default_models(["nb"]), n_shadows=3)


def test_default_models():
    assert list(default_models()) == ["tree", "knn", "lr", "nb"]
    everything = default_models(["tree", "knn", "lr", "nb", "mlp"])
    for model in everything.values():
        set_random_states(model, np.random.RandomState(0))
        # Better than the largest class: the features are on a scale that suits it.
        assert model.fit(X, Y).score(X, Y) > 0.6
    with pytest.raises(ValueError, match=r"models of the grid are .* Got 'svm'"):
        default_models(["tree", "svm"])


@pytest.mark.parametrize("name", ["knn", "lr"])
def test_scaling_leaves_zeros_and_ones_alone(name):
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2, (60, 8))
    y = rng.integers(0, 2, 60)
    scaled = default_models([name])[name].fit(bits, y)
    plain = clone(scaled[-1]).fit(bits, y)
    np.testing.assert_array_equal(scaled.predict_proba(bits), plain.predict_proba(bits))
