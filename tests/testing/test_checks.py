"""Every check passes what is right, and fails a small estimator that is wrong."""

import hashlib
import re

import numpy as np
import pytest
from broken import BROKEN as MORE_BROKEN
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import check_random_state

from skmia import MembershipGame, testing
from skmia.attacks import ClasswiseAttack, ThresholdAttack
from skmia.defenses import LabelOnly, RoundedPosterior
from skmia.signals import Signal
from skmia.testing import check_attack, check_game, yield_checks
from skmia.utils import all_estimators

KINDS = ("attack", "defense", "evidence", "game", "generator", "signal")
RUN = {kind: getattr(testing, f"check_{kind}") for kind in KINDS}


class BadSign(ThresholdAttack):
    def decision_function(self, Z):
        return -super().decision_function(Z)


class HalfOriented(ThresholdAttack):
    """Learns the side, then forgets it for one of the two."""

    def decision_function(self, Z):
        score = super().decision_function(Z)
        return score if self.direction_ == "higher" else np.minimum(score, -1e9)


class RowNumbers(ThresholdAttack):
    def decision_function(self, Z):
        return super().decision_function(Z) + np.linspace(0, 1e-3, len(Z))


class BatchCentred(ThresholdAttack):
    def decision_function(self, Z):
        score = super().decision_function(Z)
        return score - score[0]


class BrokenTies(ThresholdAttack):
    def decision_function(self, Z):
        score = super().decision_function(Z)
        rank = np.argsort(np.argsort(score, kind="stable"))
        return score if np.ptp(score) == 0 else rank.astype(float)


class Overflows(ThresholdAttack):
    def decision_function(self, Z):
        with np.errstate(over="ignore"):
            return np.sinh(super().decision_function(Z))


class WritesOnData(ThresholdAttack):
    def fit(self, Z, y):
        super().fit(Z, y)
        Z.iloc[:, -1] = 0.0
        return self


class ChangesParameters(ThresholdAttack):
    def fit(self, Z, y):
        super().fit(Z, y)
        self.direction = self.direction_
        return self


class FitsTheModelInside(ClasswiseAttack):
    def fit(self, Z, y):
        super().fit(Z, y)
        self.estimator.fit(Z, y)
        return self


class Remembers(ThresholdAttack):
    def fit(self, Z, y):
        previous = getattr(self, "threshold_", None)
        super().fit(Z, y)
        self.threshold_ = self.threshold_ if previous is None else previous
        return self


class GlobalNoise(ThresholdAttack):
    def fit(self, Z, y):
        np.random.rand(1)  # noqa: NPY002
        return super().fit(Z, y)


class IgnoresNames(ThresholdAttack):
    def fit(self, Z, y):
        return super().fit(Z.to_numpy(), y)

    def decision_function(self, Z):
        return super().decision_function(np.asarray(Z))


class ReordersSilently(ThresholdAttack):
    def decision_function(self, Z):
        return super().decision_function(Z[self.feature_names_in_])


class Unvalidated(ThresholdAttack):
    _parameter_constraints = {
        **ThresholdAttack._parameter_constraints,
        "fpr": [object],
    }


class NotNormalised(RoundedPosterior):
    def predict_proba(self, X):
        return super().predict_proba(X) * 0.9


class MissingColumn(RoundedPosterior):
    def predict_proba(self, X):
        return np.ones((len(X), 1))

    def predict(self, X):
        return self.estimator_.predict(X)


class FreshNoise(RoundedPosterior):
    """Noise from a generator that is stored at fit and advances with each call."""

    def fit(self, X, y):
        self.noise_ = check_random_state(0)
        return super().fit(X, y)

    def predict_proba(self, X):
        P = super().predict_proba(X)
        P += 1e-2 * self.noise_.uniform(size=P.shape)
        return P / P.sum(axis=1, keepdims=True)


class BatchScaled(RoundedPosterior):
    def predict_proba(self, X):
        P = super().predict_proba(X)
        P += P.mean(axis=0)
        return P / P.sum(axis=1, keepdims=True)


class NoiseOfTheBytes(RoundedPosterior):
    """The same noise for the same record, if it comes in the same type."""

    def predict_proba(self, X):
        P = super().predict_proba(X)
        coins = [hashlib.sha256(row.tobytes()).digest()[0] for row in np.asarray(X)]
        P[:, 0] += np.array(coins) / 255
        return P / P.sum(axis=1, keepdims=True)


class LeaksScores(LabelOnly):
    def predict_log_proba(self, X):
        return self.estimator_.predict_log_proba(X)


class DelegatesEverything(LabelOnly):
    def __getattr__(self, name):
        if name.startswith("_") or "estimator_" not in vars(self):
            raise AttributeError(name)
        return getattr(self.estimator_, name)


class PredictsTheUndefended(RoundedPosterior):
    def predict_proba(self, X):
        return np.roll(super().predict_proba(X), 1, axis=1)

    def predict(self, X):
        return self.estimator_.predict(X)


class ScoresTheUndefended(LabelOnly):
    def predict(self, X):
        return np.full(len(X), self.classes_[0])

    def score(self, X, y):
        return self.estimator_.score(X, y)


class KeepsTheModelGiven(RoundedPosterior):
    def fit(self, X, y):
        if hasattr(self.estimator, "classes_"):
            self.estimator_ = self.estimator
            return self
        return super().fit(X, y)


class BadGame(BaseEstimator):
    """A game of nothing, whose score is what the subclasses say."""

    def __init__(self, n_jobs=None, random_state=None):
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X, y):
        self.n_features_in_ = X.shape[1]
        return self


class NewSeedForEachScore(BadGame):
    def fit(self, X, y):
        self.rng_ = check_random_state(self.random_state)
        return super().fit(X, y)

    def score(self, X, y):
        return self.rng_.uniform()


class SeedsOnlyInts(BadGame):
    def score(self, X, y):
        return check_random_state(self.random_state).uniform()


class Percent(BadGame):
    def score(self, X, y):
        return 55.0


class Depends(BadGame):
    def score(self, X, y):
        return 1 / (1 + (self.n_jobs or 1))


class Predicts(BadGame):
    def predict(self, X):
        return np.zeros(len(X))

    def score(self, X, y):
        return 0.5


BROKEN = {
    "attack": {
        "check_obvious_members": [
            (BadSign(), "AUC of 0.000 where members are obvious"),
            (ThresholdAttack(5), "where members are obvious"),
        ],
        "check_swapped_membership": [(HalfOriented(), "members and non-members swapp")],
        "check_constant_observations": [(RowNumbers(), "it sees the same")],
        "check_row_order": [(BatchCentred(), "when the rows are permuted")],
        "check_ties": [(BrokenTies(), "different scores to equal observations")],
        "check_extreme_observations": [(Overflows(), "not finite cannot be ranked")],
        "check_data_unchanged": [(WritesOnData(), "changes the arrays it is given")],
        "check_fit_keeps_parameters": [
            (ChangesParameters(), r"changes its parameter \['direction'\]"),
            (
                FitsTheModelInside(ThresholdAttack()),
                r"changes its parameter \['estimator'\]",
            ),
        ],
        "check_refit_forgets": [(Remembers(), "when it was fitted on other data")],
        "check_global_rng_untouched": [(GlobalNoise(), "global random state")],
        "check_column_names": [
            (IgnoresNames(), "does not keep the column names"),
            (ReordersSilently("loss"), "accepts columns in another order"),
        ],
        "check_parameter_errors": [(Unvalidated(), "does not raise an informative")],
    },
    "defense": {
        "check_posterior": [
            (NotNormalised(GaussianNB()), "not probabilities of the classes"),
            (MissingColumn(GaussianNB()), "not probabilities of the classes"),
        ],
        "check_same_record_same_answer": [
            (FreshNoise(GaussianNB()), "same record asked again"),
            (BatchScaled(GaussianNB()), "same record alone"),
            (NoiseOfTheBytes(GaussianNB()), "same record as objects"),
        ],
        "check_nothing_else_released": [
            (LeaksScores(GaussianNB()), r"\['predict_log_proba'\]"),
            (DelegatesEverything(LogisticRegression()), "'decision_function'"),
        ],
        "check_predict_follows_release": [
            (PredictsTheUndefended(GaussianNB()), "not the largest entry"),
        ],
        "check_score_follows_predict": [
            (ScoresTheUndefended(GaussianNB()), "has a score of"),
        ],
        "check_inner_state_ignored": [
            (KeepsTheModelGiven(GaussianNB()), "had been fitted before"),
        ],
    },
    "game": {
        "check_score_repeats": [
            (NewSeedForEachScore(), "on the same records after one fit"),
            (SeedsOnlyInts(), "on the same records after one fit"),
        ],
        "check_score_in_range": [(Percent(), "has the score 55.0")],
        "check_n_jobs": [(Depends(), "with one worker and 0.333.* with two")],
        "check_no_classifier": [(Predicts(), r"has \['predict'\]")],
    },
    **MORE_BROKEN,
}
CASES = [
    pytest.param(kind, name, estimator, match, id=f"{type(estimator).__name__}")
    for kind, checks in BROKEN.items()
    for name, cases in checks.items()
    for estimator, match in cases
]


def checks_of(estimator, kind):
    return {check.func.__name__: check for _, check in yield_checks(estimator, kind)}


@pytest.fixture
def rng_state():
    """Some of the broken estimators are broken in that they change it."""
    state = np.random.get_state()  # noqa: NPY002
    yield
    np.random.set_state(state)  # noqa: NPY002


@pytest.mark.usefixtures("rng_state")
@pytest.mark.parametrize(("kind", "name", "estimator", "match"), CASES)
def test_broken_estimator_fails_its_check(kind, name, estimator, match):
    with pytest.raises(AssertionError, match=match):
        checks_of(estimator, kind)[name](estimator)


@pytest.mark.usefixtures("rng_state")
@pytest.mark.parametrize(("kind", "name", "estimator", "match"), CASES)
def test_the_check_of_all_finds_the_same(kind, name, estimator, match):
    signal = isinstance(estimator, Signal)
    name = f"The signal {estimator.name!r}" if signal else type(estimator).__name__
    with pytest.raises(AssertionError, match=f"{name} "):
        RUN[kind](estimator)


def test_every_check_can_fail():
    common = set(BROKEN["attack"]) & set(checks_of(BadGame(), "game"))
    for kind, broken in BROKEN.items():
        shared = common if kind in ("attack", "defense", "game") else set()
        some = next(iter(broken.values()))[0][0]
        assert set(checks_of(some, kind)) == set(broken) | shared


@pytest.mark.parametrize(
    "attack",
    [
        ThresholdAttack("loss", direction="lower"),
        ClasswiseAttack(ThresholdAttack("confidence")),
        LogisticRegression(),
        RandomForestClassifier(5),
    ],
)
def test_good_attacks_pass(attack):
    check_attack(attack)


def test_own_data():
    rng = check_random_state(0)
    member = rng.permutation(np.repeat([0, 1], 20))
    Z = np.column_stack([rng.uniform(size=40), member + 0.1 * rng.uniform(size=40)])
    check_attack(ThresholdAttack(1), data=(Z, member))
    with pytest.raises(AssertionError, match="where members are obvious"):
        check_attack(ThresholdAttack(0), data=(Z, member))


def test_good_game_passes():
    tree = DecisionTreeClassifier()
    check_game(MembershipGame(tree, attack=ThresholdAttack("loss"), n_shadows=2))


def test_unknown_kind():
    with pytest.raises(ValueError, match=re.escape(f"{list(KINDS)}")):
        next(yield_checks(ThresholdAttack(), "metric"))


def test_all_estimators_are_public_classes():
    names = [name for name, _ in all_estimators()]
    assert names == sorted(set(names))
    assert {"MembershipGame", "ShadowModels", "ThresholdAttack"} <= set(names)
    assert not {"OutputDefense", "ClassifierWrapper", "EnsembleMember"} & set(names)
    assert all(cls.__name__ == name for name, cls in all_estimators())
