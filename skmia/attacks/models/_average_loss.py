"""The average-loss attack: below the mean training loss is inside."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from skmia.attacks.models._column_attack import ColumnAttack
from skmia.utils._sklearn import NOT_NEGATIVE


class AverageLossAttack(ColumnAttack):
    """Call a record a member when its loss is at most the average training loss.

    Parameters
    ----------
    column : int or str, default=0
        Column with the loss of each record, by index or (for a DataFrame) by name.
    average_loss : float, default=None
        Average training loss of the target, as an owner may have published it. None:
        the mean loss of the members seen in ``fit``.

    Attributes
    ----------
    average_loss_ : float
        The largest loss that is called a member.
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
    ThresholdAttack : The threshold that serves an objective best.
    BoundedLossAttack : A randomised decision instead of a threshold.

    Notes
    -----
    Level: observations. Threat model: the adversary knows the true label and one
    number, the average training loss: that of the target (an owner's leak), or that of
    a shadow model, when ``fit`` is given shadow observations. The losses of
    non-members are not used.

    The mean is drawn up by few large losses, or is all but 0 for a model that
    interpolates: the rule may waste most of what the ranking knows. The ranking is
    that of the loss.

    References
    ----------
    S. Yeom et al., "Privacy Risk in Machine Learning: Analyzing the Connection to
    Overfitting", IEEE CSF 2018, arXiv:1709.01604.

    Examples
    --------
    >>> import pandas as pd
    >>> from skmia.attacks import AverageLossAttack
    >>> Z = pd.DataFrame({"loss": [0.1, 0.2, 0.6, 0.4, 2.0, 3.0]})
    >>> attack = AverageLossAttack("loss").fit(Z, [1, 1, 1, 0, 0, 0])
    >>> round(attack.average_loss_, 3)
    0.3
    >>> attack.predict(Z)
    array([1, 1, 0, 0, 0, 0])
    >>> published = AverageLossAttack("loss", average_loss=0.5)
    >>> published.fit(Z, [1, 1, 1, 0, 0, 0]).predict(Z)
    array([1, 1, 0, 1, 0, 0])
    """

    _parameter_constraints = ColumnAttack._parameter_constraints | {
        "average_loss": [NOT_NEGATIVE, None]
    }

    def __init__(
        self, column: int | str = 0, *, average_loss: float | None = None
    ) -> None:
        self.column = column
        self.average_loss = average_loss

    def _learn(self, values, member):
        self.average_loss_ = self.average_loss
        if self.average_loss is None:
            losses = values[member == 1]
            # The mean of equal losses may round to less than each of them.
            self.average_loss_ = float(max(losses.mean(), losses.min()))

    def decision_function(self, Z: ArrayLike) -> np.ndarray:
        """How far the loss is below the average: positive = member.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        score : ndarray of shape (n_samples,)
            In the units of the loss.
        """
        loss = self._values(Z)
        # Smaller than the next larger float is the same as at most the average.
        return np.nextafter(self.average_loss_, np.inf) - loss
