"""What a federation has sent so far, and the model that comes of it."""

import numpy as np

from skmia.federated._models import Models
from skmia.utils._spilled import Spill


class History:
    """Broadcasts and uploads of all rounds, and the model that they make.

    Parameters
    ----------
    initial : estimator
        The model that is sent first.
    learner : learner
        How a model is a vector, and back.
    aggregation : Aggregation
        What makes one model of uploads.
    hides : frozenset of str
        Attributes of the federation that nobody is shown.
    """

    def __init__(self, initial, learner, aggregation, hides):
        self.initial = self.current = initial
        self.last = {}
        self.aggregation, self._hides = aggregation, hides
        self._learner, self._spill = learner, Spill()
        self._now = self._keep([learner.vector(initial)])[0]
        self._rounds, self._broadcasts, self._uploads = [], [], []
        self._participants = []

    def add(self, chosen, sent, uploaded, weights):
        """A round: who took part, what was sent, and how much each upload counts."""
        vector = self._learner.vector
        uploads = [vector(model) for model in uploaded]
        if "broadcasts_" not in self._hides:
            self._broadcasts.append([self._place(model) for model in sent])
        if "uploads_" not in self._hides:
            self.last.update(zip(chosen, uploaded, strict=True))
            self._uploads.append(self._keep(uploads))
        self._participants.append(chosen)
        made = self.aggregation.combine(vector(self.current), uploads, weights)
        if made is not None:
            self._now = self._keep([made])[0]
            self.current = self._learner.with_vector(self.initial, made)
        self._rounds.append(self._now)

    def learned(self):
        """Fitted attributes of the federation."""
        return {
            "model_": self.current,
            "initial_": self.initial,
            "rounds_": self._models(self._rounds),
            "broadcasts_": [self._models(places) for places in self._broadcasts],
            "uploads_": [self._models(places) for places in self._uploads],
            "participants_": self._participants,
        }

    def _models(self, places):
        return Models(self.initial, places)

    def _place(self, model):
        if model is self.current:
            return self._now
        return self._keep([self._learner.vector(model)])[0]

    def _keep(self, vectors):
        table = self._spill.keep(np.column_stack(vectors))
        return [(table, column) for column in range(len(vectors))]


def average_of(vectors, weights):
    """Weighted mean of rows of numbers; of equal ones it is that row, bit for bit.

    Parameters
    ----------
    vectors : list of ndarray of shape (n_parameters,)
    weights : ndarray of shape (n_vectors,)
        Not all 0.

    Returns
    -------
    average : ndarray of shape (n_parameters,)
    """
    vectors = np.asarray(vectors, dtype=float)
    base = vectors[np.flatnonzero(weights)[0]]
    return base + (weights / weights.sum()) @ (vectors - base)
