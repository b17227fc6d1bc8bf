"""Booleans of records, eight to a byte."""

import numpy as np


class Bits:
    """Booleans that are held in an eighth of their memory.

    ``np.asarray`` gives them back, as an array that cannot be written to: what is
    written there would be lost.

    Parameters
    ----------
    values : array-like of bool of shape (n_values,)
    """

    def __init__(self, values):
        values = np.asarray(values, dtype=bool)
        self._packed, self._n_values = np.packbits(values), len(values)

    def __len__(self):
        return self._n_values

    def __array__(self, dtype=None, copy=None):
        values = np.unpackbits(self._packed, count=self._n_values).view(bool)
        values.flags.writeable = False
        return values if dtype is None else values.astype(dtype, copy=False)


def bits_of(values):
    """The same booleans as :class:`Bits`; None where there are none.

    Parameters
    ----------
    values : array-like of bool of shape (n_values,), Bits or None

    Returns
    -------
    bits : Bits or None
    """
    return values if values is None or isinstance(values, Bits) else Bits(values)


def rows_of(bits, n_values):
    """Booleans of several, one row for each.

    Parameters
    ----------
    bits : list of Bits
    n_values : int
        Of each.

    Returns
    -------
    rows : ndarray of bool of shape (n_bits, n_values)
    """
    rows = np.zeros((len(bits), n_values), dtype=bool)
    for row, one in zip(rows, bits, strict=True):
        row[:] = np.asarray(one)
    rows.flags.writeable = False
    return rows
