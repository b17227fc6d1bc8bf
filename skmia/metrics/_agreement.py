"""Whether several attacks, or one attack with several seeds, find the same records."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from skmia.metrics._roc import n_allowed_false_positives, unmeasurable_reason
from skmia.metrics._validation import check_fraction, check_member, check_score


def flag_at_fpr(
    member: ArrayLike, score: ArrayLike, *, fpr: float = 0.01
) -> np.ndarray:
    """Records that an attack flags when its false positive rate is at most `fpr`.

    Parameters
    ----------
    member : array-like of shape (n_samples,)
        Truth, boolean or 0/1: 1 = member, 0 = non-member.
    score : array-like of shape (n_samples,)
        Finite; higher = more likely a member.
    fpr : float in (0, 1], default=0.01
        Bound on the false positive rate, a fraction.

    Returns
    -------
    flagged : ndarray of bool of shape (n_samples,)
        The most records, equal scores together, of which at most the fraction `fpr`
        of the non-members are any.

    Raises
    ------
    ValueError
        Members or non-members are missing, ``n_nonmembers * fpr < 1``, or the input is
        not as described.

    See Also
    --------
    tpr_at_fpr : The share of the members among them.

    Notes
    -----
    Level: observations. The threshold is taken from the non-members among the same
    records: this compares attacks at the same operating point, and is no estimate of
    what an adversary without known non-members would reach.

    Examples
    --------
    >>> from skmia.metrics import flag_at_fpr
    >>> member = [1, 1, 1, 1, 0, 0, 0, 0]
    >>> score = [9, 8, 4, 1, 5, 4, 2, 0]
    >>> flag_at_fpr(member, score, fpr=0.25).astype(int)
    array([1, 1, 0, 0, 1, 0, 0, 0])
    """
    caller = "flag_at_fpr"
    fpr = check_fraction(caller, "fpr", fpr)
    member = check_member(caller, member)
    score = check_score(caller, member, score)
    nonmembers = np.sort(score[~member])
    reason = unmeasurable_reason(len(nonmembers), fpr)
    if reason is not None:
        raise ValueError(reason.replace("tpr_at_fpr", caller))
    n_refused = len(nonmembers) - n_allowed_false_positives(len(nonmembers), fpr)
    if n_refused == 0:
        return np.ones(len(score), dtype=bool)
    return score > nonmembers[n_refused - 1]


def attack_agreement(predicted: pd.DataFrame | dict[str, ArrayLike]) -> pd.DataFrame:
    """Pairwise overlap of the records that attacks flag.

    Parameters
    ----------
    predicted : DataFrame or dict of str to array-like of shape (n_samples,)
        Decisions, boolean or 0/1, one column per attack (or per seed of one attack),
        at the same false positive rate to be comparable.

    Returns
    -------
    agreement : DataFrame of shape (n_attacks, n_attacks)
        Jaccard index: of the records that either of two attacks flags, the share that
        both do. 1 if they flag the same, 0 if none in common, nan if neither flags any.

    See Also
    --------
    flag_at_fpr : Decisions at a false positive rate.
    attack_coverage : All attacks at once.

    Notes
    -----
    Level: observations. Two attacks of the same AUC may find different records. To
    compare the members that they find, pass the rows of members only. Attacks that
    flag at random at a rate r overlap too, by ``r / (2 - r)``.

    References
    ----------
    Z. Wang et al., "Membership Inference Attacks as Privacy Tools: Reliability,
    Disparity and Ensemble", ACM CCS 2025, arXiv:2506.13972.

    Examples
    --------
    >>> from skmia.metrics import attack_agreement
    >>> attack_agreement({"loss": [1, 1, 0, 0], "lira": [1, 0, 1, 1]})
          loss  lira
    loss  1.00  0.25
    lira  0.25  1.00
    """
    table = _check_decisions("attack_agreement", predicted)
    flags = table.to_numpy(dtype=float)
    both = flags.T @ flags
    n_flagged = flags.sum(axis=0)
    either = n_flagged[:, None] + n_flagged - both
    return pd.DataFrame(
        _share(both, either), index=table.columns, columns=table.columns
    )


class Coverage(NamedTuple):
    """Result of :func:`attack_coverage`."""

    n_flagging: np.ndarray
    union: float
    intersection: float
    stability: float


def attack_coverage(predicted: pd.DataFrame | dict[str, ArrayLike]) -> Coverage:
    """How much several attacks find together, and how much of that they all find.

    Parameters
    ----------
    predicted : DataFrame or dict of str to array-like of shape (n_samples,)
        Decisions, boolean or 0/1, one column per attack (or per seed of one attack),
        at the same false positive rate to be comparable.

    Returns
    -------
    n_flagging : ndarray of int of shape (n_samples,)
        By how many of the columns each record is flagged.
    union : float
        Share of the records that at least one column flags: the coverage.
    intersection : float
        Share of the records that all columns flag.
    stability : float
        ``intersection / union``; nan if no record is flagged.

    See Also
    --------
    attack_agreement : Pairs of attacks.
    flag_at_fpr : Decisions at a false positive rate.

    Notes
    -----
    Level: observations. With attacks as columns this says what each of them misses;
    with seeds of one attack (of its shadow models, say), how far its list of exposed
    records can be trusted. For coverage of the members pass their rows only: the union
    grows by the false positives of every column as well.

    References
    ----------
    Z. Wang et al., "Membership Inference Attacks as Privacy Tools: Reliability,
    Disparity and Ensemble", ACM CCS 2025, arXiv:2506.13972.

    Examples
    --------
    >>> from skmia.metrics import attack_coverage
    >>> found = attack_coverage({"seed 0": [1, 1, 0, 0], "seed 1": [1, 0, 1, 0]})
    >>> found.n_flagging
    array([2, 1, 1, 0])
    >>> found.union, found.intersection, round(found.stability, 2)
    (0.75, 0.25, 0.33)
    """
    table = _check_decisions("attack_coverage", predicted)
    n_flagging = table.to_numpy().sum(axis=1)
    n_any = np.count_nonzero(n_flagging)
    n_all = np.count_nonzero(n_flagging == table.shape[1])
    return Coverage(
        n_flagging,
        union=float(n_any / len(table)),
        intersection=float(n_all / len(table)),
        stability=float(_share(n_all, n_any)),
    )


def _check_decisions(caller, predicted):
    """Decisions as a table of booleans, one column per attack."""
    if isinstance(predicted, dict):
        # Rows are matched by position, whatever their index.
        predicted = {name: np.asarray(column) for name, column in predicted.items()}
    table = pd.DataFrame(predicted)
    if table.empty:
        raise ValueError(
            f"The 'predicted' parameter of {caller} must hold at least one attack and "
            f"one record. Got a table of shape {table.shape} instead."
        )
    if not table.isin([0, 1]).to_numpy().all():
        raise ValueError(
            f"The 'predicted' parameter of {caller} must hold booleans, or 1 (called a "
            "member) and 0. Scores become decisions by flag_at_fpr."
        )
    return table.astype(bool)


def _share(part, whole):
    """`part` of `whole`; nan of nothing."""
    with np.errstate(invalid="ignore"):
        return np.asarray(part, dtype=float) / whole
