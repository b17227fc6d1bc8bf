"""A federation answers with the mean of its parties, which are trained apart."""

from itertools import product
from math import prod

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_param_validation,
)
from sklearn_checks import parametrize_with_checks

from skmia import MembershipGame
from skmia.federated import LooseFederation

TREE = DecisionTreeClassifier(random_state=0)
X, Y = load_iris(return_X_y=True)
FEDERATIONS = [
    LooseFederation([TREE] * 3, random_state=0),
    LooseFederation([GaussianNB(), TREE], random_state=0),
    LooseFederation([GaussianNB()], random_state=0),
]


@parametrize_with_checks(FEDERATIONS)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


def test_parameters_and_names_of_columns():
    check_param_validation("LooseFederation", FEDERATIONS[0])
    check_dataframe_column_names_consistency("LooseFederation", FEDERATIONS[0])


def test_each_party_learns_from_its_own_records_only():
    groups = np.tile(["north", "south"], len(Y) // 2)
    federation = LooseFederation([GaussianNB(), TREE], random_state=0).fit(X, Y, groups)
    assert_array_equal(federation.parties_, ["north", "south"])
    assert_array_equal(federation.owner_, groups)
    alone = GaussianNB().fit(X[::2], Y[::2])
    assert_array_equal(federation.party_proba(X)[0], alone.predict_proba(X))
    assert_array_equal(federation.estimators_[1].predict(X[1::2]), Y[1::2])


def test_records_are_dealt_evenly_overall_and_by_class():
    y = np.repeat([0, 1, 2], [7, 50, 2])
    X = np.arange(59.0)[:, None]
    federation = FEDERATIONS[0].fit(X, y)
    _, sizes = np.unique(federation.owner_, return_counts=True)
    assert np.ptp(sizes) == 1
    counts = pd.crosstab(y, federation.owner_).to_numpy()
    assert (np.ptp(counts, axis=1) <= 1).all()
    other = clone(federation).set_params(random_state=1).fit(X, y)
    assert (other.owner_ != federation.owner_).any()


def test_a_class_that_a_party_never_saw_has_probability_0():
    groups = (Y == 2).astype(int)
    federation = LooseFederation([GaussianNB(), TREE], random_state=0)
    federation.fit(X, Y, groups)
    north, south = federation.party_proba(X)
    assert not north[:, 2].any()
    assert_array_equal(south, np.tile([0, 0, 1], (len(X), 1)))
    assert_allclose(federation.predict_proba(X).sum(axis=1), 1)


def test_results_do_not_depend_on_n_jobs():
    with parallel_config(backend="threading"):
        one, two = (
            clone(FEDERATIONS[1]).set_params(n_jobs=n_jobs).fit(X, Y)
            for n_jobs in (1, 2)
        )
    assert_array_equal(one.party_proba(X), two.party_proba(X))


def test_from_models():
    models = [GaussianNB().fit(X[k != Y], Y[k != Y]) for k in (0, 2)]
    federation = LooseFederation.from_models(models)
    assert_array_equal(federation.parties_, [0, 1])
    assert_array_equal(federation.classes_, [0, 1, 2])
    mean = federation.party_proba(X).mean(axis=0)
    assert_array_equal(federation.predict_proba(X), mean)
    assert federation.estimators_[0] is models[0]
    with pytest.raises(NotFittedError):
        LooseFederation.from_models([GaussianNB()])
    words = GaussianNB().fit(X, Y.astype(str))
    with pytest.raises(ValueError, match="labels of one type"):
        LooseFederation.from_models([models[0], words])


def test_frames_and_sparse_records_pass_through():
    frame = pd.DataFrame(X, columns=list("abcd"))
    federation = FEDERATIONS[0].fit(frame, Y)
    assert_array_equal(federation.feature_names_in_, list("abcd"))
    rows = sparse.csr_matrix(X)
    assert FEDERATIONS[0].fit(rows, Y).score(rows, Y) > 0.9


def test_missing_values_are_for_federations_that_all_take_them():
    gaps = X.copy()
    gaps[0, 0] = np.nan
    assert np.isfinite(FEDERATIONS[0].fit(gaps, Y).predict_proba(gaps)).all()
    # Although the record is the tree's, which takes it.
    for rows in (gaps, sparse.csr_matrix(gaps), pd.DataFrame(gaps)):
        with pytest.raises(ValueError, match="NaN"):
            FEDERATIONS[1].fit(rows, Y, np.arange(len(Y)) < 1)


def test_a_federation_is_a_target_like_any_other():
    game = MembershipGame(FEDERATIONS[0], n_shadows=2, signals=["loss"], random_state=0)
    assert 0 <= game.fit(X[::2], Y[::2]).score(X[1::2], Y[1::2]) <= 1


def test_wrong_parties_are_named():
    with pytest.raises(ValueError, match=r"as many parties .* 3. Got 2 parties"):
        FEDERATIONS[0].fit(X, Y, Y > 0)
    with pytest.raises(TypeError, match="at least one classifier"):
        LooseFederation([]).fit(X, Y)
    with pytest.raises(TypeError, match="predict_proba"):
        LooseFederation([LinearSVC()]).fit(X, Y)


def test_the_vote_of_the_paper():
    # Independent models that are right 75, 80 and 70 % of the time: 84.5 % together.
    rates = (0.75, 0.8, 0.7)
    probability = sum(
        prod(p if right else 1 - p for p, right in zip(rates, rights, strict=True))
        for rights in product([0, 1], repeat=3)
        if sum(rights) >= 2
    )
    assert probability == pytest.approx(0.845, abs=1e-12)
    # The mean of three one-hot answers is their majority vote.
    n = 20_000
    rng = np.random.default_rng(0)
    rights = rng.random((3, n)) < np.array(rates)[:, None]
    rows = np.arange(n)[:, None]
    models = [clone(TREE).fit(rows, right) for right in rights]
    accuracy = LooseFederation.from_models(models).score(rows, np.ones(n, dtype=bool))
    # Four standard deviations of a binomial share.
    assert abs(accuracy - 0.845) < 4 * np.sqrt(0.845 * 0.155 / n)
