"""The pool of records that shadow models were trained on, and their answers."""

from __future__ import annotations

from copy import copy
from functools import partial
from itertools import compress
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted

from skmia.shadow._beside import beside
from skmia.shadow._operated import Operated, OtherAnswers
from skmia.shadow._training import session_of
from skmia.signals._registry import default_signals
from skmia.targets import Pairs, Session
from skmia.targets._gathered import gathered
from skmia.targets._recorded import Recorded
from skmia.utils._bits import Bits, rows_of
from skmia.utils._cache import hashed_once
from skmia.utils._records import n_records
from skmia.utils._spilled import Spill, Spilled
from skmia.utils._typing import FittedClassifier, MatrixLike

if TYPE_CHECKING:
    from skmia.signals._base import Signal, SignalsLike

# Arrays with an entry for each model.
_OF_MODELS = (
    "trained_by_",
    "why_generic_",
    "operated_",
    "refusals_",
)


class ShadowPool:
    """Fitted part of :class:`ShadowModels`: who was trained on what, who says what.

    Either the models are kept (``estimators_``) or their recorded answers are.
    """

    def _keep(self, X, y, classes, splits, shadows, signals=None):
        """Fitted state that trained and adopted models share; forgets older state.

        With `signals`, the shadows' own is what was recorded, or the model itself.
        """
        self._X, self._y, self.classes_ = X, y, classes
        self.n_models_ = len(splits)
        self._inside = [_marked(train, n_records(X)) for train, _ in splits]
        self._outside = [_marked(test, n_records(X)) for _, test in splits]
        self.trained_by_ = np.full(len(splits), None, dtype=object)
        self.why_generic_ = self.trained_by_.copy()
        self._sessions, self._recorded = [], signals
        spill = Spill()
        self._operated, self.operated_ = [], np.zeros(len(splits), dtype=bool)
        self.refusals_ = np.full(len(splits), None, dtype=object)
        for i, (model, other) in enumerate(shadows):
            known = {"classes": classes, "member": self._inside[i]}
            session = (
                Recorded(signals, model, X, y, **known)
                if isinstance(model, np.ndarray | Spilled)
                else session_of(model, X, y, white_box=True, **known)
            )
            self._sessions.append(session)
            if isinstance(other, OtherAnswers):
                self._operated.append(Operated(other, session, spill))
                self.operated_[i] = True
            else:
                self.refusals_[i] = other

    @property
    def membership_(self) -> NDArray[np.bool_]:
        """Which record each model was trained on, (n_models, n_records)."""
        return self._rows_of("_inside")

    @property
    def tested_(self) -> NDArray[np.bool_]:
        """Which record is a known non-member of each model, (n_models, n_records)."""
        return self._rows_of("_outside")

    def _rows_of(self, name, n_models=None):
        if not hasattr(self, name):  # as of an attribute: a fit makes it
            raise AttributeError(
                f"This {type(self).__name__} is not fitted yet: it has no models."
            )
        return rows_of(getattr(self, name)[:n_models], n_records(self._X))

    @property
    def estimators_(self) -> list[Any]:
        """The models, where they were kept; loaded, if they are in a cache."""
        check_is_fitted(self)
        if self._recorded is not None:
            raise AttributeError(
                "The models were dropped after their signals had been recorded. Fit "
                "with signals=None to keep them."
            )
        return [session.model for session in self._sessions]

    def sessions(self, *, both_sides: bool = False) -> list[Session]:
        """Conversations with the models, about the adversary's records.

        Parameters
        ----------
        both_sides : bool, default=False
            Whether those of the other side come after them.

        Returns
        -------
        sessions : list of Session
        """
        check_is_fitted(self)
        return [*self._sessions, *(self._operated if both_sides else ())]

    def without(self, session: Session) -> Self:
        """The same without a model, and without those that tell who is in it.

        Parameters
        ----------
        session : Session
            Of the model.

        Returns
        -------
        shadows : ShadowModels
        """
        rest, there = copy(self), [not one.tells_of(session) for one in self._sessions]
        for name in ("_sessions", "_inside", "_outside"):
            setattr(rest, name, list(compress(getattr(self, name), there)))
        rest._operated = [one for one in self._operated if not one.tells_of(session)]
        for name in _OF_MODELS:
            setattr(rest, name, getattr(self, name)[there])
        rest.n_models_ = len(rest._sessions)
        return rest

    def tells_both_sides(self, signals: list[Signal] | None) -> bool:
        """Whether every model answers for both sides of every record, and exactly.

        Parameters
        ----------
        signals : list of Signal or None
            What is asked.

        Returns
        -------
        told : bool
        """
        return self.operated_.all() and all(
            one.exact and one.tells(signals) for one in self._operated
        )

    def pairs(
        self, n_models: int | None = None
    ) -> tuple[Pairs, NDArray[np.int_], NDArray[np.int_]]:
        """Shadow models and records as examples whose membership is known.

        What an attack is fitted on: ``attack.fit(pairs, member)``.

        Parameters
        ----------
        n_models : int, default=None
            Shadow models that make examples, from the first; None for all. The others
            stay at hand: attacks that compare take them for references.

        Returns
        -------
        pairs : skmia.targets.Pairs
            One pair per model and record in its train or test part.
        member : ndarray of int of shape (n_pairs,)
            1 where the model was trained on the record.
        shadow : ndarray of int of shape (n_pairs,)
            Index of the model: the groups for a cross-validation of the attack.
        """
        check_is_fitted(self)
        membership = self._rows_of("_inside", n_models)
        asked = membership | self._rows_of("_outside", n_models)
        pairs = Pairs(self.sessions(both_sides=True), np.flatnonzero(asked))
        member = membership[asked].astype(int)
        return pairs, member, np.repeat(np.arange(len(asked)), asked.sum(axis=1))

    def observations(
        self, signals: SignalsLike | None = None
    ) -> tuple[pd.DataFrame, NDArray[np.int_], NDArray[np.int_]]:
        """What every shadow model gives away about its members and non-members.

        Parameters
        ----------
        signals : str, Signal or list of them, default=None
            What to compute. None: what was recorded, or the default signals.

        Returns
        -------
        Z : DataFrame of shape (n_observations, n_columns)
            Observations, one row per model and record in its train or test part.
        member : ndarray of int of shape (n_observations,)
            1 where the model was trained on the record.
        shadow : ndarray of int of shape (n_observations,)
            Index of the model: the groups for a cross-validation of the attack.
        """
        check_is_fitted(self)
        if signals is None:
            signals = self._recorded or default_signals(*self._sessions)
        answers, columns = self._answers(signals)
        membership = self.membership_
        asked = membership | self.tested_
        shadow, _ = np.nonzero(asked)
        Z = pd.DataFrame(answers[asked], columns=columns)
        return Z, membership[asked].astype(int), shadow

    def reference(
        self,
        signals: SignalsLike,
        X: MatrixLike | None = None,
        y: ArrayLike | None = None,
    ) -> NDArray[np.float32]:
        """Signals of every shadow model on the same records, one column per model.

        Parameters
        ----------
        signals : str, Signal or list of them
            What to compute.
        X : {array-like, sparse matrix, DataFrame}, default=None
            Records. None for the pool, in its order, so that the columns of
            ``membership_`` fit.
        y : array-like, default=None
            Labels of `X`.

        Returns
        -------
        values : ndarray of float32, (n_records, n_models) or \
                (n_records, n_models, n_columns)
            Two-dimensional when there is one column.
        """
        check_is_fitted(self)
        answers, columns = self._answers(signals, X, y)
        values = answers.transpose(1, 0, 2).astype(np.float32)
        return values[:, :, 0] if len(columns) == 1 else values

    def reference_observations(
        self,
        target: FittedClassifier | pd.DataFrame,
        signals: SignalsLike,
        X: MatrixLike | None = None,
        y: ArrayLike | None = None,
    ) -> pd.DataFrame:
        """Signals of a target beside those of the shadow models, record by record.

        The observations of attacks that compare (LiRA, RMIA, calibrated losses).

        Parameters
        ----------
        target : fitted classifier or DataFrame
            The model under attack, or what it gave away already: observations of the
            same records, with the columns of `signals` among others.
        signals : str, Signal or list of them
            What to compute.
        X : {array-like, sparse matrix, DataFrame}, default=None
            Candidates. Where some of them are among the records of the shadow models,
            features and label, the table says which models were trained on which.
            None: those records themselves.
        y : array-like, default=None
            Labels of `X`.

        Returns
        -------
        Z : DataFrame of float32 of shape (n_records, n_table_columns)
            Columns ``<signal>|target``, ``<signal>|0`` ... ``<signal>|N-1`` and, where
            any candidate is known, ``in|0`` ... ``in|N-1``.
        """
        check_is_fitted(self)
        own = target if isinstance(target, pd.DataFrame) else None
        if X is None:
            X, y = self._X, self._y
        session = Session(None if own is not None else target, X, y)
        references = self.sessions(both_sides=True)
        return beside(session, references, signals, self.classes_, own)

    def pseudo_observations(
        self, signals: SignalsLike, n_targets: int | None = None
    ) -> tuple[pd.DataFrame, NDArray[np.int_], NDArray[np.int_]]:
        """Shadow models in the place of the target, each beside all the others.

        What a reference attack is fitted on: membership in a shadow model is known.

        Parameters
        ----------
        signals : str, Signal or list of them
            What to compute.
        n_targets : int, default=None
            Number of shadow models to take as targets, from the first; None for all.

        Returns
        -------
        Z : DataFrame of float32 of shape (n_observations, n_table_columns)
            As from :meth:`reference_observations` with one reference less.
        member : ndarray of int of shape (n_observations,)
            1 where the pseudo-target was trained on the record.
        shadow : ndarray of int of shape (n_observations,)
            Index of the pseudo-target.
        """
        pairs, member, shadow = self.pairs(n_targets)
        tables = (
            (partial(self._beside_others, target, pairs.parts, signals), rows, places)
            for target, rows, places in pairs.by_part()
        )
        return gathered(tables, len(pairs)), member, shadow

    def _beside_others(self, target, parts, signals, room):
        others = [one for one in parts if not one.same_as(target)]
        return beside(target, others, signals, self.classes_, room=room)

    def _answers(self, signals, X=None, y=None):
        """Answers (n_models, n_records, n_columns) and names of the columns."""
        with hashed_once():
            tables = [
                session.observe(signals, X, y, classes=self.classes_)
                for session in self._sessions
            ]
        return np.stack([Z.to_numpy() for Z in tables]), list(tables[0])


def _marked(rows, n_records):
    """Bits that are set for some of the records."""
    inside = np.zeros(n_records, dtype=bool)
    inside[rows] = True
    return Bits(inside)
