"""The pool of records that shadow models were trained on, and their answers."""

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from skmia.signals import observe
from skmia.signals._registry import check_signals, default_signals


class ShadowPool:
    """Fitted part of :class:`ShadowModels`: who was trained on what, who says what.

    Either the models are kept (``estimators_``) or their recorded answers are.
    """

    def _keep(self, X, y, classes, splits):
        """Fitted state that trained and adopted models share; forgets older state."""
        for name in ("estimators_", "_recorded", "_columns"):
            vars(self).pop(name, None)
        self._X, self._y, self.classes_ = X, y, classes
        self.n_models_ = len(splits)
        self.membership_ = np.zeros((len(splits), len(y)), dtype=bool)
        self.tested_ = np.zeros_like(self.membership_)
        for i, (train, test) in enumerate(splits):
            self.membership_[i, train] = True
            self.tested_[i, test] = True

    def observations(self, signals=None):
        """What every shadow model gives away about its members and non-members.

        Parameters
        ----------
        signals : str, Signal or list of them, default=None
            What to compute. None: what was recorded, or the default signals.

        Returns
        -------
        Z : DataFrame of shape (n_observations, n_columns)
            Observations, one row per model and record in its train or test part.
        member : ndarray of int of shape (n_observations,)
            1 where the model was trained on the record.
        shadow : ndarray of int of shape (n_observations,)
            Index of the model: the groups for a cross-validation of the attack.
        """
        check_is_fitted(self)
        if signals is None and hasattr(self, "estimators_"):
            signals = default_signals(*self.estimators_)
        answers, columns = self._answers(signals)
        asked = self.membership_ | self.tested_
        shadow, _ = np.nonzero(asked)
        Z = pd.DataFrame(answers[asked], columns=columns)
        return Z, self.membership_[asked].astype(int), shadow

    def reference(self, signals, X=None, y=None):
        """Signals of every shadow model on the same records, one column per model.

        Parameters
        ----------
        signals : str, Signal or list of them
            What to compute.
        X : {array-like, sparse matrix, DataFrame}, default=None
            Records. None for the pool, in its order, so that the columns of
            ``membership_`` fit.
        y : array-like, default=None
            Labels of `X`.

        Returns
        -------
        values : ndarray of float32, (n_records, n_models) or \
                (n_records, n_models, n_columns)
            Two-dimensional when there is one column.
        """
        check_is_fitted(self)
        answers, columns = self._answers(signals, X, y)
        values = answers.transpose(1, 0, 2).astype(np.float32)
        return values[:, :, 0] if len(columns) == 1 else values

    def _answers(self, signals, X=None, y=None):
        """Answers (n_models, n_records, n_columns) and names of the columns."""
        if not hasattr(self, "estimators_"):
            return self._recorded_answers(signals, X)
        if X is None:
            X, y = self._X, self._y
        signals = check_signals(signals)
        answers = [
            observe(model, X, y, signals, classes=self.classes_).to_numpy()
            for model in self.estimators_
        ]
        return np.stack(answers), column_names(signals, self.classes_)

    def _recorded_answers(self, signals, X):
        if X is not None:
            raise ValueError(
                "The models were dropped after their signals on the pool had been "
                "recorded. To ask them about other records fit with signals=None."
            )
        if signals is None:
            return self._recorded, self._columns
        columns = column_names(check_signals(signals), self.classes_)
        missing = [name for name in columns if name not in self._columns]
        if missing:
            raise ValueError(
                f"The column {missing[0]!r} was not recorded. Recorded are "
                f"{self._columns[:8]}; name it in the 'signals' parameter of "
                "ShadowModels, or fit with signals=None."
            )
        chosen = [self._columns.index(name) for name in columns]
        return self._recorded[:, :, chosen], columns


def column_names(signals, classes):
    return [name for signal in signals for name in signal.column_names(classes)]
