"""Detectors of odd queries, and the ladder that a client climbs for them."""

import hashlib
import math
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
from scipy.spatial.distance import cdist
from scipy.stats import hypergeom, ks_2samp

# Signals that a window is tested for; alpha is divided by their number.
N_SIGNALS = 3


@dataclass(eq=False, repr=False)
class QueryMonitor:
    """What each client has asked, in windows, and the rung that follows from it.

    Every p-value is that of an exact two-sample test against the calibration records:
    if a client's new records are drawn as those were, a window is called odd with
    probability `alpha` at most.

    Parameters
    ----------
    rows : ndarray of shape (n_calibration, n_features)
        Calibration records, scaled so that distances mean something.
    confidences : ndarray of shape (n_calibration,)
        Largest entry of the inner posterior for each of them.
    window : int
        New records in a window, at least 2.
    alpha : float
        Chance to call a window of honest records odd.
    cooldown : int
        Clean windows before a client steps down.
    quantile : float
        Share of the distances that counts as near.
    top : int
        The last rung.
    rng : RandomState
        Halves the windows; the client must not foresee how.
    """

    rows: np.ndarray
    confidences: np.ndarray
    window: int
    alpha: float
    cooldown: int
    quantile: float
    top: int
    rng: np.random.RandomState
    _clients: dict = field(default_factory=dict)
    _lock: Any = field(default_factory=Lock)

    def levels(self):
        """Rung of each client that has asked anything."""
        with self._lock:
            return {name: client.level for name, client in self._clients.items()}

    def watch(self, name, keys, rows, confidences, refused):
        """Enter the records of one call and say on which rung each is answered.

        A record that was answered before stays on the rung it was answered on, and is
        not entered again. All others are answered on the rung that is in force when it
        is their turn.

        Parameters
        ----------
        name : hashable
            The client.
        keys : list of bytes
            Content of the records.
        rows, confidences : ndarray
            As for the calibration records.
        refused : int
            Rung without an answer. If any record falls on it, none of the call counts
            as answered; all are entered all the same.

        Returns
        -------
        levels : ndarray of int of shape (n_samples,)
        """
        keys = [hashlib.blake2b(key, digest_size=32).digest() for key in keys]
        with self._lock:
            client = self._clients.setdefault(name, _Client())
            rung = {}
            for key, row, confidence in zip(keys, rows, confidences, strict=True):
                if key in rung:
                    continue
                answered = client.seen.get(key)
                rung[key] = client.level if answered is None else answered
                if key not in client.seen:
                    client.seen[key] = None
                    client.rows.append(row)
                    client.confidences.append(confidence)
                    if len(client.rows) == self.window:
                        self._close(client)
            if refused not in rung.values():
                client.seen.update(rung)
            return np.array([rung[key] for key in keys], dtype=int)

    def _close(self, client):
        """Test a full window, move the client by at most one rung, start anew."""
        rows = np.array(client.rows)
        p_values = self._p_values(rows, np.array(client.confidences), client.previous)
        if min(p_values) <= self.alpha / N_SIGNALS:
            client.level = min(client.level + 1, self.top)
            client.clean = 0
        else:
            client.clean += 1
            if client.clean == self.cooldown:
                client.level = max(client.level - 1, 0)
                client.clean = 0
        client.previous = rows
        client.rows, client.confidences = [], []

    def _p_values(self, rows, confidences, previous):
        # One half of the window, and the window before, are what the other half is
        # near to or not. Given these, the distances of honest records and those of
        # calibration records are drawn alike: distances within one sample are not.
        order = self.rng.permutation(len(rows))
        half = len(rows) // 2
        earlier = rows[order[:half]]
        if previous is not None:
            earlier = np.concatenate([earlier, previous])
        asked = _nearest(rows[order[half:]], earlier)
        honest = _nearest(self.rows, earlier)
        return (
            near_pvalue(asked, honest, self.quantile, self.alpha / N_SIGNALS),
            different_pvalue(asked, honest),
            different_pvalue(confidences, self.confidences),
        )

    def __getstate__(self):
        # The lock can be neither pickled nor copied.
        with self._lock:
            return {name: x for name, x in vars(self).items() if name != "_lock"}

    def __setstate__(self, state):
        vars(self).update(state, _lock=Lock())


@dataclass
class _Client:
    level: int = 0
    clean: int = 0
    # Rung that each record was answered on; None if it was refused.
    seen: dict = field(default_factory=dict)
    rows: list = field(default_factory=list)
    confidences: list = field(default_factory=list)
    previous: np.ndarray | None = None


def _nearest(rows, earlier):
    return cdist(rows, earlier).min(axis=1)


def near_pvalue(asked, honest, quantile, alpha):
    """Chance that as many of the smallest distances belong to the client.

    Of all distances the smallest are looked at: a share of `quantile`, and at least as
    many as it takes for a verdict at `alpha` to be possible. Under exchangeability the
    client's part of them is hypergeometric, ties and dimension notwithstanding.

    Parameters
    ----------
    asked, honest : ndarray
        Distances to the nearest earlier record.
    quantile, alpha : float

    Returns
    -------
    p_value : float
    """
    n, total = len(asked), len(asked) + len(honest)
    counts = np.arange(n)
    all_mine = np.cumprod((n - counts) / (total - counts))
    n_near = max(
        math.ceil(quantile * total), np.searchsorted(-all_mine, -alpha, side="left") + 1
    )
    n_near = min(n_near, total)
    limit = np.partition(np.concatenate([asked, honest]), n_near - 1)[n_near - 1]
    mine = np.sum(asked <= limit)
    near = mine + np.sum(honest <= limit)
    return float(hypergeom.sf(mine - 1, total, near, n))


def different_pvalue(asked, honest):
    """Two-sample Kolmogorov-Smirnov test, two-sided."""
    return float(ks_2samp(asked, honest).pvalue)
