"""How far a canary stands out of those that were never seen."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import quad
from scipy.stats import skewnorm

from skmia.attacks.statistics._group import check_scores
from skmia.utils._ranks import mid_ranks
from skmia.utils._sklearn import StrOptions, validate_params

# Logarithm of a share, from where on it is integrated.
_FAR = -10


@validate_params(
    score=["array-like"],
    reference_score=["array-like"],
    method=[StrOptions({"rank", "skew-normal"})],
)
def exposure(
    score: ArrayLike,
    reference_score: ArrayLike,
    *,
    method: Literal["rank", "skew-normal"] = "rank",
) -> np.ndarray:
    """Exposure of canaries, in bits: how much of their secret a model gives away.

    With n references and itself, a canary is one of ``n + 1``; guessing it takes
    ``log2(n + 1)`` bits, of which the model tells all but log2 of the canary's rank.

    .. versionadded:: 0.2

    Parameters
    ----------
    score : array-like of shape (n_canaries,)
        What a model says of each canary, finite; higher = more likely seen: the log
        probability of its label, or minus the perplexity of a text.
    reference_score : array-like of shape (n_references,)
        The same of canaries that were drawn in the same way, and not seen.
    method : {"rank", "skew-normal"}, default="rank"
        "rank": ``log2(n + 1) - log2(rank)``, at most ``log2(n + 1)``, where rank 1 has
        the highest score, and equal scores share the mean of their ranks.
        "skew-normal": minus log2 of the share of a skew-normal distribution, fitted to
        the references by maximum likelihood, that lies above the score. It goes beyond
        the number of references, as far as that distribution is to be trusted.

    Returns
    -------
    exposure : ndarray of shape (n_canaries,)
        At least 0.

    Raises
    ------
    ValueError
        Scores are missing or not finite, or the references are all equal, which no
        distribution fits.

    See Also
    --------
    insert_canaries : Canaries for a table of records.
    canary_exposure : Exposure of these by a fitted classifier.
    skmia.metrics.one_run_epsilon : A lower bound of epsilon from many canaries.

    Notes
    -----
    Level: observations. Threat model: that of the scores; the attacker knows how
    canaries are drawn and not what was drawn.

    A canary that was never seen has a random rank, hence a mean exposure of
    ``log2(n + 1) - log2((n + 1)!) / (n + 1)``, which for many references is 1 / log(2)
    = 1.4427 bits (less where scores are equal), with a standard deviation of 1.4427,
    too. So compare the mean of several canaries with that, never one with 0.

    References
    ----------
    N. Carlini, C. Liu, Ú. Erlingsson, J. Kos, D. Song, "The Secret Sharer: Evaluating
    and Testing Unintended Memorization in Neural Networks", USENIX Security 2019,
    :arxiv:`1802.08232`.

    Examples
    --------
    >>> from skmia.inference import exposure
    >>> exposure([9.5, 6.5, 2], range(7))
    array([3.        , 3.        , 0.54056838])
    >>> exposure([9.5, 6.5, 2], range(7), method="skew-normal").round(2)
    array([10.76,  4.64,  0.53])
    """
    score = check_scores("score", score)
    reference = np.sort(check_scores("reference_score", reference_score))
    if method == "rank":
        n = len(reference)
        rank = 1 + n - mid_ranks(reference, score)
        return np.log2(n + 1) - np.log2(rank)
    if reference[0] == reference[-1]:
        raise ValueError(
            'method="skew-normal" needs reference scores that differ. All of the '
            f'{len(reference)} are {reference[0]:g}: use method="rank".'
        )
    return -_log_above(score, *skewnorm.fit(reference)) / math.log(2)


def _log_above(score, shape, location, scale):
    """Logarithm of the share of a skew-normal distribution above each score.

    scipy's own is one less what is below, which has no digits left far out.
    """
    z = (score - location) / scale
    log_share = skewnorm.logsf(z, shape)
    for i in np.flatnonzero(log_share < _FAR):
        log_share[i] = _log_tail(z[i], shape)
    return np.minimum(log_share, 0)


def _log_tail(z, shape):
    """The same of the standard one, integrated in units of the density at `z`."""
    log_density = skewnorm.logpdf(z, shape)
    # About how fast the density falls: or the area is too narrow to be found.
    steep = 1 - min(shape, 0)
    rate = steep * max(1, steep * z)

    def relative(t):
        return math.exp(skewnorm.logpdf(z + t / rate, shape) - log_density)

    area, _ = quad(relative, 0, np.inf)
    return log_density + math.log(area / rate)
