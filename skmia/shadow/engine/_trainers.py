"""Who trains which shadow models."""

from collections import defaultdict

import numpy as np

from skmia.shadow.engine._generic import Generic
from skmia.shadow.engine._logistic import Logistic
from skmia.shadow.engine._naive_bayes import NaiveBayes
from skmia.shadow.engine._neighbours import Neighbours
from skmia.shadow.engine._ridge import LeastSquares
from skmia.shadow.engine._stacked import StackedNetworks

GENERIC = "generic"
_TRAINERS = {
    GENERIC: Generic(),
    "least-squares": LeastSquares(),
    "logistic": Logistic(),
    "naive-bayes": NaiveBayes(),
    "neighbours": Neighbours(),
    "stacked-networks": StackedNetworks(),
}

# By exact type: a subclass may learn in another way. By its name: nothing is loaded
# that nobody uses.
_OF_TYPE = {
    "sklearn.linear_model._logistic.LogisticRegression": "logistic",
    "sklearn.linear_model._ridge.Ridge": "least-squares",
    "sklearn.linear_model._ridge.RidgeClassifier": "least-squares",
    "sklearn.naive_bayes.BernoulliNB": "naive-bayes",
    "sklearn.naive_bayes.GaussianNB": "naive-bayes",
    "sklearn.naive_bayes.MultinomialNB": "naive-bayes",
    "sklearn.neighbors._classification.KNeighborsClassifier": "neighbours",
    "skmia.neural._mlp.MLPNet": "stacked-networks",
}


def choose_trainer(estimator, X, y, fit_params=None):
    """Trainer of an estimator on these records, and why it is the generic one.

    Parameters
    ----------
    estimator : estimator
    X : records
    y : array-like of shape (n_records,) or (n_records, n_outputs), or None
    fit_params : dict, default=None
        What ``fit`` is given besides.

    Returns
    -------
    trainer : str
        Name of an object: its ``refuses(estimator, X, y)`` is a reason in
        words, or None; ``fit(tasks, X, y)`` are fitted models in the order of tasks
        of one estimator, those that ``fit_clone`` would return, up to rounding, or
        to the estimator's tolerance and no farther from its optimum;
        ``at_once(estimator)`` is how many it fits at once at most;
        ``answers(tasks, X, y)`` is what they say about all records, as
        :class:`PoolAnswers`, or None where they must be asked.
    reason : str or None
        None where it is a trainer of this very kind of model.
    """
    kind = type(estimator)
    name = _OF_TYPE.get(f"{kind.__module__}.{kind.__qualname__}")
    if name is None:
        return GENERIC, f"no trainer knows {kind.__name__}"
    if fit_params:
        return GENERIC, f"records and labels only are taken, not {sorted(fit_params)}"
    if np.ndim(y) > 1:
        return GENERIC, "records have labels of several outputs"
    reason = _TRAINERS[name].refuses(estimator, X, y)
    return (name, None) if reason is None else (GENERIC, reason)


def at_once(task):
    """How many tasks like this one are trained at once, at most."""
    return _TRAINERS[task.trainer].at_once(task.estimator)


def train_tasks(tasks, X, y):
    """Fitted models of tasks, by the trainer that each names.

    Parameters
    ----------
    tasks : list of Task
    X : records
        All that the rows of the tasks are among.
    y : array-like of shape (n_records,) or (n_records, n_outputs), or None
        Their labels.

    Returns
    -------
    models : list of fitted estimators
        In the order of the tasks. What each is depends on its task only, up to
        rounding or its tolerance, not on the company that it is trained in.
    """
    models = {}
    for (name, _), own in _alike(tasks).items():
        fitted = _TRAINERS[name].fit([tasks[place] for place in own], X, y)
        models |= dict(zip(own, fitted, strict=True))
    return [models[place] for place in range(len(tasks))]


def answers_of(tasks, X, y):
    """What models of tasks say about the pool, where their trainer knows.

    Parameters
    ----------
    tasks, X, y : as for :func:`train_tasks`

    Returns
    -------
    answers : list of PoolAnswers or None
        Of each task; those of one estimator share theirs.
    """
    answers = [None] * len(tasks)
    for (name, _), own in _alike(tasks).items():
        shared = _TRAINERS[name].answers([tasks[place] for place in own], X, y)
        for place in own:
            answers[place] = shared
    return answers


def _alike(tasks):
    """Places of the tasks of each trainer and estimator."""
    places = defaultdict(list)
    for place, task in enumerate(tasks):
        # Tasks share the estimator that they are clones of.
        places[task.trainer, id(task.estimator)].append(place)
    return places
