"""Multilayer perceptron: a scikit-learn shell around a skorch training loop."""

import torch
from skorch import NeuralNetClassifier
from torch import nn

from skmia.neural._base import PerceptronClassifier, only_weights
from skmia.neural._perceptron import shuffled_batches, torch_generator


class _Batches:
    """Minibatches of a data set, as skorch asks for them."""

    def __init__(self, dataset, batch_size, generator):
        self.dataset = dataset
        self.batch_size = batch_size
        self.generator = generator

    def __iter__(self):
        X, codes = self.dataset.X, self.dataset.y
        return shuffled_batches(X, codes, self.batch_size, self.generator)


class MLPNet(PerceptronClassifier):
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

    def _train(self, X, codes, classes, rng):
        generator = torch_generator(rng)
        net = NeuralNetClassifier(
            self._initial_network(len(classes), generator),
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
        net.fit(*self._tensors(X, codes))
        return {"network_": only_weights(net.module_)}
