"""A model of which nothing is there but what it answered about each record."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from skmia.auditing._copies import belonging, record_keys
from skmia.auditing._knowledge import Knowledge
from skmia.auditing._order import blind_order, numbered
from skmia.auditing.validity._positive_control import asks_once
from skmia.auditing.validity._split import Split
from skmia.shadow import ShadowModels
from skmia.targets import Session
from skmia.utils._sklearn import available_if


def _has(kind):
    return lambda model: model.kind == kind


class RecordedAnswers(ClassifierMixin, BaseEstimator):
    """Answers by the name of the record.

    Parameters
    ----------
    kind : {"proba", "labels", "scores"}
    answers : ndarray of shape (n_records,) or (n_records, n_classes)
    classes : ndarray of shape (n_classes,)
        Labels, in the order of the columns.
    """

    def __init__(self, kind, answers, classes):
        self.kind, self.answers, self.classes = kind, answers, classes

    @property
    def classes_(self):
        return self.classes

    def predict(self, X):
        found = self._of(X)
        if self.kind == "labels":
            return found
        if found.ndim == 1:
            return self.classes[(found > 0).astype(int)]
        return self.classes[found.argmax(axis=1)]

    @available_if(_has("proba"))
    def predict_proba(self, X):
        return self._of(X)

    @available_if(_has("scores"))
    def decision_function(self, X):
        return self._of(X)

    def keys(self):
        """Content of the answer about each record."""
        values = self.answers
        if self.kind == "labels":
            values = np.unique(values, return_inverse=True)[1]
        return record_keys(values.reshape(len(values), -1))

    def in_order(self, order):
        """The same about the records in another order."""
        return RecordedAnswers(self.kind, self.answers[order], self.classes)

    def _of(self, names):
        return self.answers[np.asarray(names).astype(int)]


@dataclass
class RecordedKnowledge(Knowledge):
    """What the adversary holds where all answers were given before.

    ``trained`` holds the shadow models of which there are answers.
    """

    words = Knowledge.words | {
        "shadows": "answers of shadow models about these records",
        "references": "answers of references about these records",
    }

    def train(self):
        """Nothing: what was not given cannot be had."""

    def n_fits(self, recipe):
        """Models that are trained: none."""
        return 0

    def lacks(self, recipe, session):
        """Why an attack cannot be run here, in words; None when it can."""
        asks_more = recipe.fitted_on in ("random-records", "other-task")
        if asks_more or not asks_once(recipe):
            return "it asks more than what was answered about these records"
        return super().lacks(recipe, session)

    def untrainable(self):
        """Why no model like the audited one can be trained."""
        return None if self.trained else "no answers of shadow models are given"

    def _lacks_shadows(self, evidence):
        return self.untrainable() or super()._lacks_shadows(evidence)


class RecordedPool(NamedTuple):
    """All that an audit of answers asks and judges.

    Attributes
    ----------
    session : Session
    knowledge : RecordedKnowledge
    split : Split
    order : ndarray of int of shape (n_records,)
        Places of the records where they were given.
    groups : ndarray of int of shape (n_records,) or None
        As they were given.
    """

    session: Session
    knowledge: RecordedKnowledge
    split: Split
    order: np.ndarray
    groups: np.ndarray | None


def recorded_pool(y, member, model, shadows, groups, seed):
    """Records in an order by the content of the answers: who comes first tells nothing.

    Parameters
    ----------
    y : ndarray of shape (n_records,)
    member : ndarray of {0, 1}
    model : RecordedAnswers
    shadows : list of (RecordedAnswers, ndarray of bool)
        Shadow models with their members.
    groups : array-like of shape (n_records,) or None
    seed : int

    Returns
    -------
    pool : RecordedPool
    """
    rows = np.arange(len(y))
    code = None if groups is None else belonging(rows, member, groups)
    order = blind_order(model.keys(), y, seed)
    model, member, y = model.in_order(order), member[order], y[order]
    of = None if code is None else numbered(code[order])
    # Of the records nothing is known: their names are no features.
    X = rows.astype(str).astype(object)
    trained = {}
    if shadows:
        models = [shadow.in_order(order) for shadow, _ in shadows]
        train = [np.flatnonzero(inside[order]) for _, inside in shadows]
        trained["shadows"] = ShadowModels.from_models(models, X, y, train=train)
    design = ShadowModels(model, n_shadows=len(shadows))
    return RecordedPool(
        Session(model, X, y, classes=np.unique(y)),
        RecordedKnowledge(X, y, member, design, seed, groups=of, trained=trained),
        Split(X, y, member, rows, of, seed),
        order,
        code,
    )
