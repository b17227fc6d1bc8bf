"""Metrics of a game as a scorer."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import GridSearchCV, ShuffleSplit
from sklearn.tree import DecisionTreeClassifier

from skmia.game import GameOutcome, MembershipGame
from skmia.metrics import (
    METRIC_NAMES,
    advantage_score,
    game_scorer,
    membership_metrics,
    tpr_at_fpr,
)

MEMBER = np.array([1, 1, 1, 1, 0, 0, 0, 0])
SCORE = np.array([9.0, 8, 4, 1, 5, 4, 2, 0])
PREDICTED = np.array([1, 1, 1, 0, 1, 1, 0, 0])


class Played:
    """A game whose outcome is known."""

    def __init__(self):
        self.asked = []

    def play(self, X, y, *, utility=False):
        self.asked.append(utility)
        accuracy = (0.9, 0.6) if utility else ()
        return GameOutcome(MEMBER, SCORE, PREDICTED, None, *accuracy)


def test_one_metric_is_a_float():
    score = game_scorer("auc")(Played(), None, None)
    assert isinstance(score, float)
    assert score == roc_auc_score(MEMBER, SCORE)


def test_metrics_are_those_of_the_outcome():
    names = ["tpr_at_fpr_0.5", "accuracy", "advantage", "fpr", "tpr_at_fpr_0.25"]
    scores = game_scorer(*names)(Played(), None, None)
    assert list(scores) == names
    assert scores == {
        "tpr_at_fpr_0.5": tpr_at_fpr(MEMBER, SCORE, fpr=0.5),
        "accuracy": accuracy_score(MEMBER, PREDICTED),
        "advantage": advantage_score(MEMBER, PREDICTED),
        "fpr": 0.5,
        "tpr_at_fpr_0.25": tpr_at_fpr(MEMBER, SCORE, fpr=0.25),
    }


def test_every_metric_by_name():
    scores = game_scorer(*METRIC_NAMES)(Played(), None, None)
    found = membership_metrics(MEMBER, SCORE, predicted=PREDICTED, fprs=[0.01])
    expected = [found[name] for name in METRIC_NAMES[:-1]] + [found["tpr_at_fpr_0.01"]]
    np.testing.assert_array_equal(list(scores.values()), expected)
    # At 1 % with four non-members nothing can be measured, and nothing is made up.
    assert np.isnan(scores["tpr_at_fpr"])


def test_utility_is_asked_for_only_when_it_is_reported():
    game = Played()
    game_scorer("auc", "accuracy")(game, None, None)
    scores = game_scorer("auc", "target_train_accuracy", "generalization_error")(
        game, None, None
    )
    assert game.asked == [False, True]
    assert scores["target_train_accuracy"] == 0.9
    assert scores["generalization_error"] == pytest.approx(0.3)
    assert game_scorer("target_test_accuracy")(game, None, None) == 0.6


def test_in_a_search():
    rng = np.random.RandomState(0)
    X, y = rng.normal(size=(80, 3)), rng.randint(2, size=80)
    search = GridSearchCV(
        MembershipGame(DecisionTreeClassifier(), n_shadows=2, random_state=0),
        {"target__max_depth": [1, None]},
        scoring=game_scorer("accuracy", "auc", "target_train_accuracy"),
        refit="auc",
        cv=ShuffleSplit(2, test_size=0.5, random_state=0),
        error_score="raise",
    ).fit(X, y)
    results = search.cv_results_
    assert results["mean_test_target_train_accuracy"][1] == 1
    game = clone(search.estimator).set_params(target__max_depth=None)
    train, test = next(search.cv.split(X))
    outcome = game.fit(X[train], y[train]).play(X[test], y[test])
    auc = roc_auc_score(outcome.member, outcome.score)
    assert results["split0_test_auc"][1] == auc


def test_scorer_travels():
    scorer = game_scorer("auc", "f1")
    assert repr(scorer) == "game_scorer('auc', 'f1')"
    copy = pickle.loads(pickle.dumps(scorer))
    assert copy(Played(), None, None) == scorer(Played(), None, None)


@pytest.mark.parametrize(
    ("metrics", "message"),
    [
        ((), "Name at least one metric of"),
        (("auc", "aac"), r"A metric must be one of accuracy, .* Got 'aac' instead"),
        (("tpr_at_fpr_x",), r"Got 'tpr_at_fpr_x' instead"),
        (("tpr_at_fpr_5",), r"must be a float in \(0, 1\]\. Got 5"),
    ],
)
def test_bad_metrics(metrics, message):
    with pytest.raises(ValueError, match=message):
        game_scorer(*metrics)
