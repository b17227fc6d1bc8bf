"""The blind baseline: whether records and labels alone tell the two sets apart."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from scipy.stats import binom
from sklearn.utils import _safe_indexing

from skmia.auditing._copies import find_copies
from skmia.auditing._stack import stack_records
from skmia.auditing.validity._blind import check_population
from skmia.auditing.validity._features import as_table
from skmia.auditing.validity._split import Split

N = 150


def texts(n, rng, shift):
    words = np.array(["red", "green", "blue", "old", "new", "round"])
    weights = np.r_[1 + 3 * shift, np.ones(5)]
    return [" ".join(rng.choice(words, 9, p=weights / weights.sum())) for _ in range(n)]


def frame(n, rng, shift):
    X = pd.DataFrame({"a": rng.normal(size=n), "b": rng.normal(size=n)})
    X.loc[::7, "b"] = np.nan
    X["town"] = rng.choice(["Bonn", "Ulm"], n, p=[0.1 + 0.8 * shift, 0.9 - 0.8 * shift])
    X["name"] = [f"u{i}" for i in rng.integers(0, 10**6, n)]
    X["since"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.random(n), "D")
    return X


def thin(n, rng, shift):
    X = (rng.random((n, 500)) < 0.02).astype(float)
    X[:, 7] = rng.random(n) < 0.1 + 0.7 * shift
    return sparse.csr_array(X)


KINDS = {
    "numbers": lambda n, rng, shift: rng.normal(shift, 1, (n, 3)),
    "gaps": lambda n, rng, shift: np.where(
        rng.random((n, 3)) < 0.1 + 0.5 * shift, np.nan, rng.normal(size=(n, 3))
    ),
    "texts": texts,
    "array of texts": lambda *given: np.array(texts(*given)),
    "series of texts": lambda *given: pd.Series(texts(*given)),
    "mixed frame": frame,
    "categories": lambda *given: frame(*given).astype({"town": "category"}),
    "integers with gaps": lambda n, rng, shift: pd.DataFrame(
        {
            "a": rng.normal(size=n),
            "b": pd.array(rng.integers(0, 9, n) + 5 * shift, dtype="Int64"),
        }
    ),
    "polars": lambda *given: pl.from_pandas(frame(*given).drop(columns="since")),
    "images": lambda n, rng, shift: (
        rng.random((n, 1, 12, 12)) + shift * (np.arange(12) == 3)
    ),
    "sparse": thin,
    "dicts": lambda n, rng, shift: [
        {"a": a, "b": "x" if b > 0 else "y"} for a, b in rng.normal(shift, 1, (n, 2))
    ],
    "objects": lambda n, rng, shift: np.array(
        [[a, "x" if b > 0 else "y"] for a, b in rng.normal(shift, 1, (n, 2))],
        dtype=object,
    ),
    "series of lengths": lambda n, rng, shift: [
        rng.normal(size=k) for k in rng.integers(1, 9, n) + 6 * shift
    ],
}


def split_of(X, y, member, groups=None, seed=0):
    """As an audit has it: in an order that tells nothing."""
    order = np.random.default_rng(seed).permutation(len(member))
    X, y, member = _safe_indexing(X, order), np.asarray(y)[order], member[order]
    copies = find_copies(X, y)
    groups = copies if groups is None else np.asarray(groups)[order]
    return Split(X, y, member, copies, groups, seed)


def of_kind(kind, shift, seed=0):
    rng = np.random.default_rng(seed)
    X = stack_records(KINDS[kind](N, rng, 0), KINDS[kind](N, rng, shift))
    return split_of(X, rng.integers(0, 2, 2 * N), np.repeat([1, 0], N), seed=seed)


@pytest.mark.parametrize("kind", KINDS)
def test_one_population_and_two(kind):
    outcome, text, p_value = check_population(of_kind(kind, 1))
    assert outcome == "invalid"
    assert p_value <= 0.01
    assert text.startswith("Features and labels alone tell training from holdout")
    outcome, text, p_value = check_population(of_kind(kind, 0))
    assert outcome == "passed", p_value
    assert "do not tell" in text


def test_classes_in_other_shares():
    rng = np.random.default_rng(0)
    y = np.r_[rng.random(N) < 0.2, rng.random(N) < 0.6].astype(int)
    split = split_of(rng.normal(size=(2 * N, 3)), y, np.repeat([1, 0], N))
    assert check_population(split)[0] == "invalid"


def test_young_and_old():
    """One feature of many, in 60 records."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 10))
    X = X[np.argsort(X[:, 4])]
    split = split_of(X, rng.integers(0, 2, 60), np.repeat([1, 0], 30))
    assert check_population(split)[0] == "invalid"


GAMES = {
    "few": lambda rng: (rng.normal(size=(40, 3)), np.repeat([1, 0], 20), None),
    "uneven": lambda rng: (
        rng.normal(size=(150, 3)),
        np.repeat([1, 0], [15, 135]),
        None,
    ),
    "coarse": lambda rng: (
        rng.integers(0, 3, (80, 2)).astype(float),
        np.repeat([1, 0], 40),
        None,
    ),
    "groups": lambda rng: (
        np.repeat(rng.normal(size=(40, 3)), 5, axis=0)
        + 0.1 * rng.normal(size=(200, 3)),
        np.repeat([1, 0], 100),
        np.repeat(np.arange(40), 5),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("game", GAMES)
def test_level(game):
    """At most 1 in 100 of 100 splits; above the quantile with a probability of 1e-5.

    Were groups taken apart, their records would be told from others in most splits.
    """
    wrong = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        X, member, groups = GAMES[game](rng)
        split = split_of(X, (X[:, 0] > 0).astype(int), member, groups, seed)
        wrong += check_population(split)[0] != "passed"
    assert wrong <= binom.isf(1e-5, 100, 0.01)


@pytest.mark.parametrize("sizes", [(1, 1), (1, 40), (40, 1)])
def test_too_few_records(sizes):
    n = sum(sizes)
    split = split_of(np.eye(n), np.zeros(n), np.repeat([1, 0], sizes))
    assert check_population(split)[0] == "not run"


def test_at_most_so_many_rows(monkeypatch):
    seen = []
    monkeypatch.setattr("skmia.auditing.validity._blind._N_ROWS", 60)
    monkeypatch.setattr(
        "skmia.auditing.validity._blind.as_table",
        lambda X, *given: seen.append(len(X)) or as_table(X, *given),
    )
    assert check_population(of_kind("numbers", 3))[0] == "invalid"
    assert seen == [60]


def test_columns_that_differ_are_kept():
    """Of 300 columns; which ones is learned from some of the records only."""
    rng = np.random.default_rng(0)
    X, member = rng.normal(size=(100, 300)), np.repeat([1, 0], 50)
    X[:, 123] += 5 * member
    X[50:, 222] += 100 * np.repeat([0, 1], [25, 25])
    learned = np.r_[0:25, 50:75]
    dense, categorical = as_table(X, np.zeros(100), learned, member)
    for column, kept in ((123, True), (222, False)):
        assert (dense == X[:, [column]]).all(axis=0).any() == kept
    assert dense.shape == (100, 2 + 64 + 1)
    assert categorical.tolist() == [False] * 66 + [True]
    thin, _ = as_table(sparse.csr_array(X), np.zeros(100), learned, member)
    np.testing.assert_allclose(thin, dense)


def test_records_are_not_changed():
    X = KINDS["mixed frame"](40, np.random.default_rng(0), 0)
    before = X.copy()
    as_table(X, np.zeros(40), np.arange(20), np.repeat([1, 0], 20))
    pd.testing.assert_frame_equal(X, before)
