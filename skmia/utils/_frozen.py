"""Models that are fitted already and cannot be trained again."""

from sklearn.frozen import FrozenEstimator


def is_frozen(estimator):
    """Whether an estimator is, or contains, a ``FrozenEstimator``."""
    parts = (estimator, *estimator.get_params(deep=True).values())
    return any(isinstance(part, FrozenEstimator) for part in parts)
