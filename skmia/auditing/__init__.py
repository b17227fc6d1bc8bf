"""The owner's audit and its report."""

from skmia.auditing._attribute_leak import attribute_leak
from skmia.auditing._audit import audit
from skmia.auditing._audit_cv import audit_cv
from skmia.auditing._audit_predictions import audit_predictions
from skmia.auditing._audit_synthetic import audit_synthetic
from skmia.auditing._before_after import BeforeAfterDisplay
from skmia.auditing._calibrate import calibrate
from skmia.auditing._cost import Cost, estimate_cost
from skmia.auditing._dataset_inference import DatasetInference, dataset_inference
from skmia.auditing._group_risk import GroupRiskDisplay
from skmia.auditing._plan import plan_audit
from skmia.auditing._plots import LogRocDisplay
from skmia.auditing._record_risk import record_risk
from skmia.auditing._report import AuditReport
from skmia.auditing._score_histogram import ScoreHistogramDisplay
from skmia.auditing._suggest_defenses import suggest_defenses
from skmia.auditing.structural._result import StructuralRisks
from skmia.auditing.structural._structural_risks import structural_risks
from skmia.reporting._decision import Decision
from skmia.reporting._judge import judge
from skmia.reporting._policy import Policy
from skmia.reporting._saved_report import SavedReport

__all__ = [
    "AuditReport",
    "BeforeAfterDisplay",
    "Cost",
    "DatasetInference",
    "Decision",
    "GroupRiskDisplay",
    "LogRocDisplay",
    "Policy",
    "SavedReport",
    "ScoreHistogramDisplay",
    "StructuralRisks",
    "attribute_leak",
    "audit",
    "audit_cv",
    "audit_predictions",
    "audit_synthetic",
    "calibrate",
    "dataset_inference",
    "estimate_cost",
    "judge",
    "plan_audit",
    "record_risk",
    "structural_risks",
    "suggest_defenses",
]
