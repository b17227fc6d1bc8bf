"""Differential training privacy: as models that are trained without each record."""

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.dummy import DummyClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia.inference import differential_training_privacy

X, y = load_iris(return_X_y=True)


@pytest.mark.parametrize(
    ("model", "n_fits"),
    [
        (GaussianNB(), 0),
        (make_pipeline(StandardScaler(), GaussianNB()), 151),
        (DecisionTreeClassifier(random_state=0, min_samples_leaf=5), 151),
    ],
)
def test_as_trained_without_each_record(model, n_fits):
    model.fit(X, y)
    table = differential_training_privacy(model, X, y, random_state=0)
    assert table.attrs["n_fits"] == n_fits
    for row in range(0, 150, 11):
        kept = np.arange(150) != row
        without = clone(model).fit(X[kept], y[kept]).predict_proba(X[[row]])
        logs = np.log(np.maximum([model.predict_proba(X[[row]]), without], 1e-30))
        change = np.abs(logs[0] - logs[1])[0]
        # Tails of a normal density are squares of what is lost to rounding.
        assert_allclose(table.loc[row, "dtp"], change.max(), rtol=1e-5, atol=1e-8)
        assert_allclose(
            table.loc[row, "without"], without[0, change.argmax()], rtol=1e-5
        )


def test_nothing_changes_where_nothing_is_learned_of_a_record():
    dummy = DummyClassifier(strategy="uniform").fit(X, y)
    table = differential_training_privacy(dummy, X, y, rows=[0, 70], random_state=0)
    assert (table["dtp"] == 0).all()
    twice = np.repeat(X, 2, axis=0), np.repeat(y, 2)
    tree = DecisionTreeClassifier(random_state=0).fit(*twice)
    table = differential_training_privacy(
        tree, *twice, rows=range(0, 300, 30), random_state=0
    )
    assert (table["dtp"] == 0).all()


def test_a_record_that_decides_alone():
    labels = y.copy()
    labels[3] = 2
    near = KNeighborsClassifier(1).fit(X, labels)
    table = differential_training_privacy(near, X, labels)
    assert table.loc[3, "dtp"] == pytest.approx(-np.log(1e-30))
    assert table["dtp"].median() == 0


@pytest.mark.slow
def test_repeats_tell_chance_from_the_record():
    """Answers that are drawn by the shares of the classes, whatever the record."""
    drawn = DummyClassifier(strategy="stratified").fit(X, y)
    one, many = (
        differential_training_privacy(
            drawn, X, y, rows=range(0, 150, 30), n_repeats=n, random_state=0
        )
        for n in (1, 400)
    )
    assert many.attrs["n_fits"] == 400 * 6
    assert one["dtp"].max() == pytest.approx(-np.log(1e-30))
    # A logarithm of one of two shares that are about 1/3: sd sqrt(2 * 2 / 400) = .1,
    # and the largest of five records and three classes is within four of these.
    assert many["dtp"].max() < 0.4


def test_results_do_not_depend_on_workers_and_have_the_names_of_rows():
    frame = pd.DataFrame(X, index=[f"row {i}" for i in range(150)])
    frame.columns = list("abcd")
    tree = DecisionTreeClassifier(random_state=0).fit(frame, y)
    ask = {"rows": [70, 3], "random_state": 0}
    table = differential_training_privacy(tree, frame, y, **ask)
    assert list(table.index) == ["row 70", "row 3"]
    with parallel_config("threading"):
        again = differential_training_privacy(tree, frame, y, n_jobs=2, **ask)
    pd.testing.assert_frame_equal(table, again)


@pytest.mark.parametrize("rows", [[150], [-1], [0.5], [], [[0]], [True]])
def test_rows_that_are_none(rows):
    with pytest.raises(ValueError, match="must hold places of records, from 0 to 149"):
        differential_training_privacy(GaussianNB().fit(X, y), X, y, rows=rows)
