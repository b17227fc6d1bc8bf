"""What the adversary trains on, and trains: sampling designs and shadow models."""

from skmia.shadow._distillation import DistilledTrajectory, distilled_observations
from skmia.shadow._shadow_models import ShadowModels
from skmia.shadow._splitters import BalancedShuffleSplit, BootstrapSplit, DisjointSplit
from skmia.shadow._watched_training import training_observations

__all__ = [
    "BalancedShuffleSplit",
    "BootstrapSplit",
    "DisjointSplit",
    "DistilledTrajectory",
    "ShadowModels",
    "distilled_observations",
    "training_observations",
]
