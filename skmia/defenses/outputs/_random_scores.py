"""Scores of random records in place of the true ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from skmia.defenses._base import OutputDefense
from skmia.defenses._numbers import features_of, takes_numbers
from skmia.defenses.outputs._random_records import RandomRecords, place_by_rank
from skmia.utils._arrays import answer_of
from skmia.utils._card import DefenseCard
from skmia.utils._record_keys import coarse_keys
from skmia.utils._record_noise import record_uniforms
from skmia.utils._records import like
from skmia.utils._secret_stream import secret_key
from skmia.utils._typing import Classifier, RandomStateLike


class RandomScorePosterior(OutputDefense):
    """Classifier that releases the ranking of the classes, with scores of no record.

    For each query a random record is drawn and the model is asked about it. The sorted
    entries of that answer are released in the order of the true one: label and ranking
    are true, the numbers tell nothing of the query. The random record is a secret
    function of the query, so that it gets the same answer whenever it is asked.

    Works on *records*: `X` holds features, dense and numeric, `y` class labels.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : classifier
        Model to defend; needs ``predict_proba``. `fit` clones it.
    bounds : tuple (low, high), default=None
        Between what the features of random records are drawn uniformly: numbers, or
        one for each feature. None for the smallest and the largest value of each
        feature in `fit`. Features that are whole numbers in all records of `fit` are
        drawn as such.
    random_state : int, RandomState instance or None, default=None
        Key of the draws. An int that others may guess is no secret.

    Attributes
    ----------
    estimator_ : classifier
        The fitted, undefended clone. It belongs to the owner, not to the interface.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    skmia.neural.HAMPClassifier : Together with the training that HAMP consists of.
    LabelOnly : Releases less.

    Notes
    -----
    Threat model: the adversary sees scores. No formal guarantee: what is left is the
    ranking, which members and others may differ in, and the label, so that attacks on
    labels find what they found before. A query costs two answers of the model.

    With equal largest entries in the answer about the random record, the first is
    larger by the last digit, and a row may sum to 1 but for that.

    References
    ----------
    Z. Chen, K. Pattabiraman, "Overconfidence is a Dangerous Thing: Mitigating
    Membership Inference Attacks by Enforcing Less Confident Prediction", NDSS 2024.
    :arxiv:`2307.01610`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.defenses import RandomScorePosterior
    >>> X, y = load_iris(return_X_y=True)
    >>> model = RandomScorePosterior(GaussianNB(), random_state=0).fit(X, y)
    >>> model.score(X, y) == GaussianNB().fit(X, y).score(X, y)
    True
    """

    _voids_guarantee = (
        "the range of each column, and whether it holds whole numbers, are those of "
        "the training records, without noise"
    )
    _card = DefenseCard(
        family="output mask",
        addresses=("scores",),
        broken_by="the gap attack; label-only attacks; what the ranking tells",
        paper="Chen and Pattabiraman 2024",
    )

    _parameter_constraints = OutputDefense._parameter_constraints | {
        "bounds": [tuple, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        bounds: tuple[Any, Any] | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.bounds = bounds
        self.random_state = random_state

    def _learn(self, X, y, sample_weight):
        learned = super()._learn(X, y, sample_weight)
        numbers = features_of(_flat(X), type(self).__name__)
        records = RandomRecords.like(numbers, self._checked_bounds(numbers.shape[1]))
        return {
            "_records": records,
            "_secret": secret_key(self.random_state),
            **learned,
        }

    def _release(self, P, X):
        keys = coarse_keys(_flat(X), self)
        drawn = self._records.at(
            record_uniforms(keys, len(self._records.low), self._secret)
        )
        drawn = drawn.reshape(X.shape) if _are_blocks(X) else like(X, drawn)
        return place_by_rank(answer_of(self.estimator_, "predict_proba", drawn), P)

    def _checked_bounds(self, n_features):
        if self.bounds is None:
            return None
        try:
            low, high = self.bounds
            low, high, _ = np.broadcast_arrays(low, high, np.empty(n_features))
            right = np.isfinite(low).all() and np.isfinite(high).all()
            right = right and low.shape == (n_features,) and (low <= high).all()
        except (TypeError, ValueError):
            right = False
        if not right:
            raise ValueError(
                f"The 'bounds' parameter of {type(self).__name__} must be a tuple "
                "(low, high) of numbers, or of one for each of the "
                f"{n_features} features, low not above high. Got {self.bounds!r}."
            )
        return low, high

    def __sklearn_tags__(self):
        return takes_numbers(super().__sklearn_tags__())


def _flat(X):
    """Records as rows: images, say, as one row for each."""
    return X.reshape(len(X), -1) if _are_blocks(X) else X


def _are_blocks(X):
    return getattr(X, "ndim", 2) > 2
