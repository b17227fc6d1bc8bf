"""The model that learned, behind what only hands records on to it."""

from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline

from skmia.utils._inside import before_last


def inner_model(model, X):
    """The fitted model behind pipelines, searches and frozen models, and its records.

    Parameters
    ----------
    model : fitted classifier
    X : records
        As `model` takes them.

    Returns
    -------
    inner : fitted classifier
        Answers for the records below as `model` does for `X`.
    X : records
        As `inner` takes them.
    """
    while True:
        if isinstance(model, Pipeline):
            model, X = model[-1], before_last(model, X)
        elif type(model) is FrozenEstimator:
            model = model.estimator
        elif hasattr(model, "best_estimator_"):
            model = model.best_estimator_
        else:
            return model, X
