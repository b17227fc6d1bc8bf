"""Signals of the labels of a record's neighbours: noisy copies, or augmentations.

Functions ``f(model, X, y, classes, ...)`` that ask the model themselves, for labels
only. Every record gets the same noise, drawn from a seed: what a record yields does not
depend on those it is asked with.
"""

from collections.abc import Callable
from functools import partial
from math import prod
from numbers import Integral

import numpy as np
from sklearn.utils import _safe_indexing

from skmia.signals._augmented import noise_steps, noisy
from skmia.signals._neighbours import as_numbers, ask_moved, batches, noise_deviation
from skmia.utils._labels import encode_labels
from skmia.utils._records import copied, like, n_records
from skmia.utils._sklearn import COUNT, NOT_NEGATIVE, Interval, validate_params

# Probability that a category changes, for each standard deviation of the noise.
_CHANGES = 0.3
_MOST_CHANGES = 0.5
_CONSTRAINTS = {
    "n_copies": [COUNT],
    "scale": [NOT_NEGATIVE],
    "spread": [NOT_NEGATIVE, "array-like", None],
    "seed": [Interval(Integral, 0, 2**32 - 1, closed="both")],
}


@validate_params(**_CONSTRAINTS)
def noise_robustness(
    model, X, y, classes, n_copies=99, scale=0.3, spread=None, schema=None, seed=0
):
    """Fraction of a record and its noisy copies that get its label.

    0 where the record itself is misclassified, whatever its copies get. Members lie
    farther from the boundaries of the model than others (Choquette-Choo et al., ICML
    2021).

    Parameters
    ----------
    model : fitted classifier
        Asked for the labels of ``n_copies + 1`` rows per record, many records at once.
    X : array-like of shape (n_samples, ...)
        Records. Without a `schema` they are dense and numeric; an image is as many
        features as it has numbers.
    y : array-like of shape (n_samples,)
        True labels.
    classes : array-like
        Labels that the model knows.
    n_copies : int, default=99
        Noisy copies of each record.
    scale : float, default=0.3
        Standard deviation of Gaussian noise, in multiples of `spread`. A category or a
        feature of two values changes with probability 0.3 `scale`, at most one half.
        0: only the record itself is asked about.
    spread : float or array-like of shape (n_features,), default=None
        What is small or large for each feature, or each column of the schema. None:
        the standard deviation among the records that an attack is fitted on, or those
        of the session; 1 where the signal is asked for alone.
    schema : FeatureSchema, default=None
        What records look like. None: as seen in the records that an attack is fitted
        on, or those of the session; numbers where the signal is asked for alone.
    seed : int, default=0
        Seed of the noise.

    Returns
    -------
    robustness : ndarray of shape (n_samples,)
    """
    codes = encode_labels(y, classes)
    asked = _labels_nearby(model, X, classes, n_copies, scale, spread, schema, seed)
    same = asked == codes[:, None]
    return np.where(same[:, 0], same.mean(axis=1), 0.0)


@validate_params(**_CONSTRAINTS)
def sampled_posterior(
    model, X, y, classes, n_copies=99, scale=0.3, spread=None, schema=None, seed=0
):
    """How often each class is the label of a record and its noisy copies.

    An estimated posterior of a model that answers labels only (Rahimian et al., 2019).

    Parameters
    ----------
    model, X, y, classes, n_copies, scale, spread, schema, seed : as in \
`noise_robustness`
        `y` is not used.

    Returns
    -------
    frequencies : ndarray of shape (n_samples, n_classes)
    """
    asked = _labels_nearby(model, X, classes, n_copies, scale, spread, schema, seed)
    return np.stack([(asked == code).mean(axis=1) for code in range(len(classes))], 1)


@validate_params(augment=[tuple, list])
def augmented_correctness(model, X, y, classes, augment):
    """Whether a record, and each of its augmentations, gets its label.

    Members that were augmented in training, or lie far from all boundaries, keep it
    (Choquette-Choo et al., ICML 2021).

    Parameters
    ----------
    model : fitted classifier
        Asked for the labels of all records, and of each augmentation of all records.
    X : array-like of length n_samples
        Records, such as the augmentations take them.
    y : array-like of shape (n_samples,)
        True labels.
    classes : array-like
        Labels that the model knows.
    augment : sequence of callables
        Each makes as many records of records, one for each, whatever the others are.

    Returns
    -------
    correct : ndarray of shape (n_samples, 1 + n_augmentations)
        The first column is that of the record itself.
    """
    codes = encode_labels(y, classes)
    questions = [X, *(_augmented(X, one) for one in augment)]
    answers = [ask_moved(model, "predict", question) for question in questions]
    return np.stack([encode_labels(a, classes) == codes for a in answers], axis=1)


def augmentation_columns(signal):
    """Names of one column for the record and one for each augmentation."""
    return [f"{signal.name}_{i}" for i in range(signal.price)]


def _augmented(X, augment):
    if not isinstance(augment, Callable):
        raise TypeError(
            "The 'augment' parameter of augmented_correctness must hold callables, "
            f"records -> records. Got {augment!r} instead."
        )
    records = augment(copied(X))
    if n_records(records) != n_records(X):
        raise ValueError(
            "The 'augment' parameter of augmented_correctness must hold callables that "
            f"give one record for each of {n_records(X)}. Got {n_records(records)}."
        )
    return records


def _labels_nearby(model, X, classes, n_copies, scale, spread, schema, seed):
    """Labels of every record and its copies, as codes, (n_records, 1 + n_copies)."""
    n_copies = n_copies if scale else 0  # they would be the record itself
    noise = {"n_copies": n_copies, "seed": seed}
    if schema is None:
        make = partial(_numbers_nearby, scale=scale, spread=spread, **noise)
    else:
        noise["change"] = min(_MOST_CHANGES, _CHANGES * scale)
        deviation = noise_deviation(scale, spread, schema.n_columns)
        make = partial(schema.noisy, deviation=deviation, **noise)
    labels = []
    for batch in batches(n_records(X), n_copies + 1, prod(np.shape(X)[1:])):
        records = _safe_indexing(X, batch)
        copies = like(X, make(records))
        answer = ask_moved(model, "predict", copies)
        labels.append(encode_labels(answer, classes).reshape(-1, n_copies + 1))
    return np.concatenate(labels)


def _numbers_nearby(X, n_copies, scale, spread, seed):
    """Records that are numbers, or images, each followed by its copies."""
    X = as_numbers(X)
    steps = noise_steps(X, n_copies, scale, spread, seed)
    copies = noisy(X, np.concatenate([np.zeros_like(X[:1]), steps]))
    return copies.reshape(-1, *X.shape[1:])
