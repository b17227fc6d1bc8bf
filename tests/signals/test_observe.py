"""Observations: one query, aligned columns, clear errors."""

import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from skmia.signals import get_signal, get_signal_names, make_signal, observe, signal
from skmia.targets import BlackBox

# Signals that need no more than what the stub answers.
ONE_ANSWER = [
    name
    for name in get_signal_names()
    if not get_signal(name).probing
    and not {"decision_function", "isolated_proba"} & {*get_signal(name).asks}
]


class Stub:
    """Answers what it is told to, and counts the questions."""

    def __init__(self, posterior, classes=(0, 1), predicted=None):
        self.posterior = np.asarray(posterior, dtype=float)
        self.classes_ = np.asarray(classes)
        self.predicted = predicted
        self.asked = []

    def predict_proba(self, X):
        self.asked.append("predict_proba")
        return self.posterior[: len(X)]

    def predict(self, X):
        self.asked.append("predict")
        if self.predicted is not None:
            return np.asarray(self.predicted)
        return self.classes_[self.posterior[: len(X)].argmax(axis=1)]


P = [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]
X = np.zeros((3, 1))


def test_one_query_per_response_method():
    stub = Stub(P)
    observe(stub, X, [0, 1, 1], ONE_ANSWER)
    assert sorted(stub.asked) == ["predict", "predict_proba"]


def test_only_what_is_needed_is_asked():
    stub = Stub(P)
    observe(stub, X, [0, 1, 1], ["correctness", "true_label"])
    assert stub.asked == ["predict"]
    observe(stub, X, [0, 1, 1], "true_label")
    assert stub.asked == ["predict"]


def test_columns_in_the_order_of_the_signals():
    Z = observe(Stub(P), X, [0, 1, 1], ["true_label", "posterior", "correctness"])
    assert list(Z.columns) == [
        "true_label",
        "posterior_0",
        "posterior_1",
        "correctness",
    ]
    assert_array_equal(
        Z, [[0, 0.9, 0.1, 1], [1, 0.2, 0.8, 1], [1, 0.6, 0.4, 0]], strict=False
    )
    assert set(Z.dtypes) == {np.dtype(float)}


def test_default_signals():
    columns = observe(Stub(P), X, [0, 1, 1]).columns
    assert list(columns) == ["posterior_0", "posterior_1", "loss"]
    ridge = RidgeClassifier().fit([[0.0], [1.0], [2.0]], [0, 1, 1])
    columns = observe(ridge, X, [0, 1, 1]).columns
    assert list(columns) == ["decision_0", "decision_1", "decision_margin"]
    only_labels = BlackBox(ridge, access="label")
    assert list(observe(only_labels, X, [0, 1, 1]).columns) == ["correctness"]


def test_correctness_comes_from_predict():
    Z = observe(Stub(P, predicted=[1, 1, 1]), X, [0, 1, 1], "correctness")
    assert_array_equal(Z["correctness"], [0, 1, 1])


def test_a_class_the_model_never_saw():
    stub = Stub(P, classes=["b", "d"])
    signals = ["posterior", "confidence", "true_label", "predicted_label"]
    Z = observe(stub, X, ["c", "d", "b"], signals, classes=["a", "b", "c", "d"])
    posterior = [[0, 0.9, 0, 0.1], [0, 0.2, 0, 0.8], [0, 0.6, 0, 0.4]]
    assert_array_equal(Z.iloc[:, :4], posterior)
    assert list(Z.columns[:4]) == [f"posterior_{label}" for label in "abcd"]
    assert_array_equal(Z["confidence"], [0, 0.8, 0.6])
    assert_array_equal(Z["true_label"], [2, 3, 1])
    assert_array_equal(Z["predicted_label"], [1, 3, 1])


def test_a_class_only_the_model_knows():
    """It has no column of its own, but counts as an answer and for the loss."""
    signals = ["posterior", "max_confidence", "confidence"]
    Z = observe(Stub(P, classes=[0, 7]), X, [0, 7, 7], signals, classes=[5, 0])
    assert_array_equal(
        Z[["posterior_5", "posterior_0"]], [[0, 0.9], [0, 0.2], [0, 0.6]]
    )
    assert_array_equal(Z["max_confidence"], [0.9, 0.8, 0.6])
    assert_array_equal(Z["confidence"], [0.9, 0.8, 0.4])


def test_unknown_label_of_some_records():
    Z = observe(Stub(P), X, [0, 9, 1], ["confidence", "correctness", "true_label"])
    assert_array_equal(Z, [[0.9, 1, 0], [0, 0, -1], [0.4, 0, 1]])


@pytest.mark.parametrize(
    "labels",
    [np.array(["no", "yes"]), np.array([-5, 40]), np.array([False, True]), [0.5, 2.5]],
)
def test_labels_of_any_type(labels):
    labels = np.asarray(labels)
    y = labels[[0, 1, 1]]
    Z = observe(Stub(P, classes=labels), X, y, ["confidence", "correctness"])
    assert_array_equal(Z, [[0.9, 1], [0.8, 1], [0.4, 0]])
    frame = observe(Stub(P, classes=labels), X, pd.Series(y, index=[7, 8, 9]), "loss")
    assert_array_equal(frame, observe(Stub(P, classes=labels), X, y, "loss"))


def test_records_of_any_kind():
    rng = np.random.RandomState(0)
    dense = rng.poisson(1, size=(30, 4)).astype(float)
    y = rng.randint(3, size=30)
    model = LogisticRegression().fit(dense, y)
    expected = observe(model, dense, y)
    for records in (sparse.csr_array(dense), dense.tolist()):
        np.testing.assert_allclose(observe(model, records, y), expected, rtol=1e-12)


def test_index_of_a_data_frame():
    frame = pd.DataFrame(
        {"town": list("abab"), "size": [1.0, 2, 3, 4]}, index=[9, 7, 8, 1]
    )
    encode = make_column_transformer(
        (OneHotEncoder(), ["town"]), remainder="passthrough"
    )
    model = make_pipeline(encode, DecisionTreeClassifier(random_state=0))
    model.fit(frame, [0, 1, 0, 1])
    Z = observe(model, frame, [0, 1, 0, 1])
    assert_array_equal(Z.index, [9, 7, 8, 1])


def test_nothing_handed_in_is_modified():
    records, y = np.arange(6.0).reshape(3, 2), np.array(["a", "b", "b"])
    posterior = np.array(P)
    stub = Stub(P, classes=["a", "b"])
    stub.posterior = posterior
    observe(stub, records, y, ONE_ANSWER, classes=["b", "c", "a"])
    assert_array_equal(records, np.arange(6.0).reshape(3, 2))
    assert_array_equal(y, ["a", "b", "b"])
    assert_array_equal(posterior, P)


def test_access_too_weak():
    ridge = RidgeClassifier().fit([[0.0], [1.0], [2.0]], [0, 1, 1])
    message = "'loss' needs predict_proba, which this RidgeClassifier does not give"
    with pytest.raises(AttributeError, match=message):
        observe(ridge, X, [0, 1, 1], ["correctness", "loss"])


def test_labels_missing():
    with pytest.raises(ValueError, match="'loss' needs the true labels: y is None"):
        observe(Stub(P), X, signals=["entropy", "loss"])
    assert observe(Stub(P), X, signals="entropy").shape == (3, 1)


@pytest.mark.parametrize("y", [[0], [0, 1], [0, 1, 1, 0]])
def test_labels_of_another_length(y):
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        observe(Stub(P), X, y)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_answers_that_are_not_finite(bad):
    posterior = np.array(P)
    posterior[1, 0] = posterior[2, 1] = bad
    message = re.escape("not finite in 2 rows, the first of them [1, 2].")
    with pytest.raises(ValueError, match=message):
        observe(Stub(posterior), X, [0, 1, 1])


def test_no_label_is_known():
    message = (
        r"None of the labels in y .* y holds \['a', 'b'\], the classes are \[0, 1\]"
    )
    with pytest.raises(ValueError, match=message):
        observe(Stub(P), X, ["a", "b", "b"])


@pytest.mark.parametrize("signals", [[], ["loss", "loss"], ["loss", "entropy", "loss"]])
def test_each_signal_once(signals):
    with pytest.raises(ValueError, match="at least one signal, each once"):
        observe(Stub(P), X, [0, 1, 1], signals)


def test_unknown_signal():
    with pytest.raises(ValueError, match="'confidnce' is not the name of a signal"):
        observe(Stub(P), X, [0, 1, 1], ["loss", "confidnce"])


def test_constant_model_has_constant_observations():
    stub = Stub([[0.5, 0.5]] * 3)
    Z = observe(stub, X, [0, 0, 0], ONE_ANSWER)
    assert (Z.nunique() == 1).all()


def test_a_signal_alone_is_the_signal_among_others():
    data = np.random.RandomState(0).normal(size=(20, 2))
    y = (data[:, 0] > 0).astype(int)
    model = GaussianNB().fit(data, y)
    together = observe(model, data, y, ["loss", "margin"])
    gap = make_signal(lambda y, P: P[:, 0] - P[:, 1], name="gap", needs_y=False)
    assert_array_equal(together[["margin"]], observe(model, data, y, "margin"))
    assert_array_equal(gap(model, data)[:, 0], model.predict_proba(data) @ [1, -1])


def _asks_twice(estimator, X, y, classes, times):
    posterior = estimator.predict_proba(X)
    assert np.array_equal(estimator.predict_proba(X), posterior)
    return times * posterior.max(axis=1)


def test_a_signal_may_ask_the_model_itself():
    own = signal("predict_proba", probing=True, times=2)(_asks_twice)
    X, y = load_iris(return_X_y=True)
    model = GaussianNB().fit(X, y)
    Z = observe(model, X, y, ["max_confidence", own])
    np.testing.assert_allclose(Z["_asks_twice"], 2 * Z["max_confidence"])
    assert own.access == "scores"


def test_asking_the_model_itself_as_before():
    for access, extra in (("scores", {}), (None, {"asks": ["predict_proba"]})):
        with pytest.warns(FutureWarning, match="signal.* probing=True"):
            own = make_signal(
                *(_asks_twice,),
                response_method="estimator",
                access=access,
                times=2,
                **extra,
            )
        X, y = load_iris(return_X_y=True)
        model = GaussianNB().fit(X, y)
        assert observe(model, X, y, own).shape == (150, 1)
        assert own.access == "scores"
    with pytest.warns(FutureWarning):
        own = make_signal(_asks_twice, response_method="estimator")
    assert own.access == "white-box"
