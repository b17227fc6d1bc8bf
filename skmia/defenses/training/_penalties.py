"""Penalties as models of scikit-learn take them: conversions of one convention."""

from __future__ import annotations

from typing import Literal

from sklearn.base import clone
from sklearn.linear_model import (
    Lasso,
    LogisticRegression,
    MultiTaskLasso,
    Perceptron,
    Ridge,
    RidgeClassifier,
    SGDClassifier,
    SGDRegressor,
)
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.svm import LinearSVC, LinearSVR

from skmia.utils._inside import last_step
from skmia.utils._sklearn import POSITIVE, StrOptions, logistic_penalty
from skmia.utils._typing import Estimator
from skmia.utils._weights import fit_weights
from skmia.utils._wrapper import ModelWrapper


class Penalized(ModelWrapper):
    """A defense that trains a model on mean loss plus a penalty.

    Subclasses say in ``_conversions`` which models there are, by penalty and kind.
    """

    _parameter_constraints = ModelWrapper._parameter_constraints | {
        "strength": [POSITIVE],
        "penalty": [StrOptions({"l1", "l2"})],
    }

    def __init__(
        self,
        estimator: Estimator,
        *,
        strength: float = 1e-3,
        penalty: Literal["l2", "l1"] = "l2",
    ) -> None:
        self.estimator = estimator
        self.strength = strength
        self.penalty = penalty

    def _train(self, X, y, sample_weight=None):
        last, prefix = last_step(self.estimator)
        convert = self._conversion(last)
        if convert is None:
            raise TypeError(
                f"The 'estimator' parameter of {type(self).__name__} must be a "
                f"{self._inner_kind} that can be trained with an {self.penalty} "
                f"penalty: {', '.join(self._served())}, or a pipeline that ends in "
                f"one. Got {self.estimator!r} instead."
            )
        own = convert(last, float(self.strength), len(y))
        parameters = {prefix + name: value for name, value in own.items()}
        if sample_weight is not None:
            # The weights sum to n: a sum of losses then is n times their weighted mean.
            sample_weight = sample_weight * (len(y) / sample_weight.sum())
        model = clone(self.estimator).set_params(**parameters)
        model.fit(X, y, **fit_weights(model, sample_weight))
        return {"estimator_": model, "parameters_": parameters}

    def _conversion(self, model):
        """Function of model, strength and number of records to parameters, or None."""
        names = model.get_params(deep=False)
        for kind, convert in self._conversions[self.penalty].items():
            # LogisticRegressionCV is one, too, and has neither: it chooses for itself.
            if isinstance(model, kind) and ("C" in names or "alpha" in names):
                return convert
        # By name: networks are optional, and not imported.
        if self.penalty == "l2" and "weight_decay" in names:
            return lambda model, s, n: {"weight_decay": 2 * s}
        return None

    def _served(self):
        kinds = self._conversions[self.penalty]
        networks = ["networks with weight_decay"] if self.penalty == "l2" else []
        return [kind.__name__ for kind, how in kinds.items() if how] + networks


def _batch(model, n):
    """Each batch adds ``alpha / 2`` squared weights, divided by this size, its own."""
    size = 200 if model.batch_size == "auto" else model.batch_size
    return n if model.solver == "lbfgs" else min(size, n)


def _per_loss(model):
    """What scikit-learn calls the loss is half of a squared error."""
    return 0.5 if model.loss in ("squared_error", "huber") else 1


def _sgd(factor, penalty):
    return lambda model, s, n: {"alpha": factor * s, "penalty": penalty}


def _sgd_of_regressor(factor, penalty):
    return lambda m, s, n: {"alpha": factor * _per_loss(m) * s, "penalty": penalty}


# By penalty and kind of model: parameters from the model, the strength s and the number
# of records n.
CLASSIFIERS = {
    "l2": {
        LogisticRegression: lambda m, s, n: {
            "C": 1 / (2 * s * n),
            **logistic_penalty("l2"),
        },
        LinearSVC: lambda m, s, n: {"C": 1 / (2 * s * n), "penalty": "l2"},
        RidgeClassifier: lambda m, s, n: {"alpha": s * n},
        SGDClassifier: _sgd(2, "l2"),
        Perceptron: _sgd(2, "l2"),
        MLPClassifier: lambda m, s, n: {"alpha": 2 * s * _batch(m, n)},
    },
    "l1": {
        LogisticRegression: lambda m, s, n: {
            "C": 1 / (s * n),
            **logistic_penalty("l1"),
            # The other solvers know no l1 penalty.
            "solver": m.solver if m.solver == "liblinear" else "saga",
        },
        LinearSVC: lambda m, s, n: {"C": 1 / (s * n), "penalty": "l1"},
        SGDClassifier: _sgd(1, "l1"),
        Perceptron: _sgd(1, "l1"),
    },
}
REGRESSORS = {
    "l2": {
        Ridge: lambda m, s, n: {"alpha": s * n},
        LinearSVR: lambda m, s, n: {"C": 1 / (2 * s * n)},
        SGDRegressor: _sgd_of_regressor(2, "l2"),
        MLPRegressor: lambda m, s, n: {"alpha": 2 * _per_loss(m) * s * _batch(m, n)},
    },
    "l1": {
        MultiTaskLasso: None,  # of all outputs together: another penalty
        Lasso: lambda m, s, n: {"alpha": s / 2},
        SGDRegressor: _sgd_of_regressor(1, "l1"),
    },
}
