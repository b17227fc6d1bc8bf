"""Attacks on models without labels; those of classifiers are found by their name."""

from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

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
from skmia.attacks.evidence import (
    RecommendationShift,
    References,
    Signals,
    WithRecords,
)
from skmia.attacks.models._calibrated import CalibratedAttack, MidpointAttack
from skmia.attacks.models._hypothesis import HypothesisTestAttack
from skmia.attacks.models._population import PopulationAttack
from skmia.attacks.models._quantile_regression import QuantileRegressionAttack
from skmia.attacks.models._reference_quantile import ReferenceQuantileAttack
from skmia.attacks.models._score_likelihood_ratio import ScoreLikelihoodRatioAttack
from skmia.attacks.models._score_relative import ScoreRelativeAttack
from skmia.attacks.models._threshold import ThresholdAttack
from skmia.utils._threads import Boosting

LOGAN = "J. Hayes et al., PoPETs 2019"
_HE = "Y. He et al., ECCV 2020"
_ZHANG = "M. Zhang et al., ACM CCS 2021"
_HIGHER, _LOWER = {"direction": "higher"}, {"direction": "lower"}


def published():
    """Name, evidence, attack model, what that is fitted on, and paper."""
    inlier = ThresholdAttack("inlier", **_HIGHER)
    yield "gap", Signals(["inlier"]), inlier, None, YEOM
    score = "score_samples"
    threshold = ThresholdAttack(score, **_HIGHER)
    yield "score-threshold", Signals([score]), threshold, "members", LOGAN
    yield from on_one_number(score, _HIGHER)
    yield "shadow", Signals([score]), Boosting(), "shadows", SHOKRI
    distance, margin = "centre_distance", "centre_margin"
    threshold = ThresholdAttack(distance, **_LOWER)
    yield "distance-threshold", Signals([distance]), threshold, "members", YEOM
    threshold = ThresholdAttack(margin, **_HIGHER)
    yield "margin-threshold", Signals([margin]), threshold, "members", QMIA
    yield from on_one_number(distance, _LOWER)
    yield "shadow", Signals([distance, margin]), Boosting(), "shadows", SHOKRI
    yield from _on_media()


def _on_media():
    """Of segmenters and recommenders."""
    for score, paper in (("log_likelihood", _HE), ("novelty", _ZHANG)):
        threshold = ThresholdAttack(score, **_HIGHER)
        yield "score-threshold", Signals([score]), threshold, "members", paper
        yield from on_one_number(score, _HIGHER)
    linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    yield "structured-loss", Signals(["structured_loss"]), linear, "shadows", _HE
    # It ends after 20 epochs: 19 that are no better than the first, whatever they are.
    network = MLPClassifier(
        (32, 8),
        solver="sgd",
        learning_rate_init=0.01,
        momentum=0.9,
        n_iter_no_change=19,
        tol=1e9,
    )
    yield "recommendation-shift", RecommendationShift(), network, "shadows", _ZHANG


def on_one_number(signal, side):
    """What a model without labels says of a record, and on which side members lie."""
    population = PopulationAttack(signal, **side)
    yield "population", Signals([signal]), population, "nonmembers", YE
    quantile = QuantileRegressionAttack(signal, label=None, **side)
    yield "qmia", WithRecords([signal]), quantile, "nonmembers", QMIA
    for name, model, online, paper in (
        ("difficulty-calibration", CalibratedAttack(**side), False, WATSON),
        ("mast", MidpointAttack(**side), True, MAST),
        ("long", HypothesisTestAttack(**side), False, LONG),
        ("reference", ReferenceQuantileAttack(**side), False, YE),
        *(
            (f"{name}-{mode}", make(mode=mode, **side), mode == "online", paper)
            for name, make, paper in (
                ("lira", ScoreLikelihoodRatioAttack, LIRA),
                ("rmia", ScoreRelativeAttack, RMIA),
            )
            for mode in ("online", "offline")
        ),
    ):
        yield name, References([signal], online=online), model, "shadows", paper
