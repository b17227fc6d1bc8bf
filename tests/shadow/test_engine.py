"""Trainers of many shadow models at once, beside the one that fits clones."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia.neural import MLPNet
from skmia.shadow._training import Task
from skmia.shadow.engine._trainers import GENERIC, choose_trainer, train_stacked
from skmia.utils._fitting import fit_clone


class Descendant(MLPNet):
    """May learn in another way."""


def tasks_of(estimators, n_records, seed, fit_params=None):
    rng = np.random.default_rng(seed)
    return [
        Task(estimator, rng.permutation(n_records)[:50], number, "", fit_params)
        for number, estimator in enumerate(estimators)
    ]


def one_by_one(tasks, X, y):
    return [
        fit_clone(task.estimator, X, y, task.rows, task.seed, None, task.fit_params)
        for task in tasks
    ]


@pytest.fixture
def records():
    X, y = load_iris(return_X_y=True)
    return pd.DataFrame(X, columns=list("abcd")), np.array(["x", "y", "z"])[y]


def test_models_are_those_of_the_generic_trainer(records, global_random_seed):
    X, y = records
    net, other = MLPNet((8,), max_epochs=4), MLPNet((5,), max_epochs=3, random_state=7)
    tree = DecisionTreeClassifier()
    estimators = [net, tree, other, net, Descendant((4,), max_epochs=2), other]
    tasks = tasks_of(estimators, len(X), global_random_seed)
    trained = train_stacked(tasks, X, y)
    for model, expected in zip(trained, one_by_one(tasks, X, y), strict=True):
        assert type(model) is type(expected)
        assert model.get_params() == expected.get_params()
        assert_array_equal(model.feature_names_in_, list("abcd"))
        posterior = expected.predict_proba(X)
        # Rounding: see tests/neural/test_stacked.py.
        assert_allclose(model.predict_proba(X), posterior, rtol=0, atol=1e-5)
    # The user's own are neither fitted nor seeded.
    assert not hasattr(net, "network_")
    assert (net.random_state, other.random_state) == (None, 7)


def test_fit_params_go_to_the_generic_trainer(records):
    X, y = records
    weights = {"sample_weight": np.linspace(0, 1, len(X))}
    tasks = tasks_of([GaussianNB()] * 2, len(X), 0, weights)
    trained = train_stacked(tasks, X, y)
    for model, expected in zip(trained, one_by_one(tasks, X, y), strict=True):
        assert_array_equal(model.predict_proba(X), expected.predict_proba(X))
    with pytest.raises(TypeError, match="fit takes no 'sample_weight'"):
        train_stacked(tasks_of([MLPNet()], len(X), 0, weights), X, y)


def test_what_the_model_refuses_it_refuses_itself(records):
    X, y = records
    with pytest.raises(ValueError, match="The 'max_epochs' parameter of MLPNet"):
        train_stacked(tasks_of([MLPNet(max_epochs=0)] * 2, len(X), 0), X, y)


def test_no_tasks_no_models(records):
    assert train_stacked([], *records) == []


@pytest.mark.parametrize(
    ("estimator", "fit_params", "why"),
    [
        (DecisionTreeClassifier(), None, "no trainer knows DecisionTreeClassifier"),
        (Descendant(), None, "no trainer knows Descendant"),
        (make_pipeline(StandardScaler(), MLPNet()), None, "no trainer knows Pipeline"),
        (MLPNet(), {"sample_weight": None}, "records and labels only"),
        (MLPNet(batch_size=0), None, "The 'batch_size' parameter of MLPNet"),
    ],
)
def test_who_is_not_known_is_told_why(estimator, fit_params, why, records):
    trainer, reason = choose_trainer(estimator, *records, fit_params)
    assert trainer is GENERIC
    assert why in reason


def test_networks_have_a_trainer(records):
    trainer, reason = choose_trainer(MLPNet(), *records, {})
    assert trainer is not GENERIC
    assert reason is None


def test_torch_is_loaded_for_networks_only():
    code = """
import sys
from sklearn.tree import DecisionTreeClassifier
from skmia.shadow.engine._trainers import choose_trainer
choose_trainer(DecisionTreeClassifier(), [[0], [1]], [0, 1])
assert "torch" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)
