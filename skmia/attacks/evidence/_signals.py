"""What a model itself gives away, alone or beside the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from skmia.attacks.evidence._base import Evidence
from skmia.signals import Signal
from skmia.utils._numbers import numbers
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.signals._base import SignalsLike
    from skmia.targets._session import Session


class Signals(Evidence):
    """What a model itself gives away about a record.

    .. versionadded:: 0.2

    Parameters
    ----------
    signals : str, Signal or list of them, default=("posterior", "loss")
        See :func:`skmia.signals.get_signal_names`.
    random_state : int, RandomState instance or None, default=None
        Seed of probing signals without a seed of their own; None is that of the
        attack, or 0.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    skmia.observe : The same for one model and its records.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.attacks.evidence import Signals
    >>> from skmia.targets import Session
    >>> X, y = load_iris(return_X_y=True)
    >>> session = Session(DecisionTreeClassifier().fit(X, y), X, y)
    >>> Signals("loss").fit_transform(session[:3])["loss"].tolist()
    [0.0, 0.0, 0.0]
    """

    _parameter_constraints: dict = {
        "signals": [str, Signal, list, tuple],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        signals: SignalsLike = ("posterior", "loss"),
        *,
        random_state: RandomStateLike = None,
    ) -> None:
        self.signals = signals
        self.random_state = random_state

    def recorded(self) -> list[Signal] | None:
        """Signals that stand in for a shadow model, so that it need not be kept.

        Returns
        -------
        signals : list of Signal
        """
        return self._signals()

    def observe(self, session: Session) -> pd.DataFrame:
        """Signals of one model, one row per record in question.

        Parameters
        ----------
        session : skmia.targets.Session
            The model and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, n_columns)
        """
        return session.observe(self._signals(), classes=self.classes_seen_)


def only(evidence, signals, *names):
    """The signals of an evidence, if it is one of those that it is made for."""
    if len(signals) == 1 and signals[0].name in names:
        return signals
    raise ValueError(
        f"The 'signals' parameter of {evidence} must be one of {list(names)}, by name "
        f"or from get_signal. Got {[signal.name for signal in signals]} instead."
    )


class WithRecords(Signals):
    """Signals, and the features of the record: for attacks with a model of people.

    .. versionadded:: 0.2

    Parameters
    ----------
    signals : str, Signal or list of them, default=("posterior", "loss")
        See :func:`skmia.signals.get_signal_names`.
    random_state : int, RandomState instance or None, default=None
        Seed of probing signals without a seed of their own; None is that of the
        attack, or 0.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    skmia.attacks.QuantileRegressionAttack : Predicts a signal from the features.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.attacks.evidence import WithRecords
    >>> from skmia.targets import Session
    >>> X, y = load_iris(return_X_y=True)
    >>> session = Session(DecisionTreeClassifier().fit(X, y), X, y)
    >>> list(WithRecords("loss").fit_transform(session))[:2]
    ['loss', 'feature_0']
    """

    needs = ("features",)

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
        reason = super().lacks(session)
        if reason is None and session is not None and numbers(session.X) is None:
            reason = "the features are not numbers"
        return reason

    def observe(self, session: Session) -> pd.DataFrame:
        """Signals of one model and features, one row per record in question.

        Parameters
        ----------
        session : skmia.targets.Session
            The model and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, n_columns)
        """
        Z = super().observe(session)
        features = pd.DataFrame(numbers(session.X), index=Z.index)
        return pd.concat([Z, features.add_prefix("feature_")], axis=1)
