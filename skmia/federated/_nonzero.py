"""Which features an update is about: what a gradient of zeros and others gives away."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_array

from skmia.federated._learners import learner_of
from skmia.utils._typing import FittedClassifier, MatrixLike


def nonzero_features(
    before: FittedClassifier,
    after: FittedClassifier,
    *,
    decay: float = 0.0,
    tol: float = 0.0,
) -> np.ndarray:
    """Features whose weights an update moved: those of the records it was made of.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    before : fitted classifier
        The model that a party was sent.
    after : fitted classifier
        What it uploaded.
    decay : float, default=0.0
        Share by which a penalty has shrunk every weight meanwhile: the rate times the
        penalty of a step. It is undone first, or all features would have moved.
    tol : float, default=0.0
        Largest change, of any weight of a feature, that counts as none. 0 for what was
        sent as it is; in units of the noise where there is some.

    Returns
    -------
    moved : ndarray of bool of shape (n_features,)

    See Also
    --------
    feature_coverage : Which records may have moved them.

    Notes
    -----
    Threat model: a server that sees the update of a party; or the other one of two
    parties, who takes its own update off the change of the average. The gradient by the
    weights of a feature is a sum over the records that have it: where no record of the
    batch has it, it is exactly zero.

    References
    ----------
    L. Melis, C. Song, E. De Cristofaro, V. Shmatikov, "Exploiting Unintended Feature
    Leakage in Collaborative Learning", IEEE S&P 2019. :arxiv:`1805.04049`

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skmia.federated import Federation, nonzero_features
    >>> X, y = np.array([[1, 0, 0], [0, 0, 1]]), np.array([0, 1])
    >>> learner = MLPClassifier((), solver="sgd", alpha=0)
    >>> federation = Federation(learner, n_parties=1, n_rounds=1, random_state=0)
    >>> upload = federation.fit(X, y).uploads_[0][0]
    >>> nonzero_features(federation.initial_, upload).tolist()
    [True, False, True]
    """
    models = {"before": before, "after": after}
    was, now = (
        learner_of(model, f"The '{name}' parameter of nonzero_features")
        .first_layer(model)
        .astype(float)
        for name, model in models.items()
    )
    return (abs(now - (1 - decay) * was) > tol).any(axis=1)


def feature_coverage(
    X: MatrixLike, moved: ArrayLike, *, weights: ArrayLike | None = None
) -> np.ndarray:
    """Share of the features of each record that an update moved.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Records, in which 0 stands for a feature that is not there.
    moved : array-like of bool of shape (n_features,)
        See :func:`nonzero_features`.
    weights : array-like of shape (n_features,), default=None
        How much a feature counts, such as its inverse document frequency. None: all
        alike.

    Returns
    -------
    coverage : ndarray of shape (n_samples,)
        From 0 to 1, which is that of all records of the batch. Of a record without any
        feature 0.

    Examples
    --------
    >>> from skmia.federated import feature_coverage
    >>> feature_coverage([[1, 1, 0], [0, 2, 2]], [True, True, False]).tolist()
    [1.0, 0.5]
    """
    X = check_array(X, accept_sparse="csr")
    there = (X != 0).astype(float)
    n_features = X.shape[1]
    weights = np.ones(n_features) if weights is None else np.asarray(weights, float)
    covered = there @ (weights * np.asarray(moved, dtype=bool))
    total = there @ weights
    return np.divide(covered, total, out=np.zeros(len(total)), where=total > 0)
