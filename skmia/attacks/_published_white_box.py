"""Published attacks of who holds the model, and looks at what is in it."""

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmia.attacks.evidence import AdversarialDistance, Internals, Signals
from skmia.attacks.models._clusters import ClusterAttack
from skmia.attacks.models._threshold import ThresholdAttack
from skmia.utils._threads import Boosting

_HU = "H. Hu et al., ACM Computing Surveys 2022"
_SACRO = "J. Smith et al., SACRO-ML: instance-based models"
_KERNELS = "B. Schölkopf, A. Smola, Learning with Kernels, 2002"
_NASR = "M. Nasr et al., IEEE S&P 2019"
_REZAEI = "S. Rezaei, X. Liu, CVPR 2021"


def published():
    """Name, evidence, attack model, what that is fitted on, and paper."""
    for name, paper in (("stored_rows", _SACRO), ("margin_test", _KERNELS)):
        proof = ThresholdAttack(name, direction="higher")
        yield name.replace("_", "-"), Signals([name]), proof, None, paper
    nearest = ThresholdAttack("pgd_distance", direction="higher")
    yield "pgd-distance", AdversarialDistance(), nearest, "shadows", _HU
    yield from _of_parameters()


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
