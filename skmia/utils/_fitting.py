"""Models of an ensemble: clones with seeds of their own, on some of the records."""

from sklearn.base import clone
from sklearn.utils import _safe_indexing, check_random_state

from skmia.utils._random import set_random_states
from skmia.utils._weights import fit_weights


def fit_clone(estimator, X, y, rows, seed, sample_weight=None):
    """Clone of an estimator with a seed of its own, fitted on some of the rows.

    Module-level, so that parallel workers of any backend can be sent to it.
    """
    model = set_random_states(clone(estimator), check_random_state(seed))
    own = None if sample_weight is None else sample_weight[rows]
    weights = fit_weights(model, own)
    y = None if y is None else _safe_indexing(y, rows)
    return model.fit(_safe_indexing(X, rows), y, **weights)


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
