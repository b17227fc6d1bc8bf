"""Distance to the nearest adversarial example: exact of linear models, by gradient."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import make_classification
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import (
    LogisticRegression,
    Perceptron,
    RidgeClassifier,
    SGDClassifier,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    MaxAbsScaler,
    MinMaxScaler,
    PolynomialFeatures,
    RobustScaler,
    StandardScaler,
)
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skmia.signals import get_signal
from skmia.signals._input_gradients import differentiable, no_gradients
from skmia.targets import Session

SETS = {
    n: make_classification(
        120, 5, n_informative=4, n_redundant=1, n_classes=n, random_state=0
    )
    for n in (2, 3)
}
LINEAR = [
    LogisticRegression(),
    LinearSVC(random_state=0),
    SGDClassifier(random_state=0),
    RidgeClassifier(),
    Perceptron(random_state=0),
]
OTHERS = [LinearDiscriminantAnalysis(), GaussianNB()]
NETWORKS = [
    MLPClassifier((7, 6), activation, max_iter=60, random_state=0)
    for activation in ("identity", "relu", "tanh", "logistic")
]
SCALERS = [StandardScaler(), MinMaxScaler(), MaxAbsScaler(), RobustScaler()]
SCALED = [make_pipeline(one, "passthrough", NETWORKS[2]) for one in SCALERS]
KINDS = [*LINEAR, *OTHERS, *NETWORKS, *SCALED, "torch"]


def networks_of_torch():
    pytest.importorskip("skorch")
    from skmia.neural import MLPNet

    return MLPNet((7,), max_epochs=3, random_state=0)


def distance(model, X, y, **params):
    return get_signal("pgd_distance", **params)(model, X, y)[:, 0]


@pytest.mark.parametrize("n_classes", SETS)
@pytest.mark.parametrize("norm", [2, np.inf])
@pytest.mark.parametrize("model", LINEAR, ids=lambda model: type(model).__name__)
def test_of_linear_models_exact(model, norm, n_classes):
    """The smallest margin over the dual norm of the difference of weights.

    Halvings leave 2**-17 of it, and points are rounded.
    """
    X, y = SETS[n_classes]
    spread = X.std(axis=0)
    model.fit(X, y)
    weights, bias = np.atleast_2d(model.coef_) * spread, np.ravel(model.intercept_)
    if n_classes == 2:
        weights, bias = np.vstack([0 * weights, weights]), np.append(0, bias)
    labels = model.predict(X)
    scores = (X / spread) @ weights.T + bias
    exact = np.full(len(X), np.inf)
    dual = 2 if norm == 2 else 1
    for other in range(n_classes):
        with np.errstate(invalid="ignore"):
            size = np.linalg.norm(weights[labels] - weights[other], ord=dual, axis=1)
            gap = (scores[range(len(X)), labels] - scores[:, other]) / size
        exact = np.where(labels == other, exact, np.minimum(exact, gap))
    found = distance(model, X, labels, norm=norm, spread=spread)
    assert_allclose(found, exact, rtol=2e-5, atol=1e-9)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("n_classes", SETS)
@pytest.mark.parametrize(
    "model", [*LINEAR, *OTHERS, *NETWORKS, *SCALED, "torch"], ids=str
)
def test_gradients_are_those_of_differences(model, n_classes, global_random_seed):
    X, y = SETS[n_classes]
    X = X.astype("f4").astype(float)
    model = networks_of_torch() if model == "torch" else model
    single = hasattr(model, "max_epochs")  # networks of torch are
    model.fit(X, y)
    known = differentiable(model)
    scores = known.scores(X)
    assert scores.shape == (len(X), n_classes)
    assert_array_equal(scores.argmax(axis=1), model.predict(X))
    rng = np.random.RandomState(global_random_seed)
    weights = rng.normal(size=scores.shape)
    gradient = known.gradient(X, weights)
    size = 1e-2 if single else 1e-6
    agree = []
    for feature in range(X.shape[1]):
        step = size * np.eye(X.shape[1])[feature]
        rise = known.scores(X + step) - known.scores(X - step)
        slope = (rise * weights).sum(axis=1) / (2 * size)
        agree.append(np.isclose(slope, gradient[:, feature], rtol=1e-2, atol=1e-3))
    # Kinks of relu lie within few of the differences.
    assert np.mean(agree) > 0.95


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("norm", [2, np.inf])
@pytest.mark.parametrize("model", [*NETWORKS, *SCALED[:1]], ids=str)
def test_not_farther_than_what_labels_find(model, norm):
    """1,000 questions find no nearer point, but for some records, and by little."""
    X, y = SETS[3]
    model.fit(X, y)
    labels = model.predict(X)
    starts, few, own = (X, labels), X[:40], labels[:40]
    name = "boundary_distance" if norm == 2 else "boundary_distance_inf"
    asked = get_signal(name, n_queries=1000, starts=starts)(model, few, own)[:, 0]
    found = distance(model, few, own, norm=norm, starts=starts)
    assert np.mean(found <= asked * 1.001) > 0.9
    alone = distance(model, few, own, norm=norm)
    more = distance(model, few, own, norm=norm, starts=starts, n_steps=20)
    assert (more <= found).all()
    assert (found <= alone).all()


@pytest.mark.parametrize(
    "model",
    [*LINEAR, NETWORKS[0], make_pipeline(StandardScaler(), LogisticRegression())],
    ids=str,
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_of_what_is_linear_one_step_is_all(model):
    """More steps, from more records, find the same, at no cost."""
    X, y = SETS[3]
    model.fit(X, y)
    asked = []
    predict, model.predict = model.predict, lambda X: asked.append(len(X)) or predict(X)
    alone = distance(model, X, y, n_steps=1)
    of_one = list(asked)
    assert_array_equal(distance(model, X, y, n_steps=9, starts=(X, y)), alone)
    assert asked == 2 * of_one


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("height", [0, 1, 1000])
@pytest.mark.parametrize("norm", [2, np.inf])
def test_on_the_boundary_is_near(dtype, height, norm):
    """Also where the step is lost in the rounding of the record."""
    X, y = SETS[3]
    model = LogisticRegression(fit_intercept=False).fit(X, y)
    model.coef_ = model.coef_ - model.coef_.mean(axis=1, keepdims=True)
    on = np.full((1, 5), height, dtype=dtype)
    found = distance(model, on, model.predict(on), norm=norm)
    assert found[0] <= 64 * np.finfo(dtype).eps * (1 + height * np.sqrt(5))


def test_misclassified_and_far():
    X, y = SETS[2]
    model = LogisticRegression().fit(X, y)
    assert_array_equal(distance(model, X, y) > 0, model.predict(X) == y)
    model.coef_[:] = 0
    most = 1000 * np.sqrt(5)
    expected = np.where(model.predict(X) == y, most, 0)
    assert_array_equal(distance(model, X, y), expected)
    assert_array_equal(distance(model, X, y, spread=0), expected)


def test_a_session_is_asked_nothing_and_grants_the_model():
    X, y = SETS[2]
    model = LogisticRegression().fit(X, y)
    session = Session(model, X, y, white_box=True)
    found = session.observe("pgd_distance")["pgd_distance"]
    assert session.n_queries == 0
    assert_allclose(found, distance(model, X, y, spread=X.std(axis=0)))
    with pytest.raises(AttributeError, match="white_box=True"):
        Session(model, X, y).observe("pgd_distance")


@pytest.mark.parametrize(
    "model",
    [
        DecisionTreeClassifier(random_state=0),
        make_pipeline(PolynomialFeatures(), LogisticRegression()),
        make_pipeline(StandardScaler(), DecisionTreeClassifier(random_state=0)),
        make_pipeline(MinMaxScaler(clip=True), LogisticRegression()),
    ],
    ids=str,
)
def test_other_models_are_refused_in_words(model):
    X, y = SETS[2]
    model.fit(X, y)
    assert f"of this {type(model).__name__} by its records" in no_gradients(model)
    with pytest.raises(ValueError, match="gradients of this"):
        distance(model, X, y)


def test_a_subclass_is_another_model():
    class Own(LogisticRegression):
        pass

    assert no_gradients(Own().fit(*SETS[2])) is not None
