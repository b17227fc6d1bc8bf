"""Regressors with a penalty on their weights, stated in one convention."""

from skmia.defenses._regressor_base import RegressorTraining
from skmia.defenses.training._penalties import REGRESSORS, Penalized
from skmia.utils._card import DefenseCard


class PenalizedRegressor(Penalized, RegressorTraining):
    """Regressor trained on mean loss plus `strength` times the norm of its weights.

    As :class:`PenalizedClassifier` it is one number for models whose conventions
    differ, converted for `estimator`.

    Works on *records*: `X` holds features, `y` quantities.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : regressor
        Model to penalise: one of the table in the notes, or a pipeline that ends in
        one. A clone is trained, with its own penalty replaced.
    strength : float, default=1e-3
        The factor lambda of the penalty.
    penalty : {"l2", "l1"}, default="l2"
        The penalty: sum of the squared weights, or of their absolute values.

    Attributes
    ----------
    estimator_ : regressor
        The released model.
    parameters_ : dict
        What was set in `estimator`, by name.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    PenalizedClassifier : The same for classifiers.
    PrivateLinearRegression : A penalty, and noise with a guarantee.

    Notes
    -----
    What ``mean loss + s * penalty`` is for a model trained on n records, with the
    squared error as the loss where the model has no other:

    ================== =================================== =================
    model              l2                                  l1
    ================== =================================== =================
    ``Ridge``          ``alpha = s n``
    ``Lasso``                                              ``alpha = s / 2``
    ``LinearSVR``      ``C = 1 / (2 s n)``
    ``SGDRegressor``   ``alpha = s``                       ``alpha = s / 2``
    ``MLPRegressor``   ``alpha = s b``, b: batch size
    ``NetRegressor``   ``weight_decay = 2 s``
    ================== =================================== =================

    ``SGDRegressor`` and ``MLPRegressor`` minimise half of the squared error; for losses
    of theirs that are no squares `alpha` is twice as large. Intercepts are free of the
    penalty, except in ``NetRegressor`` and ``LinearSVR``. Another unit of the labels
    changes the meaning of an l1 penalty, and of losses that are no squares.

    With ``sample_weight`` the mean loss is the weighted one, as in
    :class:`PenalizedClassifier`.

    Threat model: the adversary sees predictions; the parameters of the model change as
    well. No formal guarantee.

    References
    ----------
    R. Shokri, M. Stronati, C. Song, V. Shmatikov, "Membership Inference Attacks
    Against Machine Learning Models", IEEE S&P 2017. :arxiv:`1610.05820`

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import Ridge
    >>> from skmia.defenses import PenalizedRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> PenalizedRegressor(Ridge(), strength=0.01).fit(X, y).parameters_
    {'alpha': 4.42}
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("label", "white-box"),
        broken_by="records of outsized influence (LiRA, canaries) at useful strengths",
        paper="Shokri et al. 2017",
    )

    _conversions = REGRESSORS
