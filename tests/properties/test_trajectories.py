"""What always holds for trajectories and what attacks make of them."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.ensemble import HistGradientBoostingClassifier

from skmia.attacks import TrajectorySummary
from skmia.attacks.models._trajectory_summary import STATISTICS

losses = st.floats(0, 70)
trajectories = st.tuples(st.integers(1, 8), st.integers(1, 10)).flatmap(
    lambda shape: arrays(float, shape, elements=losses)
)


def summarise(Z):
    values = TrajectorySummary().fit_transform(Z)
    return dict(zip(STATISTICS, values.T, strict=True))


@given(trajectories, st.floats(-5, 5))
def test_adding_a_constant_moves_the_level_only(Z, constant):
    before, after = summarise(Z), summarise(Z + constant)
    for level in ("mean", "min"):
        assert_allclose(after[level], before[level] + constant, atol=1e-9)
    for shape in ("std", "slope", "change"):
        assert_allclose(after[shape], before[shape], atol=1e-9)


@given(trajectories)
@example(np.array([[0.0, 1.0, 0.0]]))
def test_time_reversal(Z):
    before, after = summarise(Z), summarise(Z[:, ::-1])
    for same in ("mean", "std", "min"):
        assert_allclose(after[same], before[same], atol=1e-9)
    for reversed_ in ("slope", "change"):
        assert_allclose(after[reversed_], -before[reversed_], atol=1e-9)
    n_steps = max(Z.shape[1] - 1, 1)
    rises = np.round((before["increases"] + after["increases"]) * n_steps)
    assert_array_equal(rises, (np.diff(Z, axis=1) != 0).sum(axis=1))


@given(trajectories)
def test_ranges(Z):
    seen = summarise(Z)
    assert all(np.isfinite(value).all() for value in seen.values())
    for fraction in ("argmin", "increases"):
        assert ((seen[fraction] >= 0) & (seen[fraction] <= 1)).all()
    assert (seen["min"] <= seen["mean"] + 1e-9).all()


@given(trajectories, st.randoms(use_true_random=False))
def test_a_record_is_its_trajectory_and_nothing_else(Z, random):
    rows = np.array([random.randrange(len(Z)) for _ in range(2 * len(Z))])
    summary = TrajectorySummary().fit(Z)
    # A product with a matrix may round a row differently among other rows.
    assert_allclose(summary.transform(Z[rows]), summary.transform(Z)[rows], atol=1e-9)


_rng = np.random.RandomState(0)
_MEMBER = _rng.randint(2, size=200)
_TRAINING = _rng.gamma(1.0, 2.0 - _MEMBER, size=(4, 200)).T
# An attack model that knows that a smaller loss is never less like a member.
MONOTONE = HistGradientBoostingClassifier(
    monotonic_cst=[-1] * 4, max_iter=20, random_state=0
).fit(_TRAINING, _MEMBER)


@given(arrays(float, (5, 4), elements=losses), arrays(float, (5, 4), elements=losses))
def test_a_monotone_attack_never_scores_smaller_losses_less(Z, drop):
    lower = np.maximum(Z - drop, 0)
    before, after = (MONOTONE.decision_function(each) for each in (Z, lower))
    assert (after >= before).all()
