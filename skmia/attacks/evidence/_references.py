"""A model beside reference models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike

from skmia.attacks.evidence._signals import Signals
from skmia.exceptions import QueryBudgetExceeded
from skmia.shadow._beside import beside
from skmia.shadow._operated import Operated
from skmia.utils._reference_table import split_table
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    import pandas as pd

    from skmia.signals._base import SignalsLike
    from skmia.targets._pairs import Pairs
    from skmia.targets._session import Session


class References(Signals):
    """What a model gives away beside what reference models do, record by record.

    The references are the shadow models that the attack is fitted on. A shadow model
    in the place of the target is laid beside all the others.

    .. versionadded:: 0.2

    Parameters
    ----------
    signals : str, Signal or list of them, default="loss"
        What is compared.
    online : bool, default=False
        Whether references must have been trained on the candidates, as an auditor's
        are.
    random_state : int, RandomState instance or None, default=None
        Seed of probing signals without a seed of their own; None is that of the
        attack, or 0.

    Attributes
    ----------
    references_ : list of Session
        The shadow models, with who was trained on what.
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    skmia.ShadowModels.reference_observations : The same table, for one target.

    Notes
    -----
    Of several outputs their joint probability is compared, or loss; correctness of each
    apart, and the score is the mean.

    Which reference was trained on a candidate goes by the content of the record: its
    features and its label. Candidates may be in any order, some of the shadow models'
    records, or mixed with others.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import ShadowModels
    >>> from skmia.attacks import LikelihoodRatioAttack, make_attack
    >>> from skmia.attacks.evidence import References
    >>> from skmia.targets import Session
    >>> X, y = load_digits(return_X_y=True)
    >>> tree = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
    >>> evidence = References("scaled_logit", online=True)
    >>> shadows = ShadowModels(tree, n_shadows=4, random_state=0).fit(X, y)
    >>> pairs, member, _ = shadows.pairs(evidence.n_models)
    >>> attack = make_attack(evidence, LikelihoodRatioAttack()).fit(pairs, member)
    >>> called = attack.predict(Session(tree, X, y))
    >>> bool(called[::2].mean() > called[1::2].mean())
    True
    """

    # Enough to set a threshold: each holds every record of the adversary once.
    n_models = 2
    min_models = 4
    # Whether models of the other side, which know no other records, may be references.
    both_sides = True

    _parameter_constraints: dict = {
        **Signals._parameter_constraints,
        "online": ["boolean"],
    }

    def __init__(
        self,
        signals: SignalsLike = "loss",
        *,
        online: bool = False,
        random_state: RandomStateLike = None,
    ) -> None:
        super().__init__(signals, random_state=random_state)
        self.online = online

    def _signals(self):
        # Of several outputs, what has no meaning for a combination is compared apart.
        return [signal.apart() for signal in super()._signals()]

    @property
    def needs(self) -> tuple[str, ...]:  # type: ignore[override]  # by parameters here
        """What the adversary must have beyond answers."""
        return ("references", "candidates") if self.online else ("references",)

    def fit(self, pairs: Pairs | Session, member: ArrayLike | None = None) -> Self:
        """Keep the shadow models as references.

        Parameters
        ----------
        pairs : Pairs or Session
            Pairs of models and records, see :meth:`skmia.ShadowModels.pairs`.
        member : array-like of shape (n_pairs,), default=None
            Ignored: the sessions know.

        Returns
        -------
        self : object
        """
        super().fit(pairs)
        parts = self._check(pairs).parts
        self.references_ = [
            part
            for part in parts
            if part.member is not None
            and (self.both_sides or not isinstance(part, Operated))
        ]
        if len(self.references_) < 2:
            raise ValueError(
                "References needs at least two shadow models, those of "
                f"ShadowModels.pairs(). Got {len(self.references_)}."
            )
        return self

    def observe(self, session: Session) -> pd.DataFrame:
        """Table of one model beside the others, one row per record in question.

        Parameters
        ----------
        session : skmia.targets.Session
            The model and its records.

        Returns
        -------
        Z : DataFrame of float32 of shape (n_records, n_table_columns)
            See :meth:`skmia.ShadowModels.reference_observations`.
        """
        return self._laid_beside(session)

    def _observe_in(self, room, session):
        if type(self).observe is References.observe:
            return self._laid_beside(session, room=room)
        return self.observe(session)

    def _laid_beside(self, session, **how):
        others = self._others(session)
        Z = beside(session, others, self._signals(), self.classes_seen_, **how)
        self._check_known(Z)
        return Z

    def _others(self, session):
        """References that a model is laid beside: all that do not tell its members."""
        return [one for one in self.references_ if not one.tells_of(session)]

    def _check_known(self, Z):
        views = split_table(Z.to_numpy(), Z.columns)
        silent = [np.isnan(view.reference).any(axis=0) for view in views]
        check_answered(np.any(silent, axis=0))
        if self.online and "in|0" not in Z:
            raise ValueError(
                "No reference was trained on any of the candidates: only offline "
                "attacks are possible."
            )


def check_answered(silent):
    """Raise where there is nothing to compare with: which references do not answer."""
    if any(silent):
        raise QueryBudgetExceeded(
            "Shadow models to compare with must answer about all records: "
            f"{sum(silent)} of {len(silent)} refused, or had too small a budget."
        )
