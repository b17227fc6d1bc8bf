"""TrajectoryMIA: a perceptron on the losses of all snapshots."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import torch

from skmia.neural._net_classifier import NetClassifier
from skmia.neural._perceptron import check_layers
from skmia.neural._sequence_attack import SequenceAttack
from skmia.utils._typing import RandomStateLike


class TrajectoryMIA(SequenceAttack):
    """Attack model of Liu et al.: a perceptron reads a whole loss trajectory.

    A record's losses under the snapshots of a model, or of a student that imitates it,
    are one vector; the order of its entries is as good as any other to a perceptron.

    Works on *observations*: `Z` has one column for each snapshot (of each metric), `y`
    is membership.

    .. versionadded:: 0.2

    Parameters
    ----------
    hidden_units : sequence of int, default=(512, 128, 32)
        Units of each hidden layer, of type ReLU.
    max_epochs : int, default=100
        Passes over the observations.
    batch_size : int, default=128
        Records per training step.
    learning_rate : float, default=0.01
        Step size of gradient descent, whose momentum is 0.9.
    weight_decay : float, default=1e-4
        L2 penalty, as the gradients see it.
    device : str, default="cpu"
        Where torch trains, such as "cpu" or "cuda".
    random_state : int, RandomState instance or None, default=None
        Initial weights and order of the records. No global generator is touched.

    Attributes
    ----------
    network_ : torch.nn.Module
        The trained network, from standardized observations to two logits, in float64.
    scaler_ : StandardScaler
        Mean and standard deviation of each column in `fit`.
    classes_ : ndarray of shape (2,)
        Membership labels; ``classes_[1]`` is "member".
    n_features_in_ : int
        Number of columns of the observations.
    feature_names_in_ : ndarray of str
        Names of the columns, if the observations came with names.

    See Also
    --------
    SeqMIA : Several metrics, in their order.
    skmia.attacks.TrajectorySummary : Summaries of trajectories, for any classifier.
    skmia.attacks.evidence.Distilled : Trajectories of any model that gives scores.

    Notes
    -----
    Level: observations. Threat model: that of the trajectories. With ``Distilled``
    these are scores of the target, records without labels of the same population, and
    shadow models; with :func:`skmia.shadow.training_observations` the adversary
    watched the training.

    The default is the published network and optimizer. Three things differ. Columns are
    standardized. The loss is that of the logits, where the published code takes the
    softmax twice. And it is the network after the last epoch: the published figures are
    those of the best epoch on the target's own records, which no attacker knows.

    Against a perceptron it finds more than logistic regression on summaries of the same
    losses, against other kinds about as much (docs/attacks.md). The attack by the name
    "trajectory" is the latter, which needs no torch.

    References
    ----------
    Y. Liu, Z. Zhao, M. Backes, Y. Zhang, "Membership Inference Attacks by Exploiting
    Loss Trajectory", ACM CCS 2022. arXiv:2208.14933.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmia.neural import MLPNet, TrajectoryMIA
    >>> from skmia.shadow import training_observations
    >>> X, y = load_digits(return_X_y=True)
    >>> X = X / 16
    >>> def watch(first):
    ...     members, both = slice(first, first + 100), slice(first, first + 200)
    ...     return training_observations(
    ...         MLPNet(max_epochs=40), X[members], y[members], X[both], y[both],
    ...         random_state=0,
    ...     )
    >>> member = [1] * 100 + [0] * 100
    >>> attack = TrajectoryMIA(random_state=0).fit(watch(0), member)
    >>> attack.score(watch(200), member) > 0.5
    True
    """

    _parameter_constraints = {
        "hidden_units": ["array-like"],
        **SequenceAttack._parameter_constraints,
    }

    def __init__(
        self,
        hidden_units: Sequence[int] = (512, 128, 32),
        *,
        max_epochs: int = 100,
        batch_size: int = 128,
        learning_rate: float = 0.01,
        weight_decay: float = 1e-4,
        device: str = "cpu",
        random_state: RandomStateLike = None,
    ) -> None:
        self.hidden_units = hidden_units
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.device = device
        self.random_state = random_state

    def _unfitted(self):
        check_layers(self, hidden_units=self.hidden_units)
        return NetClassifier(
            module_params={"hidden_units": self.hidden_units},
            optimizer=partial(torch.optim.SGD, momentum=0.9),
            **self._settings(),
        )
