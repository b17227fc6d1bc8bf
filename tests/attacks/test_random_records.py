"""Uniform records over the domain of others, and the attack made of them."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from scipy.stats import chisquare, kstest
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier

from skmia import observe
from skmia.attacks import PopulationAttack, random_records

FRAME = pd.DataFrame(
    {
        "age": [20, 60, 35],
        "dose": [0.5, 0.25, 2.0],
        "binary": [0.0, 1.0, 1.0],
        "town": ["Ulm", "Bonn", "Ulm"],
        "size": pd.Categorical(["S", "L", "S"], categories=["S", "M", "L"]),
        "smoker": [True, False, True],
        "visits": pd.array([1, None, 3], dtype="Int64"),
        "small": np.array([-3, 7, 0], dtype=np.int8),
    }
)


def test_a_frame_keeps_its_columns_and_dtypes():
    drawn = random_records(FRAME, 500, random_state=0)
    assert drawn.shape == (500, 8)
    pd.testing.assert_series_equal(drawn.dtypes, FRAME.dtypes)
    assert drawn["age"].between(20, 60).all()
    assert drawn["dose"].between(0.25, 2).all()
    assert set(drawn["binary"]) == {0, 1}
    assert set(drawn["town"]) == {"Bonn", "Ulm"}
    assert set(drawn["size"]) == {"S", "L"}
    assert set(drawn["smoker"]) == {True, False}
    assert set(drawn["visits"]) == {1, 2, 3}
    assert set(drawn["small"]) == set(range(-3, 8))


def test_a_table_of_polars_keeps_its_columns_and_dtypes():
    table = pl.DataFrame(
        {
            "age": [20, 60, None],
            "dose": pl.Series([0.5, None, 2.0], dtype=pl.Float32),
            "town": ["Ulm", "Bonn", None],
            "size": pl.Series(["S", "L", "S"], dtype=pl.Categorical),
            "smoker": [True, False, True],
        }
    )
    drawn = random_records(table, 500, random_state=0)
    assert drawn.schema == table.schema
    assert drawn["age"].min() == 20
    assert drawn["age"].max() == 60
    assert drawn["dose"].is_between(0.5, 2).all()
    assert set(drawn["town"]) == {"Bonn", "Ulm"}
    assert set(drawn["size"]) == {"S", "L"}
    assert set(drawn["smoker"]) == {True, False}


@pytest.mark.parametrize(
    "dtype", [np.float32, np.float64, np.int8, np.int64, np.uint8, bool, object]
)
def test_an_array_keeps_its_dtype(dtype):
    X = np.array([[0, 1], [1, 1]]).astype(dtype)
    drawn = random_records(X, 50, random_state=0)
    assert drawn.dtype == dtype
    assert set(drawn[:, 0]) == {0, 1}
    assert set(drawn[:, 1]) == {1}


def test_mixed_objects_and_strings():
    X = np.array([[20, "Ulm"], [60, "Bonn"]], dtype=object)
    drawn = random_records(X, 50, random_state=0)
    assert len(set(drawn[:, 0])) > 2
    assert set(drawn[:, 1]) == {"Bonn", "Ulm"}
    assert set(random_records([["a"], ["b"]], 50, random_state=0)[:, 0]) == {"a", "b"}


@pytest.mark.parametrize("dtype", [np.int64, np.uint64])
def test_the_whole_range_of_integers(dtype):
    info = np.iinfo(dtype)
    X = np.array([[info.min], [info.max]], dtype=dtype)
    drawn = random_records(X, 100, random_state=0)
    assert len(np.unique(drawn)) == 100
    assert drawn.dtype == dtype


def test_uniform(global_random_seed):
    """p-values of honest tests: below 1e-4 once in 10,000 seeds."""
    X = np.array([[0.0, 0, 2.5], [1, 4, 3.5]])
    whole = random_records(X[:, :2], 2000, random_state=global_random_seed)
    assert chisquare(np.bincount(whole[:, 1].astype(int))).pvalue > 1e-4
    share = random_records(X[:, 2:], 2000, random_state=global_random_seed) - 2.5
    assert kstest(share[:, 0], "uniform").pvalue > 1e-4


def test_seeded():
    first, second, other = (
        random_records(FRAME, 40, random_state=s) for s in (0, 0, 1)
    )
    pd.testing.assert_frame_equal(first, second)
    assert not first.equals(other)


def test_columns_of_one_name():
    X = pd.DataFrame([[0, 10], [1, 20]], columns=["a", "a"])
    drawn = random_records(X, 20, random_state=0)
    assert list(drawn.columns) == ["a", "a"]
    assert (drawn.iloc[:, 1] >= 10).all()


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.array([[1.0, np.nan]]), "feature 1 of X has no value to draw from"),
        (np.array([[1.0], [np.inf]]), "feature 0 of X must be finite"),
        (pd.DataFrame({"a": [None, None]}), "feature 'a' of X has no value to draw"),
        (np.zeros(3), "drawn at random of features, the columns of X"),
    ],
)
def test_no_domain(X, message):
    with pytest.raises(ValueError, match=message):
        random_records(X, 5, random_state=0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int8, np.uint64, bool])
@pytest.mark.parametrize(
    "make", [sparse.csr_matrix, sparse.csc_array, sparse.lil_array]
)
def test_a_sparse_matrix_keeps_its_kind(make, dtype):
    X = make(np.array([[0, 3, 0], [0, 7, 1], [0, 0, 0]]).astype(dtype))
    drawn = random_records(X, 50, random_state=0)
    assert (type(drawn), drawn.dtype, drawn.shape) == (make, X.dtype, (50, 3))
    values = [{0}, {0, 1} if dtype is bool else {0, *range(3, 8)}, {0, 1}]
    for column, expected in zip(drawn.toarray().T, values, strict=True):
        assert set(column) == expected


def test_zeros_of_a_sparse_matrix_keep_their_share(global_random_seed):
    """Shares of 5,000 draws within 5 standard deviations; the rest is uniform."""
    X = sparse.random(200, 4, density=0.2, format="csr", random_state=0)
    X.data = 2 + X.data
    drawn = random_records(X, 5000, random_state=global_random_seed).toarray()
    for column, seen in zip(drawn.T, X.toarray().T, strict=True):
        share = (seen != 0).mean()
        deviation = np.sqrt(share * (1 - share) / 5000)
        assert abs((column != 0).mean() - share) < 5 * deviation
        low, high = np.min(seen[seen != 0]), seen.max()
        others = (column[column != 0] - low) / (high - low)
        # An honest p-value: below 1e-4 once in 10,000 columns.
        assert kstest(others, "uniform").pvalue > 1e-4


@pytest.mark.slow
def test_sparse_records_of_many_features_stay_sparse():
    """As many values in a row as the records have: 20 of 100,000 on the average."""
    X = sparse.random(500, 100_000, density=2e-4, format="csr", random_state=0)
    drawn = random_records(X, 100, random_state=0)
    assert drawn.nnz / 100 == pytest.approx(20, abs=5 * np.sqrt(20 / 100))
    assert random_records(sparse.csr_array((5, 3)), 10).nnz == 0


def test_sparse_records_that_are_not_finite():
    X = sparse.csr_array(np.array([[0, 1.0, 0], [0, np.nan, np.inf]]))
    assert set(random_records(X[:, :2], 20, random_state=0).data) == {1}
    with pytest.raises(ValueError, match="feature 2 of X must be finite"):
        random_records(X, 5, random_state=0)


def test_salem_adversary_3(global_random_seed):
    """Without data: beyond the top-t percentile of 1,000 random records."""
    X, y = load_breast_cancer(return_X_y=True)
    forest = RandomForestClassifier(30, random_state=0).fit(X[::2], y[::2])
    nobody = random_records(X, random_state=global_random_seed)
    Z = observe(forest, np.vstack([X, nobody]), signals="max_confidence").to_numpy()
    random = np.arange(len(Z)) >= len(X)
    for percentile in (1, 10, 50):
        attack = PopulationAttack(direction="higher", fpr=percentile / 100)
        called = attack.fit(Z, ~random).predict(Z)
        threshold = np.sort(Z[random, 0])[::-1][10 * percentile - 1]
        assert_array_equal(called, Z[:, 0] > threshold)
    assert called[: len(X) : 2].mean() > called[1 : len(X) : 2].mean()


def test_degenerate_percentile_calls_nobody_at_it():
    """All random records equally confident: only those above them are members."""
    Z = np.repeat([0.9, 0.9, 1.0], [5, 100, 5]).reshape(-1, 1)
    member = np.repeat([1, 0, 1], [5, 100, 5])
    attack = PopulationAttack(direction="higher", fpr=0.1).fit(Z, member)
    assert_array_equal(attack.predict(Z), Z[:, 0] > 0.9)
