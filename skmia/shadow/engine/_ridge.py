"""The trainer of ridge regression, also of classes: moments of the whole are shared."""

from numbers import Real

import numpy as np
from scipy import linalg, sparse
from sklearn.base import clone
from sklearn.linear_model import RidgeClassifier
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from skmia.shadow.engine._given import times_drawn
from skmia.utils._fitting import fit_clone, set_fitted
from skmia.utils._random import set_random_states

# Solvers of scikit-learn that are the normal equations of dense records.
_SOLVERS = ("auto", "cholesky")
# A matrix whose pivots differ more than this is solved as scikit-learn does.
_CONDITION = 1e-10


class LeastSquares:
    """Trains many ridge regressions from second moments.

    The moments of a part and those of its complement are those of the pool, so a pair
    of complements, as :class:`skmia.shadow.BalancedShuffleSplit` draws them, costs one
    product. Records are validated and centred once.
    """

    def at_once(self, estimator):
        """As many as are worth it: more gain little, and a killed run loses them."""
        return 64

    def refuses(self, estimator, X, y):
        """Why these are for ``fit_clone``, in words, or None."""
        alpha = estimator.alpha
        if not isinstance(alpha, Real) or not 0 < alpha < np.inf:
            return "'alpha' must be a number above 0"
        if estimator.positive or estimator.solver not in _SOLVERS:
            return f"it does not solve normal equations: solver={estimator.solver!r}"
        if getattr(estimator, "class_weight", None) is not None:
            return "it has class_weight"
        if sparse.issparse(X):
            return "records are sparse"
        try:
            _, X, y = _validated(estimator, X, y)
            clone(estimator).fit(X[:1], y[:1])  # refuses what is wrong with the others
        except (TypeError, ValueError) as error:
            return str(error)
        if X.dtype.kind == "f" and X.dtype != float:
            return "models of records in single precision are in single precision"
        if 2 * X.shape[1] > len(X):
            return "the half of the records is less than the features: they are dual"
        return None

    def fit(self, tasks, X, y):
        """Fitted models of tasks of one estimator, in their order."""
        estimator = tasks[0].estimator
        checked, records, labels = _validated(estimator, X, y)
        pool = _Pool(estimator, records, labels)
        drawn = times_drawn(tasks, len(records))
        models = [None] * len(tasks)
        for part in _complements(drawn):
            moments = pool.moments(drawn[part[0]])
            for i in part:
                own = moments if i == part[0] else pool.whole - moments
                try:
                    learned = pool.solved(own, drawn[i])
                except linalg.LinAlgError:
                    task = tasks[i]
                    models[i] = fit_clone(estimator, X, y, task.rows, task.seed)
                    continue
                models[i] = _unfitted(estimator, tasks[i].seed)
                set_fitted(models[i], checked, learned)
        return models

    def answers(self, tasks, X, y):
        """What the models say about the pool: they must be asked."""
        return None


def _validated(estimator, X, y):
    """Records and labels as ``fit`` takes them, and who knows their features."""
    checked = clone(estimator)
    classifies = isinstance(estimator, RidgeClassifier)
    X, y = validate_data(checked, X, y, y_numeric=not classifies)
    if classifies:
        check_classification_targets(y)
    return checked, X, y


def _unfitted(estimator, seed):
    """A clone with the random state that ``fit_clone`` would give it."""
    return set_random_states(clone(estimator), check_random_state(seed))


def _complements(drawn):
    """Places of the tasks: those of two whose records are the whole pool together."""
    once = drawn.max(axis=1, initial=0) <= 1
    waiting, parts = {}, []
    for i, has in enumerate(drawn.astype(bool)):
        other = waiting.pop((~has).tobytes(), None) if once[i] else None
        if other is not None:
            other.append(i)
            continue
        parts.append([i])
        if once[i]:
            waiting[has.tobytes()] = parts[-1]
    return parts


def _products(X, targets):
    """Second moments, sums and the number of records, and products with targets."""
    return np.c_[X.T @ X, X.T @ targets]


class _Pool:
    """All records, centred, with targets beside them and a constant."""

    def __init__(self, estimator, X, y):
        self.estimator, self.y = estimator, y
        self.classifies = isinstance(estimator, RidgeClassifier)
        self.n_features = X.shape[1]
        centred = estimator.fit_intercept
        self.centre = X.mean(axis=0) if centred else np.zeros(self.n_features)
        if self.classifies:
            self.classes = np.unique(y)
            # The last is that of a model that knows one class.
            own = y[:, np.newaxis] == self.classes
            targets = np.c_[np.where(own, 1.0, -1.0), np.full(len(y), -1.0)]
        else:
            targets = y[:, np.newaxis].astype(float)
        X = X - self.centre
        self.X, self.targets = np.c_[X, np.ones(len(X))], targets
        self.whole = _products(self.X, targets)

    def moments(self, drawn):
        """Of records that are drawn so often."""
        rows = np.repeat(np.arange(len(drawn)), drawn)
        return _products(self.X[rows], self.targets[rows])

    def solved(self, moments, drawn):
        """What a fit learns from moments; LinAlgError where rounding would decide."""
        d = self.n_features
        number = moments[d, d]
        learned, columns = self._labels(drawn)
        second, products = moments[:d, :d].copy(), moments[:d, d + 1 :][:, columns]
        mean, target = moments[:d, d] / number, moments[d, d + 1 :][columns] / number
        if self.estimator.fit_intercept:
            second -= number * np.outer(mean, mean)
            products = products - number * np.outer(mean, target)
        second.flat[:: d + 1] += self.estimator.alpha
        factor = linalg.cho_factor(second, lower=True, overwrite_a=True)
        pivots = np.diag(factor[0])
        if pivots.min(initial=np.inf) ** 2 < _CONDITION * pivots.max(initial=0) ** 2:
            raise linalg.LinAlgError
        coef = linalg.cho_solve(factor, products).T
        intercept = 0.0
        if self.estimator.fit_intercept:
            intercept = target - coef @ (mean + self.centre)
        if len(coef) == 1:
            coef = coef[0]
        if not self.classifies:
            intercept = np.ravel(intercept)[0]
        learned |= {"coef_": coef, "intercept_": intercept}
        return learned | {"n_iter_": None, "solver_": "cholesky"}

    def _labels(self, drawn):
        """What a fit knows of labels, and the columns of its targets."""
        if not self.classifies:
            return {}, [0]
        binarizer = LabelBinarizer(pos_label=1, neg_label=-1).fit(self.y[drawn > 0])
        own = np.flatnonzero(np.isin(self.classes, binarizer.classes_))
        columns = {1: [len(self.classes)], 2: own[1:]}.get(len(own), own)
        learned = {"_label_binarizer": binarizer, "classes_": binarizer.classes_}
        return learned, columns
