"""What each attack makes of the audited records; one that fails, fails alone."""

import re
import time
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from skmia.attacks._recipe import NEEDS
from skmia.exceptions import QueryBudgetExceeded
from skmia.metrics._validation import check_predicted, check_score
from skmia.signals._base import ACCESS
from skmia.utils._numbers import numbers
from skmia.utils._progress import track

# What libraries quote of values that they cannot read.
_QUOTED = re.compile("['\"].*['\"]")
_LISTED = re.compile(r"\[[^\[\]]*\]")
_LONGEST = 300


@dataclass
class AttackResult:
    """What one attack makes of every audited record.

    Attributes
    ----------
    name : str
        Name of the attack.
    access : {"label", "top-k", "scores", "white-box"}
        Access to the model that the attack needs.
    knowledge : str
        What else the attacker is given.
    paper : str
        Source.
    score : ndarray of shape (n_records,) or None
        Higher = more likely a member; nan for records that could not be asked about.
        None when the attack was not run.
    predicted : ndarray of int of shape (n_records,) or None
        Decisions at a threshold that no record itself took part in choosing.
    n_fits : int
        Models trained for the attack, beyond the audited one; attacks share them.
    seconds : float
        Wall time of what the attack does alone. Attacks share shadow models: training
        these, and asking them what all attacks record of them, is no attack's time. Of
        answers of the audited model that several attacks look at, the first of them
        has the time.
    uses_membership : bool
        Whether the score of a record depends on known members of the model.
    auc_outsider : float
        AUC beside references of the population, which do not know the candidates.
    status : str
        "ok", or "partial: 200 of 400" where the model was not asked about all records,
        or why the attack was not run, or what went wrong.
    """

    name: str
    access: str
    knowledge: str
    paper: str
    score: np.ndarray | None = field(default=None, repr=False)
    predicted: np.ndarray | None = field(default=None, repr=False)
    n_fits: int = 0
    seconds: float = 0.0
    uses_membership: bool = False
    auc_outsider: float = np.nan
    status: str = "ok"


def plan(recipe, session, knowledge):
    """What is to be said of an attack before it is run; nothing is asked or trained.

    Parameters
    ----------
    recipe : AttackRecipe
    session : Session
        The audited model and records.
    knowledge : Knowledge
        What the adversary holds. It is told of attacks that can be run.

    Returns
    -------
    result : AttackResult
        With the reason as its status where the attack cannot be run.
    """
    result = AttackResult(recipe.name, "-", "-", recipe.paper)
    try:
        words = NEEDS | knowledge.words
        words = [words.get(need, need) for need in recipe.needs]
        result.access, result.knowledge = recipe.access, "; ".join(words) or "-"
        result.uses_membership = recipe.uses_membership
        reason = knowledge.lacks(recipe, session)
    except Exception as error:
        result.status = failed(error, session.X)
        return result
    if reason:
        result.status = f"not run: {reason}"
    else:
        knowledge.recipes.append(recipe)
    return result


def carry_all_out(recipes, results, session, knowledge, verbose):
    """Run all attacks that can be run, with a progress bar if `verbose`."""
    # Where answers are few, those that say most come first.
    by_access = [-(*ACCESS, "-").index(result.access) for result in results]
    few = getattr(session, "left", np.inf) < np.inf
    order = np.argsort(by_access, kind="stable") if few else range(len(recipes))
    pairs = [(recipes[i], results[i]) for i in order]
    for recipe, result in track(pairs, len(recipes), "Attacks", verbose):
        carry_out(recipe, result, session, knowledge)


def carry_out(recipe, result, session, knowledge):
    """Run an attack that can be run.

    Parameters
    ----------
    recipe, knowledge : as for :func:`plan`
    session : Session or Pairs
        What is judged.
    result : AttackResult
        From :func:`plan`; completed in place.
    """
    if result.status != "ok":
        return
    try:
        start = time.perf_counter()
        score, predicted = knowledge.run(recipe, session)
        _check(result, score, predicted, knowledge.member, session)
    except QueryBudgetExceeded as error:
        result.status = f"not run: {error}"
        return
    except Exception as error:
        result.status = failed(error, knowledge.X)
        return
    result.score, result.predicted = score, predicted
    result.seconds = time.perf_counter() - start
    result.n_fits = knowledge.n_fits(recipe)


def _check(result, score, predicted, member, session):
    """Raise what is wrong with the answer of an attack; say where it is partial."""
    there = ~(pd.isna(score) & session.unanswered)
    if len(np.unique(member[there])) < 2:
        raise QueryBudgetExceeded(f"the model answers about {there.sum()} records only")
    check_score(result.name, member[there], score[there])
    check_predicted(result.name, member[there], predicted[there])
    if not there.all():
        result.status = f"partial: {there.sum()} of {len(there)}"


def correctness(session):
    """Whether a model is right about each record, and why that is not known."""
    try:
        return session.observe("correctness")["correctness"].to_numpy(), None
    except Exception as error:
        return np.full(len(session), np.nan), failed(error, session.X)


def failed(error, X):
    """That something went wrong, and what."""
    parts = ["failed", type(error).__name__, failure(error, X)]
    return ": ".join(part for part in parts if part)


def failure(error, X):
    """What went wrong, in one line that quotes no record."""
    sentence = (str(error).splitlines() or [""])[0]
    if numbers(X) is None:
        sentence = _QUOTED.sub("'...'", sentence)
    sentence = _LISTED.sub("[...]", sentence)
    if len(sentence) > _LONGEST:
        sentence = sentence[:_LONGEST] + "..."
    return sentence
