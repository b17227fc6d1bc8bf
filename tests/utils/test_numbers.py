"""What counts as numbers, and what attacks make of it."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.naive_bayes import GaussianNB

from skmia import audit
from skmia.utils._numbers import numbers

TABLE = pd.DataFrame({"size": [1.5, 2, 3], "member": [True, False, True]})


@pytest.mark.parametrize(
    "X",
    [
        TABLE,
        TABLE.astype(object),
        TABLE.convert_dtypes(),
        TABLE.astype(float).to_numpy(object),
    ],
)
def test_numbers_of_any_type(X):
    assert_array_equal(numbers(X), [[1.5, 1], [2, 0], [3, 1]])


@pytest.mark.parametrize("X", [TABLE.assign(name="2"), [["2"], ["3"]], ["a", "b"]])
def test_words_are_no_numbers(X):
    assert numbers(X) is None


@pytest.mark.parametrize("attack", ["merlin", "lira-augmented-online"])
def test_units_do_not_matter_beside_true_and_false(attack):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(80, 2)), columns=["a", "b"])
    y = (X["a"] + rng.normal(size=80) > 0).to_numpy(int)
    scores = []
    for unit, kind in ((1, int), (1024, bool)):
        table = (X * unit).assign(c=(X["b"] > 0).astype(kind))
        model = GaussianNB(var_smoothing=0).fit(table[:40], y[:40])
        halves = table[:40], y[:40], table[40:], y[40:]
        report = audit(model, *halves, attacks=attack, n_shadows=4, random_state=0)
        scores.append(report.records[attack])
    assert_allclose(*scores, rtol=1e-6)
