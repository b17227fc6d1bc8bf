"""What an outsider finds, whose references know nothing of the candidates' pool."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits, make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import ShuffleSplit
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skmia import ShadowModels, audit
from skmia.attacks import get_attack, run
from skmia.auditing._outsider import AsOutsider, Strays
from skmia.targets import Session

N = 200


class Adding(ClassifierMixin, BaseEstimator):
    """Log-odds are a sum over the training records, a draw of its own, or both."""

    def __init__(self, by_records=1.0, by_chance=0.0, random_state=None):
        self.by_records = by_records
        self.by_chance = by_chance
        self.random_state = random_state

    def fit(self, X, y):
        self.classes_ = np.array([0, 1])
        chance = np.random.RandomState(self.random_state).normal(size=X.shape[1])
        self.weights_ = self.by_records * np.sqrt(len(X)) * X.mean(axis=0)
        self.weights_ = self.weights_ + self.by_chance * chance
        return self

    def predict_proba(self, X):
        p = expit(X @ self.weights_ / np.sqrt(X.shape[1]))
        return np.column_stack([1 - p, p])

    def predict(self, X):
        return self.predict_proba(X).argmax(axis=1)


def population(n, seed):
    rng = np.random.RandomState(seed)
    return rng.normal(size=(n, 5)), rng.randint(0, 2, size=n)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("by_records", "by_chance", "share"), [(1, 0, 1.0), (0, 1, 0.0), (1, 1, 1 / 3)]
)
def test_the_share_of_the_halves(by_records, by_chance, share, global_random_seed):
    """And samples of the population stray by as much more.

    Of a mean over half of a pool the variance is half of that over a sample, so that
    it is a third beside chance of the variance of a sample. 400 models in 200 pairs, 5
    weights each: a correlation of 1,000 pairs has a deviation of .032 at most.
    """
    X, y = population(N, global_random_seed)
    model = Adding(by_records, by_chance)
    shadows = ShadowModels(model, n_shadows=400, random_state=global_random_seed).fit(
        X, y
    )
    strays = Strays(shadows)
    assert strays.share == pytest.approx(share, abs=4 * 0.032)
    samples = (population(N // 2, 1000 + seed) for seed in range(400))
    said = [
        (X @ clone_of(model, seed).fit(*sample).weights_) / np.sqrt(5)
        for seed, sample in enumerate(samples)
    ]
    # Standard deviations of 400 draws are right to 3.5 %; medians over records.
    ratio = np.std(said, axis=0) / (strays.deviation * np.sqrt(1 + strays.share))
    assert np.median(ratio) == pytest.approx(1, abs=4 * 0.05)


def clone_of(model, seed):
    return Adding(model.by_records, model.by_chance, random_state=seed)


@pytest.mark.slow
def test_the_estimate_is_what_outsiders_find():
    """Beside references on other records, through the audit.

    The mean difference is within four of its standard errors.
    """
    difference, insider, n_targets = [], [], 12
    recipe = get_attack("lira-offline")
    for seed in range(n_targets):
        X, y = make_classification(
            3000, 20, n_informative=6, flip_y=0.2, random_state=seed
        )
        model = LogisticRegression(C=10).fit(X[:N], y[:N])
        sets = X[:N], y[:N], X[N : 2 * N], y[N : 2 * N]
        options = {"attacks": "lira-offline", "n_shadows": 16, "random_state": seed}
        found = audit(model, *sets, **options).summary.loc["lira-offline"]
        samples = ShuffleSplit(16, train_size=N, test_size=N, random_state=seed)
        references = ShadowModels(model, cv=samples, random_state=seed)
        references.fit(X[2 * N :], y[2 * N :])
        session = Session(model, X[: 2 * N], y[: 2 * N])
        score, _ = run(recipe.attack, "shadows", session, shadows=references)
        member = np.repeat([1, 0], N)
        outsider = roc_auc_score(member, score)
        difference.append(found["auc_outsider"] - outsider)
        insider.append(found["auc"] - outsider)
    error = np.std(difference, ddof=1) / np.sqrt(n_targets)
    assert abs(np.mean(difference)) < 4 * error
    assert np.mean(insider) > 4 * np.std(insider, ddof=1) / np.sqrt(n_targets)


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X[:N], y[:N], X[N : 2 * N], y[N : 2 * N]


def test_which_attacks_know_the_pool(digits):
    model = DecisionTreeClassifier(min_samples_leaf=3, random_state=0).fit(*digits[:2])
    names = ["loss-threshold", "shadow", "label-rmia", "lira-online", "rmia-offline"]
    options = {"attacks": names, "n_shadows": 4, "random_state": 0}
    summary = audit(model, *digits, **options).summary
    assert_array_equal(summary["auc_outsider"].notna(), [0, 0, 0, 1, 1])


@pytest.mark.slow
def test_without_probabilities_nothing_is_estimated(digits):
    model = LinearSVC(random_state=0).fit(*digits[:2])
    summary = audit(model, *digits, n_shadows=4, random_state=0).summary
    assert (summary.loc[["margin-rmia-online", "label-rmia"], "status"] == "ok").all()
    assert summary["auc_outsider"].isna().all()


def test_only_the_label_of_a_record_is_blurred(digits):
    X, y = digits[2:]
    model = RandomForestClassifier(20, min_samples_leaf=3, random_state=0)
    shadows = ShadowModels(model, n_shadows=8, random_state=0).fit(X, y)
    strays = Strays(shadows)
    assert strays.coarse
    labels = np.where(np.arange(N) < 5, -1, y)  # some that no model knows
    session = Session(model.fit(*digits[:2]), X, labels)
    outside = AsOutsider(session, strays, 0)
    P, blurred = session.predict_proba(X), outside.predict_proba(X)
    assert_allclose(blurred.sum(axis=1), 1)
    assert (blurred >= 0).all()
    assert_array_equal(blurred[:5], P[:5])
    still = strays.deviation == 0
    assert_allclose(blurred[still], P[still], atol=1e-12)
    assert not np.allclose(blurred[5:], P[5:])
    again = AsOutsider(session, strays, 0).predict_proba(X)
    assert_array_equal(again, blurred)
