"""Ask a model once and compute any number of signals from the answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils import check_consistent_length

from skmia.signals._answers import View, held, read_only
from skmia.signals._output_answers import OF_CLASSES
from skmia.signals._outputs import values_of
from skmia.signals._registry import check_signals, default_signals
from skmia.signals._sizes import with_sizes
from skmia.utils._kinds import UNLABELLED, a_kind, kind_of, name_of
from skmia.utils._labels import (
    align_columns,
    encode_labels,
    encode_outputs,
    joint_layout,
)
from skmia.utils._outputs import Outputs, own_classes
from skmia.utils._records import copied, n_records
from skmia.utils._typing import FittedModel, MatrixLike

if TYPE_CHECKING:
    from skmia.signals._base import SignalsLike


def observe(
    estimator: FittedModel,
    X: MatrixLike,
    y: ArrayLike | None = None,
    signals: SignalsLike | None = None,
    *,
    classes: ArrayLike | None = None,
) -> pd.DataFrame:
    """What an adversary sees of each record: one row per record, named columns.

    The model is asked once per method, however many signals there are.

    Parameters
    ----------
    estimator : fitted estimator
        The model asked: a target, a shadow model, a :class:`~skmia.BlackBox`.
    X : {array-like, sparse matrix, DataFrame} of length n_samples
        Records, as the estimator takes them: also texts, images.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
        True labels of the records. Needed by signals such as "loss".
    signals : str, Signal or list of them, default=None
        What to compute. None, the first of these that the estimator answers:
        "posterior" and "loss"; "decision" and "decision_margin"; "correctness"; of a
        regressor "absolute_error", of outlier detectors and densities "score_samples".
    classes : array-like of shape (n_classes,), default=None
        Labels of a classifier that the columns and label codes stand for, in this
        order; the estimator's ``classes_`` by default. Give the adversary's classes to
        compare models: a class that a model never saw has probability 0. Of several
        outputs it is what :class:`skmia.targets.Session` has as ``classes``.

    Returns
    -------
    Z : DataFrame of shape (n_samples, n_columns)
        Observations, float64. The index is that of `X` if it has one.

    Raises
    ------
    AttributeError
        The estimator does not answer what a signal needs: the access is too weak.
    ValueError
        A signal needs `y` and there is none, or is of another kind of model; labels
        are missing, or none is known to the estimator; the answer is not finite (with
        the rows), or no probabilities.

    Notes
    -----
    A label that the estimator does not know has probability 0 and is never predicted;
    where it decides, it has the smallest score of the record.

    A classifier with several outputs is one of combinations of labels, which have the
    product of the probabilities of their labels: so "confidence" is the product, "loss"
    the sum. "correctness" is the share of labels that are right; vectors have columns
    for each output.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import observe
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DecisionTreeClassifier(max_depth=2).fit(X[::2], y[::2])
    >>> observe(tree, X[:2], y[:2], ["loss", "max_confidence"])
       loss  max_confidence
    0   0.0             1.0
    1   0.0             1.0
    """
    signals = default_signals(estimator) if signals is None else signals
    signals = check_signals(signals, fill=partial(with_sizes, X, y))
    check_consistent_length(X, y)
    own = _own_classes(estimator, classes, y, signals)
    layout, full = _layouts(own, classes)
    codes = _codes(y, full, n_records(X), signals)
    if kind_of(estimator) in UNLABELLED:
        codes = read_only(X)  # all that there is to know of a record
    answers, blocks, names = {}, [], []
    for signal in signals:
        # A signal of any model is told labels and answers of several as they are.
        joins = isinstance(own, Outputs) and signal.outputs is not None
        as_is = isinstance(own, Outputs) and not joins
        view = View(estimator, None if as_is else own, signal)
        if signal.probing:
            seen = _held(estimator, signal) if "parameters" in signal.asks else view
            given = seen, copied(X), copied(y), full
        else:
            for method in signal.asks:
                if (method, as_is) not in answers:
                    answer = view.ask(method, X)
                    answers[method, as_is] = (
                        answer if as_is else _aligned(answer, method, own, full)
                    )
            given = codes, *(answers[method, as_is] for method in signal.asks)
        if joins:
            blocks.append(values_of(signal, given[0], given[1:], layout))
        else:
            given = (_labels(y), *given[1:]) if as_is and not signal.probing else given
            blocks.append(signal.values(given, None if full is None else len(layout)))
        names += signal.column_names(layout)
    index = getattr(X, "index", None) if hasattr(X, "iloc") else None
    values = np.hstack(blocks)
    return pd.DataFrame(values, columns=names, index=index, copy=False)


def _held(estimator, signal):
    """The model itself, if it has the signal."""
    model = held(estimator)
    reason = signal.refuses and signal.refuses(model)
    if reason:
        raise ValueError(f"The signal {signal.name!r} is not there: {reason}.")
    return model


def _own_classes(estimator, classes, y, signals):
    """Labels that the columns of the model stand for; None if it is no classifier."""
    kind, name = kind_of(estimator), name_of(estimator)
    for signal in signals:
        if not signal.fits(kind):
            raise ValueError(
                f"The signal {signal.name!r} is of a {signal.of}, and this {name} is "
                f"{a_kind(kind)}. Its signals: get_signal_names(of={kind!r})."
            )
    if kind not in (None, "classifier"):
        return None
    own = own_classes(estimator, classes, y)
    own = classes if own is None else own
    several = isinstance(own, Outputs)
    for signal in signals:
        of_classes = signal.of == "classifier"
        if of_classes and (own is None or (several and signal.outputs is None)):
            why = "has several outputs" if several else "has no attribute classes_"
            cure = (
                "make a signal of your own, with of=None"
                if several
                else "give 'classes', the labels of its columns in their order"
            )
            raise ValueError(
                f"The signal {signal.name!r} is of one label per record, and this "
                f"{name} {why}: {cure}."
            )
    return own


def _layouts(own, classes):
    """Labels that columns are to stand for, and these with all others of the model."""
    if own is None:
        return None, None
    layout = own if classes is None else classes
    if isinstance(own, Outputs):
        return layout, Outputs(map(joint_layout, layout, own))
    return np.asarray(layout), joint_layout(np.asarray(layout), own)


def _codes(y, full, n, signals):
    """Positions of the true labels; labels that are no classes as they are."""
    several = isinstance(full, Outputs)
    if y is not None:
        if several:
            return [*map(read_only, encode_outputs(y, full))]
        return read_only(_labels(y) if full is None else encode_labels(y, full))
    needy = [signal.name for signal in signals if signal.needs_y]
    if needy:
        raise ValueError(f"The signal {needy[0]!r} needs the true labels: y is None.")
    none = read_only(np.zeros(n, dtype=int))
    return [none] * len(full) if several else None if full is None else none


def _labels(y):
    return None if y is None else np.asarray(y)


def _aligned(answer, method, own, full):
    """Answer whose columns, or labels, stand for the labels in `full`."""
    if full is None or method not in OF_CLASSES:
        return answer
    if isinstance(full, Outputs):
        each = zip(answer, own, full, strict=True)
        return [_aligned(part, method, one, labels) for part, one, labels in each]
    if method == "predict":
        return read_only(encode_labels(answer, full))
    fill = -np.inf if method == "decision_function" else 0
    return read_only(align_columns(answer, own, full, fill))
