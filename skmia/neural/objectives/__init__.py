"""Objectives: what a network of :mod:`skmia.neural` is trained to do."""

from skmia.neural.objectives._adversarial_regularization import (
    AdversarialRegularization,
)
from skmia.neural.objectives._adversarial_training import AdversarialTraining
from skmia.neural.objectives._base import Objective
from skmia.neural.objectives._confidence_penalty import ConfidencePenalty
from skmia.neural.objectives._cross_entropy import CrossEntropy
from skmia.neural.objectives._dp_sgd import DPSGD
from skmia.neural.objectives._hamp_training import HAMPTraining
from skmia.neural.objectives._irm import IRM
from skmia.neural.objectives._mixup import Mixup
from skmia.neural.objectives._mixup_mmd import MixupMMD
from skmia.neural.objectives._pruning import Pruning
from skmia.neural.objectives._quantization import Quantization
from skmia.neural.objectives._relax_loss import RelaxLoss
from skmia.neural.objectives._sgld import SGLD

__all__ = [
    "DPSGD",
    "IRM",
    "SGLD",
    "AdversarialRegularization",
    "AdversarialTraining",
    "ConfidencePenalty",
    "CrossEntropy",
    "HAMPTraining",
    "Mixup",
    "MixupMMD",
    "Objective",
    "Pruning",
    "Quantization",
    "RelaxLoss",
]
