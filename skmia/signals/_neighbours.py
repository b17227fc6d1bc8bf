"""Signals from a record's neighbourhood: the model is asked about noisy copies of it.

Functions ``f(estimator, X, y, classes, ...)`` that ask the model themselves. Every
record gets the same noise, drawn from a seed: what a record yields does not depend on
those it is asked with.
"""

from numbers import Integral

import numpy as np
from sklearn.utils import check_array, check_random_state, gen_batches

from skmia.signals._scores import confidence
from skmia.utils._labels import align_columns, encode_labels
from skmia.utils._records import like
from skmia.utils._sklearn import (
    COUNT,
    INNER_FRACTION,
    NOT_NEGATIVE,
    Interval,
    StrOptions,
    validate_params,
)

# Numbers in one batch of questions, or of answers: 64 MB.
_MAX_NUMBERS = 2**23
# Where records and answers are short, models need more for each row than these.
_MAX_ROWS = 2**17


@validate_params(
    n_copies=[COUNT],
    scale=[NOT_NEGATIVE, "array-like"],
    spread=[NOT_NEGATIVE, "array-like", None],
    noise=[StrOptions({"gaussian", "uniform", "flip"})],
    coverage=[StrOptions({"all", "one"})],
    floor=[INNER_FRACTION],
    seed=[Interval(Integral, 0, 2**32 - 1, closed="both")],
)
def merlin_ratio(
    estimator,
    X,
    y,
    classes,
    n_copies=100,
    scale=1.0,
    spread=None,
    noise="gaussian",
    coverage="all",
    floor=1e-6,
    seed=0,
):
    """Fraction of noisy copies of a record whose loss is strictly larger than its own.

    Members sit near minima of the loss (Jayaraman et al., PoPETs 2021). A model that is
    constant around its records, such as a tree, has a ratio of 0 for noise that is
    small against its steps.

    Parameters
    ----------
    estimator : fitted classifier
        Asked ``n_copies + 1`` rows per record, all of a batch of records at once.
    X : array-like of shape (n_samples, ...)
        Records, dense and numeric; an image is as many features as it has numbers.
    y : array-like of shape (n_samples,)
        True labels.
    classes : array-like
        Labels that the columns of a posterior stand for.
    n_copies : int, default=100
        Noisy copies of each record.
    scale : float or array-like of shape (n_features,), default=1.0
        Standard deviation of Gaussian noise or upper end of uniform noise, which
        starts at 0, in multiples of `spread`; or probability of a flip.
    spread : float or array-like of shape (n_features,), default=None
        What is small or large for each feature, so that its units do not matter. None:
        the standard deviation among the records that an attack is fitted on, or those
        of the session; 1 where the signal is asked for alone.
    noise : {"gaussian", "uniform", "flip"}, default="gaussian"
        What is done to a feature. "flip" exchanges 0 and 1, for binary features.
    coverage : {"all", "one"}, default="all"
        Whether a copy differs in all features or in one drawn at random. One feature
        that is chosen for a flip is flipped, whatever the scale.
    floor : float, default=1e-6
        Probabilities of the true class below this one have equal losses.
    seed : int, default=0
        Seed of the noise.

    Returns
    -------
    ratio : ndarray of shape (n_samples,)
    """
    given, X = X, as_numbers(X)
    shape = X.shape[1:]
    X = X.reshape(len(X), -1)
    if noise == "flip" and not np.isin(X, (0, 1)).all():
        raise ValueError(
            "The 'noise' parameter of merlin_ratio can be 'flip' for binary features "
            "only, 0 or 1. Got records with other values."
        )
    rng = check_random_state(seed)
    if noise != "flip":
        scale = noise_deviation(scale, spread, X.shape[1])
    steps = _steps(rng, (n_copies, X.shape[1]), scale, noise, coverage)
    codes = encode_labels(y, classes)
    ratios = []
    for batch in batches(len(X), n_copies + 1, X.shape[1], len(classes)):
        copies = _copies(X[batch], steps, noise)
        asked = like(given, copies.reshape(-1, *shape))
        inside = _confidence(estimator, asked, codes[batch], classes)
        inside = np.maximum(inside, floor)
        larger_loss = inside[:, 1:] < inside[:, :1]
        ratios.append(larger_loss.mean(axis=1))
    return np.concatenate(ratios)


def as_numbers(X, moved=False):
    """Records as floats in their precision.

    Images that are `moved` only stay of their own type: pixels may be whole numbers.
    """
    floats = [np.float64, np.float32]
    kind = "numeric" if moved and np.ndim(X) > 2 else floats
    # scikit-learn does not see the dtypes of polars.
    X = X.to_numpy() if hasattr(X, "get_columns") else X
    # In one layout: sums depend on it.
    return check_array(X, dtype=kind, order="C", input_name="X", allow_nd=True)


def batches(n_records, n_queries, *widths):
    """Which records are asked about at once.

    Of each there are `n_queries` rows; questions and answers hold `widths` numbers.
    """
    n_rows = min(_MAX_ROWS, _MAX_NUMBERS // max(1, *widths))
    return gen_batches(n_records, max(1, n_rows // n_queries))


def noise_deviation(scale, spread, n_features):
    """Standard deviation of the noise in each feature, or one of all."""
    factors = {"scale": scale, "spread": 1.0 if spread is None else spread}
    factors = {name: np.asarray(one, dtype=float) for name, one in factors.items()}
    for name, factor in factors.items():
        if factor.shape not in ((), (n_features,)):
            raise ValueError(
                f"The {name!r} of a signal must be a number or one for each "
                f"of {n_features} features. Got shape {factor.shape}; an attack that "
                "is fitted on records of another kind needs one number for both."
            )
        if not (factor >= 0).all():
            raise ValueError(
                f"The {name!r} of a signal must not be negative, or nan. Got {factor}."
            )
    return np.multiply(*factors.values())


def _steps(rng, shape, scale, noise, coverage):
    """What each copy adds to a record, or (1) where it flips a feature."""
    n_copies, n_features = shape
    chosen = np.ones(shape, dtype=bool)
    if coverage == "one":
        chosen = np.eye(n_features, dtype=bool)[rng.randint(n_features, size=n_copies)]
    if noise == "gaussian":
        return chosen * rng.normal(size=shape) * np.asarray(scale)
    share = rng.random_sample(shape)
    if noise == "uniform":
        return chosen * share * np.asarray(scale)
    return chosen & ((coverage == "one") | (share < np.asarray(scale)))


def _copies(X, steps, noise):
    """The records and their noisy copies, (n_records, 1 + n_copies, n_features)."""
    # In one batch: asked apart, equal rows may get answers that are rounded apart.
    records = X[:, None]
    steps = steps.astype(X.dtype)
    noisy = np.abs(records - steps) if noise == "flip" else records + steps
    return np.concatenate([records, noisy], axis=1)


def ask_copies(model, copies, classes):
    """Posteriors of records that were moved, one column for each of `classes`."""
    answer = ask_moved(model, "predict_proba", copies)
    return align_columns(answer, model.classes_, classes)


def ask_moved(model, method, copies):
    """What a method of the model answers to records that were moved."""
    try:
        return getattr(model, method)(copies)
    except ValueError as error:
        raise ValueError(
            "The model refuses moved copies of records, which this signal asks about. "
            "Columns that are codes, as of categories, stay as they are with a "
            f"'spread' of 0. It said: {error}"
        ) from error


def _confidence(estimator, copies, codes, classes):
    """Probability of the true class of every copy, (n_records, 1 + n_copies)."""
    answer = ask_copies(estimator, copies, classes)
    n_rows = len(copies) // len(codes)
    return confidence(np.repeat(codes, n_rows), answer).reshape(-1, n_rows)
