"""What the rounds of a federation give away to who changes what is sent."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from sklearn.base import clone

from skmia.attacks.evidence._rounds import (
    Rounds,
    chosen_rounds,
    held,
    of_each,
    of_uploads,
    own_and_mean,
    passive_rounds,
)
from skmia.federated import Federation, GradientAscent, Isolation
from skmia.signals import Signal
from skmia.signals._registry import check_signals
from skmia.targets._same_records import positions
from skmia.utils._kinds import name_of
from skmia.utils._sklearn import COUNT, NOT_NEGATIVE, StrOptions
from skmia.utils._typing import MatrixLike, RandomStateLike

if TYPE_CHECKING:
    from skmia.signals._base import SignalsLike
    from skmia.targets._session import Session


class ActiveRounds(Rounds):
    """Signals of rounds in which an insider raised the loss of the candidates.

    The insider acts before a federation is trained: `tamper` gives it its hooks. Of the
    server, which sees what a party made of a broadcast, there are two columns more for
    each round: by how much its training lowered the loss.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    signals : str, Signal or list of them, default=("loss", "confidence", "entropy", \
"gradient_norm")
        See :func:`skmia.signals.get_signal_names`.
    level : {"local", "global"}, default="global"
        Who acts: the first party, which uploads a changed model and sees that of all
        after each round; or the server, which broadcasts one and sees all uploads.
    n_rounds : int, default=5
        Rounds that are looked at, evenly spread over the last two thirds of all.
    rate : float, default=1.0
        Step along the gradient of the mean loss of the candidates, in each round. 0
        changes nothing.
    isolate : bool, default=False
        Whether the server sends every party its own model back. Only for "global".
    random_state : int, RandomState instance or None, default=None
        Seed of probing signals without a seed of their own; None is that of the
        attack, or 0.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    Rounds : Of who watches only.
    skmia.federated.GradientAscent : What the insider does.
    skmia.federated.Isolation : What a server can do besides.

    Notes
    -----
    Level: pairs. Threat model: an insider who holds the candidates and their labels
    while the federation is trained, and changes what it sends. A game plays that; in an
    audit it is a federation that was trained so, ``evidence.tamper(federation, X, y)``,
    all of whose records in question were among these `X`. What a hook of one's own does
    is not known, and does not count.

    All candidates are ascended at once. They disturb each other, the more the less the
    learner can tell them apart: the paper takes them in small lots.

    References
    ----------
    M. Nasr, R. Shokri, A. Houmansadr, "Comprehensive Privacy Analysis of Deep
    Learning", IEEE S&P 2019.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skmia.attacks.evidence import ActiveRounds
    >>> from skmia.federated import Federation
    >>> from skmia.targets import Session
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = MLPClassifier((), solver="sgd", learning_rate_init=0.1)
    >>> evidence = ActiveRounds("loss", n_rounds=1, rate=0.1)
    >>> federation = evidence.tamper(Federation(learner, random_state=0), X, y)
    >>> session = Session(federation.fit(X[::2], y[::2]), X, y)
    >>> list(evidence.fit_transform(session))
    ['rounds_loss_best_0', 'rounds_loss_mean_0', 'rounds_drop_best_0', \
'rounds_drop_mean_0']
    """

    needs = ("rounds", "training")
    _parameter_constraints: dict = {
        "signals": [str, Signal, list, tuple],
        "level": [StrOptions({"local", "global"})],
        "n_rounds": [COUNT],
        "rate": [NOT_NEGATIVE],
        "isolate": ["boolean"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        signals: SignalsLike = ("loss", "confidence", "entropy", "gradient_norm"),
        *,
        level: Literal["local", "global"] = "global",
        n_rounds: int = 5,
        rate: float = 1.0,
        isolate: bool = False,
        random_state: RandomStateLike = None,
    ) -> None:
        self.signals = signals
        self.level = level
        self.n_rounds = n_rounds
        self.rate = rate
        self.isolate = isolate
        self.random_state = random_state

    @property
    def asks(self) -> frozenset[str]:
        """What the model must answer."""
        if self.level == "local":
            return super().asks
        return frozenset({"broadcasts_", "uploads_"})

    def tamper(self, estimator: Federation, X: MatrixLike, y: ArrayLike) -> Federation:
        """A federation that will be trained with the insider in it.

        Parameters
        ----------
        estimator : Federation
            Not fitted, or to be fitted anew.
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records in question.
        y : array-like of shape (n_samples,)
            Their labels.

        Returns
        -------
        federation : Federation
            A clone with hooks.
        """
        if not isinstance(estimator, Federation):
            raise TypeError(
                "An insider acts in a Federation, itself and not inside of another "
                f"estimator. Got {name_of(estimator)}."
            )
        if self.isolate and self.level == "local":
            raise ValueError(
                "A party cannot isolate others: the 'isolate' of ActiveRounds takes "
                "level='global'."
            )
        cut_off = [Isolation(None)] if self.isolate else []
        insider = 0 if self.level == "local" else None
        ascent = GradientAscent(X, y, rate=self.rate, insider=insider)
        hooks = [*estimator.hooks, *cut_off, ascent]
        return clone(estimator).set_params(hooks=hooks)

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
        if session is None or reason is not None:
            return reason
        missing = self._not_done(session)
        return missing and (
            f"the federation was trained without {missing}: train "
            f"{' '.join(repr(self).split())}.tamper(federation, X, y) with the records "
            "in question, or play a game"
        )

    def _not_done(self, session):
        """What the insider should have done and did not, or None."""
        everyone = (isinstance(h, Isolation) and h.party is None for h in session.hooks)
        if self.isolate and not any(everyone):
            return "a server that isolates every party"
        if not self.rate or any(self._raised(hook, session) for hook in session.hooks):
            return None
        who = "party" if self.level == "local" else "server"
        return f"a {who} that raises the loss of these records"

    def _raised(self, hook, session):
        """Whether a hook is that ascent, and of all candidates."""
        return (
            isinstance(hook, GradientAscent)
            and hook.rate > 0
            and (hook.insider is None) == (self.level == "global")
            and (positions(*map(_numbers_only, (session, hook))) >= 0).all()
        )

    def _columns_of_round(self, signals, classes):
        """Names of what is seen of a round."""
        names = super()._columns_of_round(signals, classes)
        return names if self.level == "local" else [*names, "drop_best", "drop_mean"]

    def _function(self):
        return passive_rounds if self.level == "local" else active_rounds


def _numbers_only(held):
    """Records without names of features, by which they are no others."""
    X = held.X if sparse.issparse(held.X) else np.asarray(held.X)
    return SimpleNamespace(X=X, y=held.y)


def active_rounds(model, X, y, classes, *, signals, n_rounds, n_classes, **_):
    """Signals of some rounds, and how training changed the loss, as a signal.

    Parameters
    ----------
    model, X, y, classes, signals, n_rounds, n_classes : as for passive_rounds

    Returns
    -------
    values : ndarray of shape (n_records, n_columns)
    """
    classes = classes[:n_classes]
    sent, received = (
        chosen_rounds(model.ask(name, X), n_rounds)
        for name in ("broadcasts_", "uploads_")
    )
    loss = check_signals(["loss"])
    values = []
    for models in zip(sent, received, strict=True):
        before, after = (held(part, X, y, classes) for part in models)
        drop = of_each(before, loss) - of_each(after, loss)
        values.append(of_uploads(after, signals))
        values.append(own_and_mean(drop, drop[:, :, 0].argmax(axis=0)))
    return np.hstack(values)
