"""The other side of naive Bayes: counts, means and variances, one record changed."""

import numpy as np
from scipy import sparse
from sklearn.naive_bayes import (
    BernoulliNB,
    CategoricalNB,
    ComplementNB,
    GaussianNB,
    MultinomialNB,
)
from sklearn.preprocessing import binarize

from skmia.shadow.surgery._change import Change, check_trained_on, posterior
from skmia.shadow.surgery._gaussians import Gaussians, log_density, matters
from skmia.shadow.surgery._operation import Operation

# What is left of a sum of which all but this part was taken away is rounding.
ROUNDING = 1e-10
# The smallest `alpha` where a model is not told to take any, as in scikit-learn.
LEAST_ALPHA = 1e-10
# Below, variances of features that are constant are rounding.
LEAST_SMOOTHING = 1e-12


def _gaussian(model, X, codes, inside):
    """Means and squared deviations of the record's class; the smoothing of all."""
    X = np.asarray(X, dtype=float)
    change = _change(model, codes, inside)
    means = model.theta_.astype(float)
    variances = np.maximum(model.var_.astype(float) - float(model.epsilon_), 0)
    smoothing = _smoothing(model, X, change, means, variances)[:, np.newaxis]
    log_priors = change.log_priors(model.priors)
    likelihood, off = _as_trained(model, X, means, variances, smoothing)
    with np.errstate(divide="ignore", invalid="ignore"):
        for c in range(len(means)):
            rows = np.flatnonzero(codes == c)
            own = X[rows] - means[c], variances[c], smoothing[rows]
            likelihood[rows, c] = _own_density(change, rows, *own)
        off[change.rows, codes] = 0
        again = matters(likelihood + log_priors, off)
        again[change.rows, codes] = False
        for c, (mean, variance) in enumerate(zip(means, variances, strict=True)):
            rows = np.flatnonzero(again[:, c])
            density = log_density(X[rows] - mean, variance + smoothing[rows])
            likelihood[rows, c] = density
    return posterior(likelihood, log_priors)


def _own_density(change, rows, deviations, variance, smoothing):
    """Of records of one class, whose mean and variance they change."""
    before, after, sign, ratio = (
        part[rows, np.newaxis]
        for part in (change.before, change.after, change.sign, change.ratio)
    )
    squares = _changed(variance * before, sign * ratio * deviations**2)
    return log_density(ratio * deviations, squares / after + smoothing)


def _as_trained(model, X, means, variances, smoothing):
    """Likelihoods with the smoothing of the fit, and how far that is off.

    They tell which classes have no probability, whatever the smoothing becomes: it is
    changed by few parts of itself, and no variance by more than it.
    """
    before = float(model.epsilon_)
    likelihood, squares, off = Gaussians(X).roughly(means, variances + before)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.abs(smoothing / before - 1)
        most = np.where(part < 1, part / (1 - part), np.inf)
        return likelihood, off + 0.5 * (squares + X.shape[1]) * most


def _smoothing(model, X, change, means, variances):
    """The largest variance among all records times what the model was told.

    It changes with any record, and is part of the variances of all classes.
    """
    counts = change.counts[:, np.newaxis]
    mean = (counts * means).sum(axis=0) / change.n_records
    squares = (counts * (variances + (means - mean) ** 2)).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = change.sign * change.n_records / change.total
        # One record moves a sum by no more than this: most are far below the largest.
        furthest = np.maximum(X.max(axis=0) - mean, mean - X.min(axis=0)) ** 2
        furthest *= np.abs(factor).max()
        largest = ~(squares + furthest < (squares - furthest).max())
        terms = factor[:, np.newaxis] * (X[:, largest] - mean[largest]) ** 2
        changed = _changed(squares[largest], terms).max(axis=1)
        return model.var_smoothing * changed / change.total


def _changed(sums, terms):
    """Sums of what is not negative with terms more or less, rounding taken for 0.

    A feature that is 1 in one record of a class and 0 in the others has no variance
    without that record. What rounding leaves instead is more than the smoothing.
    """
    changed = sums + terms
    return np.where(changed < ROUNDING * sums, 0, changed)


def _multinomial(model, X, codes, inside):
    """Counts of the features in the record's class."""
    change = _change(model, codes, inside)
    counts, alpha = model.feature_count_, _alpha(model)
    smoothed = counts + alpha
    totals = smoothed.sum(axis=1)
    likelihood = X @ (np.log(smoothed) - np.log(totals)[:, np.newaxis]).T
    entries = _Entries(X, change)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = _changed(counts[entries.codes, entries.columns], entries.signed)
        own = entries.sums(entries.values * np.log(own + alpha[entries.columns]))
        own -= entries.lengths * np.log(totals[codes] + change.sign * entries.lengths)
    likelihood[change.rows, codes] = own
    return posterior(likelihood, _log_priors(model, change))


def _bernoulli(model, X, codes, inside):
    """Counts of the features and of the records in the record's class."""
    change = _change(model, codes, inside)
    counts, alpha = model.feature_count_, _alpha(model)[0]
    if model.binarize is not None:
        X = binarize(X, threshold=model.binarize)
    n_features = counts.shape[1]
    entries = _Entries(X, change)
    present = np.log(counts + alpha)
    absent = np.log(change.counts[:, np.newaxis] + alpha - counts)
    likelihood = X @ (present - absent).T + absent.sum(axis=1)
    likelihood -= n_features * np.log(change.counts + 2 * alpha)
    with np.errstate(divide="ignore", invalid="ignore"):
        # First as if the record had no feature at all, then those that it has.
        of_class = change.counts[:, np.newaxis] + alpha - counts
        sums = [_log_where(of_class + sign).sum(axis=1) for sign in (-1, 1)]
        own = np.where(inside, sums[0][codes], sums[1][codes])
        own -= n_features * np.log(change.after + 2 * alpha)
        own += _features(entries, change, counts, alpha)
    likelihood[change.rows, codes] = own
    return posterior(likelihood, _log_priors(model, change))


def _features(entries, change, counts, alpha):
    """What the features of a record add to its likelihood without any of them."""
    before = counts[entries.codes, entries.columns]
    after = _changed(before, entries.signed)
    n_records = change.after[entries.rows]
    present = entries.values * np.log(after + alpha)
    # Where all the value of an entry is 1, as it should be, it is nowhere absent.
    absent = (1 - entries.values) * _log_where(n_records - after + alpha)
    assumed = _log_where(n_records - before + alpha)
    return entries.sums(present + absent - assumed)


def _log_where(values):
    """Logarithms of what is positive; the other values are taken back again."""
    return np.log(np.where(values > 0, values, 1))


def _complement(model, X, codes, inside):
    """Counts of the features outside of a class: those of all but the record's."""
    change = _change(model, codes, inside)
    alpha = _alpha(model)
    complements = model.feature_count_.sum(axis=0) + alpha - model.feature_count_
    entries = _Entries(X, change)
    likelihood = np.empty((len(codes), len(complements)))
    for c, complement in enumerate(complements):
        others = codes != c
        before = complement[entries.columns]
        # Never less than the smoothing, which the part of the counts comes on top of.
        rest = _changed(
            before - alpha[entries.columns], entries.signed * others[entries.rows]
        )
        logs = np.log(rest + alpha[entries.columns])
        total = np.log(complement.sum() + change.sign * entries.lengths * others)
        weighted = entries.sums(entries.values * logs) - entries.lengths * total
        if model.norm:
            changes = entries.sums(logs - np.log(before))
            norm = np.log(complement).sum() + changes - len(complement) * total
            likelihood[:, c] = weighted / norm
        else:
            likelihood[:, c] = -weighted
    # This classifier has no use for priors; what is left is which classes there are.
    return posterior(likelihood, change.log_priors(learned=False))


def _categorical(model, X, codes, inside):
    """Counts of the categories in the record's class, and how many there are."""
    X = np.asarray(X).astype(int)
    change = _change(model, codes, inside)
    alpha = _alpha(model)[0]
    likelihood = np.zeros((len(codes), len(change.counts)))
    least = np.broadcast_to(model.min_categories or 1, X.shape[1])
    for counts, category, fewest in zip(model.category_count_, X.T, least, strict=True):
        n_categories = counts.shape[1]
        known = category < n_categories
        before = np.where(known, counts[:, np.where(known, category, 0)], 0).T
        # The last category that only the record has: without it nobody knows that
        # there is one, and a model trained anew cannot be asked about the record.
        last = (category == n_categories - 1) & (category >= fewest)
        likelihood[last & inside & (before.sum(axis=1) == 1)] = np.nan
        before[change.rows, codes] += change.sign
        totals = np.tile(change.counts, (len(codes), 1))
        totals[change.rows, codes] = change.after
        totals += alpha * np.maximum(n_categories, category + 1)[:, np.newaxis]
        with np.errstate(invalid="ignore", divide="ignore"):
            likelihood += np.log(before + alpha) - np.log(totals)
    return posterior(likelihood, _log_priors(model, change))


class _Entries:
    """The entries of records that are not 0, of arrays and sparse matrices alike."""

    def __init__(self, X, change):
        if sparse.issparse(X):
            X = X.tocoo()
            X.sum_duplicates()
            self.rows, self.columns, self.values = X.row, X.col, X.data.astype(float)
        else:
            self.rows, self.columns = np.nonzero(X)
            self.values = X[self.rows, self.columns].astype(float)
        self.n_records = X.shape[0]
        self.codes = change.codes[self.rows]
        self.signed = change.sign[self.rows] * self.values
        self.lengths = self.sums(self.values)

    def sums(self, values):
        """Sum of values of the entries, record by record."""
        return np.bincount(self.rows, values, minlength=self.n_records)


def _change(model, codes, inside):
    change = Change(codes, inside, len(model.classes_))
    check_trained_on(np.allclose(change.counts, model.class_count_, rtol=1e-6), model)
    return change


def _log_priors(model, change):
    return change.log_priors(model.class_prior, learned=model.fit_prior)


def _alpha(model):
    """Smoothing of every feature."""
    least = 0 if model.force_alpha else LEAST_ALPHA
    return np.maximum(np.broadcast_to(model.alpha, model.n_features_in_), least)


def _no_variance(model):
    if model.var_smoothing < LEAST_SMOOTHING:
        return "var_smoothing is so small that rounding makes variances."
    return None


def _no_smoothing(model):
    if _alpha(model).min() == 0:
        return "alpha is 0: what only one record has is impossible without it."
    return None


def _one_alpha(model):
    if np.ndim(model.alpha):
        return "alpha is not one number."
    return _no_smoothing(model)


OPERATIONS = {
    GaussianNB: Operation(_gaussian, _no_variance, exact=True),
    BernoulliNB: Operation(_bernoulli, _one_alpha, exact=True),
    MultinomialNB: Operation(_multinomial, _no_smoothing, exact=True),
    ComplementNB: Operation(_complement, _no_smoothing, exact=True),
    CategoricalNB: Operation(_categorical, _no_smoothing, exact=True),
}
