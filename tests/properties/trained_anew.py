"""The truth about surgery: a model trained anew for every record, small data."""

import warnings

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import Pipeline

from skmia.shadow import other_side
from skmia.utils._labels import align_columns


def trained_anew(model, X, y, inside):
    """What refits with or without each record answer; nan where they cannot."""
    answers = np.full((len(y), len(model.classes_)), np.nan)
    for row in range(len(y)):
        rows = inside.copy()
        rows[row] = not rows[row]
        try:
            answers[row] = _answer(_fit(model, X[rows], y[rows]), X, row, model)
        except (ValueError, IndexError, np.linalg.LinAlgError):
            continue
    return answers


def _fit(model, X, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if isinstance(model, Pipeline):
            # Transformers stay as they were fitted.
            last = clone(model.steps[-1][1]).fit(model[:-1].transform(X), y)
            return Pipeline([*model.steps[:-1], ("last", last)])
        return clone(model).fit(X, y)


def _answer(anew, X, row, model):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if hasattr(anew, "predict_proba"):
            P, gone = anew.predict_proba(X[[row]]), 0
        else:
            P = anew.decision_function(X[[row]])
            P = np.c_[-P, P] if P.ndim == 1 else P
            gone = P.min()
    return align_columns(P, anew.classes_, model.classes_, fill=gone)[0]


def assert_as_anew(model, X, y, inside, *, tolerance=1e-6, answered=0.5):
    """Every row that surgery answers is what a refit answers.

    And it answers at least a share `answered` of the rows that refits do.
    """
    model = clone(model).fit(X[inside], y[inside])
    found = other_side(model, X, y, inside)
    truth = trained_anew(model, X, y, inside)
    compared = ~np.isnan(found[:, 0])
    assert not np.isnan(truth[compared]).any()
    np.testing.assert_allclose(found[compared], truth[compared], 0, tolerance)
    # Logarithms, too: attacks look at logits.
    small = compared[:, np.newaxis] & (truth > 1e-100) & (truth < 0.9)
    if hasattr(model, "predict_proba"):
        np.testing.assert_allclose(
            np.log(found[small]), np.log(truth[small]), 0, tolerance
        )
    possible = ~np.isnan(truth[:, 0])
    assert compared.sum() >= answered * possible.sum()
    return found
