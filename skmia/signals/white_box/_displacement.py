"""What the parameters of a model say of a record's class, before they are normalised.

Naive Bayes knows how likely a record is within its class, linear models have a weight
for each class and feature. A record that was trained on moved them towards itself. What
a kind of model says is a line in a table by exact type: a subclass may compute
otherwise.
"""

import numpy as np
from scipy.special import expit, softmax
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import (
    LogisticRegression,
    LogisticRegressionCV,
    RidgeClassifier,
    RidgeClassifierCV,
    SGDClassifier,
)
from sklearn.naive_bayes import (
    BernoulliNB,
    CategoricalNB,
    ComplementNB,
    GaussianNB,
    MultinomialNB,
)
from sklearn.pipeline import Pipeline
from sklearn.svm import LinearSVC

from skmia.signals._input_gradients import LINEAR, only_scales
from skmia.utils._inside import into_last_step, last_step
from skmia.utils._kinds import name_of
from skmia.utils._labels import align_columns, encode_labels

# Beyond any likelihood of which a record is told apart by another one.
FAR = 1e12


def class_evidence(model, X, y, classes):
    """What the parameters of a model say of the class of each record.

    Of naive Bayes the logarithm of how likely the record is within its class, which is
    normalised away in scores. Of a linear model the decision value of the class, above
    the mean of all classes.

    Parameters
    ----------
    model : fitted classifier
        Naive Bayes, linear discriminants, a linear model of scikit-learn, or a pipeline
        that ends in one, whose other steps are the model's own.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records.
    y : array-like of shape (n_samples,)
        True labels.
    classes : array-like
        Labels that a model may know.

    Returns
    -------
    evidence : ndarray of shape (n_samples,)
        Members have more. A label that the model does not know has the least of the
        record.
    """
    last, given = into_last_step(model, X)
    with np.errstate(divide="ignore", invalid="ignore"):
        evidence = _finite(_EVIDENCE[type(last)](last, given))
    return of_the_class(evidence, y, model.classes_, classes)


def of_the_class(evidence, y, own, classes):
    """Column of the true label of each record; the least where that is not known.

    Parameters
    ----------
    evidence : ndarray of shape (n_samples, n_classes)
        One column for each of `own`.
    y : array-like of shape (n_samples,)
        True labels.
    own : array-like of shape (n_classes,)
        Labels of the columns.
    classes : array-like
        Labels that a model may know.

    Returns
    -------
    evidence : ndarray of shape (n_samples,)
    """
    least = evidence.min(axis=1, keepdims=True)
    evidence = align_columns(evidence, own, classes, least)
    codes = encode_labels(y, classes)[:, None]
    column = np.take_along_axis(evidence, codes, axis=1)
    return np.where(codes < 0, least, column)[:, 0]


def class_scores(model, X, y, classes):
    """Decision values of a linear model, one for each class; of two plus and minus.

    Parameters
    ----------
    model, X, classes : as for :func:`class_evidence`, without naive Bayes
    y : ignored

    Returns
    -------
    scores : ndarray of shape (n_samples, n_classes)
        A class that the model never saw has the smallest score of the record.
    """
    scores = _decisions(*into_last_step(model, X))
    least = scores.min(axis=1, keepdims=True)
    return align_columns(scores, model.classes_, classes, least)


def loss_slopes(model, X, y, classes):
    """Derivatives of the loss of each record by the scores of the classes.

    Parameters
    ----------
    model, X, y, classes : as for :func:`class_evidence`
        The model is a linear one that minimises a smooth loss.

    Returns
    -------
    slopes : ndarray of shape (n_samples, n_classes)
        Of the loss that the model minimises, by what :func:`class_scores` gives; 0 for
        classes that it never saw.
    """
    last, given = into_last_step(model, X)
    own = encode_labels(y, classes)
    known = encode_labels(model.classes_, classes)
    right = known == own[:, None]
    slopes = _LOSSES[_loss_of(last)](_decisions(last, given), right)
    return align_columns(slopes, model.classes_, classes)


def no_class_evidence(model):
    """Why the parameters of a model say nothing of one class, in words, or None."""
    last, _ = last_step(model)
    if type(last) in _EVIDENCE:
        return None
    return (
        f"this {name_of(last)} is neither naive Bayes nor linear: what its parameters "
        "say of one class is not known"
    )


def no_common_parameters(model):
    """Why parameters of two such models cannot be compared, in words, or None."""
    last, _ = last_step(model)
    if _loss_of(last) is None:
        return (
            f"this {name_of(last)} is no linear model of a smooth loss, and the "
            "parameters of others, such as hidden units, have no common order"
        )
    while isinstance(model, Pipeline):
        for _, step in model.steps[:-1]:
            if step not in (None, "passthrough") and not only_scales(step):
                return (
                    f"after {name_of(step)} the weights of two models are not of the "
                    "same features: only scalers are known to keep them"
                )
        model = model[-1]
    return None


def _finite(evidence):
    """A record that is impossible within a class, or a class that is, is so for all."""
    return np.clip(np.nan_to_num(evidence, nan=-FAR), -FAR, FAR)


def _decisions(model, X):
    """Scores with one column for each class; the one row of two is plus and minus."""
    decisions = model.decision_function(X)
    if decisions.ndim == 1:
        return np.column_stack([-decisions, decisions])
    return decisions


def above_mean(scores):
    """Weights of a softmax are known up to a shift of all classes."""
    return scores - scores.mean(axis=1, keepdims=True)


def _linear(model, X):
    return above_mean(_decisions(model, X))


def _complement(model, X):
    """Linear, too: its weights are those of all other classes."""
    return above_mean(model.predict_joint_log_proba(X))


def _likelihood(model, X):
    return model.predict_joint_log_proba(X) - model.class_log_prior_


def _gaussian_likelihood(model, X):
    return model.predict_joint_log_proba(X) - np.log(model.class_prior_)


def _loss_of(model):
    """Which smooth loss a linear model minimises, or None."""
    loss = _SMOOTH.get(type(model))
    return loss(model) if callable(loss) else loss


def _of_sgd(model):
    names = {"log_loss": "logistic", "squared_hinge": "squared hinge"}
    return names.get(model.loss)


def _of_machine(model):
    smooth = model.loss == "squared_hinge" and model.multi_class == "ovr"
    return "squared hinge" if smooth else None


def _softmax_slopes(scores, right):
    if scores.shape[1] == 2:  # plus and minus the logit
        return _logistic_slopes(scores, right)
    return softmax(scores, axis=1) - right


def _logistic_slopes(scores, right):
    return _one_against_rest(expit(scores) - right)


def _squared_hinge_slopes(scores, right):
    side = np.where(right, 1, -1)
    return _one_against_rest(-2 * side * np.maximum(1 - side * scores, 0))


def _squared_slopes(scores, right):
    return _one_against_rest(2 * (scores - np.where(right, 1, -1)))


def _one_against_rest(slopes):
    # Of two classes there is one loss, which both columns hold.
    return slopes / 2 if slopes.shape[1] == 2 else slopes


_EVIDENCE = {
    GaussianNB: _gaussian_likelihood,
    ComplementNB: _complement,
    **dict.fromkeys((BernoulliNB, CategoricalNB, MultinomialNB), _likelihood),
    **dict.fromkeys(LINEAR, _linear),
}
_SMOOTH = {
    LinearDiscriminantAnalysis: "softmax",
    LogisticRegression: "softmax",
    LogisticRegressionCV: "softmax",
    RidgeClassifier: "squared",
    RidgeClassifierCV: "squared",
    SGDClassifier: _of_sgd,
    LinearSVC: _of_machine,
}
_LOSSES = {
    "softmax": _softmax_slopes,
    "logistic": _logistic_slopes,
    "squared hinge": _squared_hinge_slopes,
    "squared": _squared_slopes,
}
