"""The threshold attack: one number, one cut."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from skmia.attacks.models._column_attack import ColumnAttack
from skmia.attacks.statistics._ranks import find_direction
from skmia.utils._cut import OBJECTIVES, best_cut
from skmia.utils._sklearn import FRACTION, StrOptions


class ThresholdAttack(ColumnAttack):
    """Call a record a member when one of its signals is beyond a threshold.

    Parameters
    ----------
    column : int or str, default=0
        Column of the observations, by index or (for a DataFrame) by name.
    direction : {"auto", "higher", "lower"}, default="auto"
        Side on which members lie. "auto" learns it: the side on which the area under
        the ROC curve is at least one half.
    objective : {"advantage", "accuracy", "tpr_at_fpr"}, default="advantage"
        What the threshold maximises on the training observations: TPR - FPR, the
        fraction of right decisions, or TPR among the thresholds whose FPR is at most
        `fpr`. Among equals the strictest threshold is taken.
    fpr : float, default=0.01
        Bound for ``objective="tpr_at_fpr"``, a fraction.

    Attributes
    ----------
    threshold_ : float
        A record is called a member when its oriented signal is greater.
    direction_ : {"higher", "lower"}
        Side on which members lie.
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
    ClasswiseAttack : One threshold per true class.

    Notes
    -----
    Level: observations. Threat model: that of the signal. A threshold fitted on
    shadow observations needs no member of the target; one fitted on the target's own
    members is an oracle. The decision function is a ranking, not a probability.
    Ties count as members: the learned cuts are "at least this value".

    References
    ----------
    S. Yeom et al., "Privacy Risk in Machine Learning: Analyzing the Connection to
    Overfitting", IEEE CSF 2018. L. Song, P. Mittal, "Systematic Evaluation of
    Privacy Risks of Machine Learning Models", USENIX Security 2021.

    Examples
    --------
    >>> import pandas as pd
    >>> from skmia.attacks import ThresholdAttack
    >>> Z = pd.DataFrame({"loss": [0.1, 0.2, 0.3, 1.0, 2.0, 0.2]})
    >>> attack = ThresholdAttack("loss").fit(Z, [1, 1, 1, 0, 0, 0])
    >>> attack.direction_
    'lower'
    >>> attack.predict(pd.DataFrame({"loss": [0.25, 0.9]}))
    array([1, 0])
    """

    _parameter_constraints = ColumnAttack._parameter_constraints | {
        "direction": [StrOptions({"auto", "higher", "lower"})],
        "objective": [StrOptions(OBJECTIVES)],
        "fpr": [FRACTION],
    }

    def __init__(
        self,
        column: int | str = 0,
        *,
        direction: Literal["auto", "higher", "lower"] = "auto",
        objective: Literal["advantage", "accuracy", "tpr_at_fpr"] = "advantage",
        fpr: float = 0.01,
    ) -> None:
        self.column = column
        self.direction = direction
        self.objective = objective
        self.fpr = fpr

    def _learn(self, values, member):
        self.direction_ = find_direction(self.direction, values, member)
        score = self._orient(values)
        self.threshold_ = best_cut(score, member, self.objective, self.fpr)

    def decision_function(self, Z: ArrayLike) -> np.ndarray:
        """Distance of the oriented signal to the threshold: positive = member.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        score : ndarray of shape (n_samples,)
            In the units of the signal.
        """
        return self._orient(self._values(Z)) - self.threshold_
