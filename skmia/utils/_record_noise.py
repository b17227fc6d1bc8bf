"""Randomness that is a secret function of the record: same question, same noise.

Noise that is drawn anew for each question averages out over many questions. Here the
stream of a record comes from a keyed hash of its content, so that it depends neither on
the batch nor on how often it was asked. This is one-time randomness, not differential
privacy.
"""

import hashlib

import numpy as np
import pandas as pd
from scipy import sparse

from skmia.utils._secret_stream import open_uniforms, secret_key

# Sparse records are written out in blocks of at most this many numbers.
_BLOCK = 2**24


def draw_secret(random_state):
    """Key of the hash, drawn in ``fit``; 32 bytes."""
    return secret_key(random_state)


def record_bytes(X):
    """Content of each record as bytes; equal records give equal bytes.

    Numbers are compared in single precision: the 12th digit makes no other record.
    An array, a list, a DataFrame and a sparse matrix of the same numbers give the same
    bytes. What is not a number (strings, categories, dates) counts by its content.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records, as any classifier takes them.

    Returns
    -------
    content : list of bytes of length n_samples
    """
    if sparse.issparse(X):
        X = X.tocsr()
        step = max(1, _BLOCK // max(1, X.shape[1]))
        blocks = (X[i : i + step].toarray() for i in range(0, X.shape[0], step))
        return [row for block in blocks for row in _number_bytes(block)]
    if hasattr(X, "iloc"):
        return _frame_bytes(X)
    array = np.asarray(X)
    if array.dtype.kind in "fiub" and array.ndim == 2:
        return _number_bytes(array)
    return _frame_bytes(pd.DataFrame(array))


def record_uniforms(X, n_columns, secret):
    """Uniform numbers that only the holder of the secret can foretell.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records.
    n_columns : int
        Numbers per record.
    secret : bytes
        From `draw_secret`.

    Returns
    -------
    uniforms : ndarray of shape (n_samples, n_columns)
        In the open interval (0, 1), independent between different records.
    """
    streams = [
        hashlib.shake_128(secret + content).digest(8 * n_columns)
        for content in record_bytes(X)
    ]
    bits = np.frombuffer(b"".join(streams), dtype="<u8").reshape(-1, n_columns)
    return open_uniforms(bits)


def _number_bytes(array):
    # Numbers beyond the single precision become infinite: they are still records.
    with np.errstate(over="ignore"):
        numbers = np.ascontiguousarray(array, dtype=np.float32)
    numbers = np.where(np.isnan(numbers), np.float32(np.nan), numbers)
    numbers = numbers + np.float32(0)  # -0.0 is 0.0
    return [row.tobytes() for row in numbers]


def _frame_bytes(frame):
    numeric = [pd.api.types.is_numeric_dtype(dtype) for dtype in frame.dtypes]
    if all(numeric):
        return _number_bytes(frame.to_numpy(dtype=np.float64, na_value=np.nan))
    numbers = frame.loc[:, numeric].to_numpy(dtype=np.float64, na_value=np.nan)
    other = frame.loc[:, [not column for column in numeric]]
    words = [
        pd.util.hash_pandas_object(other.iloc[:, i].astype(str), index=False).to_numpy()
        for i in range(other.shape[1])
    ]
    rows = np.column_stack(words)
    return [
        row.tobytes() + part
        for row, part in zip(rows, _number_bytes(numbers), strict=True)
    ]
