"""Published attacks of insiders of a federation."""

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer

from skmia.attacks.evidence import (
    ActiveRounds,
    AskedScores,
    Coverage,
    PartyAnswers,
    Rounds,
    SharedScores,
)
from skmia.attacks.models._clusters import ClusterAttack
from skmia.attacks.models._threshold import ThresholdAttack
from skmia.utils._threads import Boosting

_MELIS = "L. Melis et al., IEEE S&P 2019"
_SHI = "H. Shi et al., PoPETs 2025; here linear"
_NASR = "M. Nasr et al., IEEE S&P 2019; here linear"
_TRUEX = "S. Truex et al., IEEE TSC 2019"


def published():
    """Name, evidence, attack model, what that is fitted on, and paper."""
    yield "insider", PartyAnswers(), Boosting(), "shadows", _TRUEX
    covered = ThresholdAttack("coverage_share", direction="higher")
    yield "melis", Coverage(), covered, "shadows", _MELIS
    for level in ("local", "global"):
        yield from _passive(level)
    yield from _active()
    for level in ("local", "global"):
        seen = SharedScores(level=level)
        yield f"fedmd-{level}-shadows", seen, _linear(), "shadows", _SHI
    yield "fedmd-asking", AskedScores(), _linear(), "shadows", _TRUEX


def _passive(level):
    seen, name = Rounds(level=level), f"nasr-{level}"
    for source in ("shadows", "members"):
        yield f"{name}-{source}", seen, _linear(), source, _NASR
    kind = "" if level == "local" else "_best"
    clusters = ClusterAttack(f"rounds_gradient_norm{kind}_4")
    yield f"{name}-unsupervised", seen, clusters, "candidates", _NASR


def _active():
    acts = {
        "nasr-local-ascent": ActiveRounds(level="local"),
        "nasr-ascent": ActiveRounds(),
        "nasr-isolating": ActiveRounds(rate=0.0, isolate=True),
        "nasr-isolating-ascent": ActiveRounds(isolate=True),
    }
    for name, evidence in acts.items():
        yield name, evidence, _linear(), "shadows", _NASR


def _linear():
    """Losses of rounds span orders of magnitude, and are much alike."""
    ranks = QuantileTransformer(n_quantiles=100, output_distribution="normal")
    return make_pipeline(ranks, LogisticRegression(C=0.1, max_iter=1000))
