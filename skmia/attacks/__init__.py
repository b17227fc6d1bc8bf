"""Attacks: binary classifiers on observations, 1 = member, higher = member."""

from skmia.attacks._classwise import ClasswiseAttack
from skmia.attacks._threshold import ThresholdAttack

__all__ = ["ClasswiseAttack", "ThresholdAttack"]
