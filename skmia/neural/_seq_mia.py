"""SeqMIA: a recurrent network on sequences of several metrics."""

from __future__ import annotations

import numpy as np
import torch
from skorch.callbacks import LRScheduler
from torch import nn

from skmia.neural._net_classifier import NetClassifier
from skmia.neural._sequence_attack import SequenceAttack
from skmia.utils._sequence_columns import sequence_columns
from skmia.utils._sklearn import COUNT
from skmia.utils._typing import RandomStateLike


class AttentiveLSTM(nn.Module):
    """LSTM that looks back: its last state, and a mean of all states that are like it.

    Parameters
    ----------
    n_metrics, n_hidden, n_outputs : int
    """

    def __init__(self, n_metrics, n_hidden, n_outputs):
        super().__init__()
        self.recurrent = nn.LSTM(n_metrics, n_hidden, batch_first=True)
        self.output = nn.Linear(2 * n_hidden, n_outputs)

    def forward(self, sequences):
        """Logits of sequences of shape (n_samples, n_steps, n_metrics)."""
        states, _ = self.recurrent(sequences)
        last = states[:, -1]
        attention = (states @ last[:, :, None]).softmax(dim=1)
        context = (attention * states).sum(dim=1)
        return self.output(torch.cat([last, context], dim=1))


def adam_without_decay_of_biases(groups, *, lr, weight_decay):
    """Adam whose L2 penalty is one of weights only."""
    parameters = [p for group in groups for p in group["params"]]
    weights = [p for p in parameters if p.ndim > 1]
    biases = [p for p in parameters if p.ndim == 1]
    decayed = {"params": weights, "weight_decay": weight_decay}
    return torch.optim.Adam([decayed, {"params": biases}], lr=lr, fused=True)


class SeqMIA(SequenceAttack):
    """Attack model of Li et al.: an LSTM with attention reads sequences of metrics.

    What several metrics say of a record from snapshot to snapshot is one sequence of
    vectors. Levels, trends and ups and downs are for the network to find.

    Works on *observations*: `Z` has columns ``<metric>_<step>``, `y` is membership.

    .. versionadded:: 0.2

    Parameters
    ----------
    hidden_units : int, default=50
        Units of the LSTM, which has one layer.
    max_epochs : int, default=150
        Passes over the observations.
    batch_size : int, default=100
        Records per training step.
    learning_rate : float, default=0.01
        First step size of Adam; every ten passes it shrinks by a tenth.
    weight_decay : float, default=1e-4
        L2 penalty of the weights, not of the biases.
    device : str, default="cpu"
        Where torch trains, such as "cpu" or "cuda".
    random_state : int, RandomState instance or None, default=None
        Initial weights and order of the records. No global generator is touched.

    Attributes
    ----------
    metrics_ : list of str
        Names of the metrics; "trajectory" for observations without names.
    network_ : torch.nn.Module
        The trained network, from standardized sequences of shape (n_samples, n_steps,
        n_metrics) to two logits, in float64.
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
    TrajectoryMIA : One metric, as a vector.
    skmia.attacks.TrajectorySummary : Summaries of trajectories, for any classifier.
    skmia.attacks.evidence.Distilled : Trajectories of any model that gives scores.

    Notes
    -----
    Level: observations. All metrics must have the same number of steps; without names
    all columns are one metric. Threat model: that of the sequences. With ``Distilled``
    these are scores of the target, records without labels of the same population, and
    shadow models; with :func:`skmia.shadow.training_observations` the adversary
    watched the training.

    The metrics of the paper are "loss", "max_confidence", "posterior_std", "entropy"
    and "modified_entropy". The default is the published network and optimizer, but that
    columns are standardized.

    Logistic regression on summaries of the same sequences finds as much, and more at a
    low false positive rate (docs/attacks.md): it is the attack by the name "seqmia".

    References
    ----------
    H. Li, Z. Li, S. Wu, C. Hu, Y. Ye, M. Zhang, D. Feng, Y. Zhang, "SeqMIA:
    Sequential-Metric Based Membership Inference Attack", ACM CCS 2024.
    arXiv:2407.15098.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import ShadowModels
    >>> from skmia.attacks import make_attack
    >>> from skmia.attacks.evidence import Distilled
    >>> from skmia.neural import SeqMIA
    >>> from skmia.targets import Session
    >>> X, y = load_digits(return_X_y=True)
    >>> tree = DecisionTreeClassifier(random_state=0).fit(X[:200], y[:200])
    >>> shadows = ShadowModels(tree, n_shadows=2, random_state=0)
    >>> pairs, member, _ = shadows.fit(X[400:800], y[400:800]).pairs()
    >>> seen = Distilled(
    ...     X[800:1200], signals=["loss", "entropy"], n_snapshots=5, random_state=0
    ... )
    >>> attack = make_attack(seen, SeqMIA(max_epochs=20, random_state=0))
    >>> called = attack.fit(pairs, member).predict(Session(tree, X[:400], y[:400]))
    >>> bool(called[:200].mean() > called[200:].mean())
    True
    """

    _parameter_constraints = {
        "hidden_units": [COUNT],
        **SequenceAttack._parameter_constraints,
    }

    def __init__(
        self,
        hidden_units: int = 50,
        *,
        max_epochs: int = 150,
        batch_size: int = 100,
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

    def _find_columns(self):
        columns = sequence_columns(self)
        n_steps = {metric: len(places) for metric, places in columns.items()}
        if len({*n_steps.values()}) > 1:
            raise ValueError(
                "SeqMIA needs the same number of steps of every metric, columns "
                f"<metric>_0, <metric>_1 and so on. Got {n_steps}."
            )
        self.metrics_ = [*columns]
        self._columns = np.transpose([*columns.values()])

    def _shown(self, Z):
        return super()._shown(Z)[:, self._columns]

    def _unfitted(self):
        return NetClassifier(
            AttentiveLSTM,
            module_params={
                "n_metrics": len(self.metrics_),
                "n_hidden": self.hidden_units,
            },
            optimizer=adam_without_decay_of_biases,
            callbacks=[LRScheduler("StepLR", step_size=10, gamma=0.9)],
            **self._settings(),
        )
