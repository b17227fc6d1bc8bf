"""One-hot encoding by declared categories: no value is an error or changes another."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.preprocessing import OneHotEncoder

from skmia.defenses import DeclaredOneHotEncoder

TOWNS, SIZES = ["B", "A", "C"], [3, 1, 2]


@pytest.fixture
def frame(global_random_seed):
    rng = np.random.RandomState(global_random_seed)
    return pd.DataFrame({"town": rng.choice(TOWNS, 30), "size": rng.choice(SIZES, 30)})


def encode(categories, values):
    """Rows of one feature."""
    X = np.empty((len(values), 1), dtype=object)
    X[:, 0] = values
    return DeclaredOneHotEncoder(categories).fit(X).transform(X)


def test_where_all_values_are_known_it_is_one_hot_encoding(frame):
    categories = [sorted(TOWNS), sorted(SIZES)]
    encoder = DeclaredOneHotEncoder(categories).fit(frame)
    plain = OneHotEncoder(categories=categories, sparse_output=False).fit(frame)
    Z = encoder.transform(frame)
    assert_array_equal(Z, plain.transform(frame))
    assert_array_equal(encoder.get_feature_names_out(), plain.get_feature_names_out())
    assert_array_equal(encoder.inverse_transform(Z), plain.inverse_transform(Z))


def test_columns_are_in_the_order_of_the_declaration(frame):
    encoder = DeclaredOneHotEncoder([TOWNS, SIZES]).set_output(transform="pandas")
    Z = encoder.fit_transform(frame)
    assert list(Z) == ["town_B", "town_A", "town_C", "size_3", "size_1", "size_2"]
    assert_array_equal(Z["town_A"], frame["town"] == "A")
    assert_array_equal(Z["size_2"], frame["size"] == 2)


@pytest.mark.parametrize(
    "value", ["x", "", 1.5, np.inf, np.nan, None, pd.NA, pd.NaT, b"A", 1j, ("A", "B")]
)
def test_an_unknown_value_is_all_zeros(value):
    assert_array_equal(encode(["A", 1], ["A", value, 1]), [[1, 0], [0, 0], [0, 1]])


@pytest.mark.parametrize(
    "value", [1, 1.0, np.int8(1), np.float32(1), np.float64(1), True]
)
def test_numbers_are_numbers_whatever_their_type(value):
    assert_array_equal(encode([2, 1, "1"], [value]), [[0, 1, 0]])
    assert_array_equal(encode([value, "1"], [1, 2]), [[1, 0], [0, 0]])


@pytest.mark.parametrize("value", [np.nan, None, pd.NA, pd.NaT])
@pytest.mark.parametrize("declared", [np.nan, None, pd.NA])
def test_a_declared_missing_value_is_every_kind_of_it(declared, value):
    assert_array_equal(encode(["A", declared], [value, "A"]), [[0, 1], [1, 0]])


OTHERS = ["A", 2.5, "2.5", -1, None, np.nan, np.inf, True]


@pytest.mark.parametrize("other", OTHERS, ids=str)
@pytest.mark.parametrize("categories", [[0.5, 1], ["A", "B"], [2, 1], [1, None]])
@pytest.mark.parametrize("kind", [pd.DataFrame, list])
def test_a_record_changes_no_other(kind, categories, other):
    """scikit-learn's encoder reads the type of the column, which one record decides."""
    rest = [[0], [1], [2]]
    alone = DeclaredOneHotEncoder(categories).fit(kind(rest)).transform(kind(rest))
    together = DeclaredOneHotEncoder(categories).fit_transform(kind([*rest, [other]]))
    assert_array_equal(together[:3], alone)


def test_the_encoder_of_scikit_learn_tells_what_type_a_record_has():
    """Why this is not a line of documentation."""

    def plain(categories, column):
        encoder = OneHotEncoder(
            categories=[categories], handle_unknown="ignore", sparse_output=False
        )
        return encoder.fit_transform(pd.DataFrame({"a": column}))[:2].tolist()

    assert plain([0.5, 1], [0, 1, 1]) == [[1, 0], [0, 1]]
    assert plain([0.5, 1], [0, 1, 1.5]) == [[0, 0], [0, 1]]
    with pytest.raises(ValueError, match="invalid literal"):
        plain(["A", "B"], [0, 1, 2])
    assert plain(["A", "B"], [0, 1, "A"]) == [[0, 0], [0, 0]]


@pytest.mark.parametrize(
    "categories", ["AB", ("A", "B"), np.array(["A", "B"]), pd.Series(["A", "B"])]
)
def test_one_list_for_all_features(categories):
    X = [["A", "B"], ["B", "C"]]
    if isinstance(categories, str):
        categories = list(categories)
    encoder = DeclaredOneHotEncoder(categories).fit(X)
    assert_array_equal(encoder.transform(X), [[1, 0, 0, 1], [0, 1, 0, 0]])
    assert encoder.data_norm_ == 2**0.5
    assert [known.tolist() for known in encoder.categories_] == [["A", "B"]] * 2


def test_columns_of_pandas_categories():
    X = pd.DataFrame({"a": pd.Categorical(["x", None, "z"]), "b": [True, False, True]})
    encoder = DeclaredOneHotEncoder([["z", "x"], [False, True]])
    assert_array_equal(
        encoder.fit_transform(X), [[0, 1, 0, 1], [0, 0, 1, 0], [1, 0, 0, 1]]
    )


def test_back_to_categories():
    encoder = DeclaredOneHotEncoder([["A", "B"], [1, 2]]).fit([["A", 1]])
    X = encoder.inverse_transform([[0, 1, 0, 0], [0.2, 0.1, 0.3, 0.4]])
    assert X.tolist() == [["B", None], ["A", 2]]
    with pytest.raises(ValueError, match="expects the 4 features"):
        encoder.inverse_transform([[0, 1, 0]])
    assert encoder.categories_[0].tolist() == ["A", "B"]


@pytest.mark.parametrize(
    ("categories", "message"),
    [
        (None, "'categories' parameter .* must be declared: .* Got None"),
        ([["A"]], r"a list of values for each of the 2 features.* Got \[\['A'\]\]"),
        ([["A"], "B"], "a list of values for each of the 2 features"),
        ([], r"each value once. Got \[\] instead"),
        ([["A"], []], r"each value once. Got \[\] instead"),
        ([["A"], [1, 2, 1.0]], "each value once"),
        ([["A"], [np.nan, None]], "each value once"),
    ],
)
def test_errors(categories, message):
    encoder = DeclaredOneHotEncoder(categories)
    with pytest.raises(ValueError, match=message):
        encoder.fit([["A", 1]])
    assert not [name for name in vars(encoder) if name.endswith("_")]


def test_other_matrices_are_refused():
    with pytest.raises(TypeError, match="dense data is required"):
        DeclaredOneHotEncoder([0, 1]).fit(sparse.csr_array([[0, 1]]))
    with pytest.raises(ValueError, match="Complex data not supported"):
        DeclaredOneHotEncoder([0, 1]).fit(np.array([[1j]]))


def test_values_that_can_be_no_category_are_zeros():
    encoder = DeclaredOneHotEncoder([[1, 2], ["a", "b"]])
    X = np.empty((2, 2), dtype=object)
    X[0, 0], X[0, 1], X[1, 0], X[1, 1] = 1, [1, 2], {2}, "b"
    assert_array_equal(encoder.fit_transform(X), [[1, 0, 0, 0], [0, 0, 0, 1]])


def test_columns_without_a_common_type():
    X = pd.DataFrame({"a": [1, 2], "b": pd.to_datetime(["2020-01-01", "2020-01-02"])})
    encoder = DeclaredOneHotEncoder([[1, 2], [pd.Timestamp("2020-01-01")]])
    assert_array_equal(encoder.fit_transform(X), [[1, 0, 1], [0, 1, 0]])
