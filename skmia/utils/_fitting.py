"""Models of an ensemble: clones with seeds of their own, on some of the records."""

from sklearn.base import clone
from sklearn.utils import _safe_indexing, check_random_state

from skmia.utils._global_generator import seeded_torch
from skmia.utils._random import set_random_states
from skmia.utils._records import n_records
from skmia.utils._weights import fit_weights


def fit_clone(estimator, X, y, rows, seed, sample_weight=None, fit_params=None):
    """Clone of an estimator with a seed of its own, fitted on some of the rows.

    Module-level, so that parallel workers of any backend can be sent to it. Weights go
    where the estimator takes some; `fit_params` go to its ``fit``, those that have one
    value per record cut with the rows.
    """
    model = set_random_states(clone(estimator), check_random_state(seed))
    own = None if sample_weight is None else sample_weight[rows]
    weights = fit_weights(model, own)
    y = None if y is None else _safe_indexing(y, rows)
    params = {
        name: _safe_indexing(value, rows)
        if name in per_record(fit_params, X)
        else value
        for name, value in (fit_params or {}).items()
    }
    with seeded_torch(model, seed):
        return model.fit(_safe_indexing(X, rows), y, **weights, **params)


def per_record(fit_params, X):
    """Names of the parameters of ``fit`` that have one value for each record."""
    return [
        name
        for name, value in (fit_params or {}).items()
        if hasattr(value, "__len__")
        and not isinstance(value, str | dict)
        and getattr(value, "shape", None) != ()
        and n_records(value) == n_records(X)
    ]


def set_fitted(estimator, checked, learned):
    """Set all that was fitted at once: a fit that fails leaves nothing half-fitted.

    Parameters
    ----------
    estimator : estimator
    checked : estimator
        Another one, on which validation left names and number of the features.
    learned : dict
        Fitted attributes by name.
    """
    seen = {name: x for name, x in vars(checked).items() if name.endswith("_in_")}
    vars(estimator).pop("feature_names_in_", None)
    vars(estimator).update(seen | learned)
