"""What the adversary trains on, and trains: sampling designs and shadow models."""

from skmia.shadow._shadow_models import ShadowModels
from skmia.shadow._splitters import BalancedShuffleSplit, BootstrapSplit, DisjointSplit

__all__ = ["BalancedShuffleSplit", "BootstrapSplit", "DisjointSplit", "ShadowModels"]
