"""What a model would say of a record, trained with it or without it instead."""

from __future__ import annotations

from copy import copy

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import is_regressor
from sklearn.pipeline import Pipeline
from sklearn.utils import _safe_indexing, column_or_1d, get_tags
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.shadow.surgery._registry import (
    inside_of,
    is_mask,
    last_step,
    operation_of,
    refusal,
)
from skmia.utils._inside import before_last
from skmia.utils._labels import encode_labels
from skmia.utils._records import check_records
from skmia.utils._sklearn import takes_sparse
from skmia.utils._typing import FittedModel, MatrixLike


def other_side(
    model: FittedModel, X: MatrixLike, y: ArrayLike, in_training: ArrayLike
) -> NDArray[np.float64]:
    """What a fitted model would answer about each record on the record's other side.

    About a record that it was trained on: what it would answer had it been trained
    without this record. About any other: what it would answer had it been trained with
    it, too. One model then stands for both sides of every record, and none is trained.

    .. versionadded:: 0.2

    Parameters
    ----------
    model : fitted classifier, regressor or Pipeline
        Of one of the kinds below, by exact type. Of a pipeline the last step is
        operated on; the steps before it stay as they were fitted. Masks are laid over
        the answers: `TopKPosterior`, `RoundedPosterior`, `TemperaturePosterior`,
        `ReverseSigmoidPosterior` and `NoisyPosterior` of :mod:`skmia.defenses`, of
        regressors `ClippedPrediction`, and with a declared ``unit`` `RoundedPrediction`
        and `NoisyPrediction`.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records as the model takes them: all that it was trained on, each once and in
        this order, and any others.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        Their class labels, or what a regressor predicts.
    in_training : array-like of bool of shape (n_samples,)
        Which of the records the model was trained on.

    Returns
    -------
    answers : ndarray of float64 of shape (n_samples, n_classes)
        One column for each of ``model.classes_``: probabilities, or decision values of
        `RidgeClassifier` (with two classes: minus the value, and the value). Of a
        regressor predictions, one column for each output. A class that has no record
        any more has probability 0, or the smallest value of the
        row. A row is nan where a model cannot be trained or asked then, where numbers
        do not suffice to tell, and for a label that the model does not know.

    Raises
    ------
    ValueError
        The model cannot be operated on, and why; or what it learned is not what the
        records of `in_training` say (records are missing, or out of order, or there
        were sample weights). Of networks that is not found out, of logistic regressions
        only where many records are others and the fit went to its minimum.

    See Also
    --------
    ShadowModels : Train the models that know records, and that do not.

    Notes
    -----
    Level: records in, answers out. Threat model: none by itself. Reference models are
    operated on, which the adversary trained and may look into; the target is only
    asked. An attack with such references knows the candidates, as any online attack.

    Equal to training anew, up to rounding: `GaussianNB`, `BernoulliNB`,
    `MultinomialNB`, `ComplementNB` and `CategoricalNB` (sums without the record);
    `KNeighborsClassifier` (where several are as far as the k-th neighbour, they share
    the seats that are left, which in scikit-learn chance gives to some);
    `LinearDiscriminantAnalysis` and `QuadraticDiscriminantAnalysis` with
    ``solver="svd"`` and without shrinkage, `RidgeClassifier` and `Ridge` with a direct
    solver (the inverse of a matrix that changes by one direction, after Sherman and
    Morrison), and `KNeighborsRegressor` of one output.
    Linear discriminants have no answer about a record that brings or takes the only
    scatter in some direction within the classes: none at all with fewer training
    records than features and classes.

    Nearly equal: `LogisticRegression` with two classes or more, with an L2 penalty or
    none (a Newton step; where a record moves the logits of others far, as one that has
    a rare feature in common with them, their losses are followed, too). Log-odds change
    as in training anew but for .5 % at the median and 10 % at most in nearly all cases,
    provided that the solver has come to its minimum; the error is some percent with
    balanced class weights, which stay, and where classes times features are more than
    1024, since each class is taken by itself then. Rows are nan if the classes are
    separated and next to no penalty holds the coefficients.

    `MLPClassifier`: its last layer as a logistic regression of what is below, which
    stays. Rank correlations with the changes of refits were .7 to .96 (.5 on repeated
    records), but the size is another: .3 to .7 of theirs for a network at its minimum,
    2 to 20 times as much, or more, for one that was stopped long before.

    Splits stay as they are, and the answer follows the counts or sums of the record's
    leaves: `DecisionTreeClassifier`, `ExtraTreeClassifier`, `RandomForestClassifier`,
    `ExtraTreesClassifier`, and `HistGradientBoostingClassifier` with two classes. The
    order of the records is much that of models trained anew (rank correlations of the
    changes .6 to .97; less where all records are there twice), the change of log-odds
    itself .1 to .9 of theirs. Only of trees that are grown until their leaves are pure,
    without a bootstrap, what they answer about a record that joins is equal to training
    anew.

    References
    ----------
    R. D. Cook and S. Weisberg, "Residuals and Influence in Regression", Chapman and
    Hall, 1982. N. Carlini et al., "Membership Inference Attacks From First Principles",
    IEEE S&P 2022. arXiv:2112.03570 (references with and without each record).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.shadow import other_side
    >>> X, y = load_iris(return_X_y=True)
    >>> inside = [row % 2 == 0 for row in range(150)]
    >>> model = GaussianNB().fit(X[inside], y[inside])
    >>> other_side(model, X, y, inside)[[70, 83], 1].round(4)
    array([0.0886, 0.7378])
    >>> inside[70] = False
    >>> GaussianNB().fit(X[inside], y[inside]).predict_proba(X[[70]])[0, 1].round(4)
    np.float64(0.0886)
    """
    check_is_fitted(model)
    reason = refusal(model)
    if reason is not None:
        raise ValueError(reason)
    X, y, inside = check_records(X, y, in_training)
    inside = _check_inside(inside)
    last = last_step(model)
    labels, known, n_columns = _labels(last, y, inside)
    records, X = X, _as_array(last, _transformed(model, X))
    answers = np.full((len(labels), n_columns), np.nan)
    answers[known] = operation_of(model).operate(
        without_names(last), X[known], labels[known], inside[known]
    )
    answers[~np.isfinite(answers).all(axis=1)] = np.nan
    return _released(model, answers, records)


def _labels(model, y, inside):
    """Labels as the operation takes them, which it knows, and columns of answers."""
    if is_regressor(model):
        labels = np.reshape(y, (len(y), -1)).astype(float)
        return labels, np.ones(len(y), dtype=bool), labels.shape[1]
    codes = encode_labels(y, model.classes_)
    known = codes >= 0
    if (inside & ~known).any():
        raise ValueError(
            "Records of in_training have labels that the model does not know: "
            f"{np.unique(np.asarray(y)[inside & ~known])[:5].tolist()}."
        )
    return codes, known, len(model.classes_)


def _check_inside(in_training):
    """Booleans, from booleans or 0 and 1."""
    inside = column_or_1d(in_training)
    if not np.isin(inside, [0, 1]).all():
        raise ValueError(
            "in_training must be True or 1 for the records that the model was trained "
            f"on, False or 0 for others. Got the values {np.unique(inside)[:5]}."
        )
    return inside.astype(bool)


def _transformed(model, X):
    """Records as what is operated on is given them."""
    while (inner := inside_of(model)) is not None:
        X, model = _before(model, X), inner
    return X


def _before(model, X):
    """Records as a model hands them on to the one inside."""
    return before_last(model, X) if type(model) is Pipeline else X


def _released(model, answers, X):
    """What the masks around a model make of its answers."""
    inner = inside_of(model)
    if inner is None:
        return answers
    answers = _released(inner, answers, _before(model, X))
    there = np.flatnonzero(~np.isnan(answers).any(axis=1))
    if is_mask(model) and len(there):
        answers[there] = model._release(answers[there], _safe_indexing(X, there))
    return answers


def _as_array(model, X):
    """Records as an array or sparse matrix of floats, if the model takes them."""
    return validate_data(
        model,
        X,
        reset=False,
        accept_sparse="csr" if takes_sparse(model) else False,
        dtype=[np.float64, np.float32],
        ensure_all_finite="allow-nan" if get_tags(model).input_tags.allow_nan else True,
    )


def without_names(model):
    """The model, that does not miss the names of features of an array."""
    model = copy(model)
    if hasattr(model, "feature_names_in_"):
        del model.feature_names_in_
    return model
