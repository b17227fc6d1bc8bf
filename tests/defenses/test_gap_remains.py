"""Masking leaves at least the gap attack: whether the label is right."""

import pytest
from sklearn.datasets import make_classification
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame
from skmia.defenses import (
    LabelOnly,
    NoisyPosterior,
    PurifiedPosterior,
    RandomScorePosterior,
    ReverseSigmoidPosterior,
    RoundedPosterior,
    TemperaturePosterior,
    TopKPosterior,
)
from skmia.metrics import advantage_score

N_RECORDS = 300
TREE = DecisionTreeClassifier(random_state=0)
X, Y = make_classification(
    N_RECORDS + 50, 20, n_informative=5, n_classes=3, flip_y=0.3, random_state=0
)
MEMBER = [1] * 100 + [0] * 200
MASKS = [
    LabelOnly(TREE),
    TopKPosterior(TREE, k=1),
    RoundedPosterior(TREE, decimals=0),
    TemperaturePosterior(TREE, temperature=20),
    NoisyPosterior(TREE, scale=5, random_state=0),
    NoisyPosterior(TREE, scale=1, space="probabilities", random_state=0),
    RandomScorePosterior(TREE, random_state=0),
    ReverseSigmoidPosterior(TREE, beta=5),
    PurifiedPosterior(TREE, n_components=0, reference=X[N_RECORDS:]),
]


def gap_of(model):
    """Advantage of calling those records members whose label is right."""
    model.fit(X[:100], Y[:100])
    return advantage_score(MEMBER, model.predict(X[:N_RECORDS]) == Y[:N_RECORDS])


@pytest.mark.parametrize("mask", MASKS)
def test_advantage_of_the_gap_attack_is_that_of_the_bare_model(mask):
    bare = DecisionTreeClassifier(random_state=0).fit(X[:100], Y[:100])
    rest = slice(100, N_RECORDS)
    gap = bare.score(X[:100], Y[:100]) - bare.score(X[rest], Y[rest])
    assert gap_of(mask) == pytest.approx(gap, abs=1e-12)
    assert gap > 0.3


@pytest.mark.parametrize("mask", MASKS)
def test_adaptive_gap_attack_in_a_game(mask):
    def score(target):
        game = MembershipGame(target, attack="gap", n_shadows=2, random_state=0)
        return game.fit(X[:150], Y[:150]).score(X[150:N_RECORDS], Y[150:N_RECORDS])

    assert score(mask) == score(TREE) > 0.6
