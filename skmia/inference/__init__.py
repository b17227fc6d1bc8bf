"""What follows membership: attributes, canaries, single records, aggregates."""

from skmia.inference._aggregate_membership import AggregateMembership
from skmia.inference._attribute_inference import attribute_inference
from skmia.inference._attribute_report import AttributeInference
from skmia.inference._canary_exposure import CanaryExposure, canary_exposure
from skmia.inference._draw_aggregates import draw_aggregates
from skmia.inference._exposure import exposure
from skmia.inference._insert_canaries import InsertedCanaries, insert_canaries
from skmia.inference._location_membership import location_membership_test
from skmia.inference._mean_membership import mean_membership_test
from skmia.inference._training_privacy import differential_training_privacy
from skmia.utils._deprecation import former_names

__all__ = [
    "AggregateMembership",
    "AttributeInference",
    "CanaryExposure",
    "InsertedCanaries",
    "attribute_inference",
    "canary_exposure",
    "differential_training_privacy",
    "draw_aggregates",
    "exposure",
    "insert_canaries",
    "location_membership_test",
    "mean_membership_test",
]

# A protocol of games has that name.
__getattr__ = former_names(
    __name__,
    {"Canaries": "skmia.inference.InsertedCanaries"},
    since="0.2",
    until="0.4",
)
