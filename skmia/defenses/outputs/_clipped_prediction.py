"""Predictions within a declared range."""

from __future__ import annotations

from typing import Any

import numpy as np

from skmia.defenses._regressor_base import PredictionDefense
from skmia.defenses.private._declared import check_bounds
from skmia.utils._card import DefenseCard
from skmia.utils._quantities import in_columns
from skmia.utils._typing import Regressor


class ClippedPrediction(PredictionDefense):
    """Regressor that releases the prediction of another one within declared bounds.

    Works on *records*: `X` holds features, `y` quantities.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : regressor
        Model to defend. `fit` clones it.
    bounds : tuple (low, high)
        What can be released, declared without a look at the data: each a number for
        all outputs or an array of shape (n_outputs,). The smallest and the largest
        training label would tell of the records that have them.

    Attributes
    ----------
    estimator_ : regressor
        The fitted, undefended clone. It belongs to the owner, not to the interface.
    bounds_ : tuple of ndarray of shape (n_outputs,)
        The lower and the upper bound of each output.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    PrivateLinearRegression : Its predictions have no bounds; clipping them costs no
        privacy.

    Notes
    -----
    Threat model: the adversary sees predictions. A model that fits an extreme label
    shows by an extreme prediction who was among its records: of members with labels
    beyond the bounds that is hidden, of all others nothing. No formal guarantee.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.tree import DecisionTreeRegressor
    >>> from skmia.defenses import ClippedPrediction
    >>> X, y = load_diabetes(return_X_y=True)
    >>> tree = DecisionTreeRegressor(random_state=0)
    >>> model = ClippedPrediction(tree, bounds=(80, 200)).fit(X, y)
    >>> y[:3], model.predict(X[:3])
    (array([151.,  75., 141.]), array([151.,  80., 141.]))
    """

    _only_masks = True
    _card = DefenseCard(
        family="output mask",
        addresses=("label",),
        broken_by="every attack, on records with labels within the bounds",
        paper="ours",
    )

    _parameter_constraints = PredictionDefense._parameter_constraints | {
        "bounds": ["array-like", None]
    }

    def __init__(
        self, estimator: Regressor, *, bounds: tuple[Any, Any] | None = None
    ) -> None:
        self.estimator = estimator
        self.bounds = bounds

    def _learn(self, X, y, sample_weight):
        learned = super()._learn(X, y, sample_weight)
        n_outputs = in_columns(y).shape[1]
        name = type(self).__name__
        return {
            "bounds_": check_bounds(self.bounds, n_outputs, name, each="outputs"),
            **learned,
        }

    def _release(self, P, X):
        return np.clip(P, *self.bounds_)
