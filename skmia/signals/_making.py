"""Signals are made of functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from skmia.signals._base import PER_CLASS, Signal
from skmia.utils._access import ACCESS
from skmia.utils._deprecation import warn_deprecated

_ALIASES = ("predict_proba", "predict", "estimator", None)
_LEGACY_ASKS = {
    "label": ("predict",),
    "scores": ("predict", "predict_proba"),
    "white-box": ("parameters",),
}


def _own_name(signal):
    return [signal.name]


@dataclass(frozen=True)
class _FixedColumns:
    names: tuple

    def __call__(self, signal):
        return [f"{signal.name}_{name}" for name in self.names]


@dataclass(frozen=True)
class _WithoutAnswer:
    """Function of a signal that asks nothing, as `make_signal` calls it."""

    func: Callable

    def __call__(self, y, **params):
        return self.func(y, None, **params)


def signal(
    *asks: str,
    of: str | tuple[str, ...] | None = "classifier",
    probing: bool = False,
    top_k: bool = False,
    name: str | None = None,
    greater_is_member: bool | None = None,
    needs_y: bool = True,
    numeric: bool | Literal["images"] = False,
    columns: Sequence[str] | Literal["per-class"] | Callable[..., Any] | None = None,
    refuses: Callable[..., Any] | None = None,
    outputs: Literal["sum", "product", "mean", "logit", "margin", "key", "each"]
    | None = None,
    **params: Any,
) -> Callable[..., Any]:
    """Make a signal of a function: a decorator.

    .. versionadded:: 0.2

    Parameters
    ----------
    *asks : str
        Methods of the model that are asked about the records: "predict",
        "predict_proba", "decision_function", "score_samples", ... None: the signal is
        the adversary's own knowledge. "parameters", for probing signals: the model
        itself.
    of : str, tuple of str or None, default="classifier"
        Kind of model that has the signal, scikit-learn's ``estimator_type``:
        "classifier", "regressor", "outlier_detector", "density_estimator". None: any.
    probing : bool, default=False
        Whether the function asks by itself whatever it wants (noisy copies, stages).
    top_k : bool, default=False
        Whether the largest entries of a posterior are all that the function looks at.
    name : str, default=None
        Name of the signal; the function's by default.
    greater_is_member : bool, default=None
        Whether members have larger values (True) or smaller ones (False); None when
        the values have no order of their own.
    needs_y : bool, default=True
        Whether the function uses the true label.
    numeric : bool or "images", default=False
        Whether it computes with records: dense, finite numbers in two dimensions or, of
        "images", in more.
    columns : sequence of str, "per-class" or callable, default=None
        Labels of the columns; None for a single column, "per-class" for one column
        per class. A callable maps the signal to its column names.
    refuses : callable, default=None
        Of a signal that asks "parameters": ``refuses(model)`` is the reason, in words,
        why a fitted model does not have it, or None.
    outputs : {"sum", "product", "mean", "logit", "margin", "key", "each"}, \
default=None
        How values of several outputs, of each of which the function is called once,
        become those of the record. A combination of labels has the product of their
        probabilities: its loss is the "sum" of theirs, "logit" and "margin" are its log
        odds and its margin from theirs. "key" is a number for each combination, "each"
        has columns for each output. Attacks that compare with references take "mean"
        apart, too. None: the signal is of models with one output.
    **params
        Keyword arguments of the function; :func:`get_signal` and ``set_params``
        change them. A `seed` of None becomes that of the attack, 0 in
        :func:`observe`. A `spread` of None becomes the standard deviation of each
        feature among the records of the attack, a `schema` of None what these look
        like; in :func:`observe` they stay None. An `n_features` of None becomes how
        many the records have.

    Returns
    -------
    decorator : callable
        Makes a :class:`Signal` of ``func(y, *answers, **params)``, which returns one
        value, or one row of values, per record.

    See Also
    --------
    register_signal : Give the signal its name, for attacks.

    Notes
    -----
    Of a classifier `y` holds positions of the true labels among the columns of the
    answers, -1 for a label that the model does not know; "predict" answers positions,
    too, "predict_proba" and "decision_function" one column per class. Of other models
    `y` and the answers are as they are; of models without labels the records stand in
    the place of `y`.

    With `probing` it is ``func(model, X, y, classes, **params)`` with records and
    labels as they are. The model answers what the signal asks, has ``classes_``, and
    nothing else.

    Answers are read-only, since other signals are given the same ones.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.signals import signal
    >>> @signal("predict_proba", greater_is_member=False, needs_y=False)
    ... def gini(y, posterior):
    ...     return 1 - (posterior**2).sum(axis=1)
    >>> X, y = load_iris(return_X_y=True)
    >>> gini(GaussianNB().fit(X, y), X[:2]).shape
    (2, 1)
    """
    if columns is None:
        columns = _own_name
    elif columns != PER_CLASS and not callable(columns):
        columns = _FixedColumns(tuple(columns))

    def decorate(func):
        if not callable(func):
            raise TypeError(f"A signal is made of a callable. Got {func!r} instead.")
        return Signal(
            name=name or func.__name__,
            func=func,
            asks=asks,
            of=of,
            probing=probing,
            top_k=top_k,
            greater_is_member=greater_is_member,
            needs_y=needs_y,
            numeric=numeric,
            columns=columns,
            refuses=refuses,
            outputs=outputs,
            params=params,
        )

    return decorate


def make_signal(
    func: Callable[..., Any],
    *,
    response_method: Literal["predict_proba", "predict", "estimator"]
    | None = "predict_proba",
    access: Literal["label", "scores", "white-box"] | None = None,
    **settings: Any,
) -> Signal:
    """Make a signal from a function; :func:`signal` says more.

    Parameters
    ----------
    func : callable
        See :func:`signal`.
    response_method : {"predict_proba", "predict", "estimator"} or None, \
default="predict_proba"
        What the model is asked. None: nothing, and `func` is given None. "estimator"
        is deprecated: ``signal("predict_proba", probing=True)``.
    access : {"label", "scores", "white-box"}, default=None
        What "estimator" stands for; None is "white-box".
    **settings
        Other parameters of :func:`signal`, and those of `func`.

    Returns
    -------
    signal : Signal

    Examples
    --------
    >>> from skmia.signals import make_signal
    >>> def gini(y, posterior):
    ...     return 1 - (posterior**2).sum(axis=1)
    >>> make_signal(gini, greater_is_member=False, needs_y=False).access
    'scores'
    """
    _check_option("response_method", response_method, _ALIASES)
    _check_option("access", access, (*ACCESS, None))
    asks, declared = (response_method,), settings.pop("asks", None)
    if response_method == "estimator":
        warn_deprecated(
            "response_method='estimator' of make_signal",
            "use signal(..., probing=True), which names what the function asks",
            since="0.2",
            until="0.4",
        )
        asks = tuple(declared or _LEGACY_ASKS[access or "white-box"])
        settings["probing"] = True
    elif response_method is None:
        asks = ()
        settings.setdefault("name", getattr(func, "__name__", None))
        func = _WithoutAnswer(func)
    return signal(*asks, **settings)(func)


def _check_option(parameter, value, options):
    if value not in options:
        raise ValueError(
            f"The {parameter!r} parameter of make_signal must be one of {options}. "
            f"Got {value!r} instead."
        )
