"""Models with a penalty on their weights, stated in one convention."""

from skmia.defenses._base import TrainingDefense
from skmia.defenses.training._penalties import CLASSIFIERS, Penalized
from skmia.utils._card import DefenseCard


class PenalizedClassifier(Penalized, TrainingDefense):
    """Classifier trained on mean loss plus `strength` times the norm of its weights.

    The literature states penalties so; every model of scikit-learn has a convention
    of its own. Here it is one number for all of them, converted for `estimator`.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to penalise: one of the table in the notes, or a pipeline that ends in
        one. A clone is trained, with its own penalty replaced.
    strength : float, default=1e-3
        The factor lambda of the penalty.
    penalty : {"l2", "l1"}, default="l2"
        The penalty: sum of the squared weights, or of their absolute values.

    Attributes
    ----------
    estimator_ : classifier
        The released model.
    parameters_ : dict
        What was set in `estimator`, by name.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    FitControlledClassifier : Chooses the strength by cross-validation.
    PenalizedRegressor : The same for regressors.

    Notes
    -----
    What ``mean loss + s * penalty`` is for a model trained on n records:

    ====================== =================================== =====================
    model                  l2                                  l1
    ====================== =================================== =====================
    ``LogisticRegression`` ``C = 1 / (2 s n)``                 ``C = 1 / (s n)``
    ``LinearSVC``          ``C = 1 / (2 s n)``                 ``C = 1 / (s n)``
    ``RidgeClassifier``    ``alpha = s n``
    ``SGDClassifier``      ``alpha = 2 s``                     ``alpha = s``
    ``Perceptron``         ``alpha = 2 s``                     ``alpha = s``
    ``MLPClassifier``      ``alpha = 2 s b``, b: batch size
    ``MLPNet``             ``weight_decay = 2 s``
    ====================== =================================== =====================

    Intercepts are free of the penalty, except in ``MLPNet`` and where liblinear is
    the solver (``LinearSVC``). For an l1 penalty ``LogisticRegression`` gets the
    solver "saga", unless it has "liblinear". ``MLPNet`` is known by its parameter
    ``weight_decay``, as is any network that adds ``weight_decay / 2`` times the squared
    weights to its mean loss. The weights of networks with ReLU can be scaled freely
    between layers, and are limited less by it than those of linear models.

    With ``sample_weight`` the mean loss is the weighted one: only how the weights of
    the records compare matters, and the model is given them scaled to a mean of 1.

    Threat model: the adversary sees scores or labels; the parameters of the model
    change as well. No formal guarantee. With an l2 penalty, a convex loss of slope at
    most L in the weights and an exact solution, replacing one record moves the weights
    by at most ``L / (n strength)``: stability, to which differential privacy by output
    perturbation only adds the noise.

    References
    ----------
    R. Shokri, M. Stronati, C. Song, V. Shmatikov, "Membership Inference Attacks
    Against Machine Learning Models", IEEE S&P 2017. :arxiv:`1610.05820`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skmia.defenses import PenalizedClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = PenalizedClassifier(LogisticRegression(), strength=0.01).fit(X, y)
    >>> round(model.parameters_["C"], 3)
    0.333
    """

    _card = DefenseCard(
        family="hardening",
        addresses=("scores", "label", "white-box"),
        broken_by="records of outsized influence (LiRA, canaries) at useful strengths",
        paper="Shokri et al. 2017",
    )

    _conversions = CLASSIFIERS
