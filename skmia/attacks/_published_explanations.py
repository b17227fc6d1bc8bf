"""Published attacks of who is given explanations of the answers."""

from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmia.attacks.evidence import Signals
from skmia.attacks.models._threshold import ThresholdAttack

_SHOKRI = "R. Shokri, M. Strobel, Y. Zick, AIES 2021"


def published():
    """Name, evidence, attack model, what that is fitted on, and paper."""
    for name in ("explanation_variance", "explanation_norm"):
        # On which side members lie is learned: with many features it may turn round.
        cut = ThresholdAttack(name)
        yield name.replace("_", "-"), Signals([name]), cut, "shadows", _SHOKRI
    network = make_pipeline(
        StandardScaler(), MLPClassifier((64,), early_stopping=True, max_iter=1000)
    )
    yield "explanation-network", Signals(["attribution"]), network, "shadows", _SHOKRI
    proof = ThresholdAttack("explanation_records", direction="higher")
    records = Signals(["explanation_records"])
    yield "explanation-records", records, proof, None, _SHOKRI
