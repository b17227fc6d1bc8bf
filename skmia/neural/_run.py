"""One training: what the loop and an objective know of each other."""

from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import torch
from torch.nn.functional import cross_entropy


class Batch(NamedTuple):
    """Records that take a step together.

    Attributes
    ----------
    X : tensor of shape (n_records, ...)
        Or whatever the collate function of a user's net makes of records.
    targets : tensor
        Of a classifier positions of the true classes, of shape (n_records,), or a
        probability of each class; of a regressor of shape (n_records, n_outputs).
    weights : tensor of shape (n_records,) or None
        Mean 1 over all records; None where every record counts once.
    groups : tensor of int of shape (n_records,) or None
        Environments, from 0.
    """

    X: Any
    targets: torch.Tensor
    weights: torch.Tensor | None = None
    groups: torch.Tensor | None = None

    def cut(self, n_records):
        """Batches of at most so many records, in order."""
        parts = [None if part is None else part.split(n_records) for part in self]
        n_batches = len(parts[1])
        parts = [[None] * n_batches if part is None else part for part in parts]
        return [Batch(*columns) for columns in zip(*parts, strict=True)]

    def mean(self, values):
        """Weighted mean of one value per record."""
        return (values if self.weights is None else values * self.weights).mean()


@dataclass
class Run:
    """A training: of one fit, or of all calls of ``partial_fit`` after each other.

    What an objective keeps from step to step is written to `kept`: objectives are
    parameters, and are shared by fits.

    Attributes
    ----------
    owner : estimator
        Who is fitted.
    objective : Objective or None
        None: the loss of the user's own net.
    n_outputs : int
        Classes, or columns of the quantities.
    classes : ndarray or None
        Labels of the outputs; None for quantities.
    rng : RandomState
        For what is decided once: records held out.
    generator : torch.Generator
        Initial weights of our own network and order of the records.
    noise : torch.Generator
        All that is drawn on the way: partners, shares, noise.
    device : str
    n_records : int
        Those trained on.
    extras : dict
        Weights, groups and soft targets, as tensors, by the fields of :class:`Batch`.
    net : skorch.NeuralNet
    draws : GlobalDraws or None
        Where the user's module draws; ours has generators.
    kept : dict
    """

    owner: Any
    objective: Any
    n_outputs: int
    classes: Any
    rng: Any
    generator: torch.Generator
    noise: torch.Generator
    device: str
    n_records: int = 0
    extras: dict = field(default_factory=dict)
    net: Any = None
    draws: Any = None
    kept: dict = field(default_factory=dict)

    @property
    def is_classifier(self):
        """Whether outputs are logits of classes."""
        return self.classes is not None

    @property
    def network(self):
        """The module that is trained."""
        return self.net.module_

    @property
    def epoch(self):
        """Number of the pass over the records, from 0."""
        return len(self.net.history) - 1

    def alone(self):
        """Where the global generators of torch are those of this training."""
        return nullcontext() if self.draws is None else self.draws.inside()

    def outputs(self, X):
        """What the network says of records: logits of classes, or quantities."""
        outputs = self.net.infer(X)
        outputs = outputs[0] if isinstance(outputs, tuple) else outputs
        if isinstance(self.net.criterion_, torch.nn.NLLLoss):
            # The net answers probabilities: skorch's own way to their logarithms.
            outputs = torch.log(outputs + torch.finfo(outputs.dtype).eps)
        outputs = outputs.reshape(len(outputs), -1)
        if outputs.shape[1] != self.n_outputs:
            what = "logit per class" if self.is_classifier else "output per quantity"
            raise ValueError(
                f"The module of {type(self.owner).__name__} must have one {what}, "
                f"{self.n_outputs} here. Got {outputs.shape[1]}."
            )
        return outputs

    def losses(self, outputs, targets):
        """Cross-entropy or squared error of each record."""
        if self.is_classifier:
            return cross_entropy(outputs, targets, reduction="none")
        return (outputs - targets).square().mean(dim=1)
