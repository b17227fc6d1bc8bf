"""Multilayer perceptron: a scikit-learn shell around a skorch training loop."""

from itertools import pairwise
from numbers import Integral, Real

import numpy as np
import torch
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data
from skorch import NeuralNetClassifier
from torch import nn

from skmia.utils._random import draw_seeds
from skmia.utils._sklearn import Interval, StrOptions, _fit_context

_ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh}
# Rows per forward pass: bounds the memory of a prediction.
_CHUNK = 8192


class _Batches:
    """Shuffled minibatches cut out of the tensors of a data set.

    A DataLoader fetches record by record and collates them again, which costs about
    half as much as training a small network.
    """

    def __init__(self, dataset, batch_size, generator):
        self.dataset = dataset
        self.batch_size = batch_size
        self.generator = generator

    def __iter__(self):
        X, y = self.dataset.X, self.dataset.y
        order = torch.randperm(len(X), generator=self.generator).to(X.device)
        for rows in order.split(self.batch_size):
            yield X[rows], y[rows]


def _linear(n_in, n_out, generator):
    """A linear layer with torch's initial distribution, drawn from our generator."""
    layer = nn.utils.skip_init(nn.Linear, n_in, n_out)
    bound = n_in**-0.5
    for parameter in layer.parameters():
        nn.init.uniform_(parameter, -bound, bound, generator=generator)
    return layer


def _perceptron(n_features, hidden_units, n_classes, activation, generator):
    """Network from records to one logit per class."""
    widths = [n_features, *hidden_units]
    layers = []
    for n_in, n_out in pairwise(widths):
        layers += [_linear(n_in, n_out, generator), _ACTIVATIONS[activation]()]
    return nn.Sequential(*layers, _linear(widths[-1], n_classes, generator))


class MLPNet(ClassifierMixin, BaseEstimator):
    """Multilayer perceptron classifier, trained with Adam on the cross-entropy.

    Memorises its training data when trained long enough: the usual target and shadow
    model of the membership inference literature. Scale the features first, as for
    any network. Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    hidden_units : sequence of int, default=(128,)
        Units of each hidden layer. Empty: a linear model.
    activation : {"relu", "tanh"}, default="relu"
        Activation of the hidden units.
    max_epochs : int, default=20
        Passes over the training data.
    batch_size : int, default=64
        Records per training step.
    learning_rate : float, default=1e-3
        Step size of Adam.
    weight_decay : float, default=0.0
        L2 penalty, as Adam's gradients see it.
    device : str, default="cpu"
        Where torch computes, such as "cpu" or "cuda".
    random_state : int, RandomState instance or None, default=None
        Initial weights and order of the records. No global generator is touched.

    Attributes
    ----------
    network_ : torch.nn.Sequential
        The trained network, from float32 records to one logit per class.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where X has names that are all strings.

    Notes
    -----
    Logits are float32, their softmax is taken in float64: posteriors of memorised
    records do not all round to 1, and the small entries of a row keep their digits,
    so that attacks on scaled logits find what the network knows.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skmia.neural import MLPNet
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> model = make_pipeline(StandardScaler(), MLPNet(random_state=0)).fit(X, y)
    >>> model.score(X, y) > 0.9
    True
    """

    _parameter_constraints: dict = {
        "hidden_units": ["array-like"],
        "activation": [StrOptions(set(_ACTIVATIONS))],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "device": [str],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        hidden_units=(128,),
        *,
        activation="relu",
        max_epochs=20,
        batch_size=64,
        learning_rate=1e-3,
        weight_decay=0.0,
        device="cpu",
        random_state=None,
    ):
        self.hidden_units = hidden_units
        self.activation = activation
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.device = device
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y):
        """Train the network from new initial weights.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Records; used in float32.
        y : array-like of shape (n_samples,)
            Class labels of any type, two classes or more.

        Returns
        -------
        self : object
        """
        X, y = validate_data(self, X, y, dtype=np.float32)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        self._check_classes_and_layers()
        # A generator of our own, not torch's global one: fits in other threads
        # neither disturb this one nor see it.
        generator = torch.Generator()
        generator.manual_seed(draw_seeds(check_random_state(self.random_state)))
        network = _perceptron(
            X.shape[1],
            self.hidden_units,
            len(self.classes_),
            self.activation,
            generator,
        )
        self.network_ = self._train(network, X, codes, generator)
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
        check_is_fitted(self)
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
        check_is_fitted(self)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def _check_classes_and_layers(self):
        if len(self.classes_) < 2:
            raise ValueError(
                "MLPNet needs at least two classes in y. Got one class only: "
                f"{self.classes_.tolist()}."
            )
        if not all(isinstance(n, Integral) and n >= 1 for n in self.hidden_units):
            raise ValueError(
                "The 'hidden_units' parameter of MLPNet must be a sequence of ints "
                f">= 1. Got {self.hidden_units!r} instead."
            )

    def _train(self, network, X, codes, generator):
        net = NeuralNetClassifier(
            network,
            criterion=nn.CrossEntropyLoss,
            optimizer=torch.optim.Adam,
            optimizer__fused=True,
            optimizer__weight_decay=self.weight_decay,
            lr=self.learning_rate,
            max_epochs=self.max_epochs,
            batch_size=self.batch_size,
            iterator_train=_Batches,
            iterator_train__generator=generator,
            train_split=None,
            callbacks="disable",
            verbose=0,
            device=self.device,
        )
        X, codes = (torch.tensor(array, device=self.device) for array in (X, codes))
        network = net.fit(X, codes).module_
        # Nothing else is kept: gradients, optimizer and history are several times the
        # size of the network, and fitted shadow models are stored and sent around.
        network.zero_grad()
        return network.eval()
