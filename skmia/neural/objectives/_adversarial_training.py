"""Training on records moved to where the network does worst."""

from __future__ import annotations

import torch

from skmia.neural.objectives._base import Objective
from skmia.neural.objectives._mixup import check_floats
from skmia.utils._card import DefenseCard
from skmia.utils._sklearn import COUNT, NOT_NEGATIVE, POSITIVE

# Step of the projected gradient, times radius / steps: it can reach every corner.
_REACH = 2.5


class AdversarialTraining(Objective):
    """Train on each record where the loss is largest nearby.

    Every record of a batch is moved by the sign of the gradient of its loss, no feature
    by more than the radius.

    .. versionadded:: 0.2

    Parameters
    ----------
    radius : float, default=0.1
        Largest change of a feature. 0 is plain training.
    steps : int, default=1
        1 is one step of the whole radius (FGSM). More are smaller steps from a random
        place in the cube, back into the cube after each (PGD).
    step_size : float, default=None
        Change of a feature in each of several steps. None for 2.5 radii divided by
        the number of steps.

    See Also
    --------
    skmia.attacks.evidence.AdversarialDistance : Asks a model how far its boundary is.

    Notes
    -----
    A risk factor rather than a defense: Song, Shokri and Mittal show that networks
    trained to be robust give more of their members away, since the neighbourhood of
    each is learned, too. It is here to be audited. Records are moved with the network
    as it answers, without dropout, and may leave the range of the features.

    References
    ----------
    A. Madry, A. Makelov, L. Schmidt, D. Tsipras, A. Vladu, "Towards Deep Learning
    Models Resistant to Adversarial Attacks", ICLR 2018. :arxiv:`1706.06083`

    L. Song, R. Shokri, P. Mittal, "Privacy Risks of Securing Machine Learning Models
    against Adversarial Examples", CCS 2019. :arxiv:`1905.10291`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmia.neural import NetClassifier
    >>> from skmia.neural.objectives import AdversarialTraining
    >>> X, y = load_digits(return_X_y=True)
    >>> model = NetClassifier(objective=AdversarialTraining(0.1), random_state=0)
    >>> model.fit(X[:900] / 16, y[:900]).score(X[900:] / 16, y[900:]) > 0.8
    True
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("label",),
        broken_by="itself: robust networks leak more (Song, Shokri and Mittal 2019)",
        paper="Madry et al. 2018",
    )

    _parameter_constraints = {
        "radius": [NOT_NEGATIVE],
        "steps": [COUNT],
        "step_size": [POSITIVE, None],
    }

    def __init__(
        self, radius: float = 0.1, *, steps: int = 1, step_size: float | None = None
    ) -> None:
        self.radius = radius
        self.steps = steps
        self.step_size = step_size

    def _change(self, run, batch):
        """Move each record to where its loss is larger."""
        if not self.radius:
            return batch
        check_floats(self, batch.X)
        run.network.eval()
        moved, size = batch.X, self.radius
        if self.steps > 1:
            drawn = torch.rand(moved.shape, generator=run.noise).to(moved)
            moved = moved + self.radius * (2 * drawn - 1)
            size = self.step_size or _REACH * self.radius / self.steps
        for _ in range(self.steps):
            moved = moved.detach().requires_grad_()
            loss = run.losses(run.outputs(moved), batch.targets).sum()
            (gradient,) = torch.autograd.grad(loss, moved)
            moved = moved.detach() + size * gradient.sign()
            moved = batch.X + (moved - batch.X).clamp(-self.radius, self.radius)
        return batch._replace(X=moved)
