"""A model of which nothing is there but what it answered about each record."""

from dataclasses import dataclass

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.metaestimators import available_if

from skmia.auditing._knowledge import Knowledge
from skmia.auditing.validity._positive_control import asks_once


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

    def _of(self, names):
        return self.answers[np.asarray(names).astype(int)]


def names_of(n_records):
    """Records of which nothing is known: their names, which are no features."""
    return np.arange(n_records).astype(str).astype(object)


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
