"""Canaries in a table of records, inserted by whoever trains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import sparse
from sklearn.utils import _safe_indexing, check_random_state

from skmia.utils._records import check_labelled, concatenate
from skmia.utils._sklearn import COUNT, validate_params
from skmia.utils._typing import RandomStateLike


@dataclass(frozen=True, eq=False, repr=False)
class InsertedCanaries:
    """Result of :func:`insert_canaries`.

    .. versionadded:: 0.2

    Attributes
    ----------
    X, y : records and labels
        All records to train on, canaries among them, in random order.
    X_canary, y_canary : records and labels
        The canaries, each once.
    X_reference, y_reference : records and labels
        Drawn in the same way, and not inserted.
    """

    X: Any
    y: np.ndarray
    X_canary: Any
    y_canary: np.ndarray
    X_reference: Any
    y_reference: np.ndarray

    def __repr__(self):
        return (
            f"InsertedCanaries({len(self.y_canary)} among {len(self.y)} records, "
            f"{len(self.y_reference)} references)"
        )


@validate_params(
    n_canaries=[COUNT],
    n_references=[COUNT],
    n_copies=[COUNT],
    random_state=["random_state"],
)
def insert_canaries(
    X: ArrayLike | pd.DataFrame,
    y: ArrayLike,
    *,
    n_canaries: int = 20,
    n_references: int = 1000,
    n_copies: int = 1,
    random_state: RandomStateLike = None,
) -> InsertedCanaries:
    """Insert records that nobody could guess, to see how well a model remembers them.

    .. versionadded:: 0.2

    Parameters
    ----------
    X : {array-like, DataFrame} of shape (n_samples, n_features)
        Records. Each feature of a canary is that of another random record, so that
        single values are like theirs, and combinations are not.
    y : array-like of shape (n_samples,)
        Class labels. That of a canary is drawn evenly from all classes.
    n_canaries : int, default=20
        Canaries that are inserted.
    n_references : int, default=1000
        Canaries that are not: the secret of each has ``log2(n_references + 1)`` bits.
    n_copies : int, default=1
        How often each canary is inserted.
    random_state : int, RandomState instance or None, default=None
        Seed of the canaries and of the order of the records.

    Returns
    -------
    canaries : InsertedCanaries
        The records to train on, the canaries, and the references.

    Raises
    ------
    TypeError
        The records are a sparse matrix, texts or images.

    See Also
    --------
    canary_exposure : How much a model that was trained on them gives away.

    Notes
    -----
    Level: records. Canaries cost accuracy: few of them will do. They show what a model
    remembers of records that are unlike all others, more than of a usual one.

    References
    ----------
    N. Carlini, C. Liu, Ú. Erlingsson, J. Kos, D. Song, "The Secret Sharer: Evaluating
    and Testing Unintended Memorization in Neural Networks", USENIX Security 2019,
    :arxiv:`1802.08232` (of sequences; records are our reading).

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skmia.inference import insert_canaries
    >>> insert_canaries(*load_iris(return_X_y=True), n_canaries=5, random_state=0)
    InsertedCanaries(5 among 155 records, 1000 references)
    """
    X, y = check_labelled(X, y)
    rng = check_random_state(random_state)
    n = n_canaries + n_references
    drawn, labels = _mixed(X, n, rng), rng.choice(np.unique(y), n)
    rows = np.arange(n)
    own, others = rows[:n_canaries], rows[n_canaries:]
    inserted = np.tile(own, n_copies)
    X = concatenate([X, _safe_indexing(drawn, inserted)])
    y = np.concatenate([y, labels[inserted]])
    order = rng.permutation(len(y))
    canary, reference = (
        (_safe_indexing(drawn, part), labels[part]) for part in (own, others)
    )
    return InsertedCanaries(_safe_indexing(X, order), y[order], *canary, *reference)


def _mixed(X, n, rng):
    """Records whose features are those of different random records."""
    if sparse.issparse(X) or np.ndim(X) != 2:
        raise TypeError(
            "insert_canaries mixes the features of records: X must be a dense array of "
            f"shape (n_samples, n_features) or a DataFrame. Got {type(X).__name__} of "
            f"shape {np.shape(X)}."
        )
    rows = rng.randint(X.shape[0], size=(n, X.shape[1]))
    if not hasattr(X, "iloc"):
        return X[rows, np.arange(X.shape[1])]
    columns = [X.iloc[of, [j]].reset_index(drop=True) for j, of in enumerate(rows.T)]
    return pd.concat(columns, axis=1)
