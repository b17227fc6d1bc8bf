"""How far what a model answers would stray, had it been trained on other records."""

import numpy as np

from skmia.shadow.surgery._logistic import problem
from skmia.shadow.surgery._newton import logit_spread
from skmia.shadow.surgery._other_side import _as_array, _transformed
from skmia.shadow.surgery._registry import last_step
from skmia.utils._labels import encode_labels


def influence_spread(model, X, y):
    """Standard deviation of the log-odds of each training record's label.

    Over training sets that are drawn anew from the same population; by influences, so
    that nothing is trained.

    Parameters
    ----------
    model : fitted LogisticRegression, or Pipeline that ends in one
        Which `other_side` operates on.
    X, y : records and labels
        All that it was trained on.

    Returns
    -------
    spread : ndarray of shape (n_records,)
        nan where the model is too sure of all records to tell.
    """
    last = last_step(model)
    X = _as_array(last, _transformed(model, X))
    codes = encode_labels(y, last.classes_)
    return logit_spread(*problem(last, X, codes, np.ones(len(codes), dtype=bool)))
