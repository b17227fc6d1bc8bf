"""Evidence: how a pair of a model and a record is seen, as a row of numbers."""

from skmia.attacks.evidence._active_rounds import ActiveRounds
from skmia.attacks.evidence._adversarial_distance import AdversarialDistance
from skmia.attacks.evidence._answer_time import AnswerTime
from skmia.attacks.evidence._asked_scores import AskedScores
from skmia.attacks.evidence._balanced_references import BalancedReferences
from skmia.attacks.evidence._base import Evidence
from skmia.attacks.evidence._boundary_distance import BoundaryDistance
from skmia.attacks.evidence._counterpart import Counterpart
from skmia.attacks.evidence._coverage import Coverage
from skmia.attacks.evidence._crafted import Crafted
from skmia.attacks.evidence._discriminator import Discriminator
from skmia.attacks.evidence._displacement import Displacement, FirstOrder
from skmia.attacks.evidence._distilled import Distilled
from skmia.attacks.evidence._indirect import Indirect
from skmia.attacks.evidence._internals import Internals
from skmia.attacks.evidence._latent_distance import LatentDistance
from skmia.attacks.evidence._layer_displacement import LayerDisplacement
from skmia.attacks.evidence._noise_robustness import NoiseRobustness
from skmia.attacks.evidence._out_of_bag import OutOfBag
from skmia.attacks.evidence._party_answers import PartyAnswers
from skmia.attacks.evidence._recommendation_shift import RecommendationShift
from skmia.attacks.evidence._references import References
from skmia.attacks.evidence._rounds import Rounds
from skmia.attacks.evidence._sampled import Sampled
from skmia.attacks.evidence._shared_scores import SharedScores
from skmia.attacks.evidence._signals import Signals, WithRecords
from skmia.attacks.evidence._surrogate import Surrogate
from skmia.attacks.evidence._update import Update
from skmia.attacks.evidence._with_coordinates import WithCoordinates
from skmia.attacks.evidence._with_frequency import WithFrequency
from skmia.attacks.evidence._with_selection import WithSelection

__all__ = [
    "ActiveRounds",
    "AdversarialDistance",
    "AnswerTime",
    "AskedScores",
    "BalancedReferences",
    "BoundaryDistance",
    "Counterpart",
    "Coverage",
    "Crafted",
    "Discriminator",
    "Displacement",
    "Distilled",
    "Evidence",
    "FirstOrder",
    "Indirect",
    "Internals",
    "LatentDistance",
    "LayerDisplacement",
    "NoiseRobustness",
    "OutOfBag",
    "PartyAnswers",
    "RecommendationShift",
    "References",
    "Rounds",
    "Sampled",
    "SharedScores",
    "Signals",
    "Surrogate",
    "Update",
    "WithCoordinates",
    "WithFrequency",
    "WithRecords",
    "WithSelection",
]
