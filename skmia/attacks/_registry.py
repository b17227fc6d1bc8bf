"""Published attacks by name, each with its threat model, cost and source."""

from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia.attacks._average_loss import AverageLossAttack
from skmia.attacks._bayes_optimal import BayesOptimalAttack
from skmia.attacks._blind import BlindAttack
from skmia.attacks._bounded_loss import BoundedLossAttack
from skmia.attacks._calibrated import CalibratedAttack, MidpointAttack
from skmia.attacks._classwise import ClasswiseAttack
from skmia.attacks._hypothesis import HypothesisTestAttack
from skmia.attacks._likelihood_ratio import LikelihoodRatioAttack
from skmia.attacks._morgan import MorganAttack
from skmia.attacks._population import PopulationAttack
from skmia.attacks._privacy_risk import PrivacyRiskAttack
from skmia.attacks._quantile_regression import QuantileRegressionAttack
from skmia.attacks._recipe import NEEDS, AttackRecipe
from skmia.attacks._reference_quantile import ReferenceQuantileAttack
from skmia.attacks._relative import RelativeAttack
from skmia.attacks._threshold import ThresholdAttack
from skmia.attacks._trajectory_summary import TrajectorySummary
from skmia.signals import get_signal, get_signal_names

_SHOKRI = "R. Shokri et al., IEEE S&P 2017"
_SALEM = "A. Salem et al., NDSS 2019"
_YEOM = "S. Yeom et al., IEEE CSF 2018"
_SONG = "L. Song, P. Mittal, USENIX Security 2021"
_TRUEX = "S. Truex et al., IEEE TSC 2019"
_WATSON = "L. Watson et al., ICLR 2022"
_MAST = "A. Sablayrolles et al., ICML 2019"
_LONG = "Y. Long et al., IEEE EuroS&P 2020"
_LIRA = "N. Carlini et al., IEEE S&P 2022"
_YE = "J. Ye et al., ACM CCS 2022"
_RMIA = "S. Zarifzadeh et al., ICML 2024"
_BASE = "M. Lassila et al., NeurIPS 2025"
_QMIA = "M. Bertran et al., NeurIPS 2023"
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

# Source of a threshold on each signal.
_THRESHOLD_PAPERS = {
    "loss": f"{_YEOM}; MALT: {_MAST}",
    "max_confidence": _SALEM,
    "entropy": _SALEM,
    "posterior_std": _SALEM,
    "scaled_logit": _LIRA,
    "margin": _QMIA,
}


def _threshold_recipes():
    for name in get_signal_names():
        signal = get_signal(name)
        if (
            signal.response_method != "predict_proba"
            or signal.greater_is_member is None
        ):
            continue
        direction = "higher" if signal.greater_is_member else "lower"
        yield _recipe(
            f"{name.replace('_', '-')}-threshold",
            ThresholdAttack(name, direction=direction),
            [name],
            "members",
            paper=_THRESHOLD_PAPERS.get(name, _SONG),
        )


def _recipe(
    name, attack, signals, *needs, paper, access="scores", queries="1", knowledge=None
):
    trains = {"shadows", "references", "distillation", "transfer"} & set(needs)
    if knowledge is None:
        knowledge = ("M4", "D2", "Q") if trains else ("D2", "Q") if needs else ("Q",)
    fits = "N" if trains else "0"
    return AttackRecipe(
        name, attack, tuple(signals), access, needs, knowledge, queries, fits, paper
    )


def _salem3(statistic):
    return _recipe(
        f"salem3-{statistic.replace('_', '-')}",
        PopulationAttack(statistic, fpr=0.1),
        [statistic],
        "random-records",
        paper=_SALEM,
        queries="1, and 1,000 random records in all",
        knowledge=("D1", "Q"),
    )


def _reference(name, attack, signal, paper, *more):
    return _recipe(name, attack, [signal], "references", *more, paper=paper)


def _linear():
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))


_RECIPES = {
    recipe.name: recipe
    for recipe in (
        _recipe(
            "gap",
            ThresholdAttack("correctness", direction="higher"),
            ["correctness"],
            paper=_YEOM,
            access="label",
        ),
        *_threshold_recipes(),
        _recipe(
            "average-loss", AverageLossAttack("loss"), ["loss"], "members", paper=_YEOM
        ),
        _recipe(
            "bounded-loss", BoundedLossAttack("loss"), ["loss"], "members", paper=_YEOM
        ),
        *(_salem3(s) for s in ("max_confidence", "posterior_std", "entropy")),
        _recipe(
            "population",
            PopulationAttack("loss", direction="lower"),
            ["loss"],
            "nonmembers",
            paper=_YE,
        ),
        _recipe(
            "qmia",
            QuantileRegressionAttack("margin"),
            ["margin", "true_label"],
            "features",
            "nonmembers",
            paper=_QMIA,
        ),
        _recipe(
            "merlin",
            ThresholdAttack("merlin_ratio", direction="higher"),
            ["merlin_ratio"],
            "members",
            paper=_MERLIN,
            queries="101",
        ),
        _recipe(
            "morgan",
            MorganAttack("loss", ratio_column="merlin_ratio"),
            ["loss", "merlin_ratio"],
            "members",
            paper=_MERLIN,
            queries="102",
        ),
        _recipe(
            "shadow",
            HistGradientBoostingClassifier(),
            ["posterior", "loss"],
            "shadows",
            paper=f"{_SHOKRI}; {_TRUEX}",
        ),
        _recipe(
            "shadow-label",
            HistGradientBoostingClassifier(),
            ["correctness", "true_label", "predicted_label"],
            "shadows",
            paper=_SHOKRI,
            access="label",
        ),
        _recipe(
            "shokri",
            ClasswiseAttack(_linear()),
            ["true_label", "posterior"],
            "shadows",
            paper=_SHOKRI,
        ),
        _recipe(
            "truex", DecisionTreeClassifier(), ["posterior"], "shadows", paper=_TRUEX
        ),
        _recipe("salem1", _linear(), ["top_posterior"], "shadows", paper=_SALEM),
        _recipe(
            "salem2",
            _linear(),
            ["top_posterior"],
            "transfer",
            paper=_SALEM,
            knowledge=("Q",),
        ),
        _recipe(
            "classwise-threshold",
            ClasswiseAttack(ThresholdAttack("modified_entropy", direction="lower")),
            ["true_label", "modified_entropy"],
            "shadows",
            paper=_SONG,
        ),
        _recipe(
            "privacy-risk",
            ClasswiseAttack(PrivacyRiskAttack("modified_entropy"), min_samples=1),
            ["true_label", "modified_entropy"],
            "shadows",
            paper=_SONG,
        ),
        _reference("difficulty-calibration", CalibratedAttack(), "loss", _WATSON),
        _reference("mast", MidpointAttack(), "loss", _MAST, "candidates"),
        _reference("long", HypothesisTestAttack(), "loss", _LONG),
        _reference("reference", ReferenceQuantileAttack(), "loss", _YE),
        *(
            _reference(
                f"{name}-{mode}",
                clone(attack).set_params(mode=mode),
                signal,
                paper,
                *more,
            )
            for name, attack, signal, paper in (
                ("lira", LikelihoodRatioAttack(clip=18.4), "scaled_logit", _LIRA),
                ("rmia", RelativeAttack(), "confidence", _RMIA),
                ("base", BayesOptimalAttack(), "loss", _BASE),
            )
            for mode, more in (("online", ["candidates"]), ("offline", []))
        ),
        _recipe(
            "blind-mi",
            BlindAttack(),
            ["confidence", "top_posterior"],
            "batch",
            paper=_BLIND,
        ),
        _recipe(
            "staged-loss",
            HistGradientBoostingClassifier(),
            ["staged_loss"],
            "stages",
            "shadows",
            paper=_LOSS_TRAJECTORY,
            access="white-box",
            knowledge=("M1", "M4", "D2"),
        ),
        *(
            _recipe(
                name,
                make_pipeline(TrajectorySummary(), _linear()),
                metrics,
                "distillation",
                paper=paper,
                queries="1, and all distillation records",
            )
            for name, metrics, paper in (
                ("trajectory", ["loss"], _LOSS_TRAJECTORY),
                ("seqmia", SEQUENCE_METRICS, _SEQMIA),
            )
        ),
    )
}


def get_attack_names(*, access=None, needs=None):
    """Names of the attacks that :func:`get_attack` knows.

    Parameters
    ----------
    access : {"label", "scores", "white-box"}, default=None
        Only attacks that an adversary with this access can run. None for all.
    needs : iterable of str, default=None
        Only attacks that need nothing beyond these; keys of :func:`attack_needs`.
        None for all.

    Returns
    -------
    names : list of str
        Sorted.

    Examples
    --------
    >>> from skmia.attacks import get_attack_names
    >>> get_attack_names(access="label")
    ['gap', 'shadow-label']
    >>> get_attack_names(needs=["members"])[:3]
    ['average-loss', 'bounded-loss', 'confidence-threshold']
    """
    levels = ("label", "scores", "white-box")
    if access not in (None, *levels):
        raise ValueError(
            f"The 'access' parameter of get_attack_names must be one of {levels} or "
            f"None. Got {access!r} instead."
        )
    seen = levels if access is None else levels[: levels.index(access) + 1]
    given = set(NEEDS if needs is None else needs)
    if given - set(NEEDS):
        raise ValueError(
            f"The 'needs' parameter of get_attack_names takes {sorted(NEEDS)}. Got "
            f"{sorted(given - set(NEEDS))[0]!r}."
        )
    return sorted(
        name
        for name, recipe in _RECIPES.items()
        if recipe.access in seen and set(recipe.needs) <= given
    )


def get_attack(name):
    """Published attack by name.

    Parameters
    ----------
    name : str or AttackRecipe
        One of :func:`get_attack_names`; a recipe passes through.

    Returns
    -------
    recipe : AttackRecipe
        What the attack sees and needs; ``recipe.make()`` is its attack model.

    Examples
    --------
    >>> from skmia.attacks import get_attack
    >>> recipe = get_attack("lira-offline")
    >>> recipe.signals, recipe.needs
    (('scaled_logit',), ('references',))
    """
    if isinstance(name, AttackRecipe):
        return name
    if name not in _RECIPES:
        raise ValueError(
            f"{name!r} is not the name of an attack. Use one of {sorted(_RECIPES)}."
        )
    return _RECIPES[name]


def attack_needs():
    """What attacks may need beyond access to the model, in words.

    Returns
    -------
    needs : dict of str to str

    Examples
    --------
    >>> from skmia.attacks import attack_needs
    >>> attack_needs()["batch"]
    'all candidates at once'
    """
    return dict(NEEDS)
