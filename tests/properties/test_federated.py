"""What always holds for federations, their insiders and descriptors of their data."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from strategies import labelled_probas

from skmia.federated import InsiderAttack, LooseFederation, in_class_distance
from skmia.metrics.descriptors._in_class import in_class_deviation


class Recited(ClassifierMixin, BaseEstimator):
    """A fitted model that answers to record i, the number i, with row i of a table."""

    def __init__(self, posterior):
        self.posterior = posterior
        self.classes_ = np.arange(posterior.shape[1])

    def fit(self, X, y):
        raise NotImplementedError

    def predict_proba(self, X):
        return self.posterior[np.asarray(X, dtype=int)[:, 0]]


@st.composite
def federations(draw):
    """Posteriors (n_parties, n_records, n_classes) and labels, many of them tied."""
    P, y = draw(labelled_probas(min_rows=2))
    n_parties = draw(st.integers(2, 4))
    orders = st.permutations(range(len(P)))
    return np.array([P[draw(orders)] for _ in range(n_parties)]), y


def federation(posteriors):
    return LooseFederation.from_models([Recited(P) for P in posteriors])


def numbers(P):
    return np.arange(P.shape[1])[:, None]


@given(federations())
def test_outsiders_see_the_mean_of_what_insiders_see(case):
    P, _ = case
    target = federation(P)
    assert_array_equal(target.party_proba(numbers(P)), P)
    published = target.predict_proba(numbers(P))
    assert_allclose(published, sum(P) / len(P))
    assert_allclose(published.sum(axis=1), 1)
    same = federation([P[0]] * 3)
    assert_allclose(same.predict_proba(numbers(P)), P[0])


@given(federations(), st.randoms())
def test_insiders_are_equivariant_and_pick_a_best_party(case, random):
    P, y = case
    X = numbers(P)
    attack = InsiderAttack(federation(P), random_state=0).fit()
    scores, named = attack.owner_scores(X, y), attack.predict_owner(X, y)
    truth = P[:, np.arange(len(y)), y]
    assert_array_equal(truth[named, np.arange(len(y))], truth.max(axis=0))
    order = random.sample(range(len(P)), len(P))
    attack.set_params(federation=federation(P[order]))
    assert_array_equal(attack.owner_scores(X, y), scores[:, order])
    # Where one party is best it keeps its answer under its new name.
    alone = (scores > 0).any(axis=1)
    renamed = np.array(order)[attack.predict_owner(X, y)]
    assert_array_equal(renamed[alone], named[alone])


@given(federations(), st.randoms())
def test_every_record_is_named_alone(case, random):
    P, y = case
    X = numbers(P)
    attack = InsiderAttack(federation(P), random_state=0).fit()
    rows = random.sample(range(len(y)), len(y))
    assert_array_equal(
        attack.predict_owner(X[rows], y[rows]), attack.predict_owner(X, y)[rows]
    )


@given(
    hnp.arrays(float, (12, 2), elements=st.integers(-9, 9)),
    st.lists(st.integers(0, 1), min_size=12, max_size=12),
    st.floats(0.125, 8),
    st.integers(-9, 9),
)
def test_descriptors_scale_and_know_no_origin(X, y, scale, shift):
    y = np.array([0, 1, *y[:-4], 0, 1])  # both classes in either half
    found = in_class_deviation(X, y)
    assert_allclose(in_class_deviation(scale * X, y), scale * found, atol=1e-9)
    assert_allclose(in_class_deviation(X + shift, y), found, atol=1e-9)
    a, b = (X[:6], y[:6]), (X[6:], y[6:])
    distance = in_class_distance(*a, *b)
    assert_allclose(in_class_distance(*b, *a), distance)
    moved = in_class_distance(a[0] + shift, a[1], b[0] + shift, b[1])
    assert_allclose(moved, distance, atol=1e-6)
    # The mean over pairs is at least the distance of the means.
    means = [
        np.linalg.norm(X[:6][y[:6] == c].mean(axis=0) - X[6:][y[6:] == c].mean(axis=0))
        for c in (0, 1)
    ]
    assert distance >= np.mean(means) - 1e-6
