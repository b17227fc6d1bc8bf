"""Checks of every attack, defense and game, and what all checks are written with.

``answer(fitted, X, y)`` is what an estimator says: scores, posteriors or labels.
"""

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils import _safe_indexing

from skmia.utils._random import set_random_states
from skmia.utils._sklearn import check_param_validation

# Networks compute in float32, and BLAS sums in another order for another batch. Noise
# below that is no defense, and differences below it no ranking.
TOLERANCE = 1e-6


def seeded(estimator):
    """Clone of an estimator, with a seed if it takes one."""
    rng = np.random.RandomState(0)
    return set_random_states(clone(estimator), rng, secret=True)


def fitted(estimator, X, y, **params):
    """Fit a seeded clone of an estimator, with other parameters, on copied data."""
    return seeded(estimator).set_params(**params).fit(X.copy(), y.copy())


def halves(X, y):
    """First and second half of the rows, as ``(X, y)`` pairs."""
    middle = len(y) // 2
    rows = np.arange(len(y))
    return [
        (_safe_indexing(X, part), y[part]) for part in (rows[:middle], rows[middle:])
    ]


def same(one, other):
    """Whether two answers are the same, up to the rounding of floats."""
    one, other = np.asarray(one), np.asarray(other)
    if one.dtype.kind != "f":
        return np.array_equal(one, other)
    return one.shape == other.shape and np.allclose(
        one, other, rtol=TOLERANCE, atol=TOLERANCE
    )


def require(holds, estimator, problem):
    """Raise an AssertionError unless a property holds."""
    if not holds:
        raise AssertionError(f"{type(estimator).__name__} {problem}")


def check_data_unchanged(estimator, X, y, answer):
    """Neither fit nor any answer changes the arrays that were handed in."""
    X_given, y_given = X.copy(), y.copy()
    answer(seeded(estimator).fit(X_given, y_given), X_given, y_given)
    require(
        _equal(X_given, X) and np.array_equal(y_given, y),
        estimator,
        "changes the arrays it is given. The caller's next result is then computed "
        "from other data than the caller believes.",
    )


def check_fit_keeps_parameters(estimator, X, y, answer):
    """Fit neither changes parameters nor the estimators among them."""
    model = seeded(estimator)
    before = _parameters(model)
    model.fit(X.copy(), y.copy())
    changed = [
        name
        for name, (value, state) in _parameters(model).items()
        if value is not before[name][0] or not _same_objects(state, before[name][1])
    ]
    require(
        not changed,
        estimator,
        f"changes its parameter {changed[:1]} in fit. Fit clones of estimators and "
        "store what was learned in attributes that end in an underscore: a changed "
        "parameter is carried into every clone, so that one fold of a search leaks "
        "into the next.",
    )


def check_refit_forgets(estimator, X, y, answer):
    """A second fit gives what a first fit on the same data gives."""
    (X_first, y_first), (X_then, y_then) = halves(X, y)
    again = fitted(estimator, X_first, y_first).fit(X_then.copy(), y_then.copy())
    fresh = fitted(estimator, X_then, y_then)
    require(
        same(answer(again, X, y), answer(fresh, X, y)),
        estimator,
        "answers differently when it was fitted on other data before. Records of the "
        "first fit would show in the answers of the second.",
    )


def check_global_rng_untouched(estimator, X, y, answer):
    """With a seed, the global generator of numpy is neither used nor reseeded."""
    before = np.random.get_state()  # noqa: NPY002
    answer(fitted(estimator, X, y), X, y)
    after = np.random.get_state()  # noqa: NPY002
    require(
        all(np.array_equal(a, b) for a, b in zip(before, after, strict=True)),
        estimator,
        "changes numpy's global random state. Its results then depend on what ran "
        "before, and what runs next depends on it: use a random_state parameter.",
    )


def check_column_names(estimator, X, y, answer):
    """Columns in another order than in fit are refused."""
    if not hasattr(X, "columns"):
        return
    model = fitted(estimator, X, y)
    require(
        list(getattr(model, "feature_names_in_", [])) == list(X.columns),
        estimator,
        "does not keep the column names in feature_names_in_, so that it cannot tell "
        "when columns are passed in another order.",
    )
    try:
        answer(model, X[X.columns[::-1]], y)
    except ValueError:
        return
    require(
        False,
        estimator,
        "accepts columns in another order than in fit. It would read one column as "
        "another without a word.",
    )


def check_parameter_errors(estimator, X, y, answer):
    """Bad parameters are refused, by name (with ``_parameter_constraints`` only)."""
    if hasattr(estimator, "_parameter_constraints"):
        check_param_validation(type(estimator).__name__, estimator)


CHECKS = (
    check_data_unchanged,
    check_fit_keeps_parameters,
    check_refit_forgets,
    check_global_rng_untouched,
    check_column_names,
    check_parameter_errors,
)


def _equal(X, other):
    return X.equals(other) if hasattr(X, "equals") else np.array_equal(X, other)


def _parameters(estimator):
    """Parameters, with the attributes of those that are estimators."""
    return {
        name: (value, dict(vars(value)) if isinstance(value, BaseEstimator) else {})
        for name, value in estimator.get_params(deep=True).items()
    }


def _same_objects(one, other):
    return one.keys() == other.keys() and all(one[k] is other[k] for k in one)
