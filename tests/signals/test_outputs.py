"""Signals of classifiers with several outputs."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier

from skmia import observe
from skmia.signals import get_signal, get_signal_names
from skmia.targets import Session
from skmia.utils._outputs import Outputs

X = np.random.RandomState(0).normal(size=(60, 4))
Y = (X[:, :3] + np.random.RandomState(1).normal(size=(60, 3)) > 0).astype(int)
# Of a combination of labels, whose posterior is the product.
OF_COMBINATIONS = (
    *("confidence", "loss", "scaled_logit", "margin", "max_confidence", "entropy"),
    *("correctness", "decision_margin", "decision_confidence"),
)
JOINED = [
    name
    for name in get_signal_names()
    if get_signal(name).outputs not in (None, "each", "key")
]


class Answers(ClassifierMixin, BaseEstimator):
    """A fitted classifier that answers what it is given."""

    def __init__(self, posterior, classes):
        self.posterior, self.classes_ = posterior, classes

    def predict_proba(self, X):
        return self.posterior

    def decision_function(self, X):
        if isinstance(self.posterior, list):
            return [_decided(P) for P in self.posterior]
        return _decided(self.posterior)

    def predict(self, X):
        if not isinstance(self.posterior, list):
            return self.classes_[self.posterior.argmax(axis=1)]
        each = zip(self.posterior, self.classes_, strict=True)
        return np.column_stack([labels[P.argmax(axis=1)] for P, labels in each])


def _decided(P):
    D = np.log(P)
    return D[:, 1] - D[:, 0] if D.shape[1] == 2 else D


@st.composite
def answered(draw):
    """Posteriors of one to three outputs of two or three classes, and labels."""
    n_classes = draw(st.lists(st.integers(2, 3), min_size=1, max_size=3))
    n = draw(st.integers(1, 6))
    rng = np.random.RandomState(draw(st.integers(0, 2**32 - 1)))
    sharpness = draw(st.sampled_from([0.3, 1, 5]))
    # Away from 0 and 1: the floor of a logarithm is one of each output.
    posterior = [
        np.exp(np.clip(sharpness * rng.normal(size=(n, k)), -9, 9)) for k in n_classes
    ]
    posterior = [P / P.sum(axis=1, keepdims=True) for P in posterior]
    labels = np.column_stack([rng.randint(k, size=n) for k in n_classes])
    return posterior, [np.arange(k) for k in n_classes], labels


def several(posterior, classes):
    return Answers(posterior, classes)


def of_combinations(posterior, classes, labels):
    """The classifier of combinations, and the number of each record's."""
    combinations = list(product(*classes))
    P = np.stack(
        [
            np.prod([P[:, i] for P, i in zip(posterior, one, strict=True)], axis=0)
            for one in combinations
        ],
        axis=1,
    )
    number = [combinations.index(tuple(row)) for row in labels.tolist()]
    return Answers(P, np.arange(len(combinations))), np.array(number)


@given(answered())
def test_it_is_a_classifier_of_combinations(case):
    posterior, classes, labels = case
    rows = np.zeros((len(labels), 1))
    # "correctness" is the share of right labels: all right is the combination.
    names = [name for name in OF_COMBINATIONS if name != "correctness"]
    found = observe(several(posterior, classes), rows, labels, names)
    model, number = of_combinations(posterior, classes, labels)
    expected = observe(model, rows, number, names)
    assert_allclose(found, expected, rtol=1e-6, atol=1e-9)
    right = observe(several(posterior, classes), rows, labels, "correctness")
    assert_array_equal(right == 1, observe(model, rows, number, "correctness") == 1)


@given(answered(), st.randoms(use_true_random=False))
def test_the_order_of_outputs_changes_nothing(case, random):
    posterior, classes, labels = case
    order = random.sample(range(len(classes)), len(classes))
    rows = np.zeros((len(labels), 1))
    turned = several([posterior[i] for i in order], [classes[i] for i in order])
    assert_array_equal(
        observe(several(posterior, classes), rows, labels, JOINED),
        observe(turned, rows, labels[:, order], JOINED),
    )


@given(answered())
def test_one_output_is_a_plain_classifier(case):
    (P, *_), (classes, *_), labels = case
    rows = np.zeros((len(labels), 1))
    names = [name for name in get_signal_names() if get_signal(name).outputs]
    one = observe(several([P], [classes]), rows, labels[:, :1], names)
    plain = observe(Answers(P, classes), rows, labels[:, 0], names)
    keys = ["true_label", "predicted_label"]
    assert list(one) == list(plain)
    assert_array_equal(one.drop(columns=keys), plain.drop(columns=keys))
    assert_array_equal(one[keys], plain[keys])


@given(answered())
def test_keys_tell_combinations_apart(case):
    posterior, classes, labels = case
    rows = np.zeros((len(labels), 1))
    key = observe(several(posterior, classes), rows, labels, "true_label")
    same = (labels[:, None] == labels[None]).all(axis=2)
    key = key.to_numpy()
    assert_array_equal(key == key.T, same)
    assert_array_equal(key, key.astype(np.float32))


@pytest.mark.parametrize(
    "model",
    [
        RandomForestClassifier(5, random_state=0),
        KNeighborsClassifier(3),
        MultiOutputClassifier(LogisticRegression()),
        ClassifierChain(LogisticRegression()),
        OneVsRestClassifier(LogisticRegression()),
        MLPClassifier((5,), max_iter=2000, tol=1e-2, random_state=0),
    ],
    ids=lambda model: type(model).__name__,
)
def test_every_shape_of_answers(model):
    """A list of posteriors, or an array of the probabilities of the second labels."""
    said = model.fit(X, Y).predict_proba(X)
    of_one = said
    if isinstance(said, list):
        of_one = np.column_stack([P[:, 1] for P in said])
    true = np.where(Y == 1, of_one, 1 - of_one)
    found = observe(model, X, Y, ["confidence", "correctness", "posterior"])
    assert_allclose(found["confidence"], true.prod(axis=1), atol=1e-12)
    assert_allclose(found["correctness"], (model.predict(X) == Y).mean(axis=1))
    assert_allclose(found["posterior_1_1"], of_one[:, 1], atol=1e-12)
    assert found.shape == (60, 8)


def test_decisions_in_columns():
    model = RidgeClassifier().fit(X, Y)
    found = observe(model, X, Y, ["decision_margin", "correctness"])
    margins = np.where(Y == 1, 1, -1) * model.decision_function(X)
    wrong = margins.min(axis=1) < 0
    assert_allclose(found["decision_margin"][~wrong], margins.min(axis=1)[~wrong])
    assert_allclose(
        found["decision_margin"][wrong], np.minimum(margins, 0).sum(axis=1)[wrong]
    )
    assert (found["correctness"][~wrong] == 1).all()


def test_a_label_that_a_shadow_never_saw():
    """A forest has one column then: the other label has probability 0."""
    never = Y.copy()
    never[:, 1] = 0
    forest = RandomForestClassifier(5, random_state=0).fit(X, never)
    classes = Outputs.of_labels(Y)
    found = observe(forest, X, Y, ["posterior", "correctness"], classes=classes)
    assert list(found)[:6] == [f"posterior_{i}_{k}" for i in range(3) for k in (0, 1)]
    assert (found["posterior_1_1"] == 0).all()
    right = (forest.predict(X) == Y).mean(axis=1)
    assert_allclose(found["correctness"], right)
    # Of the first and third alone, where the second is known.
    without = observe(forest, X, never, "confidence", classes=classes)
    known = Y[:, 1] == 0
    own = observe(forest, X, Y, "confidence", classes=classes)
    assert_array_equal(own[known], without[known])
    assert (own[~known] == 0).all(axis=None)


def test_labels_of_any_type():
    names = np.array(["no", "yes"])
    words = RandomForestClassifier(5, random_state=0).fit(X, names[Y])
    numbers = RandomForestClassifier(5, random_state=0).fit(X, Y)
    signals = ["loss", "true_label", "correctness"]
    assert_array_equal(
        observe(words, X, names[Y], signals), observe(numbers, X, Y, signals)
    )
    truth = MLPClassifier((5,), max_iter=2000, tol=1e-2, random_state=0).fit(X, Y)
    assert_array_equal(
        observe(truth, X, Y == 1, signals), observe(truth, X, Y, signals)
    )


@pytest.mark.parametrize("k", [1, 2])
def test_the_largest_of_each_output(k):
    tree = DecisionTreeClassifier(max_depth=2, random_state=0)
    tree.fit(X, np.column_stack([Y[:, 0], Y[:, 1] + Y[:, 2]]))
    labels = np.column_stack([Y[:, 0], Y[:, 1] + Y[:, 2]])
    seen = Session(tree, X, labels, top_k=k).observe("top_posterior").to_numpy()
    whole = Session(tree, X, labels).observe("top_posterior").to_numpy()
    for first in (0, 3):
        assert_allclose(seen[:, first : first + k], whole[:, first : first + k])
    assert_allclose(seen.sum(axis=1), 2)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ([np.full((60, 2), 0.5)] * 2, "an answer for each of 3 outputs"),
        (np.full((60, 2), 0.5), r"an answer for each of 3 outputs.* shape \(60, 2\)"),
        ([np.full((60, 3), 0.5)] * 3, "output 0, must give one probability for each"),
        (np.full((60, 3), 1.5), "from 0 to 1"),
        ([np.full((9, 2), 0.5)] * 3, "one row for each of 60 records"),
    ],
)
def test_answers_that_are_none(said, message):
    model = several(said, [np.arange(2)] * 3)
    with pytest.raises(ValueError, match=message):
        observe(model, X, Y, "loss")


def test_what_is_of_one_label():
    forest = RandomForestClassifier(5, random_state=0).fit(X, Y)
    with pytest.raises(ValueError, match="'merlin_ratio' is of one label per record"):
        observe(forest, X, Y, "merlin_ratio")
    with pytest.raises(ValueError, match="one label for each of the 3 outputs in y"):
        observe(forest, X, Y[:, 0], "loss")
    with pytest.raises(ValueError, match="'outputs' of the signal 'x' must be one of"):
        get_signal("loss").__class__("x", np.asarray, outputs="max")
