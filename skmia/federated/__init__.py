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
from skmia.federated._source_inference import SourceInferenceAttack
from skmia.federated._split import dirichlet_split

__all__ = [
    "Exchange",
    "FederatedDistillation",
    "Federation",
    "GradientAscent",
    "Hook",
    "InsiderAttack",
    "Isolation",
    "LooseFederation",
    "Message",
    "OwnerAccuracy",
    "SourceInferenceAttack",
    "dirichlet_split",
    "feature_coverage",
    "in_class_distance",
    "nonzero_features",
    "owner_accuracy",
]
