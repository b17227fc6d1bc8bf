"""A model that encodes as vectors, seen by how alike the vectors of a record are."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from numbers import Integral
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.preprocessing import normalize
from sklearn.utils import _safe_indexing, check_random_state, gen_batches

from skmia.tasks._wrapped import check_there, trains
from skmia.utils._record_keys import coarse_keys
from skmia.utils._records import concatenate, n_records
from skmia.utils._sklearn import (
    HasMethods,
    Interval,
    InvalidParameterError,
    _fit_context,
    available_if,
)
from skmia.utils._typing import Estimator, FittedModel

# So many records are encoded at once.
_BATCH = 512
_DIGITS = 12


class Encoder(MetaEstimatorMixin, BaseEstimator):
    """A model that encodes: an embedding of words or sentences, an encoder of images.

    A target for audits and games, which learns from records alone. What belongs
    together in a record is more alike where the record was trained on: the words of a
    window, two sentences that follow each other, or views of one image.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : estimator
        ``fit(X)`` takes records, ``transform`` returns a vector for each record or, of
        records that are rows of items, for each item of a list. A clone is fitted.
    augment : callable, default=None
        ``augment(X, random_state)`` returns a view of each record of `X`. None: a
        record is a row of items, the words of a window or a pair of sentences, and
        these are compared.
    n_views : int, default=10
        Views of a record that are compared.

    Attributes
    ----------
    estimator_ : estimator
        The fitted clone, or the model given to :meth:`of`.

    See Also
    --------
    skmia.targets.Autoencoder : What decodes again.
    frequency_bands : Rare words are where embeddings leak.

    Notes
    -----
    Threat model: the attacker encodes what they like. Views are drawn by the content of
    the record: the same for every model that is asked. ``similarities`` counts as one
    query of a record, whatever the number of views.

    References
    ----------
    C. Song, A. Raghunathan, "Information Leakage in Embedding Models", ACM CCS 2020,
    arXiv:2004.00053. H. Liu et al., "EncoderMI: Membership Inference against
    Pre-trained Encoders in Contrastive Learning", ACM CCS 2021, arXiv:2108.11023.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.decomposition import PCA
    >>> from skmia.tasks import Encoder
    >>> def noisy(X, random_state):
    ...     return X + 0.1 * random_state.normal(size=X.shape)
    >>> X = np.random.RandomState(0).normal(size=(30, 4))
    >>> model = Encoder(PCA(2), augment=noisy, n_views=3).fit(X)
    >>> model.similarities(X).shape
    (30, 3)
    """

    _parameter_constraints: dict = {
        "estimator": [HasMethods(["fit", "transform"])],
        "augment": [callable, None],
        "n_views": [Interval(Integral, 2, None, closed="left")],
    }

    def __init__(
        self,
        estimator: Estimator,
        *,
        augment: Callable[..., Any] | None = None,
        n_views: int = 10,
    ) -> None:
        self.estimator = estimator
        self.augment = augment
        self.n_views = n_views

    @classmethod
    def of(
        cls,
        model: FittedModel,
        *,
        augment: Callable[..., Any] | None = None,
        n_views: int = 10,
    ) -> Encoder:
        """A model that is there already, an object with ``transform`` or a function.

        Parameters
        ----------
        model : object or callable
            Has ``transform``, or is that function.
        augment : callable, default=None
            As for the class.
        n_views : int, default=10
            As for the class.

        Returns
        -------
        encoder : Encoder
            It is fitted. What has no ``fit`` cannot be trained again: an audit needs
            the adversary's own as `shadow_estimator` then.

        Raises
        ------
        ValueError
            The model encodes nothing.
        """
        if not (hasattr(model, "transform") or callable(model)):
            raise InvalidParameterError(
                "The 'model' parameter of Encoder.of must have transform, or be that "
                f"function. Got {model!r}."
            )
        encoder = cls(model, augment=augment, n_views=n_views)
        encoder.estimator_ = model
        return encoder

    @available_if(trains)
    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike, y: object = None) -> Self:
        """Fit a clone of the estimator to records.

        Parameters
        ----------
        X : array-like of length n_records
            Records.
        y : ignored
            There are no labels.

        Returns
        -------
        self : object
        """
        self.estimator_ = clone(self.estimator).fit(X)
        return self

    def encode(self, X: ArrayLike) -> np.ndarray:
        """Vectors of records.

        Parameters
        ----------
        X : array-like of length n_records
            Records.

        Returns
        -------
        vectors : ndarray of shape (n_records, n_components)
            Of a record that is a row of items their mean.
        """
        check_there(self)
        if self.augment is not None:
            return _vectors(self.estimator_, X)
        items = _items(X)
        vectors = _vectors(self.estimator_, items.ravel())
        return vectors.reshape(*items.shape, -1).mean(axis=1)

    def similarities(self, X: ArrayLike) -> np.ndarray:
        """Cosines between the views, or the items, of each record, in ascending order.

        Parameters
        ----------
        X : array-like of length n_records
            Records.

        Returns
        -------
        similarities : ndarray of shape (n_records, n_pairs)
            From -1 to 1; 0 of a vector of zeros. Pairs of equal items tell nothing and
            count as the mean of the others, 0 where there are none.

        Raises
        ------
        ValueError
            There are no records, or items of theirs are missing.
        """
        check_there(self)
        if not n_records(X):
            raise ValueError("Encoder compares parts of records. Got no record.")
        alike = _of_views if self.augment is not None else _of_items
        batches = [
            alike(self, _safe_indexing(X, np.arange(n_records(X))[batch]))
            for batch in gen_batches(n_records(X), _BATCH)
        ]
        return np.sort(np.concatenate(batches), axis=1)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.estimator_type = "encoder"
        tags.input_tags.two_d_array = False
        return tags


def _of_views(encoder, X):
    views = [
        encoder.augment(_safe_indexing(X, [row] * encoder.n_views), _own_stream(key))
        for row, key in enumerate(coarse_keys(X))
    ]
    for view in views:
        _check_view(view, encoder.n_views)
    return _cosines(_vectors(encoder.estimator_, concatenate(views)), len(views))


def _check_view(view, n_views):
    """As many rows as were asked for, or records would get the views of others."""
    is_one = not issparse(view) and np.ndim(view) < 1
    if is_one or n_records(view) != n_views:
        got = f"a {type(view).__name__}" if is_one else f"{n_records(view)}"
        raise ValueError(
            "The 'augment' parameter of Encoder must return a view of each record that "
            f"it is given, here {n_views}. Got {got}."
        )


def _own_stream(key):
    """Randomness of a record: the same whoever is asked, in any company."""
    word = hashlib.blake2b(key, digest_size=4).digest()
    return check_random_state(int.from_bytes(word, "little"))


def _of_items(encoder, X):
    items = _items(X)
    cosines = _cosines(_vectors(encoder.estimator_, items.ravel()), len(items))
    one, other = np.triu_indices(items.shape[1], 1)
    different = items[:, one] != items[:, other]
    n_different = np.maximum(different.sum(axis=1, keepdims=True), 1)
    mean = (cosines * different).sum(axis=1, keepdims=True) / n_different
    return np.where(different, cosines, mean)


def _items(X):
    items = np.asarray(X)
    if items.ndim != 2 or items.shape[1] < 2:
        raise ValueError(
            "Without augment the records of Encoder must be rows of two items or more, "
            f"words or sentences. Got an array of shape {items.shape}."
        )
    missing = pd.isna(items).any(axis=1)
    if missing.any():
        raise ValueError(
            "Without augment the records of Encoder must miss no item. "
            f"{missing.sum()} do, the first is record {missing.argmax()}: leave them "
            "out, or give what stands for a missing item."
        )
    return items


def _vectors(estimator, X):
    """What the model makes of each of some inputs."""
    vectors = getattr(estimator, "transform", estimator)(X)
    vectors = vectors.toarray() if issparse(vectors) else np.asarray(vectors, float)
    if vectors.ndim != 2 or len(vectors) != n_records(X):
        raise ValueError(
            f"transform of {type(estimator).__name__} must give a vector for each of "
            f"{n_records(X)} inputs. Got an array of shape {vectors.shape}."
        )
    return vectors


def _cosines(vectors, n):
    """Of all pairs of the vectors of each of n records."""
    vectors = normalize(vectors).reshape(n, -1, vectors.shape[1])
    one, other = np.triu_indices(vectors.shape[1], 1)
    products = vectors @ vectors.transpose(0, 2, 1)
    # What differs by rounding alone is equal.
    return np.clip(products[:, one, other], -1, 1).round(_DIGITS)
