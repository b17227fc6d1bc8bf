"""How much surer an attacker gets: six steps of a factor of the odds."""

from bisect import bisect_right
from math import exp

# Where a step begins. An even guess becomes 2/3, 5/6, 20/21 and 100/101 from the second
# on: more likely than not by a clear margin, and the usual levels of confidence.
STARTS = (1, 2, 5, 20, 100)
NAMES = (
    "nothing seen",
    "a trace",
    "a hint",
    "strong suspicion",
    "can be named",
    "near certainty",
)


def step_of(factor):
    """Step of a factor, 0 to 5; of no more than 1 it is 0.

    Parameters
    ----------
    factor : float
    """
    return bisect_right(STARTS, factor) if factor > 1 else 0


def factor_of(epsilon, rates):
    """Largest multiplication of the odds that is proved, and by what.

    Parameters
    ----------
    epsilon : float
        Lower bound; nan where there is none.
    rates : dict of float to float
        Lower end of the true positive rate by false positive rate, fractions.

    Returns
    -------
    factor : float
        1 or more.
    by : str or None
        "epsilon", "tpr_at_fpr_0.01", ... None where nothing is proved.
    """
    found = {f"tpr_at_fpr_{fpr}": tpr / fpr for fpr, tpr in rates.items()}
    found["epsilon"] = exp(epsilon)
    proved = {by: factor for by, factor in found.items() if factor > 1}
    by = max(proved, key=proved.get, default=None)
    return (1.0, None) if by is None else (proved[by], by)


def chance(factor, prior=0.5):
    """Probability once the odds of `prior` are multiplied."""
    odds = factor * prior / (1 - prior)
    return odds / (1 + odds)


def scale():
    """The steps as plain values: factor, and what 50 in 100 becomes, in words."""
    rows = [{"step": 0, "name": NAMES[0], "factor": "×1", "of_even": "50"}]
    for step, name in enumerate(NAMES[1:], start=1):
        low, high = STARTS[step - 1], (*STARTS, None)[step]
        rows.append({"step": step, "name": name, **_range(low, high)})
    return rows


def _range(low, high):
    ends = [None if end is None else f"{100 * chance(end):.0f}" for end in (low, high)]
    if high is None:
        return {"factor": f"×{low} or more", "of_even": f"{ends[0]} or more"}
    if low == 1:
        return {"factor": f"below ×{high}", "of_even": f"up to {ends[1]}"}
    return {"factor": f"×{low} to ×{high}", "of_even": f"{ends[0]} to {ends[1]}"}
