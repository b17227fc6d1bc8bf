"""Published attacks of who holds the model, and looks at what is in it."""

from skmia.attacks.evidence import AdversarialDistance, Signals
from skmia.attacks.models._threshold import ThresholdAttack

_HU = "H. Hu et al., ACM Computing Surveys 2022"
_SACRO = "J. Smith et al., SACRO-ML: instance-based models"
_KERNELS = "B. Schölkopf, A. Smola, Learning with Kernels, 2002"


def published():
    """Name, evidence, attack model, what that is fitted on, and paper."""
    yield from _of_structure()
    nearest = ThresholdAttack("pgd_distance", direction="higher")
    yield "pgd-distance", AdversarialDistance(), nearest, "shadows", _HU


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
