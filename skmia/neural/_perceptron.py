"""Networks and minibatches, made with generators of our own.

Not with torch's global one: fits in other threads neither disturb a fit nor see it.
"""

from itertools import pairwise
from typing import NamedTuple

from torch import Generator, nn, randperm, tensor

from skmia.utils._random import draw_seeds

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh}


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
    return nn.Sequential(*layers[:-1])


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
        activation = kinds[type(network[1])] if len(linear) > 1 else None
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
        return nn.Sequential(*layers[:-1])


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
