"""Training in shards, so that forgetting a record retrains one of them."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.utils import _safe_indexing, check_random_state, column_or_1d
from sklearn.utils.validation import check_is_fitted

from skmia.defenses._base import TrainsAnew
from skmia.defenses.training._shards import Shard
from skmia.utils._equal_records import number_records
from skmia.utils._parallel import in_parallel
from skmia.utils._random import set_random_states
from skmia.utils._sklearn import COUNT, JOBS
from skmia.utils._typing import Estimator, MatrixLike, RandomStateLike
from skmia.utils._wrapper import ModelWrapper


class TrainsShards(TrainsAnew, ModelWrapper):
    """A defense that trains a model on each shard of the records, and forgets some.

    Subclasses implement ``_together(models, y)``, what answers for all of them, and may
    refuse labels in ``_check_left``.
    """

    _voids_guarantee = (
        "the records of a shard are fitted again when one of them is forgotten"
    )
    _no_weights = "a shard that forgets a record is trained again without them"

    _parameter_constraints = ModelWrapper._parameter_constraints | {
        "n_shards": [COUNT],
        "n_slices": [COUNT],
        "n_jobs": JOBS,
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Estimator,
        *,
        n_shards: int = 5,
        n_slices: int = 1,
        n_jobs: int | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.n_shards = n_shards
        self.n_slices = n_slices
        self.n_jobs = n_jobs
        self.random_state = random_state

    def forget(self, X: MatrixLike, y: ArrayLike, rows: Any) -> Self:
        """Train the shards of some records anew without them.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            The records that `fit` was given, in that order, those that were forgotten
            before included: the model holds none.
        y : array-like of shape (n_samples,)
            Their labels.
        rows : array-like of int or of bool
            Places of the records to forget, or a mask of shape (n_samples,).

        Returns
        -------
        self : object
        """
        check_is_fitted(self)
        X, y = self._check_records(X, y)
        rows = self._check_rows(y, rows)
        self._check_known(y)
        self.estimator_.predict(_safe_indexing(X, [0]))  # which knows their features
        left = np.setdiff1d(np.flatnonzero(self.shard_ >= 0), rows)
        self._check_left(y[left])
        first = {
            int(shard): int(self.slice_[rows][self.shard_[rows] == shard].min())
            for shard in np.unique(self.shard_[rows])
        }
        place = self.shard_.copy()
        place[rows] = -1
        self.__dict__.update(
            self._train_shards(X, y, place, self.slice_, self._shards, first)
        )
        return self

    def _check_rows(self, y, rows):
        name = type(self).__name__
        if len(y) != len(self.shard_):
            raise ValueError(
                f"{name}.forget must be given the {len(self.shard_)} records of fit, "
                f"in that order. Got {len(y)}."
            )
        rows = column_or_1d(rows)
        if rows.dtype == bool and len(rows) == len(y):
            rows = np.flatnonzero(rows)
        known = rows.dtype.kind in "iu" and ((rows >= 0) & (rows < len(y))).all()
        if not known or not len(rows):
            raise ValueError(
                f"The 'rows' parameter of {name}.forget must be places of training "
                f"records, 0 to {len(y) - 1}, or a mask of as many. Got {rows!r}."
            )
        rows = np.unique(rows)
        again = rows[self.shard_[rows] < 0]
        if len(again):
            raise ValueError(
                f"{name} has forgotten the records {again[:5].tolist()} before."
            )
        return rows

    @abstractmethod
    def _together(self, models, y):
        """What answers for the models of shards with these labels."""

    @abstractmethod
    def _check_known(self, y):
        """Refuse labels that cannot be those of `fit`; who they are of is not kept."""

    def _check_left(self, y):
        """Refuse to forget all other labels than these."""

    def _classes(self, y):
        """What ``partial_fit`` must know of all shards; None for nothing."""
        return None

    def _train(self, X, y, sample_weight=None):
        if self.n_slices > 1 and not hasattr(self.estimator, "partial_fit"):
            raise TypeError(
                f"With n_slices={self.n_slices} the 'estimator' parameter of "
                f"{type(self).__name__} must have partial_fit. Got {self.estimator!r}."
            )
        rng = check_random_state(self.random_state)
        number = number_records(X)
        n_records = number.max() + 1
        place = rng.randint(self.n_shards, size=n_records)[number]
        slices = rng.randint(self.n_slices, size=n_records)[number]
        shards = [
            Shard(set_random_states(clone(self.estimator), rng), self.n_slices)
            for _ in range(self.n_shards)
        ]
        first = dict.fromkeys(range(self.n_shards), 0)
        return self._train_shards(X, y, place, slices, shards, first)

    def _train_shards(self, X, y, place, slices, shards, first):
        """Fitted attributes; shards are trained from the slice that `first` says."""
        calls = [
            {
                "shard": shards[one],
                "slices": np.where(place == one, slices, -1),
                "first": start,
            }
            for one, start in first.items()
        ]
        shared = {"X": X, "y": y, "classes": self._classes(y[place >= 0])}
        trained = in_parallel(_trained, calls, shared=shared, n_jobs=self.n_jobs)
        shards = list(shards)
        for one, shard in zip(first, trained, strict=True):
            shards[one] = shard
        models = [shard.model for shard in shards if shard.model is not None]
        _check_records_of_constants(X, place, shards)
        return {
            "estimator_": self._together(models, y[place >= 0]),
            "shard_": place,
            "slice_": slices,
            "_shards": shards,
        }


def _check_records_of_constants(X, place, shards):
    """Have a model look at the records of shards with one class, which none has."""
    constant = [isinstance(shard.model, DummyClassifier) for shard in shards]
    rows = np.flatnonzero(np.isin(place, np.flatnonzero(constant)))
    learned = [
        shard.model
        for shard, alone in zip(shards, constant, strict=True)
        if shard.model is not None and not alone
    ]
    if len(rows) and learned:
        learned[0].predict(_safe_indexing(X, rows))


def _trained(shard, **how):
    """Of a module, so that workers can be sent to it."""
    return shard.trained(**how)
