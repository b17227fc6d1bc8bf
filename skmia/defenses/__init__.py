"""Defenses: classifiers that wrap a classifier and give less away."""

from skmia.defenses._defended_by import Release, defended_by
from skmia.defenses._label_only import LabelOnly
from skmia.defenses._rounded import RoundedPosterior
from skmia.defenses._top_k import TopKPosterior

__all__ = ["LabelOnly", "Release", "RoundedPosterior", "TopKPosterior", "defended_by"]
