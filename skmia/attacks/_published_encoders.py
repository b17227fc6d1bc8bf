"""Published attacks on encoders, and on embeddings of words, sentences and nodes."""

from skmia.attacks._published_unlabelled import on_one_number
from skmia.attacks.evidence import Signals, WithFrequency
from skmia.attacks.models._classwise import ClasswiseAttack
from skmia.attacks.models._clusters import ClusterAttack
from skmia.attacks.models._threshold import ThresholdAttack
from skmia.utils._threads import Boosting

_SONG = "C. Song, A. Raghunathan, ACM CCS 2020"
_LIU = "H. Liu et al., ACM CCS 2021; here trees"
_DUDDU = "V. Duddu et al., MobiQuitous 2020"


def published():
    """Name, evidence, attack model, what that is fitted on, and paper."""
    similarity, norm, higher = "similarity", "embedding_norm", {"direction": "higher"}
    alike = ThresholdAttack(similarity, **higher)
    yield "similarity-threshold", Signals([similarity]), alike, "members", _SONG
    by_band, seen = ClasswiseAttack(alike, by="band"), WithFrequency([similarity])
    yield "similarity-by-frequency", seen, by_band, "shadows", _SONG
    yield from on_one_number(similarity, higher)
    vector = Signals(["sorted_similarities"])
    yield "shadow", vector, Boosting(), "shadows", _LIU
    # Which side is of members is learned on the graphs of shadow models.
    length = ThresholdAttack(norm)
    yield "embedding-norm", Signals([norm]), length, "shadows", _DUDDU
    clusters = ClusterAttack(norm, **higher)
    both = Signals([norm, similarity])
    yield "embedding-clusters", both, clusters, "candidates", _DUDDU
