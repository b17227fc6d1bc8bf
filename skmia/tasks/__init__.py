"""Targets of other tasks than to classify a record: what is attacked, and how."""

from skmia.tasks._fair_classifier import FairClassifier
from skmia.tasks._transfer_activations import HiddenActivations
from skmia.tasks._transfer_student import TaughtStudent

__all__ = ["FairClassifier", "HiddenActivations", "TaughtStudent"]
