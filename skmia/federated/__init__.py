"""Federations of parties that share answers or parameters, and their insiders."""

from skmia.federated._averaging import Federation
from skmia.federated._distance import in_class_distance
from skmia.federated._distillation import FederatedDistillation
from skmia.federated._exchange import Exchange
from skmia.federated._federation import LooseFederation
from skmia.federated._hooks import GradientAscent, Hook, Isolation, Message
from skmia.federated._insider import InsiderAttack
from skmia.federated._nonzero import feature_coverage, nonzero_features
from skmia.federated._owners import OwnerAccuracy, owner_accuracy
from skmia.federated._secure_aggregation import SecureAggregation
from skmia.federated._source_inference import SourceInferenceAttack
from skmia.federated._split import dirichlet_split
from skmia.federated._upload_hooks import NoisyUploads, SharedFeatures

__all__ = [
    "DPFedAvg",
    "Exchange",
    "FederatedDistillation",
    "Federation",
    "GradientAscent",
    "Hook",
    "InsiderAttack",
    "Isolation",
    "LooseFederation",
    "Message",
    "NoisyUploads",
    "OwnerAccuracy",
    "SecureAggregation",
    "SharedFeatures",
    "SourceInferenceAttack",
    "dirichlet_split",
    "feature_coverage",
    "in_class_distance",
    "nonzero_features",
    "owner_accuracy",
]


def __getattr__(name):
    # Loaded when it is asked for: attacks import this part, and need no guarantees.
    if name == "DPFedAvg":
        from skmia.federated._dp_fedavg import DPFedAvg

        return DPFedAvg
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
