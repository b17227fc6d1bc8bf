"""RMIA of regressors: likelihoods of residuals."""

from dataclasses import replace

import numpy as np

from skmia.attacks.models._relative import RelativeAttack
from skmia.attacks.models._residuals import OnResiduals, joined


class ResidualRelativeAttack(OnResiduals, RelativeAttack):
    """RMIA of a regressor: compare likelihoods of its residual with others' records.

    R(x) is the likelihood of the true value under the target over that under models in
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
        How models inflate the likelihood of their members: 1 not at all, 0 all the way
        to 1. "auto" takes the value with the largest area under the ROC curve on the
        observations seen in ``fit``, scored offline; among equals 0.3. Only used
        offline, and for records that have no in or no out reference.
    floor : float > 0, default=1e-30
        Smallest likelihood in a ratio.
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
    ResidualLikelihoodRatioAttack : Fits distributions to the residuals of a record.

    Notes
    -----
    Level: observations, of the signal "residual". Threat model: prediction and true
    value; references as for :class:`RelativeAttack`.

    The likelihood is ``exp(-|z|)``, with the residual z in units of the root mean
    square of those of the out models; of several outputs z is the length of the vector
    after it was decorrelated by these. A Laplace likelihood, since a normal one is
    level around 0, where trees keep their members.

    References
    ----------
    S. Zarifzadeh, P. Liu, R. Shokri, "Low-Cost High-Power Membership Inference
    Attacks", ICML 2024, arXiv:2312.03262; here on residuals.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.tree import DecisionTreeRegressor
    >>> from skmia import ShadowModels
    >>> from skmia.attacks import ResidualRelativeAttack
    >>> X, y = load_diabetes(return_X_y=True)
    >>> tree = DecisionTreeRegressor(random_state=0)
    >>> shadows = ShadowModels(tree, n_shadows=8, random_state=0).fit(X, y)
    >>> Z, member, _ = shadows.pseudo_observations("residual", n_targets=2)
    >>> attack = ResidualRelativeAttack().fit(Z, member)
    >>> target = tree.fit(X[:221], y[:221])
    >>> Z = shadows.reference_observations(target, "residual")
    >>> called = attack.predict(Z)
    >>> bool(called[:221].mean() > called[221:].mean() + 0.1)
    True
    """

    def _compared(self, views):
        view = joined(super()._compared(views))
        own, others = np.exp(-view.target), np.exp(-view.reference)
        return [replace(view, target=own, reference=others)]
