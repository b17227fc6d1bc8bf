"""The negative control: a model that was trained on neither of the two sets."""

import numpy as np

from skmia.attacks._recipe import own_signal
from skmia.attacks.models._reference import ReferenceAttack
from skmia.attacks.statistics._ranks import rank_auc
from skmia.auditing.validity._check import LEVEL
from skmia.auditing.validity._positive_control import asks_once
from skmia.auditing.validity._split import chance, rank_sums, unit_means
from skmia.shadow import ShadowModels
from skmia.shadow._training import Task, train
from skmia.targets import Session
from skmia.utils._budget import unlimited
from skmia.utils._cache import data_key, open_store
from skmia.utils._random import deal_groups, draw_seeds


def check_on_other_records(split, knowledge, session, recipes, results):
    """Whether attacks see a leak in a model that has none.

    A clone is trained on a random third of the pool; the attacks are asked about the
    other two thirds, of which it knows nothing. What they find there is a difference
    between the two sets. Attacks that learn a model from the shadow models are left
    out: they would be fitted once more, and see what the others see.

    Parameters
    ----------
    split : Split
    knowledge : Knowledge
        With the shadow models trained.
    session : Session
        The audited model and records.
    recipes, results : lists
        The attacks, and what they found.
    """
    if not isinstance(knowledge.trained.get("shadows"), ShadowModels):
        if knowledge.design.n_shadows and (reason := knowledge.untrainable()):
            return "note", f"There is no negative control: {reason}."
        return "not run", "No shadow models were trained, and no control either."
    if not hasattr(knowledge.design.estimator, "fit"):
        return "not run", "No model like the audited one can be trained as a control."
    asked = [
        recipe
        for recipe, result in zip(recipes, results, strict=True)
        if result.score is not None and not recipe.uses_membership and _is_quick(recipe)
    ]
    if not asked:
        return "not run", "No attack was run that could be tried on a control."
    rng = split.rng(5)
    hand = deal_groups(split.groups, split.member, 3, rng)
    rest = np.flatnonzero(hand != 0)
    units = split.units(rest)
    if not units.are_comparable or len(rest) == len(hand):
        return "not run", "Too few records for a control."
    control = Session(
        _control(split, knowledge, np.flatnonzero(hand == 0), draw_seeds(rng)),
        split.X,
        split.y,
        classes=session.classes,
        answers=session.answers,
    )
    scores = {
        recipe.name: unit_means(units.of_row, _score(recipe, knowledge, control)[rest])
        for recipe in asked
    }
    statistic = rank_sums(list(scores.values()))
    p_value = chance(statistic, units.member, rng, units.size)
    aucs = {name: rank_auc(score, units.member) for name, score in scores.items()}
    best = max(aucs, key=aucs.get)
    found = f"of {len(scores)} attacks {best} is the best, AUC {aucs[best]:.3f}"
    if p_value > LEVEL:
        return (
            "passed",
            f"A model trained on other records of both sets is not caught: {found}.",
            p_value,
        )
    return (
        "invalid",
        "The same model trained on other records is caught as well: "
        f"{found}. The attacks see leaks where there are none, as the two sets differ.",
        p_value,
    )


def _is_quick(recipe):
    """Whether an attack is a rule or a signal, or compares with references."""
    alone = recipe.fitted_on is None or own_signal(recipe.attack) is not None
    compares = isinstance(recipe.attack[-1], ReferenceAttack)
    quick = alone or (compares and recipe.fitted_on == "shadows")
    return quick and asks_once(recipe)


def _score(recipe, knowledge, control):
    """Of a signal itself: no threshold is needed, so none is learned."""
    signal = own_signal(recipe.attack)
    if signal is None:
        return knowledge.run(recipe, control)[0]
    value = control.observe([signal]).to_numpy()[:, 0]
    return value if signal.greater_is_member else -value


def _control(split, knowledge, rows, seed):
    """Clone of what the shadow models are clones of, on some of the records."""
    estimator = unlimited(knowledge.design.estimator)
    memory = open_store(knowledge.design.memory)
    key = data_key(memory, split.X, split.y, estimators=[estimator])
    task = Task(estimator, rows, seed, key, knowledge.fit_params)
    return train(memory, task, split.X, split.y)
