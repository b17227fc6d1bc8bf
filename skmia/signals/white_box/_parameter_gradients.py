"""Gradient of the loss of each record by the parameters of the model.

A record that was trained on has been descended upon: its gradient is short. Of a
pipeline it is the last step that has parameters, and a record is what that is given.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from skmia.signals._input_gradients import differentiable
from skmia.signals.white_box._blocks import STATISTICS, Rows, norms, statistics
from skmia.signals.white_box._losses import loss_of
from skmia.signals.white_box._torch import of_two
from skmia.utils._inside import into_last_step, last_step
from skmia.utils._kinds import name_of
from skmia.utils._labels import encode_labels

# Numbers that are held at a time.
_AT_ONCE = 2**22
STATISTICS_COLUMNS = tuple(
    f"{of}_{name}" for of in ("input", "parameters") for name in STATISTICS
)


def gradient_norm(model, X, y, classes):
    """Length of the gradient of a record's loss by all parameters.

    Of a linear model it is the slope of the loss times the length of the record: almost
    the loss.

    Parameters
    ----------
    model : fitted classifier
        The model itself, of a kind whose gradients are known: linear models,
        ``GaussianNB``, ``MLPClassifier``, networks of torch, or a pipeline that ends in
        one of these.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, ...)
        Records.
    y : array-like of shape (n_samples,)
        True labels; one that the model does not know counts as the one that it finds
        least likely.
    classes : ignored

    Returns
    -------
    norm : ndarray of shape (n_samples,)
        Euclidean. Penalties of the model are no part of it.

    References
    ----------
    S. Rezaei, X. Liu, "On the Difficulty of Membership Inference Attacks", CVPR 2021.
    """
    return np.concatenate([norms(part.blocks) for part in gradients(model, X, y)])


def gradient_statistics(model, X, y, classes):
    """Seven statistics of the gradient by the record, and by the parameters.

    Parameters
    ----------
    model, X, y, classes : as for :func:`gradient_norm`
        The record is what the last step of a pipeline is given.

    Returns
    -------
    values : ndarray of shape (n_samples, 14)
        Sum of absolute entries, Euclidean norm, smallest and largest absolute entry,
        mean, skewness, and kurtosis, which of a normal law is 0.

    References
    ----------
    S. Rezaei, X. Liu, "On the Difficulty of Membership Inference Attacks", CVPR 2021.
    """
    return np.concatenate(
        [
            np.hstack([statistics([Rows(part.by_input())]), statistics(part.blocks)])
            for part in gradients(model, X, y)
        ]
    )


def no_parameter_gradients(model):
    """Why the gradients by the parameters are not known, in words, or None."""
    last, _ = last_step(model)
    if loss_of(last) is None or differentiable(last) is None:
        return f"the gradients of this {name_of(last)} by its parameters are not known"
    if len(last.classes_) < 2:
        return f"this {name_of(last)} knows one class: no loss has a gradient"
    return None


@dataclass(frozen=True)
class Part:
    """Some records, and what a model that is held says of them.

    Attributes
    ----------
    answer : ndarray of shape (n_samples, n_classes)
        What is released: probabilities, or decision values.
    loss : ndarray of shape (n_samples,)
    slope : ndarray of shape (n_samples, n_classes)
        Of the loss by the scores.
    layers : list of lists of blocks
        Gradient by the parameters of each layer.
    """

    X: np.ndarray
    known: Any
    answer: np.ndarray
    loss: np.ndarray
    slope: np.ndarray
    layers: list

    @property
    def blocks(self):
        return [block for layer in self.layers for block in layer]

    def by_input(self):
        """Gradient by the record, of shape (n_samples, n_features)."""
        gradient = self.known.gradient(self.X, self.slope)
        return gradient.reshape(len(gradient), -1)

    def hidden(self):
        """What each hidden layer answers, of shape (n_samples, n_units)."""
        return self.known.hidden(self.X)


def gradients(model, X, y):
    """The records in parts that fit into memory.

    Parameters
    ----------
    model : fitted classifier
        One of which :func:`no_parameter_gradients` says nothing.
    X, y : as for :func:`gradient_norm`

    Yields
    ------
    part : Part
    """
    last, X = into_last_step(model, X)
    known, loss = differentiable(last), loss_of(last)
    X = X.tocsr() if sparse.issparse(X) else np.asarray(X)
    codes = encode_labels(y, last.classes_)
    n_at_once = max(1, _AT_ONCE // known.size(int(np.prod(X.shape[1:]))))
    for begin in range(0, len(codes), n_at_once):
        rows = slice(begin, begin + n_at_once)
        yield _part(known, loss, X[rows], codes[rows])


def _part(known, loss, X, codes):
    X = np.asarray(X.toarray() if sparse.issparse(X) else X, dtype=float)
    outputs = known.outputs(X)
    values, slope = loss.of(outputs, codes)
    slope = of_two(slope)
    layers = known.by_parameters(X, slope)
    return Part(X, known, loss.answer(outputs), values, slope, layers)
