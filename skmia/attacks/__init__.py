"""Attacks: binary classifiers on observations, 1 = member, higher = member."""

from skmia.attacks._catalogue import (
    attack_needs,  # noqa: F401 - deprecated
    get_attack,
    get_attack_names,
    make_attack,
    register_attack,
)
from skmia.attacks._random_records import random_records
from skmia.attacks._recipe import AttackRecipe
from skmia.attacks._run import lacks, run
from skmia.attacks.models._average_loss import AverageLossAttack
from skmia.attacks.models._bayes_optimal import BayesOptimalAttack
from skmia.attacks.models._blind import BlindAttack
from skmia.attacks.models._bounded_loss import BoundedLossAttack
from skmia.attacks.models._calibrated import CalibratedAttack, MidpointAttack
from skmia.attacks.models._classwise import ClasswiseAttack
from skmia.attacks.models._clusters import ClusterAttack
from skmia.attacks.models._combined_pvalues import combine_pvalues_kost
from skmia.attacks.models._density_ratio import DensityRatioAttack
from skmia.attacks.models._ensemble import AttackEnsemble
from skmia.attacks.models._gaussian_error import GaussianErrorAttack
from skmia.attacks.models._hypothesis import HypothesisTestAttack
from skmia.attacks.models._indirect_test import IndirectTestAttack
from skmia.attacks.models._label_ratio import LabelRatioAttack
from skmia.attacks.models._leave_one_out import leave_one_out_likelihood_ratio
from skmia.attacks.models._likelihood_ratio import LikelihoodRatioAttack
from skmia.attacks.models._morgan import MorganAttack
from skmia.attacks.models._population import PopulationAttack
from skmia.attacks.models._privacy_risk import PrivacyRiskAttack
from skmia.attacks.models._quantile_regression import QuantileRegressionAttack
from skmia.attacks.models._reference_quantile import ReferenceQuantileAttack
from skmia.attacks.models._relative import RelativeAttack, relative_score
from skmia.attacks.models._residual_likelihood_ratio import (
    ResidualLikelihoodRatioAttack,
)
from skmia.attacks.models._residual_relative import ResidualRelativeAttack
from skmia.attacks.models._score_likelihood_ratio import ScoreLikelihoodRatioAttack
from skmia.attacks.models._score_relative import ScoreRelativeAttack
from skmia.attacks.models._selective import SelectiveAttack
from skmia.attacks.models._threshold import ThresholdAttack
from skmia.attacks.models._trajectory_summary import TrajectorySummary
from skmia.attacks.models._vulnerable import select_vulnerable
from skmia.attacks.statistics._gaussian_error import (
    gaussian_error_advantage,
    gaussian_error_threshold,
)
from skmia.attacks.statistics._group import group_observations, group_scores
from skmia.attacks.statistics._set_test import set_membership_test

__all__ = [
    "AttackEnsemble",
    "AttackRecipe",
    "AverageLossAttack",
    "BayesOptimalAttack",
    "BlindAttack",
    "BoundedLossAttack",
    "CalibratedAttack",
    "ClasswiseAttack",
    "ClusterAttack",
    "DensityRatioAttack",
    "GaussianErrorAttack",
    "HypothesisTestAttack",
    "IndirectTestAttack",
    "LabelRatioAttack",
    "LikelihoodRatioAttack",
    "MidpointAttack",
    "MorganAttack",
    "PopulationAttack",
    "PrivacyRiskAttack",
    "QuantileRegressionAttack",
    "ReferenceQuantileAttack",
    "RelativeAttack",
    "ResidualLikelihoodRatioAttack",
    "ResidualRelativeAttack",
    "ScoreLikelihoodRatioAttack",
    "ScoreRelativeAttack",
    "SelectiveAttack",
    "ThresholdAttack",
    "TrajectorySummary",
    "combine_pvalues_kost",
    "gaussian_error_advantage",
    "gaussian_error_threshold",
    "get_attack",
    "get_attack_names",
    "group_observations",
    "group_scores",
    "lacks",
    "leave_one_out_likelihood_ratio",
    "make_attack",
    "random_records",
    "register_attack",
    "relative_score",
    "run",
    "select_vulnerable",
    "set_membership_test",
]
