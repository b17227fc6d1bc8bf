"""A model seen through one that was trained on its labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.utils import check_random_state

from skmia.attacks.evidence._base import Evidence
from skmia.signals import Signal, observe
from skmia.signals._registry import check_signals, default_signals
from skmia.utils._deprecation import renamed_parameters
from skmia.utils._kinds import a_kind
from skmia.utils._random import set_random_states
from skmia.utils._sklearn import HasMethods
from skmia.utils._typing import Classifier, MatrixLike, RandomStateLike

if TYPE_CHECKING:
    import pandas as pd

    from skmia.signals._base import SignalsLike
    from skmia.targets._pairs import Pairs
    from skmia.targets._session import Session


@renamed_parameters(metrics="signals", since="0.2", until="0.4")
class Surrogate(Evidence):
    """What a model gives away that was trained on the labels of the one in question.

    The model labels records of the adversary's; a surrogate is trained on these, and
    the candidates are observed in the surrogate. It inherits the boundary of the model,
    and has scores where that answers labels only.

    .. versionadded:: 0.2

    Parameters
    ----------
    X_public : {array-like, sparse matrix, DataFrame}, default=None
        Records of the adversary's, which the model is asked to label. Without them no
        attack can be run.
    estimator : classifier, default=None
        What the surrogate is a clone of. None: the adversary's shadow model.
    signals : str, Signal or list of them, default=None
        What is seen of the surrogate. None: the loss, or what stands for it where there
        are no probabilities: the margin of decisions, whether the label is right.
    random_state : int, RandomState instance or None, default=None
        Seed of the surrogates: give one, so that all models are imitated alike.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.
    estimator_ : classifier
        What surrogates are clones of.

    See Also
    --------
    Distilled : Imitates the scores, and is observed while it learns.

    Notes
    -----
    Threat model: one predicted label for each of `X_public`, none for the candidates,
    whose true labels are known. Scores depend on the model only through these labels.
    The surrogate is not trained on the candidates, unless they are among `X_public`.

    References
    ----------
    Z. Li, Y. Zhang, "Membership Leakage in Label-Only Exposures", ACM CCS 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.attacks.evidence import Surrogate
    >>> from skmia.targets import Session
    >>> X, y = load_digits(return_X_y=True)
    >>> tree = DecisionTreeClassifier(random_state=0).fit(X[:500], y[:500])
    >>> session = Session(tree, X[:900], y[:900])
    >>> student = DecisionTreeClassifier()
    >>> evidence = Surrogate(X[1000:], estimator=student, random_state=0)
    >>> list(evidence.fit_transform(session)), session.n_queries
    (['loss'], 797)
    """

    needs = ("distillation",)
    imitates = True
    asks = frozenset({"predict"})
    _parameter_constraints: dict = {
        "X_public": ["array-like", "sparse matrix", None],
        "estimator": [HasMethods("fit"), None],
        "signals": [str, Signal, list, tuple, None],
        "random_state": ["random_state"],
    }

    n_models = 1  # a surrogate of each more would cost more than it tells

    def __init__(
        self,
        X_public: MatrixLike | None = None,
        *,
        estimator: Classifier | None = None,
        signals: SignalsLike | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.X_public = X_public
        self.estimator = estimator
        self.signals = signals
        self.random_state = random_state

    def lacks(self, session: Session | None = None) -> str | None:
        """Why a model cannot be seen this way.

        Parameters
        ----------
        session : skmia.targets.Session, default=None
            The model and the records in question. None: look at the parameters only.

        Returns
        -------
        reason : str or None
        """
        if self.X_public is None:
            return "no unlabelled records are given to train a surrogate on"
        if session is not None and session.kind not in (None, "classifier"):
            return f"the model is {a_kind(session.kind)}"
        return super().lacks(session)

    def fit(self, pairs: Pairs | Session, member: ArrayLike | None = None) -> Self:
        """Remember the layout of the columns, and what a surrogate is a clone of.

        Parameters
        ----------
        pairs : Pairs or Session
            Pairs of models and records, see :meth:`skmia.ShadowModels.pairs`.
        member : array-like of shape (n_pairs,), default=None
            Ignored.

        Returns
        -------
        self : object
        """
        super().fit(pairs)
        self.estimator_ = self.estimator
        if self.estimator is None:
            self.estimator_ = self._check(pairs).parts[0].unfitted()
        return self

    def observe(self, session: Session) -> pd.DataFrame:
        """What a surrogate of one model says, one row per record in question.

        Parameters
        ----------
        session : skmia.targets.Session
            The model and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, n_columns)

        Raises
        ------
        QueryBudgetExceeded
            The model does not label all of `X_public`; nothing was asked.
        ValueError
            It gives all of them one label.
        """
        session.check_budget((), self.X_public)
        labels = np.asarray(session.ask("predict", self.X_public))
        if len(np.unique(labels)) < 2:
            raise ValueError(
                "The model gives all unlabelled records one label: a surrogate has "
                "nothing to learn."
            )
        surrogate = clone(self.estimator_)
        rng = check_random_state(self.random_state)
        set_random_states(surrogate, rng)
        surrogate.fit(self.X_public, labels)
        signals = self.signals
        if signals is None:  # the first that it answers
            signals = default_signals(surrogate)[-1:]
        signals = check_signals(signals)
        return observe(
            surrogate, session.X, session.y, signals, classes=self.classes_seen_
        )
