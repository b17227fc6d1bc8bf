"""Shadow data from elsewhere."""

from __future__ import annotations

import warnings
from numbers import Integral
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.utils import _safe_indexing, check_random_state, check_scalar
from sklearn.utils.validation import check_is_fitted

from skmia.generators._asking import Questions
from skmia.utils._random import draw_rows, draw_seeds
from skmia.utils._records import check_labelled
from skmia.utils._sklearn import _fit_context
from skmia.utils._typing import FittedClassifier, MatrixLike, RandomStateLike, Records


class OtherRecords(BaseEstimator):
    """Records of another data set, as they are.

    What members look like carries over from one data set to another where the attack
    sees no class in particular: the largest probabilities, the loss, the entropy. As
    the `shadow_data` of a :class:`~skmia.MembershipGame` this makes the data set that
    the adversary trains on one more parameter to search over.

    Parameters
    ----------
    records : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
        Features, of any kind and number.
    labels : array-like of shape (n_records,)
        Class labels.
    random_state : int, RandomState instance or None, default=None
        Seed of the choice among the records.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        Class labels of the records.

    See Also
    --------
    NoisyRecords : Records of the population itself, with errors.

    Notes
    -----
    Level: records. Threat model: the adversary knows nothing about the victim's
    population and asks nothing. What `fit` is given is not used. With signals that do
    not depend on the classes (``"top_posterior"``, say) the two data sets may differ
    in features and classes.

    References
    ----------
    A. Salem et al., "ML-Leaks: Model and Data Independent Membership Inference Attacks
    and Defenses on Machine Learning Models", NDSS 2019, adversary 2.
    :arxiv:`1806.01246`

    Examples
    --------
    Trees tell members of breast cancer data by what trees say about wine:

    >>> from sklearn.datasets import load_breast_cancer, load_wine
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import MembershipGame
    >>> from skmia.generators import OtherRecords
    >>> game = MembershipGame(
    ...     DecisionTreeClassifier(),
    ...     signals=["loss"],
    ...     shadow_data=OtherRecords(*load_wine(return_X_y=True)),
    ...     shadow_size=178,
    ...     random_state=0,
    ... )
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> game.fit(X[:200], y[:200]).score(X[200:], y[200:]) > 0.51
    True
    """

    _parameter_constraints = {
        "records": ["array-like", "sparse matrix"],
        "labels": ["array-like"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        records: MatrixLike,
        labels: ArrayLike,
        *,
        random_state: RandomStateLike = None,
    ) -> None:
        self.records = records
        self.labels = labels
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: Any = None, y: Any = None) -> Self:
        """Check the records.

        Parameters
        ----------
        X : object, default=None
            Not used: what is known of the victim's population.
        y : object, default=None
            Not used.

        Returns
        -------
        self : object
        """
        _, y = check_labelled(self.records, self.labels)
        self.classes_ = np.unique(y)
        self._seed = draw_seeds(check_random_state(self.random_state))
        return self

    def sample(
        self, n_samples: int, target: FittedClassifier | None = None
    ) -> tuple[Records, np.ndarray]:
        """Choose records, with all labels in their proportion.

        Parameters
        ----------
        n_samples : int
            Records wanted.
        target : fitted classifier or BlackBox, default=None
            Whom to ask for the labels. None: those of the records.

        Returns
        -------
        X : {ndarray, sparse matrix, DataFrame} of shape (n_found, n_features)
            Different records, in their order. The same call gives the same ones.
        y : ndarray of shape (n_found,)
            Their labels.
        """
        check_is_fitted(self)
        check_scalar(n_samples, "n_samples", Integral, min_val=1)
        X, y = check_labelled(self.records, self.labels)
        if n_samples < len(y):
            rows = draw_rows(y, n_samples, self._seed)
            X, y = _safe_indexing(X, rows), y[rows]
        elif n_samples > len(y):
            warnings.warn(
                f"OtherRecords has {len(y)} of {n_samples} records.",
                UserWarning,
                stacklevel=2,
            )
        if target is None:
            return X, y
        answer = Questions(target).labels(X)
        if len(answer) < len(y):
            message = f"The target answers about {len(answer)} of {len(y)} records."
            if not len(answer):
                raise ValueError(message)
            warnings.warn(message, UserWarning, stacklevel=2)
            X = _safe_indexing(X, np.arange(len(answer)))
        return X, answer

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.no_validation = tags.input_tags.sparse = tags.input_tags.allow_nan = True
        return tags
