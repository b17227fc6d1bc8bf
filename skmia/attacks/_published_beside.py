"""Published attacks of who sees more than one answer: a clock, or a former version."""

from skmia.attacks.evidence import AnswerTime, Update
from skmia.attacks.models._threshold import ThresholdAttack

_TIMING = "here: a stored row ends the search of a kd-tree early"
_JAGIELSKI = "M. Jagielski et al., PoPETs 2023"


def published():
    """Name, evidence, attack model, what that is fitted on, and paper."""
    yield "timing", AnswerTime(), ThresholdAttack("answer_time"), "shadows", _TIMING
    change = ThresholdAttack("scaled_logit|change", direction="higher")
    yield "model-update", Update(), change, "members", _JAGIELSKI
