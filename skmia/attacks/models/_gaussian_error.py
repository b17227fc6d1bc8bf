"""Yeom's attack on a regressor whose errors are normal."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from skmia.attacks.models._column_attack import ColumnAttack
from skmia.attacks.statistics._gaussian_error import gaussian_error_threshold
from skmia.utils._sklearn import POSITIVE

# In the place of 0, of models that interpolate.
_SMALLEST = 1e-100


class GaussianErrorAttack(ColumnAttack):
    """Call a record a member where its error is likelier as that of a member.

    Errors of the model are normal around 0, with one standard deviation on members and
    a larger one on others: the densities cross at a threshold.

    .. versionadded:: 0.2

    Parameters
    ----------
    column : int or str, default=0
        Column with the squared error of each record, by index or (for a DataFrame) by
        name.
    train_std : float, default=None
        Standard deviation of the error on members, as an owner may have published it.
        None: the root mean square of the members seen in ``fit``.
    test_std : float, default=None
        Standard deviation of the error on others. None: that of the others seen in
        ``fit``, or that of members if this is larger.

    Attributes
    ----------
    train_std_, test_std_ : float
        The standard deviations in use.
    threshold_ : float
        The largest error that is called a member.
    column_ : int
        Index of the column.
    classes_ : ndarray of shape (2,)
        Membership labels; ``classes_[1]`` is "member".
    n_features_in_ : int
        Number of columns of the observations.
    feature_names_in_ : ndarray of str
        Names of the columns, if the observations came with names.

    See Also
    --------
    gaussian_error_threshold : The threshold.
    gaussian_error_advantage : What it achieves, were errors normal.
    AverageLossAttack : Looks at the mean error of members only.

    Notes
    -----
    Level: observations, of the signal "squared_error", in whose units, but for the
    square, the standard deviations are. Threat model: the adversary knows the true
    value of the candidate, and the standard error of the model. The ranking is that of
    the error.

    References
    ----------
    S. Yeom et al., "Privacy Risk in Machine Learning: Analyzing the Connection to
    Overfitting", IEEE CSF 2018, arXiv:1709.01604.

    Examples
    --------
    >>> import pandas as pd
    >>> from skmia.attacks import GaussianErrorAttack
    >>> Z = pd.DataFrame({"squared_error": [0.5, 1.5, 1.0, 2.0, 6.0, 4.0]})
    >>> attack = GaussianErrorAttack("squared_error").fit(Z, [1, 1, 1, 0, 0, 0])
    >>> attack.train_std_, attack.test_std_, round(attack.threshold_, 6)
    (1.0, 2.0, 1.359556)
    >>> attack.predict(Z)
    array([1, 1, 1, 0, 0, 0])
    """

    _parameter_constraints = ColumnAttack._parameter_constraints | {
        "train_std": [POSITIVE, None],
        "test_std": [POSITIVE, None],
    }

    def __init__(
        self,
        column: int | str = 0,
        *,
        train_std: float | None = None,
        test_std: float | None = None,
    ) -> None:
        self.column = column
        self.train_std = train_std
        self.test_std = test_std

    def _learn(self, values, member):
        inside, outside = (_root_mean(values[member == side]) for side in (1, 0))
        self.train_std_ = inside if self.train_std is None else self.train_std
        self.test_std_ = self.test_std
        if self.test_std is None:
            self.test_std_ = max(outside, self.train_std_)
        self.threshold_ = gaussian_error_threshold(self.train_std_, self.test_std_)

    def decision_function(self, Z: ArrayLike) -> np.ndarray:
        """How far the squared error is below that of the threshold: positive = member.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        score : ndarray of shape (n_samples,)
            In the units of the signal.
        """
        check_is_fitted(self)
        # Smaller than the next larger float is the same as at most the threshold.
        return np.nextafter(self.threshold_**2, np.inf) - self._values(Z)


def _root_mean(squares):
    # Of a column that holds no squares the mean may be negative: as if nobody erred.
    return max(float(np.sqrt(max(squares.mean(), 0))), _SMALLEST)
