"""LiRA of regressors: on residuals, which members have near zero."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from scipy import stats

from skmia.attacks.models._likelihood_ratio import OWN_WEIGHT, LikelihoodRatioAttack
from skmia.attacks.models._residuals import OnResiduals
from skmia.attacks.statistics._moments import blocks_of_sides, both_centres
from skmia.utils._sklearn import POSITIVE, StrOptions

# A probability of 0, of a residual of exactly 0.
_SMALLEST = 1e-300
# In spreads: the density of a normal law is level on that, to ten digits.
_NARROW = 1e-5


class ResidualLikelihoodRatioAttack(OnResiduals, LikelihoodRatioAttack):
    """LiRA of a regressor: how likely is its residual from models with the record.

    A distribution is fitted to the signed residuals that the in models of a record
    have, and another to those of its out models. Online, the score is the log ratio of
    the two densities at the target's residual. Offline, without in models, it is
    ``-log P(|R| <= |r|)``: how unlikely an out model R errs so little.

    .. versionadded:: 0.2

    Parameters
    ----------
    mode : {"auto", "online", "offline"}, default="auto"
        "auto" is online when the observations say which models were trained on which
        record. Offline uses the out models only.
    variance : {"shrunk", "per-example", "global", "auto"}, default="auto"
        Variance of the two distributions. "per-example" is that of the record's own
        models, "global" how far models in the place of the target are from the centre
        of their side, of all records in ``fit``, in and out apart. "shrunk" weighs
        both, as if the global one had come from 16 more models of the record. "auto"
        is the rule of the paper: per example from 64 models up (30 on each side), else
        global.
    centre : {"mean", "median"}, default="mean"
        Centre of the two distributions.
    floor : float, default=1e-3
        Added to every standard deviation, in units of what out models err: of a tree
        that is grown to the end all in models err by nothing.
    df : float, default=None
        Degrees of freedom of a Student-t distribution, for residuals with heavy tails;
        None for a normal one.
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
    ResidualRelativeAttack : Compares with other people, too.

    Notes
    -----
    Level: observations, of the signal "residual". Threat model: the adversary sees the
    prediction and knows the true value. Online, the reference models were trained on
    random halves of a pool that contains the candidates, which is an auditor's
    privilege. Offline, they were trained on disjoint auxiliary data.

    A signed residual is close to normal, and needs no other scale. Several outputs are
    one vector: residuals are decorrelated by the second moments of those of the out
    models, and the log ratios of the parts are averaged. To add a constant to labels
    and predictions, or to measure an output in another unit, changes no score but by
    rounding.

    References
    ----------
    N. Carlini et al., "Membership Inference Attacks From First Principles", IEEE S&P
    2022, arXiv:2112.03570; here on residuals.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.tree import DecisionTreeRegressor
    >>> from skmia import ShadowModels
    >>> from skmia.attacks import ResidualLikelihoodRatioAttack
    >>> X, y = load_diabetes(return_X_y=True)
    >>> tree = DecisionTreeRegressor(min_samples_leaf=5, random_state=0)
    >>> shadows = ShadowModels(tree, n_shadows=16, random_state=0).fit(X, y)
    >>> Z, member, shadow = shadows.pseudo_observations("residual", n_targets=4)
    >>> attack = ResidualLikelihoodRatioAttack().fit(Z, member)
    >>> target = tree.fit(X[:221], y[:221])
    >>> score = attack.decision_function(
    ...     shadows.reference_observations(target, "residual")
    ... )
    >>> bool(score[:221].mean() > score[221:].mean())
    True
    """

    # Those of logits have no meaning here.
    clip = scale = None

    _parameter_constraints = {
        name: allowed
        for name, allowed in LikelihoodRatioAttack._parameter_constraints.items()
        if name not in ("clip", "scale")
    } | {
        "variance": [StrOptions({*OWN_WEIGHT, "auto"})],
        "df": [POSITIVE, None],
    }

    def __init__(
        self,
        *,
        mode: Literal["auto", "online", "offline"] = "auto",
        variance: Literal["shrunk", "per-example", "global", "auto"] = "auto",
        centre: Literal["mean", "median"] = "mean",
        floor: float = 1e-3,
        df: float | None = None,
        objective: Literal["advantage", "accuracy", "tpr_at_fpr"] = "advantage",
        fpr: float = 0.01,
    ) -> None:
        self.mode = mode
        self.variance = variance
        self.centre = centre
        self.floor = floor
        self.df = df
        self.objective = objective
        self.fpr = fpr

    def _learn(self, view, member):
        state = super()._learn(view, member)
        strays = self._strays(view, member, state.pooled.usual_offset)
        inside, outside = (float(np.mean(strays[member == side])) for side in (1, 0))
        return replace(
            state, pooled=replace(state.pooled, inside=inside, outside=outside)
        )

    def _strays(self, view, member, offset):
        """How far the target is from the models of its side, squared.

        Few models lie nearer to their own mean than another one does; of one there is
        no spread at all.
        """
        strays = np.empty(len(member))
        for rows, *sides in blocks_of_sides(view.reference, view.inside, self.centre):
            c_in, c_out = both_centres(*sides, offset)
            own = np.where(member[rows] == 1, c_in, c_out)
            strays[rows] = (view.target[rows] - own) ** 2
        return strays

    def _ratio(self, target, c_in, s_in, c_out, s_out):
        inside = self._log_density((target - c_in) / s_in, s_in)
        return inside - self._log_density((target - c_out) / s_out, s_out)

    def _log_density(self, z, spread):
        """Up to a constant, which both sides have."""
        if self.df is None:
            return -(z**2) / 2 - np.log(spread)
        return -(self.df + 1) / 2 * np.log1p(z**2 / self.df) - np.log(spread)

    def _tail(self, target, c_out, s_out):
        errs = stats.norm if self.df is None else stats.t(self.df)
        size, centre = np.abs(target), np.abs(c_out)  # both sides of 0 are alike
        above, below = (size - centre) / s_out, (-size - centre) / s_out
        more = errs.sf(above) + errs.cdf(below)
        less = errs.cdf(above) - errs.cdf(below)
        # Where both nearly cancel it is the density; of complements the smaller counts.
        width, middle = 2 * size / s_out, errs.pdf(centre / s_out)
        less = np.where(width < _NARROW, width * middle, less)
        less = np.maximum(less, _SMALLEST)
        return np.where(more > 0.5, -np.log(less), -np.log1p(-np.minimum(more, 0.5)))
