"""A model asked about other records than the candidates, which these influence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from skmia.attacks.evidence._references import References
from skmia.attacks.evidence._signals import Signals
from skmia.attacks.statistics._moments import blocks_of_sides
from skmia.shadow._beside import beside
from skmia.signals import signal
from skmia.signals._augmented import (
    noise_steps,
    noisy,
    queried_logit,
    query_columns,
)
from skmia.signals._neighbours import as_numbers
from skmia.utils._records import index_of
from skmia.utils._reference_table import reference_table, split_table
from skmia.utils._sklearn import COUNT
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.signals._base import Signal, SignalsLike
    from skmia.targets._session import Session

_FLOOR = 0.01  # of a variance, in squared units of a logit


class Indirect(References):
    """Answers to queries that a candidate influences, without asking about it.

    Queries are noisy copies of the candidate. Of `n_tried` of them those are asked of
    the target whose answers differ most between the references that were trained on
    the candidate and the others.

    .. versionadded:: 0.2

    Parameters
    ----------
    signals : str, Signal or list of one of them, default="nearby_logit"
        "nearby_logit", with its number of queries and its noise.
    n_tried : int, default=40
        Copies that the references are asked about.
    random_state : int, RandomState instance or None, default=None
        Seed of the noise, where the signal has none of its own; None is that of the
        attack, or 0.

    Attributes
    ----------
    references_ : list of Session
        The shadow models, with who was trained on what.
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    skmia.attacks.IndirectTestAttack : Combines the answers.

    Notes
    -----
    The target never sees a candidate: what remembers questions, or answers known
    records otherwise, does not notice. It is asked `n_queries` rows for each, all the
    models of the adversary `n_tried`.

    References must have been trained on the candidates, an auditor's privilege; the
    paper trains some for each. They choose the queries and are what the target is
    compared with, so that p-values of non-members are smaller than they should be.
    The paper leaves open where queries come from. Other records of the pool give
    nothing away, see docs/attacks.md.

    References
    ----------
    Y. Long et al., "A Pragmatic Approach to Membership Inferences on Machine Learning
    Models", IEEE EuroS&P 2020.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from skmia import ShadowModels
    >>> from skmia.attacks.evidence import Indirect
    >>> from skmia.targets import Session
    >>> X, y = load_iris(return_X_y=True)
    >>> target = KNeighborsClassifier(3).fit(X[::2], y[::2])
    >>> shadows = ShadowModels(target, n_shadows=4, random_state=0).fit(X, y)
    >>> session = Session(target, X, y)
    >>> evidence = Indirect().fit(shadows.pairs(2)[0])
    >>> evidence.transform(session).filter(like="|target").shape, session.n_queries
    ((150, 10), 1500)
    """

    _parameter_constraints: dict = {
        **Signals._parameter_constraints,
        "n_tried": [COUNT],
    }

    online = True

    both_sides = False

    def __init__(
        self,
        signals: SignalsLike = "nearby_logit",
        *,
        n_tried: int = 40,
        random_state: RandomStateLike = None,
    ) -> None:
        self.signals = signals
        self.n_tried = n_tried
        self.random_state = random_state

    def _signals(self):
        """The one signal, of as many queries as the target is asked."""
        signals = super()._signals()
        n_queries = signals[0].params.get("n_queries", np.inf)
        if [one.name for one in signals] != ["nearby_logit"]:
            raise ValueError(
                "The 'signals' parameter of Indirect must be 'nearby_logit', or "
                "get_signal('nearby_logit', n_queries=...). Got "
                f"{[one.name for one in signals]} instead."
            )
        if n_queries > self.n_tried:
            raise ValueError(
                "The 'n_tried' parameter of Indirect must be at least the number of "
                f"queries, {n_queries}. Got {self.n_tried} instead."
            )
        return signals

    def recorded(self) -> list[Signal]:
        """Signals that stand in for a shadow model, so that it need not be kept.

        Returns
        -------
        signals : list of Signal
        """
        return [one.set_params(n_queries=self.n_tried) for one in self._signals()]

    def observe(self, session: Session) -> pd.DataFrame:
        """Table of one model beside the others, of other queries for each record.

        Parameters
        ----------
        session : skmia.targets.Session
            The model and its records.

        Returns
        -------
        Z : DataFrame of float32 of shape (n_records, n_table_columns)
            The first query is that which most depends on the candidate.
        """
        others = self._others(session)
        (asked,), tried = self._signals(), self.recorded()
        nothing = np.full((len(session), self.n_tried), np.nan)
        nothing = pd.DataFrame(nothing, columns=tried[0].column_names(None))
        Z = beside(session, others, tried, self.classes_seen_, nothing)
        self._check_known(Z)
        views = split_table(Z.to_numpy(), Z.columns)
        influence = np.column_stack([_influence(view) for view in views])
        chosen = np.argsort(-influence, axis=1, kind="stable")
        chosen = chosen[:, : asked.params["n_queries"]]
        reference = np.stack([view.reference for view in views], axis=2)
        if len(others) < len(self.references_):  # a shadow model, which was asked all
            own = session.observe(tried, classes=self.classes_seen_).to_numpy()
            own = np.take_along_axis(own, chosen, axis=1)
        else:
            own = _ask(session, asked, chosen, self.n_tried, self.classes_seen_)
        return reference_table(
            asked.column_names(None),
            own,
            np.take_along_axis(reference, chosen[:, None], axis=2),
            views[0].inside,
            index_of(session.X),
        )


def _influence(view):
    """How much more the in models of a record are of its class at a query."""
    influence = np.zeros(len(view.target))
    for rows, inside, outside in blocks_of_sides(view.reference, view.inside):
        known = (inside.count > 0) & (outside.count > 0)
        spread = np.sqrt(inside.variance + outside.variance + _FLOOR)
        influence[rows] = known * (inside.centre - outside.centre) / spread
    return influence


def _ask(session, asked, chosen, n_tried, classes):
    """What the model answers to the chosen queries, nan beyond its budget."""
    records = as_numbers(session.X)
    noise = {name: asked.params[name] for name in ("scale", "spread", "seed")}
    queries = noisy(records, noise_steps(records, n_tried, **noise)[chosen])
    own = signal(
        "predict_proba",
        probing=True,
        name=asked.name,
        columns=query_columns,
        n_queries=chosen.shape[1],
        given=session.X[:0],
        floor=asked.params["floor"],
    )(queried_logit)
    about = session.about(queries, session.y)
    answers = about.observe(own, classes=classes)
    session.include(about)
    return answers.to_numpy()
