"""Multilayer perceptron, the usual target and shadow model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from skmia.neural._perceptron_classifier import PerceptronClassifier
from skmia.utils._typing import RandomStateLike


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

    See Also
    --------
    NetClassifier : Any module, any objective, weights of the records.

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

    _no_weights = "in its minibatches every record counts once"

    def __init__(
        self,
        hidden_units: Sequence[int] = (128,),
        *,
        activation: Literal["relu", "tanh"] = "relu",
        max_epochs: int = 20,
        batch_size: int = 64,
        learning_rate: float = 1e-3,
        weight_decay: float = 0.0,
        device: str = "cpu",
        random_state: RandomStateLike = None,
    ) -> None:
        self.hidden_units = hidden_units
        self.activation = activation
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.device = device
        self.random_state = random_state
