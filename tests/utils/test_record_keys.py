"""Which records are one, for noise and for ledgers."""

import datetime
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.tree import DecisionTreeClassifier

from skmia.utils import _record_keys
from skmia.utils._record_keys import coarse_keys, exact_keys

BOTH = pytest.mark.parametrize("keys_of", [coarse_keys, exact_keys])
NUMBERS = np.array([[1.5, 0.0], [np.nan, -3.0], [0.0, 2.0]])


def cell(value):
    """One record of one value, which numpy is not to look into."""
    X = np.empty((1, 1), dtype=object)
    X[0, 0] = value
    return X


def one_key(keys_of, *values):
    return len({keys_of(cell(value))[0] for value in values}) == 1


def all_differ(keys_of, *values):
    return len({keys_of(cell(value))[0] for value in values}) == len(values)


@BOTH
@pytest.mark.parametrize(
    "container",
    [
        np.ndarray.tolist,
        pd.DataFrame,
        sparse.csr_array,
        sparse.coo_matrix,
        np.asfortranarray,
        lambda X: X.astype(np.float32),
        lambda X: X.astype(np.float16),
        lambda X: X.astype(np.longdouble),
        lambda X: X.astype(object),
        lambda X: pd.DataFrame(X).astype("Float64"),
        lambda X: pd.DataFrame(X).astype(pd.SparseDtype("float")),
        lambda X: pd.DataFrame(X).astype({0: object}),
        lambda X: pd.DataFrame(X).astype({1: "category"}),
        lambda X: pd.DataFrame(X).astype({1: "Int64"}),
    ],
)
def test_the_container_does_not_count(container, keys_of):
    assert keys_of(container(NUMBERS)) == keys_of(NUMBERS)


def test_noise_does_not_tell_the_8th_digit():
    first, second, third = coarse_keys([[0.0, 1.0], [-0.0, 1 + 1e-12], [0.0, 1.001]])
    assert first == second
    assert first != third


def test_a_ledger_tells_the_last_bit():
    epoch = 1.7e9 + np.arange(1000.0)[:, None]
    assert len(set(coarse_keys(epoch))) < 10
    assert len(set(exact_keys(epoch))) == 1000
    one = np.array([[1.0], [np.nextafter(1, 2)], [0.0], [-0.0], [5e-324], [np.inf]])
    assert len(set(exact_keys(one))) == 6
    assert len(set(exact_keys([[1e39], [1e40]]))) == 2


@BOTH
def test_numbers_of_all_types_are_one(keys_of):
    assert one_key(keys_of, 3, 3.0, np.int8(3), np.float32(3), Decimal(3), np.uint64(3))
    assert one_key(keys_of, 1, True, np.True_, 1.0)
    assert one_key(keys_of, np.nan, -np.nan, np.float32("nan"), Decimal("nan"))
    assert one_key(keys_of, 2**60, 2.0**60, np.int64(2**60), Decimal(2**60))
    assert keys_of([[2**60]]) == keys_of(cell(2**60))


def test_what_a_model_reads_as_a_number_has_its_noise():
    assert one_key(coarse_keys, 1.0, "1", "1.0", " 1 ", "1e0", "+1.00", b"1", "0_1")
    assert one_key(coarse_keys, 1.0, np.str_("1"), np.array(1.0), memoryview(b"1"))
    assert one_key(coarse_keys, 0.1, "0.1", Decimal("0.1"), Fraction(1, 10))
    assert one_key(coarse_keys, np.nan, None, pd.NA, pd.NaT, "nan", " NaN ")
    assert one_key(coarse_keys, np.inf, "inf", "Infinity", 1e39, "1e999")
    assert coarse_keys(np.array([["1.50", "-2"]])) == coarse_keys([[1.5, -2]])
    assert coarse_keys(np.array([[b"1.50", b"-2"]])) == coarse_keys([[1.5, -2]])
    assert coarse_keys([["1.50", "a"]]) == coarse_keys([[1.5, "a"]])


def test_to_a_ledger_another_text_is_another_record():
    """An encoder of categories may answer each of them otherwise."""
    assert all_differ(exact_keys, 1, "1", "1.0", "01", " 1 ", b"1", "a", "a ", b"a")
    assert all_differ(exact_keys, np.nan, None, pd.NA, pd.NaT, "nan")
    assert all_differ(exact_keys, 0.1, Decimal("0.1"), Decimal("0.2"))
    assert all_differ(exact_keys, np.longdouble(1) / 3, np.float64(1) / 3)
    assert all_differ(exact_keys, 1j, 2j, 1)
    assert len(set(exact_keys([[1, "a"], ["1", "a"]]))) == 2


def test_integers_that_are_no_doubles():
    large = [2**60, 2**60 + 1, 2**63, 2**64 + 1, 2**64 + 2, 10**400, 10**400 + 1]
    assert all_differ(exact_keys, *large)
    array = np.array([[2**60 + 1, 5], [2**60, 5], [-(2**60) - 1, 5]])
    keys = exact_keys(array)
    assert len(set(keys)) == 3
    frame = pd.DataFrame(array)
    for other in (array.astype(object), frame, frame.astype("Int64")):
        assert exact_keys(other) == keys
    assert exact_keys(sparse.csr_array(array)) == keys
    assert exact_keys(array[:1].astype(np.uint64)) == keys[:1]
    assert exact_keys(frame.astype({1: float})) == keys
    assert len(set(coarse_keys(array))) == 2


@BOTH
def test_words_count_by_content_in_any_batch(keys_of):
    frame = pd.DataFrame({"town": ["a", "b", "a"], "size": [1.0, 1.0, 2.0]})
    whole = keys_of(frame)
    assert len(set(whole)) == 3
    assert keys_of(frame.iloc[[2, 0]]) == [whole[2], whole[0]]
    for dtype in ("category", "string", object):
        assert keys_of(frame.astype({"town": dtype})) == whole
    assert len(set(keys_of(["some text", "other", "other"]))) == 2
    assert keys_of(pd.Series(["some text"])) == keys_of(np.array(["some text"]))
    assert one_key(keys_of, "a", np.str_("a"))
    assert all_differ(keys_of, "a", "a ", "A", "\ud800", "")


@BOTH
def test_a_number_does_not_depend_on_the_rest_of_its_column(keys_of):
    column = np.array([["1.0"], ["a"], [None], [2.5], [2**70]], dtype=object)
    assert keys_of(column) == [keys_of(row[None])[0] for row in column]
    assert keys_of(pd.DataFrame(column)) == keys_of(column)


@BOTH
def test_words_keep_their_place(keys_of):
    rows = [["a", "b"], ["b", "a"], ["ab", ""], ["a", 1.0], [1.0, "a"], [np.nan, "a"]]
    assert len(set(keys_of(np.array(rows, dtype=object)))) == len(rows)


def test_dates_are_instants_to_the_noise():
    instant = [
        pd.Timestamp("2020-01-02"),
        datetime.datetime(2020, 1, 2),
        datetime.date(2020, 1, 2),
        pd.Timestamp("2020-01-02 01:00", tz="Europe/Paris"),
        pd.Timestamp("2020-01-02 00:00:00.000000001"),
    ]
    assert one_key(coarse_keys, *instant)
    assert all_differ(exact_keys, *instant)
    assert all_differ(coarse_keys, instant[0], pd.Timestamp("2020-01-03"))
    assert one_key(coarse_keys, datetime.timedelta(1), pd.Timedelta(hours=24))
    frame = pd.DataFrame({"when": pd.to_datetime(["2020-01-02", None]), "size": [1, 2]})
    expected = coarse_keys(frame)
    for unit in ("s", "ms", "us", "ns"):
        in_unit = frame.astype({"when": f"datetime64[{unit}]"})
        assert coarse_keys(in_unit) == expected


@pytest.mark.parametrize("dtype", ["M8[D]", "M8[ns]", "m8[s]"])
def test_dates_alone_are_the_numbers_that_a_tree_reads(dtype):
    X = np.array([[3, 40], [500, 6]])
    tree = DecisionTreeClassifier(random_state=0).fit(X, [0, 1])
    np.testing.assert_array_equal(tree.predict(X.astype(dtype)), [0, 1])
    assert coarse_keys(X.astype(dtype)) == coarse_keys(X)
    assert coarse_keys([list(row) for row in X.astype(dtype)]) == coarse_keys(X)
    assert set(exact_keys(X.astype(dtype))).isdisjoint(exact_keys(X))
    cells = np.empty(X.shape, dtype=object)
    cells[:] = [list(row) for row in X.astype(dtype)]
    assert coarse_keys(cells) == coarse_keys(X)
    in_frame = X.astype("M8[ns]")
    assert coarse_keys(pd.DataFrame(in_frame)) == coarse_keys(X)


class Named:
    feature_names_in_ = np.array(["a", "b"], dtype=object)


@BOTH
def test_frames_of_another_library_hold_dates_beside_numbers(keys_of):
    polars = pytest.importorskip("polars")
    day = datetime.date(2020, 1, 1)
    held = {
        "day": [day, None, day + datetime.timedelta(1)],
        "instant": [datetime.datetime(2020, 1, 1, 12), None, None],
        "number": [1, 2, 3],
        "share": [0.5, None, 1.5],
        "word": ["a", "b", None],
    }
    keys = keys_of(polars.DataFrame(held))
    assert len(set(keys)) == 3
    if keys_of is coarse_keys:
        times = {name: pd.to_datetime(held[name]) for name in ("day", "instant")}
        assert keys == coarse_keys(pd.DataFrame({**held, **times}))


def test_columns_that_the_model_does_not_know_make_no_noise():
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
    keys = coarse_keys(frame)
    for other in (
        frame[["b", "a"]],
        frame.assign(c=[1, 2]),
        frame.assign(c=[3, 4])[["c", "b", "a"]],
        frame.to_numpy(),
        frame.set_axis([0, 1], axis=1),
    ):
        assert coarse_keys(other, Named()) == keys


def test_columns_in_another_order_are_other_records_to_a_ledger():
    """A model that picks its columns by name answers them otherwise."""
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
    known = exact_keys(frame, Named())
    assert exact_keys(frame.to_numpy(), Named()) == known
    others = [
        frame.set_axis(["b", "a"], axis=1),
        frame[["b", "a"]],
        frame.assign(c=0.0),
        frame.set_axis(["a", "c"], axis=1),
    ]
    keys = [key for other in others for key in exact_keys(other, Named())]
    assert len({*known, *keys}) == 10


@BOTH
@pytest.mark.parametrize("shape", [(0, 3), (2, 0), (4, 2, 3), (5,), ()])
def test_what_is_no_table_is_left_for_the_model_to_refuse(shape, keys_of):
    assert len(keys_of(np.ones(shape))) == (shape or (1,))[0]
    if len(shape) == 2:
        assert len(keys_of(pd.DataFrame(np.ones(shape)))) == shape[0]


def test_large_sparse_matrices_are_read_in_blocks(monkeypatch):
    X = sparse.random(50, 20, density=0.2, random_state=0, format="coo")
    monkeypatch.setattr(_record_keys, "_BLOCK", 60)
    assert exact_keys(X) == exact_keys(X.toarray())
    assert coarse_keys(X) == coarse_keys(X.toarray())


def test_what_cannot_be_pickled_is_refused():
    with pytest.raises(TypeError, match=r"values that can be pickled.* Got <memory"):
        exact_keys(cell(memoryview(b"1")))
