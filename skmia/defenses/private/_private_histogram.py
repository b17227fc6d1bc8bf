"""A histogram of noisy counts, and rows drawn of it."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from skmia.defenses.private._declared import check_bounds, check_noise_width
from skmia.defenses.private._private_density import PrivateDensity
from skmia.utils._card import DefenseCard
from skmia.utils._integer_noise import discrete_laplace
from skmia.utils._secret_stream import SecretStream
from skmia.utils._sklearn import COUNT
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.defenses.private._privacy_accountant import PrivacyAccountant

# A replaced record leaves one cell and enters another.
_SENSITIVITY = 2
# Cells of the grid, at most: noise is drawn for each.
_MOST_CELLS = 1_000_000
# numpy numbers the cells of no more axes.
_MOST_FEATURES = 63
_LEAST = np.finfo(np.float64).smallest_subnormal
# Logarithm of a density where there is none.
_NONE = np.log(_LEAST)


class PrivateHistogram(PrivateDensity):
    """Histogram with differential privacy, of which rows are drawn.

    The records are counted in the cells of a grid between declared bounds, each count
    gets noise, and the noisy counts are brought to the nearest possible ones. A
    generator for a :class:`~skmia.targets.Synthesizer`, and a density.

    Works on *records*: `X` holds features.

    .. versionadded:: 0.2

    Parameters
    ----------
    n_bins : int or array-like of shape (n_features,), default=8
        Bins of equal width of each feature, or of each one. The grid has their product
        of cells, a million at most: few features, or few bins.
    epsilon : float, default=1.0
        Privacy to spend, larger than 0; smaller is more private.
    bounds : tuple (low, high)
        What values the features can take, declared without a look at the data: each a
        number for all features or an array of shape (n_features,). Values outside are
        clipped.
    accountant : PrivacyAccountant, default=None
        Ledger that this fit is booked in, before any noise is drawn, and that may
        refuse it. None: the user adds up.
    random_state : int, RandomState instance or None, default=None
        Noise. None, which the guarantee needs, takes it from the operating system;
        anything else is for tests and warns with
        :class:`~skmia.exceptions.PrivacyLeakWarning`.

    Attributes
    ----------
    probabilities_ : ndarray of shape (n_bins of the first feature, ...)
        Released share of the records in each cell, as many axes as features. They sum
        to 1.
    bin_edges_ : list of ndarray
        Edges of the bins of each feature, as declared.
    epsilon_ : float
        What was spent.
    delta_ : float
        0.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where `X` had names.

    See Also
    --------
    PrivateGaussianMixture : For more features than a grid has cells for.
    skmia.targets.Synthesizer : One table that is drawn of it, as a target.

    Notes
    -----
    Threat model: the adversary sees `probabilities_`, any number of rows, and all
    records but one. Guarantee: (epsilon, 0)-differential privacy of one record, however
    many rows are drawn. It may be replaced by any other; the number of records is
    public. Released are the noisy counts, and what is computed from them. Assumed are
    `bounds` and `n_bins` declared without a look at the data, finite values, and
    ``random_state=None``. Choosing parameters by scores on the same records spends
    privacy too. The time that a fit takes is not hidden.

    Exact integers carry the proof. A replaced record changes two counts by 1, so the
    noise is discrete Laplace of rate epsilon / 2, drawn exactly from SHAKE-256 with a
    key of the operating system, which is gone when `fit` ends. Noisy counts become
    shares by the nearest vector without negative entries that sums to the number of
    records, by which most of the empty cells stay empty.

    Between the edges of its bin a value is drawn uniformly. The logarithm of the
    density is that of the smallest double, -744.4, where there is none, beyond the
    bounds too: attacks compute with it.

    References
    ----------
    C. Dwork, F. McSherry, K. Nissim, A. Smith, "Calibrating Noise to Sensitivity in
    Private Data Analysis", TCC 2006, :doi:`10.1007/11681878_14`

    L. Wasserman, S. Zhou, "A Statistical Framework for Differential Privacy", Journal
    of the American Statistical Association 105, 2010. :arxiv:`0811.2501` (rows drawn
    of a noisy histogram)

    T. Wang et al., "Locally Differentially Private Frequency Estimation with
    Consistency", NDSS 2020. :arxiv:`1905.08320` (the nearest possible counts)

    C. Canonne, G. Kamath, T. Steinke, "The Discrete Gaussian for Differential Privacy",
    NeurIPS 2020. :arxiv:`2004.00010`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skmia.defenses import PrivateHistogram
    >>> X = load_iris().data[:, 2:]
    >>> model = PrivateHistogram(6, epsilon=5, bounds=(0, [8, 3])).fit(X)
    >>> model.probabilities_.shape, model.sample(100).shape, model.epsilon_
    ((6, 6), (100, 2), 5.0)
    """

    _card = DefenseCard(
        family="differential privacy",
        addresses=("table", "scores", "white-box"),
        broken_by="nothing below the bound; records that come several times",
        paper="Wasserman and Zhou 2010",
        guarantee="(epsilon, 0)-DP of the density and all rows, replace one record",
    )

    _parameter_constraints: dict = {
        **PrivateDensity._parameter_constraints,
        "n_bins": [COUNT, "array-like"],
    }

    def __init__(
        self,
        n_bins: int | ArrayLike = 8,
        *,
        epsilon: float = 1.0,
        bounds: tuple[Any, Any] | None = None,
        accountant: PrivacyAccountant | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.n_bins = n_bins
        self.epsilon = epsilon
        self.bounds = bounds
        self.accountant = accountant
        self.random_state = random_state

    def _declare(self, n_features):
        name = type(self).__name__
        low, high = check_bounds(self.bounds, n_features, name)
        check_noise_width(self.epsilon, _SENSITIVITY, name)
        return low, high, self._check_bins(n_features)

    def _check_bins(self, n_features):
        bins = np.atleast_1d(np.asarray(self.n_bins))
        fits = bins.ndim == 1 and len(bins) in (1, n_features)
        if not fits or bins.dtype.kind not in "iu" or (bins < 1).any():
            raise ValueError(
                f"The 'n_bins' parameter of {type(self).__name__} must be a number of "
                f"bins, 1 or more, or one for each of the {n_features} features. Got "
                f"{self.n_bins!r} instead."
            )
        if n_features > _MOST_FEATURES:
            raise ValueError(
                f"The grid of {type(self).__name__} must have {_MOST_FEATURES} "
                f"features at most. Got {n_features}: choose fewer."
            )
        bins = np.broadcast_to(bins, (n_features,))
        # In doubles: the product may be larger than any integer of numpy's.
        if bins.astype(float).prod() > _MOST_CELLS:
            raise ValueError(
                f"The grid of {type(self).__name__} must have {_MOST_CELLS} cells at "
                f"most. The 'n_bins' parameter, {self.n_bins!r}, makes "
                f"{bins.astype(float).prod():.3g} of {n_features} features: declare "
                "fewer bins, or choose fewer features."
            )
        return tuple(map(int, bins))

    def _train(self, X, declared, key):
        low, high, shape = declared
        counts = np.bincount(
            np.ravel_multi_index(_bins_of(X, low, high, shape), shape),
            minlength=np.prod(shape),
        )
        rate = Fraction(float(self.epsilon)) / _SENSITIVITY
        stream = SecretStream(key, b"histogram")
        noisy = counts + discrete_laplace(stream, rate, counts.shape)
        # From here on it is post-processing: no data, no further cost.
        shares = nearest_shares(noisy / len(X)).reshape(shape)
        edges = [
            np.linspace(a, b, n + 1) for a, b, n in zip(low, high, shape, strict=True)
        ]
        return {"probabilities_": shares, "bin_edges_": edges, "_bounds": (low, high)}

    def _log_density(self, X):
        low, high = self._bounds
        shape = self.probabilities_.shape
        shares = self.probabilities_[_bins_of(X, low, high, shape)]
        inside = ((low <= X) & (high >= X)).all(axis=1)
        log_volume = np.log((high - low) / shape).sum()
        there = inside & (shares > 0)
        return np.where(there, np.log(np.maximum(shares, _LEAST)) - log_volume, _NONE)

    def _draw(self, n_samples, rng):
        low, high = self._bounds
        shape = self.probabilities_.shape
        shares = self.probabilities_.ravel()
        cells = rng.choice(len(shares), size=n_samples, p=shares)
        corner = np.column_stack(np.unravel_index(cells, shape))
        place = (corner + rng.random_sample(corner.shape)) / shape
        return np.clip(low + (high - low) * place, low, high)


def _bins_of(X, low, high, shape):
    """Bin of each value, feature by feature."""
    share = (np.clip(X, low, high) - low) / (high - low)
    bins = np.minimum(np.floor(share * shape), np.subtract(shape, 1))
    return tuple(bins.astype(np.intp).T)


def nearest_shares(shares):
    """The nearest vector without negative entries that sums to 1.

    Parameters
    ----------
    shares : ndarray of shape (n_cells,)

    Returns
    -------
    possible : ndarray of shape (n_cells,)
    """
    descending = np.sort(shares)[::-1]
    excess = (np.cumsum(descending) - 1) / np.arange(1, len(shares) + 1)
    # As many are positive as stay so when all of them share what is too much.
    kept = np.flatnonzero(descending > excess)[-1]
    possible = np.maximum(shares - excess[kept], 0)
    return possible / possible.sum()
