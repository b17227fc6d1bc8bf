"""The hypothesis test of Long et al., of each record alone."""

from __future__ import annotations

from typing import Literal

import numpy as np

from skmia.attacks.models._one_sided import (
    OneSidedAttack,
    by_blocks,
    normal_pvalues,
    pchip_pvalues,
    rank_pvalues,
)
from skmia.utils._sklearn import StrOptions

_TESTS = {"ecdf": rank_pvalues, "normal": normal_pvalues, "pchip": pchip_pvalues}


class HypothesisTestAttack(OneSidedAttack):
    """Test each record against models that were not trained on it.

    Parameters
    ----------
    cdf : {"pchip", "ecdf", "normal"}, default="pchip"
        Distribution of the signal under the out models: "ecdf" as observed, "pchip"
        interpolated between the observed values, "normal" a Gaussian, whose p-values
        may be smaller than ``1 / (N + 1)``.
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
    select_vulnerable : Whom to attack.
    combine_pvalues_kost : One p-value from several queries.

    Notes
    -----
    Level: observations, of the signal "loss", from
    :meth:`skmia.ShadowModels.reference_observations`. Threat model: that of the
    signal, and reference models of the adversary's own; of those in a pool that
    contains the candidates, each record is compared with the ones not trained on it.

    The paper's decision is ``attack.pvalues(Z) <= 0.01``; :meth:`predict` takes a
    learned threshold instead. Every record is tested alone, so that to attack only
    the vulnerable ones is to ask about those rows only.

    The score is -log of a p-value that counts equal signals half, which ranks better,
    and that goes on falling with the distance beyond all out models, which a rank does
    not see. :meth:`pvalues` counts equals in full and stays at the rank. Then
    ``P(p <= u) <= u`` for non-members if `direction` is given: for "ecdf" and "pchip"
    whatever the signal, for "normal" if it is Gaussian.

    References
    ----------
    Y. Long et al., "A Pragmatic Approach to Membership Inferences on Machine Learning
    Models", IEEE EuroS&P 2020. Y. Long et al., "Understanding Membership Inferences
    on Well-Generalized Learning Models", 2018, arXiv:1802.04889.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.attacks import HypothesisTestAttack
    >>> loss = np.array([[0.1, 0.5, 0.7, 0.9], [0.6, 0.5, 0.7, 0.9]])
    >>> attack = HypothesisTestAttack(direction="lower").fit(loss, [1, 0])
    >>> attack.pvalues(loss).round(3)
    array([0.25 , 0.625])
    >>> attack.predict(loss)
    array([1, 0])
    """

    _parameter_constraints = OneSidedAttack._parameter_constraints | {
        "cdf": [StrOptions(set(_TESTS))]
    }

    def __init__(
        self,
        *,
        cdf: Literal["pchip", "ecdf", "normal"] = "pchip",
        direction: Literal["auto", "higher", "lower"] = "auto",
        objective: Literal["advantage", "accuracy", "tpr_at_fpr"] = "advantage",
        fpr: float = 0.01,
    ) -> None:
        self.cdf = cdf
        self.direction = direction
        self.objective = objective
        self.fpr = fpr

    def _score(self, view, state):
        return -np.log(self._ranking_pvalues(view, state))

    def _ranking_pvalues(self, view, state):
        if self.cdf == "normal":  # knows distances by itself
            return by_blocks(normal_pvalues, view, state[0], ties=0.5)
        return self._ordered_pvalues(_TESTS[self.cdf], view, state)

    def _pvalues(self, view, sign):
        return by_blocks(_TESTS[self.cdf], view, sign)
