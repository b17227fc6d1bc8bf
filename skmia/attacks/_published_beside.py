"""Published attacks of who sees more than one answer: a clock, or a former version."""

from skmia.attacks.evidence import AnswerTime, Counterpart, Update
from skmia.attacks.models._threshold import ThresholdAttack
from skmia.utils._threads import Boosting

_TIMING = "here: a stored row ends the search of a kd-tree early"
_JAGIELSKI = "M. Jagielski et al., PoPETs 2023"
_TIAN = "H. Tian et al., IJCAI 2024"


def published():
    """Name, evidence, attack model, what that is fitted on, and paper."""
    yield "timing", AnswerTime(), ThresholdAttack("answer_time"), "shadows", _TIMING
    change = ThresholdAttack("scaled_logit|change", direction="higher")
    yield "model-update", Update(), change, "members", _JAGIELSKI
    yield "fairness-discrepancy", Counterpart(), Boosting(), "shadows", _TIAN
