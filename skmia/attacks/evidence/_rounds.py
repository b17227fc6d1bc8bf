"""What the rounds of a federation give away to who watches them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from skmia.attacks.evidence._base import Evidence
from skmia.signals import Signal, signal
from skmia.signals._registry import check_signals
from skmia.targets import Session
from skmia.utils._sklearn import COUNT, StrOptions
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    import pandas as pd

    from skmia.signals._base import SignalsLike

# What who watches a federation is shown.
SENT_TO = {"local": "rounds_", "global": "uploads_"}


class Rounds(Evidence):
    """Signals of the models that were sent in some rounds of a federation.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    signals : str, Signal or list of them, default=("loss", "confidence", "entropy", \
"gradient_norm")
        See :func:`skmia.signals.get_signal_names`.
    level : {"local", "global"}, default="local"
        Who watches: a party, which sees the model of all after each round, or the
        server, which sees what each party uploads.
    n_rounds : int, default=5
        Rounds that are looked at, evenly spread over the last two thirds of all.
    random_state : int, RandomState instance or None, default=None
        Seed of probing signals without a seed of their own; None is that of the
        attack, or 0.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    ActiveRounds : The same of who acts, too.
    Internals : More of one model.
    skmia.federated.Federation : What is attacked.

    Notes
    -----
    Level: pairs. Threat model: an honest but curious insider of a federation, who holds
    every model that it sees. Of each round the server looks at the upload with the
    smallest loss on the record ("best"), and at the mean over the uploads ("mean"):
    which of the parties it is has no meaning in another federation.

    More rounds are not always better. How many, and which signals, are parameters of
    the attack: ``GridSearchCV`` over ``evidence__n_rounds``, on the pairs of shadow
    models and grouped by them, chooses without looking at a candidate.

    The paper gives a network all gradients and hidden units of 5 rounds; see
    :class:`Internals` for what lengths of gradients leave of that.

    References
    ----------
    M. Nasr, R. Shokri, A. Houmansadr, "Comprehensive Privacy Analysis of Deep
    Learning", IEEE S&P 2019.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skmia.attacks.evidence import Rounds
    >>> from skmia.federated import Federation
    >>> from skmia.targets import Session
    >>> X, y = load_iris(return_X_y=True)
    >>> learner = MLPClassifier((), solver="sgd", learning_rate_init=0.1)
    >>> federation = Federation(learner, random_state=0).fit(X[::2], y[::2])
    >>> session = Session(federation, X, y)
    >>> Z = Rounds("loss", level="global", n_rounds=2).fit_transform(session)
    >>> list(Z), session.n_queries
    (['rounds_loss_best_0', 'rounds_loss_mean_0', 'rounds_loss_best_1', \
'rounds_loss_mean_1'], 0)
    """

    needs: tuple[str, ...] = ("rounds",)
    n_models = 4
    _parameter_constraints: dict = {
        "signals": [str, Signal, list, tuple],
        "level": [StrOptions(set(SENT_TO))],
        "n_rounds": [COUNT],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        signals: SignalsLike = ("loss", "confidence", "entropy", "gradient_norm"),
        *,
        level: Literal["local", "global"] = "local",
        n_rounds: int = 5,
        random_state: RandomStateLike = None,
    ) -> None:
        self.signals = signals
        self.level = level
        self.n_rounds = n_rounds
        self.random_state = random_state

    @property
    def asks(self) -> frozenset[str]:
        """What the model must answer."""
        return frozenset({SENT_TO[self.level]})

    def _looked_at(self, session):
        last = session.ask(SENT_TO[self.level])[-1]
        return last if self.level == "local" else last[0]

    def observe(self, session: Session) -> pd.DataFrame:
        """Signals of the rounds, one row per record in question.

        Parameters
        ----------
        session : skmia.targets.Session
            The federation and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, n_columns)
        """
        signals, classes = self._signals(), self.classes_seen_
        of_round = self._columns_of_round(signals, classes)
        # As a signal it is computed once, however often an attack is fitted.
        seen = signal(
            *sorted(self.asks),
            probing=True,
            name="rounds",
            columns=[
                f"{name}_{place}" for place in range(self.n_rounds) for name in of_round
            ],
            signals=signals,
            level=self.level,
            n_rounds=self.n_rounds,
            n_classes=len(classes),
            n_queries=0,
            **self._more(),
        )(self._function())
        return session.observe([seen], classes=classes)

    def _function(self):
        return passive_rounds

    def _more(self):
        """What else the function is told."""
        return {}

    def _columns_of_round(self, signals, classes):
        """Names of what is seen of a round."""
        names = [name for one in signals for name in one.column_names(classes)]
        if self.level == "local":
            return names
        return [f"{name}_{kind}" for name in names for kind in ("best", "mean")]


def passive_rounds(model, X, y, classes, *, signals, level, n_rounds, n_classes, **_):
    """Signals of some rounds of a federation, as a signal computes them.

    Parameters
    ----------
    model : View
        Of a federation.
    X, y, classes : records in question, their labels, and labels of the columns
    signals : list of Signal
    level : {"local", "global"}
    n_rounds : int
    n_classes : int
        How many of the classes have a column: those of the adversary come first.

    Returns
    -------
    values : ndarray of shape (n_records, n_columns)
    """
    classes = classes[:n_classes]
    rounds = chosen_rounds(model.ask(SENT_TO[level], X), n_rounds)
    if level == "local":
        return of_all(held(rounds, X, y, classes), signals)
    uploads = (held(one, X, y, classes) for one in rounds)
    return np.hstack([of_uploads(one, signals) for one in uploads])


def chosen_rounds(sent, n_rounds):
    """What was sent in rounds that are evenly spread over the last two thirds of all.

    Parameters
    ----------
    sent : sequence
        Of each round.
    n_rounds : int

    Returns
    -------
    chosen : list
    """
    last = len(sent) - 1
    places = np.linspace(last, last / 3, n_rounds).round().astype(int)[::-1]
    return [sent[place] for place in places]


def held(models, X, y, classes):
    """Sessions of models that an insider holds: each is asked once, whatever is seen.

    Parameters
    ----------
    models : sequence of classifiers
    X, y, classes : records in question, their labels, and labels of the columns

    Returns
    -------
    sessions : list of Session
    """
    known = {"classes": classes, "white_box": True}
    return [Session(one, X, y, **known) for one in models]


def of_all(sessions, signals):
    """Signals of some models, side by side.

    Parameters
    ----------
    sessions : list of Session
    signals : list of Signal

    Returns
    -------
    values : ndarray of shape (n_records, n_models * n_columns)
    """
    return np.hstack(list(of_each(sessions, signals)))


def of_uploads(uploads, signals):
    """Signals of the upload with the smallest loss on each record, and their mean.

    Parameters
    ----------
    uploads : list of Session
    signals : list of Signal

    Returns
    -------
    values : ndarray of shape (n_records, 2 * n_columns)
        In turns.
    """
    best = of_each(uploads, check_signals(["loss"]))[:, :, 0].argmin(axis=0)
    return own_and_mean(of_each(uploads, signals), best)


def of_each(sessions, signals):
    """Signals of each of some models, of shape (n_models, n_records, n_columns)."""
    return np.stack([session.observe(signals).to_numpy() for session in sessions])


def own_and_mean(values, chosen):
    """Columns of one model, another one for each record, and their mean, in turns.

    Parameters
    ----------
    values : ndarray of shape (n_models, n_records, n_columns)
    chosen : ndarray of int of shape (n_records,)

    Returns
    -------
    columns : ndarray of shape (n_records, 2 * n_columns)
    """
    own = values[chosen, np.arange(len(chosen))]
    columns = np.stack([own, values.mean(axis=0)], axis=2)
    return columns.reshape(len(chosen), -1)
