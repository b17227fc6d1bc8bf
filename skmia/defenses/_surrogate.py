"""Training on synthetic records instead of the real ones."""

from inspect import signature
from numbers import Integral, Real

import numpy as np
from sklearn.base import clone
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import check_random_state

from skmia.defenses._base import TrainingDefense
from skmia.defenses._generator import ShrunkGaussian
from skmia.defenses._numbers import column_moments, like, numeric_records, takes_numbers
from skmia.utils._card import DefenseCard
from skmia.utils._random import draw_seeds, set_random_states
from skmia.utils._sklearn import HasMethods, Interval

# Times that as many rows as are needed are drawn, before the filter is too strict.
_ROUNDS = 50


class SurrogateDataClassifier(TrainingDefense):
    """Classifier that is trained on synthetic records only.

    A clone of `generator` is fitted to the records of each class and sampled; the
    inner model sees no real record. Synthetic records are not kept: those of a
    generator that overfits are nearly the members.

    Works on *records*: `X` holds features, dense and numeric, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to train. `fit` clones it.
    generator : estimator, default=None
        Has ``fit(X)`` and ``sample(n)``, such as
        :class:`sklearn.neighbors.KernelDensity` and
        :class:`sklearn.mixture.GaussianMixture`. None: a Gaussian per class, its
        covariance shrunk as far as few records ask for.
    n_samples : int, default=None
        Synthetic records, classes in proportion to the real ones and each at least
        once. None: as many as there are real records.
    filter_quantile : float in [0, 1), default=None
        Synthetic records are drawn anew if they are nearer to a real record than this
        quantile of the distances of real records to the nearest other one, features
        scaled by their standard deviation. None: all are kept.
    random_state : int, RandomState instance or None, default=None
        Seed of the generators; it replaces their own ``random_state``.

    Attributes
    ----------
    estimator_ : classifier
        The fitted clone, which is what is released.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    ObfuscatedClassifier : Train on noisy records.

    Notes
    -----
    Threat model: the adversary sees scores, labels or parameters. A generator without
    differential privacy gives no formal guarantee, and one that overfits passes its
    records on: the extreme is a kernel density with a narrow band. From a
    differentially private generator the model inherits the guarantee, if the sizes of
    the classes are public; `filter_quantile` looks at the real records and voids it.

    A class of a single record (or of equal ones) has no covariance of its own: the
    default generator draws around it with the standard deviations of all records,
    which still tells where it is. Synthetic values are not clipped to the range of the
    real ones, nor rounded: clipping gives away the extremes, and in few dimensions
    returns real records. A value is missing as often as in the class; generators see
    the mean of the column there. The default takes time cubic in the number of
    features.

    References
    ----------
    H. Hu, Z. Salcic, L. Sun, G. Dobbie, P. S. Yu, X. Zhang, "Membership Inference
    Attacks on Machine Learning: A Survey", ACM Computing Surveys 2022.
    :arxiv:`2103.07853`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.defenses import SurrogateDataClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DecisionTreeClassifier(random_state=0)
    >>> model = SurrogateDataClassifier(tree, random_state=0).fit(X, y)
    >>> model.score(X, y) > 0.9
    True
    """

    _card = DefenseCard(
        family="training data",
        addresses=("scores", "label", "white-box"),
        broken_by="generators that overfit: synthetic records near to their members",
        paper="Hu et al. 2022",
        guarantee="that of the generator, without a filter",
    )

    _parameter_constraints: dict = {
        **TrainingDefense._parameter_constraints,
        "generator": [HasMethods(["fit", "sample"]), None],
        "n_samples": [Interval(Integral, 1, None, closed="left"), None],
        "filter_quantile": [Interval(Real, 0, 1, closed="left"), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator,
        *,
        generator=None,
        n_samples=None,
        filter_quantile=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.generator = generator
        self.n_samples = n_samples
        self.filter_quantile = filter_quantile
        self.random_state = random_state

    def _train(self, X, y):
        rng = check_random_state(self.random_state)
        real = numeric_records(X, type(self).__name__)
        classes, codes = np.unique(y, return_inverse=True)
        sizes = class_sizes(np.bincount(codes), self.n_samples)
        generator = self.generator
        if generator is None:
            generator = ShrunkGaussian(column_moments(real)[1])
        accept = _everything
        if self.filter_quantile is not None:
            accept = distant(real, self.filter_quantile)
        synthetic = [
            self._synthesise(generator, real[codes == code], size, accept, label, rng)
            for code, (label, size) in enumerate(zip(classes, sizes, strict=True))
        ]
        # Shuffled: some models take records in the order of their rows.
        order = rng.permutation(sizes.sum())
        records = np.vstack(synthetic).astype(real.dtype, copy=False)[order]
        labels = np.repeat(classes, sizes)[order]
        return {"estimator_": clone(self.estimator).fit(like(X, records), labels)}

    def _synthesise(self, generator, real, size, accept, label, rng):
        fitted = set_random_states(clone(generator), rng)
        try:
            fitted.fit(filled(real))
        except ValueError as error:
            raise ValueError(
                "The 'generator' parameter of SurrogateDataClassifier must be one that "
                f"can be fitted to every class. Got {self.generator!r}; for the class "
                f"{label!r} with {len(real)} record(s): {error}"
            ) from error
        rows = np.empty((0, real.shape[1]))
        for _ in range(_ROUNDS):
            drawn = _draw(fitted, size, rng)
            rows = np.vstack([rows, drawn[accept(drawn)]])[:size]
            if len(rows) == size:
                return with_missing(rows, real, rng)
        raise ValueError(
            "The 'filter_quantile' parameter of SurrogateDataClassifier must leave "
            f"enough synthetic records. Got {self.filter_quantile!r}; of "
            f"{_ROUNDS * size} records drawn for the class {label!r}, {len(rows)} are "
            f"far enough from real ones, {size} are needed."
        )

    def __sklearn_tags__(self):
        return takes_numbers(super().__sklearn_tags__())


def class_sizes(counts, n_samples):
    """How many of `n_samples` each class gets: in proportion, but at least one."""
    if n_samples is None:
        return counts
    if n_samples < len(counts):
        raise ValueError(
            "The 'n_samples' parameter of SurrogateDataClassifier must be at least the "
            f"number of classes, {len(counts)}. Got {n_samples!r} instead."
        )
    exact = n_samples * counts / counts.sum()
    sizes = np.floor(exact).astype(int)
    largest = np.argsort(sizes - exact, kind="stable")
    sizes[largest[: n_samples - sizes.sum()]] += 1
    for empty in np.flatnonzero(sizes == 0):
        sizes[sizes.argmax()] -= 1
        sizes[empty] = 1
    return sizes


def filled(X):
    """Records with the mean of its column in the place of each missing value."""
    return np.where(np.isnan(X), column_moments(X)[0], X)


def with_missing(rows, real, rng):
    """Synthetic records with missing values where their columns have some."""
    n_missing = np.isnan(real).sum(axis=0) * len(rows) / len(real)
    places = rng.uniform(size=rows.shape).argsort(axis=0)
    return np.where(places < n_missing, np.nan, rows)


def distant(real, quantile):
    """Function that tells which rows are far enough from every real record."""
    deviation = column_moments(real)[1]
    scale = np.where(deviation > 0, deviation, 1)
    neighbours = NearestNeighbors(n_neighbors=1).fit(filled(real) / scale)
    least = np.quantile(neighbours.kneighbors()[0], quantile)

    def accept(rows):
        distance = neighbours.kneighbors(rows / scale)[0][:, 0]
        # Where real records repeat, the quantile may be 0: an exact copy is too near.
        return (distance >= least) & (distance > 0)

    return accept


def _everything(rows):
    return np.ones(len(rows), dtype=bool)


def _draw(generator, size, rng):
    """Sampled rows: of scikit-learn's two generators each has a way of its own."""
    if "random_state" in signature(generator.sample).parameters:
        rows = generator.sample(size, random_state=draw_seeds(rng))
    else:
        # A new seed for each call: the same would sample the same rows again.
        rows = set_random_states(generator, rng).sample(size)
    return rows[0] if isinstance(rows, tuple) else np.asarray(rows)
