"""What is bet on, in which order: known from the scores, before the truth is."""

from typing import NamedTuple

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata


class Bets(NamedTuple):
    """One entry for each bet, in the order in which the truth is revealed."""

    right: np.ndarray
    offset: np.ndarray


class RecordBets:
    """Bets on single records: those of high scores are in, those of low scores out.

    Equal scores come in random order: that of the rows may tell who is a member.

    Parameters
    ----------
    pool : Pool
    rng : RandomState
    coins : bool
        Whether a coin decided on every record. Otherwise as many records of each
        stratum were drawn as there are members in it, and what has been revealed
        changes the odds of the others.
    """

    def __init__(self, pool, rng, *, coins):
        self._pool = pool
        self._coins = coins
        self._jitter = rng.permutation(len(pool.score))

    def place(self, order):
        """Bets in this order: "top", "bottom" or "both"."""
        rows, guess = self._reveal(order)
        member, stratum = self._pool.member[rows], self._pool.stratum[rows]
        right = member == guess
        if self._coins:
            return Bets(right, np.zeros(len(right)))
        n_in, n_out = _unrevealed(member, stratum), _unrevealed(~member, stratum)
        # Where only one side is left, the truth is known.
        open_ = (n_in > 0) & (n_out > 0)
        log_odds = np.log(n_in[open_]) - np.log(n_out[open_])
        return Bets(right[open_], np.where(guess[open_], log_odds, -log_odds))

    def _reveal(self, order):
        """Rows in the order of the bets, and what is guessed of each."""
        score = self._pool.score
        if order == "both":
            # Mid-ranks: the distance from the middle is that of all equal scores. Two
            # records have each distance; which comes first must not be left to chance.
            rank = rankdata(score) - (len(score) + 1) / 2
            rows = np.lexsort((self._jitter, rank <= 0, -np.abs(rank)))
            return rows, rank[rows] > 0
        sign = -1 if order == "top" else 1
        rows = np.lexsort((self._jitter, sign * score))
        return rows, np.full(len(rows), order == "top")


class PairBets:
    """Bets on which of two records is the member, the other one being none.

    Members are matched with non-members at random, within each stratum; whoever is
    left over stays out of it. The higher score is in.

    Parameters
    ----------
    pool : Pool
    rng : RandomState
    """

    def __init__(self, pool, rng):
        n = len(pool.score)
        in_, out = _match(pool, rng.permutation(n))
        # Distances between scores of any scale: as if they were normal.
        normal = ndtri((rankdata(pool.score) - 0.5) / n) if n else pool.score
        coin = rng.random_sample(len(in_)) < 0.5
        self._in, self._out = normal[in_], normal[out]
        self._right = np.where(self._in == self._out, coin, self._in > self._out)
        self._jitter = rng.permutation(len(in_))

    def place(self, order):
        """Bets in this order: "top", "bottom" or "both"."""
        strength = {
            "top": np.maximum(self._in, self._out),
            "bottom": -np.minimum(self._in, self._out),
            "both": np.abs(self._in - self._out),
        }[order]
        pairs = np.lexsort((self._jitter, -strength))
        return Bets(self._right[pairs], np.zeros(len(pairs)))


def interleave(parts):
    """Bets on several targets in turn: the first of each, then the second of each."""
    turn = np.concatenate([np.arange(len(part.right)) for part in parts])
    order = np.argsort(turn, kind="stable")
    return Bets(*(np.concatenate(column)[order] for column in zip(*parts, strict=True)))


def _unrevealed(chosen, stratum):
    """Number of the chosen records from each one on, in its stratum."""
    order = np.argsort(stratum, kind="stable")
    last = np.cumsum(np.bincount(stratum, chosen))[stratum[order]]
    n_left = np.empty(len(chosen))
    n_left[order] = last - np.cumsum(chosen[order]) + chosen[order]
    return n_left


def _match(pool, shuffled):
    """Rows of members, and of the non-member that each is matched with."""
    rows = shuffled[np.argsort(pool.stratum[shuffled], kind="stable")]
    sides = rows[pool.member[rows]], rows[~pool.member[rows]]
    n_strata = pool.stratum.max(initial=0) + 1
    counts = [np.bincount(pool.stratum[side], minlength=n_strata) for side in sides]
    n_pairs = np.minimum(*counts)
    for side, count in zip(sides, counts, strict=True):
        stratum = pool.stratum[side]
        place = np.arange(len(side)) - (np.cumsum(count) - count)[stratum]
        yield side[place < n_pairs[stratum]]
