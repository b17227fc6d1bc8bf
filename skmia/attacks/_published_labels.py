"""Published attacks of who sees the predicted label only, and asks more than once."""

from sklearn.linear_model import LogisticRegression

from skmia.attacks.evidence import (
    BoundaryDistance,
    Crafted,
    NoiseRobustness,
    Sampled,
    Signals,
    Surrogate,
)
from skmia.attacks.models._population import PopulationAttack
from skmia.attacks.models._threshold import ThresholdAttack
from skmia.utils._threads import Boosting

_CHOQUETTE = "C. A. Choquette-Choo et al., ICML 2021"
_LI = "Z. Li, Y. Zhang, ACM CCS 2021"
_RAHIMIAN = "S. Rahimian et al., 2019"
_YOQO = "Y. Wu et al., ICLR 2024; here without gradients"


def published():
    """Name, evidence, attack model, what that is fitted on, and paper."""
    yield from _of_copies()
    yield from _of_distances()
    ratio = ThresholdAttack("label_ratio", direction="higher")
    for mode in ("online", "offline"):
        evidence = Crafted(online=mode == "online")
        yield f"yoqo-{mode}", evidence, ratio, "shadows", _YOQO
    loss = ThresholdAttack("loss", direction="lower")
    yield "transfer", Surrogate(), loss, "shadows", _LI


def _of_copies():
    robust = ThresholdAttack("noise_robustness", direction="higher")
    yield "noise-robustness", NoiseRobustness(), robust, "shadows", _CHOQUETTE
    yield "sampling", Sampled(), Boosting(), "shadows", _RAHIMIAN
    # The paper has a network for each class, which is worse where classes are small.
    correct = Signals(["augmented_correctness"])
    paper = f"{_CHOQUETTE}; here linear"
    yield "augmentation", correct, LogisticRegression(), "shadows", paper


def _of_distances():
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
