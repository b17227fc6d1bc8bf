"""How frequent the words of records are."""

import numpy as np
import pandas as pd


def mean_log_frequency(X, corpus):
    """Mean over the words of each record of ``log(1 + count)``.

    Parameters
    ----------
    X : array-like of str of shape (n_records, n_words)
    corpus : array-like of str
        Words that are counted, in any shape.

    Returns
    -------
    frequency : ndarray of shape (n_records,)
    """
    X = np.asarray(X, dtype=str)
    counts = pd.Series(np.ravel(np.asarray(corpus, dtype=str))).value_counts()
    known = counts.reindex(X.ravel(), fill_value=0).to_numpy().reshape(X.shape)
    return np.log1p(known).mean(axis=1)


def band_cuts(frequency, n_bands):
    """Quantiles between bands of as many records each."""
    return np.quantile(frequency, np.linspace(0, 1, n_bands + 1)[1:-1])


def bands_of(frequency, cuts):
    """Band of each record, from 0, the rarest."""
    return np.searchsorted(cuts, frequency, side="left")
