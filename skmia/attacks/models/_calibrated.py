"""Attacks that compare the target with the usual answer of reference models."""

from __future__ import annotations

from abc import abstractmethod
from typing import Literal

import numpy as np

from skmia.attacks.models._reference import DirectedReferenceAttack, within
from skmia.attacks.statistics._moments import blocks_of_sides, both_centres, pool
from skmia.utils._sklearn import POSITIVE, StrOptions


class _DifficultyAttack(DirectedReferenceAttack):
    """Signal of the target minus what is usual for the record, on the members' side."""

    _parameter_constraints = DirectedReferenceAttack._parameter_constraints | {
        "clip": [POSITIVE, None]
    }

    @abstractmethod
    def _usual(self, c_in, c_out):
        """What is usual for records, from the centres of their in and out models."""

    def _learn(self, view, member):
        """Usual offset of in from out models, and the sign of members."""
        sides = view.reference, view.inside, self._centre, within(self.clip)
        offset = pool(*sides).usual_offset
        return offset, self._sign(lambda: self._excess(view, offset), member)

    def _score(self, view, state):
        offset, sign = state
        return sign * self._excess(view, offset)

    def _excess(self, view, offset):
        excess = np.empty(len(view.target))
        change = within(self.clip)
        blocks = blocks_of_sides(view.reference, view.inside, self._centre, change)
        for rows, *sides in blocks:
            usual = self._usual(*both_centres(*sides, offset))
            excess[rows] = change(view.target[rows]).astype(float) - usual
        return excess


class CalibratedAttack(_DifficultyAttack):
    """Difficulty calibration: compare with models that were not trained on the record.

    The loss of an easy record is small whether it is a member or not. What is left
    after subtracting the loss that models without the record have is not explained by
    difficulty.

    Parameters
    ----------
    aggregation : {"mean", "median", "max", "min"}, default="mean"
        What is made of the out models.
    clip : float, default=None
        Signals beyond plus or minus this value are set to it, so that no single one
        decides a mean. "difficulty-calibration" takes 4.6, the loss of a probability of
        0.01. None: no bound.
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
        A record is called a member when its score is greater.
    classes_ : ndarray of shape (2,)
        Membership labels; ``classes_[1]`` is "member".
    n_features_in_ : int
        Number of columns of the observations.
    feature_names_in_ : ndarray of str
        Names of the columns, if the observations came with names.

    See Also
    --------
    MidpointAttack : Compares with the middle between in and out models.
    LikelihoodRatioAttack : Takes the spread of the models into account, too.

    Notes
    -----
    Level: observations, of any signal ("loss" in the paper). Threat model: that of the
    signal; the reference models may come from disjoint auxiliary data, one is enough.
    The loss of a model that excludes the true class, as trees and votes do, is 69 (the
    floor of the signal is 1e-30): without a clip a mean counts such models and little
    else. Bounded by 4.6, trees with leaves of ten and neighbours gain .01 to .04 of AUC
    on average, and naive Bayes, which saturates, loses up to .01:
    ``benchmarks/bench_coarse_answers.py``.

    In models among the references are left out, since they would cancel the leak; a
    record that has no others gets the aggregate of those, moved by the mean distance
    between in and out models that was learned in ``fit``.

    References
    ----------
    L. Watson et al., "On the Importance of Difficulty Calibration in Membership
    Inference Attacks", ICLR 2022, arXiv:2111.08440.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.attacks import CalibratedAttack
    >>> loss = np.array([[0.1, 0.9, 1.1], [2.0, 3.0, 3.2], [0.1, 0.1, 0.1], [3, 3, 2]])
    >>> attack = CalibratedAttack(direction="lower").fit(loss, [1, 1, 0, 0])
    >>> attack.predict([[1.0, 2.0, 2.0], [1.0, 1.0, 1.0]])
    array([1, 0])
    """

    _parameter_constraints = _DifficultyAttack._parameter_constraints | {
        "aggregation": [StrOptions({"mean", "median", "max", "min"})]
    }

    def __init__(
        self,
        *,
        aggregation: Literal["mean", "median", "max", "min"] = "mean",
        clip: float | None = None,
        direction: Literal["auto", "higher", "lower"] = "auto",
        objective: Literal["advantage", "accuracy", "tpr_at_fpr"] = "advantage",
        fpr: float = 0.01,
    ) -> None:
        self.aggregation = aggregation
        self.clip = clip
        self.direction = direction
        self.objective = objective
        self.fpr = fpr

    @property
    def _centre(self):
        return self.aggregation

    def _usual(self, c_in, c_out):
        return c_out


class MidpointAttack(_DifficultyAttack):
    """MAST: one threshold per record, midway between its in and out models.

    Parameters
    ----------
    clip : float, default=None
        Signals beyond plus or minus this value are set to it, so that no single one
        decides a mean. "mast" takes 4.6, the loss of a probability of 0.01. None: no
        bound.
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
    mode_ : {"online", "offline"}
        Whether references knew the records in ``fit``.
    threshold_ : float
        A record is called a member when its score is greater.
    classes_ : ndarray of shape (2,)
        Membership labels; ``classes_[1]`` is "member".
    n_features_in_ : int
        Number of columns of the observations.
    feature_names_in_ : ndarray of str
        Names of the columns, if the observations came with names.

    See Also
    --------
    CalibratedAttack : Compares with out models only.

    Notes
    -----
    Level: observations, of any signal ("loss" in the paper). Threat model: that of the
    signal; the reference models were trained on random halves of a pool that contains
    the candidates, which is an auditor's privilege. A record without in (or out)
    models is given them at the mean distance that was learned in ``fit``. Where no
    record has both this is :class:`CalibratedAttack`, which is also the attack on
    records that no reference knows.

    References
    ----------
    A. Sablayrolles et al., "White-box vs Black-box: Bayes Optimal Strategies for
    Membership Inference", ICML 2019, arXiv:1908.11229.

    Examples
    --------
    >>> import pandas as pd
    >>> from skmia.attacks import MidpointAttack
    >>> Z = pd.DataFrame(
    ...     {
    ...         "loss|target": [0.2, 0.9, 1.1, 3.0],
    ...         "loss|0": [1.0, 0.1, 3.0, 1.0],
    ...         "loss|1": [0.2, 1.0, 1.0, 3.1],
    ...         "in|0": [0, 1, 0, 1],
    ...         "in|1": [1, 0, 1, 0],
    ...     }
    ... )
    >>> attack = MidpointAttack().fit(Z, [1, 0, 1, 0])
    >>> attack.predict(Z)
    array([1, 0, 1, 0])
    """

    _centre = "mean"
    _for_strangers = "CalibratedAttack()"

    def __init__(
        self,
        *,
        clip: float | None = None,
        direction: Literal["auto", "higher", "lower"] = "auto",
        objective: Literal["advantage", "accuracy", "tpr_at_fpr"] = "advantage",
        fpr: float = 0.01,
    ) -> None:
        self.clip = clip
        self.direction = direction
        self.objective = objective
        self.fpr = fpr

    def _learn(self, view, member):
        knows = view.inside is not None and view.inside.any()
        self.mode_ = "online" if knows else "offline"
        return super()._learn(view, member)

    def _usual(self, c_in, c_out):
        return (c_in + c_out) / 2
