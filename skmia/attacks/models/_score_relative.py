"""RMIA of models without labels: likelihoods made of their scores."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np

from skmia.attacks.models._relative import RelativeAttack
from skmia.attacks.models._scores import OnScores


class ScoreRelativeAttack(OnScores, RelativeAttack):
    """RMIA of an anomaly detector, a density or a clusterer.

    R(x) is the likelihood of the record under the target over that under models in
    general. The score is the fraction of non-members z with R(x) > gamma R(z).

    .. versionadded:: 0.2

    Parameters
    ----------
    mode : {"auto", "online", "offline"}, default="auto"
        "online" takes models in general as half the mean of the references that were
        trained on the record plus half the mean of the others. "offline" replaces the
        former by ``a * p_out + 1 - a``, from the others. "auto" is online for records
        with references of both kinds, if there were such records in ``fit``; online
        records are compared with online non-members, others with offline ones.
    gamma : float > 0, default=1.0
        How much R(x) must be larger. It changes the scale of the score, not the
        ranking.
    a : float in [0, 1] or "auto", default="auto"
        How models inflate the likelihood of their members, of which 1 is the largest
        that a reference gives the record: 1 not at all, 0 all the way to that. "auto"
        takes the value with the largest area under the ROC curve on the observations
        seen in ``fit``, scored offline; among equals 0.3. Only used offline, and for
        records that have no in or no out reference.
    floor : float > 0, default=1e-30
        Smallest likelihood in a ratio.
    direction : {"higher", "lower"}, default="higher"
        On which side members lie: they have larger scores and densities, and smaller
        distances.
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
    RelativeAttack : The same on probabilities of a classifier.
    ScoreLikelihoodRatioAttack : Fits distributions to the scores of a record.

    Notes
    -----
    Level: observations, of the signal "score_samples" or "centre_distance". Threat
    model: the score of a record without a label; references as for
    :class:`RelativeAttack`.

    The likelihood is ``exp(t)``, up to a factor for each record, which no ratio knows;
    t is the score on the scale of :class:`ScoreLikelihoodRatioAttack`. For densities
    that is not the density itself, whose logarithms differ by hundreds between models:
    on a Gaussian mixture the ratio of densities had an AUC .05 less, on a kernel
    density the same, ``benchmarks/bench_unlabelled.py``.

    References
    ----------
    S. Zarifzadeh, P. Liu, R. Shokri, "Low-Cost High-Power Membership Inference
    Attacks", ICML 2024, arXiv:2312.03262; here on scores.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.neighbors import LocalOutlierFactor
    >>> from skmia import ShadowModels
    >>> from skmia.attacks import ScoreRelativeAttack
    >>> X = load_digits().data[:600]
    >>> detector = LocalOutlierFactor(n_neighbors=3, novelty=True)
    >>> shadows = ShadowModels(detector, n_shadows=8, random_state=0).fit(X)
    >>> Z, member, _ = shadows.pseudo_observations("score_samples", n_targets=4)
    >>> attack = ScoreRelativeAttack().fit(Z, member)
    >>> target = detector.fit(X[:300])
    >>> called = attack.predict(shadows.reference_observations(target, "score_samples"))
    >>> bool(called[:300].mean() > called[300:].mean() + 0.1)
    True
    """

    _parameter_constraints = (
        RelativeAttack._parameter_constraints | OnScores._direction_constraint
    )

    def __init__(
        self,
        *,
        mode: Literal["auto", "online", "offline"] = "auto",
        gamma: float = 1.0,
        a: float | Literal["auto"] = "auto",
        floor: float = 1e-30,
        direction: Literal["higher", "lower"] = "higher",
        objective: Literal["advantage", "accuracy", "tpr_at_fpr"] = "advantage",
        fpr: float = 0.01,
    ) -> None:
        super().__init__(
            mode=mode, gamma=gamma, a=a, floor=floor, objective=objective, fpr=fpr
        )
        self.direction = direction

    def _compared(self, views):
        return [_likelihoods(view) for view in super()._compared(views)]


def _likelihoods(view):
    """Of 1 where the references are surest of a record."""
    most = view.reference.max(axis=1)
    return replace(
        view,
        target=np.exp(view.target - most),
        reference=np.exp(view.reference - most[:, None]),
    )
