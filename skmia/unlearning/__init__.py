"""Whether a model has forgotten records, and what its two versions give away."""

from skmia.unlearning._change_features import change_features
from skmia.unlearning._deletion_leak import deletion_leak
from skmia.unlearning._display import UnlearningDisplay
from skmia.unlearning._report import UnlearningReport
from skmia.unlearning._verify import verify_unlearning

__all__ = [
    "UnlearningDisplay",
    "UnlearningReport",
    "change_features",
    "deletion_leak",
    "verify_unlearning",
]
