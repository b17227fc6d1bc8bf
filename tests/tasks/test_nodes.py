"""Nodes of graphs: what is asked around them, and who was trained on."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from slow_cases import others_slow

from skmia import MembershipGame, audit
from skmia.attacks import get_attack
from skmia.signals import observe
from skmia.tasks import SGC, NodeClassifier
from skmia.tasks._graphs import surroundings

MODELS = ("assortative", "dense", "without blocks")
HOPS = ["salem1", "node-0-hop", "node-combined"]


@pytest.fixture
def targets(monkeypatch):
    """The block models that the docs measure, and the model that is attacked."""
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "benchmarks")
    return import_module("graph_targets")


@st.composite
def graphs(draw):
    n = draw(st.integers(1, 9))
    seed = draw(st.integers(0, 999))
    rng = np.random.RandomState(seed)
    upper = np.triu(rng.rand(n, n) < draw(st.floats(0, 0.6)), 1) * rng.rand(n, n)
    return upper + upper.T


def within(adjacency, node, n_hops):
    """Nodes so many links away at most, one link after the other."""
    found = {node}
    for _ in range(n_hops):
        found |= {int(v) for u in found for v in np.flatnonzero(adjacency[u])}
    return sorted(found)


@given(graphs(), st.integers(0, 3))
def test_surroundings_are_those_of_a_walk(adjacency, n_hops):
    nodes = np.arange(len(adjacency))[::-1]
    members, links, centres = surroundings(sparse.csr_array(adjacency), nodes, n_hops)
    each = [within(adjacency, node, n_hops) for node in nodes]
    assert_array_equal(members, np.concatenate(each))
    assert_array_equal(members[centres], nodes)
    start = 0
    for around in each:
        part = slice(start, start + len(around))
        row = links[part].toarray()
        assert_array_equal(row[:, part], adjacency[np.ix_(around, around)])
        assert np.count_nonzero(row) == np.count_nonzero(row[:, part])
        start += len(around)


def small_model(n=40, seed=0, **params):
    rng = np.random.RandomState(seed)
    upper = np.triu(rng.rand(n, n) < 0.15, 1)
    adjacency = (upper | upper.T).astype(float)
    adjacency[-5:] = adjacency[:, -5:] = 0  # isolated
    features, y = rng.normal(size=(n, 6)), np.arange(n) % 2
    model = NodeClassifier(SGC(), features, adjacency, **params)
    return model.fit(np.arange(0, n, 2), y[np.arange(0, n, 2)] ^ (np.arange(20) % 2)), y


def test_an_isolated_node_is_the_same_with_0_hops_and_with_2():
    model, _ = small_model()
    alone, around = model.isolated_proba(range(40)), model.predict_proba(range(40))
    assert_array_equal(alone[-5:], around[-5:])
    assert (alone[:-5] != around[:-5]).any(axis=1).mean() > 0.9


def test_what_is_farther_away_does_not_count():
    """Of a model of 2 hops 3 hops say all: the degrees of those 2 away are whole."""
    model, _ = small_model(n_hops=3)
    whole = model.estimator_.predict_proba(model.features, model.adjacency)
    assert_allclose(model.predict_proba(range(40)), whole)


def test_without_links_it_is_the_classifier():
    X, y = np.random.RandomState(0).normal(size=(40, 3)), np.arange(40) % 3
    links = np.eye(40, k=1) + np.eye(40, k=-1)
    plain = LogisticRegression(max_iter=1000).fit(X, y).predict_proba(X)
    assert_array_equal(SGC().fit(X, y).predict_proba(X), plain)
    assert_array_equal(SGC(n_hops=0).fit(X, y, links).predict_proba(X, links), plain)


def test_averages_by_hand():
    """Two linked nodes have half of each other's features, whoever is alone its own."""
    links = np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]])
    model = SGC(n_hops=1).fit(np.eye(3), [0, 1, 1], links)
    assert_allclose(
        model._averaged(np.eye(3), links), [[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1]]
    )


def test_numbers_of_nodes_do_not_matter():
    model, _ = small_model()
    order = np.random.RandomState(1).permutation(40)
    place = np.argsort(order)
    moved = NodeClassifier.of(
        model.estimator_, model.features[order], model.adjacency[np.ix_(order, order)]
    )
    assert_allclose(moved.predict_proba(place), model.predict_proba(range(40)))
    few = np.array([7, 3, 7])
    assert_allclose(model.predict_proba(few), model.predict_proba(range(40))[few])


def test_sparse_graphs_are_the_same():
    model, y = small_model()
    same = NodeClassifier(
        SGC(), sparse.csr_array(model.features), sparse.csr_matrix(model.adjacency)
    ).fit(np.arange(40), y)
    dense = NodeClassifier(SGC(), model.features, model.adjacency)
    dense.fit(np.arange(40), y)
    assert_allclose(
        same.predict_proba(range(40)), dense.predict_proba(range(40)), rtol=1e-4
    )


def test_a_function_is_asked_with_the_graph_around():
    seen = []

    def answers(features, adjacency):
        seen.append(adjacency.shape[0])
        return np.tile([0.25, 0.75], (len(features), 1))

    links = np.eye(4, k=1) + np.eye(4, k=-1)
    model = NodeClassifier.of(answers, np.eye(4), links, classes=["a", "b"])
    assert_array_equal(model.predict([0, 3]), ["b", "b"])
    assert seen == [6]  # three nodes around each end of a path
    model.isolated_proba([0, 3])
    assert seen == [6, 2]
    with pytest.raises(AttributeError, match="has no attribute 'fit'"):
        model.fit([0, 1], [0, 1])
    Z = observe(model, np.arange(4), ["a", "b", "a", "b"], "zero_hop_top_posterior")
    assert_allclose(Z, np.tile([0.75, 0.25, 0], (4, 1)))


@pytest.mark.parametrize(
    ("graph", "said"),
    [
        (np.eye(3, k=1), "be symmetric"),
        (-np.eye(3)[::-1], "no weight below 0"),
        (np.eye(2), "a column for each of 3 nodes"),
    ],
)
def test_graphs_that_are_none(graph, said):
    with pytest.raises(ValueError, match=said):
        NodeClassifier(SGC(), np.eye(3), graph).fit([0, 1], [0, 1])


@pytest.mark.parametrize(
    ("nodes", "said"),
    [([0.5, 1], "1-d array of integers"), ([0, 40], "from 0 to 39"), ([-1], "from 0")],
)
def test_records_that_are_no_nodes(nodes, said):
    model, _ = small_model()
    with pytest.raises(ValueError, match=said):
        model.predict_proba(nodes)


def test_of_nobody_there_is_no_posterior():
    model, _ = small_model()
    assert model.predict_proba([]).shape == (0, len(model.classes_))
    assert model.predict([]).shape == model.predict(np.array([], dtype=int)).shape


def test_models_that_are_none():
    graph = np.eye(3), np.zeros((3, 3))
    with pytest.raises(ValueError, match="'model' parameter of NodeClassifier"):
        NodeClassifier.of(object(), *graph)
    with pytest.raises(ValueError, match="'classes' parameter of NodeClassifier"):
        NodeClassifier.of(lambda features, adjacency: features, *graph)
    with pytest.raises(ValueError, match="a posterior of 2 classes for each of 1"):
        NodeClassifier.of(lambda F, A: F, *graph, classes=[0, 1]).predict([0])
    with pytest.raises(NotFittedError):
        NodeClassifier(SGC(), *graph).predict([0])


@pytest.mark.parametrize("name", others_slow(MODELS, ["assortative"]))
def test_members_of_the_block_models_are_found(targets, name):
    """All fit their training nodes; of 120 and 120 an AUC is .5 +- .037 by chance."""
    features, links, y = targets.block_graph(*targets.BLOCK_MODELS[name], seed=0)
    nodes, model = np.arange(240), NodeClassifier(targets.TARGET, features, links)
    ours, others = nodes[:120], nodes[120:]
    model.fit(ours, y[ours])
    own = model.estimator_.predict(features[ours], links[ours][:, ours])
    assert_array_equal(own, y[ours])
    report = audit(
        model,
        *(ours, y[ours], others, y[others]),
        attacks=HOPS,
        n_shadows=8,
        random_state=0,
    )
    assert (report.summary["status"] == "ok").all()
    assert report.summary.loc["node-0-hop", "auc_low"] > 0.5
    assert (report.summary["auc_low"] < report.summary["auc"]).all()
    assert (report.summary["auc"] < report.summary["auc_high"]).all()


@pytest.mark.slow
def test_nobody_is_found_where_others_were_trained_on(targets):
    """The graph itself tells nothing: within 4 standard errors of one half."""
    features, links, y = targets.block_graph(*targets.BLOCK_MODELS["dense"], seed=1)
    model = NodeClassifier(targets.TARGET, features, links)
    model.fit(np.arange(60), y[:60])
    ours, others = np.arange(60, 150), np.arange(150, 240)
    report = audit(
        model,
        *(ours, y[ours], others, y[others]),
        attacks=HOPS,
        n_shadows=4,
        random_state=0,
    )
    # Of 90 and 90: sqrt(181 / (12 * 90 * 90)) = .043.
    assert (abs(report.summary["auc"] - 0.5) < 4 * 0.043).all()


def test_the_attacks_are_of_a_default_audit_and_of_games():
    model, y = small_model()
    nodes = np.arange(40)
    report = audit(
        model, nodes[::2], y[::2], nodes[1::2], y[1::2], n_shadows=2, random_state=0
    )
    assert (report.summary.loc[HOPS[1:], "status"] == "ok").all()
    game = MembershipGame(
        NodeClassifier(SGC(), model.features, model.adjacency),
        attack="node-combined",
        n_shadows=2,
        random_state=0,
    )
    assert 0 <= game.fit(nodes[:20], y[:20]).score(nodes[20:], y[20:]) <= 1


def test_other_classifiers_lack_them():
    X, y = np.random.RandomState(0).normal(size=(60, 2)), np.arange(60) % 2
    model = LogisticRegression().fit(X[:30], y[:30])
    report = audit(
        model, X[:30], y[:30], X[30:], y[30:], attacks="node-0-hop", random_state=0
    )
    assert report.summary.loc["node-0-hop", "status"].endswith(
        "no isolated_proba, as skmia.tasks.NodeClassifier has"
    )
    assert get_attack("node-0-hop").access == "scores"


@pytest.mark.parametrize("step", [2, 3])
def test_the_numbers_of_nodes_say_nothing_of_them(step):
    rng = np.random.RandomState(0)
    upper = np.triu(rng.rand(120, 120) < 0.05, 1).astype(float)
    features, y = rng.normal(size=(120, 10)), rng.randint(2, size=120)
    # Every other node, and then the first ones: both are deals that tell nothing.
    for is_ours in (np.arange(120) % step > 0, np.arange(120) < 60):
        ours, others = np.flatnonzero(is_ours), np.flatnonzero(~is_ours)
        model = NodeClassifier(SGC(), features, upper + upper.T).fit(ours, y[ours])
        sets = ours, y[ours], others, y[others]
        report = audit(
            model, *sets, attacks=["loss-threshold"], n_shadows=0, random_state=0
        )
        outcomes = {check.name: check.outcome for check in report.checks}
        assert outcomes["neighbours"] == outcomes["population"] == "not run"
        assert outcomes["copies"] == "passed"
        assert report.verdict != "invalid"
