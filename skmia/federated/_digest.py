"""A party of a federated distillation: it learns what all say, and its own records."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.utils import _safe_indexing, check_random_state

from skmia.federated._learners import goes_on, learner_of
from skmia.utils._global_generator import seeded_torch
from skmia.utils._labels import encode_labels
from skmia.utils._random import draw_seeds, set_random_states
from skmia.utils._records import concatenate
from skmia.utils._soft_labels import draw_labels, fit_soft_labels


@dataclass(frozen=True)
class Party:
    """A classifier and the records that nobody else sees.

    Parameters
    ----------
    estimator : classifier
        What it trains, not fitted.
    X, y : its records and labels
        Perhaps none.
    classes : ndarray of shape (n_classes,)
        Labels of all parties.
    model : classifier or None
        What has become of `estimator`.
    """

    estimator: Any
    X: Any
    y: np.ndarray
    classes: np.ndarray
    model: Any = None


def learn(party, X, targets, n_digests, n_revisits, seed):
    """The party after it learned a consensus, then its own records.

    Parameters
    ----------
    party : Party
    X : public records
    targets : ndarray of shape (n_public, n_classes) or None
        Consensus about them; None: there is none yet.
    n_digests, n_revisits : int
        Passes over the public and the own records, where training goes on.
    seed : int

    Returns
    -------
    party : Party
    """
    rng = check_random_state(seed)
    if goes_on(party.estimator):
        model = _go_on(party, X, targets, n_digests, n_revisits, rng)
    else:
        model = _anew(party, X, targets, rng)
    return replace(party, model=model)


def _go_on(party, X, targets, n_digests, n_revisits, rng):
    learner, model = learner_of(party.estimator), party.model
    if model is None:
        # Any two records say how many features there are.
        two, classes = _safe_indexing(X, [0, 0]), party.classes
        model = learner.start(party.estimator, two, classes, classes, draw_seeds(rng))
    for _ in range(0 if targets is None else n_digests):
        labels = party.classes[draw_labels(targets, 1, rng)[1]]
        vector = learner.train(model, X, labels, 1, draw_seeds(rng))
        model = learner.with_vector(model, vector)
    if not len(party.y):
        return model
    vector = learner.train(model, party.X, party.y, n_revisits, draw_seeds(rng))
    return learner.with_vector(model, vector)


def _anew(party, X, targets, rng):
    own = np.eye(len(party.classes))[encode_labels(party.y, party.classes)]
    if targets is not None:
        X, own = concatenate([party.X, X]), np.vstack([own, targets])
    else:
        X = party.X
    model, seed = set_random_states(clone(party.estimator), rng), draw_seeds(rng)
    with seeded_torch(model, seed):
        return fit_soft_labels(model, X, own, party.classes, random_state=seed)
