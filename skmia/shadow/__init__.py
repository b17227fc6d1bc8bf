"""What the adversary trains on, and trains: sampling designs, data, shadow models."""

from skmia.shadow._active import ActiveLearningGenerator
from skmia.shadow._combined import CombinedGenerator
from skmia.shadow._density import DensityGenerator
from skmia.shadow._distillation import DistilledTrajectory, distilled_observations
from skmia.shadow._fidelity import ShadowFidelity, shadow_fidelity
from skmia.shadow._hill_climbing import QueryGenerator
from skmia.shadow._noisy_records import NoisyRecords
from skmia.shadow._other_records import OtherRecords
from skmia.shadow._probe import ApiReport, probe
from skmia.shadow._region import RegionGenerator
from skmia.shadow._schema import FeatureSchema
from skmia.shadow._shadow_models import ShadowModels
from skmia.shadow._splitters import BalancedShuffleSplit, BootstrapSplit, DisjointSplit
from skmia.shadow._statistics import StatisticsGenerator
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
