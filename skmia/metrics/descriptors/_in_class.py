"""How much the records of one class differ: a descriptor of a data set."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_X_y


def in_class_deviation(
    X: ArrayLike, y: ArrayLike, *, weighted: bool = False, ddof: Literal[0, 1] = 0
) -> float:
    """Standard deviation of the features within a class, on average.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Records, numbers, scaled alike (to [0, 1], say).
    y : array-like of shape (n_samples,)
        Their class labels.
    weighted : bool, default=False
        Whether a class counts by its number of records; False: all classes alike.
    ddof : {0, 1}, default=0
        0 for the population standard deviation, 1 for that of a sample.

    Returns
    -------
    deviation : float
        The mean over features, then over classes, of the standard deviation of a
        feature among the records of a class.

    Raises
    ------
    ValueError
        With ``ddof=1``, a class has one record only.

    See Also
    --------
    skmia.federated.in_class_distance : Distance between the records of two parties.

    Notes
    -----
    Level: records. Truex et al. describe their "in-class standard deviation" in words
    only; this is the formula that agrees with their values for features in [0, 1].
    Models of data with much deviation within a class and many classes leak more.

    References
    ----------
    S. Truex et al., "Demystifying Membership Inference Attacks in Machine Learning
    as a Service", IEEE TSC 2019, Table 1, arXiv:1807.09173

    Examples
    --------
    >>> from skmia.metrics import in_class_deviation
    >>> in_class_deviation([[0, 0], [1, 0], [1, 1]], ["a", "a", "b"])
    0.125
    """
    X, y = check_X_y(X, y)
    labels, code, counts = np.unique(y, return_inverse=True, return_counts=True)
    if counts.min() <= ddof:
        rare = labels.tolist()[counts.argmin()]
        raise ValueError(
            f"in_class_deviation with ddof={ddof} needs more than {ddof} records of "
            f"every class. Got {counts.min()} of class {rare!r}."
        )
    spread = [X[code == c].std(axis=0, ddof=ddof).mean() for c in range(len(labels))]
    return float(np.average(spread, weights=counts if weighted else None))
