"""Published attacks of one label: of a crafted query, and of an imitation."""

from skmia.attacks.evidence import Crafted, Surrogate
from skmia.attacks.models._threshold import ThresholdAttack

_YOQO = "Y. Wu et al., ICLR 2024; here without gradients"
_TRANSFER = "Z. Li, Y. Zhang, ACM CCS 2021"


def published():
    """Name, evidence, attack model, what that is fitted on, and paper."""
    ratio = ThresholdAttack("label_ratio", direction="higher")
    for mode in ("online", "offline"):
        evidence = Crafted(online=mode == "online")
        yield f"yoqo-{mode}", evidence, ratio, "shadows", _YOQO
    loss = ThresholdAttack("loss", direction="lower")
    yield "transfer", Surrogate(), loss, "shadows", _TRANSFER
