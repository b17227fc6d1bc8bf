"""Transfer between kinds of model, and between data sets.

Between kinds, from the cells of the grid that are finished: what an attack keeps of its
advantage over guessing when the shadow models are of another kind than the target.

Between data sets, which the paper does not measure: the adversary has 2,000 records of
another data set. It sees what does not depend on the classes: the three largest
probabilities and the loss of the true class; a small tree tells members by them.
"""

from functools import partial
from itertools import product

import numpy as np
import paper
from data_sets import DATA
from documents import markdown
from grid import N_SHADOWS, halves, quiet
from sklearn.tree import DecisionTreeClassifier
from store import complete, percent
from tables import Cells

from skmia import MembershipGame
from skmia.generators import OtherRecords
from skmia.grid import default_models

SETS = ("Adult", "MNIST", "lookalike-20", "Location-30")
KINDS = ("tree", "lr")
N_SPLITS, N_OTHERS = 5, 2000
# Of a cell of one kind, or shares of it mean nothing: accuracy above 60 %.
LEAST_ADVANTAGE = 0.1


def transfer(n_rows, data, fold):
    """Accuracy with shadow records of every data set in turn, in one fold."""
    quiet()
    X, y = DATA[data](n_rows)
    adversary, victim = halves(y, 0, fold)
    rows = []
    for source in SETS:
        records = OtherRecords(*DATA[source](n_rows))
        if source == data:
            records = OtherRecords(X[adversary], y[adversary])
        for kind in KINDS:
            game = MembershipGame(
                default_models([kind])[kind],
                attack=DecisionTreeClassifier(max_leaf_nodes=8),
                signals=["top_posterior", "loss"],
                n_shadows=N_SHADOWS,
                shadow_data=records,
                shadow_size=min(N_OTHERS, len(adversary)),
                random_state=fold,
            ).fit(X[adversary], y[adversary])
            accuracy = game.score(X[victim], y[victim])
            rows.append({"source": source, "kind": kind, "accuracy": accuracy})
    return rows


def transfers(options, names):
    """Both tables."""
    finished = [path.stem for path in (options.folder / "cells").glob("*.csv")]
    cells = [Cells(options.folder, name) for name in DATA if name in finished]
    return f"{_between_kinds(cells)}\n\n{_between_data_sets(options, names)}"


def _between_kinds(cells):
    """Median and least share of the advantage that is kept, by target and attack."""
    kept = {pair: [] for pair in product(paper.KINDS, repeat=2)}
    for one in cells:
        for target, attack in kept:
            same = one.values(target, target, attack).mean() - 0.5
            if same > LEAST_ADVANTAGE:
                kept[target, attack] += [
                    (one.values(target, generator, attack).mean() - 0.5) / same
                    for generator in paper.KINDS
                    if generator != target
                ]
    rows = [
        [target, *(_share(kept[target, attack]) for attack in paper.KINDS)]
        for target in paper.KINDS
    ]
    return markdown(["target", *(f"attack {kind}" for kind in paper.KINDS)], rows)


def _share(kept):
    if not kept:
        return "-"
    median, least = 100 * np.median(kept), 100 * min(kept)
    return f"{median:.0f} % (least {least:.0f} %, {len(kept)} cells)"


def _between_data_sets(options, names):
    """Rows: whose members are looked for; columns: where the shadow data come from."""
    splits = min(options.folds, N_SPLITS)
    units = [{"data": data, "fold": fold} for data in names for fold in range(splits)]
    path = options.folder / "transfer.csv"
    table = complete(path, units, partial(transfer, options.rows), options.jobs)
    accuracy = table.set_index(["kind", "data", "source"])["accuracy"].sort_index()
    rows = [
        [kind, data, *(percent(accuracy.loc[[(kind, data, s)]]) for s in SETS)]
        for kind in KINDS
        for data in names
    ]
    return markdown(["models", "victim", *(f"from {s}" for s in SETS)], rows)
