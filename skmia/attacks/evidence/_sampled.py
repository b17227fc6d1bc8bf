"""Signals of the posterior that labels of noisy copies estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from skmia.attacks.evidence._signals import Signals, only
from skmia.signals import Signal
from skmia.targets._told import Told
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    import pandas as pd

    from skmia.signals._base import SignalsLike
    from skmia.targets._session import Session


class Sampled(Signals):
    """Signals of a posterior that is estimated from labels.

    How often each class is the label of a record or one of its noisy copies stands in
    for the posterior, to which all attacks on scores apply.

    .. versionadded:: 0.2

    Parameters
    ----------
    signals : str, Signal or list of one of them, default="sampled_posterior"
        "sampled_posterior", with its number of copies and its noise.
    scores : str, Signal or list of them, default=("posterior", "loss")
        What is seen of the estimated posterior: signals that ask "predict_proba".
    random_state : int, RandomState instance or None, default=None
        Seed of the noise, where the signal has none of its own; None is that of the
        attack, or 0.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    skmia.attacks.evidence.NoiseRobustness : The frequency of the true label.

    Notes
    -----
    Threat model: the adversary sees labels only. The target is asked 100 rows about
    each record. The largest entry of the estimate is what a record's neighbourhood is
    called, not always what the model says of the record itself.

    References
    ----------
    S. Rahimian, T. Orekondy, M. Fritz, "Sampling Attacks: Amplification of Membership
    Inference Attacks by Repeated Queries", 2019.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.attacks.evidence import Sampled
    >>> from skmia.targets import Session
    >>> X, y = load_iris(return_X_y=True)
    >>> session = Session(DecisionTreeClassifier().fit(X, y), X, y)
    >>> list(Sampled().fit_transform(session))
    ['posterior_0', 'posterior_1', 'posterior_2', 'loss']
    """

    _parameter_constraints: dict = {
        **Signals._parameter_constraints,
        "scores": [str, Signal, list, tuple],
    }

    def __init__(
        self,
        signals: SignalsLike = "sampled_posterior",
        *,
        scores: SignalsLike = ("posterior", "loss"),
        random_state: RandomStateLike = None,
    ) -> None:
        self.signals = signals
        self.scores = scores
        self.random_state = random_state

    def _signals(self):
        return only("Sampled", super()._signals(), "sampled_posterior")

    def observe(self, session: Session) -> pd.DataFrame:
        """Signals of the estimated posterior of one model.

        Parameters
        ----------
        session : skmia.targets.Session
            The model and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, n_columns)
            nan where there is no budget for a record.
        """
        classes = self.classes_seen_
        estimate = session.observe(self._signals(), classes=classes).to_numpy()
        unseen = np.isnan(estimate).any(axis=1)
        told = Told(
            session,
            np.where(unseen[:, None], 1 / len(classes), estimate),
            answers={"predict_proba"},
            classes=classes,
        )
        Z = told.observe(self.scores, classes=classes)
        Z[unseen] = np.nan
        return Z
