"""What always holds for networks that read trajectories."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.metrics import roc_auc_score

pytest.importorskip("torch")

from skmia.neural import SeqMIA, TrajectoryMIA

N_STEPS = 5
SHORT = {"max_epochs": 10, "batch_size": 32, "random_state": 0}
_rng = np.random.RandomState(0)
_MEMBER = _rng.randint(2, size=200)
_LOSSES = _rng.gamma(1.0, 2.0 - _MEMBER, size=(N_STEPS, 200)).T
# float64 networks of a few dozen terms per sum: 1e-9 is generous, and far below any
# difference that another order of epochs makes.
ROUNDING = {"rtol": 1e-9, "atol": 1e-9}
ATTACKS = [
    SeqMIA(8, learning_rate=0.05, **SHORT).fit(_LOSSES, _MEMBER),
    TrajectoryMIA((16, 8), **SHORT).fit(_LOSSES, _MEMBER),
]
every_attack = pytest.mark.parametrize(
    "attack", ATTACKS, ids=lambda attack: type(attack).__name__
)
losses = st.floats(0, 70)
trajectories = st.integers(1, 8).flatmap(
    lambda n: arrays(float, (n, N_STEPS), elements=losses)
)


@every_attack
@given(Z=trajectories, random=st.randoms(use_true_random=False))
def test_a_record_is_its_trajectory_in_any_company(attack, Z, random):
    rows = np.array([random.randrange(len(Z)) for _ in range(2 * len(Z))])
    score = attack.decision_function(Z)
    assert_allclose(attack.decision_function(Z[rows]), score[rows], **ROUNDING)


@every_attack
@given(Z=trajectories, random=st.randoms(use_true_random=False))
def test_permuted_records_have_permuted_scores(attack, Z, random):
    order = random.sample(range(len(Z)), len(Z))
    score = attack.decision_function(Z)
    assert_array_equal(attack.decision_function(Z[order]), score[order])


@every_attack
@given(Z=trajectories)
def test_answers_agree(attack, Z):
    score, P = attack.decision_function(Z), attack.predict_proba(Z)
    assert_allclose(P.sum(axis=1), 1, atol=1e-15)
    assert_array_equal(attack.predict(Z), (score > 0).astype(int))
    assert ((P[:, 1] >= 0.5) | (score <= 0)).all()


@every_attack
@given(arrays(float, N_STEPS, elements=losses), st.integers(2, 20))
def test_constant_sequences_are_told_apart_by_nothing(attack, one, n):
    score = attack.decision_function(np.tile(one, (2 * n, 1)))
    assert roc_auc_score(np.repeat([0, 1], n), score) == 0.5
