"""What always holds for the keys that tell which records are one."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import sparse

from skmia.utils._record_keys import coarse_keys, exact_keys

doubles = st.floats(allow_nan=False)


def cells(rows):
    X = np.empty((len(rows), len(rows[0])), dtype=object)
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            X[i, j] = value
    return X


def tables(values, max_columns=4):
    return st.integers(1, max_columns).flatmap(
        lambda width: st.lists(
            st.lists(values, min_size=width, max_size=width), min_size=1, max_size=6
        )
    )


CONTAINERS = [
    np.array,
    np.ndarray.tolist,
    np.asfortranarray,
    lambda X: X.astype(object),
    sparse.csr_array,
    pd.DataFrame,
    lambda X: pd.DataFrame(X).astype(object),
    lambda X: pd.DataFrame(X).astype({0: object}),
    lambda X: pd.DataFrame(X).astype({0: "category"}),
    lambda X: pd.DataFrame(X).astype({0: "Float64"}),
    lambda X: pd.DataFrame(X).astype("Int64"),
]


@given(
    tables(st.integers(-(2**15), 2**15 - 1)),
    st.sampled_from(CONTAINERS),
    st.sampled_from([float, np.float32, np.int16, np.int64]),
)
def test_equal_numbers_have_equal_keys_in_any_container_and_type(rows, put, dtype):
    X = np.array(rows, dtype=float)
    written = put(X.astype(dtype))
    assert coarse_keys(written) == coarse_keys(X)
    assert exact_keys(written) == exact_keys(X)


SPELLINGS = [
    lambda x: x,
    repr,
    lambda x: f"  {x!r}\n",
    lambda x: f"{x:.17e}",
    lambda x: repr(x).encode(),
    lambda x: np.str_(repr(x)),
    np.float64,
    lambda x: np.array(x),
    lambda x: Decimal(repr(x)),
    lambda x: Fraction(x) if np.isfinite(x) else x,
    lambda x: np.longdouble(x),
]
spellings = st.sampled_from(SPELLINGS)


@given(tables(st.tuples(doubles, spellings)))
@example([[(0.1, Decimal), (1e39, repr)]])
def test_however_a_number_is_written_it_has_its_noise(table):
    X = np.array([[x for x, _ in row] for row in table])
    written = cells([[spell(x) for x, spell in row] for row in table])
    assert coarse_keys(written) == coarse_keys(X)
    assert coarse_keys(pd.DataFrame(written)) == coarse_keys(X)


def same_doubles(one, other):
    one, other = (np.array(row, dtype=float).tobytes() for row in (one, other))
    return one == other


@given(
    st.lists(st.tuples(doubles, doubles), min_size=2, max_size=8),
    st.sampled_from([np.array, cells, pd.DataFrame, list]),
)
@example([(1.7e9, 0.0), (1.7e9 + 1, 0.0)], np.array)
@example([(1.0, 0.0), (1.0, -0.0)], cells)
def test_distinct_doubles_have_distinct_exact_keys(rows, put):
    keys = exact_keys(put(rows))
    for one, key in zip(rows, keys, strict=True):
        for other, other_key in zip(rows, keys, strict=True):
            assert (key == other_key) == same_doubles(one, other)


anything = st.one_of(
    doubles,
    st.integers(),
    st.booleans(),
    st.none(),
    st.text(max_size=4),
    st.text("0123456789.e- ", max_size=4),
    st.binary(max_size=4),
    st.decimals(allow_nan=False, places=2),
    st.datetimes(),
    st.dates(),
    st.timedeltas(),
    st.just(pd.NA),
)
types_of_numbers = (int, float, bool, Decimal)


def may_be_one(a, b):
    """Whether two values may have one key in a ledger."""
    if isinstance(a, types_of_numbers) and isinstance(b, types_of_numbers):
        return a == b
    return type(a) is type(b) and (a is b or a == b)


@given(tables(anything))
def test_records_with_one_exact_key_have_one_content(rows):
    keys = exact_keys(cells(rows))
    for one, key in zip(rows, keys, strict=True):
        for other, other_key in zip(rows, keys, strict=True):
            if key == other_key:
                assert all(may_be_one(a, b) for a, b in zip(one, other, strict=True))


@given(tables(anything), st.randoms(use_true_random=False))
def test_keys_do_not_depend_on_the_batch(rows, random):
    X = cells(rows)
    order = random.sample(range(len(rows)), len(rows))
    for keys_of in (coarse_keys, exact_keys):
        keys = keys_of(X)
        assert keys_of(X[order]) == [keys[i] for i in order]
        assert [keys_of(X[[i]])[0] for i in range(len(rows))] == keys
        assert keys_of(pd.DataFrame(X, dtype=object)) == keys
