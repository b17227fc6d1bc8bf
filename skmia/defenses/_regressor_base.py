"""The shapes of defenses of regressors: masks of a prediction, and other training."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skmia.defenses._base import TrainsAnew
from skmia.utils._arrays import answer_of
from skmia.utils._quantities import in_columns, spread_of_labels
from skmia.utils._records import check_measured
from skmia.utils._sklearn import POSITIVE
from skmia.utils._typing import MatrixLike
from skmia.utils._wrapper import RegressorWrapper


class PredictionDefense(RegressorWrapper, metaclass=ABCMeta):
    """A regressor that releases a masked prediction.

    Subclasses implement ``_release(P, X)``, from the inner predictions to the released
    ones. Each row must depend on the same rows of `P` and `X` only, as in
    `OutputDefense`.
    """

    # As in `OutputDefense`: whether no more than the inner model is trained.
    _only_masks = False

    @abstractmethod
    def _release(self, P, X):
        """Released predictions, of the same shape (n_samples, n_outputs)."""

    def predict(self, X: MatrixLike) -> np.ndarray:
        """Released predictions.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        predictions : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        """
        check_is_fitted(self)
        P = np.asarray(answer_of(self.estimator_, "predict", X), dtype=np.float64)
        return self._release(in_columns(P), X).reshape(P.shape)


class ScaledMask(PredictionDefense):
    """A mask as strong as its parameter says, in units of the label.

    Subclasses have a parameter ``unit``: None for the spread of the labels.
    """

    _parameter_constraints = PredictionDefense._parameter_constraints | {
        "unit": [POSITIVE, "array-like", None]
    }

    def _learn(self, X, y, sample_weight):
        learned = super()._learn(X, y, sample_weight)
        y = in_columns(y)
        if self.unit is None:
            there = slice(None) if sample_weight is None else sample_weight > 0
            return {"unit_": spread_of_labels(y[there]), **learned}
        return {"unit_": self._declared_unit(y.shape[1]), **learned}

    def _declared_unit(self, n_outputs):
        try:
            unit = np.broadcast_to(np.asarray(self.unit, dtype=float), (n_outputs,))
        except (TypeError, ValueError):
            unit = np.zeros(1)
        if not ((unit > 0) & np.isfinite(unit)).all():
            raise ValueError(
                f"The 'unit' parameter of {type(self).__name__} must be a finite "
                f"number above 0, or one for each of the {n_outputs} outputs. Got "
                f"{self.unit!r} instead."
            )
        return unit.copy()

    def _has_unit(self):
        """Whether nothing is learned of the labels beside the inner model."""
        return self.unit is not None


class RegressorTraining(TrainsAnew, RegressorWrapper):
    """A regressor whose model is trained in another way, and answers as it is."""

    def _check_records(self, X, y):
        return check_measured(X, y)

    def predict(self, X: MatrixLike) -> np.ndarray:
        """Predictions of the released model.

        Parameters
        ----------
        X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
            Records.

        Returns
        -------
        predictions : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        """
        check_is_fitted(self)
        return answer_of(self.estimator_, "predict", X)
