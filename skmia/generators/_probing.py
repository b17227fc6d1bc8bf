"""The single trials that `probe` makes."""

import numpy as np
import pandas as pd
from sklearn.exceptions import NotFittedError

from skmia.exceptions import QueryBudgetExceeded
from skmia.utils._arrays import answer_of
from skmia.utils._budget import queries_left

_WIDTHS = range(1, 1025)
# Rows at random, and walks between rows of different labels.
_N_ROWS, _N_WALKS, _N_HALVINGS = 100, 10, 12
# Rows from which each feature is moved, and how far: rounding and cutting both take
# the fraction away.
_N_BASES, _FRACTION = 20, 0.45
# So many answers that whole steps change and fractions do not: a threshold anywhere on
# a whole step lies within the fraction with probability 0.45, and 0.55**6 < 0.03.
_N_CONVINCING = 6
_MOST_DECIMALS = 12


class Trials:
    """Questions to an interface: counted, within the budget, and allowed to fail."""

    def __init__(self, api, max_queries):
        self.api = api
        self.max_queries = max_queries
        self.n_queries = self.n_calls = self.n_refused = 0
        self.names = getattr(api, "feature_names_in_", None)
        self.method = "predict_proba" if hasattr(api, "predict_proba") else "predict"

    @property
    def left(self):
        """Rows that may still be asked."""
        left = min(self.max_queries - self.n_queries, queries_left(self.api))
        return int(max(0, left))

    def ask(self, method, rows):
        """Answers to the rows; None if the call fails, or without the budget for it."""
        if not 0 < len(rows) <= self.left:
            return None
        if self.names is not None and len(self.names) == rows.shape[1]:
            rows = pd.DataFrame(rows, columns=self.names)
        try:
            answers = np.asarray(answer_of(self.api, method, rows))
        except NotFittedError:
            raise
        except QueryBudgetExceeded:
            self.max_queries = self.n_queries
            return None
        except Exception:  # whatever the interface says no with
            self.n_refused += 1
            return None
        self.n_queries += len(rows)
        self.n_calls += 1
        return answers


def find_width(trials, candidates):
    """First width that is answered, and whether it is the only one; None for none."""
    told = getattr(trials.api, "n_features_in_", None)
    if candidates is None and told is not None:
        return int(told), True
    for width in _WIDTHS if candidates is None else candidates:
        if trials.ask("predict", np.zeros((1, width))) is not None:
            wider = trials.ask("predict", np.zeros((1, width + 1)))
            return width, wider is None
        if not trials.left:
            break
    return None, False


def find_rows(trials, width, rng):
    """Random rows that are answered, and their labels.

    Numbers of several sizes; where those are refused, whole ones, then counts.
    """
    if width is None:
        return np.empty((0, 1)), np.array([])
    n_rows = min(_N_ROWS, max(1, trials.left // 4))
    sizes = 10 ** rng.uniform(-1, 2, size=(n_rows, 1))
    rows = sizes * rng.standard_normal((n_rows, width))
    for attempt in (rows, np.rint(rows), np.abs(np.rint(rows))):
        labels = trials.ask("predict", attempt)
        if labels is not None:
            return attempt, labels
    return rows[:0], np.array([])


def find_boundaries(trials, rows, labels, rng):
    """Rows close to where the label changes, on either side.

    Halves the distance between rows of different labels. Far from it, scores are all 0
    or 1, whatever the interface does with them.
    """
    if not len(rows):
        return rows
    first = rng.permutation(len(rows))
    second = np.roll(first, 1)
    differ = np.flatnonzero(labels[first] != labels[second])[:_N_WALKS]
    a, b = rows[first[differ]], rows[second[differ]]
    label = labels[first[differ]]
    whole = (rows == np.rint(rows)).all()
    for _ in range(min(_N_HALVINGS, trials.left // 2 // max(1, len(a)))):
        middle = (a + b) / 2
        middle = np.rint(middle) if whole else middle
        there = trials.ask("predict", middle)
        if there is None:
            break
        same = (there == label)[:, np.newaxis]
        a, b = np.where(same, middle, a), np.where(same, b, middle)
    return np.vstack([a, b])


def find_scores(trials, rows):
    """Scores of as many rows as there is a budget for; None if none are shown."""
    if trials.method == "predict":
        return None
    scores = trials.ask("predict_proba", rows[: trials.left])
    if scores is None or scores.dtype.kind == "f":
        return scores
    return scores.astype(np.float64)


def find_form(labels, scores):
    """What is answered, how many scores differ, and to how many digits."""
    if scores is None:
        return ("labels" if len(labels) else None), None, None
    decimals = _decimals(scores)
    if decimals == 0:
        return "one-hot", None, 0
    smallest = scores.min(axis=1, keepdims=True)
    # Scores of 0 are what underflows, and rounded ones are equal by chance.
    tied = (scores == smallest).sum(axis=1)[smallest[:, 0] > 0]
    if decimals is None and len(tied) and tied.min() > 1:
        return "top-k", int(scores.shape[1] - tied.min()), None
    return "full", None, decimals


def _decimals(scores):
    """Digits to which scores are rounded, perhaps before they were made to sum to 1."""
    half = scores.shape[1] // 2
    tolerance = 8 * np.finfo(scores.dtype).eps
    for decimals in range(_MOST_DECIMALS + 1):
        unit = 10.0**-decimals
        if unit < 100 * tolerance:
            break
        sums = 1 + unit * np.arange(-half, half + 1) if decimals else np.ones(1)
        sums = sums[np.abs(sums - 1) <= 0.5, np.newaxis]
        exact = [
            (np.abs(row * sums - (row * sums).round(decimals)) <= tolerance).all(axis=1)
            for row in scores
        ]
        if all(map(np.any, exact)):
            return decimals
    return None


def find_kinds(trials, rows):
    """Kind of each feature, by moving it alone by a fraction and by a whole step."""
    width = rows.shape[1]
    n_bases = min(_N_BASES, len(rows), trials.left // (1 + 2 * width))
    if not n_bases:
        return None
    bases = np.rint(rows[:n_bases])
    step = np.eye(width)
    moves = np.vstack([np.zeros((1, width)), _FRACTION * step, step])
    moved = (bases[:, np.newaxis] + moves).reshape(-1, width)
    answers = trials.ask(trials.method, moved)
    if answers is None:
        return tuple(_refuses(trials, bases[:1] + move) for move in _FRACTION * step)
    answers = answers.reshape(n_bases, 1 + 2 * width, -1)
    changed = (answers[:, 1:] != answers[:, :1]).any(axis=2).sum(axis=0)
    return tuple(map(_kind, changed[:width], changed[width:]))


def _refuses(trials, row):
    refused = trials.n_refused
    trials.ask(trials.method, row)
    return "whole only" if trials.n_refused > refused else "unknown"


def _kind(by_fraction, by_step):
    if by_fraction:
        return "continuous"
    return "whole" if by_step >= _N_CONVINCING else "unknown"
