"""How long a model takes to answer about a record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skmia.attacks.evidence._signals import Signals
from skmia.utils._typing import RandomStateLike

if TYPE_CHECKING:
    from skmia.signals._base import SignalsLike


class AnswerTime(Signals):
    """Seconds until a model has answered about a record.

    .. versionadded:: 0.2

    Parameters
    ----------
    signals : str, Signal or list of them, default="answer_time"
        Also ``get_signal("answer_time", n_queries=51)``: the fastest of 50 answers,
        after one to warm up.
    random_state : int, RandomState instance or None, default=None
        Seed of the order in which records are asked about; None is that of the attack,
        or 0.

    Attributes
    ----------
    classes_seen_ : ndarray of shape (n_classes,) or None
        Labels that columns stand for: the adversary's.

    Notes
    -----
    Threat model: the adversary calls ``predict`` for one record at a time, as often as
    he likes, and has a clock as near to the model as this process. Answers from
    elsewhere are as slow as the way to there: a :class:`~skmia.targets.PredictionAPI`,
    which also keeps its answers, is not timed, nor what counts its queries.

    Seconds are not repeatable: a seed fixes the order of questions only. One shadow
    model is kept and timed in this process, so that nothing of `n_jobs` runs beside it;
    whatever else the machine does makes all answers slower and the attack weaker.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from skmia.attacks.evidence import AnswerTime
    >>> from skmia.targets import Session
    >>> X, y = load_iris(return_X_y=True)
    >>> nearest = KNeighborsClassifier(1, algorithm="kd_tree").fit(X[::2], y[::2])
    >>> session = Session(nearest, X[:20], y[:20], answers=["predict", "timing"])
    >>> AnswerTime().fit_transform(session).shape, session.n_queries
    ((20, 1), 420)
    """

    n_models = 1  # a side and a cut: each more takes as long as the target

    def __init__(
        self,
        signals: SignalsLike = "answer_time",
        *,
        random_state: RandomStateLike = None,
    ) -> None:
        super().__init__(signals, random_state=random_state)

    def recorded(self) -> None:
        """Nothing: workers that trained a model would time it side by side.

        Returns
        -------
        signals : None
        """
        return None
