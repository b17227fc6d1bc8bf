"""The other side of discriminant analysis: a scatter changes by one direction."""

import numpy as np
from scipy import linalg
from sklearn.discriminant_analysis import (
    LinearDiscriminantAnalysis,
    QuadraticDiscriminantAnalysis,
)

from skmia.shadow.surgery._change import Change, check_trained_on, posterior
from skmia.shadow.surgery._operation import Operation
from skmia.utils._sklearn import DISCRIMINANTS_AS_NOW, discriminant_solver

# Of the scatter in the direction of a record, what must be left without it.
LEAST_REST = 1e-9
# What is less than this, relative to the values that it was computed from, is 0.
ROUNDING = 1e-12
# How far from a limit of scikit-learn a model must be for no record to matter.
SAFETY = 10


def _linear(model, X, codes, inside):
    """The pooled scatter within the classes and one mean change.

    In coordinates in which the covariance within the classes is the identity, with u
    from the mean of the record's class to the record, the scatter S changes by c u u'.
    """
    X = np.asarray(X, dtype=float)
    change = Change(codes, inside, len(model.classes_))
    means = _means(model, X, change, inside)
    whitened = _Whitened(X[inside], means[codes[inside]], model.tol)
    Z = whitened.coordinates(X)
    centers = whitened.coordinates(means)
    if whitened.is_rounding or not _all_directions_count(model, centers):
        return np.full((len(X), len(means)), np.nan)
    _check_answers(model, X, Z, centers)
    u = Z - centers[codes]
    n = change.n_records
    factor = change.sign * change.ratio / n
    rest = 1 + factor * (u**2).sum(axis=1)
    distances = np.empty((len(X), len(means)))
    with np.errstate(divide="ignore", invalid="ignore"):
        for c, center in enumerate(centers):
            v = Z - center
            along = (u * v).sum(axis=1)
            distances[:, c] = (v**2).sum(axis=1) - factor * along**2 / rest
        own = change.ratio**2 * (u**2).sum(axis=1) / rest
        distances[change.rows, codes] = own
    # By the covariance of all records after the change.
    likelihood = -0.5 * distances * (change.total / n)[:, np.newaxis]
    cannot = rest < whitened.least_rest
    cannot |= ~inside & whitened.leaves(X - means[codes], factor * n / change.total)
    cannot |= whitened.depends_on_scale(X - means[codes])
    if whitened.depends_on_scale(means - means[0]).any():
        cannot[:] = True
    # One class alone scikit-learn trains, but does not answer.
    cannot |= change.gone & (len(means) == 2)
    likelihood[cannot] = np.nan
    return posterior(likelihood, change.log_priors(model.priors))


class _Whitened:
    """Coordinates in which the training records have covariance 1 within classes.

    As scikit-learn finds them: features are divided by their deviation, and directions
    with next to none left out.
    """

    def __init__(self, X, means, tol):
        deviations = X - means
        self.tol = tol
        self.rounding = ROUNDING * np.abs(X).max(axis=0)
        scale = deviations.std(axis=0)
        self.constant = scale == 0
        self.scale = np.where(self.constant, 1, scale)
        standard = deviations / self.scale / np.sqrt(len(deviations))
        _, sizes, directions = linalg.svd(standard, full_matrices=False)
        self.directions = directions[sizes > tol]
        self.sizes = sizes[sizes > tol]

    def coordinates(self, X):
        return (X / self.scale) @ self.directions.T / self.sizes

    @property
    def is_rounding(self):
        """Whether a feature is constant, up to the rounding of its means.

        scikit-learn divides by its deviation, and decides by rounding, too.
        """
        return (~self.constant & (self.scale <= self.rounding)).any()

    @property
    def least_rest(self):
        """What must be left for no direction to fall among those that are left out."""
        smallest = self.sizes.min(initial=np.inf)
        return max(LEAST_REST, (self.tol / smallest) ** 2)

    def leaves(self, u, weight):
        """Whether u would make a direction that had been left out.

        A model trained anew has it then, and in it the record has no peer.
        """
        moves = (self.constant & (np.abs(u) > self.rounding)).any(axis=1)
        return moves | (np.sqrt(np.maximum(weight, 0)) * self._outside(u) > self.tol)

    def depends_on_scale(self, u):
        """Whether u leaves the directions that the deviations span.

        What is dropped of it then is what is orthogonal to them after the division by
        the deviations of the features, which one record more or less changes.
        """
        return self._outside(u) > ROUNDING * (1 + linalg.norm(u / self.scale, axis=1))

    def _outside(self, u):
        """Length of what u has in directions that are left out, constants aside."""
        u = u / self.scale
        outside = u - (u @ self.directions.T) @ self.directions
        outside[:, self.constant] = 0
        return linalg.norm(outside, axis=1)


def _means(model, X, change, inside):
    """Means of the classes, if the model has the same."""
    check_trained_on((change.counts > 0).all(), model)
    sums = np.zeros((len(change.counts), X.shape[1]))
    np.add.at(sums, change.codes[inside], X[inside])
    means = sums / change.counts[:, np.newaxis]
    scale = np.abs(X[inside]).max(initial=0) + 1
    tolerance = 1e-9 if model.means_.dtype == np.float64 else 1e-4
    check_trained_on(np.allclose(means, model.means_, 0, tolerance * scale), model)
    return np.asarray(model.means_, dtype=float)


def _all_directions_count(model, centers):
    """Whether scikit-learn takes the means of the classes for different.

    It leaves out a direction in which they are `tol` times as far apart as in the
    widest. Near to that a record more or less decides which ones are left out.
    """
    middle = model.priors_ @ centers
    apart = np.sqrt(model.priors_)[:, np.newaxis] * (centers - middle)
    sizes = linalg.svdvals(apart)[: len(centers) - 1]
    return (sizes > SAFETY * model.tol * sizes.max(initial=0)).all()


def _check_answers(model, X, Z, centers):
    """The model decides by these coordinates, or has seen something else."""
    joint = Z @ centers.T - 0.5 * (centers**2).sum(axis=1) + np.log(model.priors_)
    answers = model.decision_function(X)
    if answers.ndim == 1:
        joint = joint[:, 1] - joint[:, 0]
    else:
        joint, answers = (a - a.mean(axis=1, keepdims=True) for a in (joint, answers))
    tolerance = 1e-6 if model.coef_.dtype == np.float64 else 1e-2
    scale = np.abs(answers).max(initial=1)
    check_trained_on(np.abs(joint - answers).max() <= tolerance * scale, model)


def _quadratic(model, X, codes, inside):
    """The scatter and the mean of the record's class change, no others."""
    X = np.asarray(X, dtype=float)
    change = Change(codes, inside, len(model.classes_))
    _means(model, X, change, inside)
    log_joint = np.empty((len(X), len(model.classes_)))
    for c, mean in enumerate(np.asarray(model.means_, dtype=float)):
        scales = np.asarray(model.scalings_[c], dtype=float)
        squares = ((X - mean) @ model.rotations_[c]) ** 2
        log_joint[:, c] = _log_normal((squares / scales).sum(axis=1), np.log(scales))
        own = codes == c
        log_joint[own, c] = _own_normal(
            squares[own], scales, change.sign[own], change.counts[c], model
        )
    return posterior(log_joint, change.log_priors(model.priors))


def _log_normal(distances, log_scales):
    """Logarithms of a normal density, up to a constant."""
    return -0.5 * (distances + log_scales.sum(axis=-1))


def _own_normal(squares, scales, sign, n, model):
    """The density of the record's class at the record, on the other side.

    With z from the mean of the class to the record, the regularised covariance is a
    diagonal D and one term more, w zz'.

    Parameters
    ----------
    squares : ndarray of shape (n_records, n_features)
        Squared distances from the mean along the principal axes of the class.
    scales : ndarray of shape (n_features,)
        Regularised variances along them.
    sign : ndarray of shape (n_records,)
        -1 without the record, 1 with it.
    n : float
        Training records of the class.
    model : QuadraticDiscriminantAnalysis
    """
    after = n + sign
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (n / after)[:, np.newaxis]
        D = ratio * (scales - model.reg_param) + model.reg_param
        w = sign * (1 - model.reg_param) * n / after**2
        form = (squares / D).sum(axis=1)
        rest = 1 + w * form
        cannot = ~_has_rank(squares, D - model.tol, w) | (after < len(scales))
        rest[(rest < LEAST_REST) | cannot] = np.nan
        distance = ratio[:, 0] ** 2 * form / rest
        return _log_normal(distance, np.log(D)) - 0.5 * np.log(rest)


def _has_rank(squares, above, w):
    """Whether all variances of the class are above `tol` on the other side.

    Or scikit-learn refuses to train. What is above it, the matrix A + w zz', must be
    positive definite; A is diagonal, and one term adds or takes one sign at most.
    """
    determinant = 1 + w * (squares / above).sum(axis=1)
    below = (above < 0).sum(axis=1)
    return np.where(below == 0, determinant > 0, (below == 1) & (determinant < 0))


def _refuses(model):
    if not DISCRIMINANTS_AS_NOW:
        return "its formulas are those of scikit-learn 1.9 and newer."
    if (solver := discriminant_solver(model)) != "svd":
        return f"{solver=}; it can be 'svd'."
    if len(model.classes_) < 2:
        return "it knows one class only."
    return None


OPERATIONS = {
    LinearDiscriminantAnalysis: Operation(_linear, _refuses, exact=True),
    QuadraticDiscriminantAnalysis: Operation(_quadratic, _refuses, exact=True),
}
