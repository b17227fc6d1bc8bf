"""The Bayes-optimal attack on losses (BASE)."""

from __future__ import annotations

from typing import Literal

import numpy as np

from skmia.attacks.models._reference import ReferenceAttack
from skmia.attacks.statistics._moments import (
    blocks_of_sides,
    both_centres,
    is_online,
    pool,
)
from skmia.utils._sklearn import NOT_NEGATIVE, StrOptions


class BayesOptimalAttack(ReferenceAttack):
    """BASE: compare the target's likelihood with the mean likelihood of references.

    The score is ``log p(target) - log mean p(references)`` for the probability p of
    the true class: the Bayes rule for a model drawn from its posterior, with the
    integral over models replaced by the reference models.

    Parameters
    ----------
    mode : {"auto", "online", "offline"}, default="auto"
        "auto" is online when the observations say which models were trained on which
        record. Online, in and out models count one half each, however many there are.
    offline_scale : float, default=0.33
        Factor of the references' term when there are out models only, which are less
        confident than the mean of both.
    objective : {"advantage", "accuracy", "tpr_at_fpr"}, default="advantage"
        What the threshold maximises on the training observations: TPR - FPR, the
        fraction of right decisions, or TPR among the thresholds whose FPR is at most
        `fpr`. Among equals the strictest threshold is taken.
    fpr : float, default=0.01
        Bound for ``objective="tpr_at_fpr"``, a fraction.

    Attributes
    ----------
    mode_ : {"online", "offline"}
        Mode in use.
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
    CalibratedAttack : Subtracts the mean of the losses, not that of the likelihoods.
    LikelihoodRatioAttack : Takes the spread of the models into account, too.

    Notes
    -----
    Level: observations, of the signal "loss" (cross-entropy, positive). Threat model:
    the adversary sees the posterior and knows the true label. Online, the reference
    models were trained on random halves of a pool that contains the candidates, which
    is an auditor's privilege. Offline, they were trained on disjoint auxiliary data.

    One half each: with a plain mean over the models a pseudo-target that was trained
    on the record would leave one in model less among its references, and the number of
    in models would give its membership away.

    A record without in (or out) models is given them at the mean distance that was
    learned in ``fit``.

    References
    ----------
    M. Lassila et al., "Practical Bayes-Optimal Membership Inference Attacks", NeurIPS
    2025, arXiv:2505.24089.

    Examples
    --------
    >>> import numpy as np
    >>> from skmia.attacks import BayesOptimalAttack
    >>> loss = np.array([[0.1, 0.9, 1.1], [2.0, 9.0, 9.2], [0.8, 0.1, 0.1], [3, 3, 2]])
    >>> attack = BayesOptimalAttack().fit(loss, [1, 1, 0, 0])
    >>> attack.mode_
    'offline'
    >>> attack.predict([[1.0, 6.0, 7.0], [1.0, 1.0, 1.0]])
    array([1, 0])
    """

    _parameter_constraints = ReferenceAttack._parameter_constraints | {
        "mode": [StrOptions({"auto", "online", "offline"})],
        "offline_scale": [NOT_NEGATIVE],
    }

    def __init__(
        self,
        *,
        mode: Literal["auto", "online", "offline"] = "auto",
        offline_scale: float = 0.33,
        objective: Literal["advantage", "accuracy", "tpr_at_fpr"] = "advantage",
        fpr: float = 0.01,
    ) -> None:
        self.mode = mode
        self.offline_scale = offline_scale
        self.objective = objective
        self.fpr = fpr

    def _learn(self, view, member):
        pooled = pool(view.reference, view.inside, "soft-min")
        online = is_online(type(self).__name__, self.mode, pooled)
        self.mode_ = "online" if online else "offline"
        return pooled.usual_offset

    def _score(self, view, state):
        score = np.empty(len(view.target))
        blocks = blocks_of_sides(view.reference, view.inside, "soft-min")
        for rows, *sides in blocks:
            c_in, c_out = both_centres(*sides, state)
            score[rows] = self._reference_loss(c_in, c_out) - view.target[rows]
        return score

    def _reference_loss(self, c_in, c_out):
        """Loss of the references' mean likelihood, from that of the two sides."""
        if self.mode_ == "online":
            return np.log(2) - np.logaddexp(-c_in, -c_out)
        return self.offline_scale * c_out
