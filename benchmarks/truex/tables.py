"""Tables 1 to 7 of Truex et al. from the cells of the grid, theirs beside ours.

Accuracies and precisions in percent, with 95 % intervals for other records of the same
population (`store.interval`). The attack sees vector and class (one model per class),
unless a column says "vector": the bare probability vector.
"""

from itertools import product

import numpy as np
import paper
from data_sets import DATA
from documents import markdown
from grid import SIDES
from store import jackknife, judged, percent, read

from skmia.metrics import in_class_deviation, role_spread

KINDS = paper.KINDS
JUDGED = ["paper", "ours", "difference", "remark"]


class Cells:
    """Finished cells of one data set."""

    def __init__(self, folder, data):
        table = read(folder / "cells" / f"{data}.csv")
        self.data, self.table = data, table
        self.paper = paper.STANDS_FOR.get(data)
        # The network has one cell only: the spread is over the four kinds of the paper.
        self.grid = table[table["target"] != "mlp"]

    def values(self, target, generator, attack, metric="accuracy", view="class"):
        """One metric of one cell, a value per split."""
        table = self.table
        cell = (table[SIDES] == [target, generator, attack]).all(axis=1)
        return table.loc[cell & (table["view"] == view), metric].to_numpy()

    def same(self, kind, metric="accuracy", view="class"):
        """All three roles of one kind."""
        return self.values(kind, kind, kind, metric, view)

    @property
    def name(self):
        """Data set, and what it stands in for."""
        if self.paper in (None, self.data):
            return self.data
        return f"{self.data} (for {self.paper})"


def table_1(cells, options):
    """Data sets: in-class standard deviation, classes, accuracy against trees."""
    rows = []
    for one in cells:
        X, y = DATA[one.data](options.rows)
        deviation, theirs = paper.DATA_SETS.get(one.paper, ("-", None))
        rows.append(
            [
                one.name,
                deviation,
                f"{in_class_deviation(X, y):.4f}",
                len(np.unique(y)),
                *judged(theirs, one.same("tree")),
                percent(one.same("tree", view="vector")),
                percent(one.same("tree", "target_test_accuracy")),
            ]
        )
    header = [
        "data",
        "in-class deviation, paper",
        "ours",
        "classes",
        "attack on trees, paper",
        *JUDGED[1:],
        "ours, vector",
        "test accuracy of the tree",
    ]
    return markdown(header, rows)


def table_2(cells, options):
    """A tree as target, Purchases-20."""
    parts = []
    for one in cells:
        if one.paper == "Purchases-20":
            rows = [
                [
                    attack,
                    generator,
                    *judged(theirs, one.values("tree", generator, attack)),
                ]
                for attack, line in paper.TREE_TARGET.items()
                for generator, theirs in zip(KINDS, line, strict=True)
            ]
            table = markdown(["attack", "generator", *JUDGED], rows)
            parts.append(f"{one.name}:\n\n{table}")
    return "\n\n".join(parts)


def table_3(cells, options):
    """Every combination on CIFAR-10: paper / ours, the difference in brackets."""
    one = next(one for one in cells if one.data == "CIFAR-10")
    rows, differences = [], []
    for (attack, target), line in paper.CIFAR10.items():
        row = [attack, target]
        for generator, theirs in zip(KINDS, line, strict=True):
            values = one.values(target, generator, attack)
            theirs, ours, difference, verdict = judged(theirs, values)
            differences.append((float(difference), verdict == "agrees"))
            mark = "" if verdict == "agrees" else " *"
            row.append(f"{theirs} / {ours} ({difference}){mark}")
        rows.append(row)
    found, agree = np.array(differences).T
    header = ["attack", "target", *(f"generator {kind}" for kind in KINDS)]
    return (
        f"{markdown(header, rows)}\n\n"
        f"{agree.sum():.0f} of 64 cells agree; * marks the others. Mean difference "
        f"{found.mean():+.1f}, mean absolute difference {np.abs(found).mean():.1f}, "
        f"largest {found[np.abs(found).argmax()]:+.1f} points."
    )


def table_4(cells, options):
    """Spread of accuracy with one role fixed; in bold the role that decides most."""
    rows = []
    for one in cells:
        row = [one.name, _spreads(paper.SPREAD.get(one.paper, ()))]
        for view in ("class", "vector"):
            grid = one.grid[one.grid["view"] == view]
            row.append(_spreads(*jackknife(grid, ["run", "fold"], role_spread)))
        rows.append(row)
    header = ["data", "paper: target / generator / attack", "ours", "ours, vector"]
    return markdown(header, rows)


def _spreads(values, halves=None):
    """Three numbers, the smallest in bold."""
    texts = [f"{value:.4f}" for value in values]
    if halves is not None:
        texts = [
            f"{text} ± {half:.4f}" for text, half in zip(texts, halves, strict=True)
        ]
    if texts:
        least = np.argmin(values)
        texts[least] = f"**{texts[least]}**"
    return " / ".join(texts) or "-"


def _same_kind(cells, published, metric, kinds):
    rows = []
    for one, kind in product(cells, kinds):
        theirs = published.get(one.paper, {}).get(kind)
        ours = one.same(kind, metric)
        vector = percent(one.same(kind, metric, "vector"))
        rows.append([one.name, kind, *judged(theirs, ours), vector])
    return markdown(["data", "all roles", *JUDGED, "ours, vector"], rows)


def table_5(cells, options):
    """Precision with all roles of one kind; the network's is Shokri et al.'s."""
    return _same_kind(cells, paper.PRECISION, "precision", [*KINDS, "mlp"])


def table_6(cells, options):
    """Accuracy with all roles of one kind, and how far each kind is from the paper."""
    table = _same_kind(cells, paper.ACCURACY, "accuracy", [*KINDS, "mlp"])
    known = [one for one in cells if one.paper and not one.data.startswith("retail")]
    distances = []
    for kind in KINDS if known else ():
        found = [
            abs(100 * one.same(kind).mean() - paper.ACCURACY[one.paper][kind])
            for one in known
        ]
        distances.append(f"{kind} {np.mean(found):.1f}")
    return (
        f"{table}\n\nMean absolute difference, without the retail sets: "
        f"{', '.join(distances) or '-'} points."
    )


def table_7(cells, options):
    """Best combination: chosen on the even folds, measured on the odd ones."""
    rows = []
    for one in cells:
        grid = one.grid[one.grid["view"] == "class"]
        even = grid[grid["fold"] % 2 == 0]
        best = even.groupby(SIDES)["accuracy"].mean().idxmax()
        odd = grid[grid["fold"] % 2 == 1].set_index(SIDES).sort_index()
        theirs, published = paper.BEST.get(one.paper, (("-",), None))
        alike = [odd.loc[(kind,) * 3, "accuracy"] for kind in best]
        rows.append(
            [
                one.name,
                ", ".join(theirs),
                "-" if published is None else published,
                ", ".join(best),
                percent(odd.loc[best, "accuracy"]),
                *(f"{100 * values.mean():.1f}" for values in alike),
            ]
        )
    header = [
        "data",
        "paper: target, generator, attack",
        "accuracy",
        "ours",
        "accuracy",
        "all as target",
        "all as generator",
        "all as attack",
    ]
    return markdown(header, rows)


TABLES = {
    f"table-{i}": table
    for i, table in enumerate(
        (table_1, table_2, table_3, table_4, table_5, table_6, table_7), start=1
    )
}
