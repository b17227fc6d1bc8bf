"""A model of a knowledge graph, seen by its score of a triple beside corrupted ones."""

from __future__ import annotations

from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone

from skmia.tasks._wrapped import check_there, trains
from skmia.utils._sklearn import (
    HasMethods,
    InvalidParameterError,
    _fit_context,
    available_if,
)
from skmia.utils._typing import Estimator, FittedModel


class TripleScorer(MetaEstimatorMixin, BaseEstimator):
    """A model of a knowledge graph: a record is a triple of head, relation and tail.

    What it says of a triple is compared with what it says of the same with any other
    tail, so that frequent heads and relations are no members for that. A target for
    audits and games like any density.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : estimator
        ``fit(triples)``, and ``score_samples(triples)``, which is higher the more
        plausible a triple is. A clone of it is fitted.
    tails : array-like of shape (n_tails,)
        Entities that stand in for a tail.

    Attributes
    ----------
    estimator_ : estimator
        The fitted clone, or the model given to :meth:`of`.

    See Also
    --------
    NodeClassifier : Graphs whose links have no names.

    Notes
    -----
    Threat model: the adversary asks for the plausibility of triples. One record costs
    as many answers as there are tails, and counts as one query.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.tasks import TripleScorer
    >>> def plausible(triples):
    ...     return np.where(triples[:, 2] == "Paris", 3.0, 1.0)
    >>> model = TripleScorer.of(plausible, ["Paris", "Rome", "Oslo"])
    >>> model.score_samples(np.array([["France", "capital", "Paris"]])).round(2)
    array([2.])
    """

    _parameter_constraints: dict = {
        "estimator": [HasMethods(["fit", "score_samples"])],
        "tails": ["array-like"],
    }

    def __init__(self, estimator: Estimator, tails: ArrayLike) -> None:
        self.estimator = estimator
        self.tails = tails

    @classmethod
    def of(cls, model: FittedModel, tails: ArrayLike) -> TripleScorer:
        """A model that is there already, an object or a function of triples.

        Parameters
        ----------
        model : object or callable
            Has ``score_samples``, or is that function.
        tails : array-like of shape (n_tails,)
            Entities that stand in for a tail.

        Returns
        -------
        scorer : TripleScorer
            It is fitted. What has no ``fit`` cannot be trained again: an audit needs
            the adversary's own as `shadow_estimator` then.

        Raises
        ------
        ValueError
            The model scores nothing.
        """
        if not (hasattr(model, "score_samples") or callable(model)):
            raise InvalidParameterError(
                "The 'model' parameter of TripleScorer.of must have score_samples, or "
                f"be that function. Got {model!r}."
            )
        scorer = cls(model, tails)
        scorer.estimator_ = model
        return scorer

    @available_if(trains)
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Fit a clone of the estimator to triples.

        Parameters
        ----------
        X : array-like of shape (n_triples, 3)
            Heads, relations and tails.
        y : ignored
            There are no labels.

        Returns
        -------
        self : object
        """
        _tails(self.tails)  # before a long fit
        self.estimator_ = clone(self.estimator).fit(_triples(X))
        return self

    def score_samples(self, X: ArrayLike) -> np.ndarray:
        """How plausible each triple is beside the same with other tails.

        Parameters
        ----------
        X : array-like of shape (n_triples, 3)
            Heads, relations and tails.

        Returns
        -------
        score : ndarray of shape (n_triples,)
            Its plausibility less the mean of those with another tail, 0 where there is
            none.
        """
        check_there(self)
        triples, tails = _triples(X), _tails(self.tails)
        own = self._plausible(triples)
        # In a type that holds them, or tails would be rounded, or cut.
        both = {triples.dtype.kind, tails.dtype.kind} <= set("iuf")
        held = np.result_type(triples, tails) if both else object
        corrupted = np.repeat(triples, len(tails), axis=0).astype(held)
        corrupted[:, 2] = np.tile(tails, len(triples))
        others = self._plausible(corrupted).reshape(len(triples), len(tails))
        is_other = tails != triples[:, [2]]
        n_others = is_other.sum(axis=1)
        mean = np.where(is_other, others, 0).sum(axis=1) / np.maximum(n_others, 1)
        return np.where(n_others > 0, own - mean, 0)

    def _plausible(self, triples):
        ask = getattr(self.estimator_, "score_samples", self.estimator_)
        said = np.asarray(ask(triples), dtype=float)
        if said.shape != (len(triples),):
            raise ValueError(
                f"score_samples of {type(self.estimator_).__name__} must give a number "
                f"for each of {len(triples)} triples. Got an array of shape "
                f"{said.shape}."
            )
        return said

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        return tags


def _tails(tails):
    """Each entity once."""
    tails = np.asarray(tails)
    missing = pd.isna(tails)
    if missing.any():
        raise InvalidParameterError(
            "The 'tails' parameter of TripleScorer must hold entities, none of them "
            f"missing. Got {tails[missing][0]!r} among {tails.size}."
        )
    return np.unique(tails)


def _triples(X):
    triples = np.asarray(X)
    if triples.ndim != 2 or triples.shape[1] != 3:
        raise ValueError(
            "The records of TripleScorer must be triples, of a head, a relation and a "
            f"tail. Got an array of shape {triples.shape}."
        )
    # Tails of other lengths must have room.
    return triples.astype(object) if triples.dtype.kind in "US" else triples
