"""Signals of classifiers with several outputs: computed of each, and put together.

Such a classifier is one of combinations of labels, with the product of the outputs'
probabilities: where a signal has a meaning for that, it is what the parts are put
together to.
"""

from functools import partial

import numpy as np

# Keys stay whole numbers in single precision, which tables of references hold. Beyond,
# two combinations of labels may share one.
_N_KEYS = 16_777_213  # a prime below 2 ** 24


def names_of(signal, classes):
    """Names of the columns of a signal of several outputs.

    Parameters
    ----------
    signal : Signal
    classes : Outputs

    Returns
    -------
    names : list of str
        With the number of the output behind the name of the signal where it is of one.
        Of a single output they are those of a plain classifier.
    """
    each = [signal.column_names(one) for one in classes]
    if len(each) == 1 or signal.outputs != "each":
        return each[0]
    return [
        f"{signal.name}_{i}{name.removeprefix(signal.name)}"
        for i, names in enumerate(each)
        for name in names
    ]


def values_of(signal, codes, answers, classes):
    """Values of a signal of several outputs.

    Parameters
    ----------
    signal : Signal
    codes : list of ndarray of shape (n_records,)
        Positions of the true labels of each output.
    answers : list of lists of ndarray
        What the model said to each question, of each output.
    classes : Outputs
        Labels that columns stand for.

    Returns
    -------
    values : ndarray of shape (n_records, n_columns)
    """
    parts = [
        signal.values((*given,), len(labels))
        for labels, *given in zip(classes, codes, *answers, strict=True)
    ]
    if signal.outputs == "each" or len(parts) == 1:
        return np.hstack(parts)
    if signal.outputs == "key":
        return _keys(parts, classes)
    # By size: rounding, which decides ties, does not depend on the order of outputs.
    return _JOINED[signal.outputs](np.sort(parts, axis=0))


def _logit(parts):
    """Log odds that all labels are the true ones, from those of each."""
    log_p = np.minimum(-np.logaddexp(0, -parts).sum(axis=0), -np.finfo(float).tiny)
    return log_p - np.log(-np.expm1(log_p))


def _margin(parts):
    """Margin of a combination to the strongest other one, from those of its labels.

    That one has another label where the margin is smallest; or, where some are
    negative, everywhere there.
    """
    smallest = parts.min(axis=0)
    return np.where(smallest > 0, smallest, np.minimum(parts, 0).sum(axis=0))


_JOINED = {
    "sum": partial(np.sum, axis=0),
    "product": partial(np.prod, axis=0),
    "mean": partial(np.mean, axis=0),
    "logit": _logit,
    "margin": _margin,
}
JOINS = (*_JOINED, "key", "each", None)


def _keys(parts, classes):
    """A number for each combination of positions."""
    key, weight = np.zeros(parts[0].shape, dtype=np.int64), 1
    for codes, labels in zip(parts, classes, strict=True):
        key = (key + weight * (codes.astype(np.int64) + 1)) % _N_KEYS
        weight = weight * (len(labels) + 1) % _N_KEYS
    return key.astype(float)
