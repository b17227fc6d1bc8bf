"""Keys of records: bytes that tell whether two records are one.

The same record can be written in many ways: as integers or floats, in an array of
objects, as text that a model reads as numbers. Whoever gets a new key for each of them
is told the same thing under new noise. Whoever gets one key for two records is told two
things for the price of one. No key avoids both, so there are two: `coarse_keys` for
noise, `exact_keys` for ledgers.
"""

import datetime
import hashlib
import math
import pickle
from collections import defaultdict
from decimal import Decimal

import numpy as np
import pandas as pd
from scipy import sparse

# Sparse records are written out in blocks of at most this many numbers.
_BLOCK = 2**24
# Integers from here on may be no doubles.
_LARGE = 2.0**53


def coarse_keys(X, model=None):
    """Keys for noise: equal for whatever a model would take for the same record.

    What converts to a number counts as that number in single precision: copies that
    differ in the 8th digit share their noise, which would else average out over them.
    This goes for text too, value by value, since scikit-learn reads "1.0" in an array
    of objects as 1.0; a key must not depend on the other rows of a batch. Missing
    values are all the same, a date or a duration is its seconds, and anything else
    counts by how it is written. Of a DataFrame, the columns that the model knows count.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records, as any classifier takes them.
    model : fitted estimator, default=None
        Whom they are asked: columns of a DataFrame are put in the order of its
        ``feature_names_in_``, others are left out.

    Returns
    -------
    keys : list of bytes of length n_samples
    """
    known = list(getattr(model, "feature_names_in_", []))
    given = list(getattr(X, "columns", []))
    if known != given and (named := [name for name in known if name in given]):
        X = X[named]
    return _keys(X, _coarse_value, np.float32)


def exact_keys(X, model=None):
    """Keys for ledgers: different for any two records that may have two answers.

    Numbers count in double precision, to the last bit; 3, 3.0 and True are one, though
    a model that writes its numbers out could tell them apart. Integers and decimals
    that are no doubles count by themselves, and so does whatever is no number: the text
    "3" may be a category, and another one than "3.0". The names of the columns of a
    DataFrame count where they are not those that the model knows, in that order. The
    same record, written otherwise, may have two keys.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records, as any classifier takes them.
    model : fitted estimator, default=None
        Whom they are asked; has ``feature_names_in_`` if it was given names.

    Returns
    -------
    keys : list of bytes of length n_samples

    Raises
    ------
    TypeError
        A value in `X` that cannot be pickled.
    """
    keys = _keys(X, _exact_value, np.float64)
    given = list(getattr(X, "columns", []))
    known = list(getattr(model, "feature_names_in_", range(len(given))))
    if not given or given == known:
        return keys
    names = hashlib.blake2b(repr(given).encode()).digest()
    return [key + _word(len(given), names) for key in keys]


def _keys(X, read, dtype):
    if not sparse.issparse(X):
        return _pack(_columns(X), read, dtype)
    X = X.tocsr()
    step = max(1, _BLOCK // max(1, X.shape[1]))
    blocks = (X[i : i + step].toarray() for i in range(0, X.shape[0], step))
    return [key for block in blocks for key in _pack([block], read, dtype)]


def _columns(X):
    """Arrays side by side: a single one, or one for each column of a DataFrame."""
    if hasattr(X, "iloc") and X.ndim == 2:
        dtypes = set(X.dtypes)
        alike = len(dtypes) < 2 and all(isinstance(d, np.dtype) for d in dtypes)
        # Dates alone become an array of dates, which models may read as numbers.
        if alike or {dtype.kind for dtype in dtypes} in ({"M"}, {"m"}):
            return [X.to_numpy()]
        return [_column(X.iloc[:, i]) for i in range(X.shape[1])]
    if hasattr(X, "columns") and len(set(X.dtypes)) > 1:
        # Another library's: dates and numbers side by side have no array in common.
        return [_column(pd.Series(np.asarray(X[name]))) for name in X.columns]
    array = np.atleast_1d(np.asarray(X))
    if array.dtype.kind in "US" and not hasattr(X, "dtype"):
        # A list of numbers and words: the numbers are not to become words.
        array = np.asarray(X, dtype=object)
    return [array.reshape(len(array), math.prod(array.shape[1:]))]


def _column(series):
    if series.dtype.kind not in "fiub":
        values = series.to_numpy(dtype=object)
    elif isinstance(series.dtype, np.dtype):
        values = series.to_numpy()
    else:
        values = series.to_numpy(dtype=object, na_value=np.nan)
    return values.reshape(-1, 1)


def _pack(columns, read, dtype):
    """One key for each row: all its numbers, then all else with its place."""
    n_columns = sum(array.shape[1] for array in columns)
    read = _once_for_each_text(read)
    words = defaultdict(bytes)
    numbers = []
    start = 0
    for array in columns:
        numbers.append(_numbers(array, read, start, words))
        start += array.shape[1]
    numbers = np.hstack(numbers)
    with np.errstate(over="ignore"):
        # Numbers beyond the single precision become infinite: they are still records.
        numbers = numbers.astype(dtype, copy=False)
    numbers[np.isnan(numbers)] = np.nan  # one of many
    if dtype is np.float32:
        numbers += dtype(0)  # -0.0 is 0.0; its inverse is another, so not in a ledger
    head = n_columns.to_bytes(8, "little")
    return [head + row.tobytes() + words.get(i, b"") for i, row in enumerate(numbers)]


def _numbers(array, read, start, words):
    """An array in double precision; what is no number goes to the words of its row."""
    kind = array.dtype.kind
    if kind in "fiub" and array.dtype.itemsize <= 8:
        numbers = array.astype(np.float64, order="C")
        doubtful = kind in "iu" and np.abs(numbers) >= _LARGE
    else:
        numbers = np.full(array.shape, np.nan)
        doubtful = True
    doubtful = np.broadcast_to(doubtful, array.shape)
    flat, width = numbers.ravel(), array.shape[1]
    for place, value in zip(
        np.flatnonzero(doubtful).tolist(), array[doubtful], strict=True
    ):
        told = read(value)
        if isinstance(told, bytes):
            words[place // width] += _word(start + place % width, told)
            told = np.nan
        flat[place] = told
    return numbers


def _once_for_each_text(read):
    """Categories are many times the same."""
    told = {}

    def read_value(value):
        if type(value) is not str:
            return read(value)
        if value not in told:
            told[value] = read(value)
        return told[value]

    return read_value


def _word(column, content):
    return b"".join(
        [column.to_bytes(8, "little"), len(content).to_bytes(8, "little"), content]
    )


def _coarse_value(value):
    """The number that stands for a value, or how it is written."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        pass
    if isinstance(value, (np.datetime64, np.timedelta64)):
        return float(value.astype(np.int64))  # as numpy's conversion of objects has it
    if pd.isna(value) is True:
        return np.nan
    if isinstance(value, datetime.date):
        return pd.Timestamp(value).timestamp()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    text = value if isinstance(value, str) else str(value)
    return text.encode(errors="surrogatepass")


def _exact_value(value):
    """The double that a number is, or all that there is to any other value."""
    if isinstance(value, str):
        return b"s" + value.encode(errors="surrogatepass")
    if isinstance(value, np.integer) and not isinstance(value, np.timedelta64):
        value = int(value)  # numpy would compare integers as doubles
    if isinstance(value, (int, float, np.floating, np.bool_, Decimal)):
        number = _as_double(value)
        if math.isnan(number) or number == value:
            return number
    try:
        return b"o" + pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    except (TypeError, AttributeError, pickle.PicklingError) as error:
        raise TypeError(
            "Records must be of numbers, text or other values that can be pickled, or "
            f"it cannot be told which are the same. Got {value!r} instead: {error}."
        ) from error


def _as_double(number):
    try:
        return float(number)
    except OverflowError:
        return math.inf
