"""What each attack makes of the audited records; one that fails, fails alone."""

import time
from dataclasses import dataclass, field

import numpy as np

from skmia.attacks import run
from skmia.attacks._recipe import NEEDS
from skmia.exceptions import QueryBudgetExceeded

_AUDITORS_WORDS = NEEDS | {
    "shadows": "kind of model; shadow models on random halves of these records",
    "references": "kind of model; references on random halves of these records",
}


@dataclass
class AttackResult:
    """What one attack makes of every audited record.

    Attributes
    ----------
    name : str
        Name of the attack.
    access : {"label", "scores", "white-box"}
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
        Wall time, without that of shared models.
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
    status: str = "ok"


def carry_out(recipe, session, knowledge):
    """Run one attack, or say why not.

    Parameters
    ----------
    recipe : AttackRecipe
    session : Session
        The audited model and records.
    knowledge : Knowledge
        What the adversary holds.

    Returns
    -------
    result : AttackResult
    """
    words = "; ".join(_AUDITORS_WORDS[need] for need in recipe.needs) or "-"
    result = AttackResult(recipe.name, recipe.access, words, recipe.paper)
    reason = knowledge.lacks(recipe, session)
    if reason:
        result.status = f"not run: {reason}"
        return result
    try:
        held = knowledge.held(recipe)
        start = time.perf_counter()
        result.score, result.predicted = run(
            recipe.attack, recipe.fitted_on, session, **held
        )
        result.seconds = time.perf_counter() - start
        result.n_fits = knowledge.n_fits(recipe)
        n_judged = np.count_nonzero(~np.isnan(result.score))
        if n_judged == 0:
            raise QueryBudgetExceeded("the model answers no more")
        if n_judged < len(session):
            result.status = f"partial: {n_judged} of {len(session)}"
    except QueryBudgetExceeded as error:
        result.score = result.predicted = None
        result.status = f"not run: {error}"
    except Exception as error:
        result.status = f"failed: {type(error).__name__}: {error}"
    return result
