"""How good an audited model is about each record."""

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import (
    median_absolute_error,
    r2_score,
    root_mean_squared_error,
)

from skmia.auditing._findings import failed
from skmia.signals import get_signal
from skmia.signals._unlabelled import SCORE_OF
from skmia.utils._quantities import spread_of_labels

# What is looked at, by the kind of the model; of others whether they are right.
SIGNALS = {"regressor": "residual"} | SCORE_OF
# What is said of a regressor, by the names of the facts.
METRICS = {
    "r2": r2_score,
    "rmse": root_mean_squared_error,
    "median_absolute_error": median_absolute_error,
}


@dataclass(frozen=True)
class Performance:
    """Whether a classifier is right about each record, or what else is said of it.

    Attributes
    ----------
    correct : ndarray of shape (n_records,)
        1 where a classifier is right, about all labels of a record; nan where that is
        not known, or none is asked.
    right : ndarray of shape (n_records, n_outputs) or None
        The same of each output of a classifier that has several.
    error : ndarray of shape (n_records, n_outputs) or None
        Prediction less label of a regressor; nan where that is not known.
    unmeasured : str or None
        Why it is not known.
    score : ndarray of shape (n_records,) or None
        What a model without labels says of each record; nan where that is not known.
    """

    correct: np.ndarray
    error: np.ndarray | None
    unmeasured: str | None
    score: np.ndarray | None = None
    right: np.ndarray | None = None

    def in_order(self, rows):
        """The same in another order, as parameters of an :class:`AuditReport`."""
        return {
            "correct": self.correct[rows],
            "error": None if self.error is None else self.error[rows],
            "score": None if self.score is None else self.score[rows],
            "right": None if self.right is None else self.right[rows],
            "unmeasured": self.unmeasured,
        }


def performance(session):
    """Ask a model about all records; of a budget what is left.

    Parameters
    ----------
    session : Session

    Returns
    -------
    found : Performance
    """
    signal = SIGNALS.get(session.kind) or get_signal("correctness").apart()
    try:
        found, unmeasured = session.observe(signal).to_numpy(), None
    except Exception as error:
        found, unmeasured = np.full((len(session), 1), np.nan), failed(error, session.X)
    if session.kind not in SIGNALS:
        right = found if session.has_outputs else None
        return Performance(found.min(axis=1), None, unmeasured, right=right)
    unknown = np.full(len(session), np.nan)
    if signal != "residual":
        return Performance(unknown, None, unmeasured, found[:, 0])
    # In the units of the labels: a session has residuals in those of their spread.
    return Performance(unknown, found * spread_of_labels(session.y), unmeasured)


def together(parts):
    """Of several models, one after the other.

    Parameters
    ----------
    parts : list of Performance

    Returns
    -------
    found : Performance
    """

    def all_of(name):
        values = [getattr(part, name) for part in parts]
        return None if values[0] is None else np.concatenate(values)

    return Performance(
        **{name: all_of(name) for name in ("correct", "error", "score", "right")},
        unmeasured=next((part.unmeasured for part in parts if part.unmeasured), None),
    )


def error_metrics(label, error):
    """What is said of a regressor, on some records.

    Parameters
    ----------
    label, error : ndarray of shape (n_records,) or (n_records, n_outputs)
        Of several outputs each metric is a mean over them.

    Returns
    -------
    metrics : dict of str to float
        "r2", "rmse" and "median_absolute_error"; nan where nothing is known.
    """
    label = np.reshape(label, error.shape).astype(float)
    known = ~np.isnan(error).any(axis=1)
    if known.sum() < 2:
        return dict.fromkeys(METRICS, np.nan)
    label, error = label[known], error[known]
    return {name: float(of(label, label + error)) for name, of in METRICS.items()}
