"""Betting against a value of epsilon: what is won refutes it.

Each bet says of one record, or of one pair, on which side it is. Under epsilon nobody
is right with odds above ``exp(offset + epsilon)``, whatever was revealed before; a
gambler who believes in a larger epsilon stakes by its odds. What such a gambler owns is
1 on average at most, so it reaches ``1 / level`` with probability `level` at most, at
any time (Ville). Several gamblers, one for every alternative, share the first stake.
"""

import numpy as np
from scipy.special import log_expit

# What the gamblers believe in. No epsilon beyond the last can be refuted.
ALTERNATIVES = np.concatenate([np.linspace(0.1, 2, 12), np.linspace(2.5, 8, 10)])
_TOLERANCE = 1e-4


class EProcess:
    """What all gamblers together own after each bet, for any epsilon.

    Parameters
    ----------
    right : ndarray of bool of shape (n_bets,)
        Whether the guess was right, in the order in which the truth was revealed.
    offset : ndarray of shape (n_bets,)
        Logarithm of the odds of being right where the answers tell nothing.
    """

    def __init__(self, right, offset):
        self._sign = np.where(right, 1.0, -1.0)
        self._offset = offset
        # In place of the gamblers themselves, sums over those from each one upwards.
        self._sums = self._log_likelihood(ALTERNATIVES[:, None])
        for i in reversed(range(len(ALTERNATIVES) - 1)):
            np.logaddexp(self._sums[i], self._sums[i + 1], out=self._sums[i])

    @property
    def n_bets(self):
        """Number of bets."""
        return len(self._sign)

    def path(self, epsilon, first=0):
        """Logarithm of what is owned after each bet, against this epsilon.

        `first` is the position of the lowest alternative that takes part: all that do
        are at least `epsilon`.
        """
        n_gamblers = len(ALTERNATIVES) - first
        owned = self._sums[first] - self._log_likelihood(epsilon)
        return owned - np.log(n_gamblers)

    def lower_bound(self, needed, start=0.0):
        """Smallest epsilon that is not refuted, or a little less.

        Between two alternatives the gamblers are the same, and whatever refutes an
        epsilon refutes all smaller ones; beyond an alternative one gambler is gone, and
        an epsilon may be refuted although a smaller one is not. Such islands do not
        count: the bound exceeds an epsilon only if this one is refuted, which is what
        the level is about.

        Parameters
        ----------
        needed : callable
            Of epsilon: logarithm of what has to be owned to refute it.
        start : float, default=0.0
            Smallest epsilon that is put to the test.

        Returns
        -------
        bound : float
            0 where `start` is not refuted.
        """
        left = start
        for first, right in enumerate(ALTERNATIVES):
            if right <= start:
                continue
            if not self._refutes(left, first, needed):
                break
            if not self._refutes(right, first, needed):
                return self._bisect(left, right, first, needed)
            left = float(right)
        return left if left > start else 0.0

    def _bisect(self, refuted, right, first, needed):
        while right - refuted > _TOLERANCE:
            middle = (refuted + right) / 2
            if self._refutes(middle, first, needed):
                refuted = middle
            else:
                right = middle
        return float(refuted)

    def _refutes(self, epsilon, first, needed):
        return self.path(epsilon, first).max(initial=0.0) >= needed(epsilon)

    def _log_likelihood(self, epsilon):
        """Of the bets so far, where every one is right with the odds of `epsilon`."""
        return np.cumsum(log_expit(self._sign * (self._offset + epsilon)), axis=-1)
