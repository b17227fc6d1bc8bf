"""What stands in for a model answers in the shapes of its answers."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LinearRegression
from sklearn.neighbors import KernelDensity
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skmia.auditing._stand_in import stand_in_of
from skmia.targets import Autoencoder
from skmia.targets._answers import ANSWERS
from skmia.utils._random import set_random_states

X = np.random.default_rng(0).normal(size=(40, 3))
TWO, THREE = np.arange(40) % 2, np.arange(40) % 3

MODELS = {
    "tree": (DecisionTreeClassifier(), THREE),
    "decisions of two classes": (LinearSVC(), TWO),
    "decisions of three": (LinearSVC(), THREE),
    "several outputs": (DecisionTreeClassifier(), np.column_stack([TWO, THREE])),
    "regressor": (LinearRegression(), X[:, 0]),
    "regressor of two outputs": (LinearRegression(), X[:, :2]),
    "clusters": (KMeans(2), None),
    "outliers": (IsolationForest(n_estimators=5), None),
    "density": (KernelDensity(), None),
    "autoencoder": (Autoencoder(PCA(1)), None),
}


def _shapes(answer):
    return (
        [np.shape(one) for one in answer] if isinstance(answer, list) else answer.shape
    )


@pytest.mark.parametrize("name", MODELS)
def test_a_stand_in_answers_in_the_shapes_of_the_model(name):
    model, y = MODELS[name]
    model = set_random_states(clone(model), np.random.RandomState(0)).fit(X, y)
    stand_in = stand_in_of(model).fit(X, y)
    both = model, stand_in
    asked = [one for one in ANSWERS if all(hasattr(of, one) for of in both)]
    assert asked
    for method in asked:
        answers = [getattr(one, method)(X[:7]) for one in both]
        assert _shapes(answers[0]) == _shapes(answers[1]), method
