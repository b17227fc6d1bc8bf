"""The public API as a user has it: mypy says that these are its types.

It is checked, never run. numpy and pandas have types; scikit-learn has none: its
estimators are Any.
"""

from typing import Literal, assert_type

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

import skmia
from skmia import MembershipGame, ShadowModels, audit, observe
from skmia.attacks import (
    AttackRecipe,
    LikelihoodRatioAttack,
    ThresholdAttack,
    get_attack,
    get_attack_names,
    group_observations,
    group_scores,
    lacks,
    make_attack,
    set_membership_test,
)
from skmia.attacks.evidence import Evidence, Signals
from skmia.auditing import AuditReport, Policy, SavedReport, judge
from skmia.defenses import PrivacyAccountant, RoundedPosterior
from skmia.generators import FeatureSchema
from skmia.metrics import advantage_score, auc_interval, tpr_at_fpr
from skmia.shadow import BalancedShuffleSplit
from skmia.signals import Signal, get_signal, register_signal, signal
from skmia.targets import BlackBox, Pairs, Session
from skmia.utils import all_estimators

X = np.zeros((40, 3))
frame = pd.DataFrame(X)
y = [0, 1] * 20
model = DecisionTreeClassifier().fit(X, y)


def attacks() -> None:
    """Attack models on observations."""
    attack = ThresholdAttack("loss", direction="lower", fpr=0.1)
    assert_type(attack.fit(frame, y), ThresholdAttack)
    assert_type(attack.fit(X, y).decision_function(X), np.ndarray)
    assert_type(get_attack("lira-offline"), AttackRecipe)
    assert_type(get_attack_names(access=["label", "scores"]), list[str])
    assert_type(lacks(make_attack(Signals("loss"), attack)), str | None)
    ThresholdAttack(direction="sideways")  # type: ignore[arg-type]
    LikelihoodRatioAttack(fpr="0.1")  # type: ignore[arg-type]
    make_attack("loss", attack)  # type: ignore[arg-type]


def sets() -> None:
    """Many records, one answer: what comes back depends on what is given."""
    assert_type(group_observations(X, y), pd.DataFrame)
    assert_type(group_observations(X, y, y), tuple[pd.DataFrame, np.ndarray])
    assert_type(group_scores(y, y), tuple[pd.Index, np.ndarray])
    assert_type(set_membership_test(y, y).pvalue, float)


def shadows() -> None:
    """Shadow models, and the pairs and tables that they give."""
    models = ShadowModels(LogisticRegression(), cv=BalancedShuffleSplit(4))
    assert_type(models.fit(frame, y), ShadowModels)
    pairs, member, shadow = models.pairs()
    assert_type(len(pairs), int)
    assert_type(pairs[member == 1], Pairs)
    assert_type(shadow, NDArray[np.int_])
    ShadowModels("logistic regression")  # type: ignore[arg-type]


def signals() -> None:
    """Signals: made, found, and asked of a model."""

    @register_signal
    @signal("predict_proba", greater_is_member=True)
    def purity(y: np.ndarray, posterior: np.ndarray) -> np.ndarray:
        return (posterior**2).sum(axis=1)

    assert_type(purity, Signal)
    assert_type(get_signal("loss"), Signal)
    assert_type(observe(model, frame, y, signals=["loss", purity]), pd.DataFrame)
    assert_type(purity.access, str)


class Rounded(Evidence):
    """An evidence of one's own."""

    asks = frozenset({"predict_proba"})

    def observe(self, session: Session) -> pd.DataFrame:
        """Round."""
        return session.observe("confidence").round(1)


def games_and_audits() -> None:
    """A game, an audit, and what is made of it."""
    game = MembershipGame(LogisticRegression(), attack="lira-offline", n_shadows=8)
    assert_type(game.fit(X, y), MembershipGame)
    assert_type(game.score(X, y), float)
    report = audit(model, X, y, X_holdout=X, y_holdout=y, attacks=["loss-threshold"])
    assert_type(report, AuditReport)
    assert_type(report.summary, pd.DataFrame)
    assert_type(report.verdict, str)
    assert_type(skmia.audit(BlackBox(model), X, y, X, y), AuditReport)
    decision = judge(report.to_dict(), Policy(conditions=("auc < 0.6",)))
    assert_type(decision.exit_code, int)
    assert_type(SavedReport.read("report.json").reasons, list[str])
    audit(model, X, y, X, y, access="everything")  # type: ignore[arg-type]


def defenses() -> None:
    """Models that release less."""
    defense = RoundedPosterior(LogisticRegression(), decimals=1)
    assert_type(defense.fit(frame, y), RoundedPosterior)
    assert_type(defense.predict_proba(frame), np.ndarray)
    assert_type(PrivacyAccountant(epsilon=1.0).remaining_.epsilon, float)
    RoundedPosterior(LogisticRegression(), decimals="one")  # type: ignore[arg-type]


def numbers() -> None:
    """Metrics and tables."""
    assert_type(advantage_score(y, y), float)
    assert_type(tpr_at_fpr(y, pd.Series(y), fpr=0.01), float)
    low, high = auc_interval(y, y)
    assert_type((low, high), tuple[float, float])
    assert_type(FeatureSchema.from_records(frame).encode(frame), np.ndarray)
    assert_type(all_estimators()[0], tuple[str, type])


Direction = Literal["auto", "higher", "lower"]
directions: list[Direction] = ["higher", "lower"]
searched = [ThresholdAttack(direction=one) for one in directions]
