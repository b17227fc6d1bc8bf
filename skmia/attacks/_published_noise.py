"""Published attacks that see labels of noisy copies of a record, or augmentations."""

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmia.attacks.evidence import NoiseRobustness, Sampled, Signals
from skmia.attacks.models._classwise import ClasswiseAttack
from skmia.attacks.models._threshold import ThresholdAttack
from skmia.utils._threads import Boosting

_CHOQUETTE = "C. A. Choquette-Choo et al., ICML 2021"
_RAHIMIAN = "S. Rahimian et al., 2019"


def published():
    """Name, evidence, attack model, what that is fitted on, and paper."""
    robust = ThresholdAttack("noise_robustness", direction="higher")
    yield "noise-robustness", NoiseRobustness(), robust, "shadows", _CHOQUETTE
    yield "sampling", Sampled(), Boosting(), "shadows", _RAHIMIAN
    correct = Signals(["augmented_correctness", "true_label"])
    linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    paper = f"{_CHOQUETTE}; here linear"
    yield "augmentation", correct, ClasswiseAttack(linear), "shadows", paper
