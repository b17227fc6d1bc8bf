"""Scores on public records that parties share, and models that imitate these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.dummy import DummyClassifier
from sklearn.utils import _safe_indexing, check_random_state

from skmia.utils._labels import aligned_posterior
from skmia.utils._random import draw_seeds, set_random_states
from skmia.utils._record_keys import coarse_keys
from skmia.utils._soft_labels import fit_soft_labels
from skmia.utils._spilled import Spill
from skmia.utils._typing import Classifier


@dataclass(frozen=True)
class Exchange:
    """What was said of some public records in a round of a federated distillation.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Attributes
    ----------
    X : {ndarray, sparse matrix, DataFrame} of shape (n_records, n_features)
        The records.
    posteriors : ndarray of shape (n_senders, n_records, n_classes)
        Probabilities of each class, by each party; of a consensus there is one sender.
    classes : ndarray of shape (n_classes,)
        Labels of the columns.
    """

    X: Any
    posteriors: np.ndarray
    classes: np.ndarray

    def imitations(self, surrogate: Classifier, seed: int) -> list[Imitation]:
        """A model for each sender that says what it said.

        Parameters
        ----------
        surrogate : classifier
            Cloned; learns the posteriors.
        seed : int
            Of each of them.

        Returns
        -------
        models : list of Imitation
        """
        return [
            Imitation(surrogate, seed).learn(self, posterior)
            for posterior in self.posteriors
        ]


class Imitation(ClassifierMixin, BaseEstimator):
    """What a sender said of records that were shared; of others, what a surrogate says.

    Parameters
    ----------
    surrogate : classifier
    random_state : int
    """

    def __init__(self, surrogate, random_state):
        self.surrogate = surrogate
        self.random_state = random_state

    def learn(self, exchange, posterior):
        """Learn what one of the senders said.

        Parameters
        ----------
        exchange : Exchange
        posterior : ndarray of shape (n_records, n_classes)

        Returns
        -------
        self : object
        """
        rng = check_random_state(self.random_state)
        self.classes_, self._posterior = exchange.classes, posterior
        self._place = {key: row for row, key in enumerate(coarse_keys(exchange.X))}
        # Probabilities of single precision, or that an owner rounds, sum to about one.
        targets = posterior / posterior.sum(axis=1, keepdims=True)
        # Hardly any classifier learns one class.
        varies = np.count_nonzero(targets.any(axis=0)) > 1
        surrogate = clone(self.surrogate) if varies else DummyClassifier()
        self.surrogate_ = fit_soft_labels(
            set_random_states(surrogate, rng),
            exchange.X,
            targets,
            self.classes_,
            random_state=draw_seeds(rng),
        )
        return self

    def predict_proba(self, X):
        """Posterior of each record.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)

        Returns
        -------
        posterior : ndarray of shape (n_samples, n_classes)
        """
        answers = aligned_posterior(self.surrogate_, X, self.classes_).copy()
        places = np.array([self._place.get(key, -1) for key in coarse_keys(X)])
        answers[places >= 0] = self._posterior[places[places >= 0]]
        return answers


class Exchanges(Sequence):
    """What was said in each round, in tables that may lie in a file.

    Parameters
    ----------
    X_public : {ndarray, sparse matrix, DataFrame} of shape (n_public, n_features)
    classes : ndarray of shape (n_classes,)
    spill : Spill
        Where tables are kept.
    """

    def __init__(self, X_public, classes, spill=None):
        self._X, self._classes = X_public, classes
        self._spill = Spill() if spill is None else spill
        self._rounds = []

    def add(self, rows, posteriors):
        """Keep a round: which of the public records, and what was said of them."""
        table = np.column_stack(posteriors)
        self._rounds.append((rows, self._spill.keep(table)))

    def __len__(self):
        return len(self._rounds)

    def __getitem__(self, place):
        if isinstance(place, slice):
            return [self[one] for one in range(len(self))[place]]
        rows, table = self._rounds[place]
        parts = np.asarray(table).reshape(len(rows), -1, len(self._classes))
        X = _safe_indexing(self._X, rows)
        return Exchange(X, parts.swapaxes(0, 1), self._classes)
