"""Defenses: classifiers that wrap a classifier and give less away."""

from skmia.defenses._adaptive_guard import AdaptiveGuard
from skmia.defenses._anonymized import AnonymizedClassifier
from skmia.defenses._augmented import AugmentedClassifier
from skmia.defenses._bounded_scaler import BoundedScaler
from skmia.defenses._cross_distilled import CrossDistilledClassifier
from skmia.defenses._declared_one_hot import DeclaredOneHotEncoder
from skmia.defenses._defended_by import Release, defended_by
from skmia.defenses._disjoint_stacking import DisjointStackingClassifier
from skmia.defenses._distilled import DistilledClassifier
from skmia.defenses._early_stopped import EarlyStoppedClassifier
from skmia.defenses._feature_bagged import FeatureBaggedClassifier
from skmia.defenses._fit_controlled import FitControlledClassifier
from skmia.defenses._label_only import LabelOnly
from skmia.defenses._label_smoothed import LabelSmoothedClassifier
from skmia.defenses._local_dp import LocalDPClassifier
from skmia.defenses._mem_guard import MemGuard
from skmia.defenses._mixup import MixupClassifier
from skmia.defenses._mondrian import MondrianAnonymizer
from skmia.defenses._noisy import NoisyPosterior
from skmia.defenses._obfuscated import ObfuscatedClassifier
from skmia.defenses._pate import PateClassifier
from skmia.defenses._penalized import PenalizedClassifier
from skmia.defenses._privacy_accountant import PrivacyAccountant
from skmia.defenses._private_forest import PrivateForestClassifier
from skmia.defenses._private_logistic import PrivateLogisticRegression
from skmia.defenses._private_logits import PrivateLogits
from skmia.defenses._private_naive_bayes import PrivateGaussianNB
from skmia.defenses._private_pca import PrivatePCA
from skmia.defenses._private_standard_scaler import PrivateStandardScaler
from skmia.defenses._pruned_mlp import PrunedMLPClassifier
from skmia.defenses._purified import PurifiedPosterior
from skmia.defenses._query_budget import QueryBudget
from skmia.defenses._query_limit import QueryLimit
from skmia.defenses._reverse_sigmoid import ReverseSigmoidPosterior
from skmia.defenses._rounded import RoundedPosterior
from skmia.defenses._selena import SelenaClassifier
from skmia.defenses._split_ai import SplitAIClassifier
from skmia.defenses._surrogate import SurrogateDataClassifier
from skmia.defenses._temperature import TemperaturePosterior
from skmia.defenses._top_k import TopKPosterior
from skmia.defenses._tree_anonymizer import TreeAnonymizer

__all__ = [
    "AdaptiveGuard",
    "AnonymizedClassifier",
    "AugmentedClassifier",
    "BoundedScaler",
    "CrossDistilledClassifier",
    "DeclaredOneHotEncoder",
    "DisjointStackingClassifier",
    "DistilledClassifier",
    "EarlyStoppedClassifier",
    "FeatureBaggedClassifier",
    "FitControlledClassifier",
    "LabelOnly",
    "LabelSmoothedClassifier",
    "LocalDPClassifier",
    "MemGuard",
    "MixupClassifier",
    "MondrianAnonymizer",
    "NoisyPosterior",
    "ObfuscatedClassifier",
    "PateClassifier",
    "PenalizedClassifier",
    "PrivacyAccountant",
    "PrivateForestClassifier",
    "PrivateGaussianNB",
    "PrivateLogisticRegression",
    "PrivateLogits",
    "PrivatePCA",
    "PrivateStandardScaler",
    "PrunedMLPClassifier",
    "PurifiedPosterior",
    "QueryBudget",
    "QueryLimit",
    "Release",
    "ReverseSigmoidPosterior",
    "RoundedPosterior",
    "SelenaClassifier",
    "SplitAIClassifier",
    "SurrogateDataClassifier",
    "TemperaturePosterior",
    "TopKPosterior",
    "TreeAnonymizer",
    "defended_by",
]
