"""Networks trained in stacks, beside the same networks trained one by one."""

import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone

from skmia.neural import MLPNet, _stack, _stacked
from skmia.neural._perceptron import ACTIVATIONS
from skmia.neural._stacked import fit_stacked, why_not_stacked

# Sums in another order differ by float32's 1e-7, a few times so after some epochs:
# 1e-6 is seen after five. One step of Adam is about 1e-3. Only where a unit with relu
# stands at 0 to rounding does more come of it: at about one in 1e7, and there are some
# 1e5 in a test here, with fixed seeds.
ROUNDING = 1e-5


def pool(seed, n_records=60, n_features=6, n_classes=3):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n_records, n_features))
    return X, rng.permutation(np.arange(n_records) % n_classes)


def halves(seed, y, n_models):
    """Rows of each model, equally many, with all classes among them."""
    rng = np.random.default_rng(seed)
    _, first = np.unique(y, return_index=True)
    others = np.setdiff1d(np.arange(len(y)), first)
    n_drawn = len(others) // 2
    return [
        rng.permutation([*first, *rng.choice(others, n_drawn, replace=False)])
        for _ in range(n_models)
    ]


def both_ways(model, X, y, rows):
    """Models trained one by one, and in stacks."""
    alone = [
        clone(model).set_params(random_state=seed).fit(X[part], y[part])
        for seed, part in enumerate(rows)
    ]
    together = [clone(one) for one in alone]
    fit_stacked(together, X, y, rows)
    return alone, together


def assert_alike(alone, together, X, atol=ROUNDING):
    for one, other in zip(alone, together, strict=True):
        assert_array_equal(one.classes_, other.classes_)
        assert_allclose(other.predict_proba(X), one.predict_proba(X), rtol=0, atol=atol)


@pytest.mark.parametrize("n_classes", [2, 5])
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("hidden_units", [(), (16,), (16, 8)])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_equals_training_one_by_one(
    activation, hidden_units, weight_decay, n_classes, global_random_seed
):
    X, y = pool(global_random_seed, n_classes=n_classes)
    rows = halves(global_random_seed, y, 3)
    assert len(rows[0]) % 7  # the last batch is short
    model = MLPNet(
        hidden_units,
        activation=activation,
        weight_decay=weight_decay,
        batch_size=7,
        max_epochs=5,
    )
    alone, together = both_ways(model, X, y, rows)
    assert_alike(alone, together, X)
    # The bound tells training from the initial weights, and models from each other.
    moved = abs(together[0].predict_proba(X) - together[1].predict_proba(X)).max()
    assert moved > 1000 * ROUNDING


def test_weight_decay_counts(global_random_seed):
    X, y = pool(global_random_seed)
    rows = halves(global_random_seed, y, 2)
    plain, decayed = (
        both_ways(MLPNet(weight_decay=decay), X, y, rows)[1] for decay in (0.0, 0.1)
    )
    apart = plain[0].predict_proba(X) - decayed[0].predict_proba(X)
    assert abs(apart).max() > 1000 * ROUNDING


@given(data=st.data())
def test_equals_training_one_by_one_in_any_shape(data):
    seed = data.draw(st.integers(0, 1000))
    n_classes = data.draw(st.integers(2, 4))
    n_records = data.draw(st.integers(2 * n_classes, 24))
    X, y = pool(seed, n_records, data.draw(st.integers(1, 5)), n_classes)
    model = MLPNet(
        data.draw(st.lists(st.integers(1, 6), max_size=2)),
        activation=data.draw(st.sampled_from(sorted(ACTIVATIONS))),
        batch_size=data.draw(st.integers(3, 40)),
        weight_decay=data.draw(st.sampled_from([0.0, 0.01])),
        max_epochs=data.draw(st.integers(1, 2)),
    )
    rows = halves(seed, y, data.draw(st.integers(1, 3)))
    assert_alike(*both_ways(model, X, y, rows), X)


def test_models_that_take_other_steps_are_trained_apart(global_random_seed):
    X, y = pool(global_random_seed, n_classes=4)
    rng = np.random.default_rng(global_random_seed)
    some, twice, few = rng.permutation(60)[:30], rng.integers(60, size=30), [3, 1, 4, 7]
    two_classes = np.flatnonzero(y < 2)
    two_others = np.flatnonzero(y >= 2)
    rows = [some, two_classes, twice, two_others, few, some[::-1]]
    alone, together = both_ways(MLPNet(max_epochs=3, batch_size=7), X, y, rows)
    assert_alike(alone, together, X)
    assert_array_equal(together[3].classes_, [2, 3])


def test_models_of_other_parameters_are_trained_apart(global_random_seed):
    X, y = pool(global_random_seed)
    models = [
        MLPNet([4], random_state=0),
        MLPNet((4,), max_epochs=3, random_state=0),
        MLPNet((4,), random_state=1),
        MLPNet(np.array([5]), learning_rate=0.1, random_state=0),
    ]
    alone = [clone(model).fit(X, y) for model in models]
    fit_stacked(models, X, y, [np.arange(60)] * 4)
    assert_alike(alone, models, X, atol=1e-4)  # 20 epochs, some with long steps


@pytest.mark.parametrize("per_stack", [1, 2, 3, 100])
def test_company_changes_nothing(per_stack, monkeypatch, global_random_seed):
    X, y = pool(global_random_seed)
    rows = halves(global_random_seed, y, 5)
    model = MLPNet((8,), max_epochs=3)
    alone, _ = both_ways(model, X, y, rows)
    sizes = []

    class Watched(_stack.Stack):
        def __init__(self, networks, *args, **kwargs):
            sizes.append(len(networks))
            super().__init__(networks, *args, **kwargs)

    n_parameters = 6 * 8 + 8 + 8 * 3 + 3
    monkeypatch.setattr(_stacked, "Stack", Watched)
    monkeypatch.setattr(_stacked, "_CACHE", per_stack * 16 * n_parameters)
    together = [clone(one) for one in alone]
    fit_stacked(together, X, y, rows)
    assert max(sizes) == min(per_stack, 5)
    assert sum(sizes) == 5
    assert_alike(alone, together, X)


def test_a_network_larger_than_the_cache_is_trained(monkeypatch):
    X, y = pool(0)
    monkeypatch.setattr(_stacked, "_CACHE", 1)
    assert_alike(*both_ways(MLPNet(max_epochs=1), X, y, halves(0, y, 2)), X)


@pytest.mark.parametrize("free", [0, 2**22, 2**30])
def test_a_stack_leaves_memory_of_a_gpu_free(free, monkeypatch):
    _, y = pool(0)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (free, 2**40))
    model = MLPNet((100,), device="cuda")
    model.n_features_in_ = 6
    size = _stacked._stack_size(_stacked._member(model, np.arange(60), y))
    # Parameters, gradients and two moments, in float32.
    taken = 16 * size * (6 * 100 + 100 + 100 * 3 + 3)
    assert taken <= free / 4 or size == 1
    assert size >= free // 4 // 2**17  # with batch and records less than 128 KiB each


def test_fitted_models_are_those_of_fit():
    X, y = pool(0, n_classes=2)
    X = pd.DataFrame(X, columns=list("abcdef"))
    y = np.array(["no", "yes"])[y]
    alone = MLPNet(random_state=0).fit(X.iloc[:40], y[:40])
    models = [MLPNet(random_state=0), MLPNet(random_state=1)]
    fit_stacked(models, X, y, [np.arange(40), np.arange(60) < 40])
    model = models[0]
    assert set(vars(model)) == set(vars(alone))
    assert_array_equal(model.feature_names_in_, list("abcdef"))
    assert set(model.predict(X)) == {"no", "yes"}
    assert not model.network_.training
    # Nothing of the stack hangs on to a model.
    assert len(pickle.dumps(model)) == len(pickle.dumps(alone))
    assert all(parameter.grad is None for parameter in model.network_.parameters())
    for own, reference in zip(
        model.network_.parameters(), alone.network_.parameters(), strict=True
    ):
        assert own.requires_grad == reference.requires_grad


def test_repeats_and_draws_from_generators_of_its_own():
    X, y = pool(0)
    rows = halves(0, y, 3)
    state = torch.get_rng_state()
    fits = [both_ways(MLPNet(max_epochs=2), X, y, rows)[1] for _ in range(2)]
    assert torch.equal(torch.get_rng_state(), state)
    assert_alike(*fits, X, atol=0)


def test_a_model_that_diverges_is_an_error_both_ways():
    X, y = pool(0)
    X[0] = 3e38  # more than a sum in float32 can hold
    models = [MLPNet(max_epochs=2, random_state=seed) for seed in range(2)]
    rows = [np.arange(30), np.arange(30, 60)]
    message = "MLPNet diverged.* Scale the features, or lower the 'learning_rate'"
    with pytest.raises(ValueError, match=message):
        fit_stacked(models, X, y, rows)
    with pytest.raises(ValueError, match=message):
        models[0].fit(X[:30], y[:30])
    assert not hasattr(models[0], "network_")


def test_one_class_is_an_error():
    X, y = pool(0)
    with pytest.raises(ValueError, match="at least two classes in y"):
        fit_stacked([MLPNet(random_state=0)], X, y, [np.flatnonzero(y == 1)])


def test_every_activation_is_known():
    assert set(_stack._ACTIVATIONS) == set(ACTIVATIONS)


X_BAD = np.where(np.eye(60, 6) > 0, np.nan, 0.0)


@pytest.mark.parametrize(
    ("model", "X", "y", "why"),
    [
        (MLPNet(max_epochs=0), None, None, "'max_epochs' parameter"),
        (MLPNet((4, 0)), None, None, "'hidden_units' parameter"),
        (MLPNet(), X_BAD, None, "NaN"),
        (MLPNet(), sparse.eye(60, format="csr"), None, "dense"),
        (MLPNet(), ["a text"] * 60, None, "could not convert"),
        (MLPNet(), None, np.linspace(0, 1, 60), "continuous"),
        (MLPNet(), None, np.zeros(60), "two classes"),
        (MLPNet(), None, np.zeros((60, 2)), "1d"),
    ],
)
def test_what_fit_refuses_is_not_stacked(model, X, y, why):
    X_good, y_good = pool(0)
    X = X_good if X is None else X
    y = y_good if y is None else y
    assert why in why_not_stacked(model, X, y)
    with pytest.raises((TypeError, ValueError), match=why):
        model.fit(X, y)


def test_what_fit_takes_is_stacked():
    X, y = pool(0)
    model = MLPNet()
    for records in (X, X.tolist(), pd.DataFrame(X)):
        assert why_not_stacked(model, records, y) is None
    assert not [name for name in vars(model) if name.endswith("_")]


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_gpu_equals_training_one_by_one(global_random_seed):
    X, y = pool(global_random_seed, n_records=300, n_features=40, n_classes=5)
    rows = halves(global_random_seed, y, 6)
    model = MLPNet((32, 16), device="cuda", max_epochs=5, weight_decay=0.01)
    alone, together = both_ways(model, X, y, rows)
    assert together[0].network_[0].weight.is_cuda
    assert_alike(alone, together, X)
    # The whole lot is one stack.
    member = _stacked._member(together[0], rows[0], y)
    assert _stacked._stack_size(member) >= 1000
