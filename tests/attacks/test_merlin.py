"""Merlin and Morgan by name: noise in spreads of the features, whatever their units."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from slow_cases import slow

from skmia import MembershipGame, ShadowModels, audit
from skmia.attacks import AttackRecipe, make_attack
from skmia.attacks.evidence import Signals
from skmia.auditing import _blind_pool
from skmia.signals import get_signal
from skmia.targets import Session

X, y = (part[:400] for part in load_digits(return_X_y=True))
FOREST = RandomForestClassifier(20, random_state=0)
MEMBER = np.arange(400) % 2 == 0
RATIO = get_signal("merlin_ratio", n_copies=20)
LEARNED = make_attack(Signals(["loss", RATIO]), LogisticRegression())


def audited(X, attacks=("merlin", "morgan"), y=y):
    """Scores of an audit of a forest that saw every other record."""
    parts = X[::2], y[::2], X[1::2], y[1::2]
    target = RandomForestClassifier(20, random_state=0).fit(*parts[:2])
    with pytest.MonkeyPatch.context() as patch:
        # The order of the pool goes by content: in other units it is another one.
        patch.setattr(
            _blind_pool, "blind_order", lambda keys, y, seed: np.arange(len(y))
        )
        report = audit(target, *parts, attacks=attacks, n_shadows=2, random_state=0)
    assert set(report.summary["status"]) == {"ok"}
    assert_array_equal(report.member, np.arange(len(X)) < len(parts[0]))
    return np.column_stack([result.score for result in report.results])


@pytest.fixture(scope="module")
def expected():
    return audited(X)


SCALES = np.ones(64)
SCALES[20] = 1000


@pytest.mark.parametrize(
    "change",
    [
        lambda X: X * SCALES,
        lambda X: X.astype(np.uint8),
        *slow(
            lambda X: 1024 * X,
            lambda X: 1000 * X,
            lambda X: X / 1024,
            lambda X: X + 5000,
            lambda X: 1000 * X + np.arange(64),
        ),
    ],
    ids=["one", "integers", "1024", "1000", "1/1024", "added", "both"],
)
def test_units_do_not_matter(change, expected):
    """Steps of the trees lie within rounding of where they lay: one copy in a hundred
    may fall on another side of one."""
    assert_allclose(audited(change(X))[:, 0], expected[:, 0], atol=0.0101)
    auc = [
        roc_auc_score(np.arange(400) < 200, score)
        for score in (*audited(change(X)).T, *expected.T)
    ]
    assert_allclose(auc[:2], auc[2:], atol=0.01)


def test_members_of_a_forest_sit_at_minima(expected):
    """Measured .73; in units of [0, 16] a noise of .01 told nothing (.43)."""
    assert roc_auc_score(np.arange(400) < 200, expected[:, 0]) > 0.65


def test_features_that_never_change_stay_as_they_are():
    """Also those whose mean rounds: noise would be what no record has."""
    asked = []

    class Spy(RandomForestClassifier):
        def predict_proba(self, X):
            asked.append(X)
            return super().predict_proba(X)

    wide = np.column_stack([X, np.full(400, 0.1)])
    target = Spy(5, random_state=0).fit(wide[MEMBER], y[MEMBER])
    Session(target, wide, y).observe(RATIO)
    assert_array_equal(asked[0][:, 64], 0.1)
    assert len(np.unique(asked[0][:, 20])) > 300


def test_frames():
    frame = pd.DataFrame(X[:100]).add_prefix("pixel")
    assert_array_equal(audited(frame, y=y[:100]), audited(X[:100], y=y[:100]))


def test_a_record_is_seen_in_the_spread_that_the_attack_was_fitted_on():
    """Few candidates, or other ones: what is seen of a record is its own."""
    shadows = ShadowModels(FOREST, n_shadows=2, random_state=0).fit(X[200:], y[200:])
    pairs, member, _ = shadows.pairs()
    target = FOREST.fit(X[:200][MEMBER[:200]], y[:200][MEMBER[:200]])
    attack = LEARNED.fit(pairs, member)
    whole = attack.decision_function(Session(target, X[:200], y[:200]))
    for rows in ([3], [5, 60], np.arange(20, 60)):
        few = attack.decision_function(Session(target, X[rows], y[rows]))
        # Processors differ in how they round the product of one row and of many.
        assert_allclose(few, whole[rows], rtol=1e-12)


@pytest.mark.parametrize("fitted_on", ["shadows", "members"])
def test_learned_beside_the_loss(fitted_on):
    """Recorded of shadow models, asked once of the target: one spread for all."""
    score = audited(X, [AttackRecipe("learned", LEARNED, fitted_on)])
    assert roc_auc_score(np.arange(400) < 200, score[:, 0]) > 0.65


def test_in_a_game():
    game = MembershipGame(FOREST, attack=LEARNED, n_shadows=2, random_state=0)
    scores = []
    for factor in (1, 1024):
        game.fit(factor * X[:200], y[:200])
        scores.append(game.play(factor * X[200:], y[200:]).score)
    assert_array_equal(*scores)


def test_no_spread_to_be_seen():
    target = FOREST.fit(X, y)
    with pytest.raises(ValueError, match="seen from two records on"):
        Session(target, X[:1], y[:1]).observe("merlin_ratio")
    own = get_signal("merlin_ratio", spread=1)
    assert Session(target, X[:1], y[:1]).observe(own).shape == (1, 1)


def test_the_spread_of_another_kind_of_records():
    """Who learns from another task has one unit for both, or is told."""
    recipe = AttackRecipe("learned", LEARNED, "other-task")
    own = make_attack(Signals(get_signal("merlin_ratio", spread=1)), FOREST)
    parts = X[::2], y[::2], X[1::2], y[1::2]
    report = audit(
        FOREST.fit(*parts[:2]),
        *parts,
        attacks=[recipe, AttackRecipe("own", own, "other-task")],
        other_task=load_breast_cancer(return_X_y=True),
        n_shadows=2,
        random_state=0,
    )
    status = report.summary["status"]
    assert "must be a number or one for each of 64 features" in status["learned"]
    assert status["own"] == "ok"
