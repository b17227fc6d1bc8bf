"""How much of a conversation there is a budget for: the model's, and one's own."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.utils import _safe_indexing

from skmia.exceptions import QueryBudgetExceeded
from skmia.utils._budget import cost, n_affordable, queries_left
from skmia.utils._typing import MatrixLike


class WithinBudget:
    """The part of a session that stops before a budget is spent.

    Where that suffices for all records, they are asked about in one go. Else records
    are asked about in random order, and what was answered is kept.
    """

    # What the session has.
    X: Any
    _model: Any
    _asked: dict[Any, Any]

    # Rows that the asker allows himself, whatever the model does.
    max_queries: float = np.inf

    @property
    def left(self) -> float:
        """Rows that may still be asked; inf without a budget."""
        return min(queries_left(self._model), self._own_left)

    @property
    def _own_left(self):
        return self.max_queries - self.n_queries

    def _charge(self, n):
        """Refuse `n` rows more than one allows oneself."""
        if n > self._own_left:
            raise QueryBudgetExceeded(
                f"{n} queries (rows) more were to be asked, and {self._own_left} of "
                f"{self.max_queries} are left. Nothing was asked."
            )

    def check_budget(self, asks: Iterable[str], X: MatrixLike, price: int = 1) -> None:
        """Refuse what the budget does not suffice for, before anything is asked.

        Parameters
        ----------
        asks : iterable of str
            What is asked about the records in question; what was is free.
        X : {array-like, sparse matrix, DataFrame}
            Other records, which are asked about, too.
        price : int, default=1
            Rows that are asked for each of `X`.

        Raises
        ------
        QueryBudgetExceeded
            Nothing was asked.
        """
        if self.left == np.inf:
            return
        missing = len(set(asks) - {"parameters"} - self._asked.keys())
        own, other = cost(self._model, self.X, missing), cost(self._model, X, price)
        if own + other > self.left:
            raise QueryBudgetExceeded(
                f"The attack asks {other} queries (rows) about records of its own and "
                f"{own} about those in question, and the model answers {self.left} "
                "more. Nothing was asked."
            )

    def _ask_for(self, signals, classes):
        """Columns of signals that were not computed yet."""
        methods = {m for signal in signals if not signal.probing for m in signal.asks}
        price = len(methods - self._asked.keys())
        price += sum(signal.price for signal in signals if signal.probing)
        if price * len(self) <= self.left and not methods & self._partly.keys():
            try:
                return self._observed(signals, classes)
            except QueryBudgetExceeded:  # a refusal that was not announced
                pass
        return np.hstack([self._affordable(signal, classes) for signal in signals])

    def _affordable(self, signal, classes):
        """Columns of one signal, nan for records that there is no budget for."""
        answers = {}
        if signal.probing:
            n = self._n_affordable(signal.price)
        else:
            answers = {method: self._first(method) for method in signal.asks}
            n = min(map(len, answers.values()), default=len(self))
        values = np.full((len(self), len(signal.column_names(classes))), np.nan)
        part = self._about_first(n)
        part._asked = {method: answer[:n] for method, answer in answers.items()}
        with suppress(QueryBudgetExceeded):
            if n:
                values[self._order[:n]] = part._observed([signal], classes)
        self._rows += part._rows
        return values

    def _first(self, method):
        """Answer about the first records in random order, as many as may be asked."""
        if method in self._asked:
            return _safe_indexing(self._asked[method], self._order)
        if method not in self._partly:
            n = self._n_affordable()
            part, self._partly[method] = self._about_first(n), ()
            with suppress(QueryBudgetExceeded):
                self._partly[method] = part.ask(method) if n else ()
            self._rows += part._rows
        return self._partly[method]

    def _n_affordable(self, price=1):
        X = _safe_indexing(self.X, self._order)
        return n_affordable(self._model, X, price=price, limit=self._own_left)

    @cached_property
    def _order(self):
        # Who is asked about first must not depend on who is a member.
        return np.random.RandomState(0).permutation(len(self))

    def _about_first(self, n):
        rows = self._order[:n]
        y = None if self.y is None else _safe_indexing(self.y, rows)
        return self.about(_safe_indexing(self.X, rows), y)
