"""A pipeline of which one step learns from other records than the rest."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.pipeline import Pipeline
from sklearn.utils import check_random_state

from skmia.utils._random import set_random_states
from skmia.utils._sklearn import available_if


@dataclass(frozen=True)
class Others:
    """Records that are in no question, and the seed of what is fitted on them."""

    X: Any
    y: np.ndarray
    seed: int

    def __deepcopy__(self, memo):
        # One for all clones: nothing changes them.
        return self


def _gives(method):
    return available_if(lambda model: hasattr(model.pipeline[-1], method))


class RefittedPipeline(ClassifierMixin, BaseEstimator):
    """Pipeline that is fitted step by step, one of them in another way.

    A clone, such as a shadow model, is fitted alike: its step is again the one that
    other records make, given what comes before it.

    Parameters
    ----------
    pipeline : Pipeline
        `fit` clones its steps.
    step : str, default=None
        Which step is fitted in another way. None: none is.
    how : {"elsewhere", "frozen", "choice"}, default="elsewhere"
        "elsewhere": fitted on `others`, as the steps before it transform them.
        "frozen": fitted on the records, and then asked about them as about any, instead
        of ``fit_transform``. "choice": a search chooses on `others`, and the model that
        it chose is fitted on the records.
    others : Others, default=None

    Attributes
    ----------
    pipeline_ : Pipeline
        The fitted steps.
    """

    def __init__(self, pipeline, *, step=None, how="elsewhere", others=None):
        self.pipeline = pipeline
        self.step = step
        self.how = how
        self.others = others

    def fit(self, X, y):
        """Fit all steps in turn."""
        X_others = None if self.others is None else self.others.X
        *before, (name, last) = self.pipeline.steps
        steps = []
        for own_name, template in before:
            if template in (None, "passthrough"):
                continue
            step, X = self._transformer(own_name, template, X, y, X_others)
            if self.others is not None:
                X_others = step.transform(X_others)
            steps.append((own_name, step))
        steps.append((name, self._model(name, last, X, y, X_others)))
        self.pipeline_ = Pipeline(steps)
        self.classes_ = self.pipeline_.classes_
        return self

    def _transformer(self, name, template, X, y, X_others):
        """Fitted step, and the records as it hands them on."""
        if name != self.step:
            step = clone(template)
            return step, fitted_transform(step, X, y)
        if self.how == "elsewhere":
            step = self._seeded(template).fit(X_others, self.others.y)
        else:
            step = clone(template).fit(X, y)
        return step, step.transform(X)

    def _model(self, name, template, X, y, X_others):
        if name != self.step:
            return clone(template).fit(X, y)
        other = self._seeded(template).fit(X_others, self.others.y)
        if self.how == "elsewhere":
            return other
        chosen = clone(template.estimator).set_params(**other.best_params_)
        return chosen.fit(X, y)

    def _seeded(self, template):
        """What is fitted on other records is one and the same for all clones."""
        rng = check_random_state(self.others.seed)
        return set_random_states(clone(template), rng)

    def predict(self, X):
        """Labels."""
        return self.pipeline_.predict(X)

    @_gives("predict_proba")
    def predict_proba(self, X):
        """Probabilities, if the last step has some."""
        return self.pipeline_.predict_proba(X)

    @_gives("decision_function")
    def decision_function(self, X):
        """Decision values, if the last step has some."""
        return self.pipeline_.decision_function(X)


def fitted_transform(step, X, y):
    """Fit a transformer as a pipeline does; what the training records become."""
    if hasattr(step, "fit_transform"):
        return step.fit_transform(X, y)
    return step.fit(X, y).transform(X)
