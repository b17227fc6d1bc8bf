"""What is looked for in a model, one function for each flag."""

import numpy as np
from scipy.stats import ks_2samp

from skmia.auditing.structural._flag import Flag, not_examined
from skmia.auditing.structural._inner_model import hold_no_rows
from skmia.auditing.structural._parameters import n_parameters
from skmia.auditing.structural._settings import risky_settings
from skmia.signals.white_box._stored import holds_no_rows, stored_rows
from skmia.utils._kinds import name_of
from skmia.utils._records import n_records
from skmia.utils._units import percent

# A smaller probability is none.
NEAR_ZERO = 1e-8
# Level of the test whether losses follow one law.
LEVEL = 0.05
# Probability times count is a count, but for what divisions lose.
_DIGITS = 6


def degrees_of_freedom(inner, n, limit):
    """Whether there are hardly more records than learned numbers."""
    name, n_learned = "degrees of freedom", n_parameters(inner)
    if n_learned is None:
        why = f"the numbers that {name_of(inner)} learns are not counted"
        return not_examined(name, why, limit)
    left = n - n_learned
    few = left < limit
    says = f"fewer than {limit}: it has room for single records"
    text = (
        f"{n:,} training records less {n_learned:,} numbers that the model "
        f"learned leave {left:,}, {says if few else f'no fewer than {limit}'}."
    )
    return Flag(name, few, left, limit, text)


def smallest_cell(cells, limit):
    """Whether answers are those of few records."""
    smallest, small = int(cells.size.min()), cells.size < limit
    if small.any():
        text = (
            f"{_hold(small, cells)} fewer than {limit} training records, "
            f"{cells.size[small].sum():,} in all: what the model answers there "
            "describes these few."
        )
    else:
        text = (
            f"All {len(cells.size):,} {cells.what} hold {limit} training records or "
            f"more, the smallest {smallest:,}."
        )
    return Flag("k-anonymity", bool(small.any()), smallest, limit, text)


def class_disclosure(cells):
    """Whether a class is ruled out for the records of a cell."""
    name = "class disclosure"
    if cells.posterior is None:
        return not_examined(name, "the model answers no probabilities", NEAR_ZERO)
    without = rules_out(cells)
    text = "No class has a probability near 0."
    if without.any():
        text = (
            f"In {without.sum():,} of {len(cells.size):,} {cells.what} a class has a "
            "probability near 0: whoever is there is told not to be of it."
        )
    smallest = float(cells.posterior.min())
    return Flag(name, bool(without.any()), smallest, NEAR_ZERO, text)


def small_groups(cells, limit):
    """Whether probabilities tell of few records of a class."""
    name = "small groups"
    if cells.posterior is None:
        return not_examined(name, "the model answers no probabilities", limit)
    counts, small = _counts(cells), has_small_group(cells, limit)
    smallest = float(counts[cells.posterior > NEAR_ZERO].min())
    text = (
        f"Where a class is possible, it stands for {limit} training records or more "
        "(its probability times the records there)."
    )
    if small.any():
        text = (
            f"In {small.sum():,} of {len(cells.size):,} {cells.what} a class stands "
            f"for fewer than {limit} training records (its probability times the "
            "records there)."
        )
    return Flag(name, bool(small.any()), smallest, limit, text)


def settings(inner, n):
    """Whether the model may grow as those did that leaked most."""
    name = "hyper-parameters"
    risky, shown = risky_settings(inner, n)
    if risky is None:
        return not_examined(name, f"there is no rule for {name_of(inner)}")
    among = "among" if risky else "not among"
    text = f"{shown}: {among} the settings that leaked most in a study of many models."
    return Flag(name, risky, None, None, text)


def rows_inside(inner, is_stored):
    """Whether training records stand in the model as they are.

    Parameters
    ----------
    inner : fitted classifier
    is_stored : ndarray of bool of shape (n_records,) or None
        None where it is not known how to look.
    """
    name = "stored rows"
    if is_stored is None:
        why = f"what {name_of(inner)}, or a step before it, holds is not known"
        return not_examined(name, why, 0)
    n_stored = int(is_stored.sum())
    text = "The model holds none of its training records."
    if n_stored:
        text = (
            f"{n_stored:,} of {len(is_stored):,} training records stand in the model "
            "as they are: who has the model has them."
        )
    return Flag(name, n_stored > 0, n_stored, 0, text)


def loss_laws(train, holdout):
    """Whether losses on training and on other records follow different laws."""
    p_value = float(ks_2samp(train, holdout).pvalue)
    differ = p_value < LEVEL
    text = (
        f"Losses of training and of other records {'differ' if differ else 'agree'} "
        f"(Kolmogorov-Smirnov test at {percent(LEVEL)}, p = {p_value:.2g})."
    )
    return Flag("losses", differ, p_value, LEVEL, text)


def which_are_stored(inner, X, steps):
    """Which training records a model holds as they are.

    Parameters
    ----------
    inner : fitted classifier
    X : records
        As it takes them.
    steps : list
        What prepared them.

    Returns
    -------
    is_stored : ndarray of bool of shape (n_records,) or None
        None where that is not known.
    """
    if holds_no_rows(inner) is None:
        return stored_rows(inner, X, None, None) == 1
    known = n_parameters(inner) is not None and hold_no_rows(steps)
    return np.zeros(n_records(X), dtype=bool) if known else None


def rules_out(cells):
    """Cells in which a class has no probability."""
    return (cells.posterior <= NEAR_ZERO).any(axis=1)


def has_small_group(cells, limit):
    """Cells in which a class stands for few records, and not for none."""
    counts = _counts(cells)
    possible = cells.posterior > NEAR_ZERO
    return (possible & (counts.round(_DIGITS) < limit)).any(axis=1)


def _counts(cells):
    return cells.posterior * cells.size[:, np.newaxis]


def _hold(which, cells):
    n = int(which.sum())
    return f"{n:,} of {len(which):,} {cells.what} {'holds' if n == 1 else 'hold'}"
