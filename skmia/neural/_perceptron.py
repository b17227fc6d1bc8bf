"""Networks and minibatches, made with generators of our own.

Not with torch's global one: fits in other threads neither disturb a fit nor see it.
"""

from itertools import pairwise
from numbers import Integral, Real
from typing import NamedTuple

import numpy as np
import torch
from torch import Generator, nn, randperm, tensor
from torch.nn.utils import parametrizations

from skmia.utils._random import draw_seeds

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh}


class Perceptron(nn.Sequential):
    """Linear layers with activations between them; the last one is linear."""


class Regularized(nn.Sequential):
    """The layers of a perceptron in training, with what regularizes them."""


class Dropout(nn.Module):
    """Dropout whose draws come from a generator of ours, in training only."""

    def __init__(self, p, generator):
        super().__init__()
        self.p, self.generator = p, generator

    def forward(self, x):
        """Units, each left out with probability p, the others made up for it."""
        if not self.training:
            return x
        drawn = torch.rand(x.shape, generator=self.generator).to(x.device)
        return x * (drawn >= self.p) / (1 - self.p)


def torch_generator(rng):
    """Generator of torch with a seed drawn from a RandomState."""
    generator = Generator()
    generator.manual_seed(draw_seeds(rng))
    return generator


def perceptron(widths, activation, generator):
    """Network through layers of these widths; the last one is linear."""
    layers = []
    for n_in, n_out in pairwise(widths):
        layers += [_linear(n_in, n_out, generator), ACTIVATIONS[activation]()]
    return Perceptron(*layers[:-1])


def regularized(network, noise, *, dropout=0.0, input_dropout=0.0, weight_norm=False):
    """The layers of a perceptron, trained with dropout and weight normalization.

    Parameters
    ----------
    network : Perceptron
        Its layers are taken over, and normalized in place.
    noise : torch.Generator
        For dropout.
    dropout, input_dropout : float
        Share of the hidden units, and of the features, that is left out of each step.
    weight_norm : bool
        Learn length and direction of each unit's weights apart.

    Returns
    -------
    network : Perceptron or Regularized
        The same one where there is nothing to do.
    """
    if not (dropout or input_dropout or weight_norm):
        return network
    layers = [Dropout(input_dropout, noise)] if input_dropout else []
    for layer in network:
        layers.append(layer)
        if weight_norm and isinstance(layer, nn.Linear):
            parametrizations.weight_norm(layer)
        elif dropout and not isinstance(layer, nn.Linear):
            layers.append(Dropout(dropout, noise))
    return Regularized(*layers)


def plain(network):
    """A perceptron as it answers, whatever it was trained with; others as they are."""
    return Layers.of(network).network() if isinstance(network, Regularized) else network


def check_layers(
    owner,
    *,
    hidden_units=(128,),
    activation="relu",
    dropout=0.0,
    input_dropout=0.0,
    weight_norm=False,
):
    """The arguments of a perceptron, if they are such.

    Returns
    -------
    hidden_units : sequence of int
    activation : str
    options : dict
        Of :func:`regularized`.
    """
    name = type(owner).__name__
    units = hidden_units if np.ndim(hidden_units) == 1 else [None]
    if not all(isinstance(n, Integral) and n >= 1 for n in units):
        raise ValueError(
            f"The 'hidden_units' parameter of {name} must be a sequence of ints "
            f">= 1. Got {hidden_units!r} instead."
        )
    if activation not in ACTIVATIONS:
        raise ValueError(
            f"The 'activation' parameter of {name} must be one of "
            f"{sorted(ACTIVATIONS)}. Got {activation!r} instead."
        )
    options = {"dropout": dropout, "input_dropout": input_dropout}
    for option, value in options.items():
        if not (isinstance(value, Real) and 0 <= value < 1):
            raise ValueError(
                f"The '{option}' parameter of {name} must be a float in the range "
                f"[0.0, 1.0). Got {value!r} instead."
            )
    return hidden_units, activation, options | {"weight_norm": bool(weight_norm)}


class Layers(NamedTuple):
    """A network as arrays and words."""

    activation: str | None
    weights: list
    biases: list

    @classmethod
    def of(cls, network):
        """The layers of a network that :func:`perceptron` made."""
        linear = [layer for layer in network if isinstance(layer, nn.Linear)]
        kinds = {kind: name for name, kind in ACTIVATIONS.items()}
        between = [type(layer) for layer in network if type(layer) in kinds]
        activation = kinds[between[0]] if between else None
        parameters = ((layer.weight, layer.bias) for layer in linear)
        arrays = [[part.detach().cpu().numpy() for part in pair] for pair in parameters]
        return cls(activation, *map(list, zip(*arrays, strict=True)))

    def network(self):
        """The same network once more."""
        layers = []
        for weight, bias in zip(self.weights, self.biases, strict=True):
            linear = nn.utils.skip_init(nn.Linear, *weight.shape[::-1])
            linear.load_state_dict({"weight": tensor(weight), "bias": tensor(bias)})
            layers += [linear, ACTIVATIONS.get(self.activation, nn.Identity)()]
        return Perceptron(*layers[:-1])


def _linear(n_in, n_out, generator):
    """A linear layer with torch's initial distribution, drawn from our generator."""
    layer = nn.utils.skip_init(nn.Linear, n_in, n_out)
    bound = n_in**-0.5
    for parameter in layer.parameters():
        nn.init.uniform_(parameter, -bound, bound, generator=generator)
    return layer


def shuffled_batches(X, codes, batch_size, generator):
    """All records once, in minibatches of a new order.

    A DataLoader fetches record by record and collates them again, which costs about
    half as much as training a small network.
    """
    order = randperm(len(X), generator=generator).to(X.device)
    for rows in order.split(batch_size):
        yield X[rows], codes[rows]
