"""The positive control: what a model that remembers everything would answer."""

import numpy as np

from skmia.attacks._recipe import TRAINS
from skmia.attacks._run import recorded
from skmia.metrics import auc_interval
from skmia.targets._told import Told

_METHODS = frozenset({"predict", "predict_proba", "decision_function"})
# Of models without labels.
_SAID = frozenset({"predict", "score_samples", "decision_function", "transform"})


def check_on_memory(split, knowledge, session, recipes, results, confidence_level):
    """Whether attacks that need no shadow models catch a model that memorises.

    Of the same records and with the answers of the audited model. It is a table, so
    nothing is trained.

    Parameters
    ----------
    split : Split
    knowledge : Knowledge
    session : Session
        The audited model and records.
    recipes, results : lists
        The attacks, and what they found.
    confidence_level : float
        Corrected for the number of attacks.
    """
    asked = [
        (recipe, result)
        for recipe, result in zip(recipes, results, strict=True)
        if result.score is not None
        and recipe.fitted_on not in TRAINS
        and asks_once(recipe)
    ]
    if not asked:
        return "not run", "No attack was run that could be tried on a table."
    level = 1 - (1 - confidence_level) / len(asked)
    table = (Recalled if split.y is not None else Recognised)(split, session)
    for recipe, result in asked:
        score, _ = knowledge.run(recipe, table)
        there = ~np.isnan(result.score)
        low, _ = auc_interval(
            split.member[there],
            score[there],
            groups=split.groups[there],
            confidence_level=level,
        )
        if low > 0.5:
            return "passed", f"A model that memorises is caught ({recipe.name})."
    return "not-measurable", (
        "A model that memorises these records was not caught: these attacks do not see "
        "leaks in models of this kind, or on such records."
    )


def asks_once(recipe):
    """Whether an attack asks about each record once, and trains no students."""
    signals = recorded(recipe.attack)
    return (
        signals is not None
        and not any(signal.probing for signal in signals)
        and "distillation" not in recipe.needs
    )


class Recalled(Told):
    """Answers of a model that knows its records by heart, and of others their mean.

    Of a classifier these are the frequencies of the classes.

    Parameters
    ----------
    split : Split
    session : Session
        With an adversary who may ask as much.
    """

    def __init__(self, split, session):
        if split.quantities:
            labels = np.reshape(split.y, (len(split.y), -1)).astype(float)
        else:
            labels = (split.y[:, None] == session.classes[None, :]).astype(float)
        values = _recalled(split, labels)
        answers = session.answers & _METHODS
        super().__init__(session, values, answers=answers, classes=session.classes)
        self.model_name = "LookUp"

    def _reply(self, method, args, own):
        answer = super()._reply(method, args, own)
        decides = method == "decision_function" and len(self.classes_) == 2
        return answer - 0.5 if decides else answer


class Recognised(Told):
    """Answers of a model without labels that knows its records again, and no others.

    Parameters
    ----------
    split : Split
    session : Session
        With an adversary who may ask as much.
    """

    def __init__(self, split, session):
        known = _are_known(split).astype(float)
        super().__init__(session, known, answers=session.answers & _SAID, classes=None)
        self.model_name = "LookUp"

    def _reply(self, method, args, own):
        known = super()._reply(method, args, own)
        if method == "transform":  # a centre on each record, and one apart from all
            return np.column_stack([1 - known, np.full(len(known), 2.0)])
        return 2 * known - 1


def _are_known(split):
    """Members, and copies of members."""
    return np.isin(split.copies, split.copies[split.member == 1])


def _recalled(split, labels):
    """The label itself for members and their copies, the mean for others."""
    known = _are_known(split)
    return np.where(known[:, None], labels, labels[split.member == 1].mean(axis=0))
