"""The trainer of logistic regression: a few steps from the optimum of all records."""

import warnings

import numpy as np
from scipy.sparse import issparse
from sklearn.base import clone
from sklearn.utils import check_random_state

from skmia.shadow.engine._generic import Generic
from skmia.shadow.engine._given import times_drawn, validated
from skmia.shadow.engine._log_odds import LogOdds
from skmia.utils._fitting import set_fitted
from skmia.utils._random import set_random_states

# Numbers of all inverse Hessians.
_MOST_NUMBERS = 2**26


class Logistic:
    """Trains many models from the optimum of the pool, by its curvature.

    The loss and the rule by which steps end are those of scikit-learn. Models are
    nearer to their optima than its own, so that both are equal up to the tolerance.
    What scikit-learn does not bring near an optimum is trained by it.
    """

    def at_once(self, estimator):
        """Few enough for several jobs; each lot finds the optimum of the pool."""
        return 16

    def refuses(self, estimator, X, y):
        """Why these are for ``fit_clone``, in words, or None."""
        solver = estimator.get_params()["solver"]
        if solver != "lbfgs":
            return f"solver {solver!r} stops by another rule"
        if issparse(X):
            return "records are sparse"
        try:
            _, X, y = _validated(estimator, X, y)
            classes, first = np.unique(y, return_index=True)
            with warnings.catch_warnings():
                # One record of each class is neither enough nor typical.
                warnings.simplefilter("ignore", UserWarning)
                warnings.simplefilter("error", FutureWarning)
                # Refuses what is wrong with other parameters.
                clone(estimator).fit(X[first], y[first])
        except (TypeError, ValueError, FutureWarning) as error:
            return str(error)
        if X.dtype != float:
            return "models of records in single precision are in single precision"
        n_logits = len(classes) if len(classes) > 2 else 1
        if n_logits * (X.shape[1] + 1) ** 2 > _MOST_NUMBERS:
            return "there are too many features for matrices of their curvature"
        return None

    def fit(self, tasks, X, y):
        """Fitted models of tasks of one estimator, in their order."""
        checked, checked_X, checked_y = _validated(tasks[0].estimator, X, y)
        counts = times_drawn(tasks, len(checked_y))
        log_odds = LogOdds(checked, checked_X, checked_y)
        models = []
        for task, learned in zip(tasks, log_odds.learn(counts), strict=True):
            if learned is None:
                models += Generic().fit([task], X, y)
                continue
            model = clone(task.estimator)
            set_random_states(model, check_random_state(task.seed))
            set_fitted(model, checked, learned)
            models.append(model)
        return models

    def answers(self, tasks, X, y):
        """What the models say about the pool: they are asked, a product is cheap."""
        return None


def _validated(estimator, X, y):
    """Records and labels as ``fit`` takes them, and who knows their features."""
    return validated(estimator, X, y, dtype=[np.float64, np.float32], order="C")
