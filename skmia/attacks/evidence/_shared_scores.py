"""What the scores that parties share on public records give away of other records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state

from skmia.attacks.evidence._rounds import (
    Rounds,
    chosen_rounds,
    held,
    of_all,
    of_uploads,
)
from skmia.federated._exchange import Imitation
from skmia.signals import Signal
from skmia.utils._random import draw_seeds
from skmia.utils._sklearn import COUNT, HasMethods, StrOptions
from skmia.utils._typing import Classifier, RandomStateLike

if TYPE_CHECKING:
    from skmia.signals._base import SignalsLike
    from skmia.targets._pairs import Pairs
    from skmia.targets._session import Session

# What who watches a federated distillation is shown.
SHOWN_TO = {"local": "consensus_", "global": "shared_scores_"}


class SharedScores(Rounds):
    """Signals of models that imitate what was said in some rounds of a distillation.

    Parties share scores on public records only. Whoever sees these trains a surrogate
    on them, and looks at the records in question in the surrogate.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    signals : str, Signal or list of them, default=("loss", "confidence", "entropy")
        What is seen of a surrogate, see :func:`skmia.signals.get_signal_names`.
    level : {"local", "global"}, default="global"
        Who watches: a party, which is sent the consensus of all in each round, or the
        server, which sees what each of them says.
    n_rounds : int, default=5
        Rounds that are looked at, evenly spread over the last two thirds of all.
    surrogate : classifier, default=None
        What surrogates are clones of. None: what the first party trains.
    random_state : int, RandomState instance or None, default=None
        Seed of the surrogates, and of probing signals without a seed of their own; None
        is that of the attack, or 0.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.
    surrogate_ : classifier
        What surrogates are clones of.

    See Also
    --------
    AskedScores : Of a server that puts the candidates among the public records.
    Rounds : Of a federation that sends models.
    skmia.federated.FederatedDistillation : What is attacked.

    Notes
    -----
    Level: pairs. Threat model: an honest but curious insider, who knows the public
    records. Of a candidate that is one of them it sees the score itself, and asks no
    surrogate. Of each round the server looks at the surrogate with the smallest loss on
    the record ("best"), and at the mean over them ("mean").

    The paper lays surrogates beside those of shadow models one by one; here signals of
    several rounds are one table.

    References
    ----------
    H. Shi, T. Ouyang, A. Wang, "Unveiling Client Privacy Leakage from Public Dataset
    Usage in Federated Distillation", PoPETs 2025. :arxiv:`2502.08001`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.attacks.evidence import SharedScores
    >>> from skmia.federated import FederatedDistillation
    >>> from skmia.targets import Session
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DecisionTreeClassifier()
    >>> federation = FederatedDistillation([tree] * 2, random_state=0)
    >>> session = Session(federation.fit(X[::2], y[::2]), X, y)
    >>> evidence = SharedScores("loss", n_rounds=1, surrogate=tree)
    >>> list(evidence.fit_transform(session)), session.n_queries
    (['rounds_loss_best_0', 'rounds_loss_mean_0'], 0)
    """

    needs: tuple[str, ...] = ("exchanges",)
    _parameter_constraints: dict = {
        "signals": [str, Signal, list, tuple],
        "level": [StrOptions(set(SHOWN_TO))],
        "n_rounds": [COUNT],
        "surrogate": [HasMethods("fit"), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        signals: SignalsLike = ("loss", "confidence", "entropy"),
        *,
        level: Literal["local", "global"] = "global",
        n_rounds: int = 5,
        surrogate: Classifier | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        super().__init__(
            signals, level=level, n_rounds=n_rounds, random_state=random_state
        )
        self.surrogate = surrogate

    @property
    def asks(self) -> frozenset[str]:
        """What the model must answer."""
        return frozenset({SHOWN_TO[self.level]})

    def _looked_at(self, session):
        return Imitation(self.surrogate, 0)

    def fit(self, pairs: Pairs | Session, member: ArrayLike | None = None) -> Self:
        """Remember the layout of the columns, and what a surrogate is a clone of.

        Parameters
        ----------
        pairs : Pairs or Session
            Pairs of models and records, see :meth:`skmia.ShadowModels.pairs`.
        member : array-like of shape (n_pairs,), default=None
            Ignored.

        Returns
        -------
        self : object
        """
        super().fit(pairs)
        self.surrogate_ = self.surrogate
        if self.surrogate is None:
            self.surrogate_ = self._check(pairs).parts[0].unfitted().estimators[0]
        return self

    def _function(self):
        return imitated_rounds

    def _more(self):
        seed = draw_seeds(check_random_state(self._seed))
        return {"surrogate": self.surrogate_, "seed": seed}


def imitated_rounds(model, X, y, classes, **told):
    """Signals of surrogates of rounds of a distillation, as a signal computes them.

    Parameters
    ----------
    model : View
        Of a federated distillation.
    X, y, classes : records in question, their labels, and labels of the columns
    **told
        The parameters of the signal.

    Returns
    -------
    values : ndarray of shape (n_records, n_columns)
    """
    level, signals = told["level"], told["signals"]
    classes = classes[: told["n_classes"]]
    rounds = chosen_rounds(model.ask(SHOWN_TO[level], X), told["n_rounds"])
    models = (one.imitations(told["surrogate"], told["seed"]) for one in rounds)
    see = of_all if level == "local" else of_uploads
    return np.hstack([see(held(some, X, y, classes), signals) for some in models])
