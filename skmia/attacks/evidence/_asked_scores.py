"""What a server is told that puts the candidates among the public records."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from numpy.typing import ArrayLike
from sklearn.base import clone

from skmia.attacks.evidence._rounds import chosen_rounds
from skmia.attacks.evidence._shared_scores import SharedScores
from skmia.federated import FederatedDistillation
from skmia.signals import Signal
from skmia.utils._kinds import name_of
from skmia.utils._record_keys import coarse_keys
from skmia.utils._records import concatenate, records_like
from skmia.utils._sklearn import COUNT, HasMethods
from skmia.utils._typing import Classifier, MatrixLike, RandomStateLike

if TYPE_CHECKING:
    from skmia.signals._base import SignalsLike
    from skmia.targets._session import Session


class AskedScores(SharedScores):
    """What parties say of the candidates that a server asks about as public records.

    The server acts before a federation is trained: `tamper` puts the candidates,
    without their labels, among the public records.

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Parameters
    ----------
    signals : str, Signal or list of them, default=("loss", "confidence", "entropy")
        What is seen of a party, see :func:`skmia.signals.get_signal_names`.
    n_rounds : int, default=5
        Rounds that are looked at, evenly spread over the last two thirds of all.
    surrogate : classifier, default=None
        What stands for a party in rounds that a candidate was not asked about, where
        these draw some of the public records. None: what the first party trains.
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
    SharedScores : Of who watches only.
    skmia.federated.FederatedDistillation : What is attacked.

    Notes
    -----
    Level: pairs. Threat model: a malicious server of a distillation that chooses the
    public records, and holds the candidates while the parties are trained. Parties do
    nothing that they would not do otherwise, and cannot tell without looking at the
    public records. A game plays that; in an audit it is a federation that was trained
    so, ``evidence.tamper(federation, X, y)``, all of whose records in question were
    among these `X`. It has to have public records of its own, and these no labels: else
    parties would learn the labels of the candidates, members or not.

    What the server then holds is what the insider of the paper does, the answer of each
    party, in several rounds.

    References
    ----------
    S. Truex et al., "Demystifying Membership Inference Attacks in Machine Learning
    as a Service", IEEE TSC 2019, section 4.7. :arxiv:`1807.09173`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.attacks.evidence import AskedScores
    >>> from skmia.federated import FederatedDistillation
    >>> from skmia.targets import Session
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DecisionTreeClassifier()
    >>> federation = FederatedDistillation([tree] * 2, X_public=X[::5], random_state=0)
    >>> evidence = AskedScores("loss", n_rounds=1, surrogate=tree)
    >>> federation = evidence.tamper(federation, X, y).fit(X[::2], y[::2])
    >>> list(evidence.fit_transform(Session(federation, X, y)))
    ['rounds_loss_best_0', 'rounds_loss_mean_0']
    """

    needs = ("exchanges", "training")
    level = "global"
    # The parameter of a federation that `tamper` changes.
    acts_through = "X_public"
    _parameter_constraints: dict = {
        "signals": [str, Signal, list, tuple],
        "n_rounds": [COUNT],
        "surrogate": [HasMethods("fit"), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        signals: SignalsLike = ("loss", "confidence", "entropy"),
        *,
        n_rounds: int = 5,
        surrogate: Classifier | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.signals = signals
        self.n_rounds = n_rounds
        self.surrogate = surrogate
        self.random_state = random_state

    def tamper(
        self, estimator: FederatedDistillation, X: MatrixLike, y: ArrayLike
    ) -> FederatedDistillation:
        """A federation that will be asked about the candidates.

        Parameters
        ----------
        estimator : FederatedDistillation
            Not fitted, or to be fitted anew.
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records in question.
        y : array-like of shape (n_samples,)
            Their labels, which are not told.

        Returns
        -------
        federation : FederatedDistillation
            A clone with more public records.
        """
        if not isinstance(estimator, FederatedDistillation):
            raise TypeError(
                "A server asks about candidates in a FederatedDistillation, itself and "
                f"not inside of another estimator. Got {name_of(estimator)}."
            )
        if estimator.X_public is None or estimator.y_public is not None:
            raise ValueError(
                "A server asks about candidates beside public records without labels: "
                "give the FederatedDistillation its 'X_public', and no 'y_public'."
            )
        name = type(estimator).__name__
        public = records_like(X, estimator.X_public, "X_public", name)
        return clone(estimator).set_params(X_public=concatenate([X, public]))

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
        if session is None or reason is not None or self._asked_about(session):
            return reason
        return (
            "the federation was trained without a server that asks about these records:"
            f" train {' '.join(repr(self).split())}.tamper(federation, X, y) with the "
            "records in question, or play a game"
        )

    def _asked_about(self, session):
        """Whether each candidate was among the public records of some round."""
        sent = chosen_rounds(session.ask("shared_scores_"), self.n_rounds)
        asked = set(chain.from_iterable(coarse_keys(one.X) for one in sent))
        return asked.issuperset(coarse_keys(session.X))
