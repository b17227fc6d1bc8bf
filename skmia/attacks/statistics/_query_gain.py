"""What a query about a record is expected to tell, of those that were tried.

Plain functions on answers ``right`` (n_records, n_references, n_tried), whether a
reference gave a query the label of the record, and a mask (n_records, n_references)
that says which reference was trained on which record. Query 0 is the record itself.

Of many queries the one that tells the references best apart does so by luck. So what a
query tells is not read from the references of its record, but learned from all: how
often is a model that was left out right, member or not, on a query of this kind on
which as many of the others are right? A query that is chosen by such an expectation
owes nothing to the models that it will be judged by.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

# Rates of references are told apart in eighths; one more level where there are none.
_STEPS = 8
_LEVELS = _STEPS + 2
_CELLS = _LEVELS**2
# Answers that the smooth expectation of a cell counts for: few cells of few records.
_PRIOR = 200
# By how much another query must be expected to tell more than the record itself.
_MARGINS = (0.0, 0.05, 0.1, 0.2, np.inf)


@dataclass(frozen=True)
class QueryGain:
    """How often members and others are right on a query, by what references say of it.

    Attributes
    ----------
    kind : ndarray of int of shape (n_tried,)
        Of each query how it was made; 0 is the record itself.
    online : bool
        Whether references that were trained on the record are looked at.
    inside, outside : ndarray of shape (n_cells,)
        Expected rates of members and of others.
    margin : float
        By how much another query must be expected to tell more than the record.
    """

    kind: np.ndarray
    online: bool
    inside: np.ndarray
    outside: np.ndarray
    margin: float

    def choose(self, right, inside):
        """Query of each record, and its two expected rates: three (n_records,)."""
        return self._best(_cells(right, inside, self.kind, self.online), self.margin)

    def _best(self, cells, margin):
        gain = (self.inside - self.outside)[cells]
        gain[:, 1:] -= margin
        query = gain.argmax(axis=1)
        chosen = cells[np.arange(len(cells)), query]
        return query, self.inside[chosen], self.outside[chosen]


def log_ratio(right, p_in, p_out):
    """Log likelihood ratio of an answer; nan where there is none."""
    ratio = np.log(np.where(right > 0.5, p_in / p_out, (1 - p_in) / (1 - p_out)))
    return np.where(np.isnan(right), np.nan, ratio)


def learn_gain(right, inside, others, kind, online):
    """Learn what queries tell from reference models, each in the place of the target.

    Parameters
    ----------
    right : ndarray of bool of shape (n_records, n_references, n_tried)
    inside : ndarray of bool of shape (n_records, n_references)
    others : list of ndarray of int
        References that each of them is laid beside.
    kind : ndarray of int of shape (n_tried,)
    online : bool

    Returns
    -------
    gain : QueryGain
    """
    cells = [_cells(right[:, two], inside[:, two], kind, online) for two in others]
    n_cells = (kind.max() + 1) * _CELLS
    counts = np.zeros((2, 2, n_cells))  # member or not, right or not
    for i, cell in enumerate(cells):
        for side, answer in np.ndindex(2, 2):
            there = (inside[:, [i]] == side) & (right[:, i] == answer)
            counts[side, answer] += np.bincount(cell[there], minlength=n_cells)
    outside, members = (_rates(*one) for one in counts)
    gain = QueryGain(kind, online, members, outside, 0.0)
    auc = [_auc(gain, cells, right, inside, margin) for margin in _MARGINS]
    # The largest margin among equals: there is no reason to ask about something else.
    best = len(auc) - 1 - int(np.argmax(auc[::-1]))
    return QueryGain(kind, online, members, outside, _MARGINS[best])


def _auc(gain, cells, right, inside, margin):
    """How well members of the references are told apart, with a margin."""
    scores = []
    for i, cell in enumerate(cells):
        query, *rates = gain._best(cell, margin)
        answer = right[np.arange(len(right)), i, query]
        scores.append(log_ratio(answer.astype(float), *rates))
    return roc_auc_score(inside.ravel(order="F"), np.concatenate(scores))


def _cells(right, inside, kind, online):
    """Cell of each query: its kind, and the rates of in and of out models."""
    out_level = _level(right, ~inside)
    in_level = _level(right, inside) if online else np.zeros_like(out_level)
    return (kind * _LEVELS + in_level) * _LEVELS + out_level


def _level(right, side):
    count = side.sum(axis=1)[:, None]
    n_right = (right & side[:, :, None]).sum(axis=1)
    level = np.rint(_STEPS * n_right / np.maximum(count, 1)).astype(int)
    return np.where(count > 0, level, _LEVELS - 1)


def _rates(n_wrong, n_right):
    """Rate of each cell, shrunk to what the cells of its kind say together."""
    rates = []
    for wrong, right in zip(
        n_wrong.reshape(-1, _CELLS), n_right.reshape(-1, _CELLS), strict=True
    ):
        smooth = _smooth(wrong, right)
        rates.append((right + _PRIOR * smooth) / (wrong + right + _PRIOR))
    return np.concatenate(rates)


def _smooth(wrong, right):
    """Rates of cells that nobody has seen, too: linear in the two log odds."""
    level = np.indices((_LEVELS, _LEVELS)).reshape(2, -1)
    odds = np.log((level + 0.5) / (np.maximum(_STEPS - level, 0) + 0.5))
    seen = wrong + right
    for side in range(2):  # where there are no references, they say what others do
        known = level[side] < _LEVELS - 1
        mean = np.average(odds[side][known], weights=seen[known] + 1e-9)
        odds[side][~known] = mean
    # A half of an answer of each kind in all: there are always two of them.
    weights = np.concatenate([wrong, right]) + 0.5 / _CELLS
    answers = np.repeat([0, 1], _CELLS)
    model = LogisticRegression().fit(np.hstack([odds, odds]).T, answers, weights)
    return model.predict_proba(odds.T)[:, 1]
