import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from strategies import labels

from skmia.utils._hold_out import hold_out


class Guard:
    """Who asks."""


def divide(y, fraction):
    X = np.arange(len(y))[:, None]
    rng = np.random.RandomState(0)
    return hold_out(Guard(), X, y, fraction, rng, "reference")


@given(y=labels(), fraction=st.floats(0.01, 0.99))
def test_every_class_keeps_a_record_and_gives_its_share(y, fraction):
    sizes = dict(zip(*np.unique(y, return_counts=True), strict=True))
    n_spare = len(y) - len(sizes)
    if n_spare == 0:
        with pytest.raises(ValueError, match=r"Guard holds out .* pass 'reference'"):
            divide(y, fraction)
        return
    X_kept, y_kept, X_out, rows = divide(y, fraction)
    assert sorted([*X_kept[:, 0], *X_out[:, 0]]) == list(range(len(y)))
    np.testing.assert_array_equal(X_out[:, 0], rows)
    np.testing.assert_array_equal(y[X_kept[:, 0]], y_kept)
    assert set(y_kept) == set(y)
    n_out = max(1, min(round(fraction * len(y)), n_spare))
    assert len(rows) == n_out
    for label, size in sizes.items():
        share = n_out * (size - 1) / n_spare
        assert abs(np.sum(y[rows] == label) - share) <= 1 + 1e-9


@given(y=labels(), data=st.data(), fraction=st.floats(0.01, 0.99))
def test_equal_records_are_held_out_together(y, data, fraction):
    """Whatever their labels are: records of several classes among them."""
    numbers = st.lists(st.integers(0, 12), min_size=len(y), max_size=len(y))
    X = np.array(data.draw(numbers))[:, None]
    rng = np.random.RandomState(0)
    try:
        X_kept, y_kept, X_out, rows = hold_out(
            Guard(), X, y, fraction, rng, "reference"
        )
    except ValueError:
        # Each of the different records may have to stay, for one of its classes.
        assert len(np.unique(X)) <= len(np.unique(y))
        return
    assert_array_equal(X_out, X[rows])
    assert_array_equal(y_kept, np.delete(y, rows))
    assert_array_equal(X_kept, np.delete(X, rows, axis=0))
    assert not set(X_out.ravel()) & set(X_kept.ravel())
    assert set(y_kept) == set(y)
    n_out = len(np.unique(X_out))
    n_spare = len(np.unique(X)) - len(np.unique(y))
    wanted = max(1, round(fraction * len(np.unique(X))))
    assert min(wanted, max(n_spare, 1)) <= n_out <= wanted
