"""Models of log-odds on parts of one pool, from the optimum of a mean part."""

import warnings

import numpy as np
from scipy.linalg import LinAlgError
from scipy.special import expit, softmax
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import compute_class_weight

from skmia.shadow.engine._log_losses import many_classes, two_classes
from skmia.shadow.engine._minimise import minimise
from skmia.shadow.surgery._curvature import Curvature
from skmia.utils._random import deal

_MOST_EVALUATIONS = 200
# Steps end by the gradient, as those of scikit-learn, and not before this share is left
# of the descent from the mean model: with many records the first alone is true of the
# mean model, and models would tell nothing of their records. What scikit-learn takes
# for no descent ends them in any case.
_LEFT = 5e-5
_NO_DESCENT = 64 * np.finfo(float).eps
# Where the logits of scikit-learn's own fit are off by more than this share, its
# tolerance makes the model, and not the records.
_FAR = 0.1
# Models of two classes are trained at once on all records where each has this share,
# those of more classes on copies of their own that have so many numbers together.
_LEAST_SHARE = 0.1
_LOT = 2**24


class LogOdds:
    """Logistic regressions of one kind on parts of one pool.

    Parameters
    ----------
    estimator : LogisticRegression
    X : ndarray of float of shape (n_records, n_features)
    y : ndarray of shape (n_records,)
    """

    def __init__(self, estimator, X, y):
        self.estimator, self.X, self.y = estimator, X, y
        self.classes, self.codes = np.unique(y, return_inverse=True)
        self.Z, self.penalty = X, np.full(X.shape[1], 1 / estimator.C)
        if estimator.fit_intercept:
            self.Z = np.hstack([X, np.ones((len(X), 1))])
            self.penalty = np.append(self.penalty, 0)
        self.losses = two_classes if len(self.classes) == 2 else many_classes

    def learn(self, counts):
        """What a fit of each model sets.

        Parameters
        ----------
        counts : ndarray of int of shape (n_models, n_records)
            How often each model has each record.

        Returns
        -------
        learned : list of dict
            Fitted attributes by name; None where scikit-learn should fit the model:
            it lacks a class, or there is no optimum that scikit-learn would reach.
        """
        learned = [None] * len(counts)
        complete = np.flatnonzero(self._n_of_classes(counts).all(axis=1))
        begin = self._begin(counts[complete]) if len(complete) else None
        if begin is None:
            return learned
        for lot in self._lots(complete, counts):
            found = self._minima(counts[lot], *begin)
            for i, one, n_steps, reached in zip(lot, *found, strict=True):
                learned[i] = self._attributes(one, n_steps) if reached else None
        return learned

    def _lots(self, models, counts):
        """Models that are trained at once."""
        share = (counts > 0).mean()
        if self.losses is many_classes:
            size = max(1, int(_LOT / (share * self.Z.size)))
        else:
            size = len(models) if share >= _LEAST_SHARE else 1
        return np.split(models, range(size, len(models), size))

    def _begin(self, counts):
        """Optimum of the mean model and its inverse curvature, None without a use."""
        tried = self._tried()
        if tried is None:
            return None
        rows, theirs = tried
        mean = counts.mean(axis=0, keepdims=True)
        try:
            solve = self._inverse_curvature(mean, theirs)
        except (LinAlgError, ValueError):  # rounding is all there is
            return None
        found = self._minima(mean, theirs, solve)
        own = self._minima(rows[np.newaxis], found.parameters[0], solve)
        if not (found.reached.all() and own.reached.all()):
            return None
        expected = self._logits(own.parameters[0])
        off = np.linalg.norm(self._logits(theirs) - expected)
        if not off <= _FAR * np.linalg.norm(expected):
            return None
        start = found.parameters[0]
        return start, self._inverse_curvature(mean, start)

    def _tried(self):
        """What scikit-learn learns from half of the records, None if it gives up."""
        rows = deal(self.codes, 2, np.random.RandomState(0)) == 0
        rows[np.unique(self.codes, return_index=True)[1]] = True
        with warnings.catch_warnings():
            warnings.simplefilter("error", ConvergenceWarning)
            try:
                model = clone(self.estimator).fit(self.X[rows], self.y[rows])
            except ConvergenceWarning:
                return None
        theta = model.coef_
        if model.fit_intercept:
            theta = np.hstack([theta, model.intercept_[:, np.newaxis]])
        return rows, theta.ravel()

    def _logits(self, parameters):
        """Logits of the pool; of more than two classes their mean is 0."""
        logits = self.Z @ parameters.reshape(-1, self.Z.shape[1]).T
        if self.losses is many_classes:
            logits -= logits.mean(axis=1, keepdims=True)
        return logits

    def _inverse_curvature(self, counts, parameters):
        """Function that multiplies gradients by an inverse Hessian."""
        (weights,), (penalties,) = self._problem(counts)
        link = expit if self.losses is two_classes else lambda F: softmax(F, axis=1)
        P = link(self._logits(parameters))
        curvature = Curvature(self.Z, P, weights, penalties)

        def solve(gradients):
            given = gradients.reshape(len(gradients), P.shape[1], self.Z.shape[1])
            return -curvature.step(given).reshape(gradients.shape)

        return solve

    def _minima(self, counts, start, solve):
        weights, penalties = self._problem(counts)
        used = counts.any(axis=0)
        if not used.all():
            data = self.Z[used], self.codes[used], weights[:, used]
        else:
            data = self.Z, self.codes, weights
        derive = self.losses(*data, penalties)
        tol = self.estimator.tol

        def enough(value, gradient, promised, at_start):
            near = promised <= _LEFT * at_start
            flat = np.abs(gradient).max(axis=1) <= tol
            at_end = promised / 2 <= _NO_DESCENT * np.maximum(1, value)
            return near & flat | at_end

        start = np.repeat(start[np.newaxis], len(counts), axis=0)
        return minimise(derive, solve, enough, start, _MOST_EVALUATIONS)

    def _problem(self, counts):
        """Weights of records and penalties of the mean loss of each model."""
        weights = counts * self._class_weights(counts)
        total = weights.sum(axis=1, keepdims=True)
        return weights / total, self.penalty / total

    def _class_weights(self, counts):
        """Weights by class, of each record in each model."""
        kind = self.estimator.class_weight
        if kind is None:
            return 1.0
        if isinstance(kind, str):  # balanced
            n_of_classes = self._n_of_classes(counts)
            mean = n_of_classes.mean(axis=1, keepdims=True)
            return (mean / n_of_classes)[:, self.codes]
        return compute_class_weight(kind, classes=self.classes, y=self.y)[self.codes]

    def _n_of_classes(self, counts):
        given = {"minlength": len(self.classes)}
        return np.array([np.bincount(self.codes, one, **given) for one in counts])

    def _attributes(self, parameters, n_steps):
        theta = parameters.reshape(-1, self.Z.shape[1])
        if self.losses is many_classes:
            # The same added to all classes changes no loss, and costs a penalty.
            theta = theta - theta.mean(axis=0)
        n_features = self.X.shape[1]
        given = self.estimator.fit_intercept
        return {
            "classes_": self.classes.copy(),
            "n_iter_": np.array([n_steps], dtype=np.int32),
            "coef_": theta[:, :n_features].copy(),
            "intercept_": theta[:, -1].copy() if given else np.zeros(len(theta)),
        }
