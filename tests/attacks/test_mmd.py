"""Distance of two sets, against its definition."""

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from skmia.attacks.statistics._mmd import Discrepancy, gaussian_kernel


def by_definition(kernel, left, right):
    def mean(a, b):
        return kernel[np.ix_(a, b)].mean()

    return mean(left, left) + mean(right, right) - 2 * mean(left, right)


def problem(n_points=12):
    """A kernel, and two disjoint sets that leave some points out."""
    points = np.random.RandomState(0).uniform(size=(n_points, 3))
    side = np.arange(n_points) % 3
    return gaussian_kernel(points, [0.1, 1.0]), side == 0, side == 1


def test_kernel_of_two_points():
    kernel = gaussian_kernel(np.array([[0.0, 0.0], [3.0, 4.0]]), [1.0, 25.0])
    apart = np.exp(-12.5) + np.exp(-0.5)
    assert_allclose(kernel, [[2, apart], [apart, 2]], rtol=1e-14)


def test_value_is_the_definition():
    kernel, left, right = problem()
    distance = Discrepancy(kernel, left, right).value()
    assert_allclose(distance, by_definition(kernel, left, right), rtol=1e-12)


def test_trials_are_the_definition():
    kernel, left, right = problem()
    now = Discrepancy(kernel, left, right)
    for side in (left, right):
        rows = np.flatnonzero(side)
        expected = [
            by_definition(kernel, left ^ moved, right ^ moved)
            for moved in np.eye(len(kernel), dtype=bool)[rows]
        ]
        assert_allclose(now.if_moved(rows), expected, rtol=1e-12)


def test_moves_keep_the_sums():
    kernel, left, right = problem()
    state = Discrepancy(kernel, left, right)
    for row in [0, 1, 4, 0, 3]:
        expected = state.if_moved(np.array([row]))[0]
        state.move(row)
        assert_allclose(state.value(), expected, rtol=1e-12)
    assert_array_equal(left, problem()[1])


def test_an_empty_set_has_no_distance():
    kernel, left, right = problem()
    nothing = np.zeros_like(left)
    assert Discrepancy(kernel, left, nothing).value() == 0
    alone = np.arange(len(kernel)) == 1
    assert_array_equal(Discrepancy(kernel, left, alone).if_moved(np.array([1])), [0])
    assert len(Discrepancy(kernel, left, right).if_moved(np.array([], int))) == 0


def test_small_distances_are_raised_to_the_floor():
    kernel, left, right = problem()
    floor = 2 * by_definition(kernel, left, right)
    assert Discrepancy(kernel, left, right, floor=floor).value() == floor
