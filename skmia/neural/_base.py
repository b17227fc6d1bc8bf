"""The shell around every multilayer perceptron here: parameters in, posteriors out."""

from abc import ABCMeta, abstractmethod
from numbers import Integral

import numpy as np
import torch
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.neural._perceptron import ACTIVATIONS, Layers, perceptron
from skmia.utils._sklearn import COUNT, NOT_NEGATIVE, POSITIVE, StrOptions, _fit_context
from skmia.utils._weights import refuse_fit_params

# Rows per forward pass: bounds the memory of a prediction.
_CHUNK = 8192


class PerceptronClassifier(ClassifierMixin, BaseEstimator, metaclass=ABCMeta):
    """A classifier whose posterior is the softmax of a multilayer perceptron.

    Subclasses implement ``_train(X, codes, classes, rng)``: records, positions of their
    labels in `classes` and a RandomState in, a dict of fitted attributes out. Under
    ``network_`` is the network, from float32 records to one logit per class.
    """

    _parameter_constraints = {
        "hidden_units": ["array-like"],
        "activation": [StrOptions(set(ACTIVATIONS))],
        "max_epochs": [COUNT],
        "batch_size": [COUNT],
        "learning_rate": [POSITIVE],
        "weight_decay": [NOT_NEGATIVE],
        "device": [str],
        "random_state": ["random_state"],
    }

    # Why `fit` has no place for weights of the records, as a clause.
    _no_weights = "in its minibatches every record counts once"

    @abstractmethod
    def _train(self, X, codes, classes, rng):
        """Fitted attributes by name; nothing is set on the way."""

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, **fit_params):
        """Train the network from new initial weights.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Records; used in float32.
        y : array-like of shape (n_samples,)
            Class labels of any type, two classes or more.
        **fit_params : dict
            Nothing: ``sample_weight`` is refused by a TypeError that says why.

        Returns
        -------
        self : object
        """
        refuse_fit_params(self, fit_params, self._no_weights)
        X, y = validate_data(self, X, y, dtype=np.float32)
        check_classification_targets(y)
        classes, codes = np.unique(y, return_inverse=True)
        self._check_classes_and_layers(classes)
        rng = check_random_state(self.random_state)
        # All at once and last: a fit that fails leaves nothing half-fitted behind.
        fitted = self._train(X, codes, classes, rng)
        vars(self).update(classes_=classes, **fitted)
        return self

    def predict_proba(self, X):
        """Probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Records.

        Returns
        -------
        posterior : ndarray of shape (n_samples, n_classes)
            float64; rows sum to 1; columns are in the order of `classes_`.
        """
        check_is_fitted(self, "network_")
        X = validate_data(self, X, dtype=np.float32, reset=False)
        with torch.inference_mode():
            logits = [
                self.network_(rows.to(self.device)).cpu()
                for rows in torch.tensor(X).split(_CHUNK)
            ]
        return softmax(torch.cat(logits).double().numpy(), axis=1)

    def predict(self, X):
        """Most probable class.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Records.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
        """
        check_is_fitted(self, "network_")
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def __getstate__(self):
        # Networks as numbers: who saves models need know nothing of torch.
        state = super().__getstate__()
        return {name: _as_layers(value) for name, value in state.items()}

    def __setstate__(self, state):
        device = state["device"]
        super().__setstate__(
            {name: _as_network(value, device) for name, value in state.items()}
        )

    def _check_classes_and_layers(self, classes):
        owner = type(self).__name__
        if len(classes) < 2:
            raise ValueError(
                f"{owner} needs at least two classes in y. Got one class only: "
                f"{classes.tolist()}."
            )
        if not all(isinstance(n, Integral) and n >= 1 for n in self.hidden_units):
            raise ValueError(
                f"The 'hidden_units' parameter of {owner} must be a sequence of ints "
                f">= 1. Got {self.hidden_units!r} instead."
            )

    def _initial_network(self, n_classes, generator):
        widths = [self.n_features_in_, *self.hidden_units, n_classes]
        return perceptron(widths, self.activation, generator).to(self.device)

    def _tensors(self, *arrays):
        return [torch.tensor(array, device=self.device) for array in arrays]


def only_weights(network):
    """A trained network without gradients, to be asked only.

    Gradients, optimizer and history are several times the size of the network, and
    fitted shadow models are stored and sent around.
    """
    network.zero_grad()
    return network.eval()


def _as_layers(value):
    return Layers.of(value) if isinstance(value, torch.nn.Sequential) else value


def _as_network(value, device):
    if not isinstance(value, Layers):
        return value
    return only_weights(value.network().to(device))
