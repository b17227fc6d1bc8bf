"""What always holds for the labels of noisy copies of a record."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skmia.signals import _labels_nearby, get_signal, observe
from skmia.targets import Session


class Scored:
    """Labels are the largest of scores that a map changes; two classes, and a third."""

    classes_ = np.array(["a", "b", "c"])

    def __init__(self, change=lambda scores: scores):
        self.change = change

    def predict(self, X):
        X = np.asarray(X, dtype=float)
        scores = np.column_stack([X[:, 0], X.sum(axis=1) / 2, 1 - X[:, -1]])
        return self.classes_[self.change(scores).argmax(axis=1)]


class Constant(Scored):
    """Says "b", whatever it is asked."""

    def predict(self, X):
        return np.repeat("b", len(X))


@st.composite
def problems(draw):
    """Records of numbers, two values or whole numbers, and their labels."""
    n, n_features = draw(st.integers(2, 12)), draw(st.integers(1, 4))
    values = draw(
        st.sampled_from([st.integers(0, 1), st.integers(-3, 3), st.floats(-3, 3)])
    )
    rows = st.lists(values, min_size=n_features, max_size=n_features)
    X = draw(st.lists(rows, min_size=n, max_size=n))
    y = draw(st.lists(st.sampled_from("abc"), min_size=n, max_size=n))
    return np.array(X, dtype=float), np.array(y)


noises = st.sampled_from([0.0, 0.3, 1.0, 5.0])
copies = st.integers(1, 12)


def robustness(model, X, y, **params):
    return observe(model, X, y, get_signal("noise_robustness", **params)).to_numpy()


@given(problems(), copies, noises, st.integers(0, 3))
def test_robustness(problem, n_copies, scale, seed):
    X, y = problem
    params = {"n_copies": n_copies, "scale": scale, "seed": seed}
    found = robustness(Scored(), X, y, **params)[:, 0]
    right = Scored().predict(X) == y
    assert_array_equal(found > 0, right)
    assert (found <= 1).all()
    assert_array_equal(robustness(Scored(), X, y, **params | {"scale": 0})[:, 0], right)
    assert_array_equal(robustness(Constant(), X, y, **params)[:, 0], y == "b")
    # Labels do not change with a strictly increasing map of the scores.
    assert_array_equal(robustness(Scored(np.arctan), X, y, **params)[:, 0], found)


@given(problems(), copies, noises)
def test_frequencies(problem, n_copies, scale):
    X, y = problem
    params = {"n_copies": n_copies, "scale": scale}
    session = Session(Scored(), X, y)
    names = ("sampled_posterior", "noise_robustness")
    signals = [get_signal(name, **params) for name in names]
    Z = session.observe(signals).to_numpy()
    np.testing.assert_allclose(Z[:, :3].sum(axis=1), 1)
    own = Z[np.arange(len(y)), np.searchsorted(Scored.classes_, y)]
    right = Scored().predict(X) == y
    assert_array_equal(Z[right, 3], own[right])
    assert session.n_queries == 2 * len(y) * (1 if scale == 0 else n_copies + 1)


@given(problems(), copies, noises, st.randoms(use_true_random=False))
def test_neither_batches_nor_order_nor_company_matter(problem, n_copies, scale, random):
    X, y = problem
    signal = get_signal("noise_robustness", n_copies=n_copies, scale=scale)
    # One schema and one spread for all, as evidence has them.
    whole = Session(Scored(), X, y)
    found = whole.observe(signal).to_numpy()
    (signal,) = [kept for _, _, kept in whole._seen.values()]
    rows = random.sample(range(len(y)), random.randint(1, len(y)))
    part = Session(Scored(), X[rows], y[rows]).observe(signal).to_numpy()
    assert_array_equal(part, found[rows])
    before = _labels_nearby.batches
    _labels_nearby.batches = lambda n, *_: [slice(i, i + 1) for i in range(n)]
    try:
        assert_array_equal(Session(Scored(), X, y).observe(signal), found)
    finally:
        _labels_nearby.batches = before
