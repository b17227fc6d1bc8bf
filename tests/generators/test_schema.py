"""What records look like: kinds, ranges, and the way to numbers and back."""

import pickle
from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from pandas.testing import assert_frame_equal

from skmia.generators import FeatureSchema


@pytest.fixture
def people():
    """One column of every kind that a DataFrame may hold."""
    return pd.DataFrame(
        {
            "age": np.array([31, 58, 40, 22], dtype=np.int16),
            "income": np.array([1.5, 0.25, 7.125, 2.0], dtype=np.float32),
            "children": [0.0, 2.0, 1.0, 0.0],
            "town": pd.Series(["B", "A", np.nan, "B"], dtype=object),
            "member": [True, False, True, True],
            "size": pd.Categorical(
                ["S", "L", "S", "L"], categories=["S", "M", "L"], ordered=True
            ),
            "zip": [9000, 8001, 9000, 8001],
            "red": [1, 0, 0, 0],
            "green": [0, 1, 0, 1],
            "blue": [0, 0, 1, 0],
            "visits": pd.array([3, 4, 5, 3], dtype="Int64"),
        }
    )


@pytest.fixture
def schema(people):
    return FeatureSchema.from_records(
        people, categorical=["zip"], onehot=[["red", "green", "blue"]]
    )


def test_kinds_and_ranges(schema):
    whole, category = "integer", "categorical"
    assert schema.kinds == (
        *(whole, "continuous", whole, category, category, category, category),
        *(category, whole),
    )
    assert (schema.n_features, schema.n_columns) == (11, 9)
    assert_array_equal(schema.low, [22, 0.25, 0, 0, 0, 0, 0, 0, 3])
    # Town: A, B and missing. Size: "M" is in the type, but in no record.
    assert_array_equal(schema.high, [58, 7.125, 2, 2, 1, 1, 1, 2, 5])


def test_codes(schema, people):
    Z = schema.encode(people)
    assert_array_equal(Z[:, 3], [1, 0, 2, 1])
    assert_array_equal(Z[:, 4], [1, 0, 1, 1])
    assert_array_equal(Z[:, 5], [0, 1, 0, 1])
    assert_array_equal(Z[:, 6], [1, 0, 1, 0])
    assert_array_equal(Z[:, 7], [0, 1, 2, 1])


def test_frame_comes_back_with_its_types(schema, people):
    assert_frame_equal(schema.decode(schema.encode(people)), people)
    drawn = schema.decode(schema.uniform(50, np.random.RandomState(0)))
    assert_array_equal(drawn.dtypes, people.dtypes)
    assert drawn["size"].cat.ordered
    assert set(drawn["size"]) == {"S", "L"}
    assert drawn["town"].isna().any()
    assert_array_equal(drawn[["red", "green", "blue"]].sum(axis=1), 1)
    assert schema.contains(drawn).all()


@pytest.mark.parametrize(
    "X",
    [
        [[1.5, 2], [0.5, 3]],
        np.array([[1, 2], [0, 3]], dtype=np.int8),
        np.array([[1.5, 2], [0.1, 3]], dtype=np.float16),
        np.array([[True, False], [True, True]]),
        np.array([["a", "bb"], ["c", "bb"]]),
        np.array([["a", 1, 0.5], ["b", 4, 1.0]], dtype=object),
    ],
)
def test_array_comes_back_with_its_type(X):
    schema = FeatureSchema.from_records(X)
    back = schema.decode(schema.encode(X))
    assert back.dtype == np.asarray(X).dtype
    assert_array_equal(back, X)


def test_columns_by_place_and_missing_numbers_as_categories():
    X = np.array([[0.5, 1, 0], [np.nan, 0, 1]])
    schema = FeatureSchema.from_records(X, categorical=[0], onehot=[[2, 1]])
    # The first of the group in the order of the user is code 0.
    assert_array_equal(schema.encode(X), [[0, 1], [1, 0]])
    assert_array_equal(schema.decode(schema.encode(X)), X)


def test_declared_bounds():
    schema = FeatureSchema.from_bounds(0, [1.5, 2.5], integer=[1])
    assert schema.kinds == ("continuous", "integer")
    assert_array_equal(schema.high, [1.5, 2])
    X = schema.decode(schema.uniform(400, np.random.RandomState(0)))
    assert X.dtype == np.float64
    assert set(X[:, 1]) == {0, 1, 2}
    assert X[:, 0].min() < 0.1
    assert X[:, 0].max() > 1.4


def test_declared_names_make_a_frame():
    schema = FeatureSchema.from_bounds(
        [0, 5], 9, integer=["rooms"], names=["area", "rooms"]
    )
    X = schema.decode([[0.5, 7.2]])
    assert_frame_equal(X, pd.DataFrame({"area": [0.5], "rooms": [7]}))


def test_uniform_draws_are_uniform():
    """Chi-squared with 4 degrees of freedom is above 23.5 once in 10,000 times."""
    schema = FeatureSchema.from_bounds([-2], [2], integer=[0])
    Z = schema.uniform(5000, np.random.RandomState(0))
    counts = np.unique(Z, return_counts=True)[1]
    assert len(counts) == 5
    assert ((counts - 1000) ** 2 / 1000).sum() < 23.5


def test_more_uniform_rows_begin_with_the_fewer(schema):
    few, many = (schema.uniform(n, np.random.RandomState(3)) for n in (4, 9))
    assert_array_equal(few, many[:4])


def test_contains(schema, people):
    assert schema.contains(people).all()
    other = people.astype({"age": float, "size": object})
    other.loc[0, "age"] = 30.5
    other.loc[1, "size"] = "M"
    other.loc[2, ["red", "green", "blue"]] = [1, 1, 0]
    assert_array_equal(schema.contains(other), [False, False, False, True])
    other = people.astype({"age": float, "visits": "float64"})
    other.loc[0, "age"] = 59
    other.loc[1, "visits"] = np.nan
    other.loc[2, ["red", "green", "blue"]] = 0
    assert_array_equal(schema.contains(other), [False, False, False, True])


def test_snap_and_decode_move_into_the_schema(schema, people):
    Z = np.full((1, schema.n_columns), 1e9)
    assert_array_equal(schema.snap(Z)[0], schema.high)
    assert schema.contains(schema.decode(-Z)).all()
    assert_array_equal(schema.snap(schema.encode(people) + 0.2)[:, 0], people["age"])


def test_resample(schema, people):
    Z = schema.encode(people)
    mask = np.zeros(Z.shape, dtype=bool)
    rng = np.random.RandomState(0)
    assert_array_equal(schema.resample(Z, mask, rng), Z)
    mask[:2, 1] = True
    drawn = schema.resample(Z, mask, rng)
    assert_array_equal(drawn[~mask], Z[~mask])
    assert not np.isin(drawn[mask], Z[:, 1]).any()
    from_pool = schema.resample(Z, mask, rng, pool=Z[2:])
    assert np.isin(from_pool[mask], Z[2:, 1]).all()


@pytest.mark.parametrize("copied", [deepcopy, lambda s: pickle.loads(pickle.dumps(s))])
def test_copies_work(schema, people, copied):
    assert_array_equal(schema.low, copied(schema).low)
    assert_frame_equal(copied(schema).decode(schema.encode(people)), people)


def test_empty_matrices_are_fine(schema, people):
    empty = schema.decode(np.empty((0, schema.n_columns)))
    assert empty.shape == (0, 11)
    assert_array_equal(empty.dtypes, people.dtypes)
    assert schema.contains(empty).shape == (0,)


def test_repr(schema):
    assert repr(schema) == (
        "FeatureSchema(3 integer, 1 continuous, 5 categorical; DataFrame of 11 columns)"
    )


@pytest.mark.parametrize(
    ("X", "options", "message"),
    [
        ([[np.nan], [1]], {}, "no NaN"),
        ([[np.inf], [1]], {}, "no infinity"),
        (np.array([[2**60]]), {}, "2\\*\\*53"),
        ([[1, 1], [0, 1]], {"onehot": [[0, 1]]}, "exactly one 1"),
        ([[0.5, 0.5]], {"onehot": [[0, 1]]}, "exactly one 1"),
        ([[0, 1, 0]], {"onehot": [[0, 1], [1, 2]]}, "one group"),
        ([[0, 1, 0]], {"onehot": [[0, 3]]}, "0 to 2"),
        ([[0, 1, 0]], {"categorical": ["a"]}, "by name or by place"),
        (pd.DataFrame({"a": []}), {}, "must hold records"),
    ],
)
def test_bad_records(X, options, message):
    with pytest.raises(ValueError, match=message):
        FeatureSchema.from_records(X, **options)


def test_values_of_no_common_kind():
    with pytest.raises(TypeError, match="string or a number"):
        FeatureSchema.from_records(np.array([["a"], [1]], dtype=object))


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({"low": [0, 1], "high": [1, 0]}, "at most 'high'"),
        ({"low": [0.2], "high": [0.8], "integer": [0]}, "an integer between"),
        ({"low": [0], "high": [2.0**60], "integer": [0]}, "2\\*\\*53"),
        ({"low": [0], "high": [np.inf]}, "finite"),
        ({"low": [0], "high": [1], "names": ["a", "b"]}, "one value per feature"),
        ({"low": [0], "high": [1], "integer": [1]}, "0 to 0"),
    ],
)
def test_bad_bounds(bounds, message):
    with pytest.raises(ValueError, match=message):
        FeatureSchema.from_bounds(**bounds)


def test_bad_input_of_methods(schema, people):
    with pytest.raises(ValueError, match="X has 2 features, but the schema has 11"):
        schema.encode(people[["age", "town"]])
    with pytest.raises(ValueError, match="named and ordered"):
        schema.encode(people[people.columns[::-1]])
    with pytest.raises(ValueError, match=r"does not have, in the feature\(s\) \[3\]"):
        schema.encode(people.assign(town="Z"))
    with pytest.raises(ValueError, match="Z must have 9 columns"):
        schema.snap(np.zeros((2, 1)))
