"""What each attack makes of the audited records; one that fails, fails alone."""

import re
import time
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from skmia.attacks import get_attack, get_attack_names
from skmia.attacks._recipe import NEEDS, TRAINS
from skmia.exceptions import QueryBudgetExceeded
from skmia.metrics._validation import check_predicted, check_score
from skmia.utils._access import ACCESS
from skmia.utils._numbers import numbers
from skmia.utils._progress import track

# What libraries quote of values that they cannot read; up to the end where it is not
# closed. An apostrophe within a word opens and closes nothing.
_QUOTED = re.compile(r"""(?<!\w)b?(['"])(?:\\.|.)*?(?:\1(?!\w)|$)""")
_LISTED = re.compile(r"\[[^\[\]]*\]")
# So many digits are of a measurement, and not of a version or a limit.
_PRECISE = re.compile(r"[-+]?\d+\.\d{3,}(e[-+]?\d+)?")
_LONGEST = 300
_NOT_CHOSEN = "not among the attacks that were chosen"


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
    spared : bool
        Whether the audit had stopped before it was the attack's turn.
    auc_outsider : float
        AUC beside references of the population, which do not know the candidates.
    status : str
        "ok", or "partial: 200 of 400" where the model was not asked about all records,
        or why the attack was not run, or what went wrong.
    family : str
        What kind of attack it is, in words.
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
    spared: bool = False
    auc_outsider: float = np.nan
    status: str = "ok"
    family: str = "Other"


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
        result.family = family_of(recipe)
        reason = knowledge.lacks(recipe, session)
    except Exception as error:
        result.status = failed(error, session.X)
        return result
    if reason:
        result.status = f"not run: {reason}"
    else:
        knowledge.recipes.append(recipe)
    return result


def family_of(recipe):
    """What kind of attack it is, by what the attacker must have."""
    needs, access = recipe.needs, recipe.access
    if "candidates" in needs:
        return "References with the candidates"
    if "references" in needs or "bags" in needs:
        return "References without the candidates"
    if "distillation" in needs:
        return "Imitations of the model"
    if recipe.fitted_on in TRAINS:
        return "Shadow models"
    if access == "white-box":
        return "The model itself"
    decision = access == "label" and recipe.of != "regressor"
    return "The decision only" if decision else "Numbers of the answer"


def others(recipes, session, knowledge):
    """Attacks of the catalogue that are not among those of an audit, and why.

    Parameters
    ----------
    recipes : list of AttackRecipe
    session, knowledge : as for :func:`plan`

    Returns
    -------
    reasons : dict of str to str
    """
    aside = replace(knowledge, recipes=[])
    chosen = {recipe.name for recipe in recipes}
    reasons = {}
    for name in get_attack_names(of=session.kind or "classifier"):
        if name not in chosen:
            status = plan(get_attack(name, of=session.kind), session, aside).status
            could = status == "ok"
            reasons[name] = (
                "not among the attacks that were chosen" if could else status
            )
    return reasons


def run_all(recipes, session, knowledge, stopping, *, asked=None, verbose=False):
    """Plan all attacks, and run them until the audit stops.

    Those that need no shadow models come first: if they are enough, none is trained.
    Where answers are few, attacks that say most come first.

    Parameters
    ----------
    recipes : list of AttackRecipe
    session, knowledge : as for :func:`plan`
    stopping : Stopping
    asked : Pairs, default=None
        What is judged, if not the session.
    verbose : bool, default=False
        Show the progress.

    Returns
    -------
    results : list of AttackResult
    """
    results = [plan(recipe, session, knowledge) for recipe in recipes]
    if stopping.limits_shadows(knowledge):
        knowledge.recipes.clear()
        results = [plan(recipe, session, knowledge) for recipe in recipes]
    stopping.watch(results)
    asked = session if asked is None else asked
    trains = [recipe.fitted_on in TRAINS for recipe in recipes]
    few = getattr(asked, "left", np.inf) < np.inf
    by_access = [-(*ACCESS, "-").index(result.access) for result in results]
    order = sorted(range(len(recipes)), key=lambda i: (few * by_access[i], trains[i]))
    pairs = [(recipes[i], results[i]) for i in order]
    first = next((n for n, i in enumerate(order) if trains[i]), len(order))
    _carry_all_out(pairs[:first], asked, knowledge, stopping, verbose)
    if not stopping.is_over():
        knowledge.train()
    _carry_all_out(pairs[first:], asked, knowledge, stopping, verbose)
    return results


def _carry_all_out(pairs, session, knowledge, stopping, verbose):
    if not pairs:
        return
    for recipe, result in track(pairs, len(pairs), "Attacks", verbose):
        if not stopping.spares(result):
            carry_out(recipe, result, session, knowledge)
            stopping.look_at(result)


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


def failed(error, X):
    """That something went wrong, and what."""
    parts = ["failed", type(error).__name__, failure(error, X)]
    return ": ".join(part for part in parts if part)


def failure(error, X):
    """What went wrong, in one line that quotes no record."""
    sentence = (str(error).splitlines() or [""])[0]
    if numbers(X) is None:
        sentence = _QUOTED.sub("'...'", sentence)
    sentence = _PRECISE.sub("[...]", _LISTED.sub("[...]", sentence))
    if len(sentence) > _LONGEST:
        sentence = sentence[:_LONGEST] + "..."
    return sentence
