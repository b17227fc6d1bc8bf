"""Classifiers around our perceptron, with its layers among their own parameters."""

from __future__ import annotations

from typing import Any

from skmia.neural._classifier_base import ClassifierNet
from skmia.neural._perceptron import ACTIVATIONS, perceptron
from skmia.utils._sklearn import COUNT, NOT_NEGATIVE, POSITIVE, StrOptions


class PerceptronClassifier(ClassifierNet):
    """A classifier around our perceptron, whose layers are parameters of its own."""

    _parameter_constraints = {
        "hidden_units": ["array-like"],
        "activation": [StrOptions(set(ACTIVATIONS))],
        "max_epochs": [COUNT],
        "batch_size": [COUNT],
        "learning_rate": [POSITIVE],
        "weight_decay": [NOT_NEGATIVE],
        "device": [str],
        "random_state": ["random_state"],
    }

    @property
    def module_params(self) -> dict[str, Any]:  # type: ignore[override]  # of others
        """Arguments of the perceptron."""
        return {"hidden_units": self.hidden_units, "activation": self.activation}

    def _initial_network(self, n_classes, generator):
        widths = [self.n_features_in_, *self.hidden_units, n_classes]
        return perceptron(widths, self.activation, generator).to(self.device)
