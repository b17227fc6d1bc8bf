import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skmia.utils._posteriors import (
    keep_label,
    log_posterior,
    onehot_posterior,
    reverse_sigmoid_posterior,
    round_posterior,
    soften_posterior,
    top_k_posterior,
)

P = np.array([[0.5, 0.3, 0.15, 0.05], [0.1, 0.2, 0.3, 0.4]])


@pytest.mark.parametrize(
    ("fill", "expected"),
    [
        ("zero", [[0.5, 0.3, 0, 0], [0, 0, 0.3, 0.4]]),
        ("spread", [[0.5, 0.3, 0.1, 0.1], [0.15, 0.15, 0.3, 0.4]]),
        ("renormalise", [[0.625, 0.375, 0, 0], [0, 0, 3 / 7, 4 / 7]]),
    ],
)
def test_top_two_of_four(fill, expected):
    assert_allclose(top_k_posterior(P, 2, fill=fill), expected, atol=1e-15)


def test_top_k_keeps_the_first_of_equal_entries():
    tied = [[0.25, 0.25, 0.25, 0.25]]
    assert_array_equal(top_k_posterior(tied, 2, fill="zero"), [[0.25, 0.25, 0, 0]])


@pytest.mark.parametrize("k", [4, 9])
def test_top_k_of_all_classes_is_a_copy(k):
    released = top_k_posterior(P, k)
    assert_array_equal(released, P)
    assert not np.shares_memory(released, P)


def test_top_k_spread_does_not_promote_a_hidden_class():
    # (1 - 1/3) / 2 rounds to more than 1/3.
    thirds = np.full((1, 3), 1 / 3)
    assert top_k_posterior(thirds, 1)[0].argmax() == 0
    # In float32 the rest of a row may be off by far more than that.
    uneven = np.array([[1 / 3, 1 / 3, 1 / 3 - 1e-7]], dtype=np.float32)
    assert top_k_posterior(uneven, 1)[0].argmax() == 0


def test_top_k_renormalise_keeps_two_values_apart():
    first, second, third = 0.23, np.nextafter(0.23, 1), 0.15
    kept = np.array([second, first, third])
    quotients = kept / kept.sum()
    assert quotients[0] == quotients[1]
    row = [[first, second, third, 0.1, 0.1, 0.1, 0.09]]
    assert top_k_posterior(row, 3, fill="renormalise")[0].argmax() == 1


@pytest.mark.parametrize("k", [0, -1, 1.5])
def test_top_k_below_one(k):
    with pytest.raises(ValueError, match=r"'k' parameter of top_k_posterior must be"):
        top_k_posterior(P, k)


def test_top_k_unknown_fill():
    with pytest.raises(ValueError, match=r"'fill' parameter of top_k_posterior must"):
        top_k_posterior(P, 2, fill="mean")


def test_round_to_one_digit():
    rows = [[0.62, 0.38], [0.04, 0.96]]
    assert_allclose(round_posterior(rows, 1), [[0.6, 0.4], [0, 1]], atol=1e-15)


def test_round_renormalises():
    # Rounded: 0.7, 0.2, 0.2.
    released = round_posterior([[0.66, 0.17, 0.17]], 1)
    assert_allclose(released, [[7 / 11, 2 / 11, 2 / 11]], atol=1e-15)
    on_grid = round_posterior([[0.66, 0.17, 0.17]], 1, renormalise=False)
    assert_array_equal(on_grid, [[0.7, 0.2, 0.2]])


@pytest.mark.parametrize("renormalise", [True, False])
def test_row_that_rounds_to_zero_becomes_its_class(renormalise):
    row = np.full((1, 30), 0.033)
    row[0, 7] = 0.043
    released = round_posterior(row, 1, renormalise=renormalise)
    assert_array_equal(released, np.eye(30)[[7]])


def test_rounding_tie_with_an_earlier_class_gets_one_step_more():
    row = [[0.2, 0.21, 0.2, 0.2, 0.19]]
    # 0.2 + 0.1 is no float on the grid; 0.3 is.
    on_grid = round_posterior(row, 1, renormalise=False)
    assert_array_equal(on_grid, [[0.2, 0.3, 0.2, 0.2, 0.2]])
    assert_allclose(round_posterior(row, 1), on_grid / 1.1, atol=1e-15)


def test_rounding_tie_with_a_later_class_needs_no_repair():
    on_grid = round_posterior([[0.34, 0.33, 0.33]], 1, renormalise=False)
    assert_array_equal(on_grid, [[0.3, 0.3, 0.3]])


def test_round_to_no_digit_is_the_class():
    rows = [[0.5, 0.5], [0.2, 0.8], [0.7, 0.3]]
    assert_array_equal(round_posterior(rows, 0), onehot_posterior(rows))


@pytest.mark.parametrize("decimals", [-1, 16, 0.5])
def test_decimals_out_of_range(decimals):
    with pytest.raises(ValueError, match=r"'decimals' parameter of round_posterior"):
        round_posterior(P, decimals)


def test_onehot_assigns_one_entry_per_row():
    # out[:, argmax] = 1 sets every predicted column in every row of a batch.
    assert_array_equal(onehot_posterior(P), [[1, 0, 0, 0], [0, 0, 0, 1]])
    assert_array_equal(onehot_posterior([[0.5, 0.5]]), [[1, 0]])


@pytest.mark.parametrize(
    "mask",
    [
        lambda P: top_k_posterior(P, 2),
        lambda P: round_posterior(P, 1),
        onehot_posterior,
        lambda P: soften_posterior(P, 3),
        lambda P: reverse_sigmoid_posterior(P, 50, 2),
        lambda P: keep_label(P, np.arange(len(P))),
        log_posterior,
    ],
)
def test_input_is_left_alone_and_empty_batches_pass(mask):
    before = P.copy()
    released = mask(P)
    assert_array_equal(P, before)
    assert released.dtype == np.float64
    assert mask(P[:0]).shape == (0, 4)


def test_soften_takes_the_root_of_the_odds():
    assert_allclose(soften_posterior([[0.9, 0.1]], 2), [[0.75, 0.25]])
    assert_allclose(soften_posterior([[0.75, 0.25]], 0.5), [[0.9, 0.1]])


def test_soften_gives_a_probability_of_zero_a_place():
    # exp(-log(1e30) / 10) = 1e-3
    assert_allclose(soften_posterior([[1.0, 0.0]], 10), [[1 / 1.001, 1e-3 / 1.001]])


def test_soften_to_uniform_keeps_the_class():
    row = np.array([[0.2, 0.3, 0.5]])
    released = soften_posterior(row, 1e300)
    assert_allclose(released, np.full((1, 3), 1 / 3), rtol=1e-15)
    assert released.argmax() == 2


def test_soften_to_one_class_at_the_smallest_temperature():
    assert_array_equal(soften_posterior(P, 5e-324), onehot_posterior(P))


@pytest.mark.parametrize("temperature", [0, -1, np.inf, np.nan])
def test_temperature_out_of_range(temperature):
    message = "'temperature' parameter of soften_posterior must be a float in the range"
    with pytest.raises(ValueError, match=message):
        soften_posterior(P, temperature)


def test_reverse_sigmoid_of_one_row():
    # gamma * logit(0.8) = log 4, whose sigmoid is 4 / 5: 0.8 - 0.3 beta.
    released = reverse_sigmoid_posterior([[0.8, 0.2]], 0.5, 1)
    assert_allclose(released, [[0.65, 0.35]])


def test_reverse_sigmoid_halves_beta_in_the_rows_that_need_it():
    # The class changes from beta = 1 on, where both entries are 1 / 2.
    rows = [[0.8, 0.2], [0.5, 0.5]]
    released = reverse_sigmoid_posterior(rows, 3, 1)
    assert_allclose(released, [[0.8 - 0.75 * 0.3, 0.2 + 0.75 * 0.3], [0.5, 0.5]])


def test_reverse_sigmoid_with_one_class():
    assert_array_equal(reverse_sigmoid_posterior([[1.0]], 3, 0.1), [[1.0]])


@pytest.mark.parametrize(("beta", "gamma"), [(-1, 0.1), (1, -0.1), (np.inf, 1)])
def test_reverse_sigmoid_out_of_range(beta, gamma):
    with pytest.raises(ValueError, match="parameter of reverse_sigmoid_posterior must"):
        reverse_sigmoid_posterior(P, beta, gamma)


def test_keep_label_raises_a_tie_by_the_last_digit():
    repaired = keep_label(np.array([[0.4, 0.4, 0.2]]), np.array([1]))
    assert_array_equal(repaired, [[0.4, np.nextafter(0.4, 1), 0.2]])


def test_keep_label_with_several_equal_ones_before():
    repaired = keep_label(np.array([[0.1, 0.3, 0.3, 0.3]]), np.array([3]))
    assert_array_equal(repaired, [[0.1, 0.3, 0.3, np.nextafter(0.3, 1)]])
