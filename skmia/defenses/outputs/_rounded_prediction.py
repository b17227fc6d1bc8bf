"""Rounded predictions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from skmia.defenses._regressor_base import ScaledMask
from skmia.utils._card import DefenseCard
from skmia.utils._sklearn import POSITIVE
from skmia.utils._typing import Regressor


class RoundedPrediction(ScaledMask):
    """Regressor that releases the prediction of another one rounded to a grid.

    Works on *records*: `X` holds features, `y` quantities.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : regressor
        Model to defend. `fit` clones it.
    step : float, default=0.5
        Distance of two values that can be released.
    unit : float or array-like of shape (n_outputs,), default=None
        What `step` is counted in, for each output: 1 for the units of the label.
        None: the spread of the training labels by their quartiles, in which a normal
        law has a standard deviation of 1.

    Attributes
    ----------
    estimator_ : regressor
        The fitted, undefended clone. It belongs to the owner, not to the interface.
    unit_ : ndarray of shape (n_outputs,)
        What `step` is counted in. The spread of the labels is released with the
        answers, and hardly depends on any one of them.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    NoisyPrediction : Noise instead of a grid.
    RoundedPosterior : The same for classifiers.

    Notes
    -----
    Threat model: the adversary sees predictions, a finite number of different ones.
    What a member gives away is the size of its residual: a grid hides residuals that
    are smaller than a step, and moves large ones by half a step at most, so that it
    costs as much as it hides. The parameters of the model are not protected. No formal
    guarantee: shadow models that round alike adapt to it.

    References
    ----------
    R. Shokri, M. Stronati, C. Song, V. Shmatikov, "Membership Inference Attacks
    Against Machine Learning Models", IEEE S&P 2017, where posteriors are rounded.
    :arxiv:`1610.05820`

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import Ridge
    >>> from skmia.defenses import RoundedPrediction
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = RoundedPrediction(Ridge(), step=25, unit=1).fit(X, y)
    >>> model.predict(X[:3])
    array([175., 100., 175.])
    """

    _only_masks = property(ScaledMask._has_unit)
    _card = DefenseCard(
        family="output mask",
        addresses=("label",),
        broken_by="residuals of more than a step; shadow models rounded alike",
        paper="after Shokri et al. 2017",
    )

    _parameter_constraints = ScaledMask._parameter_constraints | {"step": [POSITIVE]}

    def __init__(
        self,
        estimator: Regressor,
        *,
        step: float = 0.5,
        unit: float | ArrayLike | None = None,
    ) -> None:
        self.estimator = estimator
        self.step = step
        self.unit = unit

    def _release(self, P, X):
        width = self.step * self.unit_
        return np.floor(P / width + 0.5) * width
