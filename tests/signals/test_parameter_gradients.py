"""Gradients of records by the parameters: those of differences, autograd and scipy."""

from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse, stats
from sklearn.datasets import make_classification
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import (
    LogisticRegression,
    LogisticRegressionCV,
    Perceptron,
    RidgeClassifier,
    SGDClassifier,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skmia.signals import get_signal
from skmia.signals._input_gradients import differentiable
from skmia.signals.white_box._blocks import STATISTICS, Product, Rows, statistics
from skmia.signals.white_box._losses import loss_of
from skmia.signals.white_box._parameter_gradients import (
    gradients,
    no_parameter_gradients,
)

SETS = {
    n: make_classification(
        60, 5, n_informative=4, n_redundant=1, n_classes=n, random_state=0
    )
    for n in (2, 3)
}
PROBABLE = [
    LogisticRegression(),
    LogisticRegressionCV(
        Cs=1, cv=2, l1_ratios=(0,), use_legacy_attributes=False, scoring="accuracy"
    ),
    LinearDiscriminantAnalysis(),
    LinearDiscriminantAnalysis(solver="lsqr"),
    GaussianNB(),
    *(
        MLPClassifier((7, 6), activation, max_iter=60, random_state=0)
        for activation in ("identity", "relu", "tanh", "logistic")
    ),
]
LOSSES = ("log_loss", "hinge", "squared_hinge", "modified_huber", "perceptron")
DECIDING = [
    *(
        SGDClassifier(loss=loss, learning_rate="constant", eta0=0.01, random_state=0)
        for loss in LOSSES
    ),
    LinearSVC(random_state=0),
    LinearSVC(loss="hinge", random_state=0, max_iter=10_000),
    Perceptron(random_state=0),
    RidgeClassifier(),
]
ALL = [*PROBABLE, *DECIDING]

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def values(name, model, X, y):
    found = get_signal(name)(model, X, y)
    return found[:, 0] if name == "gradient_norm" else found


def entries(block):
    """Gradient of each record by one array of parameters, in the shape of that."""
    if isinstance(block, Rows):
        return np.asarray(block.values)
    return block.left[:, :, None] * block.right[:, None, :]


def flat(blocks):
    return np.hstack([entries(one).reshape(len(entries(one)), -1) for one in blocks])


def whole(model, X, y):
    """Every entry of the gradient of each record by the parameters."""
    return np.concatenate([flat(part.blocks) for part in gradients(model, X, y)])


def arrays_of(model):
    """Parameters of a model in the order and the layout of the blocks."""
    if isinstance(model, GaussianNB):
        return [
            one for pair in zip(model.theta_, model.var_, strict=True) for one in pair
        ]
    if isinstance(model, MLPClassifier):
        both = zip(model.coefs_, model.intercepts_, strict=True)
        return [one for pair in both for one in pair]


def losses(model, X, codes):
    return loss_of(model).of(differentiable(model).outputs(X), codes)[0]


@pytest.mark.parametrize("n_classes", SETS)
@pytest.mark.parametrize("model", ALL, ids=str)
def test_gradients_are_those_of_differences(model, n_classes):
    """Central differences of 1e-6 are off by rounding, 1e-10 of the loss, over 1e-6."""
    X, y = SETS[n_classes]
    model = deepcopy(model).fit(X, y)
    if hasattr(model, "coef_"):  # off the kink, where machines put their records
        model.coef_, model.intercept_ = 1.01 * model.coef_, 1.01 * model.intercept_
    found = whole(model, X, y)
    size, slopes = 1e-6, []
    for array in arrays_of(model):
        for place in np.ndindex(array.shape):
            kept, around = array[place], []
            for step in (size, -size):
                array[place] = kept + step
                around.append(losses(model, X, y))
            array[place] = kept
            slopes.append((around[0] - around[1]) / (2 * size))
    # A kink of the loss or of relu lies within few differences: none of these here.
    assert_allclose(
        found, np.transpose(slopes), rtol=1e-6, atol=2e-8 * abs(found).max()
    )


@pytest.mark.parametrize("n_classes", SETS)
@pytest.mark.parametrize("model", PROBABLE, ids=str)
def test_loss_is_that_of_the_probabilities(model, n_classes):
    X, y = SETS[n_classes]
    model = deepcopy(model).fit(X, y)
    (part,) = gradients(model, X, y)
    posterior = model.predict_proba(X)
    assert_allclose(part.loss, -np.log(posterior[np.arange(len(y)), y]), rtol=1e-6)
    assert_allclose(part.answer, posterior, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("n_classes", SETS)
@pytest.mark.parametrize("model", DECIDING, ids=str)
def test_loss_is_that_of_the_decisions(model, n_classes):
    X, y = SETS[n_classes]
    model = deepcopy(model).fit(X, y)
    kind = getattr(model, "loss", "squared_error")
    decisions = model.decision_function(X)
    is_own = np.eye(n_classes)[y] if n_classes > 2 else y
    margins = np.where(is_own == 1, decisions, -decisions).reshape(len(y), -1)
    expected = {
        "log_loss": np.logaddexp(0, -margins),
        "hinge": np.maximum(0, 1 - margins),
        "squared_hinge": np.maximum(0, 1 - margins) ** 2,
        "modified_huber": np.where(
            margins < -1, -4 * margins, np.maximum(0, 1 - margins) ** 2
        ),
        "perceptron": np.maximum(0, -margins),
        "squared_error": (1 - margins) ** 2 / 2,
    }[kind]
    (part,) = gradients(model, X, y)
    assert_allclose(part.loss, expected.sum(axis=1), rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("n_classes", SETS)
@pytest.mark.parametrize("activation", ["identity", "relu", "tanh", "logistic"])
def test_perceptrons_agree_with_autograd(activation, n_classes):
    torch = pytest.importorskip("torch")
    X, y = SETS[n_classes]
    model = MLPClassifier((7, 6), activation, max_iter=60, random_state=0).fit(X, y)
    act = {
        "identity": torch.nn.Identity,
        "relu": torch.nn.ReLU,
        "tanh": torch.nn.Tanh,
        "logistic": torch.nn.Sigmoid,
    }[activation]
    layers = []
    for weights, bias in zip(model.coefs_, model.intercepts_, strict=True):
        layer = torch.nn.Linear(*weights.shape).double()
        layer.weight.data = torch.tensor(weights.T.copy())
        layer.bias.data = torch.tensor(bias)
        layers += [layer, act()]
    network = torch.nn.Sequential(*layers[:-1])
    records = torch.tensor(X, requires_grad=True)
    (part,) = gradients(model, X, y)
    by_input = part.by_input()
    for row in range(0, 60, 7):
        out = network(records[row])
        if n_classes == 2:
            out = torch.cat([torch.zeros(1, dtype=torch.float64), out])
        loss = torch.nn.functional.cross_entropy(out, torch.tensor(y[row]))
        arrays = [*network.parameters(), records]
        *by_parameters, by_record = torch.autograd.grad(loss, arrays)
        expected = torch.cat([one.t().reshape(-1) for one in by_parameters])
        scale = float(abs(expected).max())
        own = flat(part.blocks)[row]
        assert_allclose(own, expected, rtol=1e-6, atol=1e-9 * scale)
        scale = float(abs(by_record).max())
        assert_allclose(by_input[row], by_record[row], rtol=1e-6, atol=1e-9 * scale)


@pytest.mark.parametrize("n_classes", SETS)
@pytest.mark.parametrize("model", ALL, ids=str)
def test_what_is_said_is_said_of_the_whole_gradient(model, n_classes):
    X, y = SETS[n_classes]
    model = deepcopy(model).fit(X, y)
    every = whole(model, X, y)
    assert_allclose(
        values("gradient_norm", model, X, y), np.linalg.norm(every, axis=1), rtol=1e-9
    )
    found = values("gradient_statistics", model, X, y)
    by_input = np.concatenate([part.by_input() for part in gradients(model, X, y)])
    assert_allclose(found[:, :7], said(by_input), rtol=1e-6, atol=1e-9)
    assert_allclose(found[:, 7:], said(every), rtol=1e-6, atol=1e-9)


def said(every):
    with np.errstate(invalid="ignore"):
        shape = [stats.skew(every, axis=1), stats.kurtosis(every, axis=1)]
    equal = np.ptp(every, axis=1) <= 1e-14 * abs(every).max(axis=1)
    return np.column_stack(
        [
            abs(every).sum(axis=1),
            np.linalg.norm(every, axis=1),
            abs(every).min(axis=1),
            abs(every).max(axis=1),
            every.mean(axis=1),
            *np.where(equal, 0, shape),
        ]
    )


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 1000),
    shapes=st.lists(st.tuples(st.integers(1, 5), st.integers(1, 4)), max_size=3),
    n_alone=st.integers(1, 4),
    size=st.sampled_from([1e-200, 1e-80, 1.0, 1e60]),
    away=st.sampled_from([0.0, 1.0, 1e3]),
)
@pytest.mark.filterwarnings("ignore:Precision loss occurred")
def test_products_say_what_their_entries_say(seed, shapes, n_alone, size, away):
    rng = np.random.default_rng(seed)
    blocks = [
        Product(size * (away + rng.normal(size=(3, n))), rng.normal(size=(3, m)) - away)
        for n, m in shapes
    ]
    blocks.append(Rows(size * rng.normal(size=(3, n_alone))))
    found = statistics(blocks)
    every = flat(blocks)
    assert np.isfinite(found).all()
    expected = said(every / size)  # scipy overflows, and underflows
    expected[:, :5] *= size
    # scipy subtracts a mean that may be a million spreads away.
    units = np.append(np.full(5, size), [1, 1])
    assert_allclose(found / units, expected / units, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("every", [np.zeros((2, 5)), np.full((2, 5), 0.1)])
def test_equal_entries_have_no_shape(every):
    found = dict(zip(STATISTICS, statistics([Rows(every)])[0], strict=True))
    assert (found["skewness"], found["kurtosis"]) == (0, 0)
    assert found["mean"] == pytest.approx(every[0, 0])


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), n_classes=st.integers(2, 4))
def test_of_a_linear_model_a_slope_times_a_length(seed, n_classes):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(40, 6)), np.arange(40) % n_classes
    model = LogisticRegression().fit(X, y)
    slope = model.predict_proba(X) - np.eye(n_classes)[y]
    slope = slope[:, 1:] if n_classes == 2 else slope
    length = np.sqrt(1 + (X**2).sum(axis=1))
    norm = values("gradient_norm", model, X, y)
    assert_allclose(norm, np.linalg.norm(slope, axis=1) * length, rtol=1e-9)
    order = rng.permutation(6)
    model.coef_ = model.coef_[:, order]
    assert_allclose(values("gradient_norm", model, X[:, order], y), norm, rtol=1e-9)


@pytest.mark.parametrize("model", [*ALL, "torch"], ids=str)
@pytest.mark.parametrize("name", ["gradient_norm", "gradient_statistics"])
def test_a_record_alone_and_labels_that_are_not_known(model, name):
    X, y = SETS[3]
    model = of_torch() if model == "torch" else deepcopy(model)
    model.fit(X, y)
    together = values(name, model, X, y)
    alone = [values(name, model, X[[row]], y[[row]])[0] for row in (0, 7)]
    tolerance = 1e-5 if hasattr(model, "max_epochs") else 1e-9
    assert_allclose(alone, together[[0, 7]], rtol=tolerance, atol=tolerance)
    strange = values(name, model, X[:9], [0, 1, 2, *[8] * 6])
    assert np.isfinite(strange).all()
    worst = np.max([values(name, model, X[:9], [one] * 9) for one in range(3)], axis=0)
    if name == "gradient_norm" and model in PROBABLE[:1]:
        assert_allclose(strange[3:], worst[3:])


def of_torch():
    pytest.importorskip("skorch")
    from skmia.neural import MLPNet

    return MLPNet((7,), max_epochs=3, random_state=0)


@pytest.mark.parametrize("hold", [sparse.csr_array, sparse.coo_array, pd.DataFrame])
def test_whatever_records_are(hold):
    X, y = SETS[3]
    X = X.round() * (abs(X) > 1)
    for model in (LogisticRegression(), SGDClassifier(random_state=0)):
        model.fit(X, y)
        for name in ("gradient_norm", "gradient_statistics"):
            expected = values(name, model, X, y)
            held = type(model)(**model.get_params()).fit(hold(X), y)
            held.coef_, held.intercept_ = model.coef_, model.intercept_
            assert_array_equal(values(name, held, hold(X), y), expected)


def test_single_precision():
    X, y = SETS[3]
    model = MLPClassifier((7,), random_state=0, max_iter=30).fit(X.astype("f4"), y)
    assert model.coefs_[0].dtype == np.float32
    assert np.isfinite(values("gradient_statistics", model, X.astype("f4"), y)).all()


def test_of_a_pipeline_the_last_step():
    X, y = SETS[3]
    first = make_pipeline(StandardScaler(), PCA(3, random_state=0))
    model = make_pipeline(first, LogisticRegression()).fit(X, y)
    for name in ("gradient_norm", "gradient_statistics"):
        expected = values(name, model[-1], first.transform(X), y)
        assert_array_equal(values(name, model, X, y), expected)


def test_in_parts(monkeypatch):
    X, y = SETS[3]
    model = LogisticRegression().fit(X, y)
    together = values("gradient_statistics", model, X, y)
    module = "skmia.signals.white_box._parameter_gradients._AT_ONCE"
    monkeypatch.setattr(module, 10)
    assert len(list(gradients(model, X, y))) == len(X)
    assert_allclose(values("gradient_statistics", model, X, y), together, atol=1e-9)


def test_one_class_is_refused():
    X, y = SETS[2]
    for model in (GaussianNB(), MLPClassifier((3,), max_iter=5, random_state=0)):
        assert "knows one class" in no_parameter_gradients(model.fit(X, 0 * y))


class Own(LogisticRegression):
    """May be trained with another loss."""


@pytest.mark.parametrize(
    "model",
    [
        Own(),
        DecisionTreeClassifier(random_state=0),
        LinearSVC(multi_class="crammer_singer", random_state=0),
        SGDClassifier(loss="huber", random_state=0),
        make_pipeline(StandardScaler(), DecisionTreeClassifier(random_state=0)),
    ],
    ids=str,
)
def test_others_are_refused_in_words(model):
    X, y = SETS[3]
    model.fit(X, y)
    assert "by its parameters are not known" in no_parameter_gradients(model)
    with pytest.raises(ValueError, match="'gradient_norm' is not there: the gradients"):
        get_signal("gradient_norm")(model, X, y)


def test_several_labels_are_refused():
    X, _ = SETS[3]
    model = MLPClassifier((3,), max_iter=5, random_state=0).fit(X, X[:, :2] > 0)
    assert no_parameter_gradients(model) is not None
