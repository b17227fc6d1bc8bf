"""Defenses: models that wrap a classifier or a regressor and give less away."""

from skmia.defenses._defended_by import Release, defended_by
from skmia.defenses.distillation._cross_distilled import CrossDistilledClassifier
from skmia.defenses.distillation._cross_distilled_regressor import (
    CrossDistilledRegressor,
)
from skmia.defenses.distillation._distilled import DistilledClassifier
from skmia.defenses.distillation._distilled_regressor import DistilledRegressor
from skmia.defenses.distillation._selena import SelenaClassifier
from skmia.defenses.distillation._split_ai import SplitAIClassifier
from skmia.defenses.distillation._surrogate import SurrogateDataClassifier
from skmia.defenses.networks._pruned_mlp import PrunedMLPClassifier
from skmia.defenses.outputs._clipped_prediction import ClippedPrediction
from skmia.defenses.outputs._label_only import LabelOnly
from skmia.defenses.outputs._mem_guard import MemGuard
from skmia.defenses.outputs._noisy import NoisyPosterior
from skmia.defenses.outputs._noisy_prediction import NoisyPrediction
from skmia.defenses.outputs._purified import PurifiedPosterior
from skmia.defenses.outputs._random_scores import RandomScorePosterior
from skmia.defenses.outputs._reverse_sigmoid import ReverseSigmoidPosterior
from skmia.defenses.outputs._rounded import RoundedPosterior
from skmia.defenses.outputs._rounded_prediction import RoundedPrediction
from skmia.defenses.outputs._temperature import TemperaturePosterior
from skmia.defenses.outputs._top_k import TopKPosterior
from skmia.defenses.private._bounded_scaler import BoundedScaler
from skmia.defenses.private._declared_one_hot import DeclaredOneHotEncoder
from skmia.defenses.private._local_dp import LocalDPClassifier
from skmia.defenses.private._pate import PateClassifier
from skmia.defenses.private._privacy_accountant import PrivacyAccountant
from skmia.defenses.private._private_forest import PrivateForestClassifier
from skmia.defenses.private._private_gaussian_mixture import PrivateGaussianMixture
from skmia.defenses.private._private_histogram import PrivateHistogram
from skmia.defenses.private._private_linear import PrivateLinearRegression
from skmia.defenses.private._private_logistic import PrivateLogisticRegression
from skmia.defenses.private._private_logits import PrivateLogits
from skmia.defenses.private._private_naive_bayes import PrivateGaussianNB
from skmia.defenses.private._private_pca import PrivatePCA
from skmia.defenses.private._private_standard_scaler import PrivateStandardScaler
from skmia.defenses.queries._adaptive_guard import AdaptiveGuard
from skmia.defenses.queries._query_budget import QueryBudget
from skmia.defenses.queries._query_limit import QueryLimit
from skmia.defenses.records._anonymized import AnonymizedClassifier
from skmia.defenses.records._mondrian import MondrianAnonymizer
from skmia.defenses.records._tree_anonymizer import TreeAnonymizer
from skmia.defenses.training._augmented import AugmentedClassifier
from skmia.defenses.training._disjoint_stacking import DisjointStackingClassifier
from skmia.defenses.training._early_stopped import EarlyStoppedClassifier
from skmia.defenses.training._feature_bagged import FeatureBaggedClassifier
from skmia.defenses.training._fit_controlled import FitControlledClassifier
from skmia.defenses.training._label_smoothed import LabelSmoothedClassifier
from skmia.defenses.training._mixup import MixupClassifier
from skmia.defenses.training._obfuscated import ObfuscatedClassifier
from skmia.defenses.training._partitioned import PartitionedGenerator
from skmia.defenses.training._penalized import PenalizedClassifier
from skmia.defenses.training._penalized_regressor import PenalizedRegressor
from skmia.defenses.training._sisa import SisaClassifier
from skmia.defenses.training._sisa_regressor import SisaRegressor

__all__ = [
    "AdaptiveGuard",
    "AnonymizedClassifier",
    "AugmentedClassifier",
    "BoundedScaler",
    "ClippedPrediction",
    "CrossDistilledClassifier",
    "CrossDistilledRegressor",
    "DeclaredOneHotEncoder",
    "DisjointStackingClassifier",
    "DistilledClassifier",
    "DistilledRegressor",
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
    "NoisyPrediction",
    "ObfuscatedClassifier",
    "PartitionedGenerator",
    "PateClassifier",
    "PenalizedClassifier",
    "PenalizedRegressor",
    "PrivacyAccountant",
    "PrivateForestClassifier",
    "PrivateGaussianMixture",
    "PrivateGaussianNB",
    "PrivateHistogram",
    "PrivateLinearRegression",
    "PrivateLogisticRegression",
    "PrivateLogits",
    "PrivatePCA",
    "PrivateStandardScaler",
    "PrunedMLPClassifier",
    "PurifiedPosterior",
    "QueryBudget",
    "QueryLimit",
    "RandomScorePosterior",
    "Release",
    "ReverseSigmoidPosterior",
    "RoundedPosterior",
    "RoundedPrediction",
    "SelenaClassifier",
    "SisaClassifier",
    "SisaRegressor",
    "SplitAIClassifier",
    "SurrogateDataClassifier",
    "TemperaturePosterior",
    "TopKPosterior",
    "TreeAnonymizer",
    "defended_by",
]
