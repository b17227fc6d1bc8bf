"""Defenses: classifiers that wrap a classifier and release less of its answers."""

from skmia.defenses._label_only import LabelOnly
from skmia.defenses._rounded import RoundedPosterior
from skmia.defenses._top_k import TopKPosterior

__all__ = ["LabelOnly", "RoundedPosterior", "TopKPosterior"]
