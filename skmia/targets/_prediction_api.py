"""A model that answers through a prediction endpoint, or a function."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from functools import partial
from threading import RLock
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils import _safe_indexing

from skmia.exceptions import QueryBudgetExceeded
from skmia.signals._answers import checked
from skmia.targets._endpoint import Endpoint
from skmia.targets._kept_answers import KeptAnswers
from skmia.targets._patience import Patience
from skmia.targets._presets import PRESETS, decode
from skmia.utils._record_keys import exact_keys
from skmia.utils._records import check_records, n_records
from skmia.utils._sklearn import (
    COUNT,
    COUNT_OR_0,
    POSITIVE,
    StrOptions,
    available_if,
    validate_params,
)
from skmia.utils._typing import FilePath, MatrixLike


class PredictionAPI:
    """A classifier that answers through a prediction endpoint.

    Records are sent in batches, and sent again where the endpoint was busy or the
    connection broke. An answer is kept: no record is paid for twice, whichever method
    asks and however often. With `cache` that holds for later runs, too, so that an
    audit that was killed goes on where it stopped.

    Works on *records*: `X` holds features, `y` class labels.

    .. versionadded:: 0.2

    Parameters
    ----------
    source : str or callable
        URL of http or https that records are posted to, all of it: with
        ``/invocations`` for MLflow. Or a function of a batch of records, of the kind
        that is asked about, which returns what `parse` reads. It may raise a
        ConnectionError or TimeoutError to be called again.
    classes : array-like of shape (n_classes,)
        Class labels, in the order of the probabilities.
    access : {"scores", "label"}, default="scores"
        What the source answers: a probability for each class, or labels. With "label"
        there is no ``predict_proba``.
    preset : {"json", "mlflow", "open-inference"}, default=None
        What a URL takes and gives. "json": a list of rows, and a list of rows.
        "mlflow": the scoring server of MLflow (``dataframe_split`` for frames,
        ``inputs`` for all else, ``predictions``). "open-inference": version 2 of the
        open inference protocol, one tensor for each column of a frame, else one of the
        name "input-0"; of the outputs the first that fits `access`. None is "json".
    parse : callable, default=None
        Function of the decoded JSON, or of what the function `source` returned. It
        returns an array of shape (n_records, n_classes), or of labels of shape
        (n_records,). None: what the preset says, or the answer as it is.
    batch_size : int, default=256
        Records of one request.
    max_queries : int, default=None
        Rows that may be paid for: answered by the source, be the answer of use or not.
        Those in `cache` count. None: no limit.
    retries : int, default=5
        How often a request is repeated that met too many requests (429), an error of
        the server (5xx), a timeout or a broken connection. The wait is half a second
        at first, and doubles; it is longer where the server says ``Retry-After``, and
        an hour at most.
    rate : float, default=None
        Requests per second, at most. None: no limit.
    timeout : float, default=30
        Seconds to wait for a connection, and for each piece of an answer. For URLs.
    cache : str or path-like, default=None
        SQLite file of the answers, and of what was paid; made if there is none, on a
        local disk. While it is open, two files beside it (``-wal``, ``-shm``) belong to
        it. It holds hashes of records, no record. None keeps them in memory.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_queries_ : int
        Rows paid for so far, with those of former runs that `cache` remembers.
    queries_left_ : int or float
        Rows that may still be paid for; ``inf`` without a limit.

    Raises
    ------
    ValueError
        `source` is no URL of http or https, or `cache` holds other answers.

    See Also
    --------
    skmia.BlackBox : A model in this process, with less access and a budget.

    Notes
    -----
    Threat model: the adversary is a customer. He sends records and gets answers, knows
    the classes, and cannot train the model. :func:`skmia.audit` trains clones of
    `shadow_estimator` as its shadow models, and without it runs only attacks that need
    none.

    Nobody is asked but the host that was named: redirects to another one are refused,
    proxies of the environment are not used. Certificates of https are always checked;
    an authority of one's own is named in the environment variable ``SSL_CERT_FILE``. A
    URL has no place for passwords. What needs a header with a key is asked by a
    function.

    Since answers are kept, one that is noisy is seen once. The file of a cache is for
    one source with one `parse`: delete it where the model behind the URL has changed.
    A function is known by its name. Threads may share an API, and wait for each other;
    processes that share a file can pass the limit together.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.targets import PredictionAPI
    >>> X, y = load_iris(return_X_y=True)
    >>> model = GaussianNB().fit(X[::2], y[::2])
    >>> def service(rows):
    ...     return {"scores": model.predict_proba(rows).tolist()}
    >>> api = PredictionAPI(
    ...     service, [0, 1, 2], parse=lambda answer: answer["scores"], max_queries=100
    ... )
    >>> api.predict_proba(X[:90]).shape, api.queries_left_
    ((90, 3), 10)
    >>> api.predict(X[:3]), api.queries_left_
    (array([0, 0, 0]), 10)
    """

    @validate_params(
        source=[str, callable],
        classes=["array-like"],
        access=[StrOptions({"scores", "label"})],
        preset=[StrOptions(PRESETS), None],
        parse=[callable, None],
        batch_size=[COUNT],
        max_queries=[COUNT_OR_0, None],
        retries=[COUNT_OR_0],
        rate=[POSITIVE, None],
        timeout=[POSITIVE],
        cache=[str, os.PathLike, None],
    )
    def __init__(
        self,
        source: str | Callable[..., Any],
        classes: ArrayLike,
        *,
        access: Literal["scores", "label"] = "scores",
        preset: Literal["json", "mlflow", "open-inference"] | None = None,
        parse: Callable[..., Any] | None = None,
        batch_size: int = 256,
        max_queries: int | None = None,
        retries: int = 5,
        rate: float | None = None,
        timeout: float = 30,
        cache: FilePath | None = None,
    ) -> None:
        self.classes_ = _check_classes(classes)
        self.access = access
        self.batch_size = batch_size
        self.max_queries = max_queries
        self._method = "predict" if access == "label" else "predict_proba"
        if isinstance(source, str):
            preset = preset or "json"
            self._source: Callable[..., Any] = Endpoint(source, preset, timeout)
            identity = source
            self._parse = parse or partial(decode, preset, self._method)
        else:
            _refuse_preset(preset)
            self._source, identity = source, _name_of(source)
            self._parse = parse or _as_it_is
        self._patience = Patience(retries, rate)
        self._kept = KeptAnswers(
            cache,
            repr((identity, access, self.classes_.tolist())),
            1 if access == "label" else len(self.classes_),
        )
        self._lock = RLock()

    @property
    def n_queries_(self) -> int:
        """Rows paid for so far."""
        return self._kept.paid

    @property
    def queries_left_(self) -> float:
        """Rows that may still be paid for; inf without a limit."""
        if self.max_queries is None:
            return math.inf
        return max(self.max_queries - self.n_queries_, 0)

    def predict(self, X: MatrixLike) -> np.ndarray:
        """Labels: those of the source, or of the largest probability.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        labels : ndarray of shape (n_samples,)

        Raises
        ------
        QueryBudgetExceeded
            More new records than the budget has left. Nothing was sent.
        ConnectionError
            The source did not answer. What it had answered is kept.
        ValueError
            An answer that is none: the rows are named.
        """
        answers = self._answers(X)
        if self.access == "label":
            return self.classes_[answers[:, 0].astype(int)]
        return self.classes_[answers.argmax(axis=1)]

    @available_if(lambda self: self.access == "scores")
    def predict_proba(self, X: MatrixLike) -> np.ndarray:
        """Posterior, as the source answers it.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        posterior : ndarray of shape (n_samples, n_classes)
            Columns are in the order of `classes_`. Rows that the source rounds need
            not sum to 1.

        Raises
        ------
        QueryBudgetExceeded
            More new records than the budget has left. Nothing was sent.
        ConnectionError
            The source did not answer. What it had answered is kept.
        ValueError
            An answer that is none: the rows are named.
        """
        return self._answers(X)

    def _is_new(self, X):
        """Which records would have to be paid for."""
        new = np.zeros(n_records(X), dtype=bool)
        new[self._kept.missing(exact_keys(X))] = True
        return new

    def _answers(self, X):
        X, _ = check_records(X, None)
        keys = exact_keys(X)
        with self._lock:
            new = self._kept.missing(keys)
            self._check_budget(len(new))
            for start in range(0, len(new), self.batch_size):
                self._ask(X, keys, new[start : start + self.batch_size])
            return self._kept.recall(keys)

    def _check_budget(self, n):
        if n > self.queries_left_:
            raise QueryBudgetExceeded(
                f"The budget of this API is {self.max_queries} queries (rows): "
                f"{self.n_queries_} were paid for, this call asks {n} more. Nothing "
                "was sent."
            )

    def _ask(self, X, keys, rows):
        """Send some of the records, and keep the answers."""
        batch, what = _safe_indexing(X, rows), f"rows {rows[0]} to {rows[-1]}"
        try:
            answer = self._patience.ask(partial(self._source, batch), what)
        except ValueError as error:
            raise ValueError(f"Of {what} there is no answer: {error}") from error
        try:
            answers = self._read(answer, len(rows), what)
        except BaseException:
            self._kept.pay(len(rows))
            raise
        self._kept.keep([keys[row] for row in rows], answers)

    def _read(self, answer, n, what):
        """One row of numbers for each of `n` records."""
        try:
            answer = np.asarray(self._parse(answer))
        except Exception as error:
            raise ValueError(
                f"The answer about {what} cannot be read: {type(error).__name__}: "
                f"{error}. The 'parse' parameter says how."
            ) from error
        what = f"answer about {what}"
        answer = checked(self._method, answer, self.classes_, n, what)
        return answer if self.access == "scores" else self._codes(answer, what)

    def _codes(self, labels, what):
        codes = pd.Index(self.classes_).get_indexer(labels)
        if (codes < 0).any():
            raise ValueError(
                f"The {what} must give some of the 'classes', "
                f"{self.classes_.tolist()}. Got {labels[codes < 0][0]!r}."
            )
        return codes[:, None]

    def __repr__(self):
        return (
            f"PredictionAPI({_shown(self._source)}, access={self.access!r}): "
            f"{self.n_queries_} rows paid for"
        )

    def __getstate__(self):
        # A lock can be neither pickled nor copied.
        return {key: x for key, x in vars(self).items() if key != "_lock"}

    def __setstate__(self, state):
        vars(self).update(state, _lock=RLock())


def _check_classes(classes):
    classes = np.asarray(classes)
    if classes.ndim != 1 or len(classes) < 2 or len(np.unique(classes)) < len(classes):
        raise ValueError(
            "The 'classes' parameter of PredictionAPI must be two labels or more, each "
            f"once. Got {classes.tolist()!r}."
        )
    return classes


def _refuse_preset(preset):
    if preset is not None:
        raise ValueError(
            "The 'preset' parameter of PredictionAPI is for a URL. Got "
            f"{preset!r} and a function, whose answers 'parse' reads."
        )


def _as_it_is(answer):
    return answer


def _shown(source):
    return repr(source) if isinstance(source, Endpoint) else _name_of(source)


def _name_of(function):
    named = function if hasattr(function, "__qualname__") else type(function)
    return f"{named.__module__}.{named.__qualname__}"
