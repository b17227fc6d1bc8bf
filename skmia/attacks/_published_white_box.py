"""Published attacks of who holds the model, and looks at what is in it."""

from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmia.attacks.evidence import (
    AdversarialDistance,
    Displacement,
    FirstOrder,
    Internals,
    LayerDisplacement,
    Signals,
)
from skmia.attacks.models._calibrated import CalibratedAttack, MidpointAttack
from skmia.attacks.models._clusters import ClusterAttack
from skmia.attacks.models._threshold import ThresholdAttack
from skmia.utils._threads import Boosting

_HU = "H. Hu et al., ACM Computing Surveys 2022"
_SACRO = "J. Smith et al., SACRO-ML: instance-based models"
_LEINO = "K. Leino, M. Fredrikson, USENIX Security 2020"
_MATT = "MATT: A. Sablayrolles et al., ICML 2019"
_KERNELS = "B. Schölkopf, A. Smola, Learning with Kernels, 2002"
_NASR = "M. Nasr et al., IEEE S&P 2019"
_REZAEI = "S. Rezaei, X. Liu, CVPR 2021"


def published():
    """Name, evidence, attack model, what that is fitted on, and paper."""
    yield from _of_structure()
    nearest = ThresholdAttack("pgd_distance", direction="higher")
    yield "pgd-distance", AdversarialDistance(), nearest, "shadows", _HU
    yield from _of_parameters()
    yield from _displaced()


def _of_structure():
    proofs = ("stored_rows", _SACRO), ("margin_test", _KERNELS)
    for name, paper in (*proofs, ("preprocessing_test", _SACRO)):
        proof = ThresholdAttack(name, direction="higher")
        yield name.replace("_", "-"), Signals([name]), proof, None, paper
    alone = ThresholdAttack("structure", direction="higher")
    yield (
        "structure",
        Signals(["structure"]),
        alone,
        "members",
        f"{_SACRO}; here graded",
    )


def _displaced():
    higher = {"direction": "higher"}
    apart, among = CalibratedAttack(**higher), MidpointAttack(**higher)
    yield "leino", Displacement(), apart, "shadows", _LEINO
    both = f"{_LEINO}; A. Sablayrolles et al., ICML 2019"
    yield "leino-online", Displacement(online=True), among, "shadows", both
    # One weight for each layer, none of them on the wrong side.
    weights = make_pipeline(StandardScaler(), RidgeClassifier(positive=True))
    yield "leino-layers", LayerDisplacement(), weights, "shadows", _LEINO
    gain = ThresholdAttack("first_order", **higher)
    yield "matt", FirstOrder(), gain, "shadows", _MATT


def _of_parameters():
    """By the gradients of the loss of each record by the parameters."""
    norm = "gradient_norm"
    shortest = ThresholdAttack(norm, direction="lower")
    yield "gradient-norm", Signals([norm]), shortest, "members", _REZAEI
    linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    statistics = Signals(["gradient_statistics"])
    yield "gradient-statistics", statistics, linear, "members", _REZAEI
    # The paper has a network; on tables of this size boosting did no worse or better.
    paper = f"{_NASR}; here boosted"
    yield "nasr-supervised", Internals(), Boosting(), "members", paper
    yield "nasr-shadow", Internals(units="sorted"), Boosting(), "shadows", paper
    summary = Signals(["loss", "correctness", "confidence", "entropy", norm])
    clusters = ClusterAttack(norm)
    yield "nasr-unsupervised", summary, clusters, "candidates", f"{_NASR}; here linear"
