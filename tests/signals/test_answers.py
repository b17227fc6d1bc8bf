"""Answers as models give them: odd shapes are taken, what is no answer is named."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, SGDClassifier
from sklearn.mixture import GaussianMixture
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KernelDensity
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame, ShadowModels, observe
from skmia.signals import get_signal, get_signal_names, signal
from skmia.targets import Session
from skmia.utils._kinds import UNLABELLED

X, y = load_digits(return_X_y=True)
X, y = X[:200] / 16, y[:200]


class Says(ClassifierMixin, BaseEstimator):
    """A classifier whose answers are changed on their way out."""

    def __init__(self, method="predict_proba", change=None):
        self.method = method
        self.change = change

    def fit(self, X, y):
        self.model_ = GaussianNB().fit(X, y)
        self.classes_ = self.model_.classes_
        return self

    def _answer(self, method, X):
        answer = getattr(self.model_, method)(X)
        return self.change(answer) if method == self.method else answer

    def predict(self, X):
        return self._answer("predict", X)

    def predict_proba(self, X):
        return self._answer("predict_proba", X)


def column(predicted):
    return predicted[:, None]


def test_predicted_labels_in_one_column():
    """As CatBoost has them of several classes."""
    model = Says("predict", column).fit(X, y)
    found = observe(model, X, y, ["correctness", "predicted_label"])
    expected = observe(model.model_, X, y, ["correctness", "predicted_label"])
    assert_array_equal(found, expected)
    games = [
        MembershipGame(target, attack="gap", n_shadows=2, random_state=0).fit(
            X[:100], y[:100]
        )
        for target in (Says("predict", column), GaussianNB())
    ]
    one, other = (game.play(X[100:], y[100:], utility=True) for game in games)
    assert one.target_test_accuracy == other.target_test_accuracy == 0.8
    assert_array_equal(one.score, other.score)


@pytest.mark.parametrize(
    ("change", "got"),
    [
        (lambda P: np.log(np.maximum(P, 1e-9)), "values from -20.7 to .*logarithms"),
        (lambda P: 100 * P, "values from .* to 100: logarithms, percent"),
        (lambda P: P - 0.5, "values from -0.5 to 0.5"),
        (lambda P: P[:, 0], r"an array of shape \(200,\)"),
        (lambda P: P[:, 1:], r"an array of shape \(200, 9\)"),
        (lambda P: P[None], r"an array of shape \(1, 200, 10\)"),
    ],
)
@pytest.mark.parametrize("give", [lambda m: m, lambda m: Session(m, X, y)])
def test_probabilities_that_are_none(change, got, give):
    model = give(Says(change=change).fit(X, y))
    message = f"predict_proba of this Says must give one probability.*{got}"
    for own in ("loss", get_signal("merlin_ratio", n_copies=1)):
        with pytest.raises(ValueError, match=message.replace("200", "(200|400)")):
            observe(model, X, y, own)


@pytest.mark.parametrize("decimals", [0, 1, 3])
def test_what_owners_round_is_released(decimals):
    """Rows need not sum to one: ten classes at 0.1 each round to zeros."""
    flat = LogisticRegression(C=1e-3).fit(X, y)
    model = Says(change=lambda P: np.round(P, decimals))
    model.model_, model.classes_ = flat, flat.classes_
    P = model.predict_proba(X)
    assert decimals > 0 or abs(P.sum(axis=1) - 1).max() > 0.05
    assert_array_equal(observe(model, X, y, "posterior"), P)


SHARP = LogisticRegression(C=100).fit(X, y)


def half(P):
    """What a network in half precision says: the small ones are exactly 0."""
    return P.astype(np.float16)


@pytest.mark.parametrize(
    ("change", "dtype"),
    [
        (half, np.float16),
        (lambda P: P.astype(np.longdouble), np.longdouble),
        (lambda P: P.astype(object), object),
        (lambda P: np.eye(10, dtype=int)[P.argmax(axis=1)], int),
        (lambda P: np.eye(10, dtype=bool)[P.argmax(axis=1)], bool),
        (lambda P: np.eye(10, dtype=int)[P.argmax(axis=1)].tolist(), int),
    ],
)
@pytest.mark.parametrize("give", [lambda m: m, lambda m: Session(m, X, y)])
def test_answers_of_any_dtype_are_taken_as_the_numbers_they_are(change, dtype, give):
    answer = np.asarray(change(SHARP.predict_proba(X)))
    assert answer.dtype == dtype
    doubles = Says(change=lambda P: np.asarray(change(P)).astype(float))
    models = Says(change=change), doubles
    for model in models:
        model.model_, model.classes_ = SHARP, SHARP.classes_
    signals = [
        name
        for name in get_signal_names()
        if "decision" not in name
        and name != "augmented_correctness"  # of images
        and name != "zero_hop_top_posterior"  # of nodes
    ]
    signals[signals.index("merlin_ratio")] = get_signal("merlin_ratio", n_copies=3)
    Z, expected = (observe(give(model), X, y, signals) for model in models)
    assert np.isfinite(Z).all(axis=None)
    assert_array_equal(Z, expected)


def test_single_precision_stays_single():
    """Its logarithms are of single precision, too: their order is that of before."""
    asked = []

    @signal("predict_proba", needs_y=False)
    def seen(y, P):
        asked.append(P.dtype)
        return P[:, 0]

    model = Says(change=lambda P: P.astype(np.float32))
    model.model_, model.classes_ = SHARP, SHARP.classes_
    Z = observe(model, X, y, [seen, "scaled_logit", "margin"])
    assert asked == [np.float32]
    P = SHARP.predict_proba(X).astype(np.float32)
    right = P[np.arange(len(P)), y]
    others = np.where(np.arange(10) == y[:, None], 0, P).astype(float)
    margin = np.log(right) - np.log(others.max(axis=1))
    assert_array_equal(Z["margin"], margin)


def test_decisions_of_half_precision():
    class Decides:
        classes_ = SHARP.classes_

        def decision_function(self, X):
            return half(SHARP.decision_function(X))

    signals = ["decision", "decision_margin", "decision_confidence"]
    D = half(SHARP.decision_function(X)).astype(float)
    Z = observe(Decides(), X, y, signals)
    assert_array_equal(Z.iloc[:, :10], D)
    right = D[np.arange(len(D)), y]
    others = np.where(np.arange(10) == y[:, None], -np.inf, D).max(axis=1)
    assert_array_equal(Z["decision_margin"], right - others)


def test_answers_that_are_no_numbers():
    model = Says(change=lambda P: np.full(P.shape, "likely")).fit(X, y)
    with pytest.raises(ValueError, match="predict_proba of this Says must give num"):
        observe(model, X, y, "loss")


def test_labels_of_half_precision():
    halves = y.astype(np.float16)
    signals = ["posterior", "loss", "correctness"]
    model = GaussianNB().fit(X, halves)
    expected = observe(GaussianNB().fit(X, y), X, y, signals)
    assert_array_equal(observe(model, X, halves, signals), expected)
    some = observe(model, X, halves, signals, classes=np.array([3, 4], np.float16))
    assert some.shape == (200, 4)


@pytest.mark.parametrize(
    "labels",
    [
        pd.Series(y, dtype="Int64").where(y != 3, pd.NA),
        np.where(y == 3, np.nan, y),
        np.where(y == 3, None, y),
    ],
    ids=["NA", "nan", "None"],
)
def test_missing_labels(labels):
    message = f"labels are missing in {np.sum(y == 3)} rows, the first of them .3, "
    with pytest.raises(ValueError, match=message):
        observe(GaussianNB().fit(X, y), X, labels, "loss")
    with pytest.raises(ValueError, match=message.replace("are", "y are")):
        ShadowModels(GaussianNB(), n_shadows=2).fit(X, labels)
    nullable = pd.Series(y, dtype="Int64")
    model = GaussianNB().fit(X, y)
    assert_array_equal(observe(model, X, nullable), observe(model, X, y))


def test_models_that_do_not_name_their_classes():
    class Nameless:
        kind = "rbf"  # its own word, and no kind of model

        def __init__(self, model):
            self.predict_proba = model.predict_proba

    model = GaussianNB().fit(X, y)
    nameless = Nameless(model)
    for one in (nameless, Session(nameless, X, y)):
        with pytest.raises(ValueError, match="this Nameless has no attribute classes_"):
            observe(one, X, y, "loss")
    given = observe(nameless, X, y, ["posterior", "loss"], classes=np.arange(10))
    assert_array_equal(given, observe(model, X, y, ["posterior", "loss"]))
    session = Session(nameless, X, y, classes=np.arange(10))
    assert_array_equal(session.observe("loss"), given[["loss"]])
    with pytest.raises(ValueError, match=r"each of the 3 classes.* shape \(200, 10\)"):
        observe(nameless, X, y % 3, "loss", classes=[0, 1, 2])


# Scores that are no probabilities.


@pytest.mark.parametrize("model", [SVC(), LinearSVC(), SGDClassifier()])
def test_margins(model):
    for labels in (y, y > 4):
        names = np.array(["b", "a", "c", *"defghij"])[labels.astype(int)]
        model = clone(model).set_params(random_state=0).fit(X, names)
        D = model.decision_function(X)
        D = np.column_stack([0 * D, D]) if D.ndim == 1 else D
        place = np.searchsorted(model.classes_, names)
        signals = ["decision", "decision_margin", "decision_confidence", "correctness"]
        Z = observe(model, X, names, signals)
        assert_array_equal(Z[[f"decision_{label}" for label in model.classes_]], D)
        for i, k in enumerate(place):
            rest = np.delete(D[i], k).max()
            assert Z["decision_margin"][i] == D[i, k] - rest
        assert_array_equal(Z["decision_margin"] > 0, Z["correctness"] == 1)
        likely = softmax(D, axis=1)[np.arange(len(D)), place]
        assert_allclose(Z["decision_confidence"], likely, rtol=1e-12)


def test_margins_of_two_classes_are_the_decision():
    data, labels = load_breast_cancer(return_X_y=True)
    model = LinearSVC(random_state=0).fit(data / data.max(axis=0), labels)
    data = data / data.max(axis=0)
    margin = observe(model, data, labels, "decision_margin")["decision_margin"]
    sign = 2 * labels - 1
    assert_array_equal(margin, sign * model.decision_function(data))


def test_decisions_on_a_class_that_the_model_never_saw():
    model = LinearSVC(random_state=0).fit(X[y > 0], y[y > 0])
    D = model.decision_function(X)
    signals = ["decision", "decision_margin", "decision_confidence"]
    Z = observe(model, X, y, signals, classes=np.arange(10))
    assert_array_equal(Z["decision_0"], D.min(axis=1))
    lost = y == 0
    expected = D.min(axis=1)[lost] - D.max(axis=1)[lost]
    assert_array_equal(Z["decision_margin"][lost], expected)
    # Nor is it in the layout of the columns.
    few = observe(model, X, y, "decision_margin")
    assert_array_equal(few, Z[["decision_margin"]])


def test_decisions_of_another_number_of_columns():
    pairs = SVC(decision_function_shape="ovo", random_state=0).fit(X, y)
    message = r"decision_function of this SVC .* 10 classes\. Got .* \(200, 45\)"
    with pytest.raises(ValueError, match=message):
        observe(pairs, X, y, "decision_margin")


# Models that are no classifiers.


@pytest.mark.parametrize("truth", [X[:, 20], X[:, 20:22], X[:, [20]]])
def test_absolute_error(truth):
    model = LinearRegression().fit(X[:, :15], truth)
    error = np.abs(model.predict(X[:, :15]) - truth).reshape(200, -1).mean(axis=1)
    for one in (model, Session(model, X[:, :15], truth)):
        Z = observe(one, X[:, :15], truth)
        assert list(Z) == ["absolute_error"]
        assert_array_equal(Z["absolute_error"], error)


@pytest.mark.parametrize(
    "model",
    [
        IsolationForest(random_state=0),
        GaussianMixture(2, random_state=0),
        KernelDensity(),
    ],
)
def test_score_samples(model):
    model.fit(X)
    Z = Session(model, X).observe()
    assert_array_equal(Z["score_samples"], model.score_samples(X))


@pytest.mark.parametrize(
    ("model", "kind"),
    [(LinearRegression(), "regressor"), (GaussianMixture(random_state=0), "dens")],
)
def test_the_signal_of_another_kind(model, kind):
    model.fit(X, y)
    with pytest.raises(ValueError, match=f"'loss' is of a classifier.* is a {kind}"):
        observe(model, X, y, "loss")


def test_names_by_kind():
    of_regressors = {"absolute_error", "log_error", "squared_error"}
    of_regressors |= {"prediction", "residual"}
    assert set(get_signal_names(of="regressor")) == of_regressors
    assert get_signal_names(of="outlier_detector") == ["inlier", "score_samples"]
    every = get_signal_names(of=None)
    assert set(every) == {
        *get_signal_names(),
        *get_signal_names(of="regressor"),
        *(name for kind in UNLABELLED for name in get_signal_names(of=kind)),
    }


def test_several_outputs():
    """A signal of any kind is told several labels as they are."""
    several = np.column_stack([y, y % 2])
    model = RandomForestClassifier(5, random_state=0).fit(X, several)
    with pytest.raises(
        ValueError, match=r"this RandomForestClassifier has several out"
    ):
        observe(model, X, several, "nearby_logit")

    @signal("predict", of=None)
    def hits(y, predicted):
        return (y == predicted).mean(axis=1)

    right = (model.predict(X) == several).mean(axis=1)
    assert_array_equal(observe(model, X, several, hits)["hits"], right)
    shadows = ShadowModels(model, n_shadows=2, random_state=0).fit(X, several)
    assert shadows.observations(hits)[0].shape == (400, 1)
    tree = DecisionTreeClassifier(random_state=0).fit(X, y)
    with pytest.raises(ValueError, match=r"one label per record.* shape \(200, 2\)"):
        observe(tree, X, several, "loss")
