"""What the adversary trains: sampling designs, shadow models, trajectories."""

from skmia.shadow._distillation import DistilledTrajectory, distilled_observations
from skmia.shadow._shadow_models import ShadowModels
from skmia.shadow._splitters import BalancedShuffleSplit, BootstrapSplit, DisjointSplit
from skmia.shadow._watched_training import training_observations
from skmia.shadow.surgery._other_side import other_side
from skmia.utils._deprecation import former_names

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

# Makers of shadow data had their path here.
_GENERATORS = (
    "ActiveLearningGenerator",
    "ApiReport",
    "CombinedGenerator",
    "DensityGenerator",
    "FeatureSchema",
    "NoisyRecords",
    "OtherRecords",
    "QueryGenerator",
    "RegionGenerator",
    "ShadowFidelity",
    "StatisticsGenerator",
    "probe",
    "shadow_fidelity",
)

__getattr__ = former_names(
    __name__,
    {name: f"skmia.generators.{name}" for name in _GENERATORS},
    since="0.2",
    until="0.4",
)
