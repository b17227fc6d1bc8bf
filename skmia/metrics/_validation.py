"""What every metric asks of its input, and how it says so."""

from numbers import Integral, Real

import numpy as np

from skmia.utils._one_each import one_each

# Counts beyond are no integers of numpy, and mostly no floats.
_MOST = np.iinfo(np.int64).max
_FRACTIONS = {
    "fpr": ("(0, 1]", "FPR"),
    "fprs": ("(0, 1]", "FPR"),
    "confidence_level": ("(0, 1)", "A confidence level"),
    "alpha": ("(0, 0.5]", "A level"),
    "fdr": ("(0, 1)", "A false discovery rate"),
    "power": ("(0, 1)", "A power"),
}


def check_fraction(caller, name, value):
    """`value` as a float; percent instead of a fraction is the usual mistake."""
    interval, noun = _FRACTIONS[name]
    number = isinstance(value, Real) and not isinstance(value, bool)
    largest = float(interval[len("(0, ") : -1])
    at_end = interval.endswith("]") and value == largest
    if not (number and (at_end or 0 < value < largest)):
        raise ValueError(
            f"The '{name}' parameter of {caller} must be a float in {interval}. "
            f"Got {value!r} instead; {noun} is a fraction, not percent."
        )
    return float(value)


def check_fprs(caller, fprs):
    """One false positive rate, or several, as a list of floats."""
    return [check_fraction(caller, "fprs", fpr) for fpr in np.ravel(fprs).tolist()]


def check_count(caller, name, count, *, least):
    """A number of things, as an int."""
    whole = isinstance(count, Integral) and not isinstance(count, bool)
    if not whole or count < least:
        raise ValueError(
            f"The '{name}' parameter of {caller} must be an int of at least {least}. "
            f"Got {count!r} instead."
        )
    if count > _MOST:
        raise ValueError(
            f"The '{name}' parameter of {caller} must be an int of at most {_MOST}. "
            f"Got one of {int(count).bit_length()} bits instead."
        )
    return int(count)


def check_member(caller, member):
    """Membership as a boolean array that holds both classes."""
    member = check_membership(caller, member)
    n_members = np.count_nonzero(member)
    if n_members in (0, len(member)):
        raise ValueError(
            f"{caller} needs at least one member and one non-member. Got {n_members} "
            f"members and {len(member) - n_members} non-members instead."
        )
    return member


def check_membership(caller, member):
    """Membership as a boolean array, of one class perhaps."""
    return _check_binary(caller, "member", member)


def check_score(caller, member, score):
    """Score as an array of finite numbers, one per entry of `member`."""
    score = one_each(caller, "score", score)
    if score.dtype.kind not in "biuf":
        raise ValueError(
            f"The 'score' parameter of {caller} must hold real numbers. "
            f"Got dtype {score.dtype} instead."
        )
    check_same_length(caller, member, "score", score)
    bad = np.flatnonzero(~np.isfinite(score))
    if len(bad):
        raise ValueError(
            f"The 'score' parameter of {caller} must be finite. Got {len(bad)} "
            f"non-finite values instead, first {score[bad[:5]].tolist()} in rows "
            f"{bad[:5].tolist()}."
        )
    return score


def check_predicted(caller, member, predicted):
    """Decisions as a boolean array, one per entry of `member`."""
    predicted = _check_binary(caller, "predicted", predicted)
    check_same_length(caller, member, "predicted", predicted)
    return predicted


def check_scores_by_class(caller, member, score):
    """Scores of the members and scores of the non-members."""
    member = check_member(caller, member)
    score = check_score(caller, member, score)
    return score[member], score[~member]


def _check_binary(caller, name, values):
    values = one_each(caller, name, values)
    # An empty list is of no kind that means anything.
    if not len(values):
        return values.astype(bool)
    if values.dtype.kind not in "biu" or not np.isin(values, (0, 1)).all():
        labels = list(dict.fromkeys(values.tolist()))[:5]
        raise ValueError(
            f"The '{name}' parameter of {caller} must hold booleans, or the integers "
            f"1 (member) and 0 (non-member). Got {labels} of dtype {values.dtype} "
            "instead."
        )
    return values.astype(bool)


def check_same_length(caller, member, name, values):
    """Refuse values of which there is not one per entry of `member`."""
    if len(values) != len(member):
        raise ValueError(
            f"The 'member' and '{name}' parameters of {caller} must have the same "
            f"length. Got {len(member)} and {len(values)} instead."
        )


def check_successes(caller, **counts):
    """Successes and trials as integer arrays of one shape, by their names."""
    of, among = counts
    k, n = check_broadcast(caller, **counts)
    if k.dtype.kind not in "iu" or n.dtype.kind not in "iu":
        raise ValueError(
            f"The '{of}' and '{among}' parameters of {caller} must hold integers. Got "
            f"dtypes {k.dtype} and {n.dtype} instead."
        )
    wrong = (k < 0) | (k > n)
    if wrong.any():
        raise ValueError(
            f"The '{of}' parameter of {caller} must lie between 0 and '{among}'. Got "
            f"{k[wrong][0]} of {n[wrong][0]} instead."
        )
    return k, n


def check_broadcast(caller, **counts):
    """Two arrays, by their names, in one shape."""
    arrays = [np.asarray(count) for count in counts.values()]
    try:
        return np.broadcast_arrays(*arrays)
    except ValueError as error:
        shapes = " and ".join(str(array.shape) for array in arrays)
        names = " and ".join(map(repr, counts))
        raise ValueError(
            f"The {names} parameters of {caller} must have shapes that can be "
            f"broadcast. Got {shapes} instead."
        ) from error
