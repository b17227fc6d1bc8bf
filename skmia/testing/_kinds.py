"""Checks for your own attacks, defenses and games.

They see what scikit-learn's ``check_estimator`` does not, since it knows of no members:
a score of the wrong sign, noise that repeated questions average out, a method that lets
the undefended answer through. Run both.
"""

from functools import partial

import numpy as np
import pandas as pd
from sklearn.datasets import make_blobs
from sklearn.utils import check_random_state

from skmia.testing import (
    _attack_checks,
    _common_checks,
    _defense_checks,
    _game_checks,
)
from skmia.utils._membership import membership_score


def check_attack(attack, *, data=None):
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


def check_defense(defense, *, data=None):
    """Check that a classifier releases only what a defense should, consistently.

    Parameters
    ----------
    defense : classifier
        Instance with the parameters to be checked; not changed. A classifier that it
        wraps is its parameter ``estimator``.
    data : tuple of (DataFrame or ndarray, ndarray), default=None
        Records and class labels, in random order. None: three overlapping classes.

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


def check_game(game, *, data=None):
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
    >>> check_game(MembershipGame(tree, attack=ThresholdAttack("loss"), cv=2))
    """
    _run_all(game, "game", data)


def yield_checks(estimator, kind, *, data=None):
    """Yield the checks one by one, for ``pytest.mark.parametrize``.

    Parameters
    ----------
    estimator : estimator
        Attack, defense or game.
    kind : {"attack", "defense", "game"}
        What it is meant to be: a binary classifier may be any of the first two.
    data : tuple, default=None
        As for :func:`check_attack`, :func:`check_defense` and :func:`check_game`.

    Yields
    ------
    estimator : estimator
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
    checks, answer, make_data = _KINDS[kind]
    X, y = make_data() if data is None else data
    for check in checks:
        yield estimator, partial(check, X=X, y=y)
    for check in _common_checks.CHECKS:
        yield estimator, partial(check, X=X, y=y, answer=answer)


def _run_all(estimator, kind, data):
    for _, check in yield_checks(estimator, kind, data=data):
        check(estimator)


def _obvious_observations():
    rng = check_random_state(0)
    member = rng.permutation(np.repeat([0, 1], 60))
    true_label = rng.randint(2, size=120)
    confidence = np.where(
        member, rng.uniform(0.9, 0.99, size=120), rng.uniform(0.3, 0.8, size=120)
    )
    Z = pd.DataFrame(
        {
            "confidence": confidence,
            "loss": -np.log(confidence),
            "correctness": (confidence > 0.5).astype(float),
            "posterior_0": np.where(true_label == 0, confidence, 1 - confidence),
            "posterior_1": np.where(true_label == 1, confidence, 1 - confidence),
            "true_label": true_label.astype(float),
        }
    )
    return Z, member


def _overlapping_classes():
    X, y = make_blobs(80, n_features=4, cluster_std=6, random_state=0)
    names = [f"feature_{i}" for i in range(4)]
    return pd.DataFrame(X, columns=names), np.array(["b", "c", "a"])[y]


def _answer_of_attack(attack, X, y):
    return membership_score(attack, X)


def _answer_of_defense(defense, X, y):
    if hasattr(defense, "predict_proba"):
        return defense.predict_proba(X)
    return defense.predict(X)


def _answer_of_game(game, X, y):
    return np.array([game.score(X, y)])


_KINDS = {
    "attack": (_attack_checks.CHECKS, _answer_of_attack, _obvious_observations),
    "defense": (_defense_checks.CHECKS, _answer_of_defense, _overlapping_classes),
    "game": (_game_checks.CHECKS, _answer_of_game, _overlapping_classes),
}
