"""Published attacks that see labels of noisy copies of a record, or augmentations."""

from sklearn.linear_model import LogisticRegression

from skmia.attacks.evidence import NoiseRobustness, Sampled, Signals
from skmia.attacks.models._threshold import ThresholdAttack
from skmia.utils._threads import Boosting

_CHOQUETTE = "C. A. Choquette-Choo et al., ICML 2021"
_RAHIMIAN = "S. Rahimian et al., 2019"


def published():
    """Name, evidence, attack model, what that is fitted on, and paper."""
    robust = ThresholdAttack("noise_robustness", direction="higher")
    yield "noise-robustness", NoiseRobustness(), robust, "shadows", _CHOQUETTE
    yield "sampling", Sampled(), Boosting(), "shadows", _RAHIMIAN
    # The paper has a network for each class, which is worse where classes are small.
    correct = Signals(["augmented_correctness"])
    paper = f"{_CHOQUETTE}; here linear"
    yield "augmentation", correct, LogisticRegression(), "shadows", paper
