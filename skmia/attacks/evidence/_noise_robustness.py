"""How many noisy copies of a record keep its label, by the noise that tells most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import roc_auc_score

from skmia.attacks.evidence._signals import Signals, only
from skmia.signals import get_signal
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    import pandas as pd

    from skmia.signals._base import Signal, SignalsLike
    from skmia.targets._pairs import Pairs
    from skmia.targets._session import Session

SCALES = (0.0, 0.1, 0.3, 1.0)


class NoiseRobustness(Signals):
    """Fraction of noisy copies of a record that keep its label.

    How much noise tells most depends on the model and the data. Shadow models are asked
    with every one of `scales`; the target with the one that told their members best.

    .. versionadded:: 0.2

    Parameters
    ----------
    signals : str, Signal or list of one of them, default="noise_robustness"
        "noise_robustness", with its number of copies.
    scales : sequence of float, default=(0.0, 0.1, 0.3, 1.0)
        Noise to choose from, in standard deviations of each feature. Without noise it
        is the gap attack, the best where models are constant around their records.
    random_state : int, RandomState instance or None, default=None
        Seed of the noise, where the signal has none of its own; None is that of the
        attack, or 0.

    Attributes
    ----------
    scale_ : float
        The noise in use: that of the best AUC on the shadow models, or that of the
        signal where there are none.
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    skmia.attacks.evidence.Sampled : The frequencies of all labels.

    Notes
    -----
    Threat model: the adversary sees labels only, and has shadow models. The target is
    asked 100 rows about each record, the record itself and 99 copies, or one where no
    noise is best.

    References
    ----------
    C. A. Choquette-Choo et al., "Label-Only Membership Inference Attacks", ICML 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from skmia import ShadowModels
    >>> from skmia.attacks.evidence import NoiseRobustness
    >>> from skmia.targets import Session
    >>> X, y = load_iris(return_X_y=True)
    >>> model = KNeighborsClassifier(3).fit(X[::2], y[::2])
    >>> shadows = ShadowModels(model, n_shadows=4, random_state=0).fit(X, y)
    >>> pairs, member, _ = shadows.pairs()
    >>> evidence = NoiseRobustness().fit(pairs, member)
    >>> session = Session(model, X, y)
    >>> evidence.transform(session).shape, session.n_queries
    ((150, 1), 15000)
    """

    _parameter_constraints: dict = {
        **Signals._parameter_constraints,
        "scales": ["array-like"],
    }

    # As many as it takes to choose a noise and a threshold; all would cost more copies.
    n_models = 4

    def __init__(
        self,
        signals: SignalsLike = "noise_robustness",
        *,
        scales: Sequence[float] = SCALES,
        random_state: RandomStateLike = None,
    ) -> None:
        self.signals = signals
        self.scales = scales
        self.random_state = random_state

    def _signals(self):
        """The one signal, as it is given."""
        return only("NoiseRobustness", super()._signals(), "noise_robustness")

    def _scaled(self, scale):
        """The signal with another noise, and a name that tells it from others.

        Without noise it is whether the record gets its label, which is asked once.
        """
        (one,) = self._signals()
        own = one.set_params(scale=scale) if scale else get_signal("correctness")
        return replace(own, name=f"{one.name}_{scale}")

    def recorded(self) -> list[Signal]:
        """Signals that stand in for a shadow model, so that it need not be kept.

        Returns
        -------
        signals : list of Signal
        """
        return [self._scaled(scale) for scale in self.scales]

    def fit(self, pairs: Pairs | Session, member: ArrayLike | None = None) -> Self:
        """Choose the noise.

        Parameters
        ----------
        pairs : Pairs or Session
            Pairs of models and records, see :meth:`skmia.ShadowModels.pairs`.
        member : array-like of shape (n_pairs,), default=None
            Membership. A target, whose session does not know it, is asked nothing.

        Returns
        -------
        self : object
        """
        super().fit(pairs, member)
        if not len(self.scales):
            raise ValueError(
                "The 'scales' parameter of NoiseRobustness must hold one at least."
            )
        self.scale_ = self._signals()[0].params["scale"]
        if member is not None and _of_shadow_models(self._check(pairs)):
            member = np.asarray(member)
            qualities = [self._quality(pairs, member, scale) for scale in self.scales]
            self.scale_ = self.scales[qualities.index(max(qualities))]
        return self

    def _quality(self, pairs, member, scale):
        """AUC of one noise: a threshold may be that of the gap attack with all."""
        self.scale_ = scale
        return roc_auc_score(member, self.transform(pairs))

    def observe(self, session: Session) -> pd.DataFrame:
        """Robustness of one model, one row per record in question.

        Parameters
        ----------
        session : skmia.targets.Session
            The model and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, 1)
        """
        Z = session.observe([self._scaled(self.scale_)], classes=self.classes_seen_)
        return Z.set_axis(["noise_robustness"], axis=1)


def _of_shadow_models(pairs):
    return all(part.member is not None for part in pairs.parts)
