"""Several networks of one shape that take each step of their training as one."""

from itertools import accumulate, pairwise

import torch


def _through_relu(gradient, output):
    return gradient.mul_(output.sign())


def _through_tanh(gradient, output):
    return gradient.sub_(gradient * output.square())


# An activation, and its gradient, which its output tells; both in place.
_ACTIVATIONS = {
    "relu": (torch.relu_, _through_relu),
    "tanh": (torch.tanh_, _through_tanh),
}


class Stack:
    """Networks of one shape, each with records of its own, trained by Adam.

    Autograd, and an optimizer that looks at every parameter, cost more than the
    arithmetic of a small network. Here the gradient of the cross-entropy is written
    out, and all parameters are one vector, which Adam moves by one call. Networks do
    not see each other: each is the one that would be trained alone, up to rounding.

    Parameters
    ----------
    networks : list of torch.nn.Sequential
        Made by ``perceptron``, on one device; left as they are.
    activation : {"relu", "tanh"}
        What is between their layers.
    learning_rate, weight_decay : float
        Of Adam.
    """

    def __init__(self, networks, activation, *, learning_rate, weight_decay):
        alike = zip(*(network.parameters() for network in networks), strict=True)
        with torch.no_grad():
            stacked = [torch.stack(parameters) for parameters in alike]
            values = torch.cat([parameters.ravel() for parameters in stacked])
        values.grad = torch.empty_like(values)
        shapes = [parameters.shape for parameters in stacked]
        self._parameters = _slices(values, shapes)
        self._layers = _by_layer(self._parameters)
        self._gradients = _by_layer(_slices(values.grad, shapes))
        self._activate, self._through = _ACTIVATIONS[activation]
        self._optimizer = torch.optim.Adam(
            [values], lr=learning_rate, weight_decay=weight_decay, fused=True
        )

    @torch.no_grad()
    def step(self, X, codes):
        """Take a step, every network with its own minibatch.

        Parameters
        ----------
        X : tensor of shape (n_networks, n_records, n_features)
        codes : tensor of int of shape (n_networks, n_records)
            Which output is the true class.
        """
        inputs, logits = self._forward(X)
        self._backward(inputs, _gradient_of_loss(logits, codes))
        self._optimizer.step()

    @torch.no_grad()
    def unload(self, networks):
        """Write the parameters into networks, in the order of those that came."""
        for place, network in enumerate(networks):
            own = zip(network.parameters(), self._parameters, strict=True)
            for parameter, stacked in own:
                parameter.copy_(stacked[place])

    def _forward(self, X):
        """What each layer is given, and what the last one answers."""
        inputs = []
        for weight, bias in self._layers:
            if inputs:
                X = self._activate(X)
            inputs.append(X)
            X = torch.baddbmm(bias, X, weight.mT)
        return inputs, X

    def _backward(self, inputs, gradient):
        """Fill the gradients, from that of the logits."""
        for place in reversed(range(len(inputs))):
            X, (weight, _) = inputs[place], self._layers[place]
            of_weight, of_bias = self._gradients[place]
            torch.bmm(gradient.mT, X, out=of_weight)
            torch.sum(gradient, 1, keepdim=True, out=of_bias)
            if place:
                gradient = self._through(torch.bmm(gradient, weight), X)


def _gradient_of_loss(logits, codes):
    """Gradient of the mean cross-entropy of each network, by its logits."""
    gradient = logits.softmax(dim=2)
    gradient.scatter_(2, codes[..., None], -1, reduce="add")
    return gradient.div_(codes.shape[1])


def _slices(vector, shapes):
    """Parts of a vector, one after the other, in these shapes."""
    ends = accumulate((shape.numel() for shape in shapes), initial=0)
    parts = zip(pairwise(ends), shapes, strict=True)
    return [vector[begin:end].view(shape) for (begin, end), shape in parts]


def _by_layer(parameters):
    """Pairs of weights and biases, the biases as rows."""
    weights, biases = parameters[::2], parameters[1::2]
    rows = [bias.unsqueeze(1) for bias in biases]
    return list(zip(weights, rows, strict=True))
