"""What an attack says of a record, beside what was believed of it before."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from skmia.metrics._priors import check_fractions
from skmia.metrics.bounds._bounds import as_result


def membership_posterior(log_ratio: ArrayLike, prior: ArrayLike) -> float | np.ndarray:
    """Probability of membership, by Bayes' rule with a prior for each record.

    Auxiliary information says of some records that they are likelier members than
    others: who lived in a city, which years were collected. As a prior it meets what an
    attack has seen.

    .. versionadded:: 0.2

    Parameters
    ----------
    log_ratio : float or array-like
        Logarithm of how much likelier what was seen is of a member than of a
        non-member: the score of LiRA, online. nan where nothing was seen.
    prior : float or array-like
        Probability of membership before that, a fraction; broadcast against
        `log_ratio`. 0 and 1 are certain, and nothing that is seen moves them.

    Returns
    -------
    posterior : float or ndarray
        In [0, 1]; nan where `log_ratio` is.

    Raises
    ------
    ValueError
        A prior is not in [0, 1].

    See Also
    --------
    ppv_at_prior : What calling members is worth at one prior for all.
    skmia.attacks.PrivacyRiskAttack : Learns probabilities from histograms.

    Notes
    -----
    Level: observations. Posterior odds are prior odds times the ratio, so the posterior
    is as right as both: the ratio of LiRA is one of normal distributions that were
    fitted to a few reference models. What is seen must tell of membership alone: where
    it is also what the prior was made of, it counts twice. Where all records have one
    prior, the posterior ranks as the ratio does.

    References
    ----------
    B. Jayaraman, L. Wang, K. Knipmeyer, Q. Gu, D. Evans, "Revisiting Membership
    Inference Under Realistic Assumptions", PoPETs 2021, arXiv:2005.10881 (priors).

    Examples
    --------
    >>> from skmia.metrics import membership_posterior
    >>> membership_posterior([0.0, 2.0, 2.0], prior=[0.1, 0.1, 0.5]).round(3)
    array([0.1  , 0.451, 0.881])

    The score of LiRA is relative to its threshold, which is added again. Of the digit 3
    every second candidate is known to be a member, of others every tenth.

    >>> import numpy as np
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import ShadowModels
    >>> from skmia.attacks import get_attack
    >>> from skmia.targets import Session
    >>> X, y = load_digits(return_X_y=True)
    >>> tree = DecisionTreeClassifier(min_samples_leaf=3, random_state=0)
    >>> shadows = ShadowModels(tree, n_shadows=8, random_state=0).fit(X, y)
    >>> pairs, member, _ = shadows.pairs()
    >>> lira = get_attack("lira-online").attack.fit(pairs, member)
    >>> session = Session(tree.fit(X[:900], y[:900]), X, y)
    >>> log_ratio = lira.decision_function(session) + lira["model"].threshold_
    >>> prior = np.where(y == 3, 0.5, 0.1)
    >>> posterior = membership_posterior(log_ratio, prior)
    >>> bool(posterior[:900].mean() > posterior[900:].mean())
    True
    """
    (prior,) = check_fractions("membership_posterior", prior=prior)
    log_ratio, prior = np.broadcast_arrays(np.asarray(log_ratio, dtype=float), prior)
    certain = ((prior == 0) | (prior == 1)) & ~np.isnan(log_ratio)
    with np.errstate(invalid="ignore"):  # a certain prior against a certain ratio
        posterior = expit(log_ratio + logit(prior))
    return as_result(np.where(certain, prior, posterior))
