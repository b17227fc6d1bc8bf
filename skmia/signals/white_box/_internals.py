"""What goes on inside a model while it looks at a record."""

import numpy as np

from skmia.signals.white_box._blocks import norms
from skmia.signals.white_box._parameter_gradients import gradients
from skmia.utils._inside import last_step
from skmia.utils._labels import align_columns, encode_labels


def internals(model, X, y, classes, n_classes, units, n_units):
    """Gradients, activations, answer, loss and label, as one row per record.

    Parameters
    ----------
    model, X, y : as for :func:`gradient_norm`
    classes : array-like
        Labels that columns stand for, and others behind them.
    n_classes : int
        How many of `classes` have columns.
    units : {"all", "sorted"}
        Activations of hidden units as they are, or by size.
    n_units : int
        Of layers with more units so many, evenly spread over them.

    Returns
    -------
    values : ndarray of shape (n_samples, n_columns)
    """
    columns = named_internals(model, X, y, classes, n_classes, units, n_units)
    return np.hstack(list(columns.values()))


def named_internals(model, X, y, classes, n_classes, units, n_units):
    """The same as blocks of columns, by what they are."""
    own = last_step(model)[0].classes_
    parts = []
    for part in gradients(model, X, y):
        lowest = part.answer.min(axis=1, keepdims=True)
        hidden = {
            f"unit_{layer}": _some(values, units, n_units)
            for layer, values in enumerate(part.hidden())
        }
        parts.append(
            {
                "norm": np.column_stack([norms(layer) for layer in part.layers]),
                "slope": align_columns(part.slope, own, classes)[:, :n_classes],
                "answer": align_columns(part.answer, own, classes, lowest)[
                    :, :n_classes
                ],
                "loss": part.loss[:, None],
                **hidden,
            }
        )
    columns = {name: np.concatenate([one[name] for one in parts]) for name in parts[0]}
    codes = encode_labels(y, classes)
    return {**columns, "label": (codes[:, None] == np.arange(n_classes)).astype(float)}


def _some(values, units, n_units):
    values = np.sort(values, axis=1) if units == "sorted" else values
    if values.shape[1] <= n_units:
        return values
    return values[:, np.linspace(0, values.shape[1] - 1, n_units).round().astype(int)]
