"""Answers of classifiers with several outputs, in whatever shape, as one of each."""

import numpy as np
from scipy.sparse import issparse

# Methods whose answers speak of classes.
OF_CLASSES = ("predict", "predict_proba", "decision_function", "isolated_proba")


def parts_of(method, answer, n_outputs):
    """The answer of each output, as a plain classifier gives it.

    Parameters
    ----------
    method : {"predict", "predict_proba", "decision_function"}
    answer : array-like or list of array-like
        Labels, or decisions, in columns; an array with the probability of the second
        label of each output (networks, chains, one against the rest); or a list with
        the answer of each (forests, neighbours, one model for each). What learned
        labels from a sparse matrix answers them in one.
    n_outputs : int

    Returns
    -------
    parts : list of ndarray or None
        None where they are more or fewer than the outputs.
    """
    if isinstance(answer, list | tuple):
        return list(answer) if len(answer) == n_outputs else None
    answer = answer.toarray() if issparse(answer) else np.asarray(answer)
    if method == "predict" and answer.ndim == 1:
        answer = answer[:, None]
    if answer.ndim != 2 or answer.shape[1] != n_outputs:
        return None
    if method == "predict_proba":
        return [np.column_stack([1 - column, column]) for column in answer.T]
    return list(answer.T)
