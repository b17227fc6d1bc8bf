"""Which groups of records an attack finds better than others."""

import math

import numpy as np
import pandas as pd

from skmia.auditing._named import named_attack
from skmia.auditing._row_names import in_row_order
from skmia.auditing._verdict import ODDS_FACTOR
from skmia.metrics import disparate_vulnerability, epsilon_ceiling, membership_metrics
from skmia.utils._cut import best_cut
from skmia.utils._quantities import FIFTHS, fifths_of
from skmia.utils._random import deal_groups

MISSING = "missing"
_N_FOLDS = 5
METRICS = ("advantage", "auc")
_OWN = ("advantage", "advantage_low", "advantage_high")


def by_group(report, columns, attack, metrics=METRICS, n_permutations=1000):
    """Table of groups, see :meth:`AuditReport.by_group`.

    Parameters
    ----------
    report : AuditReport
    columns, attack : as for the method
    metrics : tuple of str
        Of which the largest gap is tested; "auc" is one of them.
    n_permutations : int
    """
    result = named_attack(report, attack, "by_group")
    labels, code = labelled(report, columns)
    there = np.flatnonzero(~np.isnan(result.score))
    member, code = report.member[there] == 1, code[there]
    units = report.units[there]
    score, predicted = result.score[there], result.predicted[there]
    _check_groups(member, code)
    found = {
        metric: disparate_vulnerability(
            member,
            score,
            code,
            predicted=predicted,
            metric=metric,
            confidence_level=report.confidence_level,
            clusters=units,
            n_permutations=n_permutations,
            random_state=report.seed,
        )
        for metric in metrics
    }
    rows = [
        _alone(member[own], score[own], units[own], report)
        for own in (code == group for group in np.unique(code))
    ]
    more = pd.DataFrame(rows, index=np.unique(code))
    table = found["auc"].table.join(more)
    table.index = labels[table.index]
    table.attrs = {"attack": result.name} | {
        f"{metric}_gap": {
            "gap": one.disparity,
            "by_chance": one.null_disparity,
            "p_value": one.p_value,
        }
        for metric, one in found.items()
    }
    return table


def labelled(report, columns):
    """Names of the groups, as an index, and the place of each record's among them.

    Raises
    ------
    ValueError
        There is not one value for each record, or the row names are others.
    """
    table, n = _table(report, columns), len(report.member)
    if len(table) != n or not table.shape[1]:
        raise ValueError(
            "The 'columns' parameter of by_group must have a value for each record of "
            f"X_train and then of X_holdout, {n} in all. Got {len(table)}, in "
            f"{table.shape[1]} columns."
        )
    names = [_named(column) for _, column in table.items()]
    if len(names) == 1:
        code, values = pd.factorize(names[0], sort=True)
        return pd.Index(values, name=table.columns[0]), code
    code, values = pd.factorize(pd.MultiIndex.from_arrays(names), sort=True)
    return values.set_names(table.columns), code


def _table(report, columns):
    if isinstance(columns, str) and columns == "label":
        label = report.label
        if label is None:
            raise ValueError(
                "The 'columns' parameter of by_group must hold a value for each "
                "record: the records have no labels."
            )
        if report.error is not None:
            label = np.array(FIFTHS)[fifths_of(label)]
        return pd.DataFrame({"label": label})
    columns = in_row_order("by_group", "columns", columns, report.index)
    try:
        return pd.DataFrame(columns)
    except (TypeError, ValueError) as error:
        raise ValueError(
            "The 'columns' parameter of by_group must be 'label', or hold a value for "
            f"each record. Got {columns!r}."
        ) from error


def _named(column):
    """Values as they are; where some are missing, all as words."""
    several = next((v for v in column if not pd.api.types.is_hashable(v)), None)
    if several is not None:
        raise ValueError(
            "The 'columns' parameter of by_group must hold single values. Got one of "
            f"type {type(several).__name__}."
        )
    if not column.isna().any():
        return column.to_numpy()
    code, values = pd.factorize(column)
    words = [str(value) for value in values]
    if len(set(words)) < len(words):  # such as 1 and "1"
        words = [repr(value) for value in values]
    missing = MISSING
    while missing in words:
        missing = f"({missing})"
    return np.array([*words, missing], dtype=object)[code]


def _check_groups(member, code):
    n = len(np.intersect1d(code[member], code[~member]))
    if n < 2:
        raise ValueError(
            "The 'columns' parameter of by_group must name at least two groups that "
            f"have training and holdout records. Got {n}."
        )


def _alone(member, score, units, report):
    """What is said of a group without the others."""
    n_units = [len(np.unique(units[side])) for side in (member, ~member)]
    status = _status(*n_units, report.confidence_level)
    own = dict.fromkeys(_OWN, np.nan)
    if min(n_units) > 1:
        metrics = membership_metrics(
            member,
            score,
            predicted=_at_own_threshold(member, score, units, report.seed),
            fprs=[],
            confidence_level=report.confidence_level,
            groups=units,
        )
        own = {name: metrics[name] for name in _OWN}
    return {f"own_{name}": value for name, value in own.items()} | {"status": status}


def _at_own_threshold(member, score, units, seed):
    """Decisions at thresholds for this group alone, from other records of it."""
    n_hands = min(_N_FOLDS, *(len(np.unique(units[s])) for s in (member, ~member)))
    hand = deal_groups(units, member, n_hands, np.random.RandomState(seed))
    predicted = np.zeros(len(member), dtype=bool)
    for i in range(n_hands):
        learned, judged = hand != i, hand == i
        cut = best_cut(score[learned], member[learned], "advantage", None)
        predicted[judged] = score[judged] > cut
    return predicted


def _status(n_members, n_others, level):
    """Whether the group is large enough, in words."""
    if not (n_members and n_others):
        what = "holdout" if n_members else "training"
        return f"not measurable: no {what} records"
    alpha = min((1 - level) / 2, 0.5)
    factor = math.exp(epsilon_ceiling(n_members, n_others, alpha=alpha))
    if factor >= ODDS_FACTOR:
        return "ok"
    return (
        f"small: of {n_members} training and {n_others} holdout records even a perfect "
        f"attack proves an odds factor of {factor:.1f} only"
    )
