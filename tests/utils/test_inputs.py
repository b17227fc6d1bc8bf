"""Seeds, records, membership and columns as users hand them in."""

import sys

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import _safe_indexing

from skmia.attacks import ThresholdAttack
from skmia.defenses import LabelOnly
from skmia.utils._columns import column_index
from skmia.utils._inside import is_frozen
from skmia.utils._labels import classes_of
from skmia.utils._membership import membership_score
from skmia.utils._outputs import Outputs
from skmia.utils._progress import track
from skmia.utils._random import draw_seeds, set_random_states
from skmia.utils._records import (
    check_labelled,
    check_membership,
    check_records,
    n_records,
)
from skmia.utils._units import percent

X, Y = np.arange(8.0).reshape(4, 2), np.array(list("abab"))


def test_every_nested_seed_is_set_and_differs():
    model = make_pipeline(LogisticRegression(random_state=3), RandomForestClassifier())
    set_random_states(model, np.random.RandomState(0))
    seeds = [model[0].random_state, model[1].random_state]
    assert all(type(seed) is int for seed in seeds)
    assert len({3, *seeds}) == 3
    again = set_random_states(model, np.random.RandomState(0))
    assert [again[0].random_state, again[1].random_state] == seeds


def test_a_model_without_seed_takes_nothing_from_the_generator():
    rng = np.random.RandomState(0)
    set_random_states(GaussianNB(), rng)
    assert draw_seeds(rng) == draw_seeds(np.random.RandomState(0))
    assert len(set(draw_seeds(rng, 50))) == 50


def test_is_frozen():
    frozen = FrozenEstimator(GaussianNB())
    assert is_frozen(frozen)
    assert is_frozen(LabelOnly(frozen))
    assert not is_frozen(LabelOnly(GaussianNB()))


@pytest.mark.parametrize(
    "records",
    [
        X,
        pd.DataFrame({"a": list("wxyz")}),
        sparse.coo_matrix(X),
        X.tolist(),
        list("wxyz"),
        pd.Series(list("wxyz")),
        [{"a": 1}, {}, {"b": 2}, {"a": 0}],
        [[1], [1, 2], [], [3]],
        np.zeros((4, 3, 3, 1)),
    ],
    ids=type,
)
def test_records_can_be_indexed(records):
    out, y, groups = check_records(records, Y.tolist(), [1, 1, 2, 2])
    assert n_records(_safe_indexing(out, [0, 2])) == 2
    assert_array_equal(y, Y)
    assert_array_equal(groups, [1, 1, 2, 2])
    assert out is records or sparse.issparse(out)


@pytest.mark.parametrize(
    "y", [None, [0.5, 0.1, 0.2, 0.3], np.eye(4), [[1], [0], [0], [1]], Y.tolist()]
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.DataConversionWarning")
def test_labels_of_any_kind(y):
    labels = check_records(X, y)[1]
    assert labels is None or len(labels) == 4
    assert np.ndim(labels) in (0, 1) or labels.shape == (4, 4)


@pytest.mark.parametrize(
    ("records", "y", "message"),
    [
        (X, Y[:3], "numbers of samples: X_train has 4 records, y_train 3"),
        (X[0], Y, "numbers of samples: X_train has 2 records, y_train 4"),
        (X, [0, np.nan, 1, np.nan], r"labels y_train are missing in 2 .* \[1, 3\]"),
        (X, pd.Series([0, 1, pd.NA, 1], dtype="Int64"), r"y_train are missing in 1 "),
        (X, ["a", None, "b", "b"], r"y_train are missing in 1 "),
        (X, [0.5, np.inf, 1, 2], "Input y_train contains infinity"),
    ],
)
def test_bad_records(records, y, message):
    with pytest.raises(ValueError, match=message):
        check_records(records, y, names=("X_train", "y_train"))


@pytest.mark.parametrize("records", [None, 3, "abcd", {"a": [1, 2]}, iter([1]), {1}])
def test_what_is_no_sequence(records):
    message = f"records X must be a sequence.* Got {type(records).__name__}"
    with pytest.raises(TypeError, match=message):
        check_records(records, None)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "requires y to be passed, but the target y is None"),
        ([0.5, 0.1, 0.2, 0.3], "Unknown label type: continuous"),
        (np.eye(4), "Unknown label type: multilabel-indicator"),
    ],
)
def test_labels_that_are_no_classes(y, message):
    with pytest.raises(ValueError, match=message):
        check_labelled(X, y)


@pytest.mark.parametrize(
    ("y", "estimators", "classes"),
    [
        (np.array(["b", "a", "b"]), [GaussianNB()], ["a", "b"]),
        (np.array([0, 1, 1], dtype=np.float16), [GaussianNB()], [0, 1]),
        (np.array([3.0, 1.0, 1.0]), [Ridge()], None),
        (np.array([0.3, 1.0, 1.0]), [Ridge()], None),
        (np.eye(3), [Ridge()], None),
        (np.eye(3), [DecisionTreeClassifier()], [[0, 1]] * 3),
        (None, [IsolationForest()], None),
        (np.array([0, 1, 1]), [object()], [0, 1]),
        (np.array([0.5, 1, 1]), [object()], None),
    ],
)
def test_classes_where_there_are_some(y, estimators, classes):
    found = classes_of(y, estimators)
    if isinstance(found, Outputs):
        found = np.asarray(found)
    assert (None if found is None else found.tolist()) == classes


@pytest.mark.parametrize(
    ("y", "estimator", "message"),
    [
        (None, GaussianNB(), "requires y to be passed"),
        (np.array([0.5, 1, 1]), GaussianNB(), "Unknown label type: continuous"),
        (np.eye(3), GaussianNB(), "Unknown label type: multilabel"),
    ],
)
def test_labels_that_an_estimator_cannot_learn(y, estimator, message):
    with pytest.raises(ValueError, match=message):
        classes_of(y, [estimator])


@pytest.mark.parametrize("member", [[0, 1], [True, False], [1.0, 0.0]])
def test_membership_bits(member):
    bits = check_membership(member)
    assert bits.dtype.kind == "i"
    assert_array_equal(bits, np.array(member, dtype=int))


@pytest.mark.parametrize(
    ("member", "message"),
    [
        ([0, 2], r"must be 0 \(non-member\) or 1 .* Got the values \[0, 2\]"),
        ([0, 0], r"one member and one non-member\. Got only \[0\]"),
        (["in", "out"], r"must be 0 .* Got the values \['in', 'out'\]"),
    ],
)
def test_bad_membership_bits(member, message):
    with pytest.raises(ValueError, match=message):
        check_membership(member)


def test_score_of_any_attack():
    Z, member = np.array([[0.0], [1.0], [4.0], [5.0]]), np.array([0, 0, 1, 1])
    svm = LinearSVC(random_state=0).fit(Z, member)
    assert_array_equal(membership_score(svm, Z), svm.decision_function(Z))
    bayes = GaussianNB().fit(Z, member)
    assert_array_equal(membership_score(bayes, Z), bayes.predict_proba(Z)[:, 1])
    labels = LabelOnly(GaussianNB()).fit(Z, np.array(["absent", "in"])[member])
    assert_array_equal(membership_score(labels, Z), member)


def test_columns():
    attack = ThresholdAttack().fit(np.arange(6).reshape(2, 3), [0, 1])
    assert column_index(attack, -1) == 2
    attack.fit(pd.DataFrame([[1, 2], [3, 4]], columns=["a", "b"]), [0, 1])
    assert column_index(attack, "b") == 1


def test_progress_bar_passes_the_items_on(capsys):
    assert list(track(iter("abc"), 3, "Work", verbose=False)) == list("abc")
    assert capsys.readouterr().err == ""
    assert list(track(iter("abc"), 3, "Work", verbose=True)) == list("abc")
    assert "Work" in capsys.readouterr().err


def test_progress_bar_without_rich(monkeypatch):
    monkeypatch.setitem(sys.modules, "rich.console", None)
    with pytest.raises(ImportError, match=r'pip install "skmia\[cli\]"'):
        track([], 0, "Work", verbose=True)


def test_percent():
    assert [percent(rate) for rate in (0.001, 0.1, 1)] == ["0.1 %", "10 %", "100 %"]
