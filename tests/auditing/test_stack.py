"""Two sets of records in one: the kind, columns and dtypes of the first."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse

from skmia.auditing._stack import stack_records


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (["a"], ["bcd"], ["a", "bcd"]),
        (["a"], np.array(["bcd"]), ["a", "bcd"]),
        (np.array(["a"]), ["bcd"], np.array(["a", "bcd"])),
        ([[1.5, "t"]], [[2.5, "u"]], [[1.5, "t"], [2.5, "u"]]),
        ([{"a": 1}], [{"b": 2}], [{"a": 1}, {"b": 2}]),
        (np.array(["a"]), np.array(["bcd"]), np.array(["a", "bcd"])),
        (np.zeros((1, 2)), np.ones((1, 2)), np.array([[0.0, 0], [1, 1]])),
        (np.zeros((1, 2, 2, 1)), np.ones((1, 2, 2, 1)), np.repeat([0, 1], 4)),
        (pd.Series(["a"], name="t"), pd.Series(["b"]), pd.Series(["a", "b"])),
        (pl.Series("t", ["a"]), pl.Series(["b"]), pl.Series(["a", "b"])),
    ],
)
def test_kinds_of_records(first, second, expected):
    both = stack_records(first, second)
    assert type(both) is type(first)
    assert len(both) == 2
    if isinstance(both, np.ndarray):
        both, expected = both.ravel(), np.ravel(expected)
    assert_array_equal(both, expected)


@pytest.mark.parametrize(
    "make", [sparse.csr_array, sparse.csc_matrix, sparse.coo_array]
)
def test_sparse(make):
    X = np.eye(3)
    both = stack_records(make(X), sparse.csr_array(2 * X))
    assert_array_equal(both.toarray(), np.vstack([X, 2 * X]))


@pytest.mark.parametrize(
    ("dtype", "other"),
    [
        (np.float32, np.float64),
        (np.int64, np.float64),
        (np.float64, np.int8),
        (bool, np.int64),
    ],
)
@pytest.mark.parametrize("make", [np.array, pd.DataFrame, pl.DataFrame])
def test_dtype_of_the_first_where_nothing_is_lost(make, dtype, other):
    X = np.array([[0, 1], [1, 0]])
    both = stack_records(make(X.astype(dtype)), make(X.astype(other)))
    assert_array_equal(both, np.vstack([X, X]))
    assert np.asarray(both).dtype == dtype


@pytest.mark.parametrize(
    ("dtype", "second"),
    [(int, [[0.5]]), (int, [[np.nan]]), (np.float32, [[0.1]]), (float, [[1j]])],
)
def test_arrays_whose_values_would_change_are_refused(dtype, second):
    first = np.ones((1, 1), dtype=dtype)
    with pytest.raises(ValueError, match=r"X_train is of .*, X_holdout of .* without"):
        stack_records(first, np.array(second))


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize("values", [[0.5, 1.0], [1.0, 2**63], ["a", "1"]])
def test_columns_whose_values_would_change_are_named(make, values):
    first = make({"age": [1, 2], "size": [1.0, 2.0]})
    with pytest.raises(ValueError, match=r"other dtypes in the columns age \(.*nt64, "):
        stack_records(first, make({"age": values, "size": [1, 2]}))


def test_missing_values_in_a_column_of_integers():
    first = pd.DataFrame({"age": [1, 2]})
    with pytest.raises(ValueError, match=r"columns age \(int64, float64\)"):
        stack_records(first, pd.DataFrame({"age": [1, np.nan]}))


def categories(first, second, **dtype):
    first = pd.DataFrame({"town": pd.Categorical(*first)}).astype(dtype)
    second = pd.DataFrame({"town": second})
    return stack_records(first, second)["town"]


def test_categories_of_both_in_the_order_of_the_first():
    """Models that read codes see those that they were trained on."""
    second = pd.Categorical(["x", "y"], ["w", "x", "y", "z"])
    town = categories((["b", "a"], ["b", "z", "a"]), second)
    assert town.cat.categories.tolist() == ["b", "z", "a", "x", "y"]
    assert town.tolist() == ["b", "a", "x", "y"]
    assert town.cat.codes.tolist() == [0, 2, 3, 4]


def test_words_become_categories_and_missing_ones_stay():
    town = categories((["b", None],), ["c", None])
    assert town.cat.categories.tolist() == ["b", "c"]
    assert town.isna().tolist() == [False, True] * 2
    town = categories((["b"], ["b", "c"], True), pd.Categorical(["c"]))
    assert town.cat.ordered


def test_indices_and_names_of_columns():
    index = pd.MultiIndex.from_tuples([("a", 0), ("a", 1)])
    columns = pd.MultiIndex.from_tuples([("u", 0), ("u", 1)])
    X = pd.DataFrame(np.eye(2), index=index, columns=columns)
    both = stack_records(X, X)
    assert both.columns.equals(columns)
    assert both.index.tolist() == [0, 1, 2, 3]
    twice = pd.DataFrame(np.eye(2), columns=["a", "a"])
    both = stack_records(twice, twice.astype(int))
    assert_array_equal(both, np.tile(np.eye(2), (2, 1)))


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (
            np.eye(2),
            sparse.csr_array(np.eye(2)),
            "X_train is dense, X_holdout is spa",
        ),
        (
            pd.DataFrame(np.eye(2)),
            np.eye(2),
            "X_train is a pandas DataFrame, X_h",
        ),
        (
            pd.DataFrame({"a": [1]}),
            pl.DataFrame({"a": [1]}),
            "X_holdout is a polars D",
        ),
        (np.eye(2), np.eye(3), "X_train has 2 features, X_holdout 3: both must be as"),
        (np.ones((1, 2, 3)), np.ones((1, 3, 3)), r"X_train has \(2, 3\) as the shape"),
        (
            pd.DataFrame({"a": [1], "b": [1]}),
            pd.DataFrame({"a": [1]}),
            r"X_train has 2 features, X_holdout 1: it lacks \['b'\] and has \[\]",
        ),
        (
            pl.DataFrame({"a": [1], "b": [1]}),
            pl.DataFrame({"a": [1], "c": [1]}),
            r"it lacks \['b'\] and has \['c'\] beside them",
        ),
        (
            pd.DataFrame({"a": [1], "b": [1]}),
            pd.DataFrame({"b": [1], "a": [1]}),
            r"columns of X_train in another order\..* are 'a' and 'b'",
        ),
    ],
)
def test_records_of_two_kinds(first, second, message):
    with pytest.raises(ValueError, match=message):
        stack_records(first, second)


def test_what_is_handed_in_is_not_changed():
    first, second = (pd.DataFrame({"a": [1.0]}), pd.DataFrame({"a": [1]}))
    stack_records(first, second)
    assert second["a"].dtype == np.int64
