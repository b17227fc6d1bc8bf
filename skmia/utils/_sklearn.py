"""Every private scikit-learn name that skmia uses, in one place.

scikit-learn keeps its parameter validation private until it is stable. We use it
for the uniform error messages; should it move, only this file changes. A test
asserts that no other module imports a private scikit-learn name.

So is every difference between the versions of scikit-learn that skmia takes, 1.6 and
newer: ``.ci/oldest`` runs it with the oldest. scikit-learn 1.6 itself has a ceiling
that its metadata does not say: from SciPy 1.16 on its logistic regression warns, and
from 1.18 on it fails (L-BFGS-B has lost two options).

Parameters mean few things, so what they must be has a name here.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
import sklearn
from sklearn.utils import get_tags
from sklearn.utils._param_validation import (
    HasMethods,
    Interval,
    InvalidParameterError,
    Options,
    StrOptions,
)
from sklearn.utils._param_validation import validate_params as _validate_params
from sklearn.utils.metaestimators import _BaseComposition
from sklearn.utils.validation import _check_feature_names_in

from skmia.utils._typing import Function

if TYPE_CHECKING:
    # These have no types, and would take those of the methods that they decorate.
    def _fit_context(
        *, prefer_skip_nested_validation: bool
    ) -> Callable[[Function], Function]: ...

    def available_if(
        check: Callable[[Any], Any],
    ) -> Callable[[Function], Function]: ...

else:
    from sklearn.base import _fit_context
    from sklearn.utils.metaestimators import available_if

__all__ = [
    "COUNT",
    "COUNT_OR_0",
    "DISCRIMINANTS_AS_NOW",
    "FRACTION",
    "FRACTION_BELOW_1",
    "INNER_FRACTION",
    "JOBS",
    "LENGTH",
    "NOT_NEGATIVE",
    "POSITIVE",
    "HasMethods",
    "Interval",
    "InvalidParameterError",
    "Options",
    "StrOptions",
    "_BaseComposition",
    "_check_feature_names_in",
    "_fit_context",
    "available_if",
    "boosted_leaves",
    "check_param_validation",
    "discriminant_solver",
    "has_l1_penalty",
    "leaves_of_stages",
    "logistic_penalty",
    "n_fitted_records",
    "n_splits_and_leaves",
    "takes_sparse",
    "validate_params",
]

COUNT = Interval(Integral, 1, None, closed="left")
COUNT_OR_0 = Interval(Integral, 0, None, closed="left")
# Not 0, of which joblib makes an error once work begins, in the midst of an audit.
JOBS = [COUNT, Interval(Integral, None, -1, closed="right"), None]
POSITIVE = Interval(Real, 0, None, closed="neither")
# What records are divided by: the square of what comes out is a number.
LENGTH = Interval(Real, 1e-150, None, closed="left")
NOT_NEGATIVE = Interval(Real, 0, None, closed="left")
FRACTION = Interval(Real, 0, 1, closed="both")
FRACTION_BELOW_1 = Interval(Real, 0, 1, closed="left")
INNER_FRACTION = Interval(Real, 0, 1, closed="neither")


def validate_params(**constraints: Any) -> Callable[[Function], Function]:
    """Decorator that checks the arguments of a function as those of estimators."""
    return _validate_params(constraints, prefer_skip_nested_validation=True)


def check_param_validation(name, estimator):
    """Check that bad parameters get clear errors; ``check_estimator`` has it not."""
    # Inside, since the module imports much that only tests need.
    from sklearn.utils import estimator_checks

    estimator_checks.check_param_validation(name, estimator)


_VERSION = tuple(map(int, sklearn.__version__.split(".")[:2]))
# Since scikit-learn 1.8 the share of L1 is the only parameter; `penalty` is deprecated.
_SHARE_OF_L1 = _VERSION >= (1, 8)
# Discriminants were computed in another way before.
DISCRIMINANTS_AS_NOW = _VERSION >= (1, 9)


def logistic_penalty(penalty):
    """Parameters of a ``LogisticRegression`` with a penalty, "l1" or "l2"."""
    if _SHARE_OF_L1:
        return {"l1_ratio": float(penalty == "l1")}
    return {"penalty": penalty}


def has_l1_penalty(model):
    """Whether the penalty of a ``LogisticRegression`` is not smooth."""
    if model.penalty == "deprecated":  # then the share of L1 holds
        return bool(model.l1_ratio)
    return model.penalty in ("l1", "elasticnet")


def discriminant_solver(model):
    """Solver of a discriminant analysis: the quadratic one has one since 1.8."""
    return getattr(model, "solver", "svd")


def takes_sparse(model):
    """Whether a fitted model may take sparse records; scikit-learn 1.6 did not tell."""
    return _VERSION < (1, 7) or get_tags(model).input_tags.sparse


def n_fitted_records(ensemble):
    """Number of records that a bagging ensemble or forest was fitted on."""
    return ensemble._n_samples


def boosted_leaves(model, X):
    """Leaves of records in the trees of a fitted binary ``HistGradientBoosting*``.

    Parameters
    ----------
    model : HistGradientBoostingClassifier
    X : ndarray of shape (n_samples, n_features)

    Returns
    -------
    baseline : float
        Score before the first tree.
    stages : list of (nodes, leaves)
        For each tree its nodes, a structured array, and in which of them each record
        ends, an ndarray of int of shape (n_samples,).
    """
    stages = [of_one for (of_one,) in leaves_of_stages(model, X)]
    return float(model._baseline_prediction.item()), stages


def leaves_of_stages(model, X):
    """Leaves of records in the trees of a fitted ``HistGradientBoosting*``, by stage.

    Parameters
    ----------
    model : HistGradientBoostingClassifier
    X : {array-like, DataFrame} of shape (n_samples, n_features)

    Yields
    ------
    stage : list of (nodes, leaves)
        As of :func:`boosted_leaves`, for each class that has a tree of its own.
    """
    X = model._preprocess_X(X, reset=False)
    known, position = model._bin_mapper.make_known_categories_bitsets()
    for predictors in model._predictors:
        stage = []
        for predictor in predictors:
            # A tree that answers with the numbers of its leaves, not with their values.
            numbering = copy(predictor)
            numbering.nodes = predictor.nodes.copy()
            numbering.nodes["value"] = np.arange(len(predictor.nodes))
            leaves = numbering.predict(X, known, position, n_threads=1)
            stage.append((predictor.nodes, leaves.astype(np.intp)))
        yield stage


def n_splits_and_leaves(model):
    """Nodes that split records, and leaves, of a fitted histogram booster.

    Parameters
    ----------
    model : HistGradientBoostingClassifier

    Returns
    -------
    n_splits, n_leaves : int
        Of all its trees.
    """
    trees = [tree for stage in model._predictors for tree in stage]
    n_leaves = sum(tree.get_n_leaf_nodes() for tree in trees)
    return sum(len(tree.nodes) for tree in trees) - n_leaves, n_leaves
