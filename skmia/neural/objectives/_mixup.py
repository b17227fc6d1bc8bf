"""Training on mixed pairs of records, mixed anew in every step."""

from __future__ import annotations

import torch
from torch.nn.functional import one_hot

from skmia.neural.objectives._base import Objective
from skmia.utils._card import DefenseCard
from skmia.utils._sklearn import NOT_NEGATIVE


class Mixup(Objective):
    """Train on mixtures of two records and of their targets.

    In every step the records of a batch are mixed with those of the same batch in
    another order, ``lam * x + (1 - lam) * x'``, and so are their targets. The share is
    drawn from Beta(`alpha`, `alpha`) for each batch.

    .. versionadded:: 0.2

    Parameters
    ----------
    alpha : float, default=0.4
        How evenly records are mixed. 0 is plain training; 1 draws shares uniformly.

    See Also
    --------
    skmia.defenses.MixupClassifier : For any classifier, mixed once.
    MixupMMD : Together with posteriors that do not tell members.

    Notes
    -----
    Threat model: the adversary sees scores or labels. No formal guarantee: shadow
    models that are trained alike adapt. One-hot columns become fractional; whole
    numbers that stand for something, such as tokens, cannot be mixed.

    References
    ----------
    H. Zhang, M. Cisse, Y. N. Dauphin, D. Lopez-Paz, "mixup: Beyond Empirical Risk
    Minimization", ICLR 2018. :arxiv:`1710.09412`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmia.neural import NetClassifier
    >>> from skmia.neural.objectives import Mixup
    >>> X, y = load_digits(return_X_y=True)
    >>> model = NetClassifier(objective=Mixup(1.0), random_state=0)
    >>> model.fit(X[:900] / 16, y[:900]).score(X[900:] / 16, y[900:]) > 0.8
    True
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores", "label"),
        broken_by="shadow models trained alike; likelihood-ratio attacks",
        paper="Zhang et al. 2018",
    )
    _mixes = True

    _parameter_constraints = {"alpha": [NOT_NEGATIVE]}

    def __init__(self, alpha: float = 0.4) -> None:
        self.alpha = alpha

    def _change(self, run, batch):
        """Mix every record with its partner."""
        if not self.alpha:
            return batch
        check_floats(self, batch.X)
        share = run.rng.beta(self.alpha, self.alpha)
        order = torch.randperm(len(batch.X), generator=run.noise).to(batch.X.device)
        return mixed(as_shares(run, batch), order, share)


def as_shares(run, batch):
    """The batch with a probability of each class as target, where there are labels."""
    if not run.is_classifier or batch.targets.ndim == 2:
        return batch
    shares = one_hot(batch.targets, run.n_outputs).to(batch.X.dtype)
    return batch._replace(targets=shares)


def mixed(batch, order, share):
    """A share of every record and target, and the rest from another record.

    With weights, each target weighs its share times the weight of its record.
    """

    def between(one):
        return share * one + (1 - share) * one[order]

    X = between(batch.X)
    if batch.weights is None:
        return batch._replace(X=X, targets=between(batch.targets))
    weights = between(batch.weights)
    targets = between(batch.targets * batch.weights[:, None]) / weights[:, None]
    return batch._replace(X=X, targets=targets, weights=weights)


def check_floats(objective, X):
    """Raise a TypeError unless records are numbers that can be moved a little."""
    if not (torch.is_tensor(X) and X.is_floating_point()):
        kind = X.dtype if torch.is_tensor(X) else type(X).__name__
        raise TypeError(
            f"{type(objective).__name__} changes the features of the records: they "
            f"must be floating point numbers. Got {kind}; train without it."
        )
