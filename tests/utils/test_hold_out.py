import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import labels

from skmia.utils._hold_out import hold_out


def divide(y, fraction):
    X = np.arange(len(y))[:, None]
    rng = np.random.RandomState(0)
    return hold_out(X, y, fraction, rng, owner="Guard", instead="reference")


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
