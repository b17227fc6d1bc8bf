"""What the adversary trains on, and trains: sampling designs, data, shadow models."""

from skmia import generators
from skmia.generators import *  # noqa: F403 - the path that they had
from skmia.shadow._distillation import DistilledTrajectory, distilled_observations
from skmia.shadow._shadow_models import ShadowModels
from skmia.shadow._splitters import BalancedShuffleSplit, BootstrapSplit, DisjointSplit
from skmia.shadow._watched_training import training_observations
from skmia.shadow.surgery._other_side import other_side

__all__ = [
    "BalancedShuffleSplit",
    "BootstrapSplit",
    "DisjointSplit",
    "DistilledTrajectory",
    "ShadowModels",
    "distilled_observations",
    "other_side",
    "training_observations",
]
__all__ += generators.__all__
__all__.sort()
