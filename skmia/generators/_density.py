"""Shadow data from densities of the known records."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Literal

import numpy as np
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity
from sklearn.utils import check_random_state

from skmia.generators._from_records import RecordsGenerator, encode_classes
from skmia.utils._random import draw_seeds, set_random_states
from skmia.utils._sampling import drawn
from skmia.utils._sklearn import HasMethods, StrOptions
from skmia.utils._typing import Estimator, RandomStateLike

if TYPE_CHECKING:
    from skmia.generators._schema import FeatureSchema

# Mixtures that "gmm" chooses from, by BIC.
_MIXTURES = [(n, kind) for n in (1, 3) for kind in ("full", "diag")]
# Records per component at least.
_COMPONENT_SIZE = 5


class DensityGenerator(RecordsGenerator):
    """Rows drawn from a density of each class.

    Classes come in the proportions of the known records. With a target its answers are
    the labels instead.

    Parameters
    ----------
    model : {"gmm", "kde"} or estimator, default="gmm"
        Density to fit. "gmm": a Gaussian mixture, of one or three components with full
        or diagonal covariances, the best by BIC. "kde": Gaussian kernels with the
        bandwidth of Scott's rule. An estimator has ``fit(X)`` and
        ``sample(n_samples)``, which returns rows, or a tuple of which they are the
        first.
    per_class : bool, default=True
        Fit one density to the records of each class. False, or without labels: one to
        all of them, whose rows only a target can label.
    schema : FeatureSchema, default=None
        What records look like. None: as seen in the records given to `fit`.
    random_state : int, RandomState instance or None, default=None
        Seed of all random draws.

    Attributes
    ----------
    densities_ : list of estimators
        Fitted density of each class, in the order of the sorted labels, or of all.
    schema_ : FeatureSchema
        What records look like.
    n_queries_ : int
        Rows that the last call of `sample` asked.
    n_calls_ : int
        Calls that it made.
    n_features_in_ : int
        Number of features of the records given to `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where there are any.

    See Also
    --------
    StatisticsGenerator : Marginals, and how the features depend on each other.

    Notes
    -----
    Level: records. Threat model: the adversary has some records of the population.

    Features are standardised; a category becomes one column per value, and the largest
    of these is the value drawn. What is drawn is moved into the schema: whole numbers
    are rounded, numbers beyond a bound lie on it.

    A class with a single record has no spread of its own: a kernel is put around the
    record whose width is that of Scott's rule for all records. Kernels lie around
    records, so narrow ones give away these records themselves.

    An estimator is repeatable if ``sample`` takes a `random_state`, or if it draws from
    a `random_state` parameter, as scikit-learn's do.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.generators import DensityGenerator
    >>> X, y = load_iris(return_X_y=True)
    >>> generator = DensityGenerator(random_state=0).fit(X, y)
    >>> X_shadow, y_shadow = generator.sample(300)
    >>> X_shadow.shape, y_shadow.shape
    ((300, 4), (300,))
    >>> GaussianNB().fit(X_shadow, y_shadow).score(X, y) > 0.9
    True
    """

    _parameter_constraints = RecordsGenerator._parameter_constraints | {
        "model": [StrOptions({"gmm", "kde"}), HasMethods(["fit", "sample"])],
        "per_class": ["boolean"],
    }

    def __init__(
        self,
        *,
        model: Literal["gmm", "kde"] | Estimator = "gmm",
        per_class: bool = True,
        schema: FeatureSchema | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.model = model
        self.per_class = per_class
        self.schema = schema
        self.random_state = random_state

    def _learn(self, Z, y):
        classes, codes = encode_classes(y if self.per_class else None)
        if classes is None:
            codes = np.zeros(len(Z), dtype=int)
        scaling = _Scaling(Z, self.schema_)
        W = scaling.transform(Z)
        scott = len(W) ** (-1 / (W.shape[1] + 4))
        rng = check_random_state(self._seed)
        densities = []
        for code in range(codes.max() + 1):
            own = W[codes == code]
            if len(own) == 1:
                densities.append(KernelDensity(bandwidth=scott).fit(own))
            else:
                densities.append(self._fit_density(own, rng))
        return {
            "_classes": classes,
            "_codes": codes,
            "_scaling": scaling,
            "densities_": densities,
        }

    def _fit_density(self, W, rng):
        if self.model == "kde":
            return KernelDensity(bandwidth="scott").fit(W)
        if self.model == "gmm":
            return _best_mixture(W, rng)
        return set_random_states(clone(self.model), rng).fit(W)

    def _draw_rows(self, n_samples, rng):
        codes = self._codes[rng.randint(len(self._codes), size=n_samples)]
        W = np.empty((n_samples, self._scaling.n_columns))
        for code in np.unique(codes):
            rows = np.flatnonzero(codes == code)
            # In random order: mixtures sort their rows by component.
            own = drawn(self.densities_[code], len(rows), draw_seeds(rng))
            W[rng.permutation(rows)] = own
        Z = self._scaling.inverse_transform(W)
        return Z, None if self._classes is None else self._classes[codes]


class _Scaling:
    """Numbers with variance 1, and one column per value of a category."""

    def __init__(self, Z, schema):
        self.schema = schema
        self.is_category = np.array(schema.kinds) == "categorical"
        widths = np.where(self.is_category, schema.high + 1, 1).astype(np.intp)
        self.starts = np.cumsum(widths) - widths
        self.n_columns = widths.sum()
        # First to [-1, 1]: the squares of the largest numbers overflow.
        self.size = _or_one(np.abs(Z).max(axis=0))
        self.mean = (Z / self.size).mean(axis=0)
        self.spread = _or_one((Z / self.size).std(axis=0))

    def transform(self, Z):
        """Standardised numbers and indicators of categories."""
        W = np.zeros((len(Z), self.n_columns))
        W[:, self.starts] = (Z / self.size - self.mean) / self.spread
        rows = np.arange(len(Z))
        for j in np.flatnonzero(self.is_category):
            W[:, self.starts[j]] = 0
            W[rows, self.starts[j] + Z[:, j].astype(np.intp)] = 1
        return W

    def inverse_transform(self, W):
        """Numbers within their bounds, and the code of the largest indicator."""
        Z = W[:, self.starts] * self.spread + self.mean
        with np.errstate(over="ignore"):
            Z = np.clip(Z * self.size, self.schema.low, self.schema.high)
        groups = np.split(W, self.starts[1:], axis=1)
        for j in np.flatnonzero(self.is_category):
            Z[:, j] = groups[j].argmax(axis=1)
        return Z


def _or_one(scale):
    return np.where(scale > 0, scale, 1)


def _best_mixture(W, rng):
    """Mixture with the smallest BIC."""
    fitted = []
    for n_components, kind in _MIXTURES:
        if n_components > max(1, len(W) // _COMPONENT_SIZE):
            continue
        mixture = GaussianMixture(
            n_components, covariance_type=kind, random_state=draw_seeds(rng)
        )
        # Its default start takes no other arrays than numpy's, which these are.
        with warnings.catch_warnings(), config_context(array_api_dispatch=False):
            # Equal records, or an early end: a density all the same.
            warnings.simplefilter("ignore", ConvergenceWarning)
            fitted.append(mixture.fit(W))
    return min(fitted, key=lambda mixture: mixture.bic(W))
