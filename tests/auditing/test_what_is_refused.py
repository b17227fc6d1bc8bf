"""What an audit refuses, in words, before anything is asked or trained."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits
from sklearn.dummy import DummyRegressor
from sklearn.tree import DecisionTreeClassifier

from skmia import audit
from skmia.attacks import get_attack


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X[:200], y[:200], X[200:401], y[200:401]


@pytest.fixture(scope="module")
def tree(digits):
    return DecisionTreeClassifier(random_state=0).fit(*digits[:2])


@pytest.mark.parametrize("empty", [lambda X: X[:0], lambda X: pd.DataFrame(X)[:0]])
def test_no_holdout_records(digits, tree, empty):
    X, y, X_holdout, y_holdout = digits
    with pytest.raises(ValueError, match=r"needs records in X_holdout\. Got 0"):
        audit(tree, X, y, empty(X_holdout), y_holdout[:0])


@pytest.mark.parametrize("side", ["train", "holdout"])
def test_labels_that_are_objects(digits, tree, side):
    X, y, X_holdout, y_holdout = digits
    labels = {"train": y, "holdout": y_holdout}
    labels[side] = labels[side].astype(object)
    message = rf"The labels in y_{side} must be classes.* such as \d: .* astype\(int\)"
    with pytest.raises(ValueError, match=message):
        audit(tree, X, labels["train"], X_holdout, labels["holdout"])


@pytest.mark.parametrize("records", ["abc", 5, {}, iter([1]), np.array(5), None])
def test_holdout_records_that_cannot_be_indexed(digits, tree, records):
    X, y, _, y_holdout = digits
    with pytest.raises(TypeError, match="The records X_holdout must be a sequence"):
        audit(tree, X, y, records, y_holdout)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda X, y: (X, y, y), r"must be a pair, records and labels\. Got 3 items"),
        (lambda X, y: (X,), r"must be a pair, records and labels\. Got 1 items"),
        (lambda X, y: (X, y[:5]), "X of other_task has 200 records, y of other_task 5"),
        (lambda X, y: (X, None), "needs the labels y of other_task"),
    ],
)
def test_another_task_that_is_none(digits, tree, change, message):
    """Said before anything is trained, or asked."""
    with pytest.raises(ValueError, match=message):
        audit(tree, *digits, other_task=change(*digits[:2]), random_state=0)


def test_another_task_may_be_a_list(digits, tree):
    options = {"attacks": "salem2", "n_shadows": 2, "random_state": 0}
    reports = [
        audit(tree, *digits, other_task=kind(digits[2:]), **options)
        for kind in (list, tuple)
    ]
    pd.testing.assert_frame_equal(reports[0].records, reports[1].records)


class Forecasts(DummyRegressor):
    """Of a kind that another package has."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.estimator_type = "forecaster"
        return tags


def test_another_kind_is_refused_in_words(digits):
    with pytest.raises(ValueError, match=r"Got Forecasts\(\), a forecaster"):
        audit(Forecasts().fit(*digits[:2]), *digits)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"fit_params": {1: 2}}, r"names of parameters of fit as its keys\. Got \[1\]"),
        ({"attacks": [get_attack("gap").attack]}, r"AttackRecipe\(name, attack\), or"),
    ],
)
def test_what_has_no_name(digits, tree, params, message):
    with pytest.raises(TypeError, match=message):
        audit(tree, *digits, random_state=0, **params)


def test_weights_are_of_all_records(digits, tree):
    few = {"tree__sample_weight": np.ones(len(digits[0]))}
    message = "must hold as 'tree__sample_weight' one value for each of the"
    with pytest.raises(ValueError, match=message):
        audit(tree, *digits, fit_params=few, attacks=["gap"], random_state=0)
