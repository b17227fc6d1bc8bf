"""What the bounds from a number of right guesses share."""

from typing import NamedTuple

from skmia.metrics._validation import check_count

_TOLERANCE = 1e-6


class Guesses(NamedTuple):
    """Right guesses among all, about so many canaries."""

    n_correct: int
    n_guesses: int
    n_canaries: int


def check_guesses(caller, **counts):
    """The counts, each at most the next one."""
    guesses = Guesses(
        **{name: check_count(caller, name, n, least=0) for name, n in counts.items()}
    )
    if list(guesses) != sorted(guesses):
        raise ValueError(
            f"{caller} needs n_correct <= n_guesses <= n_canaries. Got "
            f"{', '.join(map(str, guesses))} instead."
        )
    return guesses


def largest_refuted(refutes):
    """Largest refuted value, or a little less; whatever is smaller is refuted too.

    Parameters
    ----------
    refutes : callable
        Of a value: whether it is refuted.

    Returns
    -------
    value : float
        0 where nothing is.
    """
    refuted, right = 0.0, 1.0
    if not refutes(refuted):
        return 0.0
    while refutes(right):
        refuted, right = right, 2 * right
    while right - refuted > _TOLERANCE:
        middle = (refuted + right) / 2
        if refutes(middle):
            refuted = middle
        else:
            right = middle
    return refuted
