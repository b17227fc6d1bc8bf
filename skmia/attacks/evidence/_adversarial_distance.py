"""How far a record is from its nearest adversarial example, by gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skmia.attacks.evidence._signals import Signals
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.signals._base import SignalsLike


class AdversarialDistance(Signals):
    """Distance of a record to the nearest adversarial example of the model.

    .. versionadded:: 0.2

    Parameters
    ----------
    signals : str, Signal or list of them, default="pgd_distance"
        Also ``get_signal("pgd_distance", norm=inf)``, or with another number of steps.
    random_state : int, RandomState instance or None, default=None
        Seed of probing signals without a seed of their own; None is that of the
        attack, or 0.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    skmia.attacks.evidence.BoundaryDistance : The same of labels only.

    Notes
    -----
    Threat model: the adversary holds the model itself, and has shadow models. The model
    must be one whose gradients are known: linear models, ``GaussianNB``,
    ``MLPClassifier``, networks of torch, and pipelines of scalers and one of these.

    References
    ----------
    H. Hu et al., "Membership Inference Attacks on Machine Learning: A Survey", ACM
    Computing Surveys 2022.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skmia import ShadowModels
    >>> from skmia.attacks.evidence import AdversarialDistance
    >>> from skmia.targets import Session
    >>> X, y = load_iris(return_X_y=True)
    >>> target = LogisticRegression(max_iter=1000).fit(X[::2], y[::2])
    >>> shadows = ShadowModels(target, n_shadows=4, random_state=0).fit(X, y)
    >>> pairs, member, _ = shadows.pairs()
    >>> session = Session(target, X, y, white_box=True)
    >>> AdversarialDistance().fit(pairs, member).transform(session).shape
    (150, 1)
    >>> session.n_queries
    0
    """

    needs = ("gradients",)
    n_models = 2

    def __init__(
        self,
        signals: SignalsLike = "pgd_distance",
        *,
        random_state: RandomStateLike = None,
    ) -> None:
        super().__init__(signals, random_state=random_state)
