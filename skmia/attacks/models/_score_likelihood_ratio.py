"""LiRA of models without labels: on what they score records by."""

from __future__ import annotations

from typing import Literal

from skmia.attacks.models._likelihood_ratio import LikelihoodRatioAttack
from skmia.attacks.models._scores import OnScores


class ScoreLikelihoodRatioAttack(OnScores, LikelihoodRatioAttack):
    """LiRA of an anomaly detector, a density or a clusterer: on its score of a record.

    A normal distribution is fitted to the scores that the in models of a record give
    it, and another to those of its out models. Online, the score is the log ratio of
    the two densities at what the target says. Offline, without in models, it is the
    number of standard deviations by which that lies on the members' side of the out
    models.

    .. versionadded:: 0.2

    Parameters
    ----------
    mode : {"auto", "online", "offline"}, default="auto"
        "auto" is online when the observations say which models were trained on which
        record. Offline uses the out models only.
    variance : {"shrunk", "per-example", "global", "auto"}, default="shrunk"
        Variance of the two distributions, as for :class:`LikelihoodRatioAttack`.
    centre : {"mean", "median"}, default="mean"
        Centre of the two distributions.
    floor : float, default=0.01
        Added to every standard deviation, on the scale of the comparison.
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
    mode_ : {"online", "offline"}
        Mode in use.
    variance_ : {"shrunk", "per-example", "global"}
        Variance in use.
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
    LikelihoodRatioAttack : The same on scaled logits of a classifier.
    ScoreRelativeAttack : Compares with other people, too.

    Notes
    -----
    Level: observations, of the signal "score_samples" or "centre_distance". Threat
    model: the adversary sees the score of the record, which has no label. Online, the
    reference models were trained on random halves of a pool that contains the
    candidates, which is an auditor's privilege. Offline, they were trained on disjoint
    auxiliary data.

    Scores have no unit, and some have no end: they are compared on the scale
    ``arcsinh((s - centre) / spread)``, with the median and the spread, by quartiles, of
    what out models say of all records. To add a constant to all scores, or to measure
    them in another unit, changes nothing but by rounding. Without arcsinh the AUC on a
    Gaussian mixture was .03 less, on others the same or .01 less:
    ``benchmarks/bench_unlabelled.py``.

    References
    ----------
    N. Carlini et al., "Membership Inference Attacks From First Principles", IEEE S&P
    2022, arXiv:2112.03570; here on scores.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.neighbors import LocalOutlierFactor
    >>> from skmia import ShadowModels
    >>> from skmia.attacks import ScoreLikelihoodRatioAttack
    >>> X = load_digits().data[:600]
    >>> detector = LocalOutlierFactor(n_neighbors=3, novelty=True)
    >>> shadows = ShadowModels(detector, n_shadows=8, random_state=0).fit(X)
    >>> Z, member, _ = shadows.pseudo_observations("score_samples", n_targets=4)
    >>> attack = ScoreLikelihoodRatioAttack().fit(Z, member)
    >>> target = detector.fit(X[:300])
    >>> Z = shadows.reference_observations(target, "score_samples")
    >>> score = attack.decision_function(Z)
    >>> bool(score[:300].mean() > score[300:].mean())
    True
    """

    # Those of logits have no meaning here.
    clip = scale = None

    _parameter_constraints = {
        name: allowed
        for name, allowed in LikelihoodRatioAttack._parameter_constraints.items()
        if name not in ("clip", "scale")
    } | OnScores._direction_constraint

    def __init__(
        self,
        *,
        mode: Literal["auto", "online", "offline"] = "auto",
        variance: Literal["shrunk", "per-example", "global", "auto"] = "shrunk",
        centre: Literal["mean", "median"] = "mean",
        floor: float = 0.01,
        direction: Literal["higher", "lower"] = "higher",
        objective: Literal["advantage", "accuracy", "tpr_at_fpr"] = "advantage",
        fpr: float = 0.01,
    ) -> None:
        self.mode = mode
        self.variance = variance
        self.centre = centre
        self.floor = floor
        self.direction = direction
        self.objective = objective
        self.fpr = fpr
