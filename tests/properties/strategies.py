"""Strategies that the property tests share. Sizes are keyword-only."""

import numpy as np
from hypothesis import strategies as st

# Values with a meaning of their own somewhere: ties, ends of the scale, neighbours.
SPECIAL = [0.0, 0.5, 1.0, np.nextafter(1, 0), 1e-300, 1e300, -1e300, np.nextafter(0, 1)]


def values():
    """Finite floats, often from a few special ones, so that ties are common."""
    return st.one_of(
        st.sampled_from(SPECIAL),
        st.integers(-3, 3).map(float),
        st.floats(-1e300, 1e300, allow_subnormal=True),
    )


@st.composite
def probas(draw, *, min_rows=1, max_rows=12, min_classes=2, max_classes=5):
    """Posteriors (n_rows, n_classes), with many ties, zeros and ones."""
    n_rows = draw(st.integers(min_rows, max_rows))
    n_classes = draw(st.integers(min_classes, max_classes))
    weights = st.one_of(st.integers(0, 3).map(float), st.floats(1e-12, 1))
    rows = st.lists(weights, min_size=n_classes, max_size=n_classes).filter(any)
    P = np.array(draw(st.lists(rows, min_size=n_rows, max_size=n_rows)))
    return P / P.sum(axis=1, keepdims=True)


@st.composite
def labelled_probas(draw, *, unknown=False, **sizes):
    """Posteriors and the position of each row's true class; -1 with `unknown`."""
    P = draw(probas(**sizes))
    labels = st.integers(-1 if unknown else 0, P.shape[1] - 1)
    y = draw(st.lists(labels, min_size=len(P), max_size=len(P)))
    return P, np.array(y)


def membership(*, n_samples):
    """Membership bits with at least one member and one non-member."""
    bits = st.lists(st.integers(0, 1), min_size=n_samples, max_size=n_samples)
    return bits.filter(lambda member: 0 < sum(member) < n_samples).map(np.array)


@st.composite
def membership_problems(draw, *, min_samples=2, max_samples=20, n_columns=1):
    """Observations (n_samples, n_columns) and membership."""
    n_samples = draw(st.integers(min_samples, max_samples))
    rows = st.lists(values(), min_size=n_columns, max_size=n_columns)
    Z = draw(st.lists(rows, min_size=n_samples, max_size=n_samples))
    return np.array(Z), draw(membership(n_samples=n_samples))


@st.composite
def labels(draw, *, min_samples=2, max_samples=40, max_classes=4):
    """Class labels of records: strings, gaps between numbers, one class only."""
    kinds = [["b", "a", "dd", "c"], [7, -2, 0, 40], [0.5, -1.5, 2.0, 3.0]]
    alphabet = draw(st.sampled_from(kinds))[:max_classes]
    y = st.lists(st.sampled_from(alphabet), min_size=min_samples, max_size=max_samples)
    return np.array(draw(y))
