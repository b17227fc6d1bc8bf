"""The truth about surgery: a model trained anew for every record, on small data."""

import warnings

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits, load_iris, load_wine
from sklearn.pipeline import Pipeline

from skmia.shadow import other_side
from skmia.utils._labels import align_columns

LOADERS = {
    "iris": load_iris,
    "digits": load_digits,
    "wine": load_wine,
    "breast_cancer": load_breast_cancer,
}


def halves(name, seed, n_records=90):
    """Some records of a data set that ships with scikit-learn, half of them inside."""
    X, y = LOADERS[name](return_X_y=True)
    rows = np.random.default_rng(seed).permutation(len(y))[:n_records]
    return X[rows], y[rows], np.arange(len(rows)) % 2 == 0


def counts(seed, n_records=60):
    """Small whole numbers with all that makes trouble: (X, y, inside).

    A constant feature, two that only one record has, equal records on both sides and
    with unequal labels, a class of one training record and one of two; labels are
    strings.
    """
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 4, (n_records, 7)).astype(float)
    X[:, 2], X[:, 3], X[:, 4] = 1, 0, 0
    X[6, 3] = X[7, 4] = 1
    X[20:30] = X[10:20]
    y = np.resize(["a", "b", "c"], n_records).astype("U3")
    y[[0, 1]], y[[2, 4, 5, 9]] = "one", "two"
    return X, y, np.arange(n_records) % 2 == 0


def trained_anew(model, X, y, inside):
    """What refits with or without each record answer; nan where they cannot."""
    answers = np.full((len(y), len(model.classes_)), np.nan)
    for row in range(len(y)):
        rows = inside.copy()
        rows[row] = not rows[row]
        try:
            answers[row] = _answer(_fit(model, X[rows], y[rows]), X[[row]], model)
        except (ValueError, IndexError, np.linalg.LinAlgError):
            continue
    answers[np.isnan(answers).any(axis=1)] = np.nan
    return answers


def _fit(model, X, y):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if isinstance(model, Pipeline):
            # Transformers stay as they were fitted.
            last = clone(model.steps[-1][1]).fit(model[:-1].transform(X), y)
            return Pipeline([*model.steps[:-1], ("last", last)])
        return clone(model).fit(X, y)


def _answer(anew, x, model):
    if not np.isin(anew.classes_, model.classes_).all():
        raise ValueError("a class that the model does not know")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        answer, gone = answers_of(anew, x), 0.0
    if not hasattr(anew, "predict_proba"):
        gone = answer.min()
    return align_columns(answer, anew.classes_, model.classes_, fill=gone)[0]


def answers_of(model, X):
    """Probabilities, or decision values with one column for each class."""
    if hasattr(model, "predict_proba"):
        return model.predict_proba(X)
    values = model.decision_function(X)
    return np.c_[-values, values] if values.ndim == 1 else values


def assert_as_anew(model, X, y, inside, *, tolerance=1e-6, answered=1.0, smallest=1e-9):
    """Whatever is answered is what a refit answers, in logarithms, too.

    Answered are at least a share `answered` of the records that refits answer.
    Logarithms are those of probabilities above `smallest`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = clone(model).fit(X[inside], y[inside])
    found = other_side(model, X, y, inside)
    truth = trained_anew(model, X, y, inside)
    compared, possible = ~np.isnan(found[:, 0]), ~np.isnan(truth[:, 0])
    assert possible[compared].all()
    assert compared.sum() >= answered * possible.sum()
    np.testing.assert_allclose(found[compared], truth[compared], 0, tolerance)
    if hasattr(model, "predict_proba"):
        # Smaller ones scikit-learn itself has with fewer digits: some are 1 - p.
        small = compared[:, np.newaxis] & (truth > smallest) & (truth < 0.9)
        np.testing.assert_allclose(
            np.log(found[small]), np.log(truth[small]), 0, tolerance
        )
    return found
