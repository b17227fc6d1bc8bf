"""A network that is hardened against adversarial examples, rounded, or pruned."""

import torch
from skorch import NeuralNetClassifier
from torch import nn
from torch.nn.utils import prune

# Epochs after which a network is pruned, as a part of all; the others train it on.
PRUNED_AFTER = 0.6


class Perceptron(nn.Sequential):
    """One hidden layer of 256 units before ten classes."""

    def __init__(self, n_features):
        super().__init__(nn.Linear(n_features, 256), nn.ReLU(), nn.Linear(256, 10))


class RobustNet(NeuralNetClassifier):
    """A skorch net with one way more to train it, or to store it.

    Parameters
    ----------
    *args, **kwargs
        As for skorch's ``NeuralNetClassifier``.
    epsilon : float, default=0
        Radius of the examples that it is trained on, in the largest norm (Madry et
        al., ICLR 2018); 0 trains it on the records.
    n_bits : int, default=None
        Bits of each weight after training: layers are rounded to so many levels.
    sparsity : float, default=0
        Part of the weights of each layer that is set to 0, and stays there.
    """

    def __init__(self, *args, epsilon=0.0, n_bits=None, sparsity=0.0, **kwargs):
        super().__init__(*args, **kwargs)
        self.epsilon = epsilon
        self.n_bits = n_bits
        self.sparsity = sparsity

    def train_step_single(self, batch, **fit_params):
        X, y = batch
        if self.epsilon:
            X = adversarial(self.module_, X, y, self.epsilon)
        return super().train_step_single((X, y), **fit_params)

    def on_epoch_begin(self, net, **kwargs):
        super().on_epoch_begin(net, **kwargs)
        now = len(self.history) - 1 == int(PRUNED_AFTER * self.max_epochs)
        if self.sparsity and now:
            for layer in _layers(self.module_):
                prune.l1_unstructured(layer, "weight", self.sparsity)

    def on_train_end(self, net, **kwargs):
        super().on_train_end(net, **kwargs)
        for layer in _layers(self.module_):
            if self.sparsity:
                prune.remove(layer, "weight")
            if self.n_bits is not None:
                layer.weight.data = rounded(layer.weight.data, self.n_bits)


def adversarial(module, X, y, epsilon, n_steps=5):
    """Examples within `epsilon` of records in [0, 1], by projected gradients."""
    moved = X.detach().clone()
    for _ in range(n_steps):
        moved.requires_grad_()
        loss = nn.functional.cross_entropy(module(moved), y)
        (slope,) = torch.autograd.grad(loss, moved)
        moved = moved.detach() + 2.5 * epsilon / n_steps * slope.sign()
        moved = torch.clamp(moved, X - epsilon, X + epsilon).clamp(0, 1)
    return moved.detach()


def rounded(weights, n_bits):
    """Weights as multiples of one step, `2**n_bits - 1` of them around 0."""
    largest = 2 ** (n_bits - 1) - 1
    step = weights.abs().max() / largest
    return (weights / step).round() * step


def _layers(module):
    return [layer for layer in module.modules() if isinstance(layer, nn.Linear)]
