"""Trajectories of models that are watched while they are trained."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier

from skmia import observe
from skmia.shadow import training_observations

DATA = make_classification(600, n_informative=8, n_classes=4, random_state=0)


@pytest.fixture
def members():
    return DATA[0][:300], DATA[1][:300]


@pytest.fixture
def others():
    return DATA[0][300:], DATA[1][300:]


@pytest.mark.parametrize(
    ("model", "n_steps"),
    [(MLPClassifier((8,)), 4), (RandomForestClassifier(10, min_samples_leaf=2), 4)],
)
def test_watched_training(members, others, model, n_steps):
    X, y = np.vstack([members[0], others[0]]), np.r_[members[1], others[1]]
    Z = training_observations(
        model, *members, X, y, n_snapshots=n_steps, random_state=0
    )
    assert list(Z) == [f"loss_{i}" for i in range(n_steps)]
    assert not hasattr(model, "classes_")
    assert Z["loss_3"][:300].mean() < Z["loss_0"][:300].mean()


def test_watched_forest_ends_as_the_forest(members, others):
    X, y = others
    forest = RandomForestClassifier(7)
    Z = training_observations(
        forest, *members, X, y, n_snapshots=3, signals="entropy", random_state=0
    )
    seed = np.random.RandomState(0).randint(np.iinfo(np.int32).max, size=1)[0]
    forest.set_params(random_state=int(seed)).fit(*members)
    assert_allclose(Z["entropy_2"], observe(forest, X, y, "entropy")["entropy"])


def test_more_looks_than_trees(members, others):
    Z = training_observations(
        RandomForestClassifier(2), *members, *others, n_snapshots=4, random_state=0
    )
    assert_array_equal(Z["loss_0"], Z["loss_1"])
    assert_array_equal(Z["loss_2"], Z["loss_3"])
    assert (Z["loss_1"] != Z["loss_2"]).any()


def test_what_cannot_be_trained_in_steps(members, others):
    with pytest.raises(TypeError, match=r"partial_fit, or with warm_start and n_estim"):
        training_observations(
            DecisionTreeClassifier(), *members, *others, random_state=0
        )


def test_parameter_errors():
    with pytest.raises(ValueError, match=r"'n_snapshots' parameter .* Got 0 instead"):
        training_observations(GaussianNB(), [[0]], [0], [[0]], [0], n_snapshots=0)
