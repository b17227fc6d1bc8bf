"""A model that answers at random and at once, to see what all else costs."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils.metaestimators import available_if

from skmia.utils._records import n_records


def _answers(method):
    return available_if(lambda model: method in model.answers)


class StandIn(ClassifierMixin, BaseEstimator):
    """Takes any records, and answers what another model answers.

    Parameters
    ----------
    answers : tuple of str
        Methods beside ``predict`` that it has.
    random_state : int, default=0
    """

    def __init__(self, answers=("predict_proba",), random_state=0):
        self.answers = answers
        self.random_state = random_state

    def fit(self, X, y):
        """Learn the classes."""
        self.classes_ = np.unique(y)
        return self

    def _draw(self, X):
        rng = check_random_state(self.random_state)
        return rng.dirichlet(np.ones(len(self.classes_)), size=n_records(X))

    @_answers("predict_proba")
    def predict_proba(self, X):
        """Random posteriors."""
        return self._draw(X)

    @_answers("decision_function")
    def decision_function(self, X):
        """The same as decisions."""
        decision = self._draw(X) - 1 / len(self.classes_)
        return decision[:, 1] if len(self.classes_) == 2 else decision

    def predict(self, X):
        """The largest of them."""
        return self.classes_[self._draw(X).argmax(axis=1)]
