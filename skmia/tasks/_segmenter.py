"""A segmenter of any classifier of pixels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils.validation import check_is_fitted

from skmia.signals._segmentation import IGNORED, labels_in, maps_of, n_labels_of
from skmia.utils._sklearn import COUNT, HasMethods, _fit_context
from skmia.utils._typing import Classifier


def pixel_patches(images: ArrayLike, radius: int = 1) -> np.ndarray:
    """What surrounds each pixel: the square patch around it.

    .. versionadded:: 0.2

    Parameters
    ----------
    images : array-like of shape (n_images, height, width, n_channels)
        Images; at their edges the outermost pixel is repeated.
    radius : int, default=1
        Pixels on each side of the middle one.

    Returns
    -------
    features : ndarray of shape (n_images, height, width, n_features)
        ``n_channels * (2 * radius + 1) ** 2`` numbers for each pixel.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.tasks import pixel_patches
    >>> pixel_patches(np.zeros((2, 8, 8, 3))).shape
    (2, 8, 8, 27)
    """
    edges = [(0, 0), (radius, radius), (radius, radius), (0, 0)]
    padded, size = np.pad(images, edges, mode="edge"), 2 * radius + 1
    patches = np.lib.stride_tricks.sliding_window_view(padded, (size, size), (1, 2))
    return patches.reshape(*np.shape(images)[:3], -1)


class SegmentsImages:
    """What segmenters share: label maps, and tags of records that are images."""

    predict_proba: Callable[..., np.ndarray]

    def predict(self, X: ArrayLike) -> NDArray[np.int_]:
        """Label maps, the most probable of what is released.

        Parameters
        ----------
        X : array-like of shape (n_images, height, width, n_channels + 1)
            Records; their last channel is not looked at.

        Returns
        -------
        maps : ndarray of int of shape (n_images, height, width)
        """
        return self.predict_proba(X).argmax(axis=-1)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.estimator_type = "segmenter"
        tags.input_tags.two_d_array = False
        tags.no_validation = True
        return tags


class Segmenter(SegmentsImages, MetaEstimatorMixin, BaseEstimator):
    """Segment images by a classifier that sees each pixel with what surrounds it.

    A target for audits and games, which learns from records alone: a record is an image
    with its label map as the last channel.

    .. versionadded:: 0.2

    Parameters
    ----------
    pixel_classifier : classifier
        Classifies pixels by their features. Where `features` is None it segments by
        itself: ``fit(images, maps)`` and ``predict_proba(images)``, of the shapes
        (n_images, height, width, n_channels), the same without channels, and with
        `n_classes` in their place.
    features : callable or None, default=pixel_patches
        From images to features of their pixels, (n_images, height, width, n_features).
        ``functools.partial(pixel_patches, radius=2)`` sees more.
    n_classes : int, default=None
        Labels of pixels, 0 to ``n_classes - 1``; None: as far as they occur in ``fit``.
        Give it where a class is rare: a model that has not seen the last one gives
        it no probability at all.

    Attributes
    ----------
    n_classes_ : int
        Number of labels.
    pixel_classifier_ : classifier
        Fitted.

    See Also
    --------
    MaskedSegmenter : The same, which releases less.
    structured_loss_map : What it errs at each pixel.

    Notes
    -----
    Pixels of label 255 have none, and are not trained on. Of a record the last channel
    is looked at in ``fit`` alone.

    A segmenter of your own is a target if its ``fit(X)`` and ``predict_proba(X)`` take
    such records and its tags say ``estimator_type = "segmenter"``; docs/media.md has
    one.

    References
    ----------
    Y. He, S. Rahimian, B. Schiele, M. Fritz, "Segmentations-Leak: Membership Inference
    Attacks and Defenses in Semantic Image Segmentation", ECCV 2020. arXiv:1912.09685.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia.tasks import Segmenter
    >>> digits = load_digits()
    >>> ink = digits.images > 8
    >>> X = np.stack([digits.images, ink * (1 + digits.target[:, None, None])], axis=-1)
    >>> model = Segmenter(DecisionTreeClassifier(random_state=0)).fit(X[:200])
    >>> model.predict_proba(X[200:203]).shape
    (3, 8, 8, 11)
    """

    _parameter_constraints: dict = {
        "pixel_classifier": [HasMethods(["fit", "predict_proba"])],
        "features": [callable, None],
        "n_classes": [COUNT, None],
    }

    def __init__(
        self,
        pixel_classifier: Classifier,
        *,
        features: Callable[..., Any] | None = pixel_patches,
        n_classes: int | None = None,
    ) -> None:
        self.pixel_classifier = pixel_classifier
        self.features = features
        self.n_classes = n_classes

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike, y: None = None) -> Self:
        """Train the classifier on all pixels that have a label.

        Parameters
        ----------
        X : array-like of shape (n_images, height, width, n_channels + 1)
            Images, and their label maps as the last channel.
        y : None
            Ignored.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            Label maps hold something else than whole numbers from 0 on, or more labels
            than `n_classes`.
        """
        maps = labels_in(maps_of(X))
        n_classes = n_labels_of(X, IGNORED)
        if self.n_classes is not None:
            if n_classes > self.n_classes:
                raise ValueError(
                    "The 'n_classes' parameter of Segmenter must be as many as the "
                    f"label maps tell of, {n_classes}. Got {self.n_classes}."
                )
            n_classes = self.n_classes
        images, model = images_of(X), clone(self.pixel_classifier)
        if self.features is None:
            model.fit(images, maps)
        else:
            labelled = maps != IGNORED
            model.fit(self.features(images)[labelled], maps[labelled])
        self.n_classes_, self.pixel_classifier_ = n_classes, model
        return self

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """Probabilities of the labels of each pixel.

        Parameters
        ----------
        X : array-like of shape (n_images, height, width, n_channels + 1)
            Records; their last channel is not looked at.

        Returns
        -------
        posterior : ndarray of shape (n_images, height, width, n_classes)
            0 for labels that were never seen.
        """
        check_is_fitted(self)
        images, model = images_of(X), self.pixel_classifier_
        if self.features is None:
            return np.asarray(model.predict_proba(images))
        features = self.features(images)
        seen = model.predict_proba(features.reshape(-1, features.shape[-1]))
        posterior = np.zeros((len(seen), self.n_classes_))
        posterior[:, model.classes_] = seen
        return posterior.reshape(*features.shape[:3], -1)


def images_of(X):
    """Images of records, without their label maps."""
    maps_of(X)
    return np.asarray(X)[..., :-1]
