"""Checks by kind: what each kind of thing must hold, and on which data.

They see what scikit-learn's ``check_estimator`` does not, since it knows of no members:
a score of the wrong sign, noise that repeated questions average out, a method that lets
the undefended answer through. Run both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from skmia.signals import get_signal
from skmia.testing import (
    _attack_checks,
    _common_checks,
    _data,
    _defense_checks,
    _evidence_checks,
    _game_checks,
    _generator_checks,
    _signal_checks,
)
from skmia.utils._membership import membership_score
from skmia.utils._typing import Classifier, Estimator, Regressor

if TYPE_CHECKING:
    from skmia.attacks.evidence._base import Evidence
    from skmia.shadow._shadow_models import ShadowModels
    from skmia.signals._base import Signal
    from skmia.targets._session import Session


def check_attack(
    attack: Classifier, *, data: tuple[Any, ArrayLike] | None = None
) -> None:
    """Check that a classifier is an attack: on observations, 1 = member.

    Parameters
    ----------
    attack : classifier
        Instance with the parameters to be checked; not changed.
    data : tuple of (DataFrame or ndarray, ndarray), default=None
        Observations that tell members obviously from non-members, and membership, in
        random order. None: columns "confidence", "loss", "correctness",
        "posterior_0", "posterior_1" and "true_label" of an overfitted model.

    Raises
    ------
    AssertionError
        What is wrong, and why it matters.

    Examples
    --------
    >>> from skmia.attacks import ThresholdAttack
    >>> from skmia.testing import check_attack
    >>> check_attack(ThresholdAttack("loss"))
    >>> check_attack(ThresholdAttack("loss", direction="higher"))
    Traceback (most recent call last):
        ...
    AssertionError: ThresholdAttack has an AUC of 0.000 where members are obvious. ...
    """
    _run_all(attack, "attack", data)


def check_defense(
    defense: Classifier | Regressor, *, data: tuple[Any, ArrayLike] | None = None
) -> None:
    """Check that a model releases only what a defense should, consistently.

    Parameters
    ----------
    defense : classifier or regressor
        Instance with the parameters to be checked; not changed. A model that it wraps
        is its parameter ``estimator``.
    data : tuple of (DataFrame or ndarray, ndarray), default=None
        Records and class labels or quantities, in random order. None: three
        overlapping classes, or a noisy sum of the features.

    Raises
    ------
    AssertionError
        What is wrong, and why it matters.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.defenses import RoundedPosterior
    >>> from skmia.testing import check_defense
    >>> check_defense(RoundedPosterior(GaussianNB()))
    """
    _run_all(defense, "defense", data)


def check_game(game: Estimator, *, data: tuple[Any, ArrayLike] | None = None) -> None:
    """Check that the score of a game is a number that can be trusted and compared.

    Parameters
    ----------
    game : estimator
        Instance with the parameters to be checked; not changed. ``fit(X, y)`` is the
        adversary's side, ``score(X, y)`` the challenger's.
    data : tuple of (DataFrame or ndarray, ndarray), default=None
        Records and class labels, in random order. None: three overlapping classes.

    Raises
    ------
    AssertionError
        What is wrong, and why it matters.

    Examples
    --------
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import MembershipGame
    >>> from skmia.attacks import ThresholdAttack
    >>> from skmia.testing import check_game
    >>> tree = DecisionTreeClassifier()
    >>> check_game(MembershipGame(tree, attack=ThresholdAttack("loss"), n_shadows=2))
    """
    _run_all(game, "game", data)


def check_evidence(
    evidence: Evidence, *, data: tuple[Session, ShadowModels] | None = None
) -> None:
    """Check that an evidence sees every pair alike, whatever it is shown with.

    scikit-learn's ``check_estimator`` makes arrays, and an evidence takes pairs: this
    takes its place.

    .. versionadded:: 0.2

    Parameters
    ----------
    evidence : Evidence
        Instance with the parameters to be checked; not changed.
    data : tuple of (Session, ShadowModels), default=None
        A target with the records in question, and fitted shadow models. None: boosted
        trees on three overlapping classes.

    Raises
    ------
    AssertionError
        What is wrong, and why it matters.

    Examples
    --------
    >>> from skmia.attacks.evidence import Signals
    >>> from skmia.testing import check_evidence
    >>> check_evidence(Signals("loss"))
    """
    _run_all(evidence, "evidence", data)


def check_generator(
    generator: Estimator, *, data: tuple[Any, ArrayLike] | None = None
) -> None:
    """Check that a generator of shadow data makes records that a model could take.

    .. versionadded:: 0.2

    Parameters
    ----------
    generator : estimator
        Instance with the parameters to be checked; not changed. ``fit(X, y)`` is what
        the adversary knows, ``sample(n)`` or ``sample(n, target)`` gives records and
        labels.
    data : tuple of (DataFrame or ndarray, ndarray), default=None
        Records and class labels like those that it makes. None: three overlapping
        classes.

    Raises
    ------
    AssertionError
        What is wrong, and why it matters.

    Examples
    --------
    >>> from skmia.generators import StatisticsGenerator
    >>> from skmia.testing import check_generator
    >>> check_generator(StatisticsGenerator())
    """
    _run_all(generator, "generator", data)


def check_signal(
    signal: str | Signal, *, data: tuple[Any, Any, ArrayLike] | None = None
) -> None:
    """Check that a signal tells of a record what its answer gives away, no more.

    .. versionadded:: 0.2

    Parameters
    ----------
    signal : str or Signal
        The signal with the parameters to be checked.
    data : tuple of (fitted estimator, DataFrame or ndarray, ndarray), default=None
        A model that answers what the signal asks, records and labels. None: boosted
        trees on three overlapping classes.

    Raises
    ------
    AssertionError
        What is wrong, and why it matters.

    Examples
    --------
    >>> from skmia.signals import signal
    >>> from skmia.testing import check_signal
    >>> check_signal("entropy")
    >>> @signal("predict_proba")
    ... def surprise(y, posterior):
    ...     return posterior[:, 0] - posterior[:, 0].mean()
    >>> check_signal(surprise)
    Traceback (most recent call last):
        ...
    AssertionError: The signal 'surprise' gives a record another value when ...
    """
    _run_all(get_signal(signal), "signal", data)


def yield_checks(
    estimator: Estimator | Signal,
    kind: Literal["attack", "defense", "evidence", "game", "generator", "signal"],
    *,
    data: tuple[Any, ...] | None = None,
) -> Iterator[tuple[Any, Callable[..., Any]]]:
    """Yield the checks one by one, for ``pytest.mark.parametrize``.

    Parameters
    ----------
    estimator : estimator or Signal
        What is checked.
    kind : {"attack", "defense", "evidence", "game", "generator", "signal"}
        What it is meant to be: a binary classifier may be an attack or a defense.
    data : tuple, default=None
        As for :func:`check_attack`, :func:`check_defense` and the others.

    Yields
    ------
    estimator : estimator or Signal
        The one given.
    check : callable
        ``check(estimator)`` raises an AssertionError; ``check.func.__name__`` is its
        name.

    Examples
    --------
    >>> from skmia.attacks import ThresholdAttack
    >>> from skmia.testing import yield_checks
    >>> attack, check = next(yield_checks(ThresholdAttack(), "attack"))
    >>> check.func.__name__
    'check_obvious_members'
    >>> check(attack)
    """
    if kind not in _KINDS:
        raise ValueError(
            f"The 'kind' parameter of yield_checks must be one of {sorted(_KINDS)}. "
            f"Got {kind!r} instead."
        )
    checks, make_data, names, answer, common = _KINDS[kind]
    data = make_data(estimator) if data is None else data
    data = dict(zip(names, data, strict=True))
    for check in checks:
        yield estimator, partial(check, **data)
    for check in common:
        yield estimator, partial(check, **data, answer=answer)


def _run_all(estimator, kind, data):
    for _, check in yield_checks(estimator, kind, data=data):
        check(estimator)


def _answer_of_attack(attack, X, y):
    return membership_score(attack, X)


def _answer_of_defense(defense, X, y):
    if hasattr(defense, "predict_proba"):
        return defense.predict_proba(X)
    return defense.predict(X)


def _answer_of_game(game, X, y):
    return np.array([game.score(X, y)])


class _Kind(NamedTuple):
    """Checks of one kind of thing, and what they are given."""

    checks: tuple
    make_data: Callable
    names: tuple = ("X", "y")
    # What a fitted estimator says, and the checks of every estimator that ask for it.
    answer: Callable | None = None
    common: tuple = ()


_KINDS = {
    "attack": _Kind(
        _attack_checks.CHECKS,
        _data.obvious_observations,
        answer=_answer_of_attack,
        common=_common_checks.CHECKS,
    ),
    "defense": _Kind(
        _defense_checks.CHECKS,
        _data.records_of_kind,
        answer=_answer_of_defense,
        common=_common_checks.CHECKS,
    ),
    "evidence": _Kind(
        _evidence_checks.CHECKS, _data.session_and_shadows, ("session", "shadows")
    ),
    "game": _Kind(
        _game_checks.CHECKS,
        _data.overlapping_classes,
        answer=_answer_of_game,
        common=_common_checks.CHECKS,
    ),
    # Records that a sample is like are given to fit, never to an answer.
    "generator": _Kind(
        _generator_checks.CHECKS,
        _data.overlapping_classes,
        answer=_generator_checks.answer,
        common=tuple(
            check
            for check in _common_checks.CHECKS
            if check is not _common_checks.check_column_names
        ),
    ),
    "signal": _Kind(
        _signal_checks.CHECKS, _data.model_and_records, ("model", "X", "y")
    ),
}
