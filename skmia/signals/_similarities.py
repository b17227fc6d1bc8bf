"""Signals of encoders: plain functions ``f(X, similarities)``."""

import numpy as np


def similarity(X, similarities):
    """Mean cosine between the views, or the items, of a record."""
    return similarities.mean(axis=1)


def sorted_similarities(X, similarities, *, n_values):
    """Quantiles of the cosines: the sorted cosines, where there are as many."""
    return np.quantile(similarities, np.linspace(0, 1, n_values), axis=1).T


def embedding_norm(X, vectors):
    """Length of the vector of a record."""
    return np.linalg.norm(vectors, axis=1)


def columns_of_values(signal):
    """One for each place in the order."""
    return [f"{signal.name}_{i}" for i in range(signal.params["n_values"])]
