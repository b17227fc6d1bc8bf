"""The bounded-loss attack: the larger the loss, the less often a member."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import check_random_state

from skmia.attacks.models._column_attack import ColumnAttack
from skmia.utils._random import draw_seeds
from skmia.utils._sklearn import POSITIVE
from skmia.utils._typing import RandomStateLike


class BoundedLossAttack(ColumnAttack):
    """Call a record a member with a probability that falls linearly with its loss.

    The attack of the theory: over any set of records the expected advantage of its
    randomised decisions, :meth:`sample`, is the difference of the mean losses of
    non-members and members, divided by the bound of the loss.

    Parameters
    ----------
    column : int or str, default=0
        Column with the loss of each record, by index or (for a DataFrame) by name.
    bound : float, default=None
        Largest possible loss, positive; larger losses count as this one. For the
        signal "loss" that is minus the logarithm of its floor. None: the largest loss
        seen in ``fit`` (1 if none is positive).
    random_state : int, RandomState instance or None, default=None
        Seed of the coins of :meth:`sample`.

    Attributes
    ----------
    bound_ : float
        Loss at which the probability of "member" is 0.
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
    AverageLossAttack : A threshold at the average training loss.
    skmia.metrics.generalization_error : The same difference for the 0-1 loss.

    Notes
    -----
    Level: observations. Threat model: the adversary knows the true label and a bound of
    the loss; nothing is learned from members. ``predict_proba`` is the probability with
    which the attack says "member", not that of being one.

    References
    ----------
    S. Yeom et al., "Privacy Risk in Machine Learning: Analyzing the Connection to
    Overfitting", IEEE CSF 2018, arXiv:1709.01604.

    Examples
    --------
    >>> import pandas as pd
    >>> from skmia.attacks import BoundedLossAttack
    >>> Z = pd.DataFrame({"loss": [0.0, 1.0, 3.0, 4.0]})
    >>> attack = BoundedLossAttack("loss", bound=4, random_state=0)
    >>> attack.fit(Z, [1, 1, 0, 0]).predict_proba(Z)[:, 1]
    array([1.  , 0.75, 0.25, 0.  ])
    >>> attack.predict(Z)
    array([1, 1, 0, 0])
    >>> attack.sample(Z)[[0, -1]]
    array([1, 0])
    """

    _parameter_constraints = ColumnAttack._parameter_constraints | {
        "bound": [POSITIVE, None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        column: int | str = 0,
        *,
        bound: float | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.column = column
        self.bound = bound
        self.random_state = random_state

    def _learn(self, values, member):
        self.bound_ = self.bound
        if self.bound is None:
            largest = float(values.max())
            self.bound_ = largest if largest > 0 else 1.0
        self._seed = draw_seeds(check_random_state(self.random_state))

    def predict_proba(self, Z: ArrayLike) -> np.ndarray:
        """Probability with which the attack says non-member and member.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        proba : ndarray of shape (n_samples, 2)
        """
        loss = self._values(Z)
        outside = np.clip(loss, 0, self.bound_) / self.bound_
        return np.column_stack([outside, 1 - outside])

    def predict(self, Z: ArrayLike) -> np.ndarray:
        """The more probable decision: a member when the loss is below half the bound.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        member : ndarray of shape (n_samples,)
        """
        proba = self.predict_proba(Z)
        return self.classes_[proba.argmax(axis=1)]

    def sample(self, Z: ArrayLike) -> np.ndarray:
        """Randomised decisions: a coin per record, with the probability of its loss.

        The coins belong to the rows of a call: asking again for the same observations
        gives the same decisions, and equal observations have coins of their own.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        member : ndarray of shape (n_samples,)
        """
        inside = self.predict_proba(Z)[:, 1]
        coins = check_random_state(self._seed).random_sample(len(inside))
        return self.classes_[(coins < inside).astype(int)]
