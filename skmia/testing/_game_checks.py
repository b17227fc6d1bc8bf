"""Checks of games: `X` are records, `y` class labels."""

from numbers import Real

import numpy as np
from joblib import parallel_config

from skmia.testing._common_checks import fitted, halves, require

NO_CLASSIFIER = ("predict", "predict_proba", "decision_function")


def check_score_repeats(game, X, y):
    """After one fit the score is always the same, whatever the random state is."""
    adversary, victim = halves(X, y)
    for params in [{}, {"random_state": np.random.RandomState(0)}]:
        if not params.keys() <= game.get_params().keys():
            continue
        model = fitted(game, *adversary, **params)
        scores = [model.score(*victim) for _ in range(3)]
        require(
            len(set(scores)) == 1,
            game,
            f"scores {scores} on the same records after one fit. Draw the seed of the "
            "challenger in fit: a search compares candidates that must have played "
            "the same game.",
        )


def check_score_in_range(game, X, y):
    """The score is a number between 0 and 1."""
    adversary, victim = halves(X, y)
    score = fitted(game, *adversary).score(*victim)
    require(
        isinstance(score, Real) and 0 <= score <= 1,
        game,
        f"has the score {score!r}. It must be a rate between 0 and 1, comparable "
        "between games.",
    )


def check_n_jobs(game, X, y):
    """Results do not depend on how many workers computed them."""
    if "n_jobs" not in game.get_params():
        return
    adversary, victim = halves(X, y)
    with parallel_config("threading"):
        one, two = (fitted(game, *adversary, n_jobs=n).score(*victim) for n in (1, 2))
    require(
        one == two,
        game,
        f"scores {one} with one worker and {two} with two. Draw all seeds before work "
        "is dispatched, or nobody can repeat the result on another machine.",
    )


def check_no_classifier(game, X, y):
    """A game answers no questions about records."""
    model = fitted(game, X, y)
    found = [name for name in NO_CLASSIFIER if hasattr(model, name)]
    require(
        not found,
        game,
        f"has {found}. A game is no classifier: whose prediction that would be, the "
        "target's or the attack's, cannot be told.",
    )


CHECKS = (check_score_repeats, check_score_in_range, check_n_jobs, check_no_classifier)
