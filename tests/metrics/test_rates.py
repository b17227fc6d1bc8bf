import pandas as pd
import pytest
from sklearn.metrics import recall_score
from sklearn.neighbors import KNeighborsClassifier

from skmia.metrics import (
    advantage_score,
    false_positive_rate,
    generalization_error,
)

MEMBER = [1, 1, 1, 1, 0, 0, 0, 0, 0]
PREDICTED = [1, 1, 1, 0, 1, 0, 0, 0, 0]


def test_rates_by_hand():
    assert false_positive_rate(MEMBER, PREDICTED) == 1 / 5
    assert advantage_score(MEMBER, PREDICTED) == 3 / 4 - 1 / 5


def test_advantage_is_recall_minus_fpr():
    recall = recall_score(MEMBER, PREDICTED)
    assert advantage_score(MEMBER, PREDICTED) == recall - false_positive_rate(
        MEMBER, PREDICTED
    )


@pytest.mark.parametrize("decision", [0, 1])
def test_constant_decisions_have_no_advantage(decision):
    predicted = [decision] * len(MEMBER)
    assert advantage_score(MEMBER, predicted) == 0
    assert false_positive_rate(MEMBER, predicted) == decision


def test_orientation_one_is_member():
    assert advantage_score(MEMBER, MEMBER) == 1
    assert advantage_score(MEMBER, [1 - label for label in MEMBER]) == -1


def test_no_absolute_value():
    assert advantage_score([1, 1, 0, 0], [0, 1, 1, 1]) == -0.5


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint8", "boolean", "Int64"])
def test_dtypes_and_containers(dtype):
    member = pd.Series(MEMBER, dtype=dtype, index=range(9, 0, -1))
    predicted = pd.DataFrame({"decision": pd.Series(PREDICTED, dtype=dtype)})
    assert false_positive_rate(member, predicted) == 1 / 5


def test_generalization_error_of_a_memoriser():
    X, y = [[0], [1], [2], [3]], ["in", "out", "in", "out"]
    model = KNeighborsClassifier(1).fit(X, y)
    X_test, y_test = [[0.1], [1.1], [2.1], [3.1]], ["in", "in", "in", "in"]
    assert generalization_error(model, X, y, X_test, y_test) == 0.5
    assert generalization_error(model, X, y, X, y) == 0
    assert generalization_error(model, X_test, y_test, X, y) == -0.5


def test_generalization_error_asks_predict_only():
    class Released:
        def predict(self, X):
            return [0] * len(X)

    assert generalization_error(Released(), [[1]] * 2, [0, 0], [[2]] * 2, [0, 1]) == 0.5
