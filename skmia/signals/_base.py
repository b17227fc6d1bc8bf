"""The signal: a per-sample scorer.

As a scikit-learn scorer ``scorer(estimator, X, y) -> float`` says how good a model
is, a signal ``signal(estimator, X, y) -> (n_samples, n_columns)`` says what each
record's answer gives away.
"""

import sys
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

import numpy as np

ACCESS = ("label", "top-k", "scores", "white-box")
PER_CLASS = "per-class"
_ALIASES = ("predict_proba", "predict", "estimator", None)
_LEGACY_ASKS = {
    "label": ("predict",),
    "scores": ("predict", "predict_proba"),
    "white-box": ("parameters",),
}


def access_of(asks):
    """Weakest access to a model that answers all that is asked, one of `ACCESS`."""
    asks = set(asks)
    if asks & {"parameters", "staged_predict_proba"}:
        return "white-box"
    return "label" if asks <= {"predict"} else "scores"


@dataclass(frozen=True, eq=False)
class Signal:
    """What one answer of a model gives away about one record.

    Made by :func:`signal`, found by name with :func:`get_signal`, computed for many
    signals at once by :func:`observe`. Calling a signal computes it alone.

    Attributes
    ----------
    name : str
        Name, and prefix of the column names.
    func : callable
        See :func:`signal`.
    asks : tuple of str
        What the model must answer, in the order in which `func` takes the answers.
    of : str, tuple of str or None
        Kind of model, as scikit-learn's ``estimator_type``; None for any.
    probing : bool
        Whether `func` asks the model itself.
    top_k : bool
        Whether the largest entries of a posterior are all that is looked at.
    greater_is_member : bool or None
        Where members lie: True at large values, False at small ones, None when the
        values have no order of their own (labels, vectors).
    needs_y : bool
        Whether the record's true label is needed.
    numeric : bool
        Whether records must be dense, finite numbers.
    columns : "per-class" or callable
        "per-class": one column per class; otherwise ``columns(signal)`` gives the
        names.
    params : mapping
        Keyword arguments of `func`.
    """

    name: str
    func: Callable = field(repr=False)
    asks: tuple = ("predict_proba",)
    of: str | tuple | None = "classifier"
    probing: bool = False
    top_k: bool = False
    greater_is_member: bool | None = None
    needs_y: bool = True
    numeric: bool = False
    columns: str | Callable = field(repr=False, default=None)
    params: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        if self.name == "in" or "|" in self.name:
            raise ValueError(
                f"A signal cannot have the name {self.name!r}: 'in' and '|' stand in "
                "the columns of reference tables."
            )
        if "parameters" in self.asks and not self.probing:
            raise ValueError(
                f"The signal {self.name!r} asks 'parameters', which are no answer: "
                "only one with probing=True, which is given the model, can."
            )

    def __reduce__(self):
        # As a decorator `signal` took the function's name: it is found behind it.
        settings = dict(vars(self))
        module = getattr(self.func, "__module__", None)
        name = getattr(self.func, "__qualname__", "")
        found = getattr(sys.modules.get(module), name, None)
        if getattr(found, "func", None) is self.func:
            if module == "__main__":  # other processes have another one, or none
                self.func.__qualname__ = f"{name}.func"
            else:
                settings["func"] = module, name
        return _restored, (settings,)

    @property
    def access(self):
        """Weakest access that yields the signal, of "label", "top-k", "scores", ..."""
        access = access_of(self.asks)
        return "top-k" if self.top_k and access == "scores" else access

    def fits(self, kind):
        """Whether a model of this kind may be asked; None is of unknown kind.

        Parameters
        ----------
        kind : str or None
            As ``estimator_type`` of scikit-learn.

        Returns
        -------
        fits : bool
        """
        of = (self.of,) if isinstance(self.of, str) else self.of
        return kind is None or of is None or kind in of

    def __call__(self, estimator, X, y=None, *, classes=None):
        """Values of this signal for every record.

        Parameters
        ----------
        estimator : fitted estimator
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
        methods = len(set(self.asks) - {"parameters"})
        if self.probing and methods:
            # The record itself beside its copies.
            return self.params.get("n_copies", 0) + 1
        return methods

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
        codes : ndarray of shape (n_samples,)
            Positions of the true labels among the columns of the posterior.
        response : ndarray, tuple of ndarray or None
            What the model answered, see :func:`signal`; a tuple of several answers.
        n_classes : int
            Columns that a "per-class" signal keeps.

        Returns
        -------
        values : ndarray of shape (n_samples, n_columns)
        """
        answers = response if isinstance(response, tuple) else (response,)
        return self.values((codes, *answers[: len(self.asks)]), n_classes)

    def values(self, given, n_classes):
        """Values of the signal, one row per record.

        Parameters
        ----------
        given : tuple
            What the function takes, its parameters aside.
        n_classes : int or None
            Columns that a "per-class" signal keeps.

        Returns
        -------
        values : ndarray of shape (n_samples, n_columns)

        Raises
        ------
        ValueError
            A value is nan: that stands for records that nobody asked about.
        """
        values = np.asarray(self.func(*given, **self.params), dtype=float)
        values = values.reshape(len(values), -1)
        missing = np.isnan(values).any(axis=1)
        if missing.any():
            raise ValueError(
                f"The signal {self.name!r} is nan in {missing.sum()} rows."
            )
        return values[:, :n_classes] if self.columns == PER_CLASS else values


def _restored(settings):
    if isinstance(settings["func"], tuple):
        module, name = settings["func"]
        settings["func"] = getattr(import_module(module), name).func
    return Signal(**settings)


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
    *asks,
    of="classifier",
    probing=False,
    top_k=False,
    name=None,
    greater_is_member=None,
    needs_y=True,
    numeric=False,
    columns=None,
    **params,
):
    """Make a signal of a function: a decorator.

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
    numeric : bool, default=False
        Whether it computes with records: dense, finite numbers in two dimensions.
    columns : sequence of str, "per-class" or callable, default=None
        Labels of the columns; None for a single column, "per-class" for one column
        per class. A callable maps the signal to its column names.
    **params
        Keyword arguments of the function; :func:`get_signal` and ``set_params``
        change them. A `seed` of None becomes that of the attack, 0 in
        :func:`observe`.

    Returns
    -------
    decorator : callable
        Makes a :class:`Signal` of ``func(y, *answers, **params)``, which returns one
        value, or one row of values, per record.

    See Also
    --------
    register_signal : Give the signal its name in attacks and on the command line.

    Notes
    -----
    Of a classifier `y` holds positions of the true labels among the columns of the
    answers, -1 for a label that the model does not know; "predict" answers positions,
    too, "predict_proba" and "decision_function" one column per class. Of other models
    `y` and the answers are as they are.

    With `probing` it is ``func(model, X, y, classes, **params)`` with records and
    labels as they are. The model answers what the signal asks, has ``classes_``, and
    nothing else.

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
            params=params,
        )

    return decorate


def make_signal(func, *, response_method="predict_proba", access=None, **settings):
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
        warnings.warn(
            "response_method='estimator' of make_signal is deprecated: use "
            "signal(..., probing=True), which names what the function asks.",
            FutureWarning,
            stacklevel=2,
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
