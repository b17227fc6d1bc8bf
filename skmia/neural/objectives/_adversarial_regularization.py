"""Training against an attacker who looks for the training records."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import ArrayLike

from skmia.neural._membership_adversary import MembershipAdversary
from skmia.neural._modules import numbers_for
from skmia.neural.objectives._base import Objective
from skmia.neural.objectives._held_out import hold_out_of
from skmia.utils._card import DefenseCard
from skmia.utils._sklearn import (
    COUNT,
    COUNT_OR_0,
    INNER_FRACTION,
    NOT_NEGATIVE,
    POSITIVE,
)
from skmia.utils._typing import MatrixLike

# Passes over the training records with which the adversary starts, as published.
_FIRST_PASSES = 5


class AdversarialRegularization(Objective):
    """Cross-entropy, and an adversary who must not tell members from other records.

    Two networks are trained in turn. An adversary learns to tell training records from
    reference records by the posterior of the classifier and the label; the classifier
    learns its records such that the adversary takes them for others.

    .. versionadded:: 0.2

    Parameters
    ----------
    alpha : float, default=1.0
        Weight of the adversary in the loss of the classifier. 0 is plain training:
        the adversary looks on.
    reference : tuple (X, y), default=None
        Records like those of `fit` and their labels, on which the classifier is not
        trained. None: a part of the records of `fit`.
    reference_fraction : float, default=0.25
        Share of the different records of `fit` that are held out where `reference` is
        None.
    attack_steps : int, default=5
        Steps of the adversary before every step of the classifier.
    warmup_epochs : int, default=1
        First passes over the training data without the adversary, fewer than the
        passes of the estimator. It then takes five passes alone.
    attack_learning_rate : float, default=1e-3
        Step size of the adversary's Adam.

    See Also
    --------
    skmia.neural.AdversarialRegularizationClassifier : With a perceptron; has the notes.
    MixupMMD : Compares posteriors without an adversary.

    Notes
    -----
    Threat model: the adversary sees scores. No formal guarantee: training stops the one
    adversary that it knows. The estimator has the fitted adversary under
    ``attack_network_``, and under ``held_out_`` which records were held out.

    References
    ----------
    M. Nasr, R. Shokri, A. Houmansadr, "Machine Learning with Membership Privacy using
    Adversarial Regularization", CCS 2018. :arxiv:`1807.05852`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmia.neural import NetClassifier
    >>> from skmia.neural.objectives import AdversarialRegularization
    >>> X, y = load_digits(return_X_y=True)
    >>> model = NetClassifier(objective=AdversarialRegularization(), random_state=0)
    >>> model.fit(X[:900] / 16, y[:900]).score(X[900:] / 16, y[900:]) > 0.8
    True
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores",),
        broken_by="thresholds per class (Song and Mittal 2021); the gap attack; LiRA",
        paper="Nasr, Shokri and Houmansadr 2018",
    )
    _no_weights = (
        "its adversary compares as many training records as reference records, each of "
        "which counts once"
    )
    _needs_labels = "its adversary is shown them"
    _needs_classes = "its adversary looks at posteriors"
    _no_partial_fit = "the adversary goes through the same members in every pass"

    _parameter_constraints = {
        "alpha": [NOT_NEGATIVE],
        "reference": [tuple, None],
        "reference_fraction": [INNER_FRACTION],
        "attack_steps": [COUNT],
        "warmup_epochs": [COUNT_OR_0],
        "attack_learning_rate": [POSITIVE],
    }

    def __init__(
        self,
        alpha: float = 1.0,
        *,
        reference: tuple[MatrixLike, ArrayLike] | None = None,
        reference_fraction: float = 0.25,
        attack_steps: int = 5,
        warmup_epochs: int = 1,
        attack_learning_rate: float = 1e-3,
    ) -> None:
        self.alpha = alpha
        self.reference = reference
        self.reference_fraction = reference_fraction
        self.attack_steps = attack_steps
        self.warmup_epochs = warmup_epochs
        self.attack_learning_rate = attack_learning_rate

    def _prepare(self, run, X, y):
        """Hold the reference records out, where the user has none."""
        kept, held_out = np.arange(len(X)), np.arange(0)
        if self.reference is not None:
            reference = self._given_reference(run)
        else:
            fraction = self.reference_fraction
            kept, held_out = hold_out_of(run, X, y, fraction, "reference")
            reference = X[held_out], y[held_out]
        sides = (X[kept], y[kept]), reference
        run.kept["adversary"] = MembershipAdversary(
            *([torch.tensor(one, device=run.device) for one in side] for side in sides),
            n_classes=run.n_outputs,
            batch_size=run.net.batch_size,
            learning_rate=self.attack_learning_rate,
            generator=run.noise,
        )
        return held_out

    def _n_epochs(self, run, max_epochs):
        """As many as were asked for, if the adversary has a say in some."""
        if self.warmup_epochs >= max_epochs:
            raise ValueError(
                f"The 'warmup_epochs' parameter of {type(run.owner).__name__} must be "
                f"smaller than max_epochs, {max_epochs}, or nothing is defended. "
                f"Got {self.warmup_epochs} instead."
            )
        return max_epochs

    def _begin_epoch(self, run):
        """Let the adversary learn alone after the first passes."""
        if run.epoch == self.warmup_epochs:
            n_batches = -(-run.n_records // run.net.batch_size)
            self._learn(run, _FIRST_PASSES * n_batches)

    def _before_step(self, run):
        """Let the adversary learn what the classifier now answers."""
        if run.epoch >= self.warmup_epochs:
            self._learn(run, self.attack_steps)

    def _terms(self, run, outputs, batch):
        """How sure the adversary is of the members, times the weight."""
        if run.epoch < self.warmup_epochs:
            return []
        suspicion = run.kept["adversary"].suspicion(outputs, batch.targets)
        return [self.alpha * suspicion.mean()]

    def _end(self, run):
        """The adversary's network."""
        network = run.kept["adversary"].network
        network.zero_grad()
        return {"attack_network_": network.eval()}

    def _learn(self, run, n_steps):
        run.network.eval()
        run.kept["adversary"].learn(run.outputs, n_steps)

    def _given_reference(self, run):
        """Records and codes of the user's own reference."""
        name, classes = type(run.owner).__name__, run.classes
        try:
            X, y = self.reference
            X, y = run.owner._validated(X, y, reset=False)
        except ValueError as error:
            raise ValueError(
                f"The 'reference' parameter of {name} must be a tuple (X, y) of "
                "records like those of fit and of their labels. Got one that is "
                f"refused: {error}"
            ) from error
        unseen = set(y.tolist()) - set(classes.tolist())
        if unseen:
            raise ValueError(
                f"The 'reference' parameter of {name} must have labels that are in y, "
                f"too: {classes.tolist()}. Got {sorted(unseen, key=str)} besides."
            )
        return numbers_for(run.network, X), np.searchsorted(classes, y)
