"""Attacks on regressors; those that classifiers have, too, are found by their name."""

from skmia.attacks._published import (
    LIRA,
    LONG,
    MAST,
    QMIA,
    RMIA,
    SHOKRI,
    WATSON,
    YE,
    YEOM,
)
from skmia.attacks.evidence import References, Signals, WithRecords
from skmia.attacks.models._average_loss import AverageLossAttack
from skmia.attacks.models._calibrated import CalibratedAttack, MidpointAttack
from skmia.attacks.models._gaussian_error import GaussianErrorAttack
from skmia.attacks.models._hypothesis import HypothesisTestAttack
from skmia.attacks.models._population import PopulationAttack
from skmia.attacks.models._quantile_regression import QuantileRegressionAttack
from skmia.attacks.models._reference_quantile import ReferenceQuantileAttack
from skmia.attacks.models._residual_likelihood_ratio import (
    ResidualLikelihoodRatioAttack,
)
from skmia.attacks.models._residual_relative import ResidualRelativeAttack
from skmia.attacks.models._threshold import ThresholdAttack
from skmia.utils._threads import Boosting

_GUPTA = "U. Gupta et al., MIDL 2021; here boosted"
_LOWER = {"direction": "lower"}


def published():
    """Name, evidence, attack model, what that is fitted on, and paper."""
    yield from _of_one_model()
    seen = Signals(["residual", "log_error", "prediction"])
    yield "shadow", seen, Boosting(), "shadows", SHOKRI
    yield from _beside_references()


def _of_one_model():
    loss = "squared_error"
    threshold = ThresholdAttack(loss, **_LOWER)
    yield "loss-threshold", Signals([loss]), threshold, "members", YEOM
    yield "average-loss", Signals([loss]), AverageLossAttack(loss), "members", YEOM
    normal = GaussianErrorAttack(loss)
    yield "gaussian-error", Signals([loss]), normal, "members", YEOM
    population = PopulationAttack(loss, **_LOWER)
    yield "population", Signals([loss]), population, "nonmembers", YE
    error = "absolute_error"
    quantile = QuantileRegressionAttack(error, label=None, **_LOWER)
    yield "qmia", WithRecords([error]), quantile, "nonmembers", QMIA
    for name, held in (("gupta-gradients", "error_gradient"), ("gupta-leaves", "leaf")):
        inside = Signals(["residual", "log_error", "prediction", held])
        yield name, inside, Boosting(), "members", _GUPTA


def _beside_references():
    error, log = ["absolute_error"], ["log_error"]
    for name, signals, model, online, paper in (
        ("difficulty-calibration", error, CalibratedAttack(**_LOWER), False, WATSON),
        ("mast", error, MidpointAttack(**_LOWER), True, MAST),
        ("long", log, HypothesisTestAttack(**_LOWER), False, LONG),
        ("reference", log, ReferenceQuantileAttack(**_LOWER), False, YE),
        *(
            (f"{name}-{mode}", ["residual"], make(mode=mode), mode == "online", paper)
            for name, make, paper in (
                ("lira", ResidualLikelihoodRatioAttack, LIRA),
                ("rmia", ResidualRelativeAttack, RMIA),
            )
            for mode in ("online", "offline")
        ),
    ):
        yield name, References(signals, online=online), model, "shadows", paper
