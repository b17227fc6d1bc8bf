"""Tables of bench_null.py: the worst of each statement, and what each attack said."""

import numpy as np
from documents import markdown

from skmia.attacks import get_attack_names

# What an attack states of a leak; each is wrong wherever there is none.
FOUND = {
    "lower end of auc": "AUC above one half",
    "TPR at an FPR of 0.1": "TPR above 0.1 at an FPR of 0.1",
    "lower bound of epsilon": "epsilon above 0",
}


def worst(table):
    """The worst attack of every kind and statement, beside what is nominal."""
    lines = []
    for (kind, statement), part in table.groupby(["kind", "statement"], sort=False):
        row = part.loc[part["observed"].idxmax()]
        mean = f"{percent(part['observed'].mean())} %" if len(part) > 1 else ""
        nominal = row["nominal"]
        of = f" ({row['attack']})" if row["attack"] else ""
        lines.append(
            [
                f"{kind} ({row['games']})",
                statement,
                "" if np.isnan(nominal) else f"{100 * nominal:g} %",
                mean,
                _with_interval(row["observed"], row["low"], row["high"]) + of,
            ]
        )
    header = ["games", "statement", "nominal", "all attacks", "worst, 95 % interval"]
    return markdown(header, lines)


def scoreboard(table):
    """How often each attack found something, over all games that it was played in."""
    said = table[table["statement"].isin(FOUND) & (table["attack"] != "")]
    rows = [_of_attack(attack, part) for attack, part in said.groupby("attack")]
    header = ["attack", "kinds", "games", *FOUND.values(), "most often above one half"]
    return markdown(header, rows)


def _of_attack(attack, said):
    by_statement = dict(list(said.groupby("statement")))
    auc = by_statement["lower end of auc"]
    most = auc.loc[auc["observed"].idxmax()]
    found = _with_interval(most["observed"], most["low"], most["high"])
    return [
        attack,
        auc["kind"].nunique(),
        auc["games"].sum(),
        *(_pooled(by_statement.get(statement)) for statement in FOUND),
        f"{most['kind']}: {found}",
    ]


def _pooled(rows):
    """Share over all games, which share their draws: there is no interval of it."""
    if rows is None:
        return "-"
    return f"{percent(np.average(rows['observed'], weights=rows['games']))} %"


def not_played(table):
    """Names of the catalogue that are in no game."""
    names = sorted(set(get_attack_names(of=None)) - set(table["attack"]))
    return ", ".join(f"`{name}`" for name in names)


def percent(share):
    """A share in percent, without its sign."""
    return f"{100 * share:.1f}"


def _with_interval(share, low, high):
    return f"{percent(share)} % [{percent(low)} to {percent(high)}]"
