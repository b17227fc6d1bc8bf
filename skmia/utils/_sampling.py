"""Rows that a fitted model draws, whichever way it does that."""

from copy import copy
from inspect import signature


def drawn(model, n_samples, seed):
    """Rows of ``model.sample(n_samples)``.

    Parameters
    ----------
    model : object
        With ``sample``, which gives rows, or a tuple of which they are the first.
    n_samples : int
    seed : int
        For a `sample` that takes a `random_state`; others draw from what they have.

    Returns
    -------
    rows : {ndarray, DataFrame} of length n_samples
    """
    takes_seed = "random_state" in signature(model.sample).parameters
    rows = model.sample(n_samples, **({"random_state": seed} if takes_seed else {}))
    return rows[0] if isinstance(rows, tuple) else rows


def reseeded(model, seed):
    """The model, drawing anew if its draws come from a `random_state` parameter.

    Such a one draws the same rows at each call, ``GaussianMixture`` for one.

    Parameters
    ----------
    model : object
        Fitted; not changed.
    seed : int

    Returns
    -------
    model : object
    """
    if not hasattr(model, "get_params") or "random_state" not in model.get_params():
        return model
    again = copy(model)
    again.random_state = seed
    return again
