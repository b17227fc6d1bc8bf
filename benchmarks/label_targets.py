"""Targets that bench_art_labels.py and peer_art_labels.py train alike.

This module imports nothing of skmia, since the environment of the peer has none of it.
"""

import warnings

from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import BernoulliNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier

MODELS = {
    "tree": DecisionTreeClassifier(random_state=0),
    "kNN": KNeighborsClassifier(3),
    "LR": LogisticRegression(C=10, max_iter=500),
    "NB": BernoulliNB(),
    "MLP": MLPClassifier((64,), max_iter=150, random_state=0),
}
N_ATTACKED, N_TRAINED = 150, 300  # of each side; members of each model
# Members, others, and the adversary's own records, of which one half is the shadow's.
MEMBERS, OTHERS, OWN = slice(0, 150), slice(300, 450), slice(450, 1050)
N_RECORDS = 1050
FIELDS = ["data", "seed", "model", "method", "balanced_accuracy", "queries", "seconds"]


def train(name, X, y):
    """Model of a kind on the first `N_TRAINED` records."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return clone(MODELS[name]).fit(X[:N_TRAINED], y[:N_TRAINED])


class Counted:
    """A model that answers labels, and counts the rows that it is asked."""

    def __init__(self, model):
        self.model, self.classes_, self.n_queries = model, model.classes_, 0

    def predict(self, X):
        self.n_queries += len(X)
        return self.model.predict(X)
