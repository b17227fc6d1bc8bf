"""The lower bound of epsilon in an audit, beside what a model declares."""

import json

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.model_selection import cross_validate
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia import audit
from skmia.auditing import audit_cv
from skmia.defenses import PrivateGaussianNB
from skmia.metrics import epsilon_evidence, epsilon_lower_bound, max_tpr
from skmia.utils._record_keys import exact_keys

N = 200
FALSE = "The declaration is false (confidence 97.5 %)."


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    # They are sorted by who wrote them.
    rows = np.random.RandomState(0).permutation(len(y))[: 2 * N]
    return X[rows[:N]], y[rows[:N]], X[rows[N:]], y[rows[N:]]


class Remembering(ClassifierMixin, BaseEstimator):
    """Certain about some of its training records; of all others it knows nothing."""

    def __init__(self, n_certain=20, epsilon=None, delta=0.0):
        self.n_certain = n_certain
        self.epsilon = epsilon
        self.delta = delta

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        rows = range(min(self.n_certain, len(X)))
        self.known_ = dict(zip(exact_keys(X[: len(rows)]), y, strict=False))
        if self.epsilon is not None:
            self.epsilon_, self._draws_secret_noise = self.epsilon, True
        return self

    def predict_proba(self, X):
        p = expit(X[:, 0])
        P = np.column_stack([p, 1 - p])
        for row, key in enumerate(exact_keys(X)):
            if key in self.known_:
                P[row] = self.classes_ == self.known_[key]
        return P

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def test_each_bound_is_that_of_the_metric(digits):
    """In the order of the pool, within classes, at the level of one end."""
    model = DecisionTreeClassifier(min_samples_leaf=2, random_state=0).fit(*digits[:2])
    names = ["loss-threshold", "gap", "morgan"]
    report = audit(model, *digits, attacks=names, random_state=3)
    rows = report.order
    for name in names[:2]:
        how = {"strata": report.label[rows], "random_state": 3}
        score = report.records[name].iloc[rows]
        bound = epsilon_lower_bound(report.member[rows], score, alpha=0.025, **how)
        assert report.summary.loc[name, "epsilon_low"] == bound
    assert np.isnan(report.summary.loc["morgan", "epsilon_low"])
    name = report.epsilon_attack
    score = report.records[name].iloc[rows]
    assert report.epsilon.epsilon == epsilon_lower_bound(
        report.member[rows], score, alpha=0.025, n_attacks=2, **how
    )
    assert 0 < report.epsilon.epsilon <= report.summary["epsilon_low"].max()
    assert report.epsilon.relation == "replace-one"


def test_without_an_attack_that_knows_no_members_there_is_none(digits):
    model = DecisionTreeClassifier(random_state=0).fit(*digits[:2])
    report = audit(model, *digits, attacks="morgan", random_state=0)
    assert report.epsilon is None
    assert report.epsilon_attack is None
    assert report.to_dict()["epsilon"] is None
    kept = {"return_estimator": True, "return_indices": True}
    results = cross_validate(model, *digits[:2], cv=3, **kept)
    of_folds = audit_cv(results, *digits[:2], attacks="gap", random_state=0)
    assert of_folds.epsilon is None
    assert of_folds.summary["epsilon_low"].isna().all()
    # Nor do intervals reach up to chance, as those of attacks that learn from members.
    assert not of_folds.results[0].uses_membership
    assert of_folds.verdict == "leak"


def test_a_few_people_who_stand_out_are_a_leak(digits):
    """On average nothing is to be seen: 20 of 200 are certain."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(2 * N, 3)), rng.integers(0, 2, 2 * N)
    sets = X[:N], y[:N], X[N:], y[N:]
    options = {"attacks": "loss-threshold", "random_state": 0}
    report = audit(Remembering().fit(*sets[:2]), *sets, **options)
    assert report.headline["auc_low"] < 0.5 < report.epsilon.epsilon
    assert report.verdict == "leak"
    assert any("epsilon >= " in reason for reason in report.reasons)


@pytest.mark.slow
def test_beside_what_a_model_declares(digits):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(2 * N, 3)), rng.integers(0, 2, 2 * N)
    sets = X[:N], y[:N], X[N:], y[N:]
    for epsilon, delta, said in (
        (0.5, 0.0, f"The model declares epsilon 0.5. {FALSE}"),
        (0.5, 1e-6, f"epsilon 0.5 and delta 1e-06. {FALSE}"),
        (7.0, 0.0, "declares epsilon 7. The declaration is not contradicted."),
    ):
        model = Remembering(100, epsilon, delta).fit(*sets[:2])
        report = audit(model, *sets, attacks="loss-threshold", random_state=0)
        assert report.epsilon.design == ("pairs" if delta else "fixed")
        assert any(reason.endswith(said) for reason in report.reasons)
        found = json.loads(report.to_json())["epsilon"]
        assert (found["declared"], found["declared_delta"]) == (epsilon, delta)
        lines = {
            line.get_label().partition(":")[0]: line.get_data()
            for line in report.plot_roc(Figure().subplots()).ax_.lines
        }
        fpr, tpr = lines["declared"]
        np.testing.assert_allclose(
            tpr, np.maximum(max_tpr(fpr, epsilon, delta), fpr.min())
        )
        # Below what is shown, somewhere, where it is false.
        assert (tpr < lines["shown"][1] - 1e-9).any() == said.endswith(FALSE)


@pytest.mark.filterwarnings("ignore::skmia.exceptions.PrivacyLeakWarning")
@pytest.mark.parametrize("pipeline", [False, True])
def test_a_private_model_is_not_contradicted(digits, pipeline):
    # Fresh noise makes one model in a hundred know the holdout better, as if the sets
    # were swapped.
    private = PrivateGaussianNB(
        epsilon=1.0, bounds=(0, 16), classes=range(10), random_state=0
    )
    model = make_pipeline(StandardScaler().fit(digits[0]), private)
    model = (model if pipeline else private).fit(*digits[:2])
    options = {"attacks": ["gap", "loss-threshold"], "random_state": 0}
    report = audit(model, *digits, **options)
    assert report.declared.epsilon == 1
    said = "declares epsilon 1. The declaration is not contradicted."
    assert any(said in text for text in report.reasons)
    ordinary = GaussianNB().fit(*digits[:2])
    report = audit(ordinary, *digits, **options)
    assert report.declared is None
    assert not report.plot_roc(Figure().subplots()).limits


def test_groups_are_the_unit(digits):
    model = DecisionTreeClassifier(random_state=0).fit(*digits[:2])
    groups = np.arange(2 * N) // 5
    options = {"attacks": "loss-threshold", "random_state": 0, "groups": groups}
    report = audit(model, *digits, **options)
    rows, groups = report.order, report.groups[report.order]
    evidence = epsilon_evidence(
        report.member[rows],
        report.records["loss-threshold"].iloc[rows],
        alpha=0.025,
        strata=np.bincount(groups)[groups],
        groups=groups,
        random_state=0,
    )
    assert report.epsilon.unit == "group"
    assert report.epsilon.epsilon == evidence.epsilon
    assert report.epsilon.n_members == N // 5


def test_what_is_declared_for_a_record_is_not_compared_with_a_group():
    """Of two records at once a model may tell twice as much."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(2 * N, 3)), rng.integers(0, 2, 2 * N)
    sets = X[:N], y[:N], X[N:], y[N:]
    model = Remembering(N, epsilon=0.5).fit(*sets[:2])
    groups = np.arange(2 * N) // 2
    options = {"attacks": "loss-threshold", "random_state": 0, "groups": groups}
    report = audit(model, *sets, **options)
    assert report.epsilon.epsilon > 0.5
    declared = [text for text in report.reasons if "The model declares" in text]
    assert len(declared) == 1
    assert declared[0].endswith("the two cannot be compared.")
    assert not report.plot_roc(Figure().subplots()).limits
