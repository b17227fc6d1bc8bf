"""What always holds for the masks of a posterior."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal

from skmia.utils._posteriors import (
    FILLS,
    keep_label,
    onehot_posterior,
    reverse_sigmoid_posterior,
    round_posterior,
    soften_posterior,
    top_k_posterior,
)

MASKS = {
    **{
        f"top-{k} {fill}": lambda P, k=k, fill=fill: top_k_posterior(P, k, fill)
        for k in (1, 2, 3)
        for fill in FILLS
    },
    **{
        f"round {d} {again}": lambda P, d=d, again=again: round_posterior(P, d, again)
        for d in (0, 1, 3, 15)
        for again in (True, False)
    },
    "onehot": onehot_posterior,
    **{f"soften {t}": lambda P, t=t: soften_posterior(P, t) for t in (1e-9, 3, 1e20)},
    **{
        f"reverse sigmoid {b} {g}": lambda P, b=b, g=g: reverse_sigmoid_posterior(
            P, b, g
        )
        for b, g in ((1, 0.1), (50, 2), (1e300, 1))
    },
}
STOCHASTIC = [name for name in MASKS if "zero" not in name and "False" not in name]
# Renormalising divides again by a sum that is 1 up to rounding, and leaves the grid.
IDEMPOTENT = [
    name
    for name in MASKS
    if name.startswith(("top-", "round", "onehot"))
    and "renormalise" not in name
    and "True" not in name
]


@st.composite
def posteriors(draw, *, min_classes=2, max_classes=6, max_rows=8):
    """Rows that sum to 1, with exact 0 and 1, ties, and arbitrary values."""
    shape = draw(
        st.tuples(st.integers(1, max_rows), st.integers(min_classes, max_classes))
    )
    weights = st.one_of(
        st.just(0.0),
        st.integers(1, 3).map(float),
        st.floats(0, 1, allow_subnormal=False),
    )
    rows = draw(hnp.arrays(np.float64, shape, elements=weights))
    rows[rows.sum(axis=1) == 0, 0] = 1
    return rows / rows.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("name", MASKS)
@given(P=posteriors(min_classes=1))
@example(P=np.full((1, 3), 1 / 3))
@example(P=np.array([[np.nextafter(0.5, 0), 0.5]]))
@example(P=np.array([[np.nextafter(0.25, 0), 0.25, 0.25, 0.25]]))
@example(P=np.array([[0.23, np.nextafter(0.23, 1), 0.15, 0.1, 0.1, 0.1, 0.09]]))
def test_class_never_changes(name, P):
    assert_array_equal(MASKS[name](P).argmax(axis=1), P.argmax(axis=1))


@pytest.mark.parametrize("name", STOCHASTIC)
@given(P=posteriors(min_classes=1))
def test_rows_are_posteriors(name, P):
    released = MASKS[name](P)
    assert released.min() >= 0
    assert_allclose(released.sum(axis=1), 1, rtol=0, atol=1e-12)


@pytest.mark.parametrize("name", IDEMPOTENT)
@given(P=posteriors(min_classes=1))
def test_masking_again_changes_nothing(name, P):
    released = MASKS[name](P)
    assert_array_equal(MASKS[name](released), released)


@pytest.mark.parametrize("name", MASKS)
@given(P=posteriors())
def test_a_row_does_not_depend_on_its_batch(name, P):
    one_by_one = np.vstack([MASKS[name](row[np.newaxis]) for row in P])
    assert_array_equal(MASKS[name](P), one_by_one)


@given(P=posteriors(), k=st.integers(1, 8), fill=st.sampled_from(FILLS))
def test_top_k_against_sorting_by_hand(P, k, fill):
    for row, released in zip(P, top_k_posterior(P, k, fill), strict=True):
        kept = sorted(range(len(row)), key=lambda j: (-row[j], j))[:k]
        hidden = [j for j in range(len(row)) if j not in kept]
        mass = sum(row[kept])
        fills = {"zero": 0.0, "renormalise": 0.0, "spread": 0.0}
        if hidden:
            fills["spread"] = (1 - mass) / len(hidden)
        scale = mass if fill == "renormalise" and hidden else 1
        assert_allclose(released[kept], row[kept] / scale, rtol=0, atol=1e-15)
        assert_allclose(released[hidden], fills[fill], rtol=0, atol=1e-15)
        assert len(set(released[hidden])) <= 1


@given(P=posteriors(), more=st.integers(0, 3), fill=st.sampled_from(FILLS))
def test_top_k_of_all_classes_is_the_identity(P, more, fill):
    assert_array_equal(top_k_posterior(P, P.shape[1] + more, fill), P)


@given(P=posteriors(max_classes=12), decimals=st.integers(0, 15))
def test_rounding_moves_entries_by_half_a_step(P, decimals):
    step = 10.0**-decimals
    on_grid = round_posterior(P, decimals, renormalise=False)
    # float64 holds a grid value below 2 to within 2e-16.
    assert_allclose(on_grid, np.rint(on_grid / step) * step, rtol=0, atol=4e-16)
    for row, released in zip(P, on_grid, strict=True):
        top = row.argmax()
        plain = np.round(row, decimals)
        others = np.arange(len(row)) != top
        limit = step / 2 + 2e-16
        assert (abs(released - row)[others] <= limit).all()
        if not plain.any():
            assert released[top] == 1
        elif plain[:top].max(initial=0) == plain[top]:
            assert 0 < released[top] - plain[top] <= step + 2e-16
        else:
            assert abs(released[top] - row[top]) <= limit


@given(P=posteriors(), decimals=st.integers(0, 2))
def test_rounding_leaves_few_values(P, decimals):
    on_grid = round_posterior(P, decimals, renormalise=False)
    possible = np.round(np.arange(10**decimals + 1) / 10**decimals, decimals)
    assert set(on_grid.ravel()) <= set(possible)


@given(P=posteriors())
def test_onehot_rows_have_a_single_one(P):
    released = onehot_posterior(P)
    assert_array_equal(np.sort(released, axis=1)[:, :-1], 0)
    assert_array_equal(released.max(axis=1), 1)


def entropy_of(P):
    return -(P * np.log(np.clip(P, 1e-300, 1))).sum(axis=1)


@given(P=posteriors(), temperature=st.floats(1e-3, 1e3))
def test_softening_keeps_the_ranking(P, temperature):
    released = soften_posterior(P, temperature)
    order = np.argsort(P, axis=1, kind="stable")
    # Logarithms of neighbouring floats may change places: by the last digit.
    assert np.diff(np.take_along_axis(released, order, axis=1)).min() >= -1e-15


@given(P=posteriors(), t=st.floats(1e-3, 1e3), factor=st.floats(1, 1e3))
def test_softening_more_gives_more_entropy(P, t, factor):
    less = entropy_of(soften_posterior(P, t))
    assert (entropy_of(soften_posterior(P, t * factor)) >= less - 1e-12).all()


@given(P=posteriors())
def test_limits_of_the_temperature(P):
    assert_allclose(soften_posterior(P, 1), P, rtol=0, atol=1e-14)
    uniform = np.full(P.shape, 1 / P.shape[1])
    assert_allclose(soften_posterior(P, 1e15), uniform, rtol=0, atol=1e-12)
    top_two = np.sort(P, axis=1)[:, -2:]
    apart = P[top_two[:, 1] - top_two[:, 0] > 1e-6]
    cold = soften_posterior(apart, 1e-9)
    assert_allclose(cold, onehot_posterior(apart), rtol=0, atol=1e-15)


# The first temperature is at least 1: below, small entries fall under the floor.
@given(P=posteriors(), first=st.floats(1, 50), then=st.floats(0.2, 50))
def test_temperatures_multiply(P, first, then):
    twice = soften_posterior(soften_posterior(P, first), then)
    assert_allclose(twice, soften_posterior(P, first * then), rtol=0, atol=1e-12)


@given(P=posteriors(), gamma=st.floats(0, 10))
def test_reverse_sigmoid_without_size_is_the_identity(P, gamma):
    assert_allclose(reverse_sigmoid_posterior(P, 0, gamma), P, rtol=0, atol=1e-15)
    # The change is at most beta / 2 for each entry and once more for the sum of all.
    small = reverse_sigmoid_posterior(P, 1e-9, gamma)
    assert_allclose(small, P, rtol=0, atol=1e-9 * P.shape[1])


@given(P=posteriors(), beta=st.floats(0, 5), gamma=st.floats(0, 2))
def test_reverse_sigmoid_against_the_formula(P, beta, gamma):
    p = np.clip(P, 1e-9, 1 - 1e-9)
    odds = np.log((1 - p) / p)
    shift = 1 / (1 + np.exp(gamma * odds)) - 0.5
    plain = np.clip(P - beta * shift, 0, 1)
    plain /= plain.sum(axis=1, keepdims=True)
    gap = np.sort(plain, axis=1)[:, -1] - np.sort(plain, axis=1)[:, -2]
    kept = (plain.argmax(axis=1) == P.argmax(axis=1)) & (gap > 1e-6)
    released = reverse_sigmoid_posterior(P, beta, gamma)
    assert_allclose(released[kept], plain[kept], rtol=0, atol=1e-12)


@given(P=posteriors(min_classes=1), top=st.data())
@example(P=np.array([[0.4, 0.4, 0.2]]), top=1)
@example(P=np.array([[0.4, 0.2, 0.4]]), top=2)
@example(P=np.array([[0.4, 0.4, 0.1, 0.1]]), top=2)
def test_keep_label_exchanges_two_entries(P, top):
    if not isinstance(top, int):
        top = top.draw(st.integers(0, P.shape[1] - 1))
    repaired = keep_label(P, np.full(len(P), top))
    assert (repaired.argmax(axis=1) == top).all()
    assert_allclose(np.sort(repaired), np.sort(P), rtol=1e-15, atol=0)
    moved = (abs(repaired - P) > 1e-15).sum(axis=1)
    assert set(moved) <= {0, 2}
