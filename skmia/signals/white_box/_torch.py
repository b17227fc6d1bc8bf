"""Scores of a network of torch, and their gradients."""

import sys
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np

from skmia.signals.white_box._blocks import Rows


def network_of(model):
    """The network of a model of skmia or skorch; torch is there if there is one."""
    torch = sys.modules.get("torch")
    known = getattr(model, "__dict__", {})
    networks = (known.get(name) for name in ("network_", "module_"))
    found = (one for one in networks if torch and isinstance(one, torch.nn.Module))
    return next(found, None)


def of_two(scores):
    """One column for each class, also of two; that of the first is 0."""
    if scores.shape[1] > 1:
        return scores
    return np.column_stack([np.zeros(len(scores)), scores])


@dataclass(frozen=True)
class OfTorch:
    """A network that answers one row of scores for each record."""

    network: Any

    def size(self, n_features):
        """Numbers that are kept of a record."""
        return n_features + sum(one.numel() for one in self.network.parameters())

    def outputs(self, X):
        return self._run(X).detach().cpu().double().numpy()

    def scores(self, X):
        return of_two(self.outputs(X))

    def hidden(self, X):
        """What each layer with parameters is given by those before it."""
        given = {}

        def keep(layer, args):
            given[layer] = args[0].detach()

        layers = [one for one in self.network.modules() if [*one.parameters(False)]]
        with ExitStack() as hooks:
            for layer in layers:
                hooks.callback(layer.register_forward_pre_hook(keep).remove)
            self._run(X)
        return [
            given[layer].reshape(len(X), -1).cpu().double().numpy()
            for layer in layers[1:]
            if layer in given and len(given[layer]) == len(X)
        ]

    def gradient(self, X, weights):
        torch = sys.modules["torch"]
        X = self._tensor(X).requires_grad_()
        with torch.enable_grad():
            scores = self._run(X)
            weights = weights[:, 1:] if scores.shape[1] == 1 else weights
            (gradient,) = torch.autograd.grad(
                (scores * torch.as_tensor(weights).to(scores)).sum(), X
            )
        return gradient.cpu().double().numpy()

    def by_parameters(self, X, weights):
        """Gradient of each record by the parameters: of each layer, blocks of it.

        Of the parameters that are trained, if any are.
        """
        torch = sys.modules["torch"]
        every = dict(self.network.named_parameters())
        trained = {name: one for name, one in every.items() if one.requires_grad}
        trained = {name: one.detach() for name, one in (trained or every).items()}

        def total(parameters, x, weights):
            scores = torch.func.functional_call(self.network, parameters, (x[None],))
            scores = scores.reshape(-1)
            return (scores * weights[-len(scores) :]).sum()

        self.network.eval()
        of_one = torch.func.grad(total)
        X, weights = self._tensor(X), self._tensor(weights)
        try:
            of_all = torch.func.vmap(of_one, in_dims=(None, 0, 0))
            gradients = of_all(trained, X, weights)
        except RuntimeError:  # not every layer can be asked about many at once
            each = [of_one(trained, *one) for one in zip(X, weights, strict=True)]
            gradients = {
                name: torch.stack([one[name] for one in each]) for name in trained
            }
        layers = {}
        for name, gradient in gradients.items():
            block = Rows(gradient.reshape(len(X), -1))
            layers.setdefault(name.rpartition(".")[0], []).append(block)
        return list(layers.values())

    def _tensor(self, X):
        torch = sys.modules["torch"]
        like = next(self.network.parameters())
        return torch.as_tensor(np.array(X)).to(like)

    def _run(self, X):
        self.network.eval()
        X = X if hasattr(X, "requires_grad") else self._tensor(X)
        scores = self.network(X)
        return scores.reshape(len(scores), -1)
