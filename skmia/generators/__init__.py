"""Records of the adversary's own: what shadow models are trained on without data."""

from skmia.generators._active import ActiveLearningGenerator
from skmia.generators._combined import CombinedGenerator
from skmia.generators._density import DensityGenerator
from skmia.generators._fidelity import ShadowFidelity, shadow_fidelity
from skmia.generators._hill_climbing import QueryGenerator
from skmia.generators._noisy_records import NoisyRecords
from skmia.generators._other_records import OtherRecords
from skmia.generators._probe import ApiReport, probe
from skmia.generators._region import RegionGenerator
from skmia.generators._schema import FeatureSchema
from skmia.generators._statistics import StatisticsGenerator

__all__ = [
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
]
