"""What all attacks that compare a target with reference models share."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from functools import partial
from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.attacks.models._binary import BinaryAttackMixin
from skmia.attacks.statistics._ranks import find_direction
from skmia.utils._cut import OBJECTIVES, best_cut
from skmia.utils._membership import encode_membership
from skmia.utils._reference_table import split_table
from skmia.utils._sklearn import FRACTION, StrOptions, _fit_context

_OFFLINE = "(mode='offline')"


class ReferenceAttack(BinaryAttackMixin, BaseEstimator, metaclass=ABCMeta):
    """Attack on observations that lay the target beside reference models.

    Level: observations, in the form of
    :meth:`skmia.ShadowModels.reference_observations`. Subclasses implement ``_score``,
    from one signal's view to a member-oriented score per record, and ``_learn`` when
    they need anything that is common to all records. With several signals the score
    is the mean of theirs. A table with names may hold another number of references in
    ``predict`` than in ``fit``: a pseudo-target has one reference less.
    """

    _parameter_constraints = {"objective": [StrOptions(OBJECTIVES)], "fpr": [FRACTION]}
    # For a threshold and what records have in common; benchmarks/bench_most_pairs.py.
    most_pairs = 200_000
    # The attack to take, if not this one, where no reference knows the candidates.
    _for_strangers: str | None = None

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, Z: ArrayLike, y: ArrayLike) -> Self:
        """Learn what is common to all records, and the threshold.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations of a model whose members are known, usually of a shadow model
            as pseudo-target; see :meth:`skmia.ShadowModels.pseudo_observations`.
        y : array-like of shape (n_samples,)
            Membership: 1 = member, 0 = non-member.

        Returns
        -------
        self : object
        """
        Z, y = validate_data(
            self, Z, y, dtype=[np.float64, np.float32], ensure_min_features=2
        )
        self.classes_, member = encode_membership(self, y)
        views = split_table(Z, getattr(self, "feature_names_in_", None))
        self._columns = [view.column for view in views]
        views = self._learn_columns(views)
        self._states = [self._learn(view, member) for view in views]
        self.threshold_ = self._threshold(views, member)
        return self

    def _threshold(self, views, member):
        return best_cut(self._mean_score(views), member, self.objective, self.fpr)

    def _views(self, Z):
        """Views of a table to score: with any number of references, if it has names."""
        if not (hasattr(self, "feature_names_in_") and hasattr(Z, "columns")):
            Z = validate_data(self, Z, reset=False, dtype=[np.float64, np.float32])
            return self._compared(split_table(Z))
        views = split_table(check_array(Z, dtype=[np.float64, np.float32]), Z.columns)
        columns = [view.column for view in views]
        if columns != self._columns:
            raise ValueError(
                f"The attack was fitted on the signals {self._columns}, the table "
                f"holds {columns}."
            )
        return self._compared(views)

    def _check_same_knowledge(self, views):
        """Refuse strangers where the score and its threshold are those of in models."""
        if getattr(self, "mode_", None) == "online" and views[0].inside is None:
            name = type(self).__name__
            raise ValueError(
                f"{name} was fitted on observations that say which reference was "
                "trained on which record (mode_='online'). These do not: no reference "
                f"knows the candidates. Fit {self._for_strangers or name + _OFFLINE}."
            )

    def _mean_score(self, views):
        scores = [
            self._score(view, state)
            for view, state in zip(views, self._states, strict=True)
        ]
        return np.mean(scores, axis=0, dtype=float)

    def _learn_columns(self, views):
        """Learn what columns have to do with each other; views that are compared."""
        return views

    def _compared(self, views):
        """Views that are compared, from those of the columns."""
        return views

    def _learn(self, view, member):
        """What is common to all records; the state that ``_score`` gets."""
        return None

    @abstractmethod
    def _score(self, view, state):
        """Member-oriented score of each record, (n_records,), each from its own row."""

    def decision_function(self, Z: ArrayLike) -> np.ndarray:
        """Score relative to the threshold: positive = member.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        score : ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        views = self._views(Z)
        self._check_same_knowledge(views)
        return self._mean_score(views) - self.threshold_


def within(clip):
    """What sets signals within plus and minus `clip`, of which None is infinite."""
    return np.asarray if clip is None else partial(np.clip, a_min=-clip, a_max=clip)


class DirectedReferenceAttack(ReferenceAttack):
    """Reference attack that looks on one side of the references: `direction`."""

    _parameter_constraints = ReferenceAttack._parameter_constraints | {
        "direction": [StrOptions({"auto", "higher", "lower"})]
    }

    def __init__(
        self,
        *,
        direction: Literal["auto", "higher", "lower"] = "auto",
        objective: Literal["advantage", "accuracy", "tpr_at_fpr"] = "advantage",
        fpr: float = 0.01,
    ) -> None:
        self.direction = direction
        self.objective = objective
        self.fpr = fpr

    def _sign(self, score, member):
        """1 or -1, by which signals are multiplied; ``score()`` is that of 1."""
        values = score() if self.direction == "auto" else None
        higher = find_direction(self.direction, values, member) == "higher"
        return 1 if higher else -1
