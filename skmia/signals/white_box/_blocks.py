"""Gradients of records as blocks of numbers, and what is said of all of them."""

from dataclasses import dataclass
from functools import reduce
from math import comb, factorial
from typing import Any

import numpy as np

STATISTICS = ("l1", "l2", "smallest", "largest", "mean", "skewness", "kurtosis")
# Below this part of the square of the largest entry a variance is rounding.
_CONSTANT = 1e-28


@dataclass(frozen=True)
class Rows:
    """Some entries of the gradient of each record, one row of them for each.

    Parameters
    ----------
    values : ndarray or torch.Tensor of shape (n_samples, n_entries)
    """

    values: Any

    def norms(self):
        return _norms(self.values)

    def moments(self):
        return _moments(self.values)


@dataclass(frozen=True)
class Product:
    """Entries that are all products of a number on the left and one on the right.

    The gradient of a record by the weights of a layer is what that is given, times the
    slope of the loss by what it answers. No product is computed.

    Parameters
    ----------
    left : ndarray of shape (n_samples, n_left)
    right : ndarray of shape (n_samples, n_right)
    """

    left: np.ndarray
    right: np.ndarray

    def norms(self):
        return _norms(self.left) * _norms(self.right)

    def moments(self):
        return _of_product(_moments(self.left), _moments(self.right))


def norms(blocks):
    """Euclidean norm of the entries of all blocks, record by record."""
    return reduce(np.hypot, [block.norms() for block in blocks])


def statistics(blocks):
    """What is said of the entries of all blocks, record by record.

    Returns
    -------
    values : ndarray of shape (n_samples, 7)
        In the order of `STATISTICS`; the extremes are of absolute entries, a normal law
        has kurtosis 0, and so have entries that are all equal.
    """
    total, *others = _together([block.moments() for block in blocks]).said()
    return np.column_stack([total, norms(blocks), *others])


@dataclass(frozen=True)
class _Moments:
    """Mean, and central moments up to the fourth, in units of the largest entry.

    In these units nothing overflows, and the tiny gradients of confident models keep
    their shape.
    """

    n: int
    smallest: np.ndarray
    largest: np.ndarray
    absolute: np.ndarray
    mean: np.ndarray
    central: np.ndarray

    def said(self):
        """All of `STATISTICS` but the norm."""
        _, _, variance, third, fourth = self.central
        constant = variance <= _CONSTANT
        variance = np.where(constant, 1, variance)
        yield self.absolute * self.n * self.largest
        yield self.smallest
        yield self.largest
        yield self.mean * self.largest
        yield np.where(constant, 0, third / variance**1.5)
        yield np.where(constant, 0, fourth / variance**2 - 3)


def _norms(values):
    values, largest = _in_units(values)
    return _numpy((values**2).sum(1)) ** 0.5 * _numpy(largest)


def _in_units(values):
    """Double precision, in units of the largest entry of each row, and that."""
    if hasattr(values, "amax"):  # of torch; not every device has double precision
        values = values.cpu() if values.device.type == "mps" else values
        values = values.double()
        largest = abs(values).amax(1)
    else:
        largest = abs(values).max(1)
    return values / (largest + (largest == 0))[:, None], largest


def _numpy(values):
    return values.cpu().numpy() if hasattr(values, "cpu") else values


def _moments(values):
    values, largest = _in_units(values)
    absolute, mean = abs(values), values.mean(1)
    smallest = absolute.amin(1) if hasattr(values, "amin") else absolute.min(1)
    central = values - mean[:, None]
    square, one = central * central, np.ones(len(values))
    moments = (square.mean(1), (square * central).mean(1), (square * square).mean(1))
    return _Moments(
        values.shape[1],
        _numpy(smallest * largest),
        _numpy(largest),
        _numpy(absolute.mean(1)),
        _numpy(mean),
        np.array([one, 0 * one, *map(_numpy, moments)]),
    )


def _of_product(left, right):
    """Moments of all products of one of the left and one of the right.

    With l = L + a and r = R + b they lie around L R, by L b + a R + a b, and moments of
    the left and the right multiply.
    """
    central = np.zeros_like(left.central)
    for power in range(5):
        for i in range(power + 1):
            for j in range(power + 1 - i):
                k = power - i - j
                ways = factorial(power) // (factorial(i) * factorial(j) * factorial(k))
                moved = left.mean**i * right.mean**j
                moments = left.central[j + k] * right.central[i + k]
                central[power] += ways * moved * moments
    return _Moments(
        left.n * right.n,
        left.smallest * right.smallest,
        left.largest * right.largest,
        left.absolute * right.absolute,
        left.mean * right.mean,
        central,
    )


def _together(parts):
    """Moments of the entries of all parts."""
    n = sum(part.n for part in parts)
    largest = np.max([part.largest for part in parts], axis=0)
    units = [part.largest / np.where(largest == 0, 1, largest) for part in parts]
    parts = list(zip(parts, units, strict=True))
    mean = sum(part.n / n * part.mean * unit for part, unit in parts)
    central = np.zeros((5, len(mean)))
    for part, unit in parts:
        away = part.mean * unit - mean
        for power in range(5):
            central[power] += sum(
                part.n / n * comb(power, k) * away ** (power - k) * unit**k * moment
                for k, moment in enumerate(part.central[: power + 1])
            )
    return _Moments(
        n,
        np.min([part.smallest for part, _ in parts], axis=0),
        largest,
        sum(part.n / n * part.absolute * unit for part, unit in parts),
        mean,
        central,
    )
