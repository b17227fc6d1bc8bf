"""The challenger's side of a game: whom the target is trained on, and who finds out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.metrics import accuracy_score, r2_score
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skmia.attacks import run
from skmia.attacks._run import judge_seen, see, tampered
from skmia.game._knowledge import add_noise
from skmia.game._learning import refuse_what_lacks
from skmia.game._outcome import GameOutcome
from skmia.game._protocols import Halves
from skmia.shadow._training import Task, at_hand, session_of
from skmia.signals._unlabelled import SCORE_OF
from skmia.utils._cache import data_key, hashed_once, open_store
from skmia.utils._outputs import labels_per_record
from skmia.utils._random import draw_seeds
from skmia.utils._records import check_records, know_features
from skmia.utils._typing import FittedOn, MatrixLike


class Challenger:
    """What a fitted :class:`MembershipGame` does with the records of a victim."""

    # What the game has.
    target: Any
    target_noise: float
    noise_clip: bool
    protocol: Any
    score_seed_: int
    _attack: Any
    _attack_seed: int
    _source: FittedOn | None
    _learns: Callable[[], bool]

    @hashed_once()
    def play(
        self,
        X: MatrixLike,
        y: ArrayLike | None = None,
        *,
        member: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        utility: bool = False,
        fit_params: dict[str, Any] | None = None,
    ) -> GameOutcome:
        """Challenger's side: train the target on half of the records, ask the attack.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
            The victim's records, none of them the adversary's.
        y : array-like of shape (n_records,) or (n_records, n_outputs), default=None
            Their labels.
        member : array-like of {0, 1} of shape (n_records,), default=None
            Records that the target is (or, if frozen, was) trained on. None: a
            random half, stratified by label, or by tenths of what a regressor predicts.
        groups : array-like of shape (n_records,), default=None
            Users: all records of one are members, or none.
        utility : bool, default=False
            Also measure the accuracy of the target, of a regressor R², of a model
            without labels the mean score or distance, on members and non-members; of
            several outputs the mean of their accuracies.
        fit_params : dict, default=None
            What ``fit`` of the target is given beside records and labels; of what has
            one value per record, those of its members.

        Returns
        -------
        outcome : GameOutcome
        """
        check_is_fitted(self)
        X, y, groups = check_records(X, y, groups, estimators=[self.target])
        know_features(self, X, reset=False)
        self._check_outputs(y)
        rng = check_random_state(self.score_seed_)
        protocol = Halves() if self.protocol is None else self.protocol
        seed, target_seed, noise_seed = (draw_seeds(rng) for _ in range(3))
        training, X, y, member = protocol.deal(
            self.target, X, y, member=member, groups=groups, seed=seed
        )
        known = add_noise(X, self.target_noise, noise_seed, self.noise_clip)
        session = self._ask(training, target_seed, known, y, fit_params)
        refuse_what_lacks(self._attack, session)
        if self._learns():
            Z, answered = see(self._attack[0], session)
            score, called = judge_seen(self._attack, Z, answered)
        else:
            attack, seed = self._attack, self._attack_seed
            score, called = run(attack, self._source, session, seed=seed)
            Z = attack[0].fit(session).transform(session)
        accuracy = []
        if utility:
            accuracy = _quality(session, X, y, member)
        return GameOutcome(member, score, called, Z, *accuracy)

    def _check_outputs(self, y):
        """Refuse labels of other outputs than the attack has learned to look at."""
        own = labels_per_record(y)
        if None not in (own, self._n_labels) and own != self._n_labels:
            raise ValueError(
                "The records of both sides of a MembershipGame must have labels of the "
                f"same outputs. Got {own} per record, and {self._n_labels} in fit."
            )

    def _ask(self, training, seed, X, y, fit_params):
        """Session of a freshly trained target and the adversary's copies of records."""
        *data, rows = training
        target = clone(tampered(self._attack, self.target, X, y))
        memory = open_store(self.memory)
        key = data_key(memory, *data, estimators=[target])
        task = Task(target, rows, seed, key, fit_params or {})
        model = at_hand(memory, task, *data)
        granted = self._granted().of_session()
        return session_of(model, X, y, classes=self.classes_seen_, **granted)

    def score(
        self,
        X: MatrixLike,
        y: ArrayLike | None = None,
        *,
        member: ArrayLike | None = None,
        groups: ArrayLike | None = None,
        fit_params: dict[str, Any] | None = None,
    ) -> float:
        """Accuracy of the attack on members and non-members of a fresh target.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
            The victim's records.
        y : array-like of shape (n_records,) or (n_records, n_outputs), default=None
            Their labels.
        member : array-like of {0, 1} of shape (n_records,), default=None
            Members of the target; see :meth:`play`.
        groups : array-like of shape (n_records,), default=None
            Users; see :meth:`play`.
        fit_params : dict, default=None
            Of the target; see :meth:`play`.

        Returns
        -------
        accuracy : float
            0.5 is chance when members and non-members are equally many, as they are
            by default. Use :func:`skmia.metrics.game_scorer` for other metrics.
        """
        outcome = self.play(X, y, member=member, groups=groups, fit_params=fit_params)
        there = outcome.judged
        return accuracy_score(outcome.member[there], outcome.predicted[there])


def _quality(session, X, y, member):
    """What ``score`` of the target is on members, and on non-members."""
    if session.kind == "regressor":
        predicted = session.ask("predict", X)
        sides = [member == side for side in (1, 0)]
        return [r2_score(y[rows], predicted[rows]) for rows in sides]
    signal = SCORE_OF.get(session.kind, "correctness")
    right = session.observe(signal, X, y)[signal]
    return [right[member == side].mean() for side in (1, 0)]
