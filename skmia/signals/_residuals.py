"""Signals of regressors: plain functions ``f(y, prediction, ...)``.

Of a regressor `y` and the prediction may have several outputs. `unit` is what each is
measured in, so that no unit of a label counts: the spread of the labels of the attack's
records (`skmia.utils._quantities.spread_of_labels`), or None for the label's own.
"""

import numpy as np

from skmia.utils._quantities import in_columns

# Of the spread of the labels: an error below is as good as none.
FLOOR = 1e-3


def residual(y, prediction, unit=None, n_outputs=1):
    """Prediction less true value, with its sign: one column for each output."""
    answers, truth = in_columns(prediction), in_columns(y)
    if answers.shape != truth.shape:
        raise ValueError(
            "A regressor must predict as many outputs as the labels have. Got "
            f"{answers.shape[1]} of {truth.shape[1]}."
        )
    return _in_units(answers - truth, unit)


def prediction(y, prediction, unit=None, n_outputs=1):
    """The prediction itself: one column for each output."""
    return _in_units(in_columns(prediction), unit)


def absolute_error(y, prediction, unit=None):
    """Distance of the prediction from the true value; of several outputs the mean."""
    return np.abs(residual(y, prediction, unit)).mean(axis=1)


def squared_error(y, prediction, unit=None):
    """Square of that distance; of several outputs the mean."""
    return (residual(y, prediction, unit) ** 2).mean(axis=1)


def log_error(y, prediction, unit=None, floor=FLOOR):
    """Logarithm of the root of the squared error, which is `floor` at least."""
    error = np.sqrt(squared_error(y, prediction, unit))
    return np.log(np.maximum(error, floor))


def columns_of_outputs(signal):
    """Columns of a signal that has one for each output."""
    n_outputs = signal.params["n_outputs"]
    if n_outputs == 1:
        return [signal.name]
    return [f"{signal.name}_{i}" for i in range(n_outputs)]


def _in_units(values, unit):
    return values if unit is None else values / unit
