"""Generators that learn from records, and probing: bounds, types, seeds, budgets."""

import warnings

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from strategies import labels, values

from skmia.generators import (
    DensityGenerator,
    FeatureSchema,
    NoisyRecords,
    StatisticsGenerator,
    probe,
)
from skmia.targets import BlackBox

GENERATORS = [
    StatisticsGenerator(),
    StatisticsGenerator(dependence="copula"),
    StatisticsGenerator(dependence="tree"),
    NoisyRecords(flip=0.3),
    DensityGenerator(model="kde"),
    DensityGenerator(model="gmm"),
]


@st.composite
def problems(draw):
    """Few labelled records with numbers of any size, categories and a one-hot group."""
    y = draw(labels(max_samples=8))
    n_samples = len(y)

    def column(elements):
        return draw(st.lists(elements, min_size=n_samples, max_size=n_samples))

    hot = np.eye(3, dtype=int)[column(st.integers(0, 2))]
    X = pd.DataFrame(hot, columns=list("abc"))
    X["number"] = column(values())
    X["bit"] = column(st.integers(0, 1))
    X["town"] = column(st.sampled_from(["A", "B"]))
    schema = FeatureSchema.from_records(X, onehot=[list("abc")])
    seed = draw(st.integers(0, 2**31 - 1))
    generator = draw(st.sampled_from(GENERATORS))
    return X, y, generator.set_params(schema=schema, random_state=seed)


class FirstColumn(ClassifierMixin, BaseEstimator):
    """Answers without having learned."""

    classes_ = np.array(["no", "yes"])

    def fit(self, X, y):
        return self

    def __sklearn_is_fitted__(self):
        return True

    def predict(self, X):
        return self.classes_[np.asarray(X)[:, 0].astype(float).astype(bool).astype(int)]


@given(problems(), st.integers(1, 12))
def test_rows_are_contained_and_repeatable(problem, n_samples):
    X, y, generator = problem
    drawn, drawn_y = generator.fit(X, y).sample(n_samples)
    assert len(drawn) == len(drawn_y) == n_samples
    assert generator.schema.contains(drawn).all()
    assert_array_equal(drawn.dtypes, X.dtypes)
    assert set(drawn_y) <= set(y)
    for again in (generator.sample(n_samples), generator.fit(X, y).sample(n_samples)):
        assert again[0].equals(drawn)
        assert_array_equal(again[1], drawn_y)


@given(problems(), st.integers(1, 12), st.integers(1, 12))
def test_labels_are_the_answers_and_the_budget_holds(problem, n_samples, budget):
    X, y, generator = problem
    api = BlackBox(FirstColumn(), access="label", max_queries=budget)
    generator.fit(X, y)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        drawn, drawn_y = generator.sample(n_samples, api)
    assert len(drawn) == min(n_samples, budget)
    assert bool(caught) == (n_samples > budget)
    assert_array_equal(drawn_y, FirstColumn().predict(drawn))
    assert generator.n_queries_ == api.n_queries_ == len(drawn)
    # Whether there is a target does not change the rows.
    assert drawn.equals(generator.sample(n_samples)[0][: len(drawn)])


class Refusing(FirstColumn):
    """Takes records of one width only."""

    def __init__(self, width=1, whole=False):
        self.width = width
        self.whole = whole

    def predict(self, X):
        refused = self.whole and (np.rint(X) != X).any()
        if X.shape[1] != self.width or refused:
            raise ValueError("no")
        return self.classes_[(X.sum(axis=1) > 0).astype(int)]


class Scoring(Refusing):
    """Shows scores as well."""

    def predict_proba(self, X):
        self.predict(X)
        p = 1 / (1 + np.exp(-np.clip(X.sum(axis=1), -30, 30)))
        return np.column_stack([1 - p, p])


@given(
    st.sampled_from([Refusing, Scoring]),
    st.integers(1, 6),
    st.booleans(),
    st.integers(0, 300),
    st.booleans(),
    st.integers(0, 2**31 - 1),
)
def test_probing_never_passes_its_budget(kind, width, whole, budget, boxed, seed):
    api = BlackBox(kind(width, whole), max_queries=budget if boxed else None)
    report = probe(api, max_queries=400 if boxed else budget, random_state=seed)
    assert report.n_queries == api.n_queries_ <= budget
    if budget:
        assert report.n_features == width
        assert report.n_refused >= width - 1
    if report.answers is not None:
        assert set(report.labels_seen) <= set(report.classes)
    if report.kinds is not None:
        assert len(report.kinds) == width
        assert ("continuous" in report.kinds) <= (not whole)
