"""Draws from torch's global generators that nobody outside sees."""

from contextlib import contextmanager

import torch

from skmia.utils._global_generator import untouched


class GlobalDraws:
    """State of torch's global generators that a training has in place of the process's.

    Modules of users draw from these: initial weights, dropout, the order of a
    DataLoader. Inside, they find the state of this training; outside, the process
    finds its own as it was. Trainings in several threads wait for each other.

    Parameters
    ----------
    seed : int
    device : str
        Where the module is trained.
    """

    def __init__(self, seed, device):
        device = torch.device(device)
        self._cuda = [device.index or 0] if device.type == "cuda" else []
        self._state = torch.Generator().manual_seed(seed).get_state()
        self._cuda_states = [
            torch.Generator(f"cuda:{index}").manual_seed(seed).get_state()
            for index in self._cuda
        ]

    @contextmanager
    def inside(self):
        """Where the global generators are those of this training."""
        with untouched(self._cuda):
            torch.set_rng_state(self._state)
            for index, state in zip(self._cuda, self._cuda_states, strict=True):
                torch.cuda.set_rng_state(state, index)
            yield
            self._state = torch.get_rng_state()
            self._cuda_states = [torch.cuda.get_rng_state(i) for i in self._cuda]
