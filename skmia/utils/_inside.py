"""What is inside a model: pipelines, wrappers, frozen models."""

from sklearn.compose import TransformedTargetRegressor
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline


def last_step(estimator, prefix=""):
    """Model that learns last, and what its parameters are called from outside.

    Parameters
    ----------
    estimator : estimator
        Its own last step, where it is not a pipeline.
    prefix : str, default=""
        What the names of the parameters of `estimator` begin with.

    Returns
    -------
    last : estimator
    prefix : str
        ``estimator.set_params`` knows parameter ``p`` of `last` as ``prefix + "p"``.
    """
    if isinstance(estimator, Pipeline):
        name, last = estimator.steps[-1]
        return last_step(last, f"{prefix}{name}__")
    return estimator, prefix


def before_last(pipeline, X):
    """Records as a fitted pipeline hands them to its last step."""
    return pipeline[:-1].transform(X) if len(pipeline) > 1 else X


def into_last_step(model, X):
    """The fitted model that learned last, and the records as it is given them."""
    while isinstance(model, Pipeline):
        X, model = before_last(model, X), model[-1]
    return model, X


def layers(estimator):
    """The models behind an answer, from the outside in, without what prepares records.

    A defense, say, then the last step of the pipeline that it wraps. What prepares
    labels, a ``TransformedTargetRegressor``, is no layer either.
    """
    while estimator is not None:
        estimator, _ = last_step(estimator)
        if _prepares_labels(estimator):
            estimator = estimator.regressor
            continue
        yield estimator
        estimator = getattr(estimator, "estimator", None)


def is_frozen(estimator):
    """Whether the model that answers is a ``FrozenEstimator``.

    It may be wrapped (a defense around a frozen model) or stand last in a pipeline. A
    frozen preprocessor before a model that can be trained does not count.
    """
    return any(isinstance(model, FrozenEstimator) for model in layers(estimator))


def _prepares_labels(estimator):
    """Whether a regressor only transforms labels for one that it is given."""
    transforms = isinstance(estimator, TransformedTargetRegressor)
    return transforms and estimator.regressor is not None
