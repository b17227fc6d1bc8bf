"""The units that a split has dealt: records, or whole groups of them."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from skmia.metrics._validation import (
    check_membership,
    check_same_length,
    check_score,
)
from skmia.utils._groups import number_groups


class Pool(NamedTuple):
    """Units of one target: which are in, their scores, who may change with whom."""

    member: np.ndarray
    score: np.ndarray
    stratum: np.ndarray


def check_pools(caller, member, score, strata, groups):
    """One pool for every target."""
    if not _are_several(member):
        return [_check_pool(caller, member, score, strata, groups)]
    columns = [
        _check_list(caller, len(member), name, values)
        for name, values in [("score", score), ("strata", strata), ("groups", groups)]
    ]
    return [_check_pool(caller, *of) for of in zip(member, *columns, strict=True)]


def _are_several(member):
    return isinstance(member, list | tuple) and len(member) and np.ndim(member[0]) > 0


def _check_list(caller, n_targets, name, values):
    if values is None and name != "score":
        return [None] * n_targets
    if not isinstance(values, list | tuple) or len(values) != n_targets:
        given = f"{len(values)}" if isinstance(values, list | tuple) else "no list"
        raise ValueError(
            f"The '{name}' parameter of {caller} must be a list with one array for "
            f"each of the {n_targets} targets, as 'member' is. Got {given} instead."
        )
    return values


def _check_pool(caller, member, score, strata, groups):
    member = check_membership(caller, member)
    score = check_score(caller, member, score).astype(float)
    stratum = np.zeros(len(member), dtype=int)
    if strata is not None:
        stratum = number_groups(caller, strata, "strata", "in which it is")
        check_same_length(caller, member, "strata", stratum)
    if groups is None:
        return Pool(member, score, stratum)
    code = number_groups(caller, groups)
    check_same_length(caller, member, "groups", code)
    return _whole_groups(caller, Pool(member, score, stratum), code)


def _whole_groups(caller, pool, code):
    """One unit for each group, without those that have members and non-members.

    Such a group says that rows were split, not groups. Given who is in these, groups of
    the same size are still exchangeable, and no others.
    """
    size = np.bincount(code)
    share = np.bincount(code, pool.member) / size
    pure = (share == 0) | (share == 1)
    stratum = _one_stratum(caller, pool.stratum, code)
    if not pure.all():
        both = np.column_stack([stratum, size])
        stratum = np.unique(both, axis=0, return_inverse=True)[1].ravel()
    score = np.bincount(code, pool.score / size[code])
    return Pool(share[pure] == 1, score[pure], stratum[pure])


def _one_stratum(caller, stratum, code):
    of_group = pd.Series(stratum).groupby(code)
    divided = of_group.nunique() > 1
    if divided.any():
        raise ValueError(
            f"The 'strata' parameter of {caller} must be the same for all records of a "
            f"group. {divided.sum()} groups have records in several strata."
        )
    return of_group.first().to_numpy()
