"""Records of another data set as shadow data."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame
from skmia.generators import OtherRecords


def numbered(n_records=30):
    """Records that tell their row, and labels in the proportion 2 to 1."""
    X = np.arange(n_records, dtype=float).reshape(-1, 1)
    return X, np.where(np.arange(n_records) % 3 == 0, "rare", "common")


@pytest.mark.parametrize("n_samples", [1, 2, 9, 30])
def test_records_are_chosen_without_repeats_and_stratified(n_samples):
    X, y = numbered()
    generator = OtherRecords(X, y, random_state=0).fit()
    drawn, labels = generator.sample(n_samples)
    rows = drawn[:, 0].astype(int)
    assert_array_equal(rows, np.unique(rows))
    assert len(rows) == n_samples
    assert_array_equal(labels, y[rows])
    assert abs((labels == "rare").sum() - n_samples / 3) < 1
    for again, first in zip(generator.sample(n_samples), (drawn, labels), strict=True):
        assert_array_equal(again, first)


def test_seed():
    X, y = numbered()
    drawn = [OtherRecords(X, y, random_state=s).fit().sample(9)[0] for s in (0, 1)]
    assert not np.array_equal(*drawn)


def test_too_few_records_are_all_there_are():
    X, y = numbered()
    generator = OtherRecords(X, y, random_state=0).fit()
    with pytest.warns(UserWarning, match="OtherRecords has 30 of 31 records"):
        drawn, labels = generator.sample(31)
    assert_array_equal(drawn, X)
    assert_array_equal(labels, y)


@pytest.mark.parametrize("container", [pd.DataFrame, sparse.csr_array])
def test_containers_stay(container):
    X, y = numbered()
    drawn, _ = OtherRecords(container(X), y, random_state=0).fit().sample(5)
    assert type(drawn) is container


def test_labels_of_a_target():
    X, y = numbered()
    target = GaussianNB().fit(X, X[:, 0] > 12)
    drawn, labels = OtherRecords(X, y, random_state=0).fit().sample(9, target)
    assert_array_equal(labels, target.predict(drawn))


def test_bad_records():
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        OtherRecords([[1.0], [2.0]], [0, 1, 1]).fit()


@pytest.mark.parametrize("signals", ["loss", "top_posterior"])
def test_transfer_to_other_features_and_classes(signals):
    """Wine has 13 features and 3 classes, breast cancer 30 and 2.

    A tree is right about all of its members and about 92 % of 184 others, whose
    standard error is 0.02: accuracy 0.54. The bare vector does not tell them apart.
    """
    X, y = load_breast_cancer(return_X_y=True)
    game = MembershipGame(
        DecisionTreeClassifier(),
        signals=[signals],
        shadow_data=OtherRecords(*load_wine(return_X_y=True)),
        shadow_size=178,
        random_state=0,
    ).fit(X[:200], y[:200])
    assert_array_equal(game.classes_seen_, [0, 1, 2])
    score = game.score(X[200:], y[200:])
    if signals == "loss":
        assert 0.51 < score < 0.6
    else:
        assert 0.45 < score < 0.55


def test_a_search_over_data_sets():
    wine, digits = (load(return_X_y=True) for load in (load_wine, load_digits))
    game = MembershipGame(DecisionTreeClassifier(), signals=["loss"], random_state=0)
    search = GridSearchCV(
        game.set_params(shadow_size=100, n_shadows=2),
        {"shadow_data": [OtherRecords(*wine), OtherRecords(*digits), None]},
        cv=2,
        error_score="raise",
    ).fit(*load_breast_cancer(return_X_y=True))
    assert len(search.cv_results_["mean_test_score"]) == 3


def test_the_game_has_a_seed_for_the_choice():
    data = load_breast_cancer(return_X_y=True)
    wine = load_wine(return_X_y=True)
    games = [
        MembershipGame(
            GaussianNB(),
            shadow_data=OtherRecords(*wine),
            signals=["loss"],
            shadow_size=60,
            n_shadows=2,
            random_state=seed,
        ).fit(*data)
        for seed in (0, 0, 1)
    ]
    scores = [game.play(*data).score for game in games]
    assert_array_equal(scores[0], scores[1])
    assert not np.array_equal(scores[0], scores[2])
