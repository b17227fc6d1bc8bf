"""What classifiers trained with differential privacy share: input, output, noise."""

from abc import ABCMeta, abstractmethod
from numbers import Real

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.defenses._declared import declared_classes
from skmia.utils._labels import encode_labels
from skmia.utils._random import secret_random_state
from skmia.utils._sklearn import Interval, _fit_context


class PrivateClassifier(ClassifierMixin, BaseEstimator, metaclass=ABCMeta):
    """A classifier whose parameters are released with differential privacy.

    Subclasses implement ``_train(X, codes, classes, rng)``, which returns the fitted
    attributes, and ``_posterior(X)``. Two data sets are neighbours where one record,
    features and label, is replaced by another: the number of records is public.
    """

    _parameter_constraints: dict = {
        "epsilon": [Interval(Real, 0, None, closed="neither")],
        "classes": ["array-like", None],
        "random_state": ["random_state"],
    }

    @abstractmethod
    def _train(self, X, codes, classes, rng):
        """Fitted attributes by name; nothing is set on the way."""

    @abstractmethod
    def _posterior(self, X):
        """Rows that sum to 1, from validated records."""

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y):
        """Train with differential privacy.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records, as the inner classifier takes them.
        y : array-like of shape (n_samples,)
            Class labels of any type.

        Returns
        -------
        self : object
        """
        # Validation leaves names and number of features on the estimator: on another
        # one, so that a fit that fails later leaves nothing half-fitted behind.
        checked = clone(self)
        X, y = validate_data(checked, X, y, dtype=np.float64)
        check_classification_targets(y)
        classes = declared_classes(self.classes, y, type(self).__name__)
        codes = encode_labels(y, classes)
        rng = secret_random_state(self.random_state)
        learned = {
            "classes_": classes,
            "epsilon_": float(self.epsilon),
            "delta_": 0.0,
            **self._train(X, codes, classes, rng),
        }
        seen = {name: x for name, x in vars(checked).items() if name.endswith("_in_")}
        vars(self).pop("feature_names_in_", None)
        vars(self).update(seen | learned)
        return self

    def predict_proba(self, X):
        """Released posterior.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        posterior : ndarray of shape (n_samples, n_classes)
            Rows sum to 1; columns are in the order of `classes_`.
        """
        check_is_fitted(self)
        return self._posterior(validate_data(self, X, dtype=np.float64, reset=False))

    def predict(self, X):
        """Label of the largest released entry; of equal ones the first class.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
        """
        check_is_fitted(self)
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # at a small epsilon, by design
        return tags


def geometric_noise(rng, scale, size):
    """Integers with probability proportional to ``exp(-abs(z) / scale)``, as floats.

    The Laplace mechanism for counts. A real exponential rounded down is geometric, and
    stays so at scales at which numpy's own sampler overflows its integers: there all
    draws would be equal, and their difference no noise at all.
    """
    one, other = np.floor(rng.exponential(scale, size=(2, *size)))
    return one - other
