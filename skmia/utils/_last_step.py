"""The model at the end of a pipeline, and the names of its parameters."""

from sklearn.pipeline import Pipeline


def last_step(estimator, prefix=""):
    """Model that learns last, and what its parameters are called from outside.

    Parameters
    ----------
    estimator : estimator
        Its own last step, where it is not a pipeline.
    prefix : str, default=""
        What the names of the parameters of `estimator` begin with.

    Returns
    -------
    last : estimator
    prefix : str
        ``estimator.set_params`` knows parameter ``p`` of `last` as ``prefix + "p"``.
    """
    if isinstance(estimator, Pipeline):
        name, last = estimator.steps[-1]
        return last_step(last, f"{prefix}{name}__")
    return estimator, prefix
