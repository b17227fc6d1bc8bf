"""Who changes the messages of a federation: insiders that act, not only watch."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import _safe_indexing, check_consistent_length

from skmia.federated._learners import learner_of
from skmia.utils._typing import FittedClassifier, MatrixLike


@dataclass(frozen=True)
class Message:
    """A model on its way between the server and a party.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Attributes
    ----------
    round : int
        From 0.
    party : int
        Place among ``parties_`` of whom it is for, or from.
    model : fitted classifier
        What is sent.
    last_upload : fitted classifier or None
        What the party sent when it last took part; where the server sees it.
    received : fitted classifier or None
        What the party was sent in this round; of uploads only.
    """

    round: int
    party: int
    model: Any
    last_upload: Any = None
    received: Any = None


class Hook(BaseEstimator):
    """Changes what the server and the parties send each other: nothing, unless told.

    Subclasses write over one method or several. The messages that they return are those
    that the other side gets, and that the history holds.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    See Also
    --------
    GradientAscent : Raises the loss of some records.
    Isolation : Cuts a party off.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skmia.federated import Federation, Hook
    >>> class Count(Hook):
    ...     def on_upload(self, message):
    ...         print(message.round, message.party)
    ...         return message.model
    >>> learner = MLPClassifier((), solver="sgd")
    >>> federation = Federation(learner, n_parties=2, n_rounds=1, hooks=[Count()])
    >>> _ = federation.set_params(random_state=0).fit(*load_iris(return_X_y=True))
    0 0
    0 1
    """

    def check(self, n_parties: int) -> None:
        """Raise where the hook cannot act; called once, before the first round.

        Parameters
        ----------
        n_parties : int
            Number of parties.
        """

    def on_broadcast(self, message: Message) -> FittedClassifier:
        """What a party gets from the server.

        Parameters
        ----------
        message : Message
            What the server would send.

        Returns
        -------
        model : fitted classifier
            What it sends.
        """
        return message.model

    def on_upload(self, message: Message) -> FittedClassifier:
        """What the server gets from a party.

        Parameters
        ----------
        message : Message
            What the party would send.

        Returns
        -------
        model : fitted classifier
            What it sends.
        """
        return message.model

    def leaves_out(self, message: Message) -> bool:
        """Whether the server leaves an upload out of the average.

        Parameters
        ----------
        message : Message
            The upload.

        Returns
        -------
        left_out : bool
        """
        return False


class GradientAscent(Hook):
    """Raise the loss of some records, and see whose training lowers it again.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records in question.
    y : array-like of shape (n_samples,)
        Their labels.
    rate : float, default=1.0
        Step along the gradient of the mean loss of the records. 0 changes nothing.
    insider : int, default=None
        Place of the party that acts: it sends its own model so changed, and the average
        carries it to the others. None: the server, whose broadcasts are changed.

    See Also
    --------
    skmia.attacks.evidence.ActiveRounds : What is seen of the rounds.

    Notes
    -----
    Level: records. Threat model: an active insider that holds the records in question.
    A member is pulled back by the training of the party that owns it, any other record
    is not. Records that are asked about together disturb each other.

    References
    ----------
    M. Nasr, R. Shokri, A. Houmansadr, "Comprehensive Privacy Analysis of Deep
    Learning", IEEE S&P 2019, section III-C.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skmia.federated import Federation, GradientAscent
    >>> X, y = load_iris(return_X_y=True)
    >>> insider = GradientAscent(X[1::2], y[1::2], rate=0.5, insider=0)
    >>> learner = MLPClassifier((), solver="sgd", learning_rate_init=0.1)
    >>> federation = Federation(learner, hooks=[insider], random_state=0)
    >>> federation.fit(X[::2], y[::2]).score(X, y) > 0.3
    True
    """

    def __init__(
        self,
        X: MatrixLike | None = None,
        y: ArrayLike | None = None,
        *,
        rate: float = 1.0,
        insider: int | None = None,
    ) -> None:
        self.X = X
        self.y = y
        self.rate = rate
        self.insider = insider

    def check(self, n_parties: int) -> None:
        """Raise where there are no records, or no such party.

        Parameters
        ----------
        n_parties : int
            Number of parties.
        """
        if self.X is None or self.y is None:
            raise ValueError(
                "GradientAscent needs the records in question and their labels: "
                "GradientAscent(X, y)."
            )
        check_consistent_length(self.X, self.y)
        _check_place(self, "insider", n_parties)

    def on_broadcast(self, message: Message) -> FittedClassifier:
        """What a party gets: with a higher loss, where the server acts.

        Parameters
        ----------
        message : Message
            What the server would send.

        Returns
        -------
        model : fitted classifier
        """
        return message.model if self.insider is not None else self._raised(message)

    def on_upload(self, message: Message) -> FittedClassifier:
        """What the server gets: with a higher loss, where it is from the insider.

        Parameters
        ----------
        message : Message
            What the party would send.

        Returns
        -------
        model : fitted classifier
        """
        acts = self.insider is not None and message.party == self.insider
        return self._raised(message) if acts else message.model

    def _raised(self, message):
        if not self.rate:
            return message.model
        learner, X, y = learner_of(message.model), self.X, np.asarray(self.y)
        known = np.isin(y, message.model.classes_)
        if not known.all():
            # What no party has is no label of the model, and has no gradient.
            X, y = _safe_indexing(X, np.flatnonzero(known)), y[known]
        if not len(y):
            return message.model
        gradient = learner.gradient(message.model, X, y)
        vector = learner.vector(message.model) + self.rate * gradient
        return learner.with_vector(message.model, vector)


class Isolation(Hook):
    """Cut a party off: it gets its own model back and is left out of the average.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    party : int, default=0
        Place of the victim. None: every party gets its own model back, and the server
        averages them for itself.

    See Also
    --------
    GradientAscent : Works best on a party that is alone.

    Notes
    -----
    Threat model: a malicious server. The party trains on its own records only and
    overfits them; without comparing notes with others it cannot tell.

    References
    ----------
    M. Nasr, R. Shokri, A. Houmansadr, "Comprehensive Privacy Analysis of Deep
    Learning", IEEE S&P 2019, section III-C.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skmia.federated import Federation, Isolation
    >>> learner = MLPClassifier((), solver="sgd")
    >>> federation = Federation(learner, hooks=[Isolation(1)], random_state=0)
    >>> len(federation.fit(*load_iris(return_X_y=True)).uploads_[-1])
    4
    """

    def __init__(self, party: int | None = 0) -> None:
        self.party = party

    def check(self, n_parties: int) -> None:
        """Raise where there is no such party.

        Parameters
        ----------
        n_parties : int
            Number of parties.
        """
        _check_place(self, "party", n_parties)

    def on_broadcast(self, message: Message) -> FittedClassifier:
        """What a party gets: of the victim its own last upload.

        Parameters
        ----------
        message : Message
            What the server would send.

        Returns
        -------
        model : fitted classifier
        """
        cut_off = self._is_of_victim(message) and message.last_upload is not None
        return message.last_upload if cut_off else message.model

    def leaves_out(self, message: Message) -> bool:
        """Whether an upload is left out of the average: that of the victim.

        Parameters
        ----------
        message : Message
            The upload.

        Returns
        -------
        left_out : bool
        """
        return self.party is not None and self._is_of_victim(message)

    def _is_of_victim(self, message):
        return self.party is None or message.party == self.party


def _check_place(hook, name, n_parties):
    """Raise where a parameter names none of the parties."""
    place = getattr(hook, name)
    known = isinstance(place, Integral) and 0 <= place < n_parties
    if place is not None and not known:
        raise ValueError(
            f"The '{name}' parameter of {type(hook).__name__} must be one of the "
            f"places of the parties among 'parties_', from 0 to {n_parties - 1}, or "
            f"None. Got {place!r} instead."
        )
