"""A model seen through an imitation of it while that learns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skmia.attacks.evidence._base import Evidence
from skmia.shadow import DistilledTrajectory
from skmia.signals import Signal
from skmia.utils._sklearn import COUNT, HasMethods
from skmia.utils._typing import Classifier, MatrixLike, RandomStateLike

if TYPE_CHECKING:
    import pandas as pd

    from skmia.signals._base import SignalsLike
    from skmia.targets._session import Session


class Distilled(Evidence):
    """Trajectory of a record in a student that imitates the model.

    .. versionadded:: 0.2

    Parameters
    ----------
    X_public : {array-like, sparse matrix, DataFrame}, default=None
        Records without labels that the student is trained on; the model is asked about
        each. Without them no attack can be run.
    signals : str, Signal or list of them, default=("loss",)
        What is seen of the student after each epoch, and of the model itself.
    student : classifier or Pipeline, default=None
        See :class:`skmia.shadow.DistilledTrajectory`.
    n_snapshots : int, default=20
        Epochs of the student.
    random_state : int, RandomState instance or None, default=None
        Seed of the students: give one, so that all models are imitated alike.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    See Also
    --------
    skmia.attacks.TrajectorySummary : What to keep of trajectories.

    References
    ----------
    Y. Liu et al., "Membership Inference Attacks by Exploiting Loss Trajectory", ACM CCS
    2022. arXiv:2208.14933.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.attacks.evidence import Distilled
    >>> from skmia.targets import Session
    >>> X, y = load_digits(return_X_y=True)
    >>> tree = DecisionTreeClassifier(random_state=0).fit(X[:500], y[:500])
    >>> evidence = Distilled(X[1000:], n_snapshots=2, random_state=0)
    >>> list(evidence.fit_transform(Session(tree, X[:900], y[:900])))
    ['loss_0', 'loss_1', 'loss_2']
    """

    needs = ("distillation",)
    of_one_label = True  # a student learns one posterior
    _parameter_constraints: dict = {
        "X_public": ["array-like", "sparse matrix", None],
        "signals": [str, Signal, list, tuple],
        "student": [HasMethods("fit"), None],
        "n_snapshots": [COUNT],
        "random_state": ["random_state"],
    }

    n_models = 1  # a student of each more would cost more than it tells

    def __init__(
        self,
        X_public: MatrixLike | None = None,
        *,
        signals: SignalsLike = ("loss",),
        student: Classifier | None = None,
        n_snapshots: int = 20,
        random_state: RandomStateLike = None,
    ) -> None:
        self.X_public = X_public
        self.signals = signals
        self.student = student
        self.n_snapshots = n_snapshots
        self.random_state = random_state

    @property
    def asks(self) -> frozenset[str]:
        """What the model must answer."""
        return super().asks | {"predict_proba"}

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
        if self.X_public is None:
            return "no unlabelled records are given to distil the model on"
        return super().lacks(session)

    def observe(self, session: Session) -> pd.DataFrame:
        """Trajectories in an imitation of one model, one row per record in question.

        Parameters
        ----------
        session : skmia.targets.Session
            The model and its records.

        Returns
        -------
        Z : DataFrame of shape (n_records, n_signals * (n_snapshots + 1))

        Raises
        ------
        QueryBudgetExceeded
            The model does not answer about all of them; nothing was asked.
        """
        session.check_budget(self.asks, self.X_public)
        trajectory = DistilledTrajectory(
            self.student,
            n_snapshots=self.n_snapshots,
            signals=self._signals(),
            random_state=self.random_state,
        )
        trajectory.fit(session, self.X_public)
        return trajectory.observe(session.X, session.y, classes=self.classes_seen_)
