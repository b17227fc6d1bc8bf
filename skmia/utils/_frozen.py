"""Models that are fitted already and cannot be trained again."""

from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline


def is_frozen(estimator):
    """Whether the classifier that answers is a ``FrozenEstimator``.

    It may be wrapped (a defense around a frozen model) or stand last in a pipeline. A
    frozen preprocessor before a classifier that can be trained does not count.
    """
    if isinstance(estimator, Pipeline):
        return is_frozen(estimator[-1])
    if isinstance(estimator, FrozenEstimator):
        return True
    inner = getattr(estimator, "estimator", None)
    return inner is not None and is_frozen(inner)
