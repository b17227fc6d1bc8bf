"""Choice of a model by utility and leakage."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joblib import parallel_config
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame, game_scorer
from skmia.attacks import ThresholdAttack
from skmia.defenses import LabelOnly, PrivacyAccountant, PrivateForestClassifier
from skmia.exceptions import PrivacyLeakWarning
from skmia.model_selection import PrivacyAwareSelector, pareto_front
from skmia.utils._random import set_random_states

CANDIDATES = [
    ("deep", DecisionTreeClassifier()),
    ("stump", DecisionTreeClassifier(max_depth=1)),
    ("nb", GaussianNB()),
]
SMALL = {"attack": "gap", "cv": 2, "n_shadows": 2, "random_state": 0}

points = st.lists(
    st.tuples(*[st.integers(0, 4).map(float)] * 2), min_size=1, max_size=12
)


@pytest.fixture(scope="module")
def problem():
    return make_classification(400, 10, n_informative=4, flip_y=0.2, random_state=0)


@pytest.fixture(scope="module")
def selector(problem):
    return PrivacyAwareSelector(CANDIDATES, max_leakage=0.3, **SMALL).fit(*problem)


@given(points=points)
def test_front_against_all_pairs(points):
    def beats(one, other):
        return one != other and one[0] >= other[0] and one[1] <= other[1]

    expected = [not any(beats(one, other) for one in points) for other in points]
    utility, leakage = zip(*points, strict=True)
    assert_array_equal(pareto_front(utility, leakage), expected)
    assert any(expected)


@pytest.mark.parametrize(
    ("utility", "leakage"),
    [([1.0], [0.1, 0.2]), ([np.nan], [0.1]), ([0.5], [np.inf])],
)
def test_front_of_no_numbers(utility, leakage):
    with pytest.raises(ValueError, match="two finite numbers for every candidate"):
        pareto_front(utility, leakage)


def test_front_of_nothing():
    assert pareto_front([], []).shape == (0,)


def chosen(points, max_leakage):
    """Position of the choice among candidates of known utility and leakage."""

    class Told(PrivacyAwareSelector):
        def _measure(self, model, X, y, splits, seed):
            utility, leakage = points[model.max_depth - 1]
            return {"utility": utility, "leakage": leakage, "leakage_std": 0.0}

    trees = [
        (str(i), DecisionTreeClassifier(max_depth=i + 1)) for i in range(len(points))
    ]
    told = Told(trees, max_leakage=max_leakage, cv=2, random_state=0)
    X = np.arange(8.0).reshape(-1, 1)
    return int(told.fit(X, [0, 1] * 4).best_name_)


@given(points=points, cap=st.integers(0, 4))
def test_choice_is_under_the_cap_or_refused(points, cap):
    points = [(utility, leakage / 4) for utility, leakage in points]
    allowed = [point for point in points if point[1] <= cap / 4]
    if not allowed:
        with pytest.raises(ValueError, match="No candidate leaks at most"):
            chosen(points, cap / 4)
        return
    best = points[chosen(points, cap / 4)]
    assert best[1] <= cap / 4
    assert best[0] == max(utility for utility, _ in allowed)


@given(points=points, data=st.data())
def test_dominated_candidate_changes_nothing(points, data):
    points = [(utility, leakage / 4) for utility, leakage in points]
    before = chosen(points, 1.0)
    utility, leakage = data.draw(st.sampled_from(points))
    worse = data.draw(st.sampled_from([(utility - 1, leakage), (utility, leakage + 1)]))
    place = data.draw(st.integers(0, len(points)))
    after = chosen([*points[:place], worse, *points[place:]], 1.0)
    assert after == before + (place <= before)


def test_results_are_those_of_the_parts(selector, problem):
    X, _ = problem
    results = selector.results_
    assert results.index.tolist() == ["deep", "stump", "nb"]
    columns = ["utility", "leakage", "leakage_std", "on_front"]
    assert results.columns.tolist() == columns
    assert results.loc["deep", "leakage"] > 0.3
    assert selector.best_name_ == results["utility"][["stump", "nb"]].idxmax()
    front = pareto_front(results["utility"], results["leakage"])
    assert_array_equal(results["on_front"], front)
    assert_array_equal(selector.predict(X), selector.estimator_.predict(X))
    assert_array_equal(selector.predict_proba(X), selector.estimator_.predict_proba(X))


def test_utility_and_leakage_come_from_the_same_splits(problem):
    X, y = problem
    cv = StratifiedKFold(2)
    selector = PrivacyAwareSelector(
        CANDIDATES[2:], max_leakage=1, **{**SMALL, "cv": cv}
    ).fit(X, y)
    assert selector.results_.loc["nb", "utility"] == pytest.approx(
        cross_val_score(GaussianNB(), X, y, cv=cv).mean()
    )
    # Naive Bayes has no seed, so that the game differs in its halves only.
    seed = np.random.RandomState(0).randint(np.iinfo(np.int32).max, size=3)[2]
    game = MembershipGame(
        GaussianNB(), attack="gap", n_shadows=2, random_state=int(seed)
    )
    scores = cross_val_score(game, X, y, cv=cv, scoring=game_scorer("advantage"))
    assert selector.results_.loc["nb", "leakage"] == scores.mean()
    assert selector.results_.loc["nb", "leakage_std"] == scores.std()


def test_measurement_does_not_depend_on_the_other_candidates(selector, problem):
    alone = PrivacyAwareSelector(CANDIDATES[1:2], max_leakage=1, **SMALL).fit(*problem)
    columns = ["utility", "leakage"]
    pd.testing.assert_series_equal(
        alone.results_.loc["stump", columns], selector.results_.loc["stump", columns]
    )


def test_chosen_model_is_fitted_on_all_records(selector, problem):
    X, y = problem
    model = clone(dict(CANDIDATES)[selector.best_name_])
    # The seed moves ties of splits only: none of the records is left out.
    set_random_states(model, np.random.RandomState(0))
    assert_array_equal(selector.predict(X), model.fit(X, y).predict(X))


def test_no_candidate_under_the_cap(problem):
    selector = PrivacyAwareSelector(CANDIDATES[:1], max_leakage=0.1, **SMALL)
    message = (
        r"No candidate leaks at most max_leakage=0.1. Measured: deep: "
        r"utility 0\.\d{3}, leakage 0\.\d{3}. Add defended"
    )
    with pytest.raises(ValueError, match=message):
        selector.fit(*problem)
    assert not [name for name in vars(selector) if name.endswith("_")]


def test_n_jobs_changes_nothing(selector, problem):
    with parallel_config("threading"):
        two = PrivacyAwareSelector(CANDIDATES, max_leakage=0.3, n_jobs=2, **SMALL)
        pd.testing.assert_frame_equal(two.fit(*problem).results_, selector.results_)


def test_only_what_the_chosen_one_releases(problem):
    X, y = problem
    labels = [("labels", LabelOnly(GaussianNB())), ("ridge", RidgeClassifier())]
    selector = PrivacyAwareSelector(
        labels, **{**SMALL, "attack": ThresholdAttack()}, max_leakage=1
    )
    assert not hasattr(selector, "predict_proba")
    assert not hasattr(selector.fit(X, y), "predict_proba")
    mixed = PrivacyAwareSelector([*labels, CANDIDATES[2]], max_leakage=1, **SMALL)
    assert not hasattr(mixed, "predict_proba")
    public = {name for name in dir(mixed.fit(X, y)) if not name.startswith("_")}
    assert not public & {"decision_function", "predict_log_proba", "transform"}


@pytest.mark.parametrize(
    ("estimators", "message"),
    [
        ([], r"least one \(name, classifier\), each name once. Got \[\] instead"),
        ([("a", GaussianNB()), ("a", GaussianNB())], "each name once. Got .*'a'.*'a'"),
        ([GaussianNB()], r"each name once. Got \[GaussianNB\(\)\] instead"),
        ([("a", None)], r"each name once. Got \[\('a', None\)\] instead"),
        ([("a", FrozenEstimator(GaussianNB()))], r"frozen ones under .* \['a'\]"),
        ("nb", "'estimators' parameter of PrivacyAwareSelector must be an instance"),
    ],
)
def test_bad_candidates(estimators, message, problem):
    with pytest.raises(ValueError, match=message):
        PrivacyAwareSelector(estimators, **SMALL).fit(*problem)


@pytest.mark.parametrize(
    ("name", "value"),
    [("max_leakage", -0.1), ("scoring", "best"), ("n_shadows", 0), ("n_shadows", 3)],
)
def test_bad_parameters(name, value, problem):
    message = f"'{name}' parameter of PrivacyAwareSelector must be"
    with pytest.raises(ValueError, match=message):
        PrivacyAwareSelector(CANDIDATES, **{**SMALL, name: value}).fit(*problem)


def test_private_candidates_keep_their_secret(problem):
    accountant = PrivacyAccountant()
    private = PrivateForestClassifier(
        bounds=(-9, 9), classes=[0, 1], accountant=accountant
    )
    selector = PrivacyAwareSelector([("private", private)], max_leakage=1.0, **SMALL)
    with pytest.warns(PrivacyLeakWarning, match=r"\['private'\].*not what is spent"):
        selector.fit(*problem)
    assert selector.estimator_.random_state is None
    # Each of the two splits has a fit for the score and, in the game, one target (the
    # gap attack needs no shadow models); and the released one is fitted on all records.
    assert len(accountant.ledger()) == 2 * (1 + 1) + 1
