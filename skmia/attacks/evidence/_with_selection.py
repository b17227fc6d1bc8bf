"""A model beside reference models, and whom they say to attack."""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike

from skmia.attacks.evidence._references import References, check_answered
from skmia.attacks.models._vulnerable import radius_of_share, select_vulnerable
from skmia.signals import get_signal
from skmia.targets._same_records import positions
from skmia.utils._sklearn import INNER_FRACTION, NOT_NEGATIVE, Interval
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    import pandas as pd

    from skmia.signals._base import Signal, SignalsLike
    from skmia.targets._pairs import Pairs
    from skmia.targets._session import Session

_POSTERIOR = "posterior"


class WithSelection(References):
    """A table of references, and which records have hardly a neighbour (Long et al.).

    What reference models say of a record, side by side, is its place; vulnerable is
    who is alone there. The column "vulnerable" says so, 1 or 0.

    .. versionadded:: 0.2

    Parameters
    ----------
    signals : str, Signal or list of them, default="loss"
        What is compared.
    online : bool, default=False
        Whether references must have been trained on the candidates, as an auditor's
        are.
    radius : float in [0, 2], default=None
        Neighbours are closer than this in cosine distance. None: so that at most
        `share` of the shadow models' records is vulnerable.
    share : float in (0, 1), default=0.1
        How many are vulnerable.
    max_neighbors : float, default=0.1
        Vulnerable are records with fewer expected neighbours in the training set,
        whose size is taken to be that of the shadow models.
    random_state : int, RandomState instance or None, default=None
        Seed of probing signals without a seed of their own; None is that of the
        attack, or 0.

    Attributes
    ----------
    radius_ : float
        Radius in use.
    references_ : list of Session
        The shadow models, with who was trained on what.
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    skmia.attacks.select_vulnerable : The rule.
    skmia.attacks.SelectiveAttack : Attacks only these.

    Notes
    -----
    The target is asked no more than by :class:`References`: only the references say
    who is alone. The paper's radius is 0.5, for activations of a hidden layer. Places
    made of posteriors of sure models are near those of all records of the same class,
    and nobody is selected with it; hence a share, as in the public code, which looks
    for a radius with as many records as are wanted.

    References
    ----------
    Y. Long et al., "A Pragmatic Approach to Membership Inferences on Machine Learning
    Models", IEEE EuroS&P 2020. The share of a tenth: N. Carlini et al., "Membership
    Inference Attacks From First Principles", IEEE S&P 2022.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import ShadowModels
    >>> from skmia.attacks.evidence import WithSelection
    >>> from skmia.targets import Session
    >>> X, y = load_digits(return_X_y=True)
    >>> tree = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
    >>> shadows = ShadowModels(tree, n_shadows=4, random_state=0).fit(X, y)
    >>> evidence = WithSelection().fit(shadows.pairs(2)[0])
    >>> Z = evidence.transform(Session(tree, X, y))
    >>> bool(0 < Z["vulnerable"].mean() <= 0.2)
    True
    """

    _parameter_constraints: dict = {
        **References._parameter_constraints,
        "radius": [Interval(Real, 0, 2, closed="both"), None],
        "share": [INNER_FRACTION],
        "max_neighbors": [NOT_NEGATIVE],
    }

    both_sides = False

    def __init__(
        self,
        signals: SignalsLike = "loss",
        *,
        online: bool = False,
        radius: float | None = None,
        share: float = 0.1,
        max_neighbors: float = 0.1,
        random_state: RandomStateLike = None,
    ) -> None:
        super().__init__(signals, online=online, random_state=random_state)
        self.radius = radius
        self.share = share
        self.max_neighbors = max_neighbors

    @property
    def asks(self) -> frozenset[str]:
        """What the model must answer."""
        return super().asks | {"predict_proba"}

    def recorded(self) -> list[Signal]:
        """Signals that stand in for a shadow model, so that it need not be kept.

        Returns
        -------
        signals : list of Signal
        """
        seen = super().recorded() or []
        known = any(signal.name == _POSTERIOR for signal in seen)
        return seen if known else [*seen, get_signal(_POSTERIOR)]

    def fit(self, pairs: Pairs | Session, member: ArrayLike | None = None) -> Self:
        """Keep the shadow models as references, and learn how near a neighbour is.

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
        super().fit(pairs, member)
        self.radius_: Any = self.radius
        if self.radius is None:
            self.radius_ = radius_of_share(
                self._places(self.references_),
                n_train=_n_train(self.references_),
                max_neighbors=self.max_neighbors,
                share=self.share,
            )
        return self

    def observe(self, session: Session) -> pd.DataFrame:
        """Table of one model beside the others, and who is vulnerable.

        Parameters
        ----------
        session : skmia.targets.Session
            The model and its records.

        Returns
        -------
        Z : DataFrame of float32 of shape (n_records, n_table_columns + 1)
        """
        Z = super().observe(session)
        others = self._others(session)
        itself, pool = positions(session, others[0]), self._places(others)
        if (itself >= 0).all():
            places = pool[itself]
        else:
            places = self._places(others, session.X, session.y)
        vulnerable = select_vulnerable(
            places,
            pool,
            n_train=_n_train(others),
            radius=self.radius_,
            max_neighbors=self.max_neighbors,
            itself=itself,
        )
        return Z.assign(vulnerable=vulnerable.astype(np.float32))

    def _places(self, references, *records):
        """What the references say of records, side by side; of their own by default."""
        answers = [
            one.observe(_POSTERIOR, *records, classes=self.classes_seen_)
            for one in references
        ]
        check_answered([answer.isna().any(axis=None) for answer in answers])
        return np.hstack([answer.to_numpy() for answer in answers])


def _n_train(references):
    """Size of a training set, assumed to be that of the shadow models."""
    return max(round(np.mean([one.member.sum() for one in references])), 1)
