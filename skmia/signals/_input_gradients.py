"""Scores of a model whose gradient by the record is known, one for each class.

A kind of model is a line in a table by exact type: a subclass may compute otherwise.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import (
    ElasticNet,
    ElasticNetCV,
    Lasso,
    LassoCV,
    LinearRegression,
    LogisticRegression,
    LogisticRegressionCV,
    Perceptron,
    Ridge,
    RidgeClassifier,
    RidgeClassifierCV,
    RidgeCV,
    SGDClassifier,
    SGDRegressor,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    MaxAbsScaler,
    MinMaxScaler,
    RobustScaler,
    StandardScaler,
)
from sklearn.svm import LinearSVC

from skmia.signals.white_box._blocks import Product, Rows
from skmia.signals.white_box._gaussians import Gaussians
from skmia.signals.white_box._torch import OfTorch, network_of, of_two
from skmia.utils._kinds import name_of

# Classifiers with a weight for each feature; of two classes one row of them.
LINEAR = (
    LinearDiscriminantAnalysis,
    LinearSVC,
    LogisticRegression,
    LogisticRegressionCV,
    Perceptron,
    RidgeClassifier,
    RidgeClassifierCV,
    SGDClassifier,
)

LINEAR_REGRESSORS = (
    ElasticNet,
    ElasticNetCV,
    Lasso,
    LassoCV,
    LinearRegression,
    Ridge,
    RidgeCV,
    SGDRegressor,
)


def differentiable(model):
    """Scores of a fitted model and their gradients, or None where they are not known.

    Parameters
    ----------
    model : fitted classifier or regressor
        A linear model, a ``GaussianNB``, a perceptron of scikit-learn, a network of
        torch (of skmia or skorch), or a pipeline of scalers and one of these.

    Returns
    -------
    scores : object or None
        ``scores(X)`` is (n_samples, n_classes), the largest that of the label.
        ``gradient(X, weights)`` is that of the sum of scores times `weights`, of shape
        (n_samples, n_classes), by `X`. ``is_linear`` says whether that is the same
        everywhere.
    """
    make = _KINDS.get(type(model))
    if make is not None:
        return make(model)
    network = network_of(model)
    return None if network is None else OfTorch(network)


def no_gradients(model):
    """Why the gradients of a fitted model are not known, in words, or None."""
    if differentiable(model) is None:
        return f"the gradients of this {name_of(model)} by its records are not known"
    return None


def only_scales(step):
    """Whether a step of a pipeline moves and scales each feature, and nothing else."""
    return type(step) in _SCALERS and not getattr(step, "clip", False)


@dataclass(frozen=True)
class _Scaled:
    """Scores of records that are scaled before, feature by feature."""

    inner: Any
    factor: Any
    offset: Any

    @property
    def is_linear(self):
        return self.inner.is_linear

    def scores(self, X):
        return self.inner.scores(X * self.factor + self.offset)

    def gradient(self, X, weights):
        X = X * self.factor + self.offset
        return self.inner.gradient(X, weights) * self.factor


@dataclass(frozen=True)
class Layers:
    """A multilayer perceptron of scikit-learn, up to its last activation.

    A linear model is one layer. Of two classes there is one output.
    """

    weights: list
    biases: list
    activation: str = "identity"

    @property
    def is_linear(self):
        return len(self.weights) == 1 or self.activation == "identity"

    def size(self, n_features):
        """Numbers that are kept of a record."""
        return n_features + sum(map(np.size, self.biases))

    def outputs(self, X):
        return self._states(X)[-1]

    def scores(self, X):
        return of_two(self.outputs(X))

    def hidden(self, X):
        """What hidden layers answer, each of shape (n_samples, n_units)."""
        return self._states(X)[1:-1]

    def gradient(self, X, weights):
        states = self._states(X)
        return self._back(states, weights)[0] @ self.weights[0].T

    def by_parameters(self, X, weights):
        """Gradient of each record by the parameters: of each layer, blocks of it."""
        states = self._states(X)
        slopes = self._back(states, weights)
        return [
            [Product(given, slope), Rows(slope)]
            for given, slope in zip(states[:-1], slopes, strict=True)
        ]

    def _states(self, X):
        """What each layer is given, and what the last one answers."""
        states = [X]
        for weights, bias in zip(self.weights, self.biases, strict=True):
            before = _ACTIVATIONS[self.activation] if len(states) > 1 else _as_it_is
            states[-1] = before(states[-1])
            states.append(states[-1] @ weights + bias)
        return states

    def _back(self, states, weights):
        """Slopes by what each layer gives its activation, the first layer first."""
        slopes = [weights[:, 1:] if states[-1].shape[1] == 1 else weights]
        slope = _SLOPES[self.activation]
        for layer in range(len(self.weights) - 1, 0, -1):
            back = (slopes[0] @ self.weights[layer].T) * slope(states[layer])
            slopes.insert(0, back)
        return slopes


def _linear(model):
    weights = np.atleast_2d(model.coef_)
    return Layers([weights.T], [np.broadcast_to(model.intercept_, len(weights))])


def _perceptron(model):
    return Layers(model.coefs_, model.intercepts_, model.activation)


def _pipeline(model):
    *steps, last = [step for _, step in model.steps]
    scores = differentiable(last)
    for step in reversed([step for step in steps if step not in ("passthrough", None)]):
        if scores is None or not only_scales(step):
            return None
        scores = _Scaled(scores, *_SCALERS[type(step)](step))
    return scores


def _standard(scaler):
    factor = 1.0 if scaler.scale_ is None else 1 / scaler.scale_
    return factor, 0.0 if scaler.mean_ is None else -scaler.mean_ * factor


def _robust(scaler):
    factor = 1.0 if scaler.scale_ is None else 1 / scaler.scale_
    return factor, 0.0 if scaler.center_ is None else -scaler.center_ * factor


def _as_it_is(X):
    return X


_ACTIVATIONS = {
    "identity": _as_it_is,
    "relu": lambda X: np.maximum(X, 0),
    "tanh": np.tanh,
    "logistic": lambda X: (1 + np.tanh(X / 2)) / 2,
}
# Slopes by what the activation gave.
_SLOPES = {
    "identity": np.ones_like,
    "relu": lambda Z: (Z > 0).astype(float),
    "tanh": lambda Z: 1 - Z**2,
    "logistic": lambda Z: Z * (1 - Z),
}
_SCALERS = {
    StandardScaler: _standard,
    RobustScaler: _robust,
    MinMaxScaler: lambda scaler: (scaler.scale_, scaler.min_),
    MaxAbsScaler: lambda scaler: (1 / scaler.scale_, 0.0),
}
_KINDS = {
    **dict.fromkeys((*LINEAR, *LINEAR_REGRESSORS), _linear),
    GaussianNB: Gaussians,
    MLPClassifier: _perceptron,
    MLPRegressor: _perceptron,
    Pipeline: _pipeline,
}
