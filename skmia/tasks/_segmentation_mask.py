"""What a segmenter releases, coarser."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils.validation import check_is_fitted

from skmia.tasks._segmenter import SegmentsImages, images_of
from skmia.utils._record_keys import coarse_keys
from skmia.utils._record_noise import record_uniforms
from skmia.utils._secret_stream import secret_key
from skmia.utils._sklearn import NOT_NEGATIVE, HasMethods, StrOptions, _fit_context
from skmia.utils._typing import Estimator, RandomStateLike

_LEAST = 1e-6


class MaskedSegmenter(SegmentsImages, MetaEstimatorMixin, BaseEstimator):
    """Release labels alone, or posteriors with noise.

    .. versionadded:: 0.2

    Parameters
    ----------
    segmenter : segmenter
        Such as :class:`Segmenter`.
    mask : {"argmax", "gaussian"}, default="argmax"
        "argmax": the label of each pixel, with probability 1. "gaussian": noise on each
        probability, which then is 1e-6 at least, and each pixel's sum to 1.
    scale : float, default=0.1
        Standard deviation of the noise.
    random_state : int, RandomState instance or None, default=None
        Of the noise; None: of the operating system, which nobody can compute again.

    Attributes
    ----------
    segmenter_ : segmenter
        Fitted.

    See Also
    --------
    skmia.defenses.NoisyPosterior : The same of classifiers.

    Notes
    -----
    The same image has the same noise, or it would average out over many queries. No
    guarantee: an image has many pixels, and their mean is hardly touched by noise.

    References
    ----------
    Y. He, S. Rahimian, B. Schiele, M. Fritz, "Segmentations-Leak: Membership Inference
    Attacks and Defenses in Semantic Image Segmentation", ECCV 2020. arXiv:1912.09685.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.tasks import MaskedSegmenter, Segmenter
    >>> X = np.random.RandomState(0).randint(2, size=(5, 4, 4, 2))
    >>> model = MaskedSegmenter(Segmenter(GaussianNB())).fit(X)
    >>> np.unique(model.predict_proba(X))
    array([0., 1.])
    """

    _parameter_constraints: dict = {
        "segmenter": [HasMethods(["fit", "predict_proba"])],
        "mask": [StrOptions({"argmax", "gaussian"})],
        "scale": [NOT_NEGATIVE],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        segmenter: Estimator,
        *,
        mask: Literal["argmax", "gaussian"] = "argmax",
        scale: float = 0.1,
        random_state: RandomStateLike = None,
    ) -> None:
        self.segmenter = segmenter
        self.mask = mask
        self.scale = scale
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike, y: None = None) -> Self:
        """Fit the segmenter.

        Parameters
        ----------
        X : array-like of shape (n_images, height, width, n_channels + 1)
            Images, and their label maps as the last channel.
        y : None
            Ignored.

        Returns
        -------
        self : object
        """
        self._secret = secret_key(self.random_state)
        self.segmenter_ = clone(self.segmenter).fit(X)
        return self

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """What is released of the probabilities of each pixel's labels.

        Parameters
        ----------
        X : array-like of shape (n_images, height, width, n_channels + 1)
            Records; their last channel is not looked at.

        Returns
        -------
        posterior : ndarray of shape (n_images, height, width, n_classes)
        """
        check_is_fitted(self)
        P = np.asarray(self.segmenter_.predict_proba(X))
        if self.mask == "argmax":
            return np.eye(P.shape[-1])[P.argmax(axis=-1)]
        keys = coarse_keys(images_of(X).reshape(len(P), -1))
        uniforms = record_uniforms(keys, int(np.prod(P.shape[1:])), self._secret)
        noisy = P + self.scale * norm.ppf(uniforms).reshape(P.shape)
        noisy = np.maximum(noisy, _LEAST)
        return noisy / noisy.sum(axis=-1, keepdims=True)
