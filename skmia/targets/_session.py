"""A model, records in question, and one conversation about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.utils import check_consistent_length

from skmia.signals import observe
from skmia.signals._answers import read_only
from skmia.signals._keys import signal_key
from skmia.signals._registry import check_signals, default_signals
from skmia.targets._answers import answers_of, check_answers, largest, reply
from skmia.targets._noise import filled, noise_params, wants
from skmia.targets._pairs import Pairs, no_numbers
from skmia.targets._within_budget import WithinBudget
from skmia.utils._access import READ, TIMING
from skmia.utils._bits import bits_of
from skmia.utils._kinds import kind_of
from skmia.utils._labels import answer_classes
from skmia.utils._outputs import Outputs, own_classes
from skmia.utils._records import index_of, n_records
from skmia.utils._table_space import TableSpace
from skmia.utils._typing import Estimator, FittedModel, MatrixLike

if TYPE_CHECKING:
    from skmia.signals._base import Signal, SignalsLike


class Session(WithinBudget):
    """A model, records in question, and all that is asked about them.

    An example of an attack is a pair of a model and a record; a session holds the
    pairs of one model. It is the `X` of an attack: it has a length, and indexing it
    gives :class:`Pairs`, so that scikit-learn cuts it as it cuts arrays. To a signal it
    looks like the fitted model. It answers what the model answers and nothing else,
    counts every row, and asks about its own records once.

    .. versionadded:: 0.2

    Parameters
    ----------
    model : fitted estimator
        The target, or a shadow model.
    X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
        Records in question, as the model takes them.
    y : array-like of shape (n_records,) or (n_records, n_outputs), default=None
        Their labels. Needed by signals such as "loss".
    classes : array-like of shape (n_classes,), default=None
        Labels that columns stand for, see :func:`skmia.observe`; the model's by
        default.
    member : array-like of bool of shape (n_records,), default=None
        Which of the records the model was trained on, where the adversary knows it:
        for shadow models, never for a target.
    white_box : bool, default=False
        Whether the adversary holds the model itself, as ``session.model``.
    answers : iterable of str, default=None
        What the model may be asked, if less than it answers. "timing", how long an
        answer takes, is only granted by name, or with `white_box`.
    max_queries : int, default=None
        Rows that may be asked, at most, if fewer than the model allows.
    top_k : int, default=None
        How many of the largest posteriors are seen; what they leave of 1 is spread over
        the others. None: all.

    Attributes
    ----------
    answers : frozenset of str
        What the model may be asked; "parameters" with `white_box`.
    n_queries : int
        Rows asked so far.
    unanswered : ndarray of bool of shape (n_records,)
        Records of which `observe` could not see all it was asked for.

    See Also
    --------
    skmia.ShadowModels.pairs : Pairs whose membership is known.
    skmia.BlackBox : A model with less access and a budget, as an estimator.

    Notes
    -----
    Of a model that has a budget (``queries_left_``), or with `max_queries`, as many of
    the records are asked about as that allows, in random order; of the others there is
    nothing to see (nan). What was answered is kept and never paid for again.

    Not safe between threads.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.targets import Session
    >>> X, y = load_iris(return_X_y=True)
    >>> session = Session(DecisionTreeClassifier().fit(X[::2], y[::2]), X, y)
    >>> session.observe(["loss", "entropy"]).shape, session.n_queries
    ((150, 2), 150)
    >>> sorted(session.answers), len(session[:20])
    (['predict', 'predict_proba'], 20)
    """

    _top_k: int | None = None
    # Number of the cross-validation that the model is a fold of, if it is of one.
    family = None

    def __init__(
        self,
        model: FittedModel,
        X: MatrixLike,
        y: ArrayLike | None = None,
        *,
        classes: ArrayLike | None = None,
        member: ArrayLike | None = None,
        white_box: bool = False,
        answers: Iterable[str] | None = None,
        max_queries: float | None = None,
        top_k: int | None = None,
    ) -> None:
        if isinstance(model, str | type):
            raise TypeError(
                "The 'model' parameter of Session must be a fitted estimator. Got "
                f"{model!r} instead."
            )
        self._model = model
        self.model_name = type(model).__name__
        self._top_k = top_k
        if max_queries is not None:
            self.max_queries = max_queries
        if classes is None:
            classes = own_classes(model, y=y)
        self._begin(answers_of(model), X, y, classes, member, white_box, answers)

    def _begin(self, own, X, y, classes, member, white_box, answers):
        """A conversation with a model that answers `own`, in which nothing was said."""
        check_consistent_length(X, y, member)
        check_answers(answers)
        if answers is None:  # who holds a model can look at a clock
            answers = own if white_box else own - {TIMING}
        self.answers = own & set(answers)
        self.answers |= {"parameters"} if white_box else set()
        self.X, self.y, self.classes = X, y, classes
        self._member = bits_of(member)
        self._rows = Counter()
        self.unanswered = np.zeros(len(self), dtype=bool)
        self._asked, self._partly, self._seen, self._versions = {}, {}, {}, []
        self._shown = {}  # of the records, once

    def __len__(self) -> int:
        return n_records(self.X)

    @property
    def shape(self) -> tuple[int]:
        """As an array of pairs has it; scikit-learn cuts what has a shape."""
        return (len(self),)

    def __array__(self, dtype=None, copy=None):
        no_numbers(self)

    def __getitem__(self, rows: Any) -> Pairs:
        return Pairs([self])[rows]

    def __add__(self, other):
        return Pairs([self]) + other

    @property
    def member(self) -> np.ndarray | None:
        """Which records the model was trained on, as far as the adversary knows it."""
        return None if self._member is None else np.asarray(self._member)

    @property
    def kind(self) -> str | None:
        """What scikit-learn calls the model: "classifier", "regressor", ... or None."""
        return kind_of(self._model)

    @property
    def has_outputs(self) -> bool:
        """Whether the labels are classes of several outputs."""
        return isinstance(self.classes, Outputs)

    @property
    def hooks(self) -> tuple[Any, ...]:
        """Who changed messages while the model, a federation, was trained."""
        return tuple(getattr(self._model, "hooks_", ()))

    @property
    def knows_labels(self) -> bool:
        """Whether any true label is one that the model answers with."""
        answered = self._answered
        return (
            answered is None or self.y is None or bool(np.isin(self.y, answered).any())
        )

    @property
    def _answered(self):
        """Labels that the model says it answers with; None: those of the records."""
        return answer_classes(self._model)

    @property
    def n_queries(self) -> int:
        """Rows asked so far."""
        return self._rows.total()

    def ask(self, method: str, *args: Any) -> Any:
        """Answer of the model, of the own records only once.

        Parameters
        ----------
        method : str
            One of `answers`.
        *args
            Records of the adversary's own, or what else the method takes. None: the
            records in question.

        Returns
        -------
        answer : object
            What the method of the model returns; an array is read-only, since all
            who ask about the records in question are given the same one.
        """
        if method not in self.answers:
            raise AttributeError(self._refusal(method))
        own = not args or args[0] is self.X
        if own and method in self._asked:
            return self._asked[method]
        args = (self.X,) if own else args
        n = args[0] if isinstance(args[0], int) else n_records(args[0])
        n = 0 if method in READ else n
        self._charge(n)
        answer = self._reply(method, args, own)
        if method == "predict_proba" and self._top_k is not None:
            answer = largest(answer, self._top_k, self.classes)
        if isinstance(answer, np.ndarray) and not answer.flags.forc:
            answer = answer.copy()  # as caches return it: sums depend on the layout
        answer = read_only(answer)
        self._rows[method] += n
        if own and not isinstance(answer, Iterator):
            self._asked[method] = answer
        return answer

    def _reply(self, method, args, own):
        """What the model says; `own`: about the records in question."""
        return reply(self._model, method, args)

    def observe(
        self,
        signals: SignalsLike | None = None,
        X: MatrixLike | None = None,
        y: ArrayLike | None = None,
        *,
        classes: ArrayLike | None = None,
    ) -> pd.DataFrame:
        """What the model gives away, as :func:`skmia.observe`.

        Parameters
        ----------
        signals : str, Signal or list of them, default=None
            What to compute; of the records in question each only once.
        X : {array-like, sparse matrix, DataFrame}, default=None
            Other records. None: those in question.
        y : array-like, default=None
            Labels of `X`.
        classes : array-like of shape (n_classes,), default=None
            Labels that columns stand for; those of the session by default.

        Returns
        -------
        Z : DataFrame of shape (n_records, n_columns)
            nan where there is no budget for a record in question.

        Raises
        ------
        QueryBudgetExceeded
            There is too little of a budget for other records.
        """
        signals = default_signals(self) if signals is None else signals
        classes = self.classes if classes is None else classes
        if X is not None and X is not self.X:
            signals = check_signals(signals, fill=partial(filled, self.X, self.y))
            return observe(self, X, y, signals, classes=classes)
        names, blocks = self.columns(signals, classes)
        index = index_of(self.X)
        return pd.DataFrame(np.hstack(blocks), columns=names, index=index, copy=False)

    def columns(
        self, signals: SignalsLike, classes: ArrayLike | None
    ) -> tuple[list[str], list[np.ndarray]]:
        """What the model gives away about the records in question, not put together.

        Parameters
        ----------
        signals : str, Signal or list of them
            What to compute, each only once.
        classes : array-like of shape (n_classes,) or None
            Labels that columns stand for.

        Returns
        -------
        names : list of str
            Of all columns.
        blocks : list of ndarray of shape (n_records, n_columns)
            Of each signal; the session's own, not to be written to.
        """
        signals = check_signals(signals, fill=self._filled)
        keys = [signal_key(signal, classes) for signal in signals]
        missing = [
            signal
            for signal, key in zip(signals, keys, strict=True)
            if key not in self._seen or not self._grants(signal)
        ]
        if missing:
            self._record(missing, self._ask_for(missing, classes), classes)
        seen = [self._seen[key] for key in keys]
        names = [name for columns, _, _ in seen for name in columns]
        blocks = [np.asarray(block) for _, block, _ in seen]
        for missing in map(np.isnan, blocks):
            if missing.any():
                self.unanswered |= missing.any(axis=1)
        return names, blocks

    def noise_params(self, signal: Signal) -> dict[str, Any]:
        """What the records in question say of a signal, as far as it is None.

        Parameters
        ----------
        signal : Signal
            With parameters that may be None.

        Returns
        -------
        params : dict
        """
        known = {"space": self.space()} if wants(signal, "space") else {}
        return known | noise_params(self.X, self.y, signal.set_params(**known))

    def _filled(self, signal):
        return signal.set_params(**self.noise_params(signal))

    def space(self) -> TableSpace:
        """Where rows of a table lie, as the records in question show it.

        Returns
        -------
        space : TableSpace
        """
        if "space" not in self._shown:
            self._shown["space"] = TableSpace(self.X)
        return self._shown["space"]

    def _grants(self, signal):
        return self.answers.issuperset(signal.asks)

    def _observed(self, signals, classes):
        return observe(self, self.X, self.y, signals, classes=classes).to_numpy()

    def _record(self, signals, values, classes):
        """Keep the columns of signals on the records in question."""
        for signal in signals:
            names = signal.column_names(classes)
            self._seen[signal_key(signal, classes)] = (
                names,
                values[:, : len(names)],
                signal,
            )
            values = values[:, len(names) :]

    def about(self, X: MatrixLike, y: ArrayLike | None = None) -> Session:
        """The same model, with the same access, and other records.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
            Records.
        y : array-like of shape (n_records,), default=None
            Their labels.

        Returns
        -------
        session : Session
        """
        return Session(
            self._model,
            X,
            y,
            classes=self.classes,
            white_box="parameters" in self.answers,
            answers=self.answers,
            max_queries=self._own_left,
            top_k=self._top_k,
        )

    def version(self, model: FittedModel) -> Session:
        """Conversation with another version of the model, about the same records.

        Parameters
        ----------
        model : fitted estimator
            It is asked no more than this one may be, and by all who ask once.

        Returns
        -------
        session : Session
        """
        for known, answers, session in self._versions:
            if known is model and answers == self.answers:
                return session
        session = Session(
            model,
            self.X,
            self.y,
            classes=self.classes,
            white_box="parameters" in self.answers,
            answers=self.answers,
            top_k=self._top_k,
        )
        self._versions.append((model, self.answers, session))
        return session

    def include(self, part: Session) -> None:
        """Count what was asked about as many other records, one for each.

        Parameters
        ----------
        part : Session
            Of the same model, from `about`.
        """
        self.count(part)
        self.unanswered |= part.unanswered

    def count(self, part: Session) -> None:
        """Count what was asked about any other records.

        Parameters
        ----------
        part : Session
            Of the same model, from `about`.
        """
        self._rows += part._rows

    def only(self, asks: Iterable[str]) -> Session:
        """The same conversation for somebody with less access.

        Parameters
        ----------
        asks : iterable of str
            What the model may be asked, as far as the session answers it.

        Returns
        -------
        session : Session
            What one of the two is answered, the other knows and need not ask again.
        """
        part = copy(self)
        part.answers = self.answers & set(asks)
        return part

    def unfitted(self) -> Estimator:
        """Clone of a model of the adversary's own, not fitted.

        Returns
        -------
        estimator : estimator

        Raises
        ------
        ValueError
            The model is not known to be the adversary's, or was dropped.
        """
        if self._member is None or self._model is None:
            raise ValueError(
                "Of what kind a model is one knows of shadow models that are there: "
                "those of ShadowModels.pairs(), fitted with signals=None."
            )
        return clone(self._model)

    def same_as(self, other: Session) -> bool:
        """Whether another session is this conversation, with more or less access.

        Parameters
        ----------
        other : Session
            Perhaps one that `only` made.

        Returns
        -------
        same : bool
        """
        return self._seen is other._seen

    def tells_of(self, other: Session) -> bool:
        """Whether who is in this model tells who is in another one.

        It does of the model itself, and within a `family`.

        Parameters
        ----------
        other : Session
            Of another model, or of this one.

        Returns
        -------
        tells : bool
        """
        if self.same_as(other):
            return True
        return self.family is not None and bool(self.family == other.family)

    def __getattr__(self, name):
        # Only what is not found otherwise. No property: its AttributeError would come
        # here and lose its sentence.
        known = vars(self)
        if name in known.get("answers", ()):
            return partial(self.ask, name)
        if name == "classes_" and hasattr(known.get("_model"), name):
            return own_classes(self._model, self.classes)
        if name == "model" and "parameters" in known.get("answers", ()):
            return self._model
        raise AttributeError(self._refusal(name))

    def _refusal(self, name):
        if name == "model":
            return (
                "The adversary may ask this model and does not hold it: give the "
                "session white_box=True."
            )
        return f"This {vars(self).get('model_name')} does not answer {name!r}."
