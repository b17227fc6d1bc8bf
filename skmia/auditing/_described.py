"""What was audited: the model in words that tell nothing of its records."""

import inspect

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.pipeline import Pipeline

# Longer texts are cut; longer lists are said by what they are.
_LONGEST, _MOST = 480, 8


def described(model):
    """Kind, steps and classes of a fitted model.

    Parameters
    ----------
    model : fitted classifier

    Returns
    -------
    about : dict
        "kind", "steps" (name, kind, and parameters that are not at their default, as
        text), "classes" and "n_features", None where the model does not say.
    """
    inner = getattr(model, "best_estimator_", model)
    steps = [*_steps(inner)]
    if inner is not model:
        steps.insert(0, _step("search", model))
    classes = getattr(model, "classes_", None)
    several = classes is not None and any(np.ndim(one) for one in classes)
    flat = classes is not None and not several
    n_features = getattr(model, "n_features_in_", None)
    return {
        "kind": type(model).__name__,
        "steps": steps,
        "classes": [str(one) for one in classes] if flat else None,
        "n_features": None if n_features is None else int(n_features),
    }


def _steps(model):
    if isinstance(model, Pipeline):
        return [_step(name, step) for name, step in model.steps]
    return [_step(None, model)]


def _step(name, estimator):
    changed = {key: _shown(value) for key, value in _changed(estimator).items()}
    kind = estimator if isinstance(estimator, str) else type(estimator).__name__
    return {"name": name, "kind": kind, "parameters": changed}


def _changed(estimator):
    """Parameters that are not at their default."""
    if not isinstance(estimator, BaseEstimator):
        return {}
    defaults = inspect.signature(type(estimator).__init__).parameters
    return {
        name: value
        for name, value in estimator.get_params(deep=False).items()
        if name not in defaults or not _equal(value, defaults[name].default)
    }


def _equal(value, default):
    same_kind = type(value) is type(default) and np.isscalar(value)
    same = same_kind and (value == default or (value != value and default != default))
    return value is default or bool(same)


def _shown(value):
    """A value as text; arrays and tables, which may be records, by what they are."""
    if isinstance(value, BaseEstimator):
        inside = (f"{key}={_shown(one)}" for key, one in _changed(value).items())
        return _cut(f"{type(value).__name__}({', '.join(inside)})")
    if isinstance(value, dict) and len(value) <= _MOST:
        return _cut(f"{{{', '.join(f'{k!r}: {_item(v)}' for k, v in value.items())}}}")
    if _may_be_quoted(value):
        return _cut(f"[{', '.join(map(_shown, value))}]")
    if value is None or isinstance(value, bool | int | float | str | np.generic):
        return _cut(repr(value.item() if isinstance(value, np.generic) else value))
    if callable(value) and hasattr(value, "__name__"):
        return value.__name__
    shape = getattr(value, "shape", None)
    kind = type(value).__name__
    if shape is not None:
        return f"{kind} of shape {tuple(shape)}"
    return f"{kind} of {len(value)}" if hasattr(value, "__len__") else kind


def _item(value):
    """What a key stands for; of a column of numbers only how long it is."""
    return (
        f"{type(value).__name__} of {len(value)}" if _is_row(value) else _shown(value)
    )


def _may_be_quoted(value):
    """Whether it is a short list, and none of rows: those may be records."""
    is_short = isinstance(value, list | tuple) and len(value) <= _MOST
    return is_short and not any(map(_is_row, value))


def _is_row(value):
    """Whether it is like a record: single values, some of which are numbers."""
    if isinstance(value, dict):
        return all(map(_is_single, value.values()))
    if not isinstance(value, list | tuple) or not all(map(_is_single, value)):
        return False
    return not value or any(not isinstance(one, str) for one in value)


def _is_single(value):
    return value is None or isinstance(value, str | int | float | np.generic)


def _cut(text):
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
