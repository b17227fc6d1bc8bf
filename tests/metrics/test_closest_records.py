"""Distances of synthetic rows to records: what they are, and what they miss."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.metrics import pairwise_distances

from skmia.metrics import dcr_share, hitting_rate, nndr

seeds = st.integers(0, 1000)


def tables(seed, *sizes):
    """Small whole numbers: rows are often as close to two records, or copies."""
    rng = np.random.RandomState(seed)
    return [rng.randint(4, size=(n, 2)).astype(float) for n in sizes]


@given(seeds)
def test_exchanged_sets_share_what_is_left_of_ties(seed):
    S, train, holdout = tables(seed, 20, 6, 9)
    space = np.vstack([train, holdout]).std(axis=0)
    space[space == 0] = 1
    near = [pairwise_distances(S / space, X / space).min(1) for X in (train, holdout)]
    share, other = dcr_share(S, train, holdout), dcr_share(S, holdout, train)
    # Equal squares of whole numbers may differ in the last digit.
    ties = np.isclose(*near).mean()
    assert 1 - ties - 1e-9 <= share + other <= 1
    assert abs(share - (near[0] < near[1] - 1e-9).mean()) <= ties


@given(seeds)
def test_copies_of_one_set(seed):
    rng = np.random.RandomState(seed)
    train, holdout = rng.normal(size=(2, 12, 3))
    assert dcr_share(train, train, holdout) == 1
    assert dcr_share(holdout, train, holdout) == 0
    assert hitting_rate(train, train) == 1
    assert hitting_rate(train[:3], np.vstack([train, holdout])) == 3 / 24
    assert (nndr(train, train) == 0).all()


def test_half_is_expected_where_nothing_is_given_away():
    train, holdout, S = np.random.RandomState(0).normal(size=(3, 2000, 3))
    # Given S, each row is a fair coin; rows with one closest record share theirs, so
    # that the variance is below 4 / 2000 / 4: five deviations are .11.
    assert dcr_share(S, train, holdout) == pytest.approx(0.5, abs=0.11)


@given(seeds)
def test_units_and_names_of_categories_do_not_matter(seed):
    rng = np.random.RandomState(seed)
    S, train, holdout = (
        pd.DataFrame({"a": rng.normal(size=n), "b": rng.choice(["x", "y"], n)})
        for n in (15, 10, 12)
    )

    def renamed(X):
        return X.assign(a=1000 * X["a"] + 7, b=X["b"].map({"x": "zebra", "y": "ape"}))

    found = dcr_share(S, train, holdout)
    others = dcr_share(*map(renamed, (S, train, holdout)))
    assert found == others
    assert_allclose(nndr(S, train), nndr(renamed(S), renamed(train)), rtol=1e-9)


def test_a_missing_value_is_a_value():
    X = pd.DataFrame({"a": [1.0, np.nan, 3.0], "b": ["x", None, "y"]})
    assert hitting_rate(X, X) == 1
    assert hitting_rate(X.fillna({"a": 2.0}), X) == pytest.approx(2 / 3)
    assert hitting_rate(X.assign(b="x"), X) == pytest.approx(1 / 3)


def test_a_date_that_stands_for_no_end_is_late():
    dates = np.array(["2020-01-01", "2021-01-01", "9999-12-31"], "datetime64[s]")
    early, late, never = (pd.DataFrame({"until": [date]}) for date in dates)
    assert dcr_share(late, early, never) == 1
    assert dcr_share(never, early, late) == 0


def test_two_copies_are_no_closest_record():
    assert nndr([[0.0]], [[0.0], [0.0], [1.0]]).tolist() == [1]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: dcr_share(np.empty((0, 2)), [[1, 2]], [[1, 2]]), "S must hold rows"),
        (lambda: hitting_rate([[1, 2]], np.empty((0, 2))), "X must hold rows"),
        (lambda: nndr([[1.0]], [[1.0]]), "at least 2 records in X. Got 1"),
        (lambda: nndr([[1.0]], [[1.0, 2], [1, 2]]), "lacks .* has"),
        (lambda: nndr(["a", "b"], [[1.0]]), "rows of a table"),
        (lambda: hitting_rate([["a"]], [[1.0]]), "holds numbers in the records"),
        (lambda: hitting_rate([[np.inf]], [[1.0]]), "infinite"),
    ],
)
def test_refusals(call, error):
    with pytest.raises(ValueError, match=error):
        call()
