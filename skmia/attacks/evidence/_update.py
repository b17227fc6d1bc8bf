"""What an update of a model changed for a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skmia.attacks.evidence._base import Evidence
from skmia.signals import Signal
from skmia.utils._labels import encode_labels
from skmia.utils._sklearn import HasMethods
from skmia.utils._typing import FittedModel, RandomStateLike

if TYPE_CHECKING:
    import pandas as pd

    from skmia.signals._base import SignalsLike
    from skmia.targets._session import Session


class Update(Evidence):
    """How the signals of a record changed from a former version of the model.

    A member is here a record that the update added: one that the model in question was
    trained on, and its former version was not.

    .. versionadded:: 0.2

    Parameters
    ----------
    signals : str, Signal or list of them, default="scaled_logit"
        See :func:`skmia.signals.get_signal_names`. Columns are ``<signal>|change``, the
        value of the model minus that of its former version.
    former : fitted estimator, default=None
        The former version. It is asked the same as the model, and never cloned or
        changed. Without it no attack can be run.
    random_state : int, RandomState instance or None, default=None
        Seed of probing signals without a seed of their own; None is that of the
        attack, or 0.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    Signals : The same of one version.
    References : Beside models of the adversary's own.

    Notes
    -----
    Threat model: as many queries of both versions. Those of the former one are counted
    by itself, if it counts them; ``Session.n_queries`` is of the model in question.
    How hard a record is cancels, as beside a reference model that was trained on all
    but what is new.

    References
    ----------
    M. Jagielski et al., "How to Combine Membership-Inference Attacks on Multiple
    Updated Machine Learning Models", PoPETs 2023, arXiv:2205.06369. A. Salem et al.,
    "Updates-Leak", USENIX Security 2020.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skmia.attacks.evidence import Update
    >>> from skmia.targets import Session
    >>> X, y = load_digits(return_X_y=True)
    >>> former = LogisticRegression(max_iter=1000).fit(X[:600], y[:600])
    >>> now = LogisticRegression(max_iter=1000).fit(X[:700], y[:700])
    >>> Z = Update(former=former).fit_transform(Session(now, X[600:800], y[600:800]))
    >>> change = Z["scaled_logit|change"]
    >>> bool(change[:100].mean() > change[100:].mean())
    True
    """

    needs = ("former",)
    _parameter_constraints: dict = {
        "signals": [str, Signal, list, tuple],
        "former": [HasMethods(["predict"]), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        signals: SignalsLike = "scaled_logit",
        *,
        former: FittedModel | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.signals = signals
        self.former = former
        self.random_state = random_state

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters; those of the former version are its own.

        Parameters
        ----------
        deep : bool, default=True
            Ignored.

        Returns
        -------
        params : dict
        """
        return super().get_params(deep=False)

    def __sklearn_clone__(self):
        # A clone of the former version would be one that was never trained.
        return type(self)(**self.get_params())

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
        if self.former is None:
            return "no former version of the model is given"
        reason = super().lacks(session)
        if session is None or reason is not None:
            return reason
        before = session.version(self.former)
        reason = super().lacks(before) or _knows_no_label(self.former, session.y)
        return None if reason is None else f"of its former version: {reason}"

    def observe(self, session: Session) -> pd.DataFrame:
        """Changes since the former version, one row per record in question.

        Parameters
        ----------
        session : skmia.targets.Session
            The model and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, n_columns)
        """
        now, then = self._both(session, self.former)
        return (now - then).add_suffix("|change")

    def _both(self, session, former):
        """Signals of the model in question, and of another one."""
        beside = session.version(former)
        both = [
            one.observe(self._signals(), classes=self.classes_seen_)
            for one in (session, beside)
        ]
        session.unanswered |= beside.unanswered
        return both


def _knows_no_label(model, y):
    """That a model was trained on other classes than those of all records, or None."""
    known = getattr(model, "classes_", None)
    if known is None or y is None:
        return None
    try:
        encode_labels(y, known)
    except ValueError:
        return "it knows none of the labels of the records"
    return None
