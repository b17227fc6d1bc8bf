"""Models that a federation averages: their parameters, a local fit, a gradient.

A kind of model is a line in a table by exact type: a subclass may keep other numbers.
Networks of torch are named by a string, since nothing here loads torch.
"""

from copy import copy, deepcopy

import numpy as np
from scipy import sparse
from sklearn.base import clone
from sklearn.utils import _safe_indexing, check_random_state

from skmia.utils._kinds import name_of
from skmia.utils._random import draw_seeds, set_random_states
from skmia.utils._records import n_records

# A step that moves no number in double precision, so that a first call only allocates.
_NO_STEP = 1e-300
# A step so small that steps record by record are one by the mean of the gradients.
_TINY_STEP = 1e-6


def learner_of(estimator, says="The 'estimator' parameter of Federation"):
    """What is known of a kind of model.

    Parameters
    ----------
    estimator : classifier
    says : str, default="The 'estimator' parameter of Federation"
        Whose it is, for the error.

    Returns
    -------
    learner : Learner

    Raises
    ------
    TypeError
        Nothing is.
    """
    learner = _known(estimator)
    if learner is None:
        raise TypeError(
            f"{says} must be an MLPClassifier (with no hidden layers: softmax "
            "regression), an SGDClassifier or a NetClassifier, whose parameters can be "
            f"averaged. Got {name_of(estimator)}."
        )
    return learner


def goes_on(estimator):
    """Whether training goes on from the parameters of a model, with nothing besides.

    Parameters
    ----------
    estimator : classifier

    Returns
    -------
    goes_on : bool
    """
    learner = _known(estimator)
    if learner is None:
        return False
    try:
        learner.check(estimator)
    except ValueError:  # a schedule, or a solver that begins anew
        return False
    return True


def _known(estimator):
    kind = type(estimator)
    return _LEARNERS.get(f"{kind.__module__}.{kind.__qualname__}")


class Learner:
    """A kind of model with parameters that mean the same in every party.

    Subclasses say where they lie (`read`, `_write`), and in which parameters of the
    estimator a step lies (`_steps`).
    """

    # Whether a step by the gradient of a whole party is one of its own.
    batches = True

    def check(self, estimator):
        """Refuse settings with which a party would carry more than parameters along."""

    def start(self, estimator, X, y, classes, seed):
        """Model with initial parameters, which do not depend on the records."""
        model = set_random_states(clone(estimator), check_random_state(seed))
        usual = {name: getattr(model, name) for name in self._steps(model, _NO_STEP, 1)}
        model.set_params(**self._steps(model, _NO_STEP, 1))
        first = _safe_indexing(X, [0, 1])
        if sparse.issparse(first) or np.asarray(first).dtype.kind in "biuf":
            first = first * 0  # of huge numbers even such a step is one
        model.partial_fit(first, y[:2], classes=classes)
        self._forget(model)
        return model.set_params(**usual)

    def vector(self, model):
        """All parameters in one row of numbers."""
        return np.concatenate([np.ravel(part) for part in self.read(model)])

    def with_vector(self, template, vector):
        """A model like another one, with these parameters."""
        parts, begin = [], 0
        for part in self.read(template):
            end = begin + np.size(part)
            values = vector[begin:end].reshape(np.shape(part))
            parts.append(values.astype(np.asarray(part).dtype))
            begin = end
        model = self._copy(template)
        self._write(model, parts)
        return model

    def train(self, model, X, y, n_epochs, seed):
        """Parameters after some passes over a party's records, from those of a model.

        Parameters
        ----------
        model : fitted classifier
        X, y : the party's records and labels
        n_epochs : int
        seed : int
            Of the order of the records.

        Returns
        -------
        vector : ndarray of shape (n_parameters,)
        """
        model = self.with_vector(model, self.vector(model))
        model.set_params(**self._at_most(model, n_records(X)))
        # One seed for each pass: with one for all it would be the same order again.
        for epoch_seed in draw_seeds(check_random_state(seed), n_epochs):
            set_random_states(model, check_random_state(epoch_seed))
            model.partial_fit(X, y)
        return self.vector(model)

    def gradient(self, model, X, y):
        """Gradient of the mean loss of the records, with the penalty of the model.

        Parameters
        ----------
        model : fitted classifier
        X, y : records and labels

        Returns
        -------
        gradient : ndarray of shape (n_parameters,)
        """
        before = self.vector(model)
        moved = self.with_vector(model, before)
        moved.set_params(**self._steps(moved, 1.0, n_records(X)))
        moved.partial_fit(X, y)
        return before - self.vector(moved)

    def first_layer(self, model):
        """Weights of the features, of shape (n_features, n_units)."""
        return self._by_feature(self.read(model)[0])

    def of_features(self, model):
        """Places of these weights in the row of all parameters, in the same shape."""
        first = self.read(model)[0]
        return self._by_feature(np.arange(np.size(first)).reshape(np.shape(first)))

    def _by_feature(self, first):
        """What is first among the parameters, a row for each feature."""
        return first

    def _copy(self, template):
        return copy(template)

    def _at_most(self, model, n):
        """Settings for a party of `n` records."""
        return {}

    def _forget(self, model):
        """Drop what a fit carries along beside parameters."""


class Perceptrons(Learner):
    """``MLPClassifier``, trained by any solver that takes minibatches."""

    def check(self, estimator):
        if estimator.solver == "lbfgs" or estimator.learning_rate != "constant":
            raise ValueError(
                "An MLPClassifier of a Federation must have solver='sgd' or 'adam' and "
                "learning_rate='constant': a schedule is not averaged. Got "
                f"{estimator.solver!r} and {estimator.learning_rate!r}."
            )

    def rate(self, estimator):
        return estimator.learning_rate_init

    def read(self, model):
        return [*model.coefs_, *model.intercepts_]

    def _write(self, model, parts):
        n_layers = len(parts) // 2
        model.coefs_, model.intercepts_ = parts[:n_layers], parts[n_layers:]
        self._forget(model)

    def _steps(self, model, rate, n):
        return {
            "solver": "sgd",
            "momentum": 0.0,
            "learning_rate_init": rate,
            "batch_size": n,
            "shuffle": False,
        }

    def _at_most(self, model, n):
        size = model.batch_size
        return {} if size == "auto" else {"batch_size": min(size, n)}

    def _forget(self, model):
        known = vars(model)
        # Losses are of records, and copies of a model would share one list of them.
        for name in ("_optimizer", "_best_coefs", "_best_intercepts", "loss_"):
            known.pop(name, None)
        known.update(loss_curve_=[], best_loss_=np.inf, _no_improvement_count=0)


class LinearModels(Learner):
    """``SGDClassifier``, which takes a step at every record."""

    batches = False

    def check(self, estimator):
        if not hasattr(estimator, "predict_proba"):
            raise ValueError(
                "An SGDClassifier of a Federation must have predict_proba: take "
                "loss='log_loss', learning_rate='constant' and an 'eta0' above 0. Got "
                f"loss={estimator.loss!r}."
            )
        if estimator.learning_rate != "constant" or estimator.average:
            raise ValueError(
                "An SGDClassifier of a Federation must have learning_rate='constant', "
                "an 'eta0' above 0 and average=False: a schedule is not averaged. Got "
                f"{estimator.learning_rate!r} and average={estimator.average!r}."
            )

    def read(self, model):
        return [model.coef_, model.intercept_]

    def _write(self, model, parts):
        model.coef_, model.intercept_ = parts
        model.t_ = 1.0

    def start(self, estimator, X, y, classes, seed):
        model = super().start(estimator, X, y, classes, seed)
        self._write(model, [np.zeros_like(part) for part in self.read(model)])
        return model

    def gradient(self, model, X, y):
        before, n = self.vector(model), n_records(X)
        moved = self.with_vector(model, before)
        moved.set_params(**self._steps(moved, _TINY_STEP / n, n))
        moved.partial_fit(X, y)
        return (before - self.vector(moved)) / _TINY_STEP

    def _by_feature(self, first):
        return first.T

    def _steps(self, model, rate, n):
        return {"eta0": rate, "shuffle": False}


class Networks(Learner):
    """``NetClassifier``: what torch calls parameters, in single precision."""

    def rate(self, estimator):
        return estimator.learning_rate

    def start(self, estimator, X, y, classes, seed):
        model = super().start(estimator, X, y, classes, seed)
        if next(model.network_.buffers(), None) is not None:
            raise ValueError(
                "The network of a Federation must have parameters only: buffers, such "
                "as those of batch normalization, are not averaged."
            )
        return model

    def read(self, model):
        parameters = model.network_.parameters()
        return [part.detach().cpu().numpy() for part in parameters]

    def _write(self, model, parts):
        for part, values in zip(model.network_.parameters(), parts, strict=True):
            part.data.copy_(part.data.new_tensor(values))
        self._forget(model)

    def _by_feature(self, first):
        return first.T

    def _copy(self, template):
        return deepcopy(template)

    def _steps(self, model, rate, n):
        return {"optimizer": "sgd", "learning_rate": rate, "batch_size": n}

    def _forget(self, model):
        vars(model).pop("_training", None)


_LEARNERS = {
    "sklearn.neural_network._multilayer_perceptron.MLPClassifier": Perceptrons(),
    "sklearn.linear_model._stochastic_gradient.SGDClassifier": LinearModels(),
    "skmia.neural._net_classifier.NetClassifier": Networks(),
}
