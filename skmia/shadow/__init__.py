"""What the adversary trains on, and trains: sampling designs, data, shadow models."""

from skmia import generators
from skmia.generators import *  # noqa: F403 - the path that they had
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
__all__ += generators.__all__
__all__.sort()
