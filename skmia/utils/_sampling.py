"""Rows that a fitted model draws, whichever way it does that."""

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
