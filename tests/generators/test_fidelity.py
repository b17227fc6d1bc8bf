"""How much shadow data is like real data."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_iris, load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from skmia.generators import StatisticsGenerator, shadow_fidelity
from skmia.generators._fidelity import _two_sample


def logistic():
    return make_pipeline(StandardScaler(), LogisticRegression())


def test_a_split_of_the_same_data_cannot_be_told(global_random_seed):
    """Null calibration: the interval covers 0.5.

    At 95 % more than 7 of 40 intervals miss once in 2,000 times.
    """
    rng = np.random.RandomState(global_random_seed)
    halves = np.repeat([0, 1], 60)
    covered = 0
    for seed in range(40):
        X = rng.standard_normal((120, 3))
        _, (low, high) = _two_sample(logistic(), X, halves, seed)
        covered += low <= 0.5 <= high
    assert covered >= 33


def test_same_data_same_accuracy(global_random_seed):
    X, y = load_wine(return_X_y=True)
    half = np.random.RandomState(global_random_seed).permutation(len(y))
    a, b = half[::2], half[1::2]
    found = shadow_fidelity(X[a], y[a], X[b], y[b], random_state=global_random_seed)
    # Two halves of 89 records: 0.35 is exceeded once in 30,000 columns.
    assert found.marginal_distances.shape == (13,)
    assert found.marginal_distances.max() < 0.35
    assert found.accuracy_real > 0.9
    assert found.accuracy_synthetic > 0.9


def test_independent_columns_are_told_and_teach_nothing():
    X, y = load_iris(return_X_y=True)
    X_shadow, y_shadow = StatisticsGenerator(random_state=0).fit(X, y).sample(150)
    found = shadow_fidelity(X, y, X_shadow, y_shadow, random_state=0)
    assert found.two_sample_interval[0] > 0.6
    assert found.accuracy_synthetic < 0.6 < 0.9 < found.accuracy_real
    assert found.marginal_distance < 0.15


def test_marginal_distances_by_hand():
    real = pd.DataFrame({"n": np.arange(20.0), "c": list("aabb") * 5})
    other = pd.DataFrame({"n": np.arange(20.0) + 5, "c": list("accc") * 5})
    y = np.tile([0, 1], 10)
    found = shadow_fidelity(real, y, other, y, random_state=0)
    # Categories: a, b, c have shares 2/4, 2/4, 0 and 1/4, 0, 3/4.
    assert_allclose(found.marginal_distances, [0.25, 0.75])
    assert found.marginal_distance == 0.5


def test_repeatable_and_readable():
    X, y = load_iris(return_X_y=True)
    halves = X[::2], y[::2], X[1::2], y[1::2]
    one, other = (shadow_fidelity(*halves, random_state=3) for _ in range(2))
    assert str(one) == str(other)
    assert str(one).startswith("marginal distance   0.")


def test_own_estimator_gets_the_records_as_they_are():
    X, y = load_iris(return_X_y=True, as_frame=True)
    halves = X[::2], y[::2], X[1::2], y[1::2]
    found = shadow_fidelity(*halves, estimator=logistic(), random_state=0)
    assert found.accuracy_synthetic > 0.9


def test_bad_input():
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ValueError, match="classifier with predict_proba"):
        shadow_fidelity(X, y, X, y, estimator=LinearSVC())
    with pytest.raises(ValueError, match="10 real and as many synthetic records"):
        shadow_fidelity(X, y, X[:9], y[:9])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        shadow_fidelity(X, y[1:], X, y)
