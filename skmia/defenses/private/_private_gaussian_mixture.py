"""A mixture of Gaussians by noisy expectation maximization, and rows drawn of it."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import logsumexp

from skmia.defenses.private._declared import check_bounds
from skmia.defenses.private._grid import to_unit
from skmia.defenses.private._moment_noise import gaussian_variances
from skmia.defenses.private._noisy_mixture import NoisyMoments, Possible
from skmia.defenses.private._private_density import PrivateDensity
from skmia.utils._card import DefenseCard
from skmia.utils._secret_stream import SecretStream
from skmia.utils._sklearn import COUNT, INNER_FRACTION, LENGTH
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.defenses.private._privacy_accountant import PrivacyAccountant


class PrivateGaussianMixture(PrivateDensity):
    """Gaussian mixture with differential privacy, of which rows are drawn.

    Expectation maximization, whose every step sees the records through noisy second
    moments of the components alone. A generator for a
    :class:`~skmia.targets.Synthesizer`, and a density.

    Works on *records*: `X` holds features.

    .. versionadded:: 0.2

    Parameters
    ----------
    n_components : int, default=1
        Components, with a full covariance each.
    epsilon : float, default=1.0
        Privacy to spend, larger than 0; smaller is more private.
    delta : float, default=1e-5
        Probability, in (0, 1), with which more may be lost.
    bounds : tuple (low, high)
        What values the features can take, declared without a look at the data: each a
        number for all features or an array of shape (n_features,). Values outside are
        clipped.
    data_norm : float, default=None
        Euclidean length of the longest record, where each feature goes from -1 to 1
        between its bounds, declared without a look at the data. Longer records are
        shortened. The noise grows with its square. None: the root of the number of
        features, which shortens none; half of that is a better choice where few values
        are near their bounds.
    max_iter : int, default=5
        Steps of expectation maximization, which share epsilon. One component needs
        none.
    min_scale : float, default=0.03
        Smallest standard deviation of a component in any direction, as a share of
        `data_norm` times half the width of the bounds.
    accountant : PrivacyAccountant, default=None
        Ledger that this fit is booked in, before any noise is drawn, and that may
        refuse it. None: the user adds up.
    random_state : int, RandomState instance or None, default=None
        Noise. None, which the guarantee needs, takes it from the operating system;
        anything else is for tests and warns with
        :class:`~skmia.exceptions.PrivacyLeakWarning`.

    Attributes
    ----------
    weights_ : ndarray of shape (n_components,)
        Share of each component; they sum to 1.
    means_ : ndarray of shape (n_components, n_features)
        Mean of each component.
    covariances_ : ndarray of shape (n_components, n_features, n_features)
        Covariance of each component.
    epsilon_ : float
        What was spent.
    delta_ : float
        The parameter `delta`.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where `X` had names.

    See Also
    --------
    PrivateHistogram : Without a shape, for few features.
    skmia.targets.Synthesizer : One table that is drawn of it, as a target.

    Notes
    -----
    Threat model: the adversary sees every parameter after every step, any number of
    rows, and all records but one. Guarantee: (epsilon, delta)-differential privacy of
    one record, however many rows are drawn. It may be replaced by any other; the number
    of records is public. Assumed are `bounds` and `data_norm` declared without a look
    at the data, finite values, and ``random_state=None``. Choosing parameters by scores
    on the same records spends privacy too. The time that a fit takes is not hidden.

    The step of Park et al., with one release in the place of three: a record v of
    length at most 1 is the vector ``u = (1, v) / sqrt(2)`` on a grid of 2**-14, and
    belongs to the components in parts r of 2**-10, rounded down. Released are the sums
    of ``r_k u u'`` for all components k together, which hold their sizes, means and
    second moments. In units of the two grids the squares of all entries of one record
    add up to at most 1, and two records agree in sign where they meet: replacing one
    changes the squares by at most 2. The sums are integers, and so is the noise
    (discrete Gaussian, drawn exactly from SHAKE-256 with a key of the operating system,
    which is gone when `fit` ends), accounted for all steps together by
    zero-concentrated differential privacy. A first release, of one component, says
    where the others start: at random places of a Gaussian that has its moments.

    Parts are computed from doubles, each of its own record and of what was released
    before: whatever they are, the sum is as bounded.

    What the noise makes impossible becomes possible after the fact: variances are
    `min_scale` squared at least, and a component that is not larger than the noise on
    its size stays as it was. Few components and few steps are better than many, as a
    rule, and thousands of records better than hundreds. Rows may lie beyond the bounds.

    Needs dp-accounting (extra: dp).

    References
    ----------
    M. Park, J. Foulds, K. Chaudhuri, M. Welling, "DP-EM: Differentially Private
    Expectation Maximization", AISTATS 2017. :arxiv:`1605.06995`

    C. Dwork, K. Talwar, A. Thakurta, L. Zhang, "Analyze Gauss: Optimal Bounds for
    Privacy-Preserving Principal Component Analysis", STOC 2014.
    :doi:`10.1145/2591796.2591883`

    C. Canonne, G. Kamath, T. Steinke, "The Discrete Gaussian for Differential Privacy",
    NeurIPS 2020. :arxiv:`2004.00010`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skmia.defenses import PrivateGaussianMixture
    >>> X = load_iris().data
    >>> model = PrivateGaussianMixture(2, epsilon=8, bounds=(0, 8)).fit(X)
    >>> model.means_.shape, model.sample(100).shape, model.epsilon_, model.delta_
    ((2, 4), (100, 4), 8.0, 1e-05)
    """

    _card = DefenseCard(
        family="differential privacy",
        addresses=("table", "scores", "white-box"),
        broken_by="nothing below the bound; records that come several times",
        paper="Park et al. 2017",
        guarantee="(epsilon, delta)-DP of the density and all rows, replace one record",
    )

    _parameter_constraints: dict = {
        **PrivateDensity._parameter_constraints,
        "n_components": [COUNT],
        "delta": [INNER_FRACTION],
        "data_norm": [LENGTH, None],
        "max_iter": [COUNT],
        "min_scale": [INNER_FRACTION],
    }

    def __init__(
        self,
        n_components: int = 1,
        *,
        epsilon: float = 1.0,
        delta: float = 1e-5,
        bounds: tuple[Any, Any] | None = None,
        data_norm: float | None = None,
        max_iter: int = 5,
        min_scale: float = 0.03,
        accountant: PrivacyAccountant | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.n_components = n_components
        self.epsilon = epsilon
        self.delta = delta
        self.bounds = bounds
        self.data_norm = data_norm
        self.max_iter = max_iter
        self.min_scale = min_scale
        self.accountant = accountant
        self.random_state = random_state

    def _declare(self, n_features):
        bounds = check_bounds(self.bounds, n_features, type(self).__name__)
        count = 1 + (self.n_components > 1) * self.max_iter
        return bounds, gaussian_variances(self.epsilon, self.delta, count)

    def _train(self, X, declared, key):
        (low, high), variances = declared
        norm = sqrt(X.shape[1]) if self.data_norm is None else float(self.data_norm)
        Z = to_unit(X, low, high) / norm
        Z /= np.maximum(np.linalg.norm(Z, axis=1, keepdims=True), 1)
        noise = NoisyMoments(SecretStream(key, b"moments"), variances, Z)
        possible = Possible(self.min_scale**2, noise.edge, noise.deviation)
        mixture = possible.mixture(noise.of_all()[None], np.full(1, float(len(X))))
        if self.n_components > 1:
            starts = SecretStream(key, b"starts")
            mixture = possible.start(mixture, self.n_components, starts)
            for _ in range(self.max_iter):
                parts = mixture.parts(Z)
                mixture = possible.moved(mixture, noise.of_parts(parts))
        return self._in_units(mixture, low, (high - low) / 2, norm)

    def _in_units(self, mixture, low, half, norm):
        scale = half * norm
        return {
            "weights_": mixture.weights,
            "means_": low + half + scale * mixture.means,
            "covariances_": scale[:, None] * mixture.covariances * scale,
            "_unit_mixture": mixture,
            "_place_and_scale": (low + half, scale),
        }

    def _log_density(self, X):
        place, scale = self._place_and_scale
        joint = self._unit_mixture.log_joint((X - place) / scale)
        return logsumexp(joint, axis=1) - np.log(scale).sum()

    def _draw(self, n_samples, rng):
        place, scale = self._place_and_scale
        mixture = self._unit_mixture
        own = rng.choice(len(mixture.weights), size=n_samples, p=mixture.weights)
        normals = rng.standard_normal((n_samples, len(place)))
        steps = np.einsum("nij,nj->ni", mixture.roots[own], normals)
        return place + scale * (mixture.means[own] + steps)
