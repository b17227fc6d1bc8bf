"""What holds for every public estimator: scikit-learn's checks, and ours.

No check is expected to fail.
"""

import pytest
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import ShuffleSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_param_validation,
    parametrize_with_checks,
)

from skmia import MembershipGame, ShadowModels
from skmia.attacks import (
    AttackEnsemble,
    AverageLossAttack,
    BayesOptimalAttack,
    BlindAttack,
    BoundedLossAttack,
    CalibratedAttack,
    ClasswiseAttack,
    HypothesisTestAttack,
    LikelihoodRatioAttack,
    MidpointAttack,
    MorganAttack,
    PopulationAttack,
    PrivacyRiskAttack,
    QuantileRegressionAttack,
    ReferenceQuantileAttack,
    RelativeAttack,
    ThresholdAttack,
    TrajectorySummary,
)
from skmia.black_box import BlackBox
from skmia.defenses import LabelOnly, RoundedPosterior, TopKPosterior
from skmia.neural import MLPNet
from skmia.utils import all_estimators
from skmia.utils.estimator_checks import yield_checks

# With seeds everywhere: without, scikit-learn draws from numpy's global generator.
TREE = DecisionTreeClassifier(max_depth=3, random_state=0)
SHORT = {"cv": 2, "random_state": 0}
ATTACKS = [
    ThresholdAttack(),
    ThresholdAttack(objective="accuracy"),
    ThresholdAttack(objective="tpr_at_fpr", fpr=0.1),
    ClasswiseAttack(ThresholdAttack(), by=0),
    ClasswiseAttack(LogisticRegression(), by=0),
    ClasswiseAttack(TREE, by=0, min_samples=1),
]
COLUMN_ATTACKS = [
    AverageLossAttack(),
    AverageLossAttack(average_loss=0.5),
    BoundedLossAttack(random_state=0),
    PopulationAttack(),
    PopulationAttack(-1, direction="higher", fpr=0.2),
    PrivacyRiskAttack(),
    PrivacyRiskAttack(log_bins=False),
    MorganAttack(0, ratio_column=1),
    MorganAttack(0, ratio_column=1, alpha_low=None, alpha_high=1),
    QuantileRegressionAttack(label=None, random_state=0),
    QuantileRegressionAttack(
        label=-1, regressor=LinearRegression(), cv=2, fpr=0.1, random_state=0
    ),
    AttackEnsemble([("a", ThresholdAttack()), ("b", LogisticRegression(), [0])]),
    AttackEnsemble([("a", ThresholdAttack(-1)), ("b", TREE)], combine="stouffer", cv=2),
    AttackEnsemble(
        [("a", ThresholdAttack(), 0), ("b", TREE, [-1])], combine="max", cv=2
    ),
]
# On arrays, which hold a target and out models. Their home is a table with names, see
# tests/attacks.
REFERENCE_ATTACKS = [
    LikelihoodRatioAttack(),
    LikelihoodRatioAttack(mode="offline"),
    LikelihoodRatioAttack(variance="auto"),
    LikelihoodRatioAttack(variance="global", centre="median"),
    CalibratedAttack(),
    CalibratedAttack(aggregation="max"),
    MidpointAttack(),
    BayesOptimalAttack(),
    BayesOptimalAttack(mode="offline"),
    RelativeAttack(),
    RelativeAttack(mode="offline", a="auto", gamma=2.0),
    RelativeAttack(a=0, floor=1e-6, objective="tpr_at_fpr", fpr=0.1),
    ReferenceQuantileAttack(),
    ReferenceQuantileAttack(direction="lower", objective="tpr_at_fpr", fpr=0.1),
    HypothesisTestAttack(),
    HypothesisTestAttack(cdf="ecdf", objective="tpr_at_fpr", fpr=0.1),
    HypothesisTestAttack(cdf="normal", direction="lower"),
]
DEFENSES = [
    RoundedPosterior(GaussianNB()),
    RoundedPosterior(TREE, decimals=0),
    TopKPosterior(GaussianNB(), k=2),
    TopKPosterior(KNeighborsClassifier(), k=1, fill="renormalise"),
    LabelOnly(make_pipeline(StandardScaler(), LogisticRegression())),
    BlackBox(GaussianNB()),
    BlackBox(KNeighborsClassifier(), access="top-k", k=2),
    BlackBox(TREE, access="label"),
]
GAMES = [
    MembershipGame(TREE, attack=ThresholdAttack(), **SHORT),
    MembershipGame(
        RoundedPosterior(GaussianNB(), decimals=1),
        [GaussianNB(), TREE],
        ClasswiseAttack(ThresholdAttack("loss")),
        signals=["loss", "true_label"],
        **SHORT,
    ),
    MembershipGame(
        LabelOnly(TREE),
        ShadowModels(TREE, cv=ShuffleSplit(2)),
        LogisticRegression(),
        random_state=0,
    ),
]
OTHERS = [
    ShadowModels(GaussianNB(), **SHORT),
    ShadowModels([TREE, GaussianNB()], signals=["loss", "posterior"], **SHORT),
    MLPNet((8,), max_epochs=5, batch_size=16, learning_rate=0.05, random_state=0),
    *(BlindAttack(variant=v, random_state=0) for v in ("single", "bi", "one-class")),
    TrajectorySummary(),
]
FREE_NAMES = [*ATTACKS, *COLUMN_ATTACKS, *DEFENSES, *GAMES, *OTHERS]
ALL = [*FREE_NAMES, *REFERENCE_ATTACKS]
# The same attacks where they are at home: on observations with names.
NAMED_ATTACKS = [
    *ATTACKS[:3],
    ThresholdAttack("loss", direction="lower"),
    *(clone(attack).set_params(by="true_label") for attack in ATTACKS[3:]),
]


def shorten(value):
    if hasattr(value, "get_params"):
        return "".join(repr(value).split())
    return value.func.__name__


def own_checks():
    kinds = {"attack": NAMED_ATTACKS, "defense": DEFENSES, "game": GAMES}
    for kind, estimators in kinds.items():
        for estimator in estimators:
            yield from yield_checks(estimator, kind)


def test_every_public_estimator_is_covered():
    covered = {type(estimator) for estimator in ALL}
    assert {cls for _, cls in all_estimators()} == covered


@parametrize_with_checks(ALL, xfail_strict=True)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize("estimator", ALL, ids=shorten)
def test_parameters_are_validated(estimator):
    check_param_validation(type(estimator).__name__, estimator)


# Reference attacks know their columns by name: any order, any number of references.
@pytest.mark.parametrize("estimator", FREE_NAMES, ids=shorten)
def test_column_names_are_consistent(estimator):
    check_dataframe_column_names_consistency(type(estimator).__name__, estimator)


@pytest.mark.parametrize(("estimator", "check"), list(own_checks()), ids=shorten)
def test_own_checks(estimator, check):
    check(estimator)
