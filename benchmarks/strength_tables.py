"""Tables of bench_strength.py: by attack, by cell, and where a cell is weak.

A cell is a data set, a kind of model and a number of shadow models: an adversary with
so many may run the attacks that need them, and those that need none.
"""

from itertools import product

import numpy as np
from documents import markdown
from scipy.stats import t as student
from strength_models import MODELS, N_SHADOWS

from skmia.auditing._choice import DEFAULT_ATTACKS, OF_MANY_QUERIES

AUC, TPR = "auc", "tpr"
ROW = ["data", "model", "attack", "fits"]
PEERS = ("SACRO-ML", "ART")
# Beyond this, somebody knows something that the weaker does not.
MARGIN = 0.01


def over_seeds(by_seed, by):
    """Means over seeds, and half the width of their 95 % intervals (Student's t)."""
    groups = by_seed.groupby(by, sort=False)
    metrics = groups[[AUC, TPR]]
    n = groups.size()
    half = metrics.std().mul(student.ppf(0.975, n - 1) / n**0.5, axis=0)
    return metrics.mean().join(half, rsuffix="_half").reset_index()


def estimate(row, metric):
    half = row[f"{metric}_half"]
    return f"{row[metric]:.3f}" + ("" if np.isnan(half) else f" ± {half:.3f}")


def print_cells(table):
    """Every attack in every cell."""
    for (data, model), cell in table.groupby(["data", "model"], sort=False):
        print(f"\n{data}, {model}")
        rows = cell.sort_values(AUC, ascending=False)
        for _, row in rows.iterrows():
            found = f"AUC {estimate(row, AUC)}  TPR {estimate(row, TPR)}"
            print(f"  {row['attack']:32} {row['fits']:3}  {found}")


def cells_of(table):
    """Name and rows of every cell."""
    for (data, model), part in table.groupby(["data", "model"], sort=False):
        for n_shadows in N_SHADOWS:
            yield data, model, n_shadows, part[part["fits"].isin([0, n_shadows])]


def best(cell, metric, attacks):
    """The strongest of some attacks; None where none of them ran."""
    cell = cell[cell["attack"].map(attacks)]
    return None if cell.empty else cell.loc[cell[metric].idxmax()]


def ours(attack):
    return not peers(attack)


def peers(attack):
    return attack.startswith(PEERS)


def default(attack):
    return attack in DEFAULT_ATTACKS + OF_MANY_QUERIES


# Who should not be ahead of whom; all see the same answers of the target.
RIVALS = {
    "A peer is ahead of all of ours": (peers, ours),
    "SACRO-ML's LiRA is ahead of ours": (
        lambda attack: attack.startswith("SACRO-ML"),
        lambda attack: attack.startswith("lira-"),
    ),
    "ART's shadow attack is ahead of ours": (
        lambda attack: attack.startswith("ART"),
        lambda attack: attack == "shadow",
    ),
    "Another attack is ahead of the default audit": (ours, default),
}


def gaps(by_seed, table):
    """Cells in which somebody is ahead by more than `MARGIN`, the worst first.

    With the 95 % interval of the difference over seeds: the best of several is ahead by
    chance, too.
    """
    rows = by_seed.set_index([*ROW, "seed"])[[AUC, TPR]].sort_index()
    lines = []
    for title, rivals in RIVALS.items():
        lines += ["", f"{title}:"]
        found = []
        for (*name, cell), metric in product(cells_of(table), (AUC, TPR)):
            high, low = (best(cell, metric, attacks) for attacks in rivals)
            if high is not None and low is not None:
                gap = over_seeds(difference(rows, high, low), "data").iloc[0]
                words = f"{low['attack']} < {high['attack']} {high[metric]:.3f}"
                found.append(
                    (gap[metric], [estimate(gap, metric), metric, *name, words])
                )
        found = sorted((row for row in found if row[0] > MARGIN), reverse=True)
        lines += ["  " + "  ".join(map(str, words)) for _, words in found]
    return "\n".join(lines)


def difference(rows, high, low):
    """Of two rows of one cell, for the seeds that both have."""
    high, low = (rows.loc[tuple(one[ROW])] for one in (high, low))
    return (high - low).dropna().assign(data="")


def by_attack(by_seed):
    """Means over all data sets and models, by attack and fits, best AUC first.

    Means are comparable between attacks that ran in the same cells: their number is in
    the table. Seconds are those of an attack itself, without the shared models.
    """
    keys = ["attack", "fits"]
    means = over_seeds(by_seed.groupby([*keys, "seed"])[[AUC, TPR]].mean(), keys)
    means = means.set_index(keys)
    seconds = by_seed.groupby(keys)["seconds"].mean()
    kinds = by_seed.pivot_table(AUC, keys, "model").reindex(columns=[*MODELS])
    n_cells = by_seed.groupby(keys).apply(
        lambda rows: len(rows[["data", "model"]].drop_duplicates())
    )
    rows = [
        [*key, n_cells[key], estimate(row, AUC), estimate(row, TPR)]
        + [or_dash(auc, 3) for auc in kinds.loc[key]]
        + [or_dash(seconds[key], 1)]
        for key, row in means.sort_values(AUC, ascending=False).iterrows()
    ]
    header = ["attack", "fits", "cells", "AUC", "TPR", *MODELS, "seconds"]
    return markdown(header, rows)


def or_dash(value, digits):
    return "-" if np.isnan(value) else f"{value:.{digits}f}"


def by_cell(table):
    """The best of ours, of the default audit, and of each peer, in every cell."""
    who = [ours, default, *(lambda a, p=peer: a.startswith(p) for peer in PEERS)]
    rows = []
    for data, model, n_shadows, cell in cells_of(table):
        found = [best(cell, AUC, attacks) for attacks in who]
        words = [
            "-" if row is None else f"{row['attack']} {row[AUC]:.3f} / {row[TPR]:.3f}"
            for row in found
        ]
        words[2:] = [
            word.removeprefix(peer).strip()
            for word, peer in zip(words[2:], PEERS, strict=True)
        ]
        rows.append([data, model, n_shadows, *words])
    return markdown(["data", "model", "fits", "best", "default audit", *PEERS], rows)


def strongest_sets(table):
    """Sets of attacks that grow by what adds most, for every number of fits.

    What counts is the mean over cells of the best of the set, in AUC and in TPR: that
    is what the headline of an audit says. (Of many attacks, the best is a little too
    good by chance.)
    """
    rows = []
    for n_shadows in N_SHADOWS:
        part = table[table["fits"].isin([0, n_shadows]) & table["attack"].map(ours)]
        found = {
            metric: part.pivot_table(metric, ["data", "model"], "attack").fillna(0)
            for metric in (AUC, TPR)
        }
        names = [*found[AUC]]
        chosen = growing(found, names)
        sets = {f"+ {a}": chosen[: i + 1] for i, a in enumerate(chosen)}
        sets["default audit"] = [name for name in names if default(name)]
        sets["all"] = names
        for title, attacks in sets.items():
            auc, tpr = strength(found, attacks)
            rows.append([n_shadows, title, f"{auc:.3f}", f"{tpr:.3f}"])
    return markdown(["fits", "set", "AUC of the best", "TPR of the best"], rows)


def growing(found, names, least=0.001):
    """Attacks in the order in which they add most, as long as they add something."""
    chosen, reached = [], 0
    while len(chosen) < len(names):
        worth = {a: sum(strength(found, [*chosen, a])) for a in names}
        attack = max(worth, key=worth.get)
        if worth[attack] < reached + least:
            break
        chosen, reached = [*chosen, attack], worth[attack]
    return chosen


def strength(found, attacks):
    """Mean over cells of the largest AUC, and of the largest TPR, of some attacks."""
    return [found[metric][attacks].max(axis=1).mean() for metric in (AUC, TPR)]


# Attack, and number of its models, ahead of another one.
ORDERS = {
    "LiRA online over offline": ("lira-online", 64, "lira-offline", 64),
    "RMIA over LiRA with few models, offline": ("rmia-offline", 4, "lira-offline", 4),
    "RMIA over LiRA with few models, online": ("rmia-online", 4, "lira-online", 4),
    "calibrated over plain loss": ("difficulty-calibration", 64, "loss-threshold", 0),
    "class-wise over pooled threshold": (
        *("classwise-threshold", 4),
        *("modified-entropy-threshold", 0),
    ),
}


def orders(by_seed):
    """Orders known from the literature: differences of the AUC, by kind of model."""
    keys = ["attack", "fits", "model", "data", "seed"]
    auc = by_seed.set_index(keys)[AUC].sort_index()
    rows = []
    for title, (one, n_one, other, n_other) in ORDERS.items():
        ahead = (auc[one, n_one] - auc[other, n_other]).dropna()
        kinds = ahead.groupby("model").mean().reindex([*MODELS])
        name = f"{title} ({n_one})"
        rows.append([name, f"{ahead.mean():+.3f}", *(f"{k:+.3f}" for k in kinds)])
    return markdown(["first AUC less second", "all", *MODELS], rows)


def documents(by_seed, table):
    """The section of docs/attacks.md."""
    return "\n\n".join(
        [
            "### Sets of attacks",
            strongest_sets(table),
            "### By attack",
            by_attack(by_seed),
            "### Orders known from the literature",
            orders(by_seed),
            "### By cell",
            by_cell(table),
        ]
    )
