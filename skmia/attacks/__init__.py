"""Attacks: binary classifiers on observations, 1 = member, higher = member."""

from skmia.attacks._average_loss import AverageLossAttack
from skmia.attacks._bayes_optimal import BayesOptimalAttack
from skmia.attacks._blind import BlindAttack
from skmia.attacks._bounded_loss import BoundedLossAttack
from skmia.attacks._calibrated import CalibratedAttack, MidpointAttack
from skmia.attacks._catalogue import (
    attack_needs,
    get_attack,
    get_attack_names,
    make_attack,
    register_attack,
)
from skmia.attacks._classwise import ClasswiseAttack
from skmia.attacks._ensemble import AttackEnsemble
from skmia.attacks._gaussian_error import (
    gaussian_error_advantage,
    gaussian_error_threshold,
)
from skmia.attacks._group import group_observations, group_scores
from skmia.attacks._hypothesis import (
    HypothesisTestAttack,
    combine_pvalues_kost,
    select_vulnerable,
)
from skmia.attacks._leave_one_out import leave_one_out_likelihood_ratio
from skmia.attacks._likelihood_ratio import LikelihoodRatioAttack
from skmia.attacks._morgan import MorganAttack
from skmia.attacks._population import PopulationAttack
from skmia.attacks._privacy_risk import PrivacyRiskAttack
from skmia.attacks._quantile_regression import QuantileRegressionAttack
from skmia.attacks._random_records import random_records
from skmia.attacks._recipe import AttackRecipe
from skmia.attacks._reference_quantile import ReferenceQuantileAttack
from skmia.attacks._relative import RelativeAttack, relative_score
from skmia.attacks._run import lacks, run
from skmia.attacks._set_test import set_membership_test
from skmia.attacks._threshold import ThresholdAttack
from skmia.attacks._trajectory_summary import TrajectorySummary

__all__ = [
    "AttackEnsemble",
    "AttackRecipe",
    "AverageLossAttack",
    "BayesOptimalAttack",
    "BlindAttack",
    "BoundedLossAttack",
    "CalibratedAttack",
    "ClasswiseAttack",
    "HypothesisTestAttack",
    "LikelihoodRatioAttack",
    "MidpointAttack",
    "MorganAttack",
    "PopulationAttack",
    "PrivacyRiskAttack",
    "QuantileRegressionAttack",
    "ReferenceQuantileAttack",
    "RelativeAttack",
    "ThresholdAttack",
    "TrajectorySummary",
    "attack_needs",
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
