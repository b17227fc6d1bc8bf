"""What estimators with differential privacy share: input, output, noise, who pays."""

from __future__ import annotations

import warnings
from abc import ABCMeta, abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.defenses.private._declared import declared_classes
from skmia.defenses.private._privacy_accountant import PrivacyAccountant
from skmia.exceptions import PrivacyLeakWarning
from skmia.utils._fitting import set_fitted
from skmia.utils._labels import encode_labels
from skmia.utils._secret_stream import secret_key
from skmia.utils._sklearn import POSITIVE, _fit_context
from skmia.utils._typing import MatrixLike
from skmia.utils._weights import refuse_fit_params


def open_key(name, random_state, accountant, epsilon, delta=0.0):
    """Key of the noise, once it is paid for; nothing was drawn before.

    Parameters
    ----------
    name : str
        Whose noise it is, for the ledger and the warning.
    random_state : int, RandomState instance or None
        None, or there is a warning.
    accountant : PrivacyAccountant or None
    epsilon, delta : float
        For one record that is replaced.

    Returns
    -------
    key : bytes of length 32
    """
    if random_state is not None:
        warnings.warn(
            f"The noise of {name} comes from the random_state it was given, by "
            "you or by an ensemble of scikit-learn around it (bagging, AdaBoost "
            "fill it): who knows or guesses that takes the noise away, and two "
            "fits with the same one cancel it. The guarantee needs "
            "random_state=None.",
            PrivacyLeakWarning,
            stacklevel=3,
        )
    if accountant is not None:
        accountant.spend(epsilon, delta, what=name)
    return secret_key(random_state)


class SecretNoise:
    """What every estimator has whose noise a proof relies on."""

    # `set_random_states` leaves the None of such an estimator alone.
    _draws_secret_noise = True

    _parameter_constraints: dict = {
        "accountant": [PrivacyAccountant, None],
        "random_state": ["random_state"],
    }

    def _open_key(self, epsilon, delta=0.0):
        """Key of the noise, once it is paid for; nothing was drawn before."""
        name = type(self).__name__
        return open_key(name, self.random_state, self.accountant, epsilon, delta)

    def _checked(self, fit_params, X, y, **how):
        """Another one with names and number of the features, and records that count.

        Validation leaves these on an estimator: a fit that fails later must leave
        nothing half-fitted behind.
        """
        refuse_fit_params(self, fit_params, "the noise is for records that count once")
        checked = clone(self)
        # The sum by which scikit-learn looks for values that are not finite may
        # overflow for some records: a warning would tell.
        with np.errstate(over="ignore", invalid="ignore"):
            return checked, *validate_data(checked, X, y, dtype=np.float64, **how)

    def _spend(self, train, *given):
        """Fitted attributes of a training, whose noise is paid for before."""
        delta = getattr(self, "delta", 0.0)
        key = self._open_key(self.epsilon, delta)
        spent = {"epsilon_": float(self.epsilon), "delta_": float(delta)}
        return spent | train(*given, key)


class PrivateClassifier(SecretNoise, ClassifierMixin, BaseEstimator, metaclass=ABCMeta):
    """A classifier whose parameters are released with differential privacy.

    Subclasses implement ``_declare(n_features, classes)``, what they need besides the
    data; ``_train(X, codes, classes, declared, key)``, which returns the fitted
    attributes; and ``_posterior(X)``. Two data sets are neighbours where one record,
    features and label, is replaced by another: the number of records is public.
    """

    _parameter_constraints: dict = {
        **SecretNoise._parameter_constraints,
        "epsilon": [POSITIVE],
        "classes": ["array-like", None],
    }

    @abstractmethod
    def _declare(self, n_features, classes):
        """What was declared, checked; an error here costs nothing."""

    @abstractmethod
    def _train(self, X, codes, classes, declared, key):
        """Fitted attributes by name; nothing is set on the way."""

    @abstractmethod
    def _posterior(self, X):
        """Rows that sum to 1, from validated records."""

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: MatrixLike, y: ArrayLike, **fit_params: Any) -> Self:
        """Train with differential privacy.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records, as the inner classifier takes them.
        y : array-like of shape (n_samples,)
            Class labels of any type.
        **fit_params : dict
            Empty: ``sample_weight`` is a TypeError, since the noise is made for records
            that count once.

        Returns
        -------
        self : object
        """
        checked, X, y = self._checked(fit_params, X, y)
        if self.classes is None:
            # Declared labels are classes, whatever they look like among these records.
            check_classification_targets(y)
        classes = declared_classes(self.classes, y, type(self).__name__)
        codes = encode_labels(y, classes)
        declared = self._declare(X.shape[1], classes)
        learned = {
            "classes_": classes,
            **self._spend(self._train, X, codes, classes, declared),
        }
        set_fitted(self, checked, learned)
        return self

    def predict_proba(self, X: MatrixLike) -> np.ndarray:
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

    def predict(self, X: MatrixLike) -> np.ndarray:
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
