"""How much the records of two parties differ where their labels do not."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import pairwise_distances_chunked
from sklearn.utils import check_X_y


def in_class_distance(
    X_a: ArrayLike, y_a: ArrayLike, X_b: ArrayLike, y_b: ArrayLike
) -> float:
    """Mean distance between the records of two parties, class by class.

    Parameters
    ----------
    X_a : array-like of shape (n_a, n_features)
        Records of one party, numbers, scaled alike (to [0, 1], say).
    y_a : array-like of shape (n_a,)
        Their class labels.
    X_b : array-like of shape (n_b, n_features)
        Records of the other party.
    y_b : array-like of shape (n_b,)
        Their class labels.

    Returns
    -------
    distance : float
        For every class that both parties have, the mean Euclidean distance between a
        record of the one and a record of the other; the mean of that over the classes.

    Raises
    ------
    ValueError
        The parties have no class in common, or other numbers of features.

    See Also
    --------
    InsiderAttack : The further apart the parties, the better it names owners.
    skmia.metrics.in_class_deviation : Spread of the records of one data set.

    Notes
    -----
    Level: records. Truex et al. relate this distance to the accuracy of an insider but
    give no formula: all pairs and the Euclidean distance are our reading. It is not 0
    for two parties alike: compare with random parties of the same records. Distances
    are computed in blocks (of ``sklearn.get_config()["working_memory"]`` MiB).

    References
    ----------
    S. Truex et al., "Demystifying Membership Inference Attacks in Machine Learning
    as a Service", IEEE TSC 2019, section 4.7. :arxiv:`1807.09173`

    Examples
    --------
    >>> from skmia.federated import in_class_distance
    >>> in_class_distance([[0], [5]], ["n", "p"], [[1], [3], [9]], ["n", "n", "p"])
    3.0
    """
    X_a, y_a = check_X_y(X_a, y_a)
    X_b, y_b = check_X_y(X_b, y_b)
    common = np.intersect1d(y_a, y_b)
    if not len(common):
        raise ValueError(
            "in_class_distance needs a class that both parties have. Got the classes "
            f"{np.unique(y_a)[:5].tolist()} and {np.unique(y_b)[:5].tolist()}."
        )
    means = [_mean_distance(X_a[y_a == label], X_b[y_b == label]) for label in common]
    return float(np.mean(means))


def _mean_distance(A, B):
    """Mean Euclidean distance over all pairs."""
    blocks = pairwise_distances_chunked(A, B, reduce_func=_row_sums)
    return np.concatenate(list(blocks)).sum() / (len(A) * len(B))


def _row_sums(block, start):
    return block.sum(axis=1)
