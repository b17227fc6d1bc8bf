"""What always holds for what the adversary of a game knows."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from joblib import Memory, parallel_config
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import check_random_state, resample
from strategies import labels

from skmia import MembershipGame, ShadowModels, observe
from skmia.attacks import ThresholdAttack
from skmia.game._knowledge import add_noise, choose_records
from skmia.shadow import BalancedShuffleSplit
from skmia.utils._random import draw_seeds

TREE = DecisionTreeClassifier()
seeds = st.integers(0, 2**31 - 1)
# Down to where halves are still exact.
sigmas = st.floats(1e-300, 1e6)
matrices = st.integers(1, 12).flatmap(
    lambda n: st.lists(
        st.lists(st.floats(-10, 10, width=32), min_size=3, max_size=3),
        min_size=n,
        max_size=n,
    ).map(np.array)
)


class Resampled(BaseEstimator):
    """Shadow data: known records, drawn with replacement."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y=None):
        self.known_ = X, y
        return self

    def sample(self, n_samples, target=None):
        seed = self.random_state
        return resample(*self.known_, n_samples=n_samples, random_state=seed)


KNOWLEDGE = st.fixed_dictionaries(
    {
        "shadow_data": st.sampled_from([None, Resampled()]),
        "shadow_size": st.sampled_from([None, 0.75, 20]),
        "shadow_noise": st.sampled_from([0.0, 0.3]),
        "target_noise": st.sampled_from([0.0, 0.3]),
        "noise_clip": st.booleans(),
    }
)


def draw(seed):
    rng = np.random.RandomState(seed)
    return rng.uniform(size=(24, 2)), rng.permutation(np.repeat(["b", "a"], 12))


def play(seed, **params):
    settings = {"n_shadows": 2, "random_state": seed} | params
    game = MembershipGame(TREE, attack=ThresholdAttack("loss"), **settings)
    return game.fit(*draw(0)).play(*draw(1))


def play_by_hand(seed):
    """The game of an adversary that knows its records and candidates exactly."""
    seed, _, score_seed = draw_seeds(check_random_state(seed), 3)
    shadows = ShadowModels(TREE, n_shadows=2, signals="loss", random_state=seed)
    attack = ThresholdAttack("loss")
    attack.fit(*shadows.fit(*draw(0)).observations()[:2])
    X, y = draw(1)
    split_seed, target_seed = draw_seeds(check_random_state(score_seed), 2)
    halves = BalancedShuffleSplit(2, random_state=split_seed)
    train, _ = next(halves.split(X, y))
    rng = check_random_state(target_seed)
    target = DecisionTreeClassifier(random_state=draw_seeds(rng, 1)[0])
    target.fit(X[train], y[train])
    return train, attack.decision_function(observe(target, X, y, ["loss"]))


@given(seeds, st.sampled_from([{}, {"noise_clip": True}, {"shadow_size": 1.0}]))
def test_with_everything_off_it_is_the_plain_game(seed, params):
    train, score = play_by_hand(seed)
    outcome = play(seed, **params)
    assert_array_equal(np.flatnonzero(outcome.member), np.sort(train))
    assert_array_equal(outcome.score, score)


@pytest.mark.slow
@given(KNOWLEDGE, seeds)
def test_one_seed_one_result_for_any_number_of_jobs(params, seed):
    with parallel_config("threading"):
        one, same, parallel = (play(seed, n_jobs=n, **params) for n in (None, None, 2))
    for other in same, parallel:
        assert_array_equal(other.score, one.score)
        pd.testing.assert_frame_equal(other.observations, one.observations)


@given(KNOWLEDGE, seeds)
def test_all_adversaries_play_against_one_victim(params, seed):
    """Knowledge is varied alone: members do not change with it, nor does the target."""
    outcome, plain = play(seed, **params), play(seed)
    assert_array_equal(outcome.member, plain.member)
    if not params["target_noise"]:
        pd.testing.assert_frame_equal(outcome.observations, plain.observations)


@given(matrices, sigmas, seeds, st.sampled_from([np.float64, np.float32]))
def test_noise_is_one_sided_and_bounded(X, sigma, seed, dtype):
    X = X.astype(dtype)
    noisy = add_noise(X, sigma, seed, False)
    assert noisy.dtype == dtype
    assert (noisy >= X).all()
    assert (noisy <= X + dtype(sigma)).all()
    assert_array_equal(add_noise(X, sigma, seed, False), noisy)
    clipped = add_noise(X, sigma, seed, True)
    assert_array_equal(clipped, np.minimum(noisy, 1))
    frame = add_noise(pd.DataFrame(X, columns=list("abc")), sigma, seed, False)
    assert_array_equal(frame.to_numpy(), noisy)


@given(sigmas, seeds)
def test_twice_the_noise_is_the_same_noise_doubled(sigma, seed):
    none = np.zeros((5, 2))
    once, twice = (add_noise(none, scale * sigma, seed, False) for scale in (1, 2))
    assert_array_equal(2 * once, twice)
    assert add_noise(none, 0.0, seed, True) is none


@given(labels(min_samples=4), st.data(), seeds)
def test_drawn_records_are_distinct_and_in_proportion(y, data, seed):
    size = data.draw(
        st.one_of(st.integers(2, len(y)), st.floats(0.5, 1)), label="shadow_size"
    )
    X = np.arange(len(y))[:, None]
    drawn, drawn_y, _ = choose_records(None, size, seed, None, X, y, None)
    expected = size if isinstance(size, int) else round(size * len(y))
    assert len(drawn) == expected
    assert (np.diff(drawn[:, 0]) > 0).all()
    assert_array_equal(drawn_y, y[drawn[:, 0]])
    for label in set(y.tolist()):
        share = (y == label).sum() * expected / len(y)
        assert abs((drawn_y == label).sum() - share) < 1


@pytest.mark.parametrize("size", [None, 7, 2.5])
@given(seed=seeds)
def test_as_many_generated_records_as_asked_for(size, seed):
    X, y = draw(2)
    memory = Memory(None)
    drawn, drawn_y, groups = choose_records(Resampled(), size, seed, memory, X, y, None)
    assert len(drawn) == len(drawn_y) == {None: 24, 7: 7, 2.5: 60}[size]
    assert groups is None
