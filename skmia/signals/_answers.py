"""What a model answers to a signal: what that asks and no more, and checked."""

from functools import partial

import numpy as np

from skmia.signals._answer_time import seconds_of_each
from skmia.signals._output_answers import OF_CLASSES, parts_of
from skmia.signals._recommendation import check_items
from skmia.signals._trajectory import staged_posteriors
from skmia.utils._access import READ, STAGES, TIMING
from skmia.utils._arrays import answer_of
from skmia.utils._kinds import is_session, name_of
from skmia.utils._outputs import Outputs
from skmia.utils._records import copied, n_records

# Rounded by their owner probabilities need not sum to one, but each is one.
TOLERANCE = 1e-3


class View:
    """A model as a signal sees it: it answers what the signal asks, and `classes_`.

    It keeps authors to what they declare. It is no security boundary: Python has ways
    to the model that it asks.

    Parameters
    ----------
    model : fitted estimator
    classes : array-like of shape (n_classes,), Outputs or None
        Labels of its columns; None where it is no classifier. Of several outputs an
        answer is a list with that of each, in whatever shape the model gives it.
    signal : Signal
    """

    def __init__(self, model, classes, signal):
        self.classes_ = classes
        name = self.model_name = name_of(model)
        self._signal = signal

        # It knows nothing of this view: in a cycle all answers would stay in memory.
        def answer(method, X):
            if method in READ and not is_session(model):
                return getattr(model, method)
            # A session knows its records by identity, and copies them itself.
            X = X if is_session(model) else copied(X)
            if method == STAGES:
                return staged_posteriors(model, X)
            if method == TIMING and not is_session(model):
                return seconds_of_each(model, X)
            if not hasattr(model, method):
                raise AttributeError(
                    f"The signal {signal.name!r} needs {method}, which this "
                    f"{name} does not give. Signals of an adversary who "
                    "sees labels only: get_signal_names(access='label')."
                )
            return answer_of(model, method, X)

        self._answer = answer

    def ask(self, method, X):
        """Checked answer of the model."""
        if method not in self._signal.asks:
            raise AttributeError(self._refusal(method))
        answer = self._answer(method, X)
        if method not in _CHECKS:
            return answer
        what = f"{method} of this {self.model_name}"
        if isinstance(self.classes_, Outputs) and method in OF_CLASSES:
            return _of_outputs(method, answer, self.classes_, n_records(X), what)
        answer = checked(method, answer, self.classes_, n_records(X), what)
        if method == "recommend":
            check_items(answer, X, what)
        return read_only(answer)

    def __getattr__(self, name):
        signal = vars(self).get("_signal")
        if signal is None or name.startswith("__"):
            raise AttributeError(name)
        if name in signal.asks:
            return partial(self.ask, name)
        raise AttributeError(self._refusal(name))

    def _refusal(self, name):
        signal = self._signal
        return (
            f"The signal {signal.name!r} asks {list(signal.asks)} of the model, "
            f"{signal.access!r} access, and may not read {name!r}. A signal that does "
            "must say so in what it asks."
        )


def read_only(answer):
    """View of an array that nobody writes through: others read the same one."""
    if isinstance(answer, np.ndarray):
        answer = answer.view()
        answer.flags.writeable = False
    return answer


def checked(method, answer, classes, n, what):
    """Answer of a method as an array, if it can be one.

    Parameters
    ----------
    method : {"predict", "predict_proba", "isolated_proba", "decision_function", \
"score_samples", "transform", "recommend", "explain", "explain_records", \
"rank_histogram", "record_summaries", "text_similarity", "reconstruct", \
"similarities", "encode"}
    answer : array-like
    classes : array-like of shape (n_classes,) or None
        Labels of its columns; None where it is no classifier's.
    n : int
        Records that were asked about.
    what : str
        What the answer is to the user, for errors.

    Returns
    -------
    answer : ndarray of length n

    Raises
    ------
    ValueError
        It has another shape, is not finite, or holds no probabilities.
    """
    answer = _CHECKS[method](_rectangular(answer, what), classes, what)
    if answer.shape[:1] != (n,):
        raise ValueError(shape_error(what, f"one row for each of {n} records", answer))
    return answer


def _rectangular(answer, what):
    try:
        return np.asarray(answer)
    except ValueError as error:
        raise ValueError(
            f"The {what} must give an array, rows of the same length for all records: "
            "short lists of items are filled with -1. Got rows of different lengths."
        ) from error


def _of_outputs(method, answer, classes, n, what):
    """The same of each output of a classifier that has several."""
    parts = parts_of(method, answer, len(classes))
    if method == "predict" and parts is not None:
        # What learned truth values as indicators answers with 0 and 1.
        truth = [labels.dtype.kind == "b" for labels in classes]
        parts = [p.astype(bool) if t else p for p, t in zip(parts, truth, strict=True)]
    if parts is None:
        wanted = f"an answer for each of {len(classes)} outputs"
        shown = np.empty(len(answer)) if isinstance(answer, list) else answer
        raise ValueError(shape_error(what, wanted, np.asarray(shown)))
    return [
        read_only(checked(method, part, labels, n, f"{what}, output {i},"))
        for i, (part, labels) in enumerate(zip(parts, classes, strict=True))
    ]


def held(model):
    """The model itself, for signals that ask its parameters; a session grants it."""
    return model.model if is_session(model) else model


def _floats(answer, what):
    """Single precision as it is, all else in double: half has no room for a floor."""
    if answer.dtype == np.float32:
        return answer
    try:
        return answer.astype(np.float64, copy=False)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"The {what} must give numbers. Got an array of {answer.dtype}: {error}."
        ) from error


def _labels(answer, classes, what):
    """Predicted labels or quantities; CatBoost has them in one column."""
    if answer.ndim == 2 and answer.shape[1] == 1:
        answer = answer[:, 0]
    if classes is not None and answer.ndim != 1:
        raise ValueError(shape_error(what, "one label per record", answer))
    return answer


def _probabilities(answer, classes, what):
    if classes is None:
        return answer
    wanted = f"one probability for each of the {len(classes)} classes of every record"
    answer = _floats(answer, what)
    _check_columns(answer, classes, what, wanted)
    low, high = answer.min(initial=0), answer.max(initial=0)
    if low < -TOLERANCE or high > 1 + TOLERANCE:
        raise ValueError(
            f"The {what} must give {wanted}, from 0 to 1. Got values from {low:.3g} to "
            f"{high:.3g}: logarithms, percent or scores are no probabilities."
        )
    return answer


def _decisions(answer, classes, what):
    """One column for each class, also of two."""
    if classes is None:
        return _scores(answer, classes, what)
    answer = _floats(answer, what)
    if answer.ndim == 1:
        answer = np.column_stack([np.zeros(len(answer)), answer])
    _check_columns(answer, classes, what, f"a score for each of {len(classes)} classes")
    return answer.astype(float)  # a class that was never seen has minus infinity


def _table(answer, classes, what, wanted="a row of numbers for each record"):
    answer = _floats(answer, what)
    if answer.ndim != 2:
        raise ValueError(shape_error(what, wanted, answer))
    _check_finite(answer, what)
    return answer


def _rows(answer, classes, what):
    """Training rows, in which numbers may be missing."""
    answer = _floats(answer, what)
    if answer.ndim != 3:
        raise ValueError(shape_error(what, "as many rows for every record", answer))
    return answer


def _scores(answer, classes, what):
    answer = _floats(answer, what)
    _check_finite(answer, what)
    return answer


def _distances(answer, classes, what):
    """Of a clusterer: one column for each centre."""
    answer = _scores(answer, classes, what)
    wanted = "a distance to each of its centres"
    if answer.ndim != 2:
        raise ValueError(shape_error(what, wanted, answer))
    if answer.min(initial=0) < 0:
        raise ValueError(
            f"The {what} must give {wanted}, none below 0. Got {answer.min():.3g}."
        )
    return answer


def _lists(answer, classes, what):
    """Of a recommender: items, the first the best; -1 where there is none left."""
    if answer.ndim != 2 or answer.dtype.kind not in "iu":
        wanted = "numbers of items, as many for every record (-1 where none is left)"
        raise ValueError(shape_error(f"{what} ({answer.dtype})", wanted, answer))
    return answer


def _check_columns(answer, classes, what, wanted):
    if answer.ndim != 2 or answer.shape[1] != len(classes):
        raise ValueError(shape_error(what, wanted, answer))
    _check_finite(answer, what)


def shape_error(what, wanted, answer):
    """That an answer has another shape than is wanted, in words."""
    return f"The {what} must give {wanted}. Got an array of shape {answer.shape}."


def _check_finite(answer, what):
    bad = np.flatnonzero(~np.isfinite(answer.reshape(len(answer), -1)).all(axis=1))
    if len(bad):
        raise ValueError(
            f"The {what} is not finite in {len(bad)} rows, the first of them "
            f"{bad[:5].tolist()}."
        )


_CHECKS = {
    "predict": _labels,
    "predict_proba": _probabilities,
    "isolated_proba": _probabilities,
    "decision_function": _decisions,
    "score_samples": _scores,
    "transform": _distances,
    "recommend": _lists,
    "explain": partial(_table, wanted="a number for each feature of a record"),
    "explain_records": _rows,
    "rank_histogram": _table,
    "record_summaries": _table,
    "text_similarity": _table,
    "reconstruct": _table,
    "similarities": _table,
    "encode": _table,
}
