"""Ask a model once and compute any number of signals from the answer."""

import numpy as np
import pandas as pd
from sklearn.utils import check_consistent_length

from skmia.signals._registry import check_signals, default_signals
from skmia.utils._labels import align_columns, encode_labels, joint_layout
from skmia.utils._records import n_records


def observe(estimator, X, y=None, signals=None, *, classes=None):
    """What an adversary sees of each record: one row per record, named columns.

    The model is asked once per response method, however many signals there are.

    Parameters
    ----------
    estimator : fitted classifier
        The model asked: a target, a shadow model, a :class:`~skmia.BlackBox`.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        Records, as the estimator takes them.
    y : array-like of shape (n_samples,), default=None
        True labels of the records. Needed by signals such as "loss".
    signals : str, Signal or list of them, default=None
        What to compute. None: "posterior" and "loss", or "correctness" when the
        estimator gives no probabilities.
    classes : array-like of shape (n_classes,), default=None
        Labels that the columns and label codes stand for, in this order; the
        estimator's ``classes_`` by default. Give the adversary's classes to compare
        models: a class that a model never saw has probability 0.

    Returns
    -------
    Z : DataFrame of shape (n_samples, n_columns)
        Observations, float64. The index is that of `X` if it has one.

    Raises
    ------
    AttributeError
        The estimator does not answer what a signal needs: the access is too weak.
    ValueError
        A signal needs `y` and there is none, no label is known to the estimator, or
        the answer is not finite (with the rows).

    Notes
    -----
    A label that the estimator does not know has probability 0 and is never predicted.

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
    signals = check_signals(default_signals(estimator) if signals is None else signals)
    check_consistent_length(X, y)
    layout = np.asarray(estimator.classes_ if classes is None else classes)
    full = joint_layout(layout, estimator.classes_)
    codes = _codes(y, full, signals)
    responses = {
        method: _ask(estimator, X, method, full, signals)
        for method in dict.fromkeys(signal.response_method for signal in signals)
    }
    blocks, names = [], []
    for signal in signals:
        if signal.response_method == "estimator":
            blocks.append(signal.ask(estimator, X, y, full, len(layout)))
        else:
            own = np.zeros(n_records(X), dtype=int) if codes is None else codes
            response = responses[signal.response_method]
            blocks.append(signal.compute(own, response, len(layout)))
        names += signal.column_names(layout)
    index = X.index if hasattr(X, "iloc") else None
    return pd.DataFrame(np.hstack(blocks), columns=names, index=index)


def _codes(y, full, signals):
    if y is not None:
        return encode_labels(y, full)
    needy = [signal.name for signal in signals if signal.needs_y]
    if needy:
        raise ValueError(f"The signal {needy[0]!r} needs the true labels: y is None.")
    return None


def _ask(estimator, X, method, full, signals):
    """Answer of the estimator, aligned to the labels in `full`."""
    if method in (None, "estimator"):
        return None
    if not hasattr(estimator, method):
        name = next(s.name for s in signals if s.response_method == method)
        raise AttributeError(
            f"The signal {name!r} needs {method}, which this "
            f"{name_of(estimator)} does not give. Signals of an adversary who "
            "sees labels only: get_signal_names(access='label')."
        )
    answer = np.asarray(getattr(estimator, method)(X))
    if method == "predict":
        return encode_labels(answer, full)
    _check_finite(answer, method)
    return align_columns(answer, estimator.classes_, full)


def name_of(estimator):
    """What kind of model answers; a session says whose it is."""
    return getattr(estimator, "model_name", type(estimator).__name__)


def _check_finite(answer, method):
    bad = np.flatnonzero(~np.isfinite(answer).all(axis=1))
    if len(bad):
        raise ValueError(
            f"The answer of {method} is not finite in {len(bad)} rows, the first of "
            f"them {bad[:5].tolist()}."
        )
