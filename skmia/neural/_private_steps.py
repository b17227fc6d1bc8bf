"""Steps of DP-SGD: Opacus' per-record gradients and clipping, noise of our own."""

import warnings
from copy import copy, deepcopy

import numpy as np
import torch
from opacus.grad_sample.grad_sample_module import GradSampleHooks
from opacus.optimizers import DPOptimizer
from opacus.validators import ModuleValidator
from torch import nn

from skmia.neural._modules import MIXING
from skmia.neural._run import Batch

_NORMS = nn.modules.batchnorm._NormBase
# What Opacus leaves on parameters and layers besides that its own `cleanup` removes.
_LEFT = {"summed_grad", "activations", "max_batch_len"}


def check_network(network):
    """Raise a ValueError unless a record is known by a gradient of its own only.

    Parameters
    ----------
    network : torch.nn.Module
        In training mode.
    """
    # Those without weights are none of the layers that Opacus looks at.
    names = {name for name, one in network.named_modules() if isinstance(one, MIXING)}
    if names:
        raise ValueError(
            f"DPSGD cannot train a network with BatchNorm, here {sorted(names)}: what "
            "it makes of a record depends on the others of its batch, so that no "
            "gradient is one record's alone. Use torch.nn.GroupNorm there; "
            "opacus.validators.ModuleValidator.fix(module) replaces all of them."
        )
    names = {name for name, one in network.named_modules() if _writes(one)}
    if names:
        raise ValueError(
            f"DPSGD cannot train a network whose layers write down what they see of "
            f"records, here {sorted(names)}: no noise covers that. Make normalization "
            "without 'track_running_stats', and embeddings without 'max_norm'."
        )
    errors = ModuleValidator.validate(network) + GradSampleHooks.validate(network)
    if errors:
        raise ValueError(
            "DPSGD cannot train this network: "
            f"{' '.join(str(one).strip() for one in errors)} Where there is a layer to "
            "take in its place, opacus.validators.ModuleValidator.fix(module) does so."
        )


def _writes(layer):
    """Whether a layer changes its numbers when it is asked in training mode."""
    if isinstance(layer, nn.Embedding | nn.EmbeddingBag):
        return layer.max_norm is not None
    return isinstance(layer, _NORMS) and layer.track_running_stats


class PoissonBatches:
    """Batches of one pass, which every record is in or not by a coin of its own.

    Parameters
    ----------
    dataset : skorch.dataset.Dataset
        Of tensors.
    rate : float
        Chance of a record to be in a batch; 1 / `rate` batches are a pass.
    stream : SecretStream
    """

    def __init__(self, dataset, rate, stream):
        self.dataset, self.rate, self.stream = dataset, rate, stream

    def __iter__(self):
        X, targets = self.dataset.X, self.dataset.y
        for _ in range(round(1 / self.rate)):
            rows = torch.as_tensor(self._draw(len(X)), device=X.device)
            yield Batch(X[rows], targets[rows]) if len(rows) else _nobody(X, targets)

    def _draw(self, n_records):
        return np.flatnonzero(self.stream.happens(self.rate, n_records))


def _nobody(X, targets):
    """A batch whose gradient is 0: networks need not know how to take none."""
    X, targets = (torch.zeros_like(part[:1]) for part in (X, targets))
    return Batch(X, targets, weights=torch.zeros(1, device=X.device))


class PrivateSteps(DPOptimizer):
    """An optimizer of noisy sums of clipped gradients, with noise nobody can redraw.

    Parameters
    ----------
    network : torch.nn.Module
        Its layers keep the gradients of each record from now on.
    optimizer : torch.optim.Optimizer
        What is done with the sums, divided by the size of a batch.
    stream : SecretStream
    noise_multiplier, max_grad_norm, expected_batch_size : float
    """

    def __init__(self, network, optimizer, stream, **settings):
        super().__init__(optimizer, **settings)
        # What is released: whatever a forward writes down is not on it.
        self._released = deepcopy(network)
        self._hooks = GradSampleHooks(network)
        self._network, self._stream = network, stream

    def expect(self, n_records):
        """Be told how many records the next gradients are of."""
        self._n_records = n_records

    def pre_step(self, closure=None):
        """Check the gradients, cut them, add them up and add noise."""
        self._check_gradients()
        self._check_buffers()
        return super().pre_step(closure)

    def _check_gradients(self):
        found = {
            name: len(own) if torch.is_tensor(own) else 0
            for name, parameter in self._network.named_parameters()
            if parameter.requires_grad
            for own in [getattr(parameter, "grad_sample", None)]
        }
        unused = sorted(name for name, n_found in found.items() if not n_found)
        if unused:
            raise ValueError(
                f"DPSGD found no gradient of each record for {unused}: the network is "
                "not asked by a call of their layer, or a callback made them learn "
                "later. Leave them out, or freeze them: requires_grad_(False)."
            )
        wrong = {name: n for name, n in found.items() if n != self._n_records}
        if wrong:
            raise ValueError(
                "DPSGD cannot train this network: the first axis of what every layer "
                f"takes must be that of the records, {self._n_records} in a batch. Got "
                f"{wrong} gradients; cut one by one, several of a record would weigh "
                "more than one may."
            )

    def _check_buffers(self):
        before = dict(self._released.named_buffers())
        changed = [
            name
            for name, now in self._network.named_buffers()
            if name not in before or not torch.equal(now, before[name])
        ]
        if changed:
            raise ValueError(
                "DPSGD cannot train a network whose 'forward' changes its buffers, "
                f"here {changed}: no noise covers what they hold of records."
            )

    def step(self, closure=None):
        """Take a noisy step."""
        with warnings.catch_warnings():
            # Records ask for no gradient: the first layer has its own all the same.
            warnings.filterwarnings("ignore", "Full backward hook is firing")
            return super().step(closure)

    def put_by(self):
        """Add what was cut to the sums, and take no step yet."""
        self.signal_skip_step(True)
        self.step()
        self.zero_grad()

    def clip_and_accumulate(self):
        """Sum of the clipped gradients; one that is no number, or infinite, is 0.

        Else one record would make everything nan, and all would know it.
        """
        for parameter in self.params:
            parameter.grad_sample.nan_to_num_(0, 0, 0)
        super().clip_and_accumulate()

    def add_noise(self):
        """Add noise to all sums: halves of four normal variables, as Opacus does."""
        std = self.noise_multiplier * self.max_grad_norm
        sizes = [parameter.numel() for parameter in self.params]
        drawn = np.zeros(sum(sizes))
        if self.noise_multiplier:
            drawn = std * self._stream.hidden_normals(sum(sizes))
        for parameter, own in zip(
            self.params, torch.from_numpy(drawn).split(sizes), strict=True
        ):
            own = own.reshape(parameter.shape).to(parameter)
            parameter.grad = parameter.summed_grad + own

    def __reduce__(self):
        # A schedule keeps its optimizer: saved, that is the one inside.
        return copy, (self.original_optimizer,)

    def forget(self):
        """Take off the network what no noise covers, and drop the stream.

        Returns
        -------
        released : torch.nn.Module
            One that has seen no record, with the weights learned.
        """
        weights = dict(self._network.named_parameters())
        self._released.load_state_dict(weights, strict=False)
        self._hooks.cleanup()
        self._stream = None
        for one in (*self._network.modules(), *self._network.parameters()):
            for name in _LEFT & set(vars(one)):
                delattr(one, name)
        return self._released
