"""How frequent the words of a record are: where embeddings leak."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_random_state

from skmia.utils._frequency import band_cuts, bands_of, mean_log_frequency
from skmia.utils._sklearn import COUNT, validate_params
from skmia.utils._typing import RandomStateLike


@validate_params(X=["array-like"], corpus=["array-like", None], n_bands=[COUNT])
def frequency_bands(
    X: ArrayLike, corpus: ArrayLike | None = None, *, n_bands: int = 10
) -> NDArray[np.int_]:
    """Band of each record by how frequent its words are, the rarest first.

    Embeddings leak of infrequent words above all (Song and Raghunathan 2020), and how
    alike words are depends on how frequent they are. So report by band
    (``report.by_group(bands)``) and compare records of one band
    (:func:`matched_records`).

    .. versionadded:: 0.2

    Parameters
    ----------
    X : array-like of str of shape (n_records, n_words)
        Windows of words.
    corpus : array-like of str of shape (n_windows, n_words), default=None
        Windows that words are counted in. None: `X`.
    n_bands : int, default=10
        Bands, of as many records each as ties allow.

    Returns
    -------
    bands : ndarray of int of shape (n_records,)
        From 0, the rarest.

    Raises
    ------
    ValueError
        `X` holds no rows of words.

    See Also
    --------
    matched_records : As many of both sides in each band.

    Examples
    --------
    >>> from skmia.tasks import frequency_bands
    >>> X = [["the", "cat"], ["the", "dog"], ["a", "gnu"], ["the", "the"]]
    >>> frequency_bands(X, n_bands=2)
    array([0, 0, 0, 1])
    """
    windows = np.asarray(X)
    if windows.ndim != 2 or not windows.size:
        raise ValueError(
            "The records of frequency_bands must be rows of words, one or more. Got an "
            f"array of shape {windows.shape}."
        )
    frequency = mean_log_frequency(X, X if corpus is None else corpus)
    return bands_of(frequency, band_cuts(frequency, n_bands))


@validate_params(
    bands_train=["array-like"],
    bands_holdout=["array-like"],
    random_state=["random_state"],
)
def matched_records(
    bands_train: ArrayLike,
    bands_holdout: ArrayLike,
    *,
    random_state: RandomStateLike = None,
) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """Draw as many training records as holdout records in every band.

    Where the two sets differ in frequency, topic or whatever the bands are, an attack
    that only looks at that finds members. Within a band there is nothing of it to find.

    .. versionadded:: 0.2

    Parameters
    ----------
    bands_train : array-like of shape (n_train,)
        Band of each training record.
    bands_holdout : array-like of shape (n_holdout,)
        Band of each holdout record.
    random_state : int, RandomState instance or None, default=None
        Seed of the draw.

    Returns
    -------
    train, holdout : ndarray of int
        Rows of both sets, in ascending order and of the same number in each band.

    Raises
    ------
    ValueError
        No band is in both.

    Examples
    --------
    >>> from skmia.tasks import matched_records
    >>> matched_records([0, 0, 1, 2], [1, 0, 1], random_state=0)
    (array([1, 2]), array([0, 1]))
    """
    rng = check_random_state(random_state)
    train, holdout = np.asarray(bands_train), np.asarray(bands_holdout)
    drawn: tuple[list[int], list[int]] = [], []
    for band in np.intersect1d(train, holdout):
        rows = [np.flatnonzero(bands == band) for bands in (train, holdout)]
        n = min(map(len, rows))
        for side, some in zip(drawn, rows, strict=True):
            side.extend(rng.choice(some, n, replace=False))
    if not drawn[0]:
        raise ValueError(
            "bands_train and bands_holdout must have a band in common. Got none."
        )
    return np.sort(drawn[0]), np.sort(drawn[1])
