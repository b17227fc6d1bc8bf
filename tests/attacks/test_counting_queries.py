"""Counting queries around a record: what they count, and what they tell."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KernelDensity
from sklearn.preprocessing import scale

from skmia import ShadowModels
from skmia.attacks import get_attack, run
from skmia.attacks.evidence import CountingQueries
from skmia.targets import Session, Synthesizer, SyntheticTable

X = PCA(5, whiten=True).fit_transform(scale(load_breast_cancer().data))
X = X[np.random.RandomState(0).permutation(len(X))]
N = 100
MEMBER = np.repeat([1, 0], N)
STATISTICS = ["mean", "variance", "correlation"]


def people(n, seed):
    rng = np.random.RandomState(seed)
    frame = pd.DataFrame(
        {
            "age": rng.randint(20, 24, n).astype(float),
            "town": rng.choice(["Bonn", "Ulm", "Rom"], n),
            "born": pd.Timestamp("1990-01-01")
            + pd.to_timedelta(rng.randint(3, size=n), unit="D"),
        }
    )
    frame.loc[frame.index % 5 == 0, "age"] = np.nan
    frame.loc[frame.index % 7 == 0, "town"] = None
    return frame


def seen(table, records, known, **params):
    evidence = CountingQueries(random_state=0, **params)
    evidence.fit(Session(SyntheticTable(table), known))
    return evidence, evidence.transform(Session(SyntheticTable(table), records))


def by_hand(frame, known, n_cells):
    """Cells of a frame: a number is above so many of the inner quantiles."""
    columns = {"town": frame["town"].fillna("nowhere")}
    for name in ("age", "born"):
        kind = "int64" if name == "born" else "float64"
        own = known[name].dropna().astype(kind)
        inner = np.quantile(own, np.linspace(0, 1, n_cells + 1)[1:-1])
        place = [(inner <= value).sum() for value in frame[name].astype(kind)]
        columns[name] = np.where(frame[name].isna(), "missing", place)
    return pd.DataFrame(columns)[list(frame)].astype(str).to_numpy()


@pytest.mark.slow
@given(st.integers(0, 1000), st.integers(1, 5))
def test_answers_are_counted_by_hand(seed, n_cells):
    """Of categories and of numbers in cells, missing values being equal."""
    known, records, table = people(20, seed), people(10, seed + 1), people(30, seed + 2)
    evidence, Z = seen(table, records, known, n_cells=n_cells, n_queries=20)
    own, asked, rows = (
        by_hand(part, known, n_cells) for part in (known, records, table)
    )
    among = pd.MultiIndex.from_frame(known.astype(str))
    is_known = pd.MultiIndex.from_frame(records.astype(str)).isin(among)
    for number, query in enumerate(evidence.queries_):
        same = [
            (asked[:, None, query] == other[None][:, :, query]).all(axis=2).sum(axis=1)
            for other in (rows, own)
        ]
        share = (same[0] + 1) / 31
        others = (same[1] - is_known + 1) / (20 - is_known + 1)
        assert_allclose(Z[f"query_{number}"], np.log(share / others))


def test_statistics_are_those_of_the_table_less_those_of_others():
    """Of numbers in whitened directions, by the definition."""
    own, records, table = X[:200], X[200:260], X[300:500]
    _, Z = seen(table, records, own)
    variances, directions = np.linalg.eigh(np.corrcoef(own, rowvar=False))
    to = directions / np.sqrt(variances) / own.std(axis=0)[:, None]
    W, R, T = ((part - own.mean(axis=0)) @ to for part in (own, records, table))
    assert_allclose(Z["mean"], R @ T.mean(axis=0), atol=1e-9)
    squares = (T**2).mean(axis=0) - (W**2).mean(axis=0)
    assert_allclose(Z["variance"], (R**2 - 1) @ squares, atol=1e-9)
    moments = (T.T @ T / len(T) - W.T @ W / len(W)) * (1 - np.eye(5))
    expected = np.einsum("ni,ij,nj->n", R, moments, R) / 2
    assert_allclose(Z["correlation"], expected, atol=1e-9)


def test_records_that_are_known_are_seen_as_others_are():
    """A record is left out of what it is compared with; the table is of strangers."""
    _, Z = seen(X[300:], X[:300], X[:150])
    known = np.repeat([1, 0], 150)
    answers = Z.filter(like="query").mean(axis=1)
    for column in (answers, *(Z[name] for name in STATISTICS)):
        # 150 and 150 of one population: four deviations of an AUC of chance.
        assert abs(roc_auc_score(known, column) - 0.5) < 4 * np.sqrt(
            301 / (12 * 150 * 150)
        )


def test_neither_units_nor_order_matter():
    """Cells and directions are those of the records, whatever they are measured in."""
    table, known = X[300:500], X[:200]
    _, Z = seen(table, known, known)
    _, other = seen(7 * table[::-1] + 3, 7 * known + 3, 7 * known + 3)
    assert list(Z)[-3:] == STATISTICS
    assert_allclose(other, Z, atol=1e-9)


def test_queries_are_drawn_once():
    few = CountingQueries(5, random_state=0)
    few.fit(Session(SyntheticTable(X), X))
    assert len(few.queries_) <= 5
    assert few.queries_ == sorted(set(few.queries_))


def auc(records, target):
    shadows = ShadowModels(target, n_shadows=4, random_state=0).fit(records)
    recipe = get_attack("shadow-queries", of="synthesizer")
    session = Session(target, records)
    score, _ = run(recipe.attack, recipe.fitted_on, session, shadows=shadows, seed=0)
    return roc_auc_score(MEMBER, score)


@pytest.fixture(scope="module")
def narrow():
    model = KernelDensity(bandwidth=0.1)
    return Synthesizer(model, n_samples=1000, random_state=0).fit(X[:N])


def test_a_narrow_density_is_told(narrow):
    """Rows lie in the cells of their records; an AUC of chance has a spread of .041."""
    assert auc(X[: 2 * N], narrow) > 0.5 + 4 * 0.041


def test_strangers_are_not(narrow):
    assert abs(auc(X[2 * N : 4 * N], narrow) - 0.5) < 4 * 0.041
