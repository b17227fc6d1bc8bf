"""Weights of records: the one thing that ``fit`` takes besides records and labels.

They come as ``**fit_params``, as in ``GridSearchCV.fit``. With a parameter in the
signature scikit-learn would check that a weight of 2 is a record given twice, which no
defense can promise that holds out, deals or mixes records at random.
"""

from inspect import signature

import numpy as np
from sklearn import get_config
from sklearn.base import is_classifier
from sklearn.utils import column_or_1d
from sklearn.utils.validation import has_fit_parameter

from skmia.utils._inside import is_frozen, last_step

_NAME = "sample_weight"


def read_weights(owner, fit_params, X, y):
    """Weights of the records out of what ``fit`` was given, or None.

    Parameters
    ----------
    owner : ModelWrapper
        Whose ``fit`` it is.
    fit_params : dict
        What came besides records and labels.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
    y : array-like of shape (n_samples,)

    Returns
    -------
    sample_weight : ndarray of float64 of shape (n_samples,), or None

    Raises
    ------
    TypeError
        Anything else than ``sample_weight``, or weights that would not be used.
    ValueError
        No weights, not one for each record, or of one class of several only.
    """
    if owner._no_weights is not None:
        refuse_fit_params(owner, fit_params, owner._no_weights)
        return None
    _refuse_others(owner, fit_params, f"{_NAME!r} only")
    if fit_params.get(_NAME) is None:
        return None
    _require_models(owner)
    weights = _check_weights(owner, fit_params[_NAME], np.shape(X)[0])
    if is_classifier(owner):
        _check_classes(owner, weights, column_or_1d(y))
    return weights


def refuse_fit_params(owner, fit_params, why):
    """Raise a TypeError unless ``fit`` was given records and labels only.

    Parameters
    ----------
    owner : estimator
        Whose ``fit`` it is.
    fit_params : dict
        What came besides records and labels; weights that are None do not count.
    why : str
        Why there is no place for weights, as a clause.
    """
    _refuse_others(owner, fit_params, "nothing")
    if fit_params.get(_NAME) is not None:
        raise TypeError(f"{type(owner).__name__}.fit takes no {_NAME!r}: {why}.")


def weight_parameter(estimator):
    """Name under which ``fit`` takes weights of the records for sure, or None."""
    last, prefix = last_step(estimator)
    if _is_wrapper(last):
        takes = last._no_weights is None and all(map(weight_parameter, last._weighted))
    else:
        takes = has_fit_parameter(last, _NAME)
    return _name_with(prefix) if takes else None


def fit_weights(estimator, sample_weight):
    """What ``fit`` of a model is given besides records and labels.

    Parameters
    ----------
    estimator : estimator
        Model, or a pipeline that ends in it; it takes weights.
    sample_weight : ndarray of shape (n_samples,) or None

    Returns
    -------
    fit_params : dict
        Empty for None.
    """
    if sample_weight is None:
        return {}
    return fit_names(estimator, {_NAME: sample_weight})


def fit_names(estimator, fit_params):
    """What the last step of a model is given, by the names that the model knows."""
    prefix = last_step(estimator)[1]
    return {_name_with(prefix, name): value for name, value in fit_params.items()}


def _name_with(prefix, name=_NAME):
    """Name for a pipeline, which knows it as such where it routes."""
    routed = get_config()["enable_metadata_routing"]
    return name if routed else f"{prefix}{name}"


def _refuse_others(owner, fit_params, taken):
    others = sorted(set(fit_params) - {_NAME})
    if others:
        raise TypeError(
            f"{type(owner).__name__}.fit takes no parameter {others[0]!r}: besides X "
            f"and y it takes {taken}."
        )


def _require_models(owner):
    """Raise a TypeError that names a model of `owner` which takes no weights."""
    for model in owner._weighted:
        last, _ = last_step(model)
        if _is_wrapper(last):
            if last._no_weights is not None:
                refuse_fit_params(last, {_NAME: ()}, last._no_weights)
            _require_models(last)
        elif is_frozen(last) or not (weight_parameter(last) or _takes_anything(last)):
            raise TypeError(
                f"{type(owner).__name__}.fit cannot hand {_NAME!r} on: {model!r} takes "
                "none. Leave the weights out, or use a model whose fit takes them."
            )


def _is_wrapper(estimator):
    """Whether this is a model of ours around others, whose signature is silent."""
    return hasattr(estimator, "_weighted")


def _takes_anything(estimator):
    """Whether this hands on whatever it is given, as searches, stacks and votes do.

    They do not tell beforehand what the models inside take, and complain themselves.
    """
    parameters = signature(estimator.fit).parameters.values()
    return any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)


def _check_weights(owner, given, n_samples):
    try:
        weights = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        wrong = repr(given)
    else:
        wrong = _what_is_wrong(weights, n_samples)
    if wrong is None:
        return weights
    raise ValueError(
        f"The {_NAME!r} of {type(owner).__name__}.fit must be {n_samples} finite "
        "numbers, one for each record, none of them below 0 and not all of them 0. Got "
        f"{wrong} instead."
    )


def _check_classes(owner, weights, y):
    """Refuse weights that leave one class of several.

    Some models would be fitted to it, some would complain of its labels, and some
    divide by the 0 records of another.
    """
    # Labels of another number are for the model to complain of.
    left = set(y[: len(weights)][weights[: len(y)] > 0].tolist())
    if len(left) == 1 < len(set(y.tolist())):
        raise ValueError(
            f"The {_NAME!r} of {type(owner).__name__}.fit must be above 0 for records "
            f"of several classes, where y has several. Got one, {left.pop()!r}, only."
        )


def _what_is_wrong(weights, n_samples):
    if weights.shape != (n_samples,):
        return f"an array of shape {weights.shape}"
    bad = weights[~(np.isfinite(weights) & (weights >= 0))]
    if len(bad):
        return f"{len(bad)} other number(s), the first {bad[0]}"
    return None if weights.any() else "zeros only"
