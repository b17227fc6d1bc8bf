"""How far a record is from the boundary of its class."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skmia.attacks.evidence._signals import Signals, only
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.signals._base import SignalsLike


class BoundaryDistance(Signals):
    """Distance of a record to the nearest point that was found of another label.

    .. versionadded:: 0.2

    Parameters
    ----------
    signals : str, Signal or list of them, default="boundary_distance"
        Also "boundary_distance_inf", or either with another number of queries.
    random_state : int, RandomState instance or None, default=None
        Seed of the search, where the signal has none of its own; None is that of the
        attack, or 0.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    skmia.attacks.evidence.NoiseRobustness : How much of the surroundings has a label.

    Notes
    -----
    Threat model: the adversary sees labels only, and has shadow models. The target is
    asked 100 rows about each record at most. The unit of each feature is its standard
    deviation among the records that the evidence was fitted on, and some of these
    records, of other classes, are where the search begins.

    Two shadow models are asked, enough to set a threshold: with each more an audit
    would take longer by all its queries.

    References
    ----------
    C. A. Choquette-Choo et al., "Label-Only Membership Inference Attacks", ICML 2021.
    Z. Li, Y. Zhang, "Membership Leakage in Label-Only Exposures", ACM CCS 2021.
    J. Chen et al., "HopSkipJumpAttack: A Query-Efficient Decision-Based Attack", IEEE
    S&P 2020.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import ShadowModels
    >>> from skmia.attacks.evidence import BoundaryDistance
    >>> from skmia.targets import Session
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
    >>> evidence = BoundaryDistance()
    >>> shadows = ShadowModels(tree, n_shadows=4, random_state=0).fit(X, y)
    >>> pairs, member, _ = shadows.pairs(evidence.n_models)
    >>> session = Session(tree, X, y)
    >>> Z = evidence.fit(pairs, member).transform(session)
    >>> Z.shape, session.n_queries <= 100 * 150
    ((150, 1), True)
    """

    n_models = 2

    def __init__(
        self,
        signals: SignalsLike = "boundary_distance",
        *,
        random_state: RandomStateLike = None,
    ) -> None:
        super().__init__(signals, random_state=random_state)

    def _signals(self):
        names = "boundary_distance", "boundary_distance_inf"
        return only("BoundaryDistance", super()._signals(), *names)

    def recorded(self) -> None:
        """None: shadow models are kept, since only two are asked.

        Returns
        -------
        signals : None
        """
        return None
