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
from store import interval, judged, percent, read

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
        self.grid = table[table["target"] != "mlp"] if len(table) else table

    def __len__(self):
        return len(self.table)

    def values(self, target, generator, attack, metric="accuracy", view="class"):
        """One metric of one cell, a value per split."""
        table = self.table
        rows = table[["target", "generator", "attack"]] == [target, generator, attack]
        return table.loc[rows.all(axis=1) & (table["view"] == view), metric].to_numpy()

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
        published = paper.DEVIATION.get(one.paper)
        theirs = paper.ACCURACY.get(one.paper, {}).get("tree")
        rows.append(
            [
                one.name,
                "-" if published is None else published[0],
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
            mean, half = interval(one.values(target, generator, attack))
            difference = 100 * mean - theirs
            differences.append((difference, abs(difference) <= 100 * half))
            mark = "" if differences[-1][1] else " *"
            ours = f"{100 * mean:.1f} ± {100 * half:.1f}"
            row.append(f"{theirs:.2f} / {ours} ({difference:+.1f}){mark}")
        rows.append(row)
    values, agree = np.array(differences).T
    return markdown(
        ["attack", "target", *(f"generator {kind}" for kind in KINDS)], rows
    ) + (
        f"\n\n{agree.sum():.0f} of 64 cells agree; * marks the others. Mean difference "
        f"{values.mean():+.1f}, mean absolute difference {np.abs(values).mean():.1f}, "
        f"largest {values[np.abs(values).argmax()]:+.1f} points."
    )


def table_4(cells, options):
    """Spread of accuracy with one role fixed."""
    rows = []
    for one in cells:
        theirs = paper.SPREAD.get(one.paper)
        row = [one.name]
        for view in ("class", "vector"):
            spread = role_spread(one.grid[one.grid["view"] == view])
            texts = [f"{value:.4f}" for value in spread]
            least = spread.argmin()
            texts[least] = f"**{texts[least]}**"
            row += [" / ".join(texts)]
        published = "-" if theirs is None else " / ".join(f"{v:.4f}" for v in theirs)
        rows.append([row[0], published, *row[1:]])
    header = ["data", "paper: target / generator / attack", "ours", "ours, vector"]
    return markdown(header, rows)


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
    """Accuracy with all roles of one kind."""
    return _same_kind(cells, paper.ACCURACY, "accuracy", [*KINDS, "mlp"])


def table_7(cells, options):
    """Best combination: chosen on the even folds, measured on the odd ones."""
    rows = []
    for one in cells:
        grid = one.grid[one.grid["view"] == "class"]
        chosen = grid[grid["fold"] % 2 == 0].groupby(["target", "generator", "attack"])
        best = chosen["accuracy"].mean().idxmax()
        odd = grid[grid["fold"] % 2 == 1].set_index(["target", "generator", "attack"])
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
