"""Arrays of other libraries become those of numpy, on one side of the boundary."""

import array_api_strict
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from skmia import BlackBox, audit
from skmia.utils._arrays import to_numpy

X, y = load_iris(return_X_y=True)
HALVES = X[::2], y[::2], X[1::2], y[1::2]


def as_torch(values):
    """Of a graph, as a network gives it that nobody told to forget."""
    torch = pytest.importorskip("torch")
    tensor = torch.tensor(values)
    return tensor.requires_grad_() if tensor.is_floating_point() else tensor


def as_strict(values):
    """On a device that numpy cannot read."""
    device = array_api_strict.Device("device1")
    return array_api_strict.asarray(values, device=device)


ELSEWHERE = {"torch": as_torch, "array-api-strict": as_strict}


class Elsewhere(ClassifierMixin, BaseEstimator):
    """A tree whose answers and classes are arrays of another library."""

    def __init__(self, kind="torch", random_state=0):
        self.kind = kind
        self.random_state = random_state

    def fit(self, X, y):
        tree = DecisionTreeClassifier(max_depth=4, random_state=self.random_state)
        self.tree_ = tree.fit(X, y)
        self.classes_ = self._moved(tree.classes_)
        return self

    def predict(self, X):
        return self._moved(self.tree_.predict(X))

    def predict_proba(self, X):
        return self._moved(self.tree_.predict_proba(X))

    def _moved(self, values):
        return ELSEWHERE.get(self.kind, np.asarray)(values)


@pytest.mark.parametrize("kind", ELSEWHERE)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, bool])
def test_values_and_types_stay(kind, dtype):
    values = np.array([[0, 1], [1, 0]], dtype=dtype)
    answer = to_numpy(ELSEWHERE[kind](values))
    assert type(answer) is np.ndarray
    assert answer.dtype == dtype
    assert_array_equal(answer, values)


def test_numbers_that_numpy_lacks():
    torch = pytest.importorskip("torch")
    answer = to_numpy(torch.tensor([0.5, 0.25], dtype=torch.bfloat16))
    assert answer.dtype == np.float32
    assert_array_equal(answer, [0.5, 0.25])


@pytest.mark.parametrize("answer", [[0.5], None, "a", iter([1])])
def test_what_is_no_array_stays(answer):
    assert to_numpy(answer) is answer


@pytest.mark.slow
@pytest.mark.parametrize("kind", ELSEWHERE)
def test_an_audit_sees_the_same(kind):
    def records(kind):
        model = Elsewhere(kind, random_state=0).fit(*HALVES[:2])
        report = audit(model, *HALVES, n_shadows=4, random_state=0)
        assert set(report.summary["status"]) == {"ok"}
        return report.records.to_numpy(dtype=float)

    assert_array_equal(records(kind), records("numpy"))


@pytest.mark.parametrize("kind", ELSEWHERE)
def test_a_black_box_answers_arrays_of_numpy(kind):
    box = BlackBox(Elsewhere(kind).fit(X, y), access="top-k", k=2)
    assert type(box.predict_proba(X)) is np.ndarray
    assert type(box.predict(X)) is np.ndarray
