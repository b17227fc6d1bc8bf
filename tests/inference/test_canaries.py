"""Canaries in a table: what they are made of, seen and never seen."""

import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from skmia.inference import canary_exposure, insert_canaries

X, y = load_iris(return_X_y=True)
FOREST = RandomForestClassifier(50, random_state=0)


def test_what_canaries_are_made_of():
    made = insert_canaries(
        X, y, n_canaries=4, n_references=6, n_copies=3, random_state=0
    )
    assert len(made.X) == len(made.y) == 150 + 4 * 3
    assert (made.X_canary.shape, made.X_reference.shape) == ((4, 4), (6, 4))
    for j in range(4):
        assert set(made.X_canary[:, j]) <= set(X[:, j])
    for row, label in zip(made.X_canary, made.y_canary, strict=True):
        same = (row == made.X).all(axis=1) & (made.y == label)
        assert same.sum() == 3
    own = np.sort(np.column_stack([made.X, made.y]), axis=None)
    parts = [np.column_stack([X, y])]
    parts += [np.column_stack([made.X_canary, made.y_canary])] * 3
    assert_array_equal(own, np.sort(np.concatenate(parts), axis=None))


def test_frames_keep_names_and_dtypes():
    frame = pd.DataFrame(X[:, :2], columns=["a", "b"]).assign(
        c=pd.Categorical(np.where(X[:, 2] > 3, "long", "short"))
    )
    made = insert_canaries(frame, np.array(["n", "p"])[y // 2], random_state=0)
    for part in (made.X, made.X_canary, made.X_reference):
        assert_array_equal(part.columns, frame.columns)
        assert (part.dtypes == frame.dtypes).all()
    assert set(made.y_reference) == {"n", "p"}


@pytest.mark.parametrize("records", [sparse.csr_array(X), list("abc") * 50])
def test_records_that_are_no_dense_table(records):
    with pytest.raises(TypeError, match="X must be a dense array"):
        insert_canaries(records, y)


def test_unseen_canaries_have_1_44_bits_on_average():
    n = 4000
    made = insert_canaries(X, y, n_canaries=n, n_references=n, random_state=0)
    model = LogisticRegression(C=0.1, max_iter=1000).fit(X, y)
    found = canary_exposure(model, made, random_state=0)
    # As in test_exposure: canaries and references stray by 1 / log(2) / sqrt(n).
    expected = 1 / math.log(2)
    assert found.mean == pytest.approx(expected, abs=3 * expected * math.sqrt(2 / n))
    # log2(R!) / R is log2(R / e) and log2(2 pi R) / 2 R, after Stirling.
    assert found.unseen == pytest.approx(
        expected - math.log2(2 * math.pi * n) / (2 * n), abs=1e-5
    )
    assert found.pvalue > 0.01


def test_copies_expose():
    means = []
    for n_copies in (1, 5):
        made = insert_canaries(X, y, n_copies=n_copies, random_state=0)
        model = LogisticRegression(max_iter=5000).fit(made.X, made.y)
        means.append(canary_exposure(model, made, random_state=0).mean)
    assert means[0] < means[1]
    made = insert_canaries(X, y, random_state=0)
    found = canary_exposure(FOREST.fit(made.X, made.y), made, random_state=0)
    assert found.pvalue < 0.001
    assert found.mean > means[0]


@pytest.mark.slow
def test_pvalues_of_unseen_canaries_are_no_smaller_than_they_should():
    model = FOREST.fit(X, y)
    small = sum(
        canary_exposure(
            model,
            insert_canaries(X, y, n_references=100, random_state=seed),
            random_state=seed,
        ).pvalue
        <= 0.1
        for seed in range(40)
    )
    # Binomial of 40 and .1: 4, and three times 1.9.
    assert small <= 9


def test_signals_that_are_no_numbers_with_a_side():
    made = insert_canaries(X, y, random_state=0)
    with pytest.raises(ValueError, match="on one side of which members lie"):
        canary_exposure(FOREST.fit(X, y), made, signal="posterior")
