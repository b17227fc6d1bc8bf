"""Whatever the records: recoded cells are large enough and change nothing else."""

import numpy as np
import pandas as pd
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.tree import DecisionTreeClassifier

from skmia.defenses import MondrianAnonymizer, TreeAnonymizer
from skmia.defenses.records._mondrian_cells import distance, diversity

RECODINGS = st.sampled_from(["mean", "median", "midpoint"])


@st.composite
def tables(draw, *, missing=True, max_rows=40):
    """Mixed records with many ties, and labels."""
    n = draw(st.integers(1, max_rows))
    numbers = st.one_of(
        st.integers(-3, 3).map(float), st.floats(-(2.0**99), 2.0**99, width=32)
    )
    words = st.sampled_from(["a", "b", "c", "d"])
    if missing:
        numbers, words = (st.one_of(s, st.none()) for s in (numbers, words))
    column = {"min_size": n, "max_size": n}
    X = pd.DataFrame(
        {
            "number": pd.Series(draw(st.lists(numbers, **column)), dtype=float),
            "count": draw(st.lists(st.integers(0, 5), **column)),
            "word": pd.Series(draw(st.lists(words, **column)), dtype=object),
            "other": np.arange(n),
        }
    )
    return X, np.array(draw(st.lists(st.sampled_from("xyz"), **column)))


QUASI = ["number", "count", "word"]


def cells_of(recoded):
    """Number of each row's combination of quasi-identifiers."""
    return recoded.groupby(QUASI, dropna=False).ngroup().to_numpy()


@given(tables(), st.integers(1, 10), RECODINGS)
def test_mondrian_cells_hold_k_records_and_nothing_else_changes(table, k, recoding):
    X, y = table
    assume(len(X) >= k)
    before = X.copy()
    anonymizer = MondrianAnonymizer(k, quasi_identifiers=QUASI, recoding=recoding)
    recoded = anonymizer.fit_transform(X, y)
    assert np.bincount(cells_of(recoded)).min() >= k
    assert recoded.index.equals(X.index)
    assert recoded["other"].equals(X["other"])
    assert X.equals(before)
    # Recoded records fall in their own cell.
    assert anonymizer.transform(recoded).equals(recoded)


@given(tables(missing=False), st.integers(1, 10))
def test_mean_recoding_keeps_the_means(table, k):
    X, y = table
    assume(len(X) >= k)
    recoded = MondrianAnonymizer(k).fit_transform(X, y)
    for name in ("number", "count", "other"):
        scale = np.abs(X[name]).max()
        assert_allclose(recoded[name].mean(), X[name].mean(), rtol=0, atol=1e-9 * scale)


@given(tables(), RECODINGS)
def test_one_record_a_cell_changes_nothing(table, recoding):
    X, y = table
    recoded = MondrianAnonymizer(1, recoding=recoding).fit_transform(X, y)
    assert recoded.astype(X.dtypes).equals(X.fillna({"word": np.nan}))


@given(tables(), st.integers(1, 3), st.floats(0, 1), st.booleans())
def test_cells_are_diverse_and_close(table, l, t, entropy):  # noqa: E741
    X, y = table
    kind = "entropy" if entropy else "distinct"
    codes = np.unique(y, return_inverse=True)[1]
    overall = np.bincount(codes) / len(y)
    assume(diversity(overall, kind) >= l)
    anonymizer = MondrianAnonymizer(1, quasi_identifiers=QUASI, l=l, l_kind=kind, t=t)
    cells = cells_of(anonymizer.fit_transform(X, y))
    for cell in np.unique(cells):
        share = np.bincount(codes[cells == cell], minlength=len(overall))
        share = share / share.sum()
        assert diversity(share, kind) >= l - 1e-9
        assert distance(share, overall, ordered=False) <= t + 1e-9


@given(tables(missing=False), st.integers(1, 10))
def test_tree_cells_hold_k_records_and_keep_their_values(table, k):
    X, y = table
    assume(len(X) >= k)

    class Model(DecisionTreeClassifier):
        def fit(self, X, y):
            return super().fit(X[["number", "count"]], y)

        def predict(self, X):
            return super().predict(X[["number", "count"]])

    model = Model(random_state=0)
    anonymizer = TreeAnonymizer(model, k=k, quasi_identifiers=QUASI, random_state=0)
    recoded = anonymizer.fit_transform(X, y)
    assert np.bincount(cells_of(recoded)).min() >= k
    assert len(np.unique(cells_of(recoded))) <= anonymizer.n_cells_
    assert recoded["other"].equals(X["other"])
    assert recoded.dtypes.equals(X.dtypes)
    for name in QUASI:
        assert set(recoded[name]) <= set(X[name])
    assert anonymizer.transform(recoded).equals(recoded)
