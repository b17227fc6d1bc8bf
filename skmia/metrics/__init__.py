"""Metrics of membership attacks, with intervals that hold."""

from skmia.metrics._agreement import attack_agreement, attack_coverage, flag_at_fpr
from skmia.metrics._closest_records import dcr_share, hitting_rate, nndr
from skmia.metrics._disparity import disparate_vulnerability
from skmia.metrics._intervals import auc_interval, clopper_pearson, tpr_at_fpr_interval
from skmia.metrics._membership_posterior import membership_posterior
from skmia.metrics._near_members import NearMembers, near_members
from skmia.metrics._priors import gap_accuracy_at_prior, npv_at_prior, ppv_at_prior
from skmia.metrics._rates import (
    advantage_score,
    false_positive_rate,
    generalization_error,
)
from skmia.metrics._roc import tpr_at_fpr
from skmia.metrics._scorer import game_scorer
from skmia.metrics._summary import METRIC_NAMES, membership_metrics
from skmia.metrics.bounds._bounds import (
    max_accuracy,
    max_advantage,
    max_auc,
    max_precision,
    max_tpr,
)
from skmia.metrics.bounds._gaussian_bounds import (
    gdp_max_advantage,
    gdp_max_auc,
    gdp_max_tpr,
)
from skmia.metrics.bounds._table import guarantee_bounds
from skmia.metrics.descriptors._in_class import in_class_deviation
from skmia.metrics.descriptors._role_spread import role_spread
from skmia.metrics.epsilon._evidence import EpsilonEvidence
from skmia.metrics.epsilon._gaussian_one_run import (
    f_dp_one_run_epsilon,
    gaussian_one_run_epsilon,
)
from skmia.metrics.epsilon._lower_bound import (
    epsilon_ceiling,
    epsilon_evidence,
    epsilon_lower_bound,
)
from skmia.metrics.epsilon._one_run import one_run_epsilon
from skmia.metrics.epsilon._thresholds import (
    clopper_pearson_epsilon,
    threshold_epsilon,
)

__all__ = [
    "METRIC_NAMES",
    "EpsilonEvidence",
    "NearMembers",
    "advantage_score",
    "attack_agreement",
    "attack_coverage",
    "auc_interval",
    "clopper_pearson",
    "clopper_pearson_epsilon",
    "dcr_share",
    "disparate_vulnerability",
    "epsilon_ceiling",
    "epsilon_evidence",
    "epsilon_lower_bound",
    "f_dp_one_run_epsilon",
    "false_positive_rate",
    "flag_at_fpr",
    "game_scorer",
    "gap_accuracy_at_prior",
    "gaussian_one_run_epsilon",
    "gdp_max_advantage",
    "gdp_max_auc",
    "gdp_max_tpr",
    "generalization_error",
    "guarantee_bounds",
    "hitting_rate",
    "in_class_deviation",
    "max_accuracy",
    "max_advantage",
    "max_auc",
    "max_precision",
    "max_tpr",
    "membership_metrics",
    "membership_posterior",
    "near_members",
    "nndr",
    "npv_at_prior",
    "one_run_epsilon",
    "ppv_at_prior",
    "role_spread",
    "threshold_epsilon",
    "tpr_at_fpr",
    "tpr_at_fpr_interval",
]
