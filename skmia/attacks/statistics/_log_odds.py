"""Scales on which probabilities are compared, from their log odds.

Log odds keep what a probability near one loses, in single precision as well.
"""

import numpy as np
from scipy.special import logit

# Of coarse answers some are certain, to within 1e-12, and the others lie between 1e-4
# and 1 - 1e-4: votes of up to 10,000. Posteriors that saturate have answers between.
_CERTAIN = -logit(1e-12)
_LIKELY = -logit(1e-4)


def are_coarse(log_odds):
    """Whether some answers are certain, and the others far from it."""
    any_certain = False
    # Part by part, as they lie: most answers are looked at in the first one only.
    for part in np.nditer(log_odds, ["external_loop", "buffered", "zerosize_ok"]):
        size = np.abs(part)
        certain = size >= _CERTAIN
        if not (certain | (size < _LIKELY)).all():
            return False
        any_certain = any_certain or bool(certain.any())
    return any_certain


def arcsine(log_odds):
    """2 arcsin(sqrt(p)): bounded, and of the same variance for all votes of one size.

    Twice, as is usual: the variance is then about one over the number of votes.
    From the log odds without p, which would round to one.
    """
    return np.pi / 2 + 2 * np.arctan(np.tanh(log_odds / 4))
