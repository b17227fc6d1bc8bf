"""Models whose training set is their context: nothing is trained, and answers cost."""

import time

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.metrics import pairwise_distances
from sklearn.preprocessing import scale

from skmia import MembershipGame, audit
from skmia.auditing import estimate_cost

N = 80
FAST = {"n_shadows": 4, "random_state": 0, "fprs": 0.1}


class Attends(BaseEstimator):
    """Weighs the targets of its context by how near each record of it is.

    Its clock counts seconds that it slept for answers: so many for each row.
    """

    slept = 0.0

    def __init__(self, sharpness=1.0, seconds=0.0):
        self.sharpness = sharpness
        self.seconds = seconds

    def _store(self, X, targets):
        self.context_, self.targets_ = X, targets
        return self

    def _read(self, X):
        time.sleep(self.seconds * len(X))
        Attends.slept += self.seconds * len(X)
        apart = pairwise_distances(X, self.context_)
        return softmax(-self.sharpness * apart, axis=1) @ self.targets_


class InContextClassifier(ClassifierMixin, Attends):
    def fit(self, X, y):
        self.classes_, codes = np.unique(y, return_inverse=True)
        return self._store(X, np.eye(len(self.classes_))[codes])

    def predict_proba(self, X):
        return self._read(X)

    def predict(self, X):
        return self.classes_[self._read(X).argmax(axis=1)]


class InContextRegressor(RegressorMixin, Attends):
    def fit(self, X, y):
        return self._store(X, y)

    def predict(self, X):
        return self._read(X)


def sets_of(model):
    load = load_diabetes if isinstance(model, RegressorMixin) else load_breast_cancer
    X, y = load(return_X_y=True)
    rows = np.random.RandomState(0).permutation(len(y))[: 2 * N]
    X, y = scale(X)[rows], y[rows]
    return X[:N], y[:N], X[N:], y[N:]


@pytest.mark.slow
@pytest.mark.parametrize("make", [InContextClassifier, InContextRegressor])
def test_who_is_in_the_context_is_told(make):
    sharp, level = make(10.0), make(0.01)
    found = {}
    for model in (sharp, level):
        sets = sets_of(model)
        report = audit(clone(model).fit(*sets[:2]), *sets, **FAST)
        ran = report.summary["status"] == "ok"
        assert ran.all(), report.summary["status"]
        found[model.sharpness] = report.summary["auc"]
    # A sharp one reads its own label back: whoever is not in the context it misses.
    assert found[10.0].max() > 0.85
    # A level one answers the mean of the context, in which one of 80 hardly counts:
    # scores of single records are those of strangers, with a deviation of
    # sqrt(161 / (12 * 80 * 80)) = .046.
    threshold = "loss-threshold"
    assert abs(found[0.01][threshold] - 0.5) < 3 * 0.046


@pytest.mark.parametrize("make", [InContextClassifier, InContextRegressor])
def test_games_are_played_with_contexts(make):
    X, y, X_other, y_other = sets_of(make())
    game = MembershipGame(
        make(10.0), attack="rmia-offline", n_shadows=4, random_state=0
    )
    assert game.fit(X, y).score(X_other, y_other) > 0.6


@pytest.mark.slow
def test_the_cost_is_in_the_answers():
    model = InContextClassifier(10.0, seconds=2e-4)
    sets = sets_of(model)
    model.fit(*sets[:2])
    how = {"n_shadows": 4, "attacks": ["loss-threshold", "rmia-online"]}
    cost = estimate_cost(model, *sets, **how)
    Attends.slept = 0.0
    report = audit(model, *sets, random_state=0, fprs=0.1, **how)
    # The audited model, four shadow models and a control are asked about all records:
    # the estimate knows of the sleep, which is known to the last one. What else it
    # counts, the attacks themselves, depends on the machine, and is more.
    assert cost.n_queries == report.n_queries
    assert cost.n_fits == 5
    n_rows = report.n_queries + 5 * 2 * N
    assert Attends.slept == pytest.approx(2e-4 * n_rows)
    assert cost.seconds > 0.8 * Attends.slept


def test_time_is_up_though_nothing_is_trained():
    model = InContextClassifier(10.0, seconds=1e-3)
    sets = sets_of(model)
    model.fit(*sets[:2])
    # A shadow model answers about 160 records, .16 s: for 100 there is no time.
    report = audit(
        model,
        *sets,
        attacks=["loss-threshold", "rmia-online"],
        n_shadows=100,
        max_seconds=4,
        random_state=0,
        fprs=0.1,
    )
    assert "max_seconds=4 left time for" in " ".join(report.notes)
