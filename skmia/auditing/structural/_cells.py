"""Training records that a model cannot tell apart: they share a leaf, or an answer."""

from dataclasses import dataclass

import numpy as np
from sklearn.tree import DecisionTreeClassifier, ExtraTreeClassifier

# Answers that agree in so many digits are one: sums may be taken in another order.
_DIGITS = 12
_TREES = (DecisionTreeClassifier, ExtraTreeClassifier)


@dataclass(frozen=True)
class Cells:
    """Training records by what the model makes of them.

    Attributes
    ----------
    of_record : ndarray of int of shape (n_records,)
        Number of the cell of each record.
    size : ndarray of int of shape (n_cells,)
        Records in each.
    posterior : ndarray of shape (n_cells, n_classes) or None
        What the model answers there. None where it has no probabilities.
    what : str
        What several cells are called.
    """

    of_record: np.ndarray
    size: np.ndarray
    posterior: np.ndarray | None
    what: str


def cells_of(model, X, inner, given):
    """Cells of a fitted model.

    Parameters
    ----------
    model : fitted classifier
    X : records
        That it was trained on.
    inner, given : fitted classifier and records
        What learned inside of it, and was given of `X`, see :func:`inner_model`.

    Returns
    -------
    cells : Cells

    Raises
    ------
    ValueError
        Answers that are not finite.
    """
    method, answers = _answers(model, X)
    if not np.isfinite(answers).all():
        raise ValueError(
            f"The {method} of the model must be finite for every training record."
        )
    if type(inner) in _TREES:
        keys, what = inner.apply(given), "leaves"
    else:
        keys, what = _shortened(answers), "groups with one and the same answer"
    _, first, of_record, size = np.unique(
        keys, axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    posterior = answers[first] if method == "predict_proba" else None
    return Cells(of_record.ravel(), size, posterior, what)


def _shortened(numbers):
    """Numbers without their last digits, however small; zeros without a sign."""
    mantissa, exponent = np.frexp(numbers)
    return np.ldexp(mantissa.round(_DIGITS) + 0.0, exponent)


def _answers(model, X):
    """What a model answers, in most detail, and the method that does."""
    for method in ("predict_proba", "decision_function"):
        if hasattr(model, method):
            answers = np.asarray(getattr(model, method)(X), dtype=float)
            return method, answers.reshape(len(answers), -1)
    _, codes = np.unique(model.predict(X), return_inverse=True)
    return "predict", codes[:, None].astype(float)
