"""Training on synthetic records instead of the real ones."""

from __future__ import annotations

from inspect import signature

import numpy as np
from sklearn.base import clone
from sklearn.neighbors import NearestNeighbors
from sklearn.utils import get_tags

from skmia.defenses._base import TrainingDefense
from skmia.defenses._numbers import column_moments, features_of, takes_numbers
from skmia.defenses.distillation._generator import ShrunkGaussian
from skmia.utils._card import DefenseCard
from skmia.utils._random import draw_seeds, find_private, set_random_states
from skmia.utils._records import like
from skmia.utils._secret_stream import fresh_random_state
from skmia.utils._sklearn import COUNT, FRACTION_BELOW_1, HasMethods
from skmia.utils._typing import Classifier, Estimator, RandomStateLike

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
        covariance shrunk as far as few records ask for; no guarantee.
    n_samples : int, default=None
        Synthetic records, classes in proportion to the real ones and each at least
        once. None: as many as there are real records.
    filter_quantile : float in [0, 1), default=None
        Synthetic records are drawn anew if they are nearer to a real record than this
        quantile of the distances of real records to the nearest other one, features
        scaled by their standard deviation. None: all are kept.
    random_state : int, RandomState instance or None, default=None
        Seed of the generators, which replaces their own ``random_state``. None keeps
        that, unless a filter makes them draw several times.

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
    records on: the extreme is a kernel density with a narrow band.

    Guarantee, where the generator is differentially private: the released model, and
    any use of it, has the generator's epsilon and delta. Neighbours are two data sets
    in which the features of one record are replaced by others. Its label is not: the
    labels of all records, hence the classes and their sizes, are public, and so is what
    the columns are called. Each record is in the class of one generator only, so that
    one record is protected by one epsilon, however many classes there are. Assumed is
    what the generator assumes (declared bounds, real arithmetic, a secret of its own),
    and ``random_state=None``: an int here is for tests. With `filter_quantile`, which
    looks at the real records, there is no guarantee. That `fit` fails for some records
    and not for others (infinite or missing values, a generator that cannot be fitted to
    a class) tells them apart, and is not covered: keep such errors to yourself.

    A class of a single record (or of equal ones) has no covariance of its own: the
    default generator draws around it with the standard deviations of all records,
    which still tells where it is. Synthetic values are not clipped to the range of the
    real ones, nor rounded: clipping gives away the extremes, and in few dimensions
    returns real records. They are float64, whatever the real ones are. Missing values
    (NaN) are given to a generator whose tag ``input_tags.allow_nan`` says that it takes
    them, and are an error otherwise: an imputer that comes before reads the records
    without noise, unless it fills in a constant. The default makes values missing as
    often as they are in the class. It takes time cubic in the number of features.

    There is no place for ``sample_weight``: synthetic records have no weights.

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
        guarantee="that of a private generator for the features of one record, labels "
        "being public; none with a filter",
    )

    _no_weights = "the model is trained on synthetic records, which have no weights"

    _parameter_constraints = TrainingDefense._parameter_constraints | {
        "generator": [HasMethods(["fit", "sample"]), None],
        "n_samples": [COUNT, None],
        "filter_quantile": [FRACTION_BELOW_1, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        generator: Estimator | None = None,
        n_samples: int | None = None,
        filter_quantile: float | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.generator = generator
        self.n_samples = n_samples
        self.filter_quantile = filter_quantile
        self.random_state = random_state

    @property
    def _voids_guarantee(self):
        if self.generator is not None and find_private(self.generator):
            return None
        return "its synthetic records have seen every record without noise"

    def _train(self, X, y):
        rng = fresh_random_state(self.random_state)
        real = features_of(X, type(self).__name__).astype(np.float64, copy=False)
        classes, codes = np.unique(y, return_inverse=True)
        sizes = class_sizes(np.bincount(codes), self.n_samples)
        generator = self.generator
        if generator is None:
            generator = ShrunkGaussian(column_moments(real)[1])
        self._check_missing(real, generator)
        accept, seeds = _everything, rng
        if self.filter_quantile is not None:
            accept = distant(real, self.filter_quantile)
        elif self.random_state is None:
            seeds = None  # a private generator keeps its secret
        synthetic = [
            self._synthesise(generator, real[codes == code], size, accept, label, seeds)
            for code, (label, size) in enumerate(zip(classes, sizes, strict=True))
        ]
        # Shuffled: some models take records in the order of their rows.
        order = rng.permutation(sizes.sum())
        # Not of the type of the real ones: one of them may decide that.
        records = np.vstack(synthetic).astype(np.float64, copy=False)[order]
        labels = np.repeat(classes, sizes)[order]
        return {"estimator_": clone(self.estimator).fit(like(X, records), labels)}

    def _check_missing(self, real, generator):
        if np.isnan(real).any() and not _takes_missing(generator):
            raise ValueError(
                "The 'generator' parameter of SurrogateDataClassifier must be one that "
                "takes missing values, where X has some (NaN), and its tag "
                f"input_tags.allow_nan must say so. Got {self.generator!r} instead; "
                "impute them beforehand."
            )

    def _synthesise(self, generator, real, size, accept, label, seeds):
        fitted = _seeded(clone(generator), seeds)
        try:
            fitted.fit(real)
        except ValueError as error:
            raise ValueError(
                "The 'generator' parameter of SurrogateDataClassifier must be one that "
                f"can be fitted to every class. Got {self.generator!r}; for the class "
                f"{label!r} with {len(real)} record(s): {error}"
            ) from error
        rows = np.empty((0, real.shape[1]))
        for _ in range(_ROUNDS):
            drawn = _draw(fitted, size, seeds)
            rows = np.vstack([rows, drawn[accept(drawn)]])[:size]
            if len(rows) == size:
                return rows
        raise ValueError(
            "The 'filter_quantile' parameter of SurrogateDataClassifier must leave "
            f"enough synthetic records. Got {self.filter_quantile!r}; of "
            f"{_ROUNDS * size} records drawn for the class {label!r}, {len(rows)} are "
            f"far enough from real ones, {size} are needed."
        )

    def __sklearn_tags__(self):
        tags = takes_numbers(super().__sklearn_tags__())
        if self.generator is not None:
            tags.input_tags.allow_nan &= _takes_missing(self.generator)
        return tags


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


def distant(real, quantile):
    """Function that tells which rows are far enough from every real record.

    A missing value counts as the mean of its column.
    """
    mean, deviation = column_moments(real)
    scale = np.where(deviation > 0, deviation, 1)

    def scaled(rows):
        return np.where(np.isnan(rows), mean, rows) / scale

    neighbours = NearestNeighbors(n_neighbors=1).fit(scaled(real))
    least = np.quantile(neighbours.kneighbors()[0], quantile)

    def accept(rows):
        distance = neighbours.kneighbors(scaled(rows))[0][:, 0]
        # Where real records repeat, the quantile may be 0: an exact copy is too near.
        return (distance >= least) & (distance > 0)

    return accept


def _everything(rows):
    return np.ones(len(rows), dtype=bool)


def _takes_missing(generator):
    tagged = hasattr(generator, "__sklearn_tags__")
    return tagged and get_tags(generator).input_tags.allow_nan


def _seeded(generator, seeds):
    """The generator with new seeds; without any, with those that it has."""
    return generator if seeds is None else set_random_states(generator, seeds)


def _draw(generator, size, seeds):
    """Sampled rows: of scikit-learn's two generators each has a way of its own."""
    if seeds is None:
        rows = generator.sample(size)
    elif "random_state" in signature(generator.sample).parameters:
        rows = generator.sample(size, random_state=draw_seeds(seeds))
    else:
        # A new seed for each call: the same would sample the same rows again.
        rows = _seeded(generator, seeds).sample(size)
    return rows[0] if isinstance(rows, tuple) else np.asarray(rows)
