"""Which members a score tells from non-members, and how many of these by chance."""

import numpy as np
from scipy.special import betaln
from scipy.stats import false_discovery_control

_N_DRAWS = 999
# Thresholds at which the band is laid; between two of them that of the next holds.
_N_KNOTS = 64


def conformal_p_values(score, nonmember_score):
    """Probability of so high a rank among non-members, for one who is like them.

    Equal scores count as higher: with ties the values are too large, never too small.

    Parameters
    ----------
    score : ndarray of shape (n_members,)
    nonmember_score : ndarray of shape (n_nonmembers,)

    Returns
    -------
    p_values : ndarray of shape (n_members,)
        Multiples of ``1 / (n_nonmembers + 1)``.
    """
    n = len(nonmember_score)
    n_below = np.searchsorted(np.sort(nonmember_score), score, side="left")
    return (1 + n - n_below) / (n + 1)


def q_values(p_values):
    """Smallest false discovery rate of a list that a record is on (Benjamini-Hochberg).

    Conformal p-values that share their non-members depend on each other in the way that
    the procedure allows (Bates et al. 2023).
    """
    return false_discovery_control(p_values)


def most_false(p_values, n_nonmembers, alpha, rng):
    """How many on each list are there by chance at most, whatever list is looked at.

    Parameters
    ----------
    p_values : ndarray of shape (n_members,)
        From :func:`conformal_p_values`.
    n_nonmembers : int
    alpha : float
        Probability, at most, that any of the numbers is too small.
    rng : RandomState

    Returns
    -------
    n_false : ndarray of int of shape (n_members,)
        Of the list of all whose p-value is no larger.
    """
    m = len(p_values)
    knots = np.unique(np.geomspace(1, n_nonmembers, _N_KNOTS).round().astype(int))
    band = _band(m, n_nonmembers, knots, alpha, rng)
    n_listed = np.searchsorted(
        np.sort(p_values), knots / (n_nonmembers + 1) * (1 + 1e-12), side="right"
    )
    # A list holds one that is shorter, and no more false ones than it adds.
    true = np.maximum.accumulate(n_listed - np.minimum(band, n_listed))
    rank = np.rint(p_values * (n_nonmembers + 1)).astype(int)
    size = np.searchsorted(np.sort(p_values), p_values * (1 + 1e-12), side="right")
    at = np.searchsorted(knots, rank, side="right") - 1  # the largest shorter list
    above = np.append(band, m)[np.searchsorted(knots, rank, side="left")]
    return np.minimum(size - true[at], above)


def _band(m, n, knots, alpha, rng):
    """Numbers of chance members that are above the j-th non-member, for all j at once.

    The ranks of exchangeable scores have one law, whatever the scores: spacings of
    uniform numbers, and how members fall into them. The tail probability of each number
    is compared with the smallest one of a path, in the alpha-quantile of its draws.
    """
    tails = [tail_of_ranks(m, j, n) for j in knots]
    spacings = np.diff(np.append(knots, n + 1), prepend=0)
    shares = rng.dirichlet(spacings, size=_N_DRAWS)
    counts = np.array([rng.multinomial(m, share) for share in shares])
    paths = counts.cumsum(axis=1)[:, :-1]
    rarest = np.min([tail[v] for tail, v in zip(tails, paths.T, strict=True)], axis=0)
    n_beyond = int(alpha * (_N_DRAWS + 1))
    least = np.sort(rarest)[n_beyond - 1] if n_beyond else 0.0
    # Tails fall with the number: the largest that is not rarer than that.
    return np.array(
        [np.searchsorted(-tail, -least, side="right") - 1 for tail in tails]
    )


def tail_of_ranks(m, j, n):
    """P(V >= v), v = 0 ... m, of members above the j-th of n non-members.

    Beta-binomial.
    """
    v = np.arange(m + 1)
    log_choose = -np.log(m + 1) - betaln(m - v + 1, v + 1)
    log_mass = log_choose + betaln(v + j, m - v + n + 1 - j) - betaln(j, n + 1 - j)
    tail = np.exp(log_mass)[::-1].cumsum()[::-1]
    return np.minimum.accumulate(np.minimum(tail, 1.0))
