"""What always holds for generators of shadow data that ask a target."""

import warnings
from functools import partial

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin, clone

from skmia.generators import (
    ActiveLearningGenerator,
    CombinedGenerator,
    FeatureSchema,
    QueryGenerator,
    RegionGenerator,
)
from skmia.generators._region import sample_cubes
from skmia.targets import BlackBox

LABELS = np.array(["a", "b", "c"])
SEARCHES = {"iter_max": 5, "n_restarts": 1, "batch": 7}
GENERATORS = [
    QueryGenerator(**SEARCHES),
    QueryGenerator(variant="truex", conf_min=0.6, **SEARCHES),
    RegionGenerator(per_seed=3),
    ActiveLearningGenerator(n_labelled=5),
    ActiveLearningGenerator(n_labelled=8, selection="uncertain"),
    CombinedGenerator(
        query=QueryGenerator(**SEARCHES), region=RegionGenerator(per_seed=2)
    ),
]
seeds = st.integers(0, 1000)


class Linear(ClassifierMixin, BaseEstimator):
    """Random model whose scores are a smooth function of the features."""

    def __init__(self, seed):
        self.seed = seed

    def fit(self, X, y=None):
        rng = np.random.RandomState(self.seed)
        self.weights_ = rng.standard_normal((X.shape[1], 3))
        self.classes_ = LABELS
        return self

    def predict_proba(self, X):
        scores = np.exp(np.tanh(X) @ self.weights_)
        return scores / scores.sum(axis=1, keepdims=True)

    def predict(self, X):
        return LABELS[self.predict_proba(X).argmax(axis=1)]


@st.composite
def worlds(draw):
    """Schema, known records with labels, and a target."""
    n_columns = draw(st.integers(1, 5))
    rng = np.random.RandomState(draw(seeds))
    low = np.rint(rng.uniform(-5, 5, n_columns))
    high = low + rng.randint(0, 20, n_columns)
    whole = np.flatnonzero(rng.randint(2, size=n_columns))
    schema = FeatureSchema.from_bounds(low, high, integer=whole.tolist())
    n_known = draw(st.integers(2, 9))
    known = schema.decode(schema.uniform(n_known, rng))
    target = Linear(draw(seeds)).fit(known)
    return schema, known, LABELS[np.arange(n_known) % 3], target


def sample(generator, *args):
    """Rows and labels, none where there are none to be had."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        try:
            return generator.sample(*args)
        except ValueError as error:
            if "found 0 of" not in str(error):
                raise
            return None


generators = st.sampled_from(GENERATORS)


@given(
    world=worlds(),
    generator=generators,
    n_samples=st.integers(1, 30),
    own=st.none() | st.integers(0, 60),
    budget=st.none() | st.integers(0, 60),
    seed=seeds,
)
def test_rows_fit_the_schema_and_no_budget_is_passed(
    world, generator, n_samples, own, budget, seed
):
    schema, known, y, target = world
    generator = clone(generator).set_params(schema=schema, random_state=seed)
    if "max_queries" in generator.get_params(deep=False):
        generator.set_params(max_queries=own)
    else:
        own = None
    generator.fit(known, y)
    api = BlackBox(target, max_queries=budget)
    found = sample(generator, n_samples, api)

    limits = [limit for limit in (own, budget) if limit is not None]
    assert all(generator.n_queries_ <= limit for limit in limits)
    assert generator.n_queries_ == api.n_queries_
    assert generator.n_calls_ <= max(1, generator.n_queries_)
    if found is None:
        return
    rows, labels = found
    assert 1 <= len(rows) == len(labels) <= n_samples
    assert schema.contains(rows).all()
    assert set(labels) <= set(LABELS)
    asks_all = isinstance(generator, QueryGenerator | RegionGenerator)
    if asks_all:
        assert_array_equal(labels, target.predict(rows))
    if isinstance(generator, QueryGenerator):
        assert (target.predict_proba(rows).max(axis=1) > generator.conf_min).all()


@given(world=worlds(), generator=generators, n_samples=st.integers(1, 20), seed=seeds)
def test_same_seed_same_rows(world, generator, n_samples, seed):
    schema, known, y, target = world
    generator = clone(generator).set_params(schema=schema, random_state=seed)
    first = sample(generator.fit(known, y), n_samples, target)
    again = sample(generator, n_samples, target)
    other = sample(clone(generator).fit(known, y), n_samples, target)
    for one in (again, other):
        assert (first is None) == (one is None)
        if first is not None:
            assert_array_equal(first[0], one[0])
            assert_array_equal(first[1], one[1])


@given(world=worlds(), generator=st.sampled_from(GENERATORS[:2]), seed=seeds)
def test_queries_per_row_are_bounded(world, generator, seed):
    schema, _, _, target = world
    generator = clone(generator).set_params(schema=schema, random_state=seed).fit()
    sample(generator, 10, target)
    climbs = 10 * (generator.n_restarts + 1)
    assert generator.n_queries_ <= climbs * generator.iter_max


@given(world=worlds(), radius=st.floats(0, 2), flip=st.floats(0, 1), seed=seeds)
def test_cubes_reach_as_far_as_the_radius(world, radius, flip, seed):
    schema, known, _, _ = world
    Z = schema.encode(known)
    cube = partial(sample_cubes, Z, schema, radius)
    width = schema.high - schema.low
    whole = np.array(schema.kinds) == "integer"
    reach = radius * width
    jumps = whole & (np.floor(reach + 1e-9) < 1)
    moved = np.abs(cube(flip, np.random.RandomState(seed)) - Z)
    assert (moved[:, ~jumps] <= reach[~jumps] + 1e-6).all()
    assert (moved <= width).all()
    still = np.abs(cube(0, np.random.RandomState(seed)) - Z)
    assert (still[:, jumps] == 0).all()
