"""The blind baseline: records and labels alone, without the model."""

import numpy as np
from sklearn.utils import _safe_indexing

from skmia.attacks.statistics._ranks import rank_auc
from skmia.auditing.validity._check import LEVEL
from skmia.auditing.validity._features import as_table
from skmia.auditing.validity._split import chance, rank_sums, unit_means
from skmia.utils._random import deal, draw_seeds
from skmia.utils._threads import Boosting

_N_ROWS = 20_000


def check_population(split):
    """Whether records and labels tell training from holdout records, no model needed.

    A classifier is fitted on a random half of each set, and scores the other half.
    Groups stay together, and count once.
    """
    rng = split.rng(4)
    rows, fits = _halves(split, rng)
    member, judged = split.member[rows], np.flatnonzero(~fits)
    units = split.units(rows[judged])
    if len(np.unique(member[fits])) < 2 or not units.are_comparable:
        return "not run", "Too few records to compare the two sets without the model."
    values, categorical = as_table(
        _safe_indexing(split.X, rows),
        None if split.y is None else split.y[rows],
        np.flatnonzero(fits),
        member,
        split.quantities,
    )
    model = _classifier(fits.sum(), categorical, draw_seeds(rng))
    model.fit(values[fits], member[fits])
    score = unit_means(units.of_row, model.decision_function(values[judged]))
    p_value = chance(rank_sums([score]), units.member, rng, units.size)
    auc = rank_auc(score, units.member)
    what = "Features" if split.y is None else "Features and labels"
    if p_value > LEVEL:
        return (
            "passed",
            f"{what} alone do not tell training from holdout records: AUC {auc:.3f}.",
            p_value,
        )
    return (
        "invalid",
        f"{what} alone tell training from holdout records: AUC "
        f"{auc:.3f}, no model needed. What the attacks find may be that difference, "
        "not a leak.",
        p_value,
    )


def _halves(split, rng):
    """Some of the records, all of a group, and on which of them is learned."""
    kinds = np.zeros(split.groups.max() + 1, dtype=int)
    np.bitwise_or.at(kinds, split.groups, 1 + split.member)
    place = rng.permutation(len(kinds))[split.groups]
    order = np.argsort(place, kind="stable")[:_N_ROWS]
    return order, deal(kinds, 2, rng)[split.groups[order]] == 1


def _classifier(n_rows, categorical, seed):
    return Boosting(
        max_iter=50,
        max_leaf_nodes=15,
        min_samples_leaf=int(np.clip(n_rows // 20, 2, 20)),
        early_stopping=False,
        categorical_features=categorical,
        random_state=seed,
    )
