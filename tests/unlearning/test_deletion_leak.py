"""Which record was deleted: known values, and a game without a change."""

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia.unlearning import deletion_leak

SMALL = {"n_models": 3, "n_deletions": 10, "random_state": 0}


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X / 16, y


@pytest.mark.slow
@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (RandomForestClassifier(20), {"sorted_diff": 0.89, "plain": 0.84}),
        (LogisticRegression(max_iter=1000), {"sorted_diff": 0.98, "plain": 0.48}),
    ],
    ids=["forest", "logistic"],
)
def test_digits(digits, model, expected):
    auc = np.mean(
        [
            deletion_leak(model, *digits, n_train=300, random_state=seed)["auc"]
            for seed in range(5)
        ],
        axis=0,
    )
    forms = deletion_leak(model, *digits, n_train=300, **SMALL).index
    found = dict(zip(forms, auc, strict=True))
    # 1,000 deletions from 50 models; the values are those of another implementation.
    for form, value in expected.items():
        assert found[form] == pytest.approx(value, abs=0.05)


@pytest.mark.slow
def test_nothing_is_told_where_nothing_changes(digits):
    tree = DecisionTreeClassifier(min_samples_leaf=5)
    leak = deletion_leak(
        tree, *digits, n_train=100, unlearn=lambda model, X, y, forget: model, **SMALL
    )
    assert (leak.loc[["direct_diff", "sorted_diff", "l2_distance"], "auc"] == 0.5).all()


@pytest.mark.slow
def test_decision_values_do(digits):
    leak = deletion_leak(RidgeClassifier(), *digits, n_train=100, **SMALL)
    assert leak.loc["sorted_diff", "auc"] > 0.7


@pytest.mark.slow
def test_jobs_change_nothing(digits):
    with parallel_config("threading"):
        one, two = (
            deletion_leak(GaussianNB(), *digits, n_train=50, n_jobs=n_jobs, **SMALL)
            for n_jobs in (1, 2)
        )
    pd.testing.assert_frame_equal(one, two)


@pytest.mark.slow
def test_unlearning_may_change_its_copy(digits):
    def unlearn(model, X, y, forget):
        assert forget.dtype == bool
        assert forget.sum() == 1
        return model.fit(X[~forget], y[~forget])

    own, retrained = (
        deletion_leak(GaussianNB(), *digits, n_train=50, unlearn=how, **SMALL)
        for how in (unlearn, None)
    )
    pd.testing.assert_frame_equal(own, retrained)


def test_what_is_refused(digits):
    with pytest.raises(
        ValueError, match=r"deletes 'n_deletions', 20, of 'n_train', 10"
    ):
        deletion_leak(GaussianNB(), *digits, n_train=10, random_state=0)
    with pytest.raises(TypeError, match="with predict_proba or decision_function"):
        deletion_leak(LabelsOnly(), *digits)
    with pytest.raises(TypeError, match="'attack' parameter must be a classifier"):
        deletion_leak(GaussianNB(), *digits, attack=StandardScaler(), random_state=0)
    X, y = digits
    with pytest.raises(ValueError, match=r"of 'n_train', 1, records, of which .* 2"):
        deletion_leak(GaussianNB(), X[:6], y[:6], n_deletions=1, random_state=0)


class LabelsOnly(GaussianNB):
    predict_proba = property()
