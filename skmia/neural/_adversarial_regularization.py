"""Networks trained against an attacker who looks for their training records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from numpy.typing import ArrayLike

from skmia.neural._perceptron_classifier import PerceptronClassifier
from skmia.neural.objectives._adversarial_regularization import (
    AdversarialRegularization,
)
from skmia.utils._typing import MatrixLike, RandomStateLike


class AdversarialRegularizationClassifier(PerceptronClassifier):
    """Multilayer perceptron trained to be right, and not to be told by its members.

    Two networks are trained in turn. An adversary learns to tell training records
    from reference records by the posterior of the classifier and the label; the
    classifier learns its records such that the adversary takes them for others
    (min-max training).

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    hidden_units : sequence of int, default=(128,)
        Units of each hidden layer. Empty: a linear model.
    alpha : float, default=1.0
        Weight of the adversary in the loss of the classifier. 0 is plain training:
        the adversary looks on.
    reference : tuple (X, y), default=None
        Records like those of `fit` and their labels, on which the classifier is not
        trained. Not all classes need to be among them. None: a part of the records of
        `fit`, on which the classifier then is not trained.
    reference_fraction : float, default=0.25
        Share of the different records of `fit` that are held out where `reference` is
        None: of each class as nearly alike as can be, never its last record, and equal
        ones (in single precision) together.
    attack_steps : int, default=5
        Steps of the adversary before every step of the classifier.
    warmup_epochs : int, default=1
        First passes over the training data without the adversary, fewer than
        `max_epochs`. It then takes five passes alone.
    activation : {"relu", "tanh"}, default="relu"
        Activation of the hidden units.
    max_epochs : int, default=20
        Passes over the training data.
    batch_size : int, default=64
        Records per step of the classifier; the adversary sees as many training
        records, and as many reference records.
    learning_rate : float, default=1e-3
        Step size of Adam.
    attack_learning_rate : float, default=1e-3
        Step size of the adversary's Adam.
    weight_decay : float, default=0.0
        L2 penalty, as Adam's gradients see it.
    device : str, default="cpu"
        Where torch computes, such as "cpu" or "cuda".
    random_state : int, RandomState instance or None, default=None
        Initial weights, records held out and order of the records. No global generator
        is touched.

    Attributes
    ----------
    network_ : torch.nn.Sequential
        The trained network, from float32 records to one logit per class.
    attack_network_ : torch.nn.Sequential
        The adversary at the end, from posterior and one-hot label side by side to the
        logit of being a member. It belongs to the owner, not to the interface.
    held_out_ : ndarray of int
        Which records of `fit` were held out; empty where `reference` was given. They
        shaped the network, so that an audit counts them as members.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where X has names that are all strings.

    See Also
    --------
    MLPNet : The same network, trained for its records alone.
    skmia.defenses.EarlyStoppedClassifier : Training that ends before it overfits.
    skmia.defenses.PenalizedClassifier : An L2 penalty, which needs no reference.

    Notes
    -----
    Threat model: the attacker sees scores. No formal guarantee: training stops the one
    adversary that it knows. Song and Mittal find members again with a threshold per
    class on the confidence or the modified entropy, and find that plain early stopping
    does as well; labels alone tell what they told before as long as members are
    predicted right. Reference records become semi-members: their labels never enter
    the cross-entropy, but the classifier learns to answer members as it answers them.

    The loss is the mean cross-entropy plus `alpha` times the mean probability that the
    adversary gives to members; the adversary minimises its squared error. That is the
    published code, and not the paper's logarithms: they pay the classifier without
    limit for members that look like anything but members, which is a trace of its own.
    A member thus costs between 0 and `alpha`, and half of it where the adversary can
    only guess. A classifier that ignores its records pays that half and the logarithm
    of the number of classes: from about twice the logarithm on (1.4 for two classes,
    9.2 for a hundred), nothing is learned. Published are 1 and 3 for a hundred.

    The published code takes 26 steps of a much larger adversary before each step of
    the classifier, too slow for a CPU. Fewer steps make it weaker: they protect less
    and cost less accuracy, much as a smaller `alpha` does.

    References
    ----------
    M. Nasr, R. Shokri, A. Houmansadr, "Machine Learning with Membership Privacy using
    Adversarial Regularization", CCS 2018. :arxiv:`1807.05852`

    L. Song, P. Mittal, "Systematic Evaluation of Privacy Risks of Machine Learning
    Models", USENIX Security 2021. :arxiv:`2003.10595`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmia.neural import AdversarialRegularizationClassifier
    >>> X, y = load_digits(return_X_y=True)
    >>> model = AdversarialRegularizationClassifier(
    ...     reference=(X[900:1200] / 16, y[900:1200]), random_state=0
    ... )
    >>> model.fit(X[:900] / 16, y[:900]).score(X[1200:] / 16, y[1200:]) > 0.8
    True
    """

    _card = AdversarialRegularization._card

    _parameter_constraints = (
        PerceptronClassifier._parameter_constraints
        | AdversarialRegularization._parameter_constraints
    )

    def __init__(
        self,
        hidden_units: Sequence[int] = (128,),
        *,
        alpha: float = 1.0,
        reference: tuple[MatrixLike, ArrayLike] | None = None,
        reference_fraction: float = 0.25,
        attack_steps: int = 5,
        warmup_epochs: int = 1,
        activation: Literal["relu", "tanh"] = "relu",
        max_epochs: int = 20,
        batch_size: int = 64,
        learning_rate: float = 1e-3,
        attack_learning_rate: float = 1e-3,
        weight_decay: float = 0.0,
        device: str = "cpu",
        random_state: RandomStateLike = None,
    ) -> None:
        self.hidden_units = hidden_units
        self.alpha = alpha
        self.reference = reference
        self.reference_fraction = reference_fraction
        self.attack_steps = attack_steps
        self.warmup_epochs = warmup_epochs
        self.activation = activation
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.attack_learning_rate = attack_learning_rate
        self.weight_decay = weight_decay
        self.device = device
        self.random_state = random_state

    @property
    def objective(self) -> AdversarialRegularization:  # type: ignore[override]  # made
        """Cross-entropy against the adversary."""
        return AdversarialRegularization(
            self.alpha,
            reference=self.reference,
            reference_fraction=self.reference_fraction,
            attack_steps=self.attack_steps,
            warmup_epochs=self.warmup_epochs,
            attack_learning_rate=self.attack_learning_rate,
        )
