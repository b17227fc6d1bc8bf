"""A look-alike of the Purchase data."""

from __future__ import annotations

import warnings

import numpy as np
from scipy.special import expit, logit
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state

from skmia.utils._random import draw_seeds
from skmia.utils._sklearn import COUNT, validate_params
from skmia.utils._typing import RandomStateLike

# Chosen with benchmarks/bench_make_purchases.py, so that the spread within the classes
# is near the published one and classes are learnable, fewer of them more easily.
_N_PROFILES = 100
_N_TASTES = 10
_RAREST_ITEM = 0.11
_MOST_POPULAR_ITEM = 0.9
_TAIL_EXPONENT = 0.35


@validate_params(
    n_samples=[COUNT],
    n_features=[COUNT],
    n_classes=[COUNT],
    random_state=["random_state"],
)
def make_purchases(
    n_samples: int = 5000,
    n_features: int = 600,
    n_classes: int = 10,
    *,
    random_state: RandomStateLike = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Generate shopping histories and cluster them (records: binary features).

    A look-alike of Purchase-10 to Purchase-100, **not** those data: their histories
    come from a shop, these from a model. The classes are made in the same way, by
    k-means on the histories.

    Parameters
    ----------
    n_samples : int, default=5000
        Customers.
    n_features : int, default=600
        Items.
    n_classes : int, default=10
        Clusters, at most ``n_samples``.
    random_state : int, RandomState instance or None, default=None
        Seed. The histories do not depend on ``n_classes``: one seed gives the same
        customers in 10 or in 100 classes.

    Returns
    -------
    X : ndarray of shape (n_samples, n_features), uint8
        1 where the customer bought the item, else 0.
    y : ndarray of shape (n_samples,), int64
        Cluster of the customer; every class 0 to ``n_classes - 1`` has a row.

    See Also
    --------
    fetch_purchase100 : The real data.

    Notes
    -----
    A customer has 10 tastes: those of one of 100 profiles, the first ones more common,
    plus as much of their own. Tastes shift the log-odds of buying an item, which start
    at a long-tailed popularity.

    Measured with the defaults: the standard deviation within the classes (mean over
    features, then over classes; Truex et al. publish 0.382, 0.387, 0.387 and 0.383 for
    Purchases-10 to -100), and the accuracy of logistic regression on 2,000 training
    and 3,000 test rows. Means over 5 seeds, printed by
    ``python benchmarks/bench_make_purchases.py``.

    =========  ============  ==============  =============
    n_classes  in-class std  train accuracy  test accuracy
    =========  ============  ==============  =============
    10         0.388         1.000           0.855
    20         0.381         1.000           0.799
    50         0.372         1.000           0.684
    100        0.360         1.000           0.536
    =========  ============  ==============  =============

    References
    ----------
    R. Shokri, M. Stronati, C. Song, V. Shmatikov. "Membership inference attacks
    against machine learning models." IEEE Symposium on Security and Privacy, 2017.
    :doi:`10.1109/SP.2017.41`

    S. Truex, L. Liu, M. E. Gursoy, L. Yu, W. Wei. "Demystifying membership inference
    attacks in machine learning as a service." IEEE Transactions on Services Computing,
    2019. :arxiv:`1807.09173`

    Examples
    --------
    >>> from skmia.datasets import make_purchases
    >>> X, y = make_purchases(1000, n_classes=20, random_state=0)
    >>> X.shape, X.dtype
    ((1000, 600), dtype('uint8'))
    """
    if n_samples < n_classes:
        raise ValueError(
            f"The 'n_samples' parameter of make_purchases must be at least "
            f"n_classes={n_classes}. Got {n_samples} instead; every class needs a row."
        )
    rng = check_random_state(random_state)
    X = _histories(n_samples, n_features, rng)
    return X, _cluster(X, n_classes, draw_seeds(rng))


def _histories(n_samples, n_features, rng):
    rank = (rng.permutation(n_features) + 1) / n_features
    popularity = np.minimum(_RAREST_ITEM * rank**-_TAIL_EXPONENT, _MOST_POPULAR_ITEM)
    appeal = rng.standard_normal((_N_TASTES, n_features)) / np.sqrt(_N_TASTES)
    log_odds = logit(popularity) + _tastes(n_samples, rng) @ appeal
    return (rng.random_sample(log_odds.shape) < expit(log_odds)).astype(np.uint8)


def _tastes(n_samples, rng):
    share = np.arange(1, _N_PROFILES + 1) ** -0.5
    profile = rng.choice(_N_PROFILES, n_samples, p=share / share.sum())
    common = rng.standard_normal((_N_PROFILES, _N_TASTES))
    return common[profile] + rng.standard_normal((n_samples, _N_TASTES))


def _cluster(X, n_classes, seed):
    kmeans = KMeans(n_classes, n_init=1, random_state=seed)
    with warnings.catch_warnings():
        # Fewer distinct histories than classes: the empty classes are filled.
        warnings.simplefilter("ignore", ConvergenceWarning)
        labels = kmeans.fit_predict(X.astype(np.float32)).astype(np.int64)
    return _fill_empty_classes(labels, n_classes)


def _fill_empty_classes(labels, n_classes):
    """Hand each empty class the last row of the class that is largest by then."""
    sizes = np.bincount(labels, minlength=n_classes)
    for empty in np.flatnonzero(sizes == 0):
        largest = sizes.argmax()
        labels[np.flatnonzero(labels == largest)[-1]] = empty
        sizes[[largest, empty]] += [-1, 1]
    return labels
