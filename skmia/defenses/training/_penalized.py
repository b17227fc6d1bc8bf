"""Models with a penalty on their weights, stated in one convention."""

from sklearn.base import clone
from sklearn.linear_model import (
    LogisticRegression,
    Perceptron,
    RidgeClassifier,
    SGDClassifier,
)
from sklearn.neural_network import MLPClassifier
from sklearn.svm import LinearSVC

from skmia.defenses._base import TrainingDefense
from skmia.utils._card import DefenseCard
from skmia.utils._inside import last_step
from skmia.utils._sklearn import POSITIVE, StrOptions
from skmia.utils._weights import fit_weights


class PenalizedClassifier(TrainingDefense):
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

    _parameter_constraints = TrainingDefense._parameter_constraints | {
        "strength": [POSITIVE],
        "penalty": [StrOptions({"l1", "l2"})],
    }

    def __init__(self, estimator, *, strength=1e-3, penalty="l2"):
        self.estimator = estimator
        self.strength = strength
        self.penalty = penalty

    def _train(self, X, y, sample_weight=None):
        last, prefix = last_step(self.estimator)
        convert = _conversion(last, self.penalty)
        if convert is None:
            raise TypeError(
                "The 'estimator' parameter of PenalizedClassifier must be a classifier "
                f"that can be trained with an {self.penalty} penalty: "
                f"{', '.join(_served(self.penalty))}, or a pipeline that ends in one. "
                f"Got {self.estimator!r} instead."
            )
        own = convert(last, float(self.strength), len(y))
        parameters = {prefix + name: value for name, value in own.items()}
        if sample_weight is not None:
            # The weights sum to n: a sum of losses then is n times their weighted mean.
            sample_weight = sample_weight * (len(y) / sample_weight.sum())
        model = clone(self.estimator).set_params(**parameters)
        model.fit(X, y, **fit_weights(model, sample_weight))
        return {"estimator_": model, "parameters_": parameters}


def _mlp_alpha(model, strength, n):
    """Each batch adds ``alpha / 2`` squared weights, divided by its own size."""
    size = 200 if model.batch_size == "auto" else model.batch_size
    return 2 * strength * (n if model.solver == "lbfgs" else min(size, n))


def _sgd(factor, penalty):
    return lambda model, s, n: {"alpha": factor * s, "penalty": penalty}


# By penalty and kind of model: parameters from the model, the strength s and the number
# of records n.
_CONVERSIONS = {
    "l2": {
        LogisticRegression: lambda m, s, n: {"C": 1 / (2 * s * n), "l1_ratio": 0.0},
        LinearSVC: lambda m, s, n: {"C": 1 / (2 * s * n), "penalty": "l2"},
        RidgeClassifier: lambda m, s, n: {"alpha": s * n},
        SGDClassifier: _sgd(2, "l2"),
        Perceptron: _sgd(2, "l2"),
        MLPClassifier: lambda m, s, n: {"alpha": _mlp_alpha(m, s, n)},
    },
    "l1": {
        LogisticRegression: lambda m, s, n: {
            "C": 1 / (s * n),
            "l1_ratio": 1.0,
            # The other solvers know no l1 penalty.
            "solver": m.solver if m.solver == "liblinear" else "saga",
        },
        LinearSVC: lambda m, s, n: {"C": 1 / (s * n), "penalty": "l1"},
        SGDClassifier: _sgd(1, "l1"),
        Perceptron: _sgd(1, "l1"),
    },
}


def _conversion(model, penalty):
    """Function of model, strength and number of records to parameters, or None."""
    names = model.get_params(deep=False)
    for kind, convert in _CONVERSIONS[penalty].items():
        # LogisticRegressionCV is one, too, and has neither: it chooses for itself.
        if isinstance(model, kind) and ("C" in names or "alpha" in names):
            return convert
    # By name: networks are optional, and not imported.
    if penalty == "l2" and "weight_decay" in names:
        return lambda model, s, n: {"weight_decay": 2 * s}
    return None


def _served(penalty):
    networks = ["networks with weight_decay"] if penalty == "l2" else []
    return [kind.__name__ for kind in _CONVERSIONS[penalty]] + networks
