"""Distillation across folds: who teaches whom."""

from __future__ import annotations

from abc import abstractmethod
from numbers import Integral
from typing import Literal

import numpy as np
from sklearn.utils import _safe_indexing

from skmia.defenses.distillation._teachers import Distills, fit_clones
from skmia.utils._sklearn import JOBS, Interval, StrOptions
from skmia.utils._typing import Estimator, RandomStateLike


class TaughtAcrossFolds(Distills):
    """A distillation in which teachers of other folds label each record."""

    _voids_guarantee = (
        "several models are trained on each record, and the student again"
    )

    _parameter_constraints = Distills._parameter_constraints | {
        "scheme": [StrOptions({"complement", "fold"})],
        "cv": [Interval(Integral, 2, None, closed="left")],
        "n_jobs": JOBS,
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Estimator,
        *,
        student: Estimator | None = None,
        scheme: Literal["complement", "fold"] = "complement",
        cv: int = 5,
        n_jobs: int | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.student = student
        self.scheme = scheme
        self.cv = cv
        self.n_jobs = n_jobs
        self.random_state = random_state

    @abstractmethod
    def _answers(self, teacher, X, y):
        """What a teacher says of records, of labels like these, in columns."""

    def _folds(self, number, labels, rng):
        """Fold of each record, by number and a class for each different one."""
        if self.cv > len(labels):
            raise ValueError(
                f"The 'cv' parameter of {type(self).__name__} must be at most the "
                f"number of different training records: {len(labels)}. Got {self.cv} "
                "instead."
            )
        return deal_folds(labels, self.cv, rng, np.bincount(number))[number]

    def _teach(self, X, y, folds, rng, sample_weight, n_columns):
        """Mean answer of the teachers that did not see a record."""
        learned = [(folds == j) == (self.scheme == "fold") for j in range(self.cv)]
        parts = [np.flatnonzero(seen) for seen in learned]
        teachers = fit_clones(
            self.estimator, X, y, parts, rng, self.n_jobs, sample_weight
        )
        taught = np.zeros((len(y), n_columns))
        for teacher, seen in zip(teachers, learned, strict=True):
            unseen = np.flatnonzero(~seen)
            taught[unseen] += self._answers(teacher, _safe_indexing(X, unseen), y)
        return taught if self.scheme == "complement" else taught / (self.cv - 1)


def deal_folds(labels, n_folds, rng, sizes):
    """Fold of each different record; classes and folds are as even as they can be.

    Class by class, in random order but those that came most often first, each goes to
    the fold with the fewest of its class, of equal ones the smallest. Where each came
    once, that is dealing in turn, beginning where the last class ended.

    scikit-learn's StratifiedGroupKFold warns of, or refuses, classes with fewer records
    than folds.

    Parameters
    ----------
    labels : ndarray of shape (n_records,)
        Class of each different record.
    n_folds : int
    rng : RandomState
    sizes : ndarray of int of shape (n_records,)
        How often each record came.

    Returns
    -------
    folds : ndarray of int of shape (n_records,)
    """
    codes = np.unique(labels, return_inverse=True)[1]
    order = rng.permutation(len(labels))
    order = order[np.lexsort((-sizes[order], codes[order]))]
    folds = np.empty(len(labels), dtype=np.intp)
    dealt = np.zeros((codes.max() + 1, n_folds), dtype=np.int64)
    in_fold, n_rows = np.zeros(n_folds, dtype=np.int64), sizes.sum()
    for i in order:
        # The second counts only between folds with equally many of the class.
        folds[i] = np.argmin(dealt[codes[i]] * (n_rows + 1) + in_fold)
        dealt[codes[i], folds[i]] += sizes[i]
        in_fold[folds[i]] += sizes[i]
    return folds
