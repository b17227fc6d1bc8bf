"""A bagged ensemble beside those of its members that did not draw a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from skmia.attacks.evidence._signals import Signals
from skmia.shadow._bags import out_of_bag_posterior, out_of_bag_prediction
from skmia.signals import observe, signal
from skmia.signals._residuals import columns_of_outputs
from skmia.utils._reference_table import reference_table

if TYPE_CHECKING:
    import pandas as pd

    from skmia.signals._base import Signal, SignalsLike
    from skmia.targets._session import Session


class OutOfBag(Signals):
    """What an ensemble gives away beside what its out-of-bag members do.

    Members of a bagged ensemble that did not draw a record stand for a model that was
    not trained on it: the reference is their mean posterior, the ensemble's own
    out-of-bag answer. Nothing is trained.

    .. versionadded:: 0.2

    Parameters
    ----------
    signals : str, Signal or list of them, default="loss"
        What is compared. Signals of labels and probabilities of the records
        themselves: there is no out-of-bag answer to other queries.
    bags : array-like of bool of shape (n_models, n_records), default=None
        Which member of the ensemble drew which of the session's records, in their
        order. A record that was not used for training must borrow the column of a
        random training record. None: no attack can be run.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    skmia.audit : ``references="out-of-bag"`` runs attacks on this evidence.
    References : The same beside shadow models.

    Notes
    -----
    Threat model: white-box. The adversary holds the ensemble with the rows that its
    members drew, and is told of each candidate which row of the training data it would
    be: an auditor's privilege.

    Only offline attacks read the table, on known members of the target. A record that
    is in no bag has all members for its reference, which is then equal to the ensemble:
    that alone would tell who is no member. With a borrowed column the two sides
    differ by nothing if the members do not depend on what they drew.

    One reference and not one for each member: the loss of a mean is not the mean of
    losses, and the loss of a single tree, 0 or infinite, says little of a forest's.

    A record that every member drew is left unanswered.

    References
    ----------
    Out-of-bag estimates: L. Breiman, "Out-of-bag estimation", technical report, 1996.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skmia.attacks.evidence import OutOfBag
    >>> from skmia.targets import Session
    >>> X, y = load_digits(return_X_y=True)
    >>> forest = RandomForestClassifier(50, random_state=0).fit(X[:500], y[:500])
    >>> bags = [np.isin(range(500), rows) for rows in forest.estimators_samples_]
    >>> lent = np.random.default_rng(0).permutation(500)
    >>> bags = np.hstack([bags, np.array(bags)[:, lent]])
    >>> session = Session(forest, X[:1000], y[:1000], white_box=True)
    >>> Z = OutOfBag("confidence", bags=bags).fit_transform(session)
    >>> gain = Z["confidence|target"] - Z["confidence|0"]
    >>> bool(gain[:500].mean() > gain[500:].mean() + 0.1)
    True
    """

    needs = ("bags",)
    of_one_label = True

    _parameter_constraints = {
        "signals": Signals._parameter_constraints["signals"],
        "bags": ["array-like", None],
    }

    def __init__(
        self, signals: SignalsLike = "loss", *, bags: ArrayLike | None = None
    ) -> None:
        self.signals = signals
        self.bags = bags

    @property
    def asks(self) -> frozenset[str]:
        """What the model must answer."""
        return super().asks | {"parameters"}

    def recorded(self) -> list[Signal] | None:
        """Signals that stand in for a shadow model: none do."""
        return None

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
        if self.bags is None:
            return "nothing says which model of the ensemble drew which record"
        if not all(map(_of_posterior, self._signals())):
            return (
                "out-of-bag members only tell labels and probabilities of the records"
            )
        return super().lacks(session)

    def observe(self, session: Session) -> pd.DataFrame:
        """Table of the ensemble beside its out-of-bag answer, one row per record.

        Parameters
        ----------
        session : skmia.targets.Session
            The ensemble, ``white_box=True``, and the records.

        Returns
        -------
        Z : DataFrame of float32 of shape (n_records, 2 * n_columns)
            Columns ``<signal>|target`` and ``<signal>|0``.
        """
        reason = self.lacks()
        if reason:
            raise ValueError(f"OutOfBag cannot be observed: {reason}.")
        bags = self._bags(session)
        left = _left(session, bags)
        signals, seen = self._signals(), self.classes_seen_
        usual = observe(left, session.X, session.y, signals, classes=seen).to_numpy()
        own = session.observe(signals, classes=seen)
        unknown = bags.all(axis=0)
        usual = np.where(unknown[:, None], np.nan, usual)
        session.unanswered |= unknown
        return reference_table(
            list(own), own.to_numpy(), usual[:, None], index=own.index
        )

    def _bags(self, session):
        bags = np.asarray(self.bags, dtype=bool)
        if bags.ndim != 2 or bags.shape[1] != len(session):
            raise ValueError(
                "The 'bags' parameter of OutOfBag must have one column for each of the "
                f"{len(session)} records. Got an array of shape {bags.shape}."
            )
        return bags


def _left(session, bags):
    """What an ensemble answers about each record without members that drew it."""
    if session.kind == "regressor":
        answer = session.observe(_OF_REGRESSOR.set_params(bags=bags)).to_numpy()
        return _Prediction(answer)
    # Its columns are of all classes of the model, those nobody asked about, too.
    classes = session.classes_
    answer = session.observe(_OUT_OF_BAG.set_params(bags=bags), classes=classes)
    return _Posterior(answer.to_numpy(), classes)


def _posterior_of(model, X, y, classes, bags):
    return out_of_bag_posterior(model, X, bags)


def _prediction_of(model, X, y, classes, bags, n_outputs):
    return out_of_bag_prediction(model, X, bags, n_outputs)


# Asked as a signal, so that a session keeps it for all folds and attacks.
_OUT_OF_BAG = signal(
    "parameters",
    probing=True,
    name="out_of_bag",
    needs_y=False,
    columns="per-class",
    bags=None,
)(_posterior_of)
_OF_REGRESSOR = signal(
    "parameters",
    of="regressor",
    probing=True,
    name="out_of_bag",
    columns=columns_of_outputs,
    bags=None,
    n_outputs=None,
)(_prediction_of)


def _of_posterior(signal):
    """Whether a signal asks about the records themselves, and for no more than this."""
    return not signal.probing and {"predict", "predict_proba"}.issuperset(signal.asks)


@dataclass
class _Posterior:
    """A classifier of which nothing is left but its answer about some records."""

    posterior: np.ndarray
    classes_: np.ndarray

    def predict_proba(self, X):
        return self.posterior

    def predict(self, X):
        return self.classes_[self.posterior.argmax(axis=1)]


@dataclass
class _Prediction:
    """A regressor of which nothing is left but its answer about some records."""

    prediction: np.ndarray

    def predict(self, X):
        return self.prediction
