"""Signals of segmenters: plain functions ``f(X, posterior)``.

A record is an image with its label map as the last channel: an array of shape (height,
width, n_channels + 1). A label is the number of a column of the posterior, or says that
the pixel has none.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from skmia.signals._answers import TOLERANCE, shape_error
from skmia.signals._scores import FLOOR

# What segmentation data call a pixel without a label.
IGNORED = 255
_QUANTILES = (0.25, 0.5, 0.75, 0.95)


def log_likelihood(X, posterior, *, floor=FLOOR, ignored=IGNORED):
    """Mean log probability of the true labels of an image: less the mean of its map."""
    maps = maps_of(X)
    loss = structured_loss_map(posterior, maps, floor=floor, ignored=ignored)
    n_pixels = (maps != ignored).sum(axis=(1, 2))
    return -loss.sum(axis=(1, 2)) / np.maximum(n_pixels, 1)


def structured_loss(X, posterior, *, floor, ignored, top, n_classes):
    """Summaries of the structured loss map of an image, see `columns_of_summaries`."""
    maps = maps_of(X)
    loss = structured_loss_map(posterior, maps, floor=floor, ignored=ignored)
    return np.array(
        [
            _summary(*image, top, n_classes)
            for image in zip(loss, maps, maps != ignored, borders(maps), strict=True)
        ]
    )


def structured_loss_map(
    posterior: ArrayLike,
    maps: ArrayLike,
    *,
    floor: float = FLOOR,
    ignored: int = IGNORED,
) -> np.ndarray:
    """What a segmenter errs at each pixel: ``-log`` of the true label's probability.

    .. versionadded:: 0.2

    Parameters
    ----------
    posterior : array-like of shape (n_images, height, width, n_classes)
        Probabilities of each pixel's labels.
    maps : array-like of shape (n_images, height, width)
        True labels: numbers of columns of the posterior. One that is no column has
        probability 0.
    floor : float, default=1e-30
        Least probability.
    ignored : int, default=255
        Label of pixels that have none.

    Returns
    -------
    loss : ndarray of shape (n_images, height, width)
        In nats, 0 or more. 0 where the probability is 1, and of ignored pixels.

    Raises
    ------
    ValueError
        Shapes do not fit, probabilities lie outside [0, 1], or labels are no numbers of
        columns.

    References
    ----------
    Y. He, S. Rahimian, B. Schiele, M. Fritz, "Segmentations-Leak: Membership Inference
    Attacks and Defenses in Semantic Image Segmentation", ECCV 2020. arXiv:1912.09685.

    Examples
    --------
    >>> from skmia.tasks import structured_loss_map
    >>> structured_loss_map([[[[1.0, 0.0], [0.5, 0.5]]]], [[[0, 255]]])
    array([[[0., 0.]]])
    """
    P, maps = np.asarray(posterior), np.asarray(maps)
    if P.ndim != 4 or P.shape[:-1] != maps.shape:
        wanted = f"a probability of each label for every pixel of maps {maps.shape}"
        raise ValueError(shape_error("predict_proba of a segmenter", wanted, P))
    if not (P.min(initial=0) >= -TOLERANCE and P.max(initial=1) <= 1 + TOLERANCE):
        raise ValueError(
            "The predict_proba of a segmenter must give probabilities, from 0 to 1. "
            f"Got values from {P.min():.3g} to {P.max():.3g}."
        )
    labels = labels_in(maps, ignored)
    known = (labels < P.shape[-1]) & (labels != ignored)
    at = np.where(known, labels, 0)[..., None]
    true = np.where(known, np.take_along_axis(P, at, axis=-1)[..., 0], 0)
    true = np.where(labels == ignored, 1, true)
    return 0 - np.log(np.clip(true, floor, 1, dtype=float))  # no negative zeros


def maps_of(X):
    """Label maps of records."""
    X = np.asarray(X)
    if X.ndim != 4 or X.shape[-1] < 2:
        raise ValueError(
            "Records of a segmenter must be images with their label maps as the last "
            "channel: an array of shape (n_images, height, width, n_channels + 1). Got "
            f"{X.shape}."
        )
    return X[..., -1]


def labels_in(maps, ignored=IGNORED):
    """Label maps as integers, if they hold labels.

    Raises
    ------
    ValueError
        They hold something else than whole numbers from 0 on.
    """
    with np.errstate(invalid="ignore"):  # nan is no integer
        labels = maps.astype(int)
    strange = (labels != maps) | (labels < 0)
    if strange.any():
        raise ValueError(
            "Label maps, the last channel of records of a segmenter, must hold numbers "
            f"of classes, from 0 on, and {ignored} where a pixel has none. Got "
            f"{np.unique(maps[strange])[:5].tolist()} in {strange.sum()} pixels."
        )
    return labels


def borders(maps):
    """Pixels beside one of another label.

    Parameters
    ----------
    maps : ndarray of shape (n_images, height, width)

    Returns
    -------
    beside : ndarray of bool of shape (n_images, height, width)
    """
    beside = np.zeros(maps.shape, dtype=bool)
    for axis in (1, 2):
        near, far = (
            (slice(None),) * axis + (part,) for part in (slice(-1), slice(1, None))
        )
        differs = maps[near] != maps[far]
        beside[near] |= differs
        beside[far] |= differs
    return beside


def n_labels_of(X, ignored):
    """How many classes label maps tell of."""
    maps = maps_of(X)
    return int(maps.max(where=maps != ignored, initial=0)) + 1


def columns_of_summaries(signal):
    """Names of the summaries of a structured loss map."""
    quantiles = (f"q{100 * q:.0f}" for q in _QUANTILES)
    classes = (f"class_{c}" for c in range(signal.params["n_classes"]))
    names = ("mean", *quantiles, "top", "boundary", *classes)
    return [f"{signal.name}_{name}" for name in names]


def _summary(loss, labels, counted, beside, top, n_classes):
    """Of one image; a part that it lacks is as the whole of it."""
    if not counted.any():
        return np.zeros(len(_QUANTILES) + 3 + n_classes)
    whole = np.sort(loss[counted])
    mean, n_top = whole.mean(), max(1, round(top * len(whole)))
    parts = (beside, *(labels == c for c in range(n_classes)))
    means = (
        loss[counted & part].mean() if (counted & part).any() else mean
        for part in parts
    )
    quantiles = np.quantile(whole, _QUANTILES)
    return np.array([mean, *quantiles, whole[-n_top:].mean(), *means])
