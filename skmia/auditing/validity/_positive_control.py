"""The positive control: what a model that remembers everything would answer."""

import numpy as np
from sklearn.utils import _safe_indexing

from skmia.attacks._recipe import TRAINS
from skmia.attacks._run import recorded
from skmia.metrics import auc_interval
from skmia.signals._recommendation import popularity_of
from skmia.signals._segmentation import IGNORED, maps_of, n_labels_of
from skmia.targets._told import Told
from skmia.utils._access import TABLE
from skmia.utils._numbers import numbers

_METHODS = frozenset(
    {"predict", "predict_proba", "isolated_proba", "decision_function"}
)
# Of models without labels.
_SAID = frozenset({"predict", "score_samples", "decision_function", "transform"})
_SAID |= {"predict_proba", "recommend", "reconstruct", TABLE}
_SAID |= {"similarities", "encode"}


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

    Of a classifier these are the frequencies of the classes, of each output.

    Parameters
    ----------
    split : Split
    session : Session
        With an adversary who may ask as much.
    """

    def __init__(self, split, session):
        if split.quantities:
            labels = np.reshape(split.y, (len(split.y), -1)).astype(float)
            values = _recalled(split, labels)
        elif session.has_outputs:
            outputs = zip(split.y.T, session.classes, strict=True)
            values = [_recalled(split, _one_hot(*output)) for output in outputs]
        else:
            values = _recalled(split, _one_hot(split.y, session.classes))
        answers = session.answers & _METHODS
        super().__init__(session, values, answers=answers, classes=session.classes)
        self.model_name = "LookUp"

    def _reply(self, method, args, own):
        answer = super()._reply(method, args, own)
        if method != "decision_function":
            return answer
        if isinstance(answer, list):
            return [*map(_centred, answer)]
        return _centred(answer)


def _centred(decisions):
    """Decisions between two classes, positive for the second."""
    return decisions - 0.5 if decisions.ndim == 1 else decisions


def _one_hot(y, classes):
    return (y[:, None] == classes[None, :]).astype(float)


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
        if method == "predict_proba":
            return _remembered_maps(known, self.X)
        if method == "recommend":
            return _personal_lists(known, self.X)
        if method == "reconstruct":  # the mean of all, where it is not known
            X = numbers(self.X)
            return np.where(known[:, None], X, X.mean(axis=0))
        if method in ("similarities", "encode"):  # alike, or long, where it is known
            return known[:, None]
        if method == TABLE:
            return _safe_indexing(self.X, np.flatnonzero(known))
        return 2 * known - 1


def _remembered_maps(known, X):
    """The true label of each pixel of known images, every label of others alike."""
    n_labels, labels = n_labels_of(X, IGNORED), maps_of(X).astype(int)
    true = np.eye(n_labels)[np.where(labels == IGNORED, 0, labels)]
    return np.where(known[:, None, None, None], true, 1 / n_labels)


def _personal_lists(known, X):
    """The rarest half of all items for who is known, the more popular for others."""
    rarest = np.argsort(popularity_of(X), kind="stable")
    n_shown = (len(rarest) + 1) // 2
    return np.where(known[:, None], rarest[:n_shown], rarest[::-1][:n_shown])


def _are_known(split):
    """Members, and copies of members."""
    return np.isin(split.copies, split.copies[split.member == 1])


def _recalled(split, labels):
    """The label itself for members and their copies, the mean for others."""
    known = _are_known(split)
    return np.where(known[:, None], labels, labels[split.member == 1].mean(axis=0))
