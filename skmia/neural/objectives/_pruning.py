"""Training, then setting the smallest weights to 0, then training the others."""

from __future__ import annotations

import torch

from skmia.neural.objectives._base import Objective
from skmia.utils._card import DefenseCard
from skmia.utils._sklearn import COUNT_OR_0, FRACTION_BELOW_1


class Pruning(Objective):
    """Set the smallest weights to 0 after training, and train the others on.

    .. versionadded:: 0.2

    Parameters
    ----------
    sparsity : float in [0, 1), default=0.5
        Part of the weights of every layer that is 0 in the end; biases, and what else
        is one row of numbers, stay. 0 is plain training.
    fine_tune_epochs : int, default=10
        Passes over the records after the weights were set to 0, besides those of the
        estimator.

    See Also
    --------
    skmia.defenses.PrunedMLPClassifier : In rounds, for networks of scikit-learn.

    Notes
    -----
    Threat model: the adversary sees scores, labels or the network. No formal guarantee.
    Yuan and Zhang show that pruned networks can leak more than the original, since
    pruning and fine-tuning change the scores of members and of others unevenly. The
    method of Wang et al. trains towards sparse weights under a constraint (ADMM); this
    is the plain form. The estimator has the part of the weights that is 0 under
    ``sparsity_``.

    References
    ----------
    Y. Wang et al., "Against Membership Inference Attack: Pruning is All You Need",
    IJCAI 2021. :arxiv:`2008.13578`

    X. Yuan, L. Zhang, "Membership Inference Attacks and Defenses in Neural Network
    Pruning", USENIX Security 2022. :arxiv:`2202.03335`

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from skmia.neural import NetClassifier
    >>> from skmia.neural.objectives import Pruning
    >>> X, y = load_digits(return_X_y=True)
    >>> model = NetClassifier(objective=Pruning(0.75), random_state=0).fit(X / 16, y)
    >>> model.sparsity_, model.score(X / 16, y) > 0.8
    (0.75, True)
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores", "label", "white-box"),
        broken_by="Yuan and Zhang 2022: pruned networks can leak more; LiRA",
        paper="Wang et al. 2021",
    )
    _no_partial_fit = "weights are set to 0 when training has come to its end"

    _parameter_constraints = {
        "sparsity": [FRACTION_BELOW_1],
        "fine_tune_epochs": [COUNT_OR_0],
    }

    def __init__(self, sparsity: float = 0.5, *, fine_tune_epochs: int = 10) -> None:
        self.sparsity = sparsity
        self.fine_tune_epochs = fine_tune_epochs

    def _n_epochs(self, run, max_epochs):
        """Those of the estimator, and those of fine-tuning."""
        run.kept["prune_at"] = max_epochs
        return max_epochs + (self.fine_tune_epochs if self.sparsity else 0)

    def _begin_epoch(self, run):
        """Prune when the training proper is over."""
        if run.epoch == run.kept["prune_at"]:
            self._prune(run)

    def _after_step(self, run):
        """Set to 0 what was set to 0."""
        _apply(run.kept.get("masks", []))

    def _end(self, run):
        """Part of the weights that is 0, after pruning at the latest."""
        if "masks" not in run.kept:
            self._prune(run)
        pruned = [mask for _, mask in run.kept["masks"]]
        n_weights = sum(mask.numel() for mask in pruned)
        return {"sparsity_": sum(int(mask.sum()) for mask in pruned) / n_weights}

    def _prune(self, run):
        masks = [
            (one, _smallest(one, self.sparsity)) for one in weights_of(run.network)
        ]
        run.kept["masks"] = masks
        _apply(masks)


def weights_of(network):
    """Parameters with rows and columns, but the lengths of normalized rows."""
    named = network.named_parameters()
    return [p for name, p in named if p.ndim > 1 and not name.endswith("original0")]


def _smallest(weight, sparsity):
    """Which entries are the smallest, at least that part of them."""
    n_kept = int((1 - sparsity) * weight.numel())
    order = weight.detach().abs().ravel().argsort(descending=True, stable=True)
    mask = torch.ones(weight.numel(), dtype=bool, device=weight.device)
    mask[order[:n_kept]] = False
    return mask.reshape(weight.shape)


@torch.no_grad()
def _apply(masks):
    for weight, mask in masks:
        weight.masked_fill_(mask, 0)
