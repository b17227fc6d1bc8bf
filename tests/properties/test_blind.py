"""What always holds for BlindMI."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from strategies import probas

from skmia.attacks import BlindAttack
from skmia.attacks.models._blind import KERNEL_WIDTHS
from skmia.attacks.statistics._mmd import Discrepancy, gaussian_kernel
from skmia.signals import get_signal

variants = st.sampled_from(["single", "bi", "one-class"])
batches = probas(min_rows=2, max_rows=20, min_classes=3, max_classes=3)
knowns = probas(min_rows=1, max_rows=6, min_classes=3, max_classes=3)


def top(P):
    return get_signal("top_posterior").compute(np.zeros(len(P), int), P, P.shape[1])


def distance(left, right):
    kernel = gaussian_kernel(np.vstack([left, right]), KERNEL_WIDTHS)
    on_left = np.arange(len(kernel)) < len(left)
    return Discrepancy(kernel, on_left, ~on_left).value()


@given(batches, knowns)
def test_every_pass_of_single_moves_increases_the_distance(P, known):
    before = BlindAttack(variant="bi", max_passes=1)
    more = BlindAttack(variant="bi", max_passes=2)
    reached = [-np.inf]
    for attack in (before, more, BlindAttack(variant="bi")):
        member = attack.fit_predict(P, nonmembers=known) == 1
        others = np.vstack([known, P[~member]])
        reached.append(distance(others, P[member]) if member.any() else 0.0)
        # Strictly, and more than the floor, whenever anybody moves: the rest is
        # rounding of sums of at most 26 ** 2 kernel values of 19.
        assert reached[-1] >= reached[-2] - 1e-9


@given(batches, variants, st.permutations(range(3)))
def test_relabelling_the_classes_changes_nothing(P, variant, order):
    attack = BlindAttack(variant=variant, random_state=0)
    assert_array_equal(
        attack.fit_predict(top(P)), attack.fit_predict(top(P[:, list(order)]))
    )


@given(batches, knowns)
def test_equal_candidates_get_equal_labels(P, known):
    twice = np.vstack([P, P[::-1]])
    known = np.repeat(known, 40, axis=0)  # so that there is one batch
    labels = BlindAttack().fit_predict(twice, nonmembers=known)
    assert_array_equal(labels[: len(P)], labels[len(P) :][::-1])


@given(batches, knowns, st.integers(2, 4))
def test_copies_of_the_non_members_keep_the_distance(P, known, n_times):
    copies = np.repeat(known, n_times, axis=0)
    assert_allclose(distance(copies, P), distance(known, P), rtol=1e-9, atol=1e-12)


@given(batches, batches)
def test_distance_is_symmetric_and_not_negative(P, Q):
    assert_allclose(distance(P, Q), distance(Q, P), rtol=1e-9, atol=1e-12)
    assert distance(P, Q) >= 0
    assert distance(P, P) < 1e-12


@given(batches, variants, st.integers(1, 5))
def test_labels_are_bits_and_passes_end(P, variant, batch_size):
    attack = BlindAttack(variant=variant, batch_size=batch_size, random_state=0)
    labels = attack.fit_predict(P)
    assert labels.shape == (len(P),)
    assert set(labels) <= {0, 1}
    assert attack.n_passes_ < attack.max_passes
