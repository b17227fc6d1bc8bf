"""The likelihood-ratio attack (LiRA)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from skmia.attacks.models._reference import ReferenceAttack, within
from skmia.attacks.statistics._log_odds import arcsine, are_coarse
from skmia.attacks.statistics._moments import (
    Pooled,
    blocks_of_sides,
    both_centres,
    is_online,
    pool,
)
from skmia.attacks.statistics._ranks import rank_auc
from skmia.utils._sklearn import POSITIVE, StrOptions

# Models, in and out, that the pooled variance stands for in a shrunk one. For six kinds
# of targets on Location-30 with 8, 16, 32 and 64 models, 16 was better than 2, 4 and 8
# on average, and about as good as the better of the two pure estimates, or better.
PRIOR_MODELS = 16
# From this many models on each side a record's own variance is better than the pooled
# one by the paper: 64 models. A little less than half of them, so that 63 are enough,
# which is what one of 64 shadow models has beside it as a pseudo-target.
MODELS_FOR_OWN_VARIANCE = 30
# How much a record's own variance counts, by the number of all its models. Not by
# that of the in models and that of the out models: among the references of a
# pseudo-target one is missing on its own side, and the weight would tell which.
OWN_WEIGHT: dict[str, Callable[..., Any]] = {
    "shrunk": lambda n_models: n_models / (n_models + PRIOR_MODELS),
    "per-example": np.ones_like,
    "global": np.zeros_like,
}


@dataclass(frozen=True)
class _Learned:
    """What records have in common, on a scale; see the attributes of the attack."""

    scale: str | None
    mode: str
    variance: str
    pooled: Pooled
    n_alone: int  # references, where these are hardly more than one on each side


class LikelihoodRatioAttack(ReferenceAttack):
    """LiRA: how much likelier is the answer from models with the record than without.

    A normal distribution is fitted to what the in models of a record say of it, and
    another to what its out models say. Online, the score is the log ratio of the two
    densities at the target's answer. Offline, without in models, it is the number of
    standard deviations by which the answer lies above those of the out models.

    Parameters
    ----------
    mode : {"auto", "online", "offline"}, default="auto"
        "auto" is online when the observations say which models were trained on which
        record. Offline uses the out models only, and members must lie above them: take
        a signal that is larger for members.
    variance : {"shrunk", "per-example", "global", "auto"}, default="shrunk"
        Variance of the two distributions. "per-example" is that of the record's own
        models, "global" that of all records around their centres, learned in ``fit``,
        in and out models apart. "shrunk" weighs both, as if the global one had come
        from 16 more models of the record. "auto" is the rule of the paper: per example
        from 64 models up (30 on each side), else global.
    centre : {"mean", "median"}, default="mean"
        Centre of the two distributions. The paper says mean, its code takes the
        median, which is of no use where a model has few answers (trees).
    floor : float, default=0.01
        Added to every standard deviation, in the units of the signal: models that all
        say the same would make a record infinitely certain.
    clip : float, default=None
        Signals beyond plus or minus this value are set to it. A normal distribution
        around a few extreme answers fits badly: "lira-online" and "lira-offline" have
        scaled logits within 36, beyond which a probability is 1 in double precision.
        None: no bound.
    scale : {"arcsine", "auto"}, default=None
        Scale of the comparison, for signals that are log odds of a probability p (a
        scaled logit). "arcsine" is ``2 arcsin(sqrt(p))``, with the global variance
        and no clip. "auto" takes it where the answers of the references are coarse,
        if it tells members better apart in ``fit``; "lira-online" and "lira-offline"
        do. None: the signal itself, whatever it is.
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
    scale_ : {"arcsine"} or None
        Scale in use. With several signals each has its own; this is the last one's.
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
    leave_one_out_likelihood_ratio : Every reference model as the target in turn.
    BayesOptimalAttack : Compares likelihoods without the normal distribution.

    Notes
    -----
    Level: observations, of the signal "scaled_logit". Threat model: the adversary sees
    the posterior and knows the true label. Online, the reference models were trained on
    random halves of a pool that contains the candidates, which is an auditor's
    privilege. Offline, they were trained on disjoint auxiliary data.

    A record without any in (or out) model is given one side at the usual distance from
    the other, with the global variance. With several signals the score is the mean of
    their log ratios.

    On Location-30 shrinking was about as good as the better of the two pure estimates,
    or better, with 8 to 64 models, for trees, forests, neighbours, logistic regression,
    naive Bayes and networks: ``benchmarks/bench_references_location30.py``.

    Answers are coarse if some are certain (p or 1 - p at most 1e-12) and no other lies
    beyond 1e-4 or 1 - 1e-4: votes of a forest or of neighbours, rounded posteriors. The
    logit of a unanimous vote is infinite, and where it is put instead, at 36 or 69,
    decides the moments; the arcsine is bounded, and votes have about the same variance
    on it whatever their probability. It gains most for forests, and loses where being
    unanimous is what gives members away (extra trees, offline), hence the comparison:
    ``benchmarks/bench_coarse_answers.py``.

    Of one model on each side there is no variance to learn. It is then that of the
    observations that are scored, all of them together, and the threshold a ratio of 1.

    The threshold is fitted on pseudo-targets. Each of them is missing among its own
    references, which makes its members look a little less like members than those of
    the target.

    References
    ----------
    N. Carlini et al., "Membership Inference Attacks From First Principles", IEEE S&P
    2022, arXiv:2112.03570. Shrunk variances: R. Brännvall, "Exponential-Family
    Membership Inference: From LiRA and RMIA to BaVarIA", arXiv 2026.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import ShadowModels
    >>> from skmia.attacks import LikelihoodRatioAttack
    >>> X, y = load_digits(return_X_y=True)
    >>> tree = DecisionTreeClassifier(min_samples_leaf=3, random_state=0)
    >>> shadows = ShadowModels(tree, n_shadows=16, random_state=0).fit(X, y)
    >>> Z, member, shadow = shadows.pseudo_observations("scaled_logit", n_targets=4)
    >>> attack = LikelihoodRatioAttack().fit(Z, member)
    >>> attack.mode_
    'online'
    >>> target = tree.fit(X[:900], y[:900])
    >>> Z = shadows.reference_observations(target, "scaled_logit")
    >>> score = attack.decision_function(Z)
    >>> bool(score[:900].mean() > score[900:].mean())
    True
    """

    _parameter_constraints = ReferenceAttack._parameter_constraints | {
        "mode": [StrOptions({"auto", "online", "offline"})],
        "variance": [StrOptions({*OWN_WEIGHT, "auto"})],
        "centre": [StrOptions({"mean", "median"})],
        "floor": [POSITIVE],
        "clip": [POSITIVE, None],
        "scale": [StrOptions({"arcsine", "auto"}), None],
    }

    def __init__(
        self,
        *,
        mode: Literal["auto", "online", "offline"] = "auto",
        variance: Literal["shrunk", "per-example", "global", "auto"] = "shrunk",
        centre: Literal["mean", "median"] = "mean",
        floor: float = 0.01,
        clip: float | None = None,
        scale: Literal["arcsine", "auto"] | None = None,
        objective: Literal["advantage", "accuracy", "tpr_at_fpr"] = "advantage",
        fpr: float = 0.01,
    ) -> None:
        self.mode = mode
        self.variance = variance
        self.centre = centre
        self.floor = floor
        self.clip = clip
        self.scale = scale
        self.objective = objective
        self.fpr = fpr

    def _threshold(self, views, member):
        alone = any(state.n_alone for state in self._states)
        return 0.0 if alone else super()._threshold(views, member)

    def _learn(self, view, member):
        # A pseudo-target has fewer references than a target, which may know both sides.
        later = self.mode == "online" and _hardly_two(view.inside)
        mode = "auto" if later else self.mode
        states = [self._learn_on(scale, view, mode) for scale in self._scales(view)]
        state = states[0]
        if len(states) > 1:
            auc = [rank_auc(self._score(view, state), member) for state in states]
            state = states[int(np.argmax(auc))]
        self.mode_, self.variance_ = state.mode, state.variance
        self.scale_ = state.scale
        return state

    def _scales(self, view):
        """Scales to choose from; the last is likely the best one."""
        if self.scale != "auto":
            return [self.scale]
        return [None, "arcsine"] if are_coarse(view.reference) else [None]

    def _learn_on(self, scale, view, mode):
        sides = view.reference, view.inside, self.centre, self._change(scale)
        pooled = pool(*sides)
        online = is_online(type(self).__name__, mode, pooled)
        variance = self.variance if scale is None else "global"
        if variance == "auto":
            n_inside = pooled.n_inside if online else np.inf
            enough = min(n_inside, pooled.n_outside) >= MODELS_FOR_OWN_VARIANCE
            variance = "per-example" if enough else "global"
        alone = self.mode != "offline" and _hardly_two(view.inside)
        n_alone = view.reference.shape[1] if alone else 0
        mode = "online" if online else "offline"
        return _Learned(scale, mode, variance, pooled, n_alone)

    def _change(self, scale):
        """What puts signals on a scale."""
        return within(self.clip) if scale is None else arcsine

    def _score(self, view, state):
        if 0 < state.n_alone < view.reference.shape[1]:
            state = self._learn_on(self._scales(view)[-1], view, self.mode)
        change, pooled = self._change(state.scale), state.pooled
        score = np.empty(len(view.target))
        blocks = blocks_of_sides(view.reference, view.inside, self.centre, change)
        for rows, inside, outside in blocks:
            target = change(view.target[rows]).astype(float)
            c_in, c_out = both_centres(inside, outside, pooled.usual_offset)
            weight = OWN_WEIGHT[state.variance](inside.count + outside.count)
            s_out = spread(outside, weight, pooled.outside) + self.floor
            if state.mode == "online":
                s_in = spread(inside, weight, pooled.inside) + self.floor
                score[rows] = self._ratio(target, c_in, s_in, c_out, s_out)
            else:
                score[rows] = self._tail(target, c_out, s_out)
        return score

    def _ratio(self, target, c_in, s_in, c_out, s_out):
        """Online score, from centres and spreads of both sides."""
        z_in, z_out = (target - c_in) / s_in, (target - c_out) / s_out
        return log_ratio(z_in, s_in, z_out, s_out)

    def _tail(self, target, c_out, s_out):
        """Offline score, from centre and spread of the out models."""
        return (target - c_out) / s_out


def _hardly_two(inside):
    """Whether hardly a record has two models on a side: that is no variance at all."""
    if inside is None:
        return False
    n_inside = inside.sum(axis=1).mean()
    return max(n_inside, inside.shape[1] - n_inside) < 1.5


def spread(side, weight, pooled):
    """Standard deviation, `weight` of its square from the side itself if not empty."""
    weight = np.where(side.count > 0, weight, 0)
    return np.sqrt(weight * side.variance + (1 - weight) * pooled)


def log_ratio(z_in, s_in, z_out, s_out):
    """Log ratio of two normal densities, from deviations in units of the spreads."""
    return (z_out**2 - z_in**2) / 2 + np.log(s_out / s_in)
