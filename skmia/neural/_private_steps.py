"""Steps of DP-SGD: Opacus' per-record gradients and clipping, noise of our own."""

import warnings
from copy import copy

import numpy as np
import torch
from opacus.grad_sample.grad_sample_module import GradSampleHooks
from opacus.optimizers import DPOptimizer
from opacus.validators import ModuleValidator
from torch import nn

from skmia.neural._run import Batch

_MIXING = nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm
# What Opacus leaves on parameters and layers besides that its own `cleanup` removes.
_LEFT = {"summed_grad", "activations", "max_batch_len"}


def check_network(network):
    """Raise a ValueError unless each record has a gradient of its own.

    Parameters
    ----------
    network : torch.nn.Module
        In training mode.
    """
    # Those without weights are none of the layers that Opacus looks at.
    names = {name for name, one in network.named_modules() if isinstance(one, _MIXING)}
    if names:
        raise ValueError(
            f"DPSGD cannot train a network with BatchNorm, here {sorted(names)}: what "
            "it makes of a record depends on the others of its batch, so that no "
            "gradient is one record's alone. Use torch.nn.GroupNorm there; "
            "opacus.validators.ModuleValidator.fix(module) replaces all of them."
        )
    errors = ModuleValidator.validate(network) + GradSampleHooks.validate(network)
    if errors:
        raise ValueError(
            "DPSGD cannot train this network: "
            f"{' '.join(str(one).strip() for one in errors)} Where there is a layer to "
            "take in its place, opacus.validators.ModuleValidator.fix(module) does so."
        )


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
        if self.rate == 1:
            return np.arange(n_records)
        # A multiple of 2**-64, at most the rate.
        below = np.uint64(int(self.rate * 2**64))
        return np.flatnonzero(self.stream.words(n_records) < below)


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
        self._hooks = GradSampleHooks(network)
        self._network, self._stream = network, stream

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
        """Add noise to all sums: halves of four normal variables, as Opacus does.

        The digits of one alone may tell which sum it was added to.
        """
        std = self.noise_multiplier * self.max_grad_norm
        sizes = [parameter.numel() for parameter in self.params]
        drawn = np.zeros(sum(sizes))
        if self.noise_multiplier:
            drawn = std * self._stream.normals((4, sum(sizes))).sum(axis=0) / 2
        for parameter, own in zip(
            self.params, torch.from_numpy(drawn).split(sizes), strict=True
        ):
            own = own.reshape(parameter.shape).to(parameter)
            parameter.grad = parameter.summed_grad + own

    def __reduce__(self):
        # A schedule keeps its optimizer: saved, that is the one inside.
        return copy, (self.original_optimizer,)

    def forget(self):
        """Take off the network what no noise covers, and drop the stream."""
        self._hooks.cleanup()
        self._stream = None
        for one in (*self._network.modules(), *self._network.parameters()):
            for name in _LEFT & set(vars(one)):
                delattr(one, name)
