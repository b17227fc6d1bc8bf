"""The published attacks: what each sees, who judges, what it is fitted on, a paper."""

from sklearn.ensemble import StackingClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    QuantileTransformer,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier

from skmia.attacks.evidence import (
    BalancedReferences,
    Distilled,
    Indirect,
    References,
    Signals,
    WithRecords,
    WithSelection,
)
from skmia.attacks.models._average_loss import AverageLossAttack
from skmia.attacks.models._bayes_optimal import BayesOptimalAttack
from skmia.attacks.models._blind import BlindAttack
from skmia.attacks.models._bounded_loss import BoundedLossAttack
from skmia.attacks.models._calibrated import CalibratedAttack, MidpointAttack
from skmia.attacks.models._classwise import ClasswiseAttack
from skmia.attacks.models._hypothesis import HypothesisTestAttack
from skmia.attacks.models._indirect_test import IndirectTestAttack
from skmia.attacks.models._label_ratio import LabelRatioAttack
from skmia.attacks.models._likelihood_ratio import LikelihoodRatioAttack
from skmia.attacks.models._morgan import MorganAttack
from skmia.attacks.models._population import PopulationAttack
from skmia.attacks.models._privacy_risk import PrivacyRiskAttack
from skmia.attacks.models._quantile_regression import QuantileRegressionAttack
from skmia.attacks.models._reference_quantile import ReferenceQuantileAttack
from skmia.attacks.models._relative import RelativeAttack
from skmia.attacks.models._selective import SelectiveAttack
from skmia.attacks.models._threshold import ThresholdAttack
from skmia.attacks.models._trajectory_summary import TrajectorySummary
from skmia.signals import get_signal, get_signal_names
from skmia.utils._reference_table import of_signal
from skmia.utils._threads import Boosting

SHOKRI = "R. Shokri et al., IEEE S&P 2017"
_SALEM = "A. Salem et al., NDSS 2019"
YEOM = "S. Yeom et al., IEEE CSF 2018"
_SONG = "L. Song, P. Mittal, USENIX Security 2021"
_TRUEX = "S. Truex et al., IEEE TSC 2019"
WATSON = "L. Watson et al., ICLR 2022"
MAST = "A. Sablayrolles et al., ICML 2019"
LONG = "Y. Long et al., IEEE EuroS&P 2020"
LIRA = "N. Carlini et al., IEEE S&P 2022"
YE = "J. Ye et al., ACM CCS 2022"
RMIA = "S. Zarifzadeh et al., ICML 2024"
_BASE = "M. Lassila et al., NeurIPS 2025"
QMIA = "M. Bertran et al., NeurIPS 2023"
_MERLIN = "B. Jayaraman et al., PoPETs 2021"
_BLIND = "B. Hui et al., NDSS 2021"
_LOSS_TRAJECTORY = "Y. Liu et al., ACM CCS 2022"
_SEQMIA = "H. Li et al., ACM CCS 2024"

SEQUENCE_METRICS = (
    "loss",
    "max_confidence",
    "posterior_std",
    "entropy",
    "modified_entropy",
)

# Largest loss in a mean of losses: that of a probability of 0.01, the best of floors
# from 1e-30 to 0.1, also where it was not chosen: benchmarks/bench_coarse_answers.py.
_LARGE_LOSS = 4.6

# Source of a threshold on each signal that others have proposed.
_THRESHOLD_PAPERS = {
    "confidence": _SONG,
    "decision_confidence": _SONG,
    "modified_entropy": _SONG,
    "loss": f"{YEOM}; MALT: {MAST}",
    "max_confidence": _SALEM,
    "entropy": _SALEM,
    "posterior_std": _SALEM,
    "scaled_logit": LIRA,
    "margin": QMIA,
    "decision_margin": QMIA,
}


def scaled_linear():
    """A classifier of columns in their own units."""
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))


def _side(name):
    """Where members lie by a signal: given, not learned from those who are no members.

    Beside random records, or where little leaks, what is learned is the wrong side.
    """
    return "higher" if get_signal(name).greater_is_member else "lower"


def published():
    """Name, evidence, attack model, what that is fitted on, and paper."""
    yield from _of_one_model()
    yield from _of_shadow_models()
    yield from _beside_references()


def _of_one_model():
    right = ThresholdAttack("correctness", direction=_side("correctness"))
    yield "gap", Signals(["correctness"]), right, None, YEOM
    for signal in map(get_signal, get_signal_names()):
        if signal.access != "label" and signal.greater_is_member is not None:
            threshold = ThresholdAttack(signal.name, direction=_side(signal.name))
            if signal.probing:
                name, paper = "merlin", _MERLIN
            else:
                name = f"{signal.name.replace('_', '-')}-threshold"
                paper = _THRESHOLD_PAPERS.get(signal.name, "ours")
            yield name, Signals([signal.name]), threshold, "members", paper
    loss = Signals(["loss"])
    yield "average-loss", loss, AverageLossAttack("loss"), "members", YEOM
    yield "bounded-loss", loss, BoundedLossAttack("loss"), "members", YEOM
    population = PopulationAttack("loss", direction=_side("loss"))
    yield "population", loss, population, "nonmembers", YE
    for statistic in ("max_confidence", "posterior_std", "entropy"):
        name = f"salem3-{statistic.replace('_', '-')}"
        population = PopulationAttack(statistic, direction=_side(statistic), fpr=0.1)
        yield name, Signals([statistic]), population, "random-records", _SALEM
    margin = WithRecords(["margin", "true_label"])
    quantile = QuantileRegressionAttack("margin", direction=_side("margin"))
    yield "qmia", margin, quantile, "nonmembers", QMIA
    ratio = Signals(["loss", "merlin_ratio"])
    yield "morgan", ratio, MorganAttack(), "members", _MERLIN
    blind = Signals(["confidence", "top_posterior"])
    yield "blind-mi", blind, BlindAttack(), "candidates", _BLIND


def _of_shadow_models():
    entropy = "modified_entropy"
    modified = ThresholdAttack(entropy, direction=_side(entropy))
    risk = PrivacyRiskAttack(entropy)
    boosting = Boosting()
    labels = ["correctness", "true_label", "predicted_label"]
    decisions = ["decision", "decision_margin"]
    by_class = ["true_label", entropy]
    vector = ["true_label", "posterior"]
    tree = DecisionTreeClassifier()
    for name, signals, model, paper in (
        ("shadow", ["posterior", "loss"], boosting, f"{SHOKRI}; {_TRUEX}"),
        ("shadow-label", labels, boosting, SHOKRI),
        ("shadow-decision", decisions, boosting, f"{SHOKRI}; {_TRUEX}"),
        ("shokri", vector, ClasswiseAttack(scaled_linear()), SHOKRI),
        ("truex", vector, ClasswiseAttack(tree), _TRUEX),
        ("truex-posterior", ["posterior"], tree, _TRUEX),
        ("salem1", ["top_posterior"], scaled_linear(), _SALEM),
        ("classwise-threshold", by_class, ClasswiseAttack(modified), _SONG),
        ("privacy-risk", by_class, ClasswiseAttack(risk, min_samples=1), _SONG),
        ("staged-loss", ["staged_loss"], boosting, _LOSS_TRAJECTORY),
    ):
        yield name, Signals(signals), model, "shadows", paper
    yield "salem2", Signals(["top_posterior"]), scaled_linear(), "other-task", _SALEM
    # The papers read trajectories with networks.
    for name, signals, paper in (
        ("trajectory", ["loss"], _LOSS_TRAJECTORY),
        ("seqmia", list(SEQUENCE_METRICS), _SEQMIA),
    ):
        linear = make_pipeline(TrajectorySummary(), scaled_linear())
        paper = f"{paper}; here linear on summaries"
        yield name, Distilled(signals=signals), linear, "shadows", paper


def _beside_references():
    lower = {"direction": _side("loss")}
    bounded = lower | {"clip": _LARGE_LOSS}
    calibrated = CalibratedAttack(**bounded)
    for name, signal, model, online, paper in (
        ("difficulty-calibration", "loss", calibrated, False, WATSON),
        ("mast", "loss", MidpointAttack(**bounded), True, MAST),
        ("long", "loss", HypothesisTestAttack(**lower), False, LONG),
        ("reference", "loss", ReferenceQuantileAttack(**lower), False, YE),
        *(
            (f"{name}-{mode}", signal, make(mode=mode), mode == "online", paper)
            for name, signal, make, paper in (
                ("lira", "scaled_logit", _lira, LIRA),
                ("lira-augmented", "augmented_logit", _lira, LIRA),
                ("rmia", "confidence", RelativeAttack, RMIA),
                ("base", "loss", BayesOptimalAttack, _BASE),
                ("margin-lira", "decision_margin", LikelihoodRatioAttack, LIRA),
                ("margin-rmia", "decision_confidence", RelativeAttack, RMIA),
            )
            for mode in ("online", "offline")
        ),
    ):
        yield name, References([signal], online=online), model, "shadows", paper
    paper = f"{LIRA}; {RMIA}; here weighed"
    yield "reference-ensemble", *reference_ensemble(), "shadows", paper
    every = References(["class_logits"], online=True)
    paper = f"{LIRA}; here of every class, whatever the true one"
    yield "vector-lira", every, _lira("online"), "shadows", paper
    right = References(["correctness"])
    yield "label-rmia", right, RelativeAttack(), "shadows", RMIA
    right = References(["correctness", "true_label"])
    yield "label-lira", right, LabelRatioAttack(), "shadows", LIRA
    selective = SelectiveAttack(HypothesisTestAttack(**lower))
    yield "long-selected", WithSelection(), selective, "shadows", LONG
    indirect = IndirectTestAttack(direction="higher")
    yield "long-indirect", Indirect(), indirect, "shadows", LONG


def _lira(mode):
    return LikelihoodRatioAttack(mode=mode, clip=36, scale="auto")


def reference_ensemble(*others):
    """LiRA, RMIA and others as one: what each counts is learned on pseudo-targets.

    On normal scores: log ratios have tails that no weight suits. And with weights that
    are not negative: on which side members lie is given, here as elsewhere. Other
    scores add nothing: benchmarks/bench_reference_ensemble.py.

    Parameters
    ----------
    *others : (str, str, classifier)
        Name, signal and attack model of what else has a weight.

    Returns
    -------
    evidence : BalancedReferences
    model : StackingClassifier
    """
    attacks = [
        ("lira", "scaled_logit", _lira("online")),
        ("rmia", "confidence", RelativeAttack(mode="online")),
        *others,
    ]
    signals = sorted({signal for _, signal, _ in attacks})
    # 20 quantiles do as well as 1,000, and even a few records have them.
    normal = QuantileTransformer(n_quantiles=20, output_distribution="normal")
    weights = make_pipeline(normal, RidgeClassifier(positive=True))
    scores = [(name, _of(signal, attack)) for name, signal, attack in attacks]
    return BalancedReferences(signals, online=True), StackingClassifier(scores, weights)


def _of(signal, attack):
    """Attack on one signal of a table that holds several."""
    part = FunctionTransformer(of_signal, kw_args={"signal": signal})
    return make_pipeline(part, attack)
