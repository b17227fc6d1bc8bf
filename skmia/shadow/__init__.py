"""What the adversary trains on, and trains: sampling designs, data, shadow models."""

from skmia.generators import (
    ActiveLearningGenerator,
    ApiReport,
    CombinedGenerator,
    DensityGenerator,
    FeatureSchema,
    NoisyRecords,
    OtherRecords,
    QueryGenerator,
    RegionGenerator,
    ShadowFidelity,
    StatisticsGenerator,
    probe,
    shadow_fidelity,
)
from skmia.shadow._distillation import DistilledTrajectory, distilled_observations
from skmia.shadow._shadow_models import ShadowModels
from skmia.shadow._splitters import BalancedShuffleSplit, BootstrapSplit, DisjointSplit
from skmia.shadow._watched_training import training_observations

__all__ = [
    "ActiveLearningGenerator",
    "ApiReport",
    "BalancedShuffleSplit",
    "BootstrapSplit",
    "CombinedGenerator",
    "DensityGenerator",
    "DisjointSplit",
    "DistilledTrajectory",
    "FeatureSchema",
    "NoisyRecords",
    "OtherRecords",
    "QueryGenerator",
    "RegionGenerator",
    "ShadowFidelity",
    "ShadowModels",
    "StatisticsGenerator",
    "distilled_observations",
    "probe",
    "shadow_fidelity",
    "training_observations",
]
