"""How good an audited model is about each record."""

from dataclasses import dataclass

import numpy as np
from sklearn.metrics import (
    median_absolute_error,
    r2_score,
    root_mean_squared_error,
)

from skmia.auditing._findings import failed
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
        1 where a classifier is right; nan where that is not known, or none is asked.
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

    def in_order(self, rows):
        """The same in another order, as parameters of an :class:`AuditReport`."""
        return {
            "correct": self.correct[rows],
            "error": None if self.error is None else self.error[rows],
            "score": None if self.score is None else self.score[rows],
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
    signal = SIGNALS.get(session.kind, "correctness")
    try:
        found, unmeasured = session.observe(signal).to_numpy(), None
    except Exception as error:
        found, unmeasured = np.full((len(session), 1), np.nan), failed(error, session.X)
    if signal == "correctness":
        return Performance(found[:, 0], None, unmeasured)
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
    columns = ([getattr(one, name) for one in parts] for name in ("error", "score"))
    error, score = (None if c[0] is None else np.concatenate(c) for c in columns)
    return Performance(
        np.concatenate([part.correct for part in parts]),
        error,
        next((part.unmeasured for part in parts if part.unmeasured), None),
        score,
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
