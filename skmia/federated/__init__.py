"""Federations of parties that share answers, and the insiders who see each of them."""

from skmia.federated._distance import in_class_distance
from skmia.federated._federation import LooseFederation
from skmia.federated._insider import InsiderAttack

__all__ = ["InsiderAttack", "LooseFederation", "in_class_distance"]
