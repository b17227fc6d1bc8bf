"""Models of whole graphs, and of the facts of a knowledge graph."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KernelDensity

from skmia import audit
from skmia.tasks import SGC, GraphClassifier, TripleScorer


@pytest.fixture
def targets(monkeypatch):
    """Graphs, facts, and models of them."""
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "benchmarks")
    return import_module("graph_targets")


def spread(n):
    """Standard deviation of an AUC of n and n where nothing is told."""
    return np.sqrt((2 * n + 1) / (12 * n * n))


class MeanFeatures(ClassifierMixin, BaseEstimator):
    """A model of graphs by the mean features of their nodes."""

    def fit(self, graphs, y):
        self.model_ = LogisticRegression().fit(_means(graphs), y)
        self.classes_ = self.model_.classes_
        return self

    def predict_proba(self, graphs):
        return self.model_.predict_proba(_means(graphs))


def _means(graphs):
    return [np.mean(features, axis=0) for features, _ in graphs]


def test_the_posterior_is_the_mean_of_those_of_the_nodes(targets):
    graphs, y = targets.graph_set(20, 0)
    model = GraphClassifier(SGC(), graphs).fit(range(12), y[:12])
    alone = [model.estimator_.predict_proba(*graph).mean(axis=0) for graph in graphs]
    assert_allclose(model.predict_proba(range(20)), alone)
    rows = [7, 3, 7]
    assert_allclose(model.predict_proba(rows), np.array(alone)[rows])
    same = GraphClassifier.of(model.estimator_.predict_proba, graphs, model.classes_)
    assert_allclose(same.predict_proba(range(20)), alone)
    thin = [(sparse.csr_array(f), sparse.csr_array(links)) for f, links in graphs]
    sparser = GraphClassifier(SGC(n_hops=0), thin).fit(range(12), y[:12])
    assert sparser.predict_proba([0]).shape == (1, 2)


def test_a_graph_may_have_a_posterior_of_its_own(targets):
    graphs, y = targets.graph_set(20, 0)
    model = GraphClassifier(MeanFeatures(), graphs, level="graphs")
    model.fit(range(12), y[:12])
    expected = MeanFeatures().fit(graphs[:12], y[:12]).predict_proba(graphs)
    assert_allclose(model.predict_proba(range(20)), expected)
    fixed = GraphClassifier.of(lambda F, A: [0.25, 0.75], graphs, ["a", "b"])
    assert_array_equal(fixed.predict([0, 1]), ["b", "b"])


def test_graphs_that_were_trained_on_are_found(targets):
    graphs, y = targets.graph_set(160, 0, n_nodes=6, n_features=120)
    model = GraphClassifier(targets.TARGET, graphs).fit(range(80), y[:80])
    ours, others = np.arange(80), np.arange(80, 160)
    report = audit(
        model,
        *(ours, y[ours], others, y[others]),
        attacks=["loss-threshold", "lira-online", "shadow"],
        n_shadows=4,
        random_state=0,
    )
    assert (report.summary["status"] == "ok").all()
    assert (report.summary["auc"] > 0.5 + 4 * spread(80)).all()


def test_a_fact_is_compared_with_other_tails():
    table = np.array([[5.0, 1.0, 0.0], [2.0, 2.0, 8.0]])
    model = TripleScorer.of(lambda rows: table[rows[:, 0], rows[:, 2]], [0, 1, 2])
    X = np.array([[0, 0, 0], [1, 0, 1]])
    assert_allclose(model.score_samples(X), [5 - 0.5, 2 - 5])
    shifted = TripleScorer.of(lambda rows: table[rows[:, 0], rows[:, 2]] + 9, [2, 1, 0])
    assert_allclose(shifted.score_samples(X), model.score_samples(X))
    alone = TripleScorer.of(lambda rows: np.ones(len(rows)), [0])
    assert_allclose(alone.score_samples([[0, 0, 0]]), 0)


def test_facts_that_were_trained_on_are_found(targets):
    X = targets.triples(400, 0)
    model = TripleScorer(targets.Factors(), np.arange(60)).fit(X[:200])
    report = audit(
        model,
        X[:200],
        X_holdout=X[200:],
        attacks=["score-threshold", "lira-online", "shadow"],
        n_shadows=4,
        random_state=0,
    )
    assert (report.summary["status"] == "ok").all()
    assert (report.summary["auc"] > 0.5 + 4 * spread(200)).all()


def test_nobody_is_found_where_others_were_trained_on(targets):
    X = targets.triples(360, 1)
    model = TripleScorer(targets.Factors(), np.arange(60)).fit(X[:120])
    report = audit(
        model,
        X[120:240],
        X_holdout=X[240:],
        attacks=["score-threshold", "lira-online", "shadow"],
        n_shadows=4,
        random_state=0,
    )
    assert (abs(report.summary["auc"] - 0.5) < 4 * spread(120)).all()


def test_what_is_wrong_is_said():
    graph = np.eye(2), np.zeros((2, 2))
    with pytest.raises(ValueError, match="must be numbers of graphs, from 0 to 0"):
        GraphClassifier(SGC(), [graph]).fit([0, 1], [0, 1])
    with pytest.raises(ValueError, match="'function' parameter of GraphClassifier"):
        GraphClassifier.of(3, [graph], [0, 1])
    with pytest.raises(NotFittedError):
        GraphClassifier(SGC(), [graph]).predict([0])
    with pytest.raises(ValueError, match="'model' parameter of TripleScorer"):
        TripleScorer.of(3, [0])
    with pytest.raises(ValueError, match="must be triples"):
        TripleScorer.of(len, [0]).score_samples([[0, 1]])
    with pytest.raises(ValueError, match="a number for each of 1 triples"):
        TripleScorer.of(lambda X: X, [0]).score_samples([[0, 1, 2]])


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA])
def test_missing_tails_are_refused(missing):
    tails = np.array([missing, "a"], dtype=object)
    with pytest.raises(ValueError, match=r"none of them missing\. Got .* among 2"):
        TripleScorer.of(len, tails).score_samples([["a", "b", "c"]])
    with pytest.raises(ValueError, match=r"none of them missing\. Got .* among 2"):
        TripleScorer(KernelDensity(), tails).fit([["a", "b", "c"]])


@pytest.mark.parametrize(
    "how", [(SGC(), "nodes"), (MeanFeatures(), "graphs"), (None, None)]
)
def test_of_no_graph_there_is_no_posterior(how):
    (estimator, level), graphs = how, [(np.eye(2) + k, LINKS) for k in range(2)]
    if estimator is None:
        model = GraphClassifier.of(lambda *_: [0.3, 0.7], graphs, [0, 1])
    else:
        model = GraphClassifier(estimator, graphs, level=level).fit([0, 1], [0, 1])
    assert model.predict_proba([]).shape == (0, 2)
    assert model.predict([]).shape == (0,)


LINKS = np.zeros((2, 2))


@pytest.mark.parametrize(
    ("graph", "said"),
    [
        ((np.zeros((0, 2)), np.zeros((0, 0))), "a node or more"),
        ((np.zeros((3, 2)), LINKS), r"graph 2 have the shapes \(3, 2\) and \(2, 2\)"),
        (([], []), "a node or more"),
        ((LINKS,), "Graph 2 is a tuple of 1"),
        (7, "Graph 2 is a int"),
    ],
)
def test_each_graph_has_as_many_nodes_as_links(graph, said):
    rows = [(np.eye(2) + k, LINKS) for k in range(2)]
    model = GraphClassifier(SGC(), [*rows, graph]).fit([0, 1], [0, 1])
    with pytest.raises(ValueError, match=said):
        model.predict_proba([0, 2])


def test_a_function_answers_for_each_class():
    model = GraphClassifier.of(lambda *_: [0.3, 0.3, 0.4], [(LINKS, LINKS)], [0, 1])
    with pytest.raises(ValueError, match=r"2 classes .* shape \(1, 3\)"):
        model.predict_proba([0])


def test_tails_are_neither_rounded_nor_lost():
    def last(triples):
        return triples[:, 2].astype(float)

    whole = np.array([[1, 2, 3]], dtype=np.int8)
    assert TripleScorer.of(last, [0.5, 1.5]).score_samples(whole) == 2
    assert TripleScorer.of(last, [301, 299]).score_samples(whole) == -297

    def impossible(triples):
        return np.where(triples[:, 2] == 1, -np.inf, 0)

    # Its own score is no part of the mean.
    assert TripleScorer.of(impossible, [1, 2]).score_samples([[0, 0, 1]]) == -np.inf
