"""The trainer of naive Bayes: sums of all models from one product for each class."""

from functools import partial
from numbers import Real

import numpy as np
from sklearn.base import clone
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB
from sklearn.preprocessing import binarize
from sklearn.utils.multiclass import unique_labels
from sklearn.utils.validation import check_non_negative

from skmia.shadow.engine._given import times_drawn, validated
from skmia.shadow.engine._naive_bayes_answers import NaiveBayesAnswers
from skmia.utils._fitting import set_fitted

# Below the first, rounding of a variance is seen in likelihoods; scikit-learn warns of
# what is below the second.
_LEAST = {"var_smoothing": 1e-12, "alpha": 1e-10}
# A variance is a difference of squares. Where it is a smaller part of them than this,
# it is computed anew.
_CANCELLED = 1e-4


class NaiveBayes:
    """Trains many models of one estimator from the sums of each class.

    Which records each model has is a matrix; its product with the records of a class
    is the sums of all models. Counts are those of scikit-learn, means and variances
    are up to rounding.
    """

    def at_once(self, estimator):
        """As many as are worth it: more gain little, and a killed run loses them."""
        return 64

    def refuses(self, estimator, X, y):
        """Why these are for ``fit_clone``, in words, or None."""
        params = estimator.get_params()
        if (params.get("priors"), params.get("class_prior")) != (None, None):
            return "priors are given, not learned"
        for name in params.keys() & _LEAST:
            if not isinstance(params[name], Real) or not params[name] >= _LEAST[name]:
                return f"'{name}' must be a number, and at least {_LEAST[name]}"
        try:
            _, X, y = _validated(estimator, X, y)
            # Refuses what is wrong with other parameters.
            with np.errstate(all="ignore"):
                clone(estimator).fit(X[:1], y[:1])
        except (TypeError, ValueError) as error:
            return str(error)
        if X.dtype.kind == "f" and X.dtype != float:
            return "models of records in single precision are in single precision"
        return None

    def fit(self, tasks, X, y):
        """Fitted models of tasks of one estimator, in their order."""
        estimator = tasks[0].estimator
        checked, X, y = _validated(estimator, X, y)
        gaussian = type(estimator) is GaussianNB
        summed, learned = (_moments, _gaussian) if gaussian else (_counts, _discrete)
        classes, codes = np.unique(y, return_inverse=True)
        drawn = times_drawn(tasks, len(y))
        sums = []
        for code in range(len(classes)):
            own = codes == code
            weights = drawn[:, own].astype(float)
            sums.append((weights.sum(axis=1), *summed(X[own], weights)))
        models = [clone(estimator) for _ in tasks]
        for i, model in enumerate(models):
            there = [c for c, (n_records, *_) in enumerate(sums) if n_records[i]]
            own = zip(*([each[i] for each in sums[c]] for c in there), strict=True)
            fitted = learned(model, *map(np.array, own))
            fitted["classes_"] = unique_labels(classes[there])
            set_fitted(model, checked, fitted)
        return models

    def answers(self, tasks, X, y):
        """What models of tasks of one estimator say about the pool."""
        estimator = tasks[0].estimator
        return NaiveBayesAnswers(estimator, partial(_validated, estimator, X, y))


def _validated(estimator, X, y):
    """Records and labels as ``fit`` takes them, and who knows their features."""
    accepted = not isinstance(estimator, GaussianNB) and "csr"
    checked, X, y = validated(estimator, X, y, accept_sparse=accepted)
    if isinstance(estimator, MultinomialNB):
        check_non_negative(X, "MultinomialNB (input X)")
    if isinstance(estimator, BernoulliNB) and estimator.binarize is not None:
        X = binarize(X, threshold=estimator.binarize)
    return checked, X, y


def _counts(X, weights):
    """Sums of each feature of a class, a row for each model."""
    return (weights @ X,)


def _moments(X, weights):
    """Mean and variance of each feature of a class, a row for each model.

    Deviations are from the median: it is the value itself of a feature that is
    constant among most records, and then nothing is left to rounding.
    """
    X = X.astype(float)
    centre = np.median(X, axis=0)
    n_records = np.maximum(weights.sum(axis=1), 1)[:, np.newaxis]
    means = weights @ (X - centre) / n_records
    squares = weights @ (X - centre) ** 2 / n_records
    variances = squares - means**2
    lost = (squares > 0) & ~(variances >= _CANCELLED * squares)
    for i in np.flatnonzero(lost.any(axis=1)):
        rows = np.repeat(np.arange(len(X)), weights[i].astype(int))
        variances[i, lost[i]] = X[np.ix_(rows, lost[i])].var(axis=0)
    return centre + means, variances


def _gaussian(model, counts, means, variances):
    """What a fit learns from the moments of each class."""
    priors = counts / counts.sum()
    shares = priors[:, np.newaxis]
    between = (means - (shares * means).sum(axis=0)) ** 2
    smoothing = model.var_smoothing * (shares * (variances + between)).sum(axis=0).max()
    return {
        "class_count_": counts,
        "class_prior_": priors,
        "theta_": means,
        "var_": variances + smoothing,
        "epsilon_": smoothing,
    }


def _discrete(model, counts, sums):
    """What a fit learns from the sums of each class."""
    smoothed = sums + model.alpha
    if isinstance(model, BernoulliNB):
        totals = counts + model.alpha * 2
    else:
        totals = smoothed.sum(axis=1)
    if model.fit_prior:
        priors = np.log(counts) - np.log(counts.sum())
    else:
        priors = np.full(len(counts), -np.log(len(counts)))
    return {
        "class_count_": counts,
        "class_log_prior_": priors,
        "feature_count_": sums,
        "feature_log_prob_": np.log(smoothed) - np.log(totals)[:, np.newaxis],
    }
