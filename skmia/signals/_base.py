"""The signal: a per-sample scorer.

As a scikit-learn scorer ``scorer(estimator, X, y) -> float`` says how good a model
is, a signal ``signal(estimator, X, y) -> (n_samples, n_columns)`` says what each
record's answer gives away.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from skmia.signals._outputs import JOINS, names_of
from skmia.utils._access import READ, access_of
from skmia.utils._kinds import UNLABELLED, suits
from skmia.utils._outputs import Outputs
from skmia.utils._records import n_records
from skmia.utils._typing import FittedModel, MatrixLike

PER_CLASS = "per-class"
KINDS = ("classifier", "regressor", *UNLABELLED)


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
    numeric : bool or "images"
        Whether records must be dense, finite numbers, in two dimensions or, of
        "images", in more.
    outputs : {"sum", "product", "mean", "logit", "margin", "key", "each"} or None
        How values of several outputs become those of the record, see :func:`signal`.
        None: it is of models with one output.
    columns : "per-class" or callable
        "per-class": one column per class; otherwise ``columns(signal)`` gives the
        names.
    refuses : callable or None
        ``refuses(model)`` says why a model that is held does not have the signal.
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
    outputs: str | None = None
    columns: str | Callable | None = field(repr=False, default=None)
    refuses: Callable | None = field(repr=False, default=None)
    params: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self):
        if self.name == "in" or "|" in self.name:
            raise ValueError(
                f"A signal cannot have the name {self.name!r}: 'in' and '|' stand in "
                "the columns of reference tables."
            )
        of = self.of if isinstance(self.of, tuple | list) else (self.of,)
        if not {*KINDS, None}.issuperset(of):
            self._refuse("of", f"some of {KINDS}, or None")
        if not all(isinstance(name, str) for name in self.asks):
            self._refuse("asks", "names of methods")
        if self.greater_is_member not in (True, False, None):
            self._refuse("greater_is_member", "True, False or None")
        if self.outputs not in JOINS:
            self._refuse("outputs", f"one of {list(JOINS)}")
        if "parameters" in self.asks and not self.probing:
            raise ValueError(
                f"The signal {self.name!r} asks 'parameters', which are no answer: "
                "only one with probing=True, which is given the model, can."
            )

    def _refuse(self, parameter, expected):
        raise ValueError(
            f"The {parameter!r} of the signal {self.name!r} must be {expected}. Got "
            f"{getattr(self, parameter)!r} instead."
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
    def access(self) -> str:
        """Weakest access that yields the signal, of "label", "top-k", "scores", ..."""
        access = access_of(self.asks)
        return "top-k" if self.top_k and access == "scores" else access

    def fits(self, kind: str | None) -> bool:
        """Whether a model of this kind may be asked; None is of unknown kind.

        Parameters
        ----------
        kind : str or None
            As ``estimator_type`` of scikit-learn.

        Returns
        -------
        fits : bool
        """
        return suits(self.of, kind)

    def __call__(
        self,
        estimator: FittedModel,
        X: MatrixLike,
        y: ArrayLike | None = None,
        *,
        classes: ArrayLike | None = None,
    ) -> np.ndarray:
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
    def price(self) -> int:
        """Rows that the model is asked for one record."""
        methods = len(set(self.asks) - {"parameters", *READ})
        if self.probing and methods:
            # Without a number of queries it is the record itself beside its copies.
            n_copies = self.params.get("n_copies", len(self.params.get("augment", ())))
            return self.params.get("n_queries", n_copies + 1)
        return methods

    def column_names(self, classes: Any) -> list[str]:
        """Names of the columns of the values.

        Parameters
        ----------
        classes : array-like of shape (n_classes,)
            Labels that the columns stand for; of several outputs a list of such.

        Returns
        -------
        names : list of str
        """
        if isinstance(classes, Outputs):
            return names_of(self, classes)
        if callable(self.columns):
            return list(self.columns(self))
        return [f"{self.name}_{label}" for label in classes]

    def apart(self) -> Signal:
        """The same signal with a column for each output, where it was their mean.

        Returns
        -------
        signal : Signal
        """
        return replace(self, outputs="each") if self.outputs == "mean" else self

    def set_params(self, **params: Any) -> Signal:
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

    def compute(self, codes: np.ndarray, response: Any, n_classes: int) -> np.ndarray:
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

    def values(self, given: tuple[Any, ...], n_classes: int | None) -> np.ndarray:
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
            The values are no such table, or one is nan: that stands for records that
            nobody asked about.
        """
        values = np.asarray(self.func(*given, **self.params), dtype=float)
        per_class = self.columns == PER_CLASS
        n = next(n_records(one) for one in given[self.probing :] if one is not None)
        n_columns = n_classes if per_class else len(self.column_names(None))
        shape, values = values.shape, np.atleast_1d(values)
        values = values.reshape(len(values), prod(values.shape[1:]))
        values = values[:, :n_classes] if per_class else values
        if values.shape != (n, n_columns):
            raise ValueError(
                f"The signal {self.name!r} must give one row for each of {n} records, "
                f"with {n_columns} columns. Got an array of shape {shape}."
            )
        missing = np.isnan(values).any(axis=1)
        if missing.any():
            raise ValueError(
                f"The signal {self.name!r} is nan in {missing.sum()} rows."
            )
        return values


def _restored(settings):
    if isinstance(settings["func"], tuple):
        module, name = settings["func"]
        settings["func"] = getattr(import_module(module), name).func
    return Signal(**settings)


# What a parameter `signals` takes.
SignalsLike: TypeAlias = str | Signal | Sequence[str | Signal]
