"""Models that bench_structural_risks.py and peer_sacro_structure.py train alike.

This module imports nothing of skmia, since the environment of the peer has none of it.
"""

import warnings

from sklearn.base import clone
from sklearn.ensemble import (
    AdaBoostClassifier,
    ExtraTreesClassifier,
    RandomForestClassifier,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

_TREE = {"random_state": 0}
_FOREST = {"n_estimators": 40, "random_state": 0}
MODELS = {
    "tree": DecisionTreeClassifier(**_TREE),
    "tree, leaf 5": DecisionTreeClassifier(min_samples_leaf=5, **_TREE),
    "tree, leaf 20": DecisionTreeClassifier(min_samples_leaf=20, **_TREE),
    "tree, depth 3": DecisionTreeClassifier(max_depth=3, **_TREE),
    "tree, leaf 1 %": DecisionTreeClassifier(min_samples_leaf=0.01, **_TREE),
    "random tree": DecisionTreeClassifier(splitter="random", max_features=5, **_TREE),
    "forest": RandomForestClassifier(**_FOREST),
    "forest of 20": RandomForestClassifier(20, random_state=0),
    "forest, leaf 20": RandomForestClassifier(min_samples_leaf=20, **_FOREST),
    "forest, depth 3": RandomForestClassifier(max_depth=3, **_FOREST),
    "forest without bootstrap": RandomForestClassifier(bootstrap=False, **_FOREST),
    "AdaBoost": AdaBoostClassifier(n_estimators=20, random_state=0),
    "extra trees": ExtraTreesClassifier(40, random_state=0),
    "tree in a pipeline": make_pipeline(
        MinMaxScaler(), DecisionTreeClassifier(min_samples_leaf=20, **_TREE)
    ),
    "MLP": MLPClassifier((8,), max_iter=100, random_state=0),
    "LR": LogisticRegression(max_iter=500),
    "NB": GaussianNB(),
    "kNN": KNeighborsClassifier(),
    "SVC": SVC(),
}


def train(name, X, y):
    """Model of a kind on the first half of the records."""
    half = len(y) // 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return clone(MODELS[name]).fit(X[:half], y[:half])
