"""Features between two numbers, by bounds that were declared."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import OneToOneFeatureMixin

from skmia.defenses.private._declared import check_bounds
from skmia.defenses.private._declared_transformer import DeclaredTransformer


class BoundedScaler(OneToOneFeatureMixin, DeclaredTransformer):
    """Transformer that maps the declared bounds of each feature to one range.

    What :class:`~sklearn.preprocessing.MinMaxScaler` does with the least and the
    largest value of the training records, this one does with bounds that were declared:
    it learns nothing, and costs no privacy.

    Works on *records*: `X` holds features.

    .. versionadded:: 0.2

    Parameters
    ----------
    bounds : tuple (low, high)
        What values the features can take, declared without a look at the data: each a
        number for all features or an array of shape (n_features,). Values outside are
        clipped.
    feature_range : tuple (low, high), default=(0, 1)
        Range of the transformed features. (-1, 1) makes no record longer than (0, 1),
        and the features twice as wide beside the same noise.

    Attributes
    ----------
    data_norm_ : float
        Euclidean length that no transformed record exceeds, from `feature_range` and
        the number of features alone: what `data_norm` of
        :class:`PrivateLogisticRegression` asks for.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where `X` had names.

    See Also
    --------
    DeclaredOneHotEncoder : The same for categories.
    PrivateStandardScaler : Mean and deviation of the records, paid for.

    Notes
    -----
    A private estimator behind it keeps its guarantee word for word. Each record is
    transformed by itself, so that replacing a record of `X` replaces that record of
    what comes out, and no other. Of the records that `fit` gets it reads the number of
    features and their names, which are public. It is no defense alone.

    A missing value stays missing. Private estimators refuse it: fill it in with a value
    that was declared, such as ``SimpleImputer(strategy="constant")`` does.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.pipeline import make_pipeline
    >>> from skmia.defenses import BoundedScaler, PrivateLogisticRegression
    >>> X, y = load_iris(return_X_y=True)
    >>> scaler = BoundedScaler(([4, 2, 1, 0], [8, 5, 7, 3]), feature_range=(-1, 1))
    >>> scaler.fit(X).data_norm_
    2.0
    >>> model = make_pipeline(
    ...     scaler,
    ...     PrivateLogisticRegression(epsilon=50, data_norm=2, classes=[0, 1, 2]),
    ... )
    >>> model.fit(X, y).score(X, y) > 0.5
    True
    """

    _parameter_constraints: dict = {
        "bounds": ["array-like", None],
        "feature_range": ["array-like"],
    }

    def __init__(
        self,
        bounds: tuple[Any, Any] | None = None,
        *,
        feature_range: tuple[Any, Any] = (0, 1),
    ) -> None:
        self.bounds = bounds
        self.feature_range = feature_range

    def _read(self, validator, X, **params):
        return super()._read(validator, X, ensure_all_finite="allow-nan", **params)

    def _declare(self, n_features):
        bounds = check_bounds(self.bounds, n_features, type(self).__name__)
        return bounds, _check_range(self.feature_range, type(self).__name__)

    def _learn(self, X, declared):
        bounds, target = declared
        longest = max(map(abs, target)) * X.shape[1] ** 0.5
        return {"data_norm_": longest, "_bounds": bounds, "_range": target}

    @property
    def _n_features_out(self):
        return self.n_features_in_

    def _change(self, X):
        (low, high), (start, end) = self._bounds, self._range
        share = (np.clip(X, low, high) - low) / (high - low)
        # Clipped once more: start + (end - start) may be rounded to beyond the end.
        return np.clip(start + (end - start) * share, start, end)

    def _restore(self, Z):
        (low, high), (start, end) = self._bounds, self._range
        return low + (high - low) * ((Z - start) / (end - start))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _check_range(feature_range, owner):
    try:
        start, end = (float(side) for side in feature_range)
    except (TypeError, ValueError):
        start = end = np.nan
    if not 0 < end - start < np.inf:
        raise ValueError(
            f"The 'feature_range' parameter of {owner} must be two numbers (low, "
            f"high), finite and low < high. Got {feature_range!r} instead."
        )
    return start, end
