"""The signal: a per-sample scorer.

As a scikit-learn scorer ``scorer(estimator, X, y) -> float`` says how good a model
is, a signal ``signal(estimator, X, y) -> (n_samples, n_columns)`` says what each
record's answer gives away.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

RESPONSE_METHODS = ("predict_proba", "predict", "estimator")
ACCESS_LEVELS = ("label", "scores", "white-box")
PER_CLASS = "per-class"
_DEFAULT_ACCESS = {"predict_proba": "scores", "estimator": "white-box"}


@dataclass(frozen=True)
class Signal:
    """What one answer of a model gives away about one record.

    Made by :func:`make_signal`, found by name with :func:`get_signal`, computed for
    many signals at once by :func:`observe`. Calling a signal computes it alone.

    Attributes
    ----------
    name : str
        Name, and prefix of the column names.
    func : callable
        ``func(y, response, **params) -> (n_samples,) or (n_samples, n_columns)``.
    response_method : {"predict_proba", "predict", "estimator"} or None
        What the model is asked. "estimator": the function asks the model itself. None:
        nothing, the signal is the adversary's own knowledge.
    access : {"label", "scores", "white-box"}
        The weakest access to the model that yields the signal.
    greater_is_member : bool or None
        Where members lie: True at large values, False at small ones, None when the
        values have no order of their own (labels, vectors).
    needs_y : bool
        Whether the record's true label is needed.
    asks : frozenset of str
        What the model must answer.
    columns : "per-class" or callable
        "per-class": one column per class; otherwise ``columns(signal)`` gives the
        names.
    params : mapping
        Keyword arguments of `func`.
    """

    name: str
    func: Callable
    response_method: str | None
    access: str
    greater_is_member: bool | None = None
    needs_y: bool = True
    asks: frozenset = frozenset()
    columns: str | Callable = field(repr=False, default=None)
    params: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, estimator, X, y=None, *, classes=None):
        """Values of this signal for every record.

        Parameters
        ----------
        estimator : fitted classifier
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Records.
        y : array-like of shape (n_samples,), default=None
            True labels.
        classes : array-like, default=None
            Labels that the columns stand for; the estimator's own by default.

        Returns
        -------
        values : ndarray of shape (n_samples, n_columns)
        """
        from skmia.signals._observe import observe

        return observe(estimator, X, y, [self], classes=classes).to_numpy()

    @property
    def price(self):
        """Rows that the model is asked for one record."""
        if self.response_method == "estimator":
            # The record itself beside its copies.
            return self.params.get("n_copies", 0) + 1
        return int(self.response_method is not None)

    def column_names(self, classes):
        """Names of the columns of the values.

        Parameters
        ----------
        classes : array-like of shape (n_classes,)
            Labels that the columns stand for.

        Returns
        -------
        names : list of str
        """
        if self.columns == PER_CLASS:
            return [f"{self.name}_{label}" for label in classes]
        return list(self.columns(self))

    def set_params(self, **params):
        """Copy of the signal with other values for some of its parameters.

        Parameters
        ----------
        **params
            Parameters of the signal, see the attribute `params`.

        Returns
        -------
        signal : Signal
        """
        unknown = sorted(set(params) - set(self.params))
        if unknown:
            raise ValueError(
                f"The signal {self.name!r} has no parameter {unknown[0]!r}; it has "
                f"{sorted(self.params)}."
            )
        return replace(self, params={**self.params, **params})

    def compute(self, codes, response, n_classes):
        """Values of the signal from an answer that was given already.

        Parameters
        ----------
        codes : ndarray of int of shape (n_samples,)
            Positions of the true labels among the columns of the posterior.
        response : ndarray or None
            What the model answered, see :func:`make_signal`.
        n_classes : int
            Columns that a "per-class" signal keeps.

        Returns
        -------
        values : ndarray of shape (n_samples, n_columns)
        """
        return self._columns(self.func(codes, response, **self.params), n_classes)

    def ask(self, estimator, X, y, classes, n_classes):
        """Values of a signal that asks the model itself.

        Parameters
        ----------
        estimator : fitted classifier
            The model.
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.
        y : array-like of shape (n_samples,) or None
            True labels.
        classes : array-like
            Labels that the columns of a posterior stand for.
        n_classes : int
            Columns that a "per-class" signal keeps.

        Returns
        -------
        values : ndarray of shape (n_samples, n_columns)
        """
        return self._columns(
            self.func(estimator, X, y, classes, **self.params), n_classes
        )

    def _columns(self, values, n_classes):
        values = np.asarray(values, dtype=float)
        values = values.reshape(len(values), -1)
        return values[:, :n_classes] if self.columns == PER_CLASS else values


def _own_name(signal):
    return [signal.name]


@dataclass(frozen=True)
class _FixedColumns:
    names: tuple

    def __call__(self, signal):
        return [f"{signal.name}_{name}" for name in self.names]


def make_signal(
    func,
    *,
    name=None,
    response_method="predict_proba",
    access=None,
    greater_is_member=None,
    needs_y=True,
    asks=None,
    columns=None,
    **params,
):
    """Make a signal from a function, as ``make_scorer`` makes a scorer.

    Parameters
    ----------
    func : callable
        ``func(y, response, **params)`` returns one value, or one row of values, per
        record. `y` holds positions of the true labels among the columns of the
        response, -1 for a label that the model does not know. `response` is the
        posterior (n_samples, n_classes) for ``"predict_proba"``, positions of the
        predicted labels (n_samples,) for ``"predict"``, None for None. For
        ``"estimator"`` it is ``func(estimator, X, y, classes, **params)`` with the
        records and labels as they are, and asks whatever it needs (noisy copies,
        stages). Define it at the top level of a module when worker processes or a
        cache are used.
    name : str, default=None
        Name of the signal; the function's by default.
    response_method : {"predict_proba", "predict", "estimator"} or None, \
default="predict_proba"
        What the model is asked.
    access : {"label", "scores", "white-box"}, default=None
        Access to the model that the signal needs; by default "scores" for
        ``"predict_proba"``, "white-box" for ``"estimator"``, else "label".
    greater_is_member : bool, default=None
        Whether members have larger values (True) or smaller ones (False); None when
        the values have no order of their own.
    needs_y : bool, default=True
        Whether `func` uses the true label.
    asks : iterable of str, default=None
        Methods of the model whose answers the signal needs. None: the response method;
        nothing is known of a function that asks by itself.
    columns : sequence of str, "per-class" or callable, default=None
        Labels of the columns; None for a single column, "per-class" for one column
        per class. A callable maps the signal to its column names.
    **params
        Keyword arguments of `func`; :func:`get_signal` and ``set_params`` change
        them.

    Returns
    -------
    signal : Signal

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.signals import make_signal
    >>> def gini(y, posterior):
    ...     return 1 - (posterior**2).sum(axis=1)
    >>> signal = make_signal(gini, greater_is_member=False, needs_y=False)
    >>> X, y = load_iris(return_X_y=True)
    >>> signal(GaussianNB().fit(X, y), X[:2]).shape
    (2, 1)
    """
    if not callable(func):
        raise TypeError(
            f"The 'func' parameter of make_signal must be callable. Got {func!r}."
        )
    _check_option("response_method", response_method, (*RESPONSE_METHODS, None))
    if access is None:
        access = _DEFAULT_ACCESS.get(response_method, "label")
    _check_option("access", access, ACCESS_LEVELS)
    if asks is None:
        asks = {response_method} - {None, "estimator"}
    if columns is None:
        columns = _own_name
    elif columns != PER_CLASS and not callable(columns):
        columns = _FixedColumns(tuple(columns))
    return Signal(
        name=name or func.__name__,
        func=func,
        response_method=response_method,
        access=access,
        greater_is_member=greater_is_member,
        needs_y=needs_y,
        asks=frozenset(asks),
        columns=columns,
        params=dict(params),
    )


def _check_option(parameter, value, options):
    if value not in options:
        raise ValueError(
            f"The {parameter!r} parameter of make_signal must be one of {options}. "
            f"Got {value!r} instead."
        )
