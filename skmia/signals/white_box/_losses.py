"""Loss that a model was trained with, of each record, and its slope by the scores.

A kind of model is a line in a table by exact type. Penalties are no part of a record's
loss, and neither are the weights of classes. A label that the model does not know
counts as the one that it finds least likely.
"""

import sys

import numpy as np
from scipy.special import expit, logsumexp, softmax
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import (
    LogisticRegression,
    LogisticRegressionCV,
    Perceptron,
    RidgeClassifier,
    RidgeClassifierCV,
    SGDClassifier,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC

from skmia.signals.white_box._torch import network_of, of_two


def loss_of(model):
    """Loss of a fitted model, or None where it is not known.

    Parameters
    ----------
    model : fitted classifier

    Returns
    -------
    loss : object or None
        ``loss.of(outputs, codes)`` is the loss of each record and its slope by what the
        model answers, of shape (n_samples, n_outputs); ``loss.answer(outputs)`` is what
        the model releases, one column for each class, also of two.
    """
    find = _KINDS.get(type(model))
    if find is not None:
        return find(model)
    return None if network_of(model) is None else _of_network(model)


class CrossEntropy:
    """Minus the logarithm of the softmax, or the logistic function, of the scores."""

    def of(self, outputs, codes):
        if outputs.shape[1] == 1:
            return _LOG_LOSS.of(outputs, codes)
        codes = _known(outputs, codes)
        rows = np.arange(len(outputs))
        slope = softmax(outputs, axis=1)
        slope[rows, codes] = 0
        slope[rows, codes] = -slope.sum(axis=1)
        return logsumexp(outputs, axis=1) - outputs[rows, codes], slope

    def answer(self, outputs):
        return softmax(of_two(outputs), axis=1)


class OfProbabilities:
    """Minus the logarithm of what a network answers, as skorch computes it."""

    def of(self, outputs, codes):
        codes = _known(outputs, codes)
        rows = np.arange(len(outputs))
        own = outputs[rows, codes] + np.finfo(np.float32).eps
        slope = np.zeros_like(outputs)
        slope[rows, codes] = -1 / own
        return -np.log(own), slope

    def answer(self, outputs):
        return outputs


class OfMargins:
    """Loss of the margin of each output, one for each class against the others.

    Parameters
    ----------
    value : callable
        ``value(margins)``, where a margin is the output, or minus it where the record
        is of another class.
    slope : callable
        Its derivative.
    """

    def __init__(self, value, slope):
        self._value, self._slope = value, slope

    def of(self, outputs, codes):
        codes = _known(outputs, codes)
        first = 1 if outputs.shape[1] == 1 else 0
        own = codes[:, None] == first + np.arange(outputs.shape[1])
        sign = np.where(own, 1.0, -1.0)
        margins = sign * outputs
        return self._value(margins).sum(axis=1), sign * self._slope(margins)

    def answer(self, outputs):
        return of_two(outputs)


def _known(outputs, codes):
    return np.where(codes < 0, of_two(outputs).argmin(axis=1), codes)


def _huber(margins):
    return np.where(margins < -1, -4 * margins, np.maximum(1 - margins, 0) ** 2)


def _huber_slope(margins):
    return np.where(margins < -1, -4.0, -2 * np.maximum(1 - margins, 0))


_LOG_LOSS = OfMargins(lambda m: np.logaddexp(0, -m), lambda m: -expit(-m))
# By the names that scikit-learn gives them.
_OF_MARGINS = {
    "log_loss": _LOG_LOSS,
    "hinge": OfMargins(lambda m: np.maximum(1 - m, 0), lambda m: -1.0 * (m <= 1)),
    "squared_hinge": OfMargins(
        lambda m: np.maximum(1 - m, 0) ** 2, lambda m: -2 * np.maximum(1 - m, 0)
    ),
    "perceptron": OfMargins(lambda m: np.maximum(-m, 0), lambda m: -1.0 * (m <= 0)),
    "modified_huber": OfMargins(_huber, _huber_slope),
    "squared_error": OfMargins(lambda m: (1 - m) ** 2 / 2, lambda m: m - 1),
}


def _cross_entropy(model):
    return CrossEntropy()


def _descent(model):
    return _OF_MARGINS.get(model.loss)


def _machine(model):
    return _OF_MARGINS[model.loss] if model.multi_class == "ovr" else None


def _perceptron(model):
    several = model.out_activation_ == "logistic" and model.n_outputs_ > 1
    return None if several else CrossEntropy()


def _of_network(model):
    """By the criterion of skorch; networks of skmia have no other than this."""
    nn = sys.modules["torch"].nn
    criterion = vars(model).get("criterion_")
    return {
        type(None): CrossEntropy(),
        nn.CrossEntropyLoss: CrossEntropy(),
        nn.BCEWithLogitsLoss: CrossEntropy(),
        nn.NLLLoss: OfProbabilities(),
    }.get(type(criterion))


_KINDS = {
    **dict.fromkeys(
        (
            GaussianNB,
            LinearDiscriminantAnalysis,
            LogisticRegression,
            LogisticRegressionCV,
        ),
        _cross_entropy,
    ),
    **dict.fromkeys(
        (RidgeClassifier, RidgeClassifierCV),
        lambda model: _OF_MARGINS["squared_error"],
    ),
    LinearSVC: _machine,
    MLPClassifier: _perceptron,
    Perceptron: lambda model: _OF_MARGINS["perceptron"],
    SGDClassifier: _descent,
}
