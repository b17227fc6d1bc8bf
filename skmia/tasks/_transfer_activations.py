"""What a network makes of records: the lower part that a student is given."""

from __future__ import annotations

from numbers import Integral
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    MetaEstimatorMixin,
    TransformerMixin,
    clone,
)
from sklearn.frozen import FrozenEstimator
from sklearn.utils import check_array, get_tags
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.signals._input_gradients import differentiable
from skmia.utils._inside import into_last_step
from skmia.utils._kinds import name_of
from skmia.utils._sklearn import HasMethods, _fit_context
from skmia.utils._typing import Estimator, MatrixLike


class HiddenActivations(
    ClassNamePrefixFeaturesOutMixin, TransformerMixin, MetaEstimatorMixin, BaseEstimator
):
    """Activations of a hidden layer of a network, as a transformer.

    Behind it any classifier is a student that was given the lower layers of its
    teacher. With a :class:`~sklearn.frozen.FrozenEstimator` around the teacher they
    stay as they are, which is how students are trained; without, a teacher of its own
    is fitted to the student's records.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : estimator
        The teacher: a perceptron of scikit-learn, a network of skmia or skorch, or a
        pipeline that ends in one.
    layer : int, default=-1
        Which hidden layer, 0 for the lowest, -1 for the highest.

    Attributes
    ----------
    estimator_ : estimator
        The fitted teacher.
    n_features_in_ : int
        Number of features seen by the teacher.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the teacher was given names.

    See Also
    --------
    TaughtStudent : Teacher and student as one model, to attack the teacher's records.

    Notes
    -----
    Level: records. Activations of a network of torch are those that its next layer is
    given, after dropout and other layers without parameters.

    References
    ----------
    Y. Zou, Z. Zhang, M. Backes, Y. Zhang, "Privacy Analysis of Deep Learning in the
    Wild: Membership Inference Attacks against Transfer Learning", 2020,
    :arxiv:`2009.04872`.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.frozen import FrozenEstimator
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.neural_network import MLPClassifier
    >>> from sklearn.pipeline import make_pipeline
    >>> from skmia.tasks import HiddenActivations
    >>> X, y = load_digits(return_X_y=True)
    >>> teacher = MLPClassifier((32,), max_iter=20, random_state=0, tol=1)
    >>> low, high = y < 5, y >= 5
    >>> frozen = FrozenEstimator(teacher.fit(X[low], y[low]))
    >>> head = LogisticRegression(C=0.01, max_iter=2000)
    >>> student = make_pipeline(HiddenActivations(frozen), head)
    >>> bool(student.fit(X[high], y[high]).score(X[high], y[high]) > 0.9)
    True
    """

    _parameter_constraints: dict = {
        "estimator": [HasMethods(["fit"])],
        "layer": [Integral],
    }

    def __init__(self, estimator: Estimator, *, layer: int = -1) -> None:
        self.estimator = estimator
        self.layer = layer

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: MatrixLike, y: ArrayLike) -> Self:
        """Fit a clone of the teacher; a frozen one is taken as it is.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records, as the teacher takes them.
        y : array-like of shape (n_samples,)
            Their labels.

        Returns
        -------
        self : object

        Raises
        ------
        TypeError
            The teacher is no network whose layers are known.
        ValueError
            It has no such layer.
        """
        self.estimator_ = clone(self.estimator).fit(X, y)
        self._n_features_out = self.transform(X).shape[1]
        return self

    def transform(self, X: MatrixLike) -> np.ndarray:
        """Activations of records.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records, as the teacher takes them.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_units)
        """
        check_is_fitted(self, "estimator_")
        if hasattr(X, "iloc"):  # steps before the network take columns as they are
            validate_data(self, X, reset=False, skip_check_array=True)
        else:
            X = validate_data(
                self,
                X,
                reset=False,
                accept_sparse=True,
                dtype=None,
                ensure_all_finite=False,
            )
        network, given = into_last_step(_thawed(self.estimator_), X)
        hidden = getattr(differentiable(network), "hidden", None)
        if hidden is None:
            raise TypeError(
                "The 'estimator' parameter of HiddenActivations must be a network "
                "whose layers are known, such as an MLPClassifier, or end in one. Got "
                f"a {name_of(network)}."
            )
        layers = hidden(check_array(given, accept_sparse="csr", dtype=float))
        if not -len(layers) <= self.layer < len(layers):
            raise ValueError(
                "The 'layer' parameter of HiddenActivations must be one of the "
                f"{len(layers)} hidden layers of the {name_of(network)}, counted from "
                f"0. Got {self.layer}."
            )
        return layers[self.layer]

    @property
    def n_features_in_(self) -> int:
        """Number of features seen by the teacher."""
        return self.estimator_.n_features_in_

    @property
    def feature_names_in_(self) -> np.ndarray:
        """Names of the features, where the teacher was given names."""
        return self.estimator_.feature_names_in_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        inner = get_tags(self.estimator)
        tags.input_tags = inner.input_tags
        tags.target_tags.required = True
        tags.non_deterministic = inner.non_deterministic
        return tags


def _thawed(model):
    """What is inside a frozen model; any other is itself."""
    return model.estimator if isinstance(model, FrozenEstimator) else model
