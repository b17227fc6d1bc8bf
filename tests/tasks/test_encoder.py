"""Encoders: how alike the parts of a record are, and who was trained on."""

from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_words import WINDOWS, Company
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.datasets import load_digits
from sklearn.decomposition import TruncatedSVD
from sklearn.exceptions import NotFittedError
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline

from skmia import MembershipGame, audit
from skmia.attacks import ClusterAttack, get_attack, lacks
from skmia.signals import get_signal
from skmia.targets import Session
from skmia.tasks import Encoder, NodeLinks, frequency_bands, matched_records

X = np.random.RandomState(0).permutation(load_digits().data)
ALIKE = ["similarity-threshold", "difficulty-calibration", "lira-online"]


def noisy(X, random_state):
    return X + 2 * random_state.normal(size=X.shape)


@pytest.fixture
def made(monkeypatch):
    """Texts and embeddings that the docs measure."""
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "benchmarks")
    return import_module("embedding_targets")


def spread(n):
    """Standard deviation of an AUC of n and n where nothing is told."""
    return np.sqrt((2 * n + 1) / (12 * n * n))


@given(st.integers(0, 999), st.floats(1e-3, 1e3))
def test_rotation_and_scale_do_not_matter(seed, scale):
    rng = np.random.RandomState(seed)
    vectors = {word: rng.normal(size=4) for word in "abcde"}
    turn = np.linalg.qr(rng.normal(size=(4, 4)))[0] * scale
    windows = rng.choice(list("abcde"), (6, 3))
    plain = Encoder.of(lambda words: [vectors[word] for word in words])
    turned = Encoder.of(lambda words: [vectors[word] @ turn for word in words])
    alike = plain.similarities(windows)
    assert_allclose(turned.similarities(windows), alike, atol=1e-11)
    assert_array_equal(plain.similarities(windows[:, ::-1]), alike)
    assert (np.abs(alike) <= 1).all()


def test_similarities_by_hand():
    vectors = {"a": [1, 0], "b": [0, 2], "c": [3, 3], "?": [0, 0]}
    model = Encoder.of(lambda words: [vectors[word] for word in words])
    diagonal = np.sqrt(0.5)
    windows = np.array(["abc", "aab", "aaa", "ab?"])
    alike = model.similarities(np.array([list(word) for word in windows]))
    expected = [
        [0, diagonal, diagonal],
        [0, 0, 0],  # the pair of equal words is as the others
        [0, 0, 0],
        [0, 0, 0],
    ]
    assert_allclose(alike, expected, atol=1e-12)
    assert_allclose(model.encode([["a", "b"]]), [[0.5, 1]])


def test_sorted_similarities_are_the_cosines_where_there_are_as_many():
    session = Session(
        Encoder(TruncatedSVD(5, random_state=0), augment=noisy).fit(X[:30]), X[:40]
    )
    cosines = session.ask("similarities")
    assert cosines.shape == (40, 45)
    assert_allclose(session.observe("sorted_similarities"), cosines)
    assert_allclose(session.observe("similarity")["similarity"], cosines.mean(axis=1))
    few = session.observe(get_signal("sorted_similarities", n_values=3)).to_numpy()
    assert_allclose(few, np.quantile(cosines, [0, 0.5, 1], axis=1).T)


def test_views_are_those_of_the_record_in_any_company():
    model = Encoder(TruncatedSVD(5, random_state=0), augment=noisy).fit(X[:30])
    alike, rows = model.similarities(X[:40]), [7, 3, 7, 30]
    assert_allclose(model.similarities(X[rows]), alike[rows])
    frame = pd.DataFrame(X[:40])
    assert_allclose(model.similarities(frame), alike)


@pytest.mark.parametrize("attack", ["difficulty-calibration", "lira-offline"])
def test_a_rotation_tells_nothing_at_all(attack):
    """All models are one up to rounding: an AUC of one half, exactly."""
    target = Encoder(TruncatedSVD(64, random_state=0), augment=noisy)
    game = MembershipGame(target, attack=attack, n_shadows=2, random_state=0)
    outcome = game.fit(X[:150]).play(X[150:300])
    assert roc_auc_score(outcome.member, outcome.score) == 0.5


def found(model, X, n, attacks):
    report = audit(
        model.fit(X[:n]),
        X[:n],
        X_holdout=X[n:],
        attacks=attacks,
        n_shadows=4,
        random_state=0,
    )
    assert (report.summary["status"] == "ok").all()
    return report


@pytest.mark.slow
def test_windows_of_words_are_found(made):
    windows = made.windows(600, 0)
    attacks = [*ALIKE, "similarity-by-frequency", "shadow", "embedding-norm"]
    model = Encoder(made.WordVectors(20))
    report = found(model, windows, 300, attacks)
    assert (report.summary["auc"] > 0.5 + 4 * spread(300)).all()
    assert "embedding" in report.to_text()
    bands = frequency_bands(windows, n_bands=3)
    by_band = report.by_group(bands)
    assert len(by_band) >= 3


def test_pairs_of_sentences_are_found(made):
    pairs = made.sentence_pairs(200, 0)
    report = found(Encoder(made.SentenceVectors(random_state=0)), pairs, 100, ALIKE)
    assert (report.summary["auc"] > 0.5 + 4 * spread(100)).all()


@pytest.mark.slow
def test_images_are_found(made):
    pytest.importorskip("torch")
    net = made.ContrastiveNet(max_epochs=40, random_state=0)
    report = found(Encoder(net, augment=noisy), X[:200], 100, ALIKE)
    assert (report.summary["auc"] > 0.5 + 2 * spread(100)).all()


def ring(n=60, seed=0):
    rng = np.random.RandomState(seed)
    upper = np.triu(rng.rand(n, n) < 0.15, 1)
    return sparse.csr_array((upper | upper.T).astype(float))


def spectral(adjacency):
    links = NodeLinks(adjacency)
    svd = TruncatedSVD(10, random_state=0)
    return Encoder(make_pipeline(links, svd), augment=links.walk)


@pytest.mark.slow
def test_nodes_of_an_embedding_are_found(made):
    attacks = [*ALIKE, "embedding-norm", "embedding-clusters"]
    graphs = import_module("graph_targets")
    _, adjacency, _ = graphs.block_graph(*graphs.BLOCK_MODELS["assortative"], 0)
    report = found(spectral(adjacency), np.arange(240), 120, attacks)
    assert (report.summary["auc"] > 0.5 + 4 * spread(120)).all()


@pytest.mark.slow
def test_nobody_is_found_where_others_were_trained_on():
    model = spectral(ring(240, seed=1)).fit(np.arange(80))
    report = audit(
        model,
        np.arange(80, 160),
        X_holdout=np.arange(160, 240),
        attacks=[*ALIKE, "embedding-norm", "embedding-clusters", "shadow"],
        n_shadows=4,
        random_state=0,
    )
    assert (abs(report.summary["auc"] - 0.5) < 4 * spread(80)).all()


def test_links_are_those_to_nodes_that_were_trained_on():
    adjacency = ring().toarray()
    links = NodeLinks(adjacency).fit([5, 3, 9])
    assert_array_equal(
        links.transform([1, 5]).toarray(), adjacency[[1, 5]][:, [5, 3, 9]]
    )


@given(st.integers(0, 99))
def test_a_walk_goes_along_links(seed):
    adjacency = ring(20, seed)
    nodes = np.repeat(np.arange(20), 3)
    there = NodeLinks(adjacency).walk(nodes, np.random.RandomState(seed))
    alone = adjacency.sum(axis=1)[nodes] == 0
    assert_array_equal(there[alone], nodes[alone])
    assert (adjacency.toarray()[nodes, there][~alone] == 1).all()


def test_a_walk_goes_everywhere_alike():
    """Of 4,000 steps to four neighbours 1,000 +- 27 go to each."""
    star = np.zeros((5, 5))
    star[0, 1:] = star[1:, 0] = 1
    there = NodeLinks(star).walk(np.zeros(4000, dtype=int), np.random.RandomState(0))
    assert (abs(np.bincount(there, minlength=5)[1:] - 1000) < 4 * 27).all()


def test_bands_and_matches():
    windows = np.array([["a", "a"], ["a", "b"], ["c", "d"], ["e", "f"]])
    assert_array_equal(frequency_bands(windows, n_bands=2), [1, 1, 0, 0])
    rarer = frequency_bands(windows, [["c", "d"], ["c", "d"]], n_bands=2)
    assert rarer[2] > rarer[0]
    with pytest.raises(ValueError, match="a band in common"):
        matched_records([0], [1])


@given(
    st.lists(st.integers(0, 3), min_size=1, max_size=20),
    st.lists(st.integers(0, 3), min_size=1, max_size=20),
    st.integers(0, 9),
)
def test_matched_records_are_as_many_in_each_band(ours, others, seed):
    if not set(ours) & set(others):
        return
    sides = np.array(ours), np.array(others)
    rows = matched_records(*sides, random_state=seed)
    counts = [np.bincount(b[r], minlength=4) for b, r in zip(sides, rows, strict=True)]
    assert_array_equal(*counts)
    assert_array_equal(
        counts[0], np.minimum(*(np.bincount(b, minlength=4) for b in sides))
    )


@pytest.mark.parametrize("windows", [[], ["a", "b"], np.empty((0, 3)), [[], []]])
def test_bands_are_of_rows_of_words(windows):
    with pytest.raises(ValueError, match="rows of words, one or more"):
        frequency_bands(windows)


def test_bands_are_of_words_only():
    attack = get_attack("similarity-by-frequency", of="encoder").attack
    model = Encoder(TruncatedSVD(2, random_state=0), augment=noisy).fit(X[:9])
    assert lacks(attack, Session(model, X[:9])) == "the records are no rows of words"
    words = Session(Encoder(Company()).fit(WINDOWS), WINDOWS)
    assert lacks(attack, words) is None


def test_clusters_on_either_side():
    Z = np.array([[0.1, 0.2], [2.0, 1.5], [0.2, 0.1], [3.0, 1.9]])
    assert_array_equal(ClusterAttack(direction="higher").fit_predict(Z), [0, 1, 0, 1])


def test_what_is_wrong_is_said():
    with pytest.raises(ValueError, match="'model' parameter of Encoder"):
        Encoder.of(object())
    with pytest.raises(ValueError, match="rows of two items or more"):
        Encoder.of(len).similarities(["a", "b"])
    with pytest.raises(ValueError, match="a vector for each of 4 inputs"):
        Encoder.of(lambda words: [1, 2]).similarities([["a", "b"], ["c", "d"]])
    with pytest.raises(ValueError, match="Got no record"):
        Encoder.of(len).similarities([])
    with pytest.raises(ValueError, match="Got no record"):
        Encoder.of(len, augment=noisy).similarities(X[:0])
    with pytest.raises(NotFittedError):
        Encoder(Company()).similarities(WINDOWS)
    with pytest.raises(AttributeError, match="has no attribute 'fit'"):
        Encoder.of(len).fit(WINDOWS)


@pytest.mark.parametrize("missing", [pd.NA, None, np.nan])
@pytest.mark.parametrize("ask", ["similarities", "encode"])
def test_missing_items_are_refused(missing, ask):
    pairs = np.array([["a", "b"], ["a", missing], [missing, "b"]], dtype=object)
    model = Encoder.of(lambda words: np.ones((len(words), 2)))
    with pytest.raises(ValueError, match="2 do, the first is record 1"):
        getattr(model, ask)(pd.DataFrame(pairs))


@pytest.mark.parametrize(
    ("augment", "got"),
    [
        (lambda X, random_state: X[:1], "here 3. Got 1"),
        (lambda X, random_state: np.vstack([X, X]), "here 3. Got 6"),
        (lambda X, random_state: None, "Got a NoneType"),
    ],
)
def test_there_is_a_view_for_each_record(augment, got):
    embedding = TruncatedSVD(2, random_state=0)
    model = Encoder(embedding, augment=augment, n_views=3).fit(X[:20])
    with pytest.raises(ValueError, match=got):
        model.similarities(X[:4])


def test_nobody_walks_to_themselves_nor_along_a_link_of_0():
    path = np.eye(5, k=1) + np.eye(5, k=-1)
    nodes = np.repeat(np.arange(5), 50)
    loops = sparse.coo_matrix(path + np.eye(5))
    wide = sparse.csr_array(np.ones((5, 5)))
    wide.data = path.ravel()
    want = NodeLinks(path).walk(nodes, 0)
    assert (np.abs(want - nodes) == 1).all()
    for adjacency in (path + np.eye(5), loops, sparse.coo_matrix(path), wide):
        assert_array_equal(NodeLinks(adjacency).walk(nodes, 0), want)
    assert NodeLinks(np.eye(3)).walk([0, 2], 0).tolist() == [0, 2]
