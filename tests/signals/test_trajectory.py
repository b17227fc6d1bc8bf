"""Losses along the stages of boosting."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    AdaBoostClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
)
from sklearn.frozen import FrozenEstimator
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmia import observe
from skmia.signals import get_signal, get_signal_names
from skmia.targets import BlackBox

BOOSTED = [
    GradientBoostingClassifier(n_estimators=6, random_state=0),
    HistGradientBoostingClassifier(max_iter=6, min_samples_leaf=5, random_state=0),
    AdaBoostClassifier(n_estimators=6, random_state=0),
]
X, LABELS = load_iris(return_X_y=True)
Y = np.array(["c", "a", "b"])[LABELS]


@pytest.mark.parametrize("model", BOOSTED, ids=lambda model: type(model).__name__)
def test_stages(model):
    model.fit(X[::2], Y[::2])
    signal = get_signal("staged_loss", n_snapshots=6)
    Z = observe(model, X, Y, [signal, "loss"])
    assert list(Z)[:6] == [f"staged_loss_{i}" for i in range(6)]
    assert_array_equal(Z["staged_loss_5"], Z["loss"])
    stages = list(model.staged_predict_proba(X))
    assert len(stages) == 6
    position = np.searchsorted(model.classes_, Y)
    first = stages[0][np.arange(len(Y)), position]
    assert_allclose(Z["staged_loss_0"], -np.log(np.maximum(first, 1e-30)))


@pytest.mark.parametrize(
    ("n_snapshots", "kept"),
    [(1, [5]), (2, [0, 5]), (3, [0, 2, 5]), (9, [0, 1, 1, 2, 2, 3, 4, 4, 5])],
)
def test_every_model_gets_a_trajectory_of_one_length(n_snapshots, kept):
    model = BOOSTED[0].fit(X, Y)
    stages = get_signal("staged_loss", n_snapshots=6)(model, X, Y)
    values = get_signal("staged_loss", n_snapshots=n_snapshots)(model, X, Y)
    assert_array_equal(values, stages[:, kept])


def test_last_step_of_a_pipeline():
    plain = BOOSTED[0].fit(X, Y)
    piped = make_pipeline(StandardScaler(), clone(plain)).fit(X * 5 + 1, Y)
    alone = make_pipeline(clone(plain)).fit(X, Y)
    for model, records in [(piped, X * 5 + 1), (alone, X), (FrozenEstimator(plain), X)]:
        assert_allclose(
            observe(model, records, Y, "staged_loss"),
            observe(plain, X, Y, "staged_loss"),
        )


def test_classes_that_the_model_never_saw():
    seen = Y != "a"
    model = BOOSTED[1].fit(X[seen], Y[seen])
    Z = observe(model, X, Y, "staged_loss", classes=["a", "b", "c"])
    assert_allclose(Z[~seen], -np.log(1e-30))
    assert (Z[seen] < 5).all(axis=None)


def test_a_record_is_seen_through_its_own_answers_only():
    model = BOOSTED[1].fit(X, Y)
    Z = observe(model, pd.DataFrame(X, index=Y), Y, "staged_loss")
    assert list(Z.index) == list(Y)
    one = observe(model, X[40:41], Y[40:41], "staged_loss")
    assert_array_equal(one, Z.iloc[[40]])


@pytest.mark.parametrize(
    "model",
    [GaussianNB(), make_pipeline(StandardScaler(), GaussianNB()), BlackBox(BOOSTED[0])],
)
def test_models_without_stages(model):
    name = "BlackBox" if isinstance(model, BlackBox) else "GaussianNB"
    message = f"staged_predict_proba, or a pipeline .* Got {name}, which has no stages"
    with pytest.raises(AttributeError, match=message):
        observe(model.fit(X, Y), X, Y, "staged_loss")


def test_access():
    assert get_signal("staged_loss").access == "white-box"
    assert "staged_loss" in get_signal_names(access="white-box")
    assert "staged_loss" not in get_signal_names()
