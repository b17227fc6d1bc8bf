"""What holds for every public estimator: scikit-learn's checks, and ours.

No check is expected to fail.
"""

import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
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
from skmia.attacks import ClasswiseAttack, ThresholdAttack
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
]
ALL = [*ATTACKS, *DEFENSES, *GAMES, *OTHERS]
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
@pytest.mark.parametrize(
    "check", [check_dataframe_column_names_consistency, check_param_validation]
)
def test_checks_that_scikit_learn_does_not_run_itself(estimator, check):
    check(type(estimator).__name__, estimator)


@pytest.mark.parametrize(("estimator", "check"), list(own_checks()), ids=shorten)
def test_own_checks(estimator, check):
    check(estimator)
