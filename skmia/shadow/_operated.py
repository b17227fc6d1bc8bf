"""Shadow models that stand for the other side of every record, too."""

from dataclasses import dataclass

import numpy as np
from sklearn.utils import _safe_indexing

from skmia.shadow.surgery._other_side import other_side
from skmia.shadow.surgery._registry import last_step, operation_of
from skmia.targets._told import Told
from skmia.utils._arrays import answer_of
from skmia.utils._kinds import is_regressor
from skmia.utils._plain_values import plain
from skmia.utils._records import n_records

# Multiplications for one model: some seconds.
_MOST_WORK = 1.5e10


@plain
@dataclass(frozen=True)
class OtherAnswers:
    """What a model would answer about each record, were it trained the other way.

    Attributes
    ----------
    method : {"predict_proba", "decision_function", "predict"}
        What would be asked; the last of a regressor.
    classes : ndarray of shape (n_classes,) or None
        Labels that the model knows; None of a regressor.
    values : ndarray of float64 of shape (n_records, n_classes)
        One column per class, also for decision values; of a regressor per output.
    changed : ndarray of bool of shape (n_records,)
        Records that these are answers of the other side about. About the others there
        is none, and the model's own answer stands here once more.
    exact : bool
        Whether a model that is trained anew would answer so, up to rounding.
    """

    method: str
    classes: np.ndarray | None
    values: np.ndarray
    changed: np.ndarray
    exact: bool


def other_answers(model, rows, X, y, alone, weighted=False, pool=None):
    """Answers of a model's other side, or why there are none.

    Parameters
    ----------
    model : fitted classifier
    rows : ndarray of int
        Records that it was trained on.
    X, y : all records, and labels
    alone : ndarray of bool of shape (n_records,)
        Records that belong to no others: one of several copies does not change sides
        alone.
    weighted : bool, default=False
        Whether records had weights.
    pool : PoolAnswers, default=None
        What models like it say about the records.

    Returns
    -------
    answers : OtherAnswers or str
    """
    if weighted:
        return "Its records have weights, or other values of their own."
    if not alone.any():
        return "Every record belongs to others, and does not change sides alone."
    inside = inside_once(rows, X)
    if inside is None:
        return "It was trained on some records more than once."
    work = getattr(operation_of(model), "work", None)
    if work is not None and work(last_step(model), len(inside), len(rows)) > _MOST_WORK:
        return "It would take far longer than to train another model."
    try:
        values = None if pool is None else pool.other_side(model, inside)
        if values is None:
            values = _in_order(model, rows, X, y, inside)
    except (ValueError, TypeError, MemoryError) as error:  # it stays what it is
        return str(error)
    changed = alone & ~np.isnan(values).any(axis=1)
    if not changed.any():
        return "There is no answer of it about any record."
    method = _released(model)
    own = np.flatnonzero(~changed)
    if len(own):
        values[own] = _own_answer(model, method, X, own, inside, pool)
    exact = last_step(model) is model and operation_of(model).exact
    classes = getattr(model, "classes_", None)
    return OtherAnswers(method, classes, values, changed, exact)


def _own_answer(model, method, X, own, inside, pool):
    """What the model itself says of some records, a column per class or output.

    Where its session has the pool's answer this is the same one, to the last bit.
    """
    answer = None if pool is None else pool.ask(model, method, inside)
    if answer is not None:
        return answer[own]
    answer = answer_of(model, method, _safe_indexing(X, own))
    if method == "predict":
        return np.reshape(answer, (len(own), -1))
    return np.c_[-answer, answer] if answer.ndim == 1 else answer


def _released(model):
    """What a model is asked: the most that it says of a record."""
    if is_regressor(model):
        return "predict"
    return "predict_proba" if hasattr(model, "predict_proba") else "decision_function"


def inside_once(rows, X):
    """Which of the records are among the rows; None where one of them is twice."""
    inside = np.zeros(n_records(X), dtype=bool)
    inside[rows] = True
    return inside if inside.sum() == len(rows) else None


def _in_order(model, rows, X, y, inside):
    """Answers of the other side, told the records in the order of the fit."""
    if (np.diff(rows) > 0).all():
        return other_side(model, X, y, inside)
    order = np.concatenate([rows, np.flatnonzero(~inside)])
    part = (_safe_indexing(one, order) for one in (X, y, inside))
    answers = other_side(model, *part)
    values = np.empty_like(answers)
    values[order] = answers
    return values


def alone_in_group(X, groups):
    """Which records belong to no others."""
    if groups is None:
        return np.ones(n_records(X), dtype=bool)
    _, code, size = np.unique(groups, return_inverse=True, return_counts=True)
    return size[code] == 1


class Operated(Told):
    """A session of a shadow model that was trained the other way about each record.

    Parameters
    ----------
    answers : OtherAnswers
    own : Session
        Of the model itself, with all the records.
    spill : Spill
        Where signals are kept.
    """

    def __init__(self, answers, own, spill):
        self._answers, self._own, self._spill = answers, own, spill
        super().__init__(
            own,
            answers.values,
            answers={answers.method, "predict"},
            classes=answers.classes,
            member=own.member ^ answers.changed,
        )

    @property
    def family(self):
        """Models that tell who is in this one: those of the model itself."""
        return self._own.family

    @property
    def exact(self):
        """Whether all answers are those of a model that is trained anew."""
        return self._answers.exact and bool(self._answers.changed.all())

    def tells(self, signals):
        """Whether there are answers to all that the signals ask.

        Parameters
        ----------
        signals : list of Signal
            Those that probe ask about records of their own: nobody knows what that
            other model would say of them.

        Returns
        -------
        told : bool
        """
        return all(not signal.probing and self._grants(signal) for signal in signals)

    def same_as(self, other):
        """Whether another session is this one's, or that of the model itself."""
        return self._own.same_as(other) or super().same_as(other)

    def _record(self, signals, values, classes):
        super()._record(signals, self._spill.keep(values), classes)

    def _about(self):
        return f"Of the other side of this {self.model_name}"
