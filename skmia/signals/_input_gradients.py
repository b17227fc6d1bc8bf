"""Scores of a model whose gradient by the record is known, one for each class.

A kind of model is a line in a table by exact type: a subclass may compute otherwise.
"""

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.linear_model import (
    LogisticRegression,
    LogisticRegressionCV,
    Perceptron,
    RidgeClassifier,
    RidgeClassifierCV,
    SGDClassifier,
)
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    MaxAbsScaler,
    MinMaxScaler,
    RobustScaler,
    StandardScaler,
)
from sklearn.svm import LinearSVC

from skmia.utils._kinds import name_of


def differentiable(model):
    """Scores of a fitted model and their gradients, or None where they are not known.

    Parameters
    ----------
    model : fitted classifier
        A linear model, an ``MLPClassifier``, a network of torch (of skmia or skorch),
        or a pipeline of scalers and one of these.

    Returns
    -------
    scores : object or None
        ``scores(X)`` is (n_samples, n_classes), the largest that of the label.
        ``gradient(X, weights)`` is that of the sum of scores times `weights`, of shape
        (n_samples, n_classes), by `X`.
    """
    make = _KINDS.get(type(model))
    if make is not None:
        return make(model)
    network = _network_of(model)
    return None if network is None else _Torch(network)


def no_gradients(model):
    """Why the gradients of a fitted model are not known, in words, or None."""
    if differentiable(model) is None:
        return f"the gradients of this {name_of(model)} by its records are not known"
    return None


def only_scales(step):
    """Whether a step of a pipeline moves and scales each feature, and nothing else."""
    return type(step) in _SCALERS and not getattr(step, "clip", False)


@dataclass(frozen=True)
class _Linear:
    weights: np.ndarray
    bias: np.ndarray

    def scores(self, X):
        return X @ self.weights.T + self.bias

    def gradient(self, X, weights):
        return weights @ self.weights


@dataclass(frozen=True)
class _Scaled:
    """Scores of records that are scaled before, feature by feature."""

    inner: Any
    factor: Any
    offset: Any

    def scores(self, X):
        return self.inner.scores(X * self.factor + self.offset)

    def gradient(self, X, weights):
        X = X * self.factor + self.offset
        return self.inner.gradient(X, weights) * self.factor


@dataclass(frozen=True)
class _Layers:
    """A multilayer perceptron of scikit-learn, up to its last activation."""

    weights: list
    biases: list
    activation: str

    def scores(self, X):
        return _of_two(self.states(X)[-1])

    def gradient(self, X, weights):
        states = self.states(X)
        if states[-1].shape[1] == 1:
            weights = weights[:, 1:]
        slope = _SLOPES[self.activation]
        for layer in range(len(self.weights) - 1, 0, -1):
            weights = (weights @ self.weights[layer].T) * slope(states[layer])
        return weights @ self.weights[0].T

    def states(self, X):
        """What each layer is given, and what the last one answers."""
        states = [X]
        for weights, bias in zip(self.weights, self.biases, strict=True):
            before = _ACTIVATIONS[self.activation] if len(states) > 1 else _as_it_is
            states[-1] = before(states[-1])
            states.append(states[-1] @ weights + bias)
        return states


@dataclass(frozen=True)
class _Torch:
    network: Any

    def scores(self, X):
        return _of_two(self._run(X).detach().cpu().double().numpy())

    def gradient(self, X, weights):
        torch = sys.modules["torch"]
        X = self._tensor(X).requires_grad_()
        with torch.enable_grad():
            scores = self._run(X)
            weights = weights[:, 1:] if scores.shape[1] == 1 else weights
            (gradient,) = torch.autograd.grad(
                (scores * torch.as_tensor(weights).to(scores)).sum(), X
            )
        return gradient.cpu().double().numpy()

    def _tensor(self, X):
        torch = sys.modules["torch"]
        like = next(self.network.parameters())
        return torch.as_tensor(np.array(X)).to(like)

    def _run(self, X):
        self.network.eval()
        X = X if hasattr(X, "requires_grad") else self._tensor(X)
        scores = self.network(X)
        return scores.reshape(len(scores), -1)


def _of_two(scores):
    """One column for each class, also of two; that of the first is 0."""
    if scores.shape[1] > 1:
        return scores
    return np.column_stack([np.zeros(len(scores)), scores])


def _linear(model):
    weights, bias = np.atleast_2d(model.coef_), np.atleast_1d(model.intercept_)
    if len(weights) == 1:
        weights = np.vstack([np.zeros_like(weights), weights])
        bias = np.append(0.0, bias)
    return _Linear(weights, np.broadcast_to(bias, len(weights)))


def _perceptron(model):
    return _Layers(model.coefs_, model.intercepts_, model.activation)


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


def _network_of(model):
    """The network of a model of skmia or skorch; torch is there if there is one."""
    torch = sys.modules.get("torch")
    networks = (vars(model).get(name) for name in ("network_", "module_"))
    found = (one for one in networks if torch and isinstance(one, torch.nn.Module))
    return next(found, None)


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
    **dict.fromkeys(
        (
            LinearSVC,
            LogisticRegression,
            LogisticRegressionCV,
            Perceptron,
            RidgeClassifier,
            RidgeClassifierCV,
            SGDClassifier,
        ),
        _linear,
    ),
    MLPClassifier: _perceptron,
    Pipeline: _pipeline,
}
