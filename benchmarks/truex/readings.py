"""What the paper leaves open, in several readings: the folds, and what an attack sees.

Folds: "half" is the reading of the grid. "Nine tenths": nine tenths of the victim's
half train the target; the adversary trains ten shadow models, each on nine tenths of
its own half. The attack learns from as many members as non-members of every shadow
model, and rates are what they are for equally many of both.

Views: one attack model per true class, or one for all that sees beside the vector the
true class as one-hot columns, its probability, or its loss.
"""

from functools import partial
from itertools import product

import numpy as np
import paper
from data_sets import DATA
from documents import markdown
from grid import N_FOLDS, N_SHADOWS, SIDES, halves, quiet
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.utils import Bunch
from store import complete, percent

from skmia import ShadowModels, observe
from skmia.attacks import ClasswiseAttack
from skmia.grid import default_models
from skmia.shadow import BalancedShuffleSplit

SETS = tuple(paper.STANDS_FOR)
# Data sets with every combination of kinds; the others have one kind in all roles.
CROSSED = {
    "lookalike-20": {
        (attack, "tree"): line for attack, line in paper.TREE_TARGET.items()
    },
    "CIFAR-10": paper.CIFAR10,
}
SIGNALS = ["true_label", "confidence", "loss", "posterior"]
# What each view adds to the vector.
VIEWS = {
    "per class": "true_label",
    "one-hot class": "true_label",
    "probability": "confidence",
    "loss": "loss",
}
# Share of the victim's records that trains the target, and design of the shadow models.
READINGS = {
    "half": (0.5, BalancedShuffleSplit(N_SHADOWS)),
    "nine tenths": (0.9, StratifiedKFold(N_FOLDS, shuffle=True, random_state=0)),
}
N_SPLITS = 5
FAR = 13  # points between a mixed cell and the paper's


def seen(view, Z):
    """The columns of a view."""
    return Z[[VIEWS[view], *(name for name in Z if name.startswith("posterior"))]]


def attack_model(view, model):
    if view == "per class":
        return ClasswiseAttack(model)
    if view == "one-hot class":
        encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        onehot = ColumnTransformer(
            [("class", encoder, ["true_label"])], remainder="passthrough"
        )
        return make_pipeline(onehot, model)
    return clone(model)


def read_all(n_rows, data, fold):
    """Accuracy and precision of the cells of one fold, for every reading and view."""
    quiet()
    X, y = DATA[data](n_rows)
    adversary, victim = (Bunch(X=X[rows], y=y[rows]) for rows in halves(y, 0, fold))
    rows = []
    for reading, (share, design) in READINGS.items():
        member = np.zeros(len(victim.y), dtype=bool)
        member[_inside(victim.y, share, fold)] = True
        taught, answers = {}, {}
        for kind, model in default_models().items():
            shadows = ShadowModels(model, cv=design, signals=SIGNALS, random_state=fold)
            taught[kind] = _balanced(shadows.fit(adversary.X, adversary.y), fold)
            target = clone(model).fit(victim.X[member], victim.y[member])
            answers[kind] = observe(
                target, victim.X, victim.y, SIGNALS, classes=shadows.classes_
            )
        for view in VIEWS:
            cells = play(view, taught, answers, member, data in CROSSED)
            rows += [{"reading": reading, "view": view} | cell for cell in cells]
    return rows


def play(view, taught, answers, member, all_cells):
    """Rates of every target x generator x attack, or of all roles of one kind."""
    models = default_models()
    for generator, attack in product(models, repeat=2):
        if all_cells or generator == attack:
            Z, truth = taught[generator]
            fitted = attack_model(view, models[attack]).fit(seen(view, Z), truth)
            for target in models if all_cells else [generator]:
                called = fitted.predict(seen(view, answers[target]))
                sides = dict(zip(SIDES, (target, generator, attack), strict=True))
                yield sides | _rates(called[member].mean(), called[~member].mean())


def _inside(y, share, seed):
    rows = np.arange(len(y))
    return train_test_split(rows, train_size=share, stratify=y, random_state=seed)[0]


def _balanced(shadows, seed):
    """Observations of as many members as non-members of every shadow model."""
    rng = np.random.default_rng(seed)
    Z, member, shadow = shadows.observations()
    kept = []
    for i in np.unique(shadow):
        sides = [np.flatnonzero((shadow == i) & (member == side)) for side in (0, 1)]
        size = min(map(len, sides))
        kept += [rng.choice(rows, size, replace=False) for rows in sides]
    # In their order: a k-NN settles ties by it, and must not find all members last.
    kept = np.sort(np.concatenate(kept))
    return Z.iloc[kept], member[kept]


def _rates(tpr, fpr):
    precision = tpr / (tpr + fpr) if tpr + fpr else np.nan
    return {"accuracy": (tpr + 1 - fpr) / 2, "precision": precision}


def readings(options, names):
    """How far each reading is from the paper, which cells most, and the accuracies."""
    splits = min(options.folds, N_SPLITS)
    units = [{"data": data, "fold": fold} for data in names for fold in range(splits)]
    path = options.folder / "readings.csv"
    table = complete(path, units, partial(read_all, options.rows), options.jobs)
    parts = [_distances(table), _far_cells(table, names), _accuracies(table, names)]
    return "\n\n".join(parts)


def _same_kind(data, published):
    """Percentages of a table with one kind in all roles, as rows of a cell each."""
    return [(data, kind, kind, kind, published[kind]) for kind in paper.KINDS]


def _mixed(data):
    """Percentages of Table 2 or 3, as rows of a cell each."""
    return [
        (data, target, generator, attack, value)
        for (attack, target), line in CROSSED[data].items()
        for generator, value in zip(paper.KINDS, line, strict=True)
    ]


def _published():
    """Percentages of the paper: rows of data, sides, and value, for each column."""
    alike = [name for name in SETS if not name.startswith("retail")]
    accuracy, precision = (
        [row for d in alike for row in _same_kind(d, table[paper.STANDS_FOR[d]])]
        for table in (paper.ACCURACY, paper.PRECISION)
    )
    columns = {
        kind: ("accuracy", [row for row in accuracy if row[1] == kind])
        for kind in paper.KINDS
    }
    columns["Table 6"] = ("accuracy", accuracy)
    columns["Table 5"] = ("precision", precision)
    for name, data in zip(("Table 2", "Table 3"), CROSSED, strict=True):
        columns[name] = ("accuracy", _mixed(data))
    return columns


def _distances(table):
    """Mean absolute differences to the paper, without the retail sets."""
    keys = ["reading", "view", "data", *SIDES]
    means = 100 * table.groupby(keys)[["accuracy", "precision"]].mean()
    columns = _published()
    rows = []
    for reading, view in product(READINGS, VIEWS):
        row = [reading, view]
        for metric, published in columns.values():
            ours = means.loc[(reading, view), metric]
            found = [abs(ours[c[:4]] - c[4]) for c in published if c[:4] in ours.index]
            row.append(f"{np.nanmean(found):.1f}" if found else "-")
        rows.append(row)
    return markdown(["folds", "attack sees", *columns], rows)


def _far_cells(table, names):
    """Mixed cells that nine tenths leave far from the paper, in one of two views."""
    views = ("per class", "probability")
    found = table[table["reading"] == "nine tenths"].set_index(["view", "data", *SIDES])
    found = found["accuracy"].sort_index()
    rows = []
    cells = [cell for data in CROSSED if data in names for cell in _mixed(data)]
    for *cell, theirs in cells:
        data, target, generator, attack = cell
        ours = [found.loc[[(view, *cell)]] for view in views]
        if max(abs(100 * values.mean() - theirs) for values in ours) > FAR:
            texts = [percent(values) for values in ours]
            rows.append([data, attack, target, generator, f"{theirs:.2f}", *texts])
    header = ["data", "attack", "target", "generator", "paper"]
    return markdown([*header, *(f"nine tenths, {view}" for view in views)], rows)


def _accuracies(table, names):
    """One kind in all roles, in every reading."""
    found = table.set_index(["data", *SIDES, "reading", "view"])["accuracy"]
    found = found.sort_index()
    rows = []
    for data, kind in product(names, paper.KINDS):
        theirs = paper.ACCURACY[paper.STANDS_FOR[data]][kind]
        ours = [
            percent(found.loc[[(data, kind, kind, kind, *key)]])
            for key in product(READINGS, VIEWS)
        ]
        rows.append([data, kind, f"{theirs:.2f}", *ours])
    header = [f"{reading}, {view}" for reading, view in product(READINGS, VIEWS)]
    return markdown(["data", "all roles", "paper", *header], rows)
