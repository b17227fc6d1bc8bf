"""Training one pass over the records after another."""

import numpy as np
from sklearn.utils import _safe_indexing

from skmia.utils._weights import fit_weights


def passes(model, X, y, n_passes, *, classes=None, sample_weight=None, rng=None):
    """Train a model with ``partial_fit``, and yield it after each pass.

    Parameters
    ----------
    model : classifier
        Trained in place.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
    y : ndarray of shape (n_samples,)
    n_passes : int
    classes : array-like, default=None
        All labels; None for those in `y`.
    sample_weight : ndarray of shape (n_samples,), default=None
    rng : RandomState, default=None
        Draws another order of the records for each pass. None: as they are.

    Yields
    ------
    model : classifier
        The same one, further trained.
    """
    classes = np.unique(y) if classes is None else classes
    own = sample_weight
    for _ in range(n_passes):
        shown, labels = X, y
        if rng is not None:
            order = rng.permutation(len(y))
            shown, labels = _safe_indexing(X, order), y[order]
            own = None if sample_weight is None else sample_weight[order]
        weights = fit_weights(model, own)
        yield model.partial_fit(shown, labels, classes=classes, **weights)
