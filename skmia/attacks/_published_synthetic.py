"""Attacks on published tables, on autoencoders, on densities beside that of people."""

from skmia.attacks._published import SHOKRI
from skmia.attacks._published_unlabelled import LOGAN, on_one_number
from skmia.attacks.evidence import (
    Discriminator,
    LatentDistance,
    References,
    Signals,
    WithCoordinates,
)
from skmia.attacks.models._calibrated import CalibratedAttack
from skmia.attacks.models._density_ratio import DensityRatioAttack
from skmia.attacks.models._population import PopulationAttack
from skmia.attacks.models._threshold import ThresholdAttack
from skmia.utils._threads import Boosting

_CHEN = "D. Chen et al., ACM CCS 2020"
_HILPRECHT = "B. Hilprecht et al., PoPETs 2019"
_DOMIAS = "B. van Breugel et al., AISTATS 2023"
_SIGNALS = ("sample_distance", "sample_share", "sample_density")


def published():
    """Name, evidence, attack model, what that is fitted on, and paper."""
    distance, share, density = _SIGNALS
    near = ThresholdAttack(distance, direction="lower")
    yield "nearest-sample", Signals([distance]), near, "members", _CHEN
    around = ThresholdAttack(share, direction="higher")
    yield "monte-carlo", Signals([share]), around, "members", _HILPRECHT
    yield from _of_networks()
    for said in (density, "log_density"):
        beside = WithCoordinates([said])
        yield "domias", beside, DensityRatioAttack(said), "nonmembers", _DOMIAS
    others = References([density], online=False)
    higher = CalibratedAttack(direction="higher")
    yield "domias-generator", others, higher, "shadows", _DOMIAS
    yield from on_one_number(distance, {"direction": "lower"})
    yield "shadow", Signals(list(_SIGNALS)), Boosting(), "shadows", SHOKRI
    error = "reconstruction_error"
    small = ThresholdAttack(error, direction="lower")
    yield "reconstruction", Signals([error]), small, "members", _HILPRECHT
    yield from on_one_number(error, {"direction": "lower"})
    yield "shadow", Signals([error]), Boosting(), "shadows", SHOKRI


def _of_networks():
    """Of generators whose parts are held, and of who trains such a part."""
    said = "discriminator_score"
    higher = ThresholdAttack(said, direction="higher")
    yield "logan-white-box", Signals([said]), higher, "members", LOGAN
    own = PopulationAttack("discriminator", direction="higher")
    yield "logan-black-box", Discriminator(), own, "nonmembers", LOGAN
    near = ThresholdAttack("latent_distance", direction="lower")
    yield "gan-leaks-decoder", LatentDistance(), near, "members", _CHEN
