"""Published attacks on the distance of a record to the boundary of its class."""

from skmia.attacks.evidence import AdversarialDistance, BoundaryDistance, Signals
from skmia.attacks.models._population import PopulationAttack
from skmia.attacks.models._threshold import ThresholdAttack

_CHOQUETTE = "C. A. Choquette-Choo et al., ICML 2021"
_HU = "H. Hu et al., ACM Computing Surveys 2022"
_LI = "Z. Li, Y. Zhang, ACM CCS 2021"


def published():
    """Name, evidence, attack model, what that is fitted on, and paper."""
    for name, signal in (
        ("boundary-l2", "boundary_distance"),
        ("boundary-linf", "boundary_distance_inf"),
    ):
        threshold = ThresholdAttack(signal, direction="higher")
        paper = f"{_CHOQUETTE}; {_LI}"
        yield name, BoundaryDistance([signal]), threshold, "shadows", paper
    population = PopulationAttack("boundary_distance", direction="higher", fpr=0.5)
    distance = Signals(["boundary_distance"])
    yield "boundary-random-records", distance, population, "random-records", _LI
    nearest = ThresholdAttack("pgd_distance", direction="higher")
    yield "pgd-distance", AdversarialDistance(), nearest, "shadows", _HU
