import copy
import pickle
import subprocess
import sys

import joblib
import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_digits, make_blobs
from sklearn.model_selection import GridSearchCV
from sklearn.utils.parallel import Parallel, delayed
from sklearn_checks import parametrize_with_checks

from skmia.neural import MLPNet


@parametrize_with_checks(
    [
        MLPNet(random_state=0),
        MLPNet((8, 8), activation="tanh", random_state=0),
    ]
)
def test_sklearn_checks(estimator, check):
    check(estimator)


@pytest.fixture
def data(global_random_seed):
    X, y = make_blobs(
        90, centers=3, cluster_std=4, n_features=4, random_state=global_random_seed
    )
    return X.astype(np.float32), np.array(["blue", "green", "red"])[y]


def test_learns(global_random_seed):
    X, y = load_digits(return_X_y=True)
    model = MLPNet(random_state=global_random_seed).fit(X[:900] / 16, y[:900])
    # A linear model reaches 0.9 on these rows.
    assert model.score(X[900:] / 16, y[900:]) > 0.85


def test_memorises_labels_that_mean_nothing(global_random_seed):
    rng = np.random.default_rng(global_random_seed)
    X, y = rng.standard_normal((80, 100)), rng.integers(3, size=80)
    model = MLPNet(max_epochs=100, random_state=global_random_seed).fit(X, y)
    assert model.score(X, y) == 1


def test_posterior_is_the_softmax_of_the_logits_in_float64(data):
    X, y = data
    model = MLPNet(random_state=0).fit(X, y)
    posterior = model.predict_proba(X)
    assert posterior.dtype == np.float64
    assert_allclose(posterior.sum(axis=1), 1, rtol=0, atol=1e-15)
    with torch.inference_mode():
        logits = model.network_(torch.tensor(X)).double()
    assert_allclose(posterior, logits.softmax(dim=1).numpy(), rtol=1e-6)
    assert_array_equal(model.predict(X), model.classes_[posterior.argmax(axis=1)])


def test_confident_answers_still_differ(data):
    X, y = data
    model = MLPNet(random_state=0, learning_rate=0.1, max_epochs=50).fit(X, y)
    rest = np.sort(model.predict_proba(10 * X))[:, 0]
    assert rest.min() < np.finfo(np.float32).tiny
    assert len(np.unique(rest[rest > 0])) > len(X) / 2


def test_same_seed_same_model(data):
    X, y = data
    first = MLPNet(random_state=3).fit(X, y).predict_proba(X)
    assert_array_equal(MLPNet(random_state=3).fit(X, y).predict_proba(X), first)
    assert abs(MLPNet(random_state=4).fit(X, y).predict_proba(X) - first).max() > 1e-4


def test_refit_starts_anew(data):
    X, y = data
    refitted = MLPNet(random_state=0).fit(X[:, :2], np.arange(90) % 2).fit(X, y)
    expected = MLPNet(random_state=0).fit(X, y)
    assert_array_equal(refitted.predict_proba(X), expected.predict_proba(X))


def test_global_generators_are_untouched(data):
    # numpy's is watched in every test.
    state = torch.get_rng_state()
    MLPNet(random_state=0).fit(*data).predict(data[0])
    assert torch.equal(torch.get_rng_state(), state)


def test_threads_do_not_disturb_each_other(data):
    X, y = data
    models = [MLPNet(random_state=seed) for seed in range(6)]
    alone = [clone(model).fit(X, y).predict_proba(X) for model in models]
    together = Parallel(n_jobs=3, backend="threading")(
        delayed(model.fit)(X, y) for model in models
    )
    for expected, model in zip(alone, together, strict=True):
        assert_array_equal(model.predict_proba(X), expected)


def test_copies_answer_alike(data, tmp_path):
    X, y = data
    model = MLPNet(random_state=0).fit(X, y)
    joblib.dump(model, tmp_path / "model")
    copies = (
        copy.deepcopy(model),
        pickle.loads(pickle.dumps(model)),
        joblib.load(tmp_path / "model"),
    )
    for copied in copies:
        assert_array_equal(copied.predict_proba(X), model.predict_proba(X))


def test_a_fitted_model_keeps_its_weights_only(data):
    X, y = data
    model = MLPNet((200,), random_state=0).fit(X, y)
    n_weights = 4 * 200 + 200 + 200 * 3 + 3
    assert len(pickle.dumps(model)) < 4 * n_weights + 5000
    assert all(parameter.grad is None for parameter in model.network_.parameters())


def test_inputs_are_left_alone(data):
    X, y = data
    before = X.copy()
    X.flags.writeable = False
    MLPNet(random_state=0).fit(X, y).predict_proba(X)
    assert_array_equal(X, before)


@pytest.mark.parametrize(
    ("hidden_units", "shapes"),
    [([], [(3, 4)]), ([5], [(5, 4), (3, 5)]), ((6, 5), [(6, 4), (5, 6), (3, 5)])],
)
def test_hidden_units(hidden_units, shapes, data):
    model = MLPNet(hidden_units, max_epochs=1, random_state=0).fit(*data)
    weights = [p for p in model.network_.parameters() if p.ndim == 2]
    assert [tuple(weight.shape) for weight in weights] == shapes


def test_a_batch_may_hold_all_records(data):
    X, y = data
    whole = MLPNet(batch_size=len(X), max_epochs=2, random_state=0).fit(X, y)
    larger = MLPNet(batch_size=10_000, max_epochs=2, random_state=0).fit(X, y)
    assert_array_equal(whole.predict_proba(X), larger.predict_proba(X))


def test_weight_decay_shrinks_the_weights(data):
    def norm(weight_decay):
        model = MLPNet(weight_decay=weight_decay, random_state=0).fit(*data)
        return sum(p.square().sum().item() for p in model.network_.parameters())

    assert norm(1.0) < norm(0.0)


def test_parameters_are_searched_as_usual(data):
    grid = {"hidden_units": [(4,), (16,)], "learning_rate": [1e-2, 1e-3]}
    model = MLPNet(max_epochs=2, random_state=0)
    search = GridSearchCV(model, grid, cv=2, error_score="raise").fit(*data)
    assert len(search.cv_results_["params"]) == 4


def test_one_class():
    with pytest.raises(ValueError, match=r"at least two classes in y\. Got .*'only'"):
        MLPNet().fit(np.eye(3), ["only"] * 3)


def test_sparse_records():
    with pytest.raises(TypeError, match="Sparse data was passed"):
        MLPNet().fit(sparse.eye_array(4, format="csr"), [0, 1, 0, 1])


@pytest.mark.parametrize("hidden_units", [(0,), (8, -1), (2.5,), ("a",)])
def test_hidden_units_must_be_positive_ints(hidden_units, data):
    with pytest.raises(ValueError, match="'hidden_units' parameter of MLPNet must be"):
        MLPNet(hidden_units).fit(*data)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("hidden_units", 128),
        ("activation", "gelu"),
        ("max_epochs", 0),
        ("batch_size", 0),
        ("learning_rate", 0),
        ("weight_decay", -1),
        ("device", 0),
    ],
)
def test_invalid_parameters(parameter, value, data):
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of MLPNet must be"):
        MLPNet().set_params(**{parameter: value}).fit(*data)


@pytest.mark.parametrize("missing", ["torch", "skorch"])
def test_missing_extra_is_named(missing, monkeypatch):
    for name in [name for name in sys.modules if name.startswith("skmia.neural")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)
    message = rf'needs {missing}, which .* pip install "skmia\[neural\]"'
    with pytest.raises(ModuleNotFoundError, match=message):
        import skmia.neural  # noqa: F401


def test_nothing_else_loads_torch():
    code = (
        "import sys, skmia, skmia.black_box, skmia.defenses; "
        "assert not {'torch', 'skorch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
