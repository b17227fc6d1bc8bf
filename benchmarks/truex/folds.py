"""Another reading of "10-fold cross-validation": nine folds train, one is outside.

The records are halved between adversary and victim as in the grid. Of the victim's
half nine tenths train the target; the adversary trains ten shadow models, each on nine
tenths of its own half. The attack learns from as many members as non-members of each
shadow model: those outside, and a sample of those inside. Rates are what they are for
equally many of both.
"""

from functools import partial
from itertools import product

import numpy as np
import paper
from data_sets import DATA
from documents import markdown
from grid import N_FOLDS, SIGNALS, attack_model, halves, quiet
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold
from store import complete, judged, percent
from tables import Cells

from skmia import ShadowModels, observe
from skmia.grid import default_models

SETS = tuple(paper.STANDS_FOR)
N_SPLITS = 5


def nine_tenths(n_rows, data, fold):
    """Accuracy and precision with all three roles of one kind, for every kind."""
    quiet()
    X, y = DATA[data](n_rows)
    adversary, victim = halves(y, 0, fold)
    tenths = StratifiedKFold(N_FOLDS, shuffle=True, random_state=fold)
    inside, outside = next(tenths.split(X[victim], y[victim]))
    rows = []
    for kind, model in default_models().items():
        shadows = ShadowModels(model, cv=tenths, signals=SIGNALS, random_state=fold)
        shadows.fit(X[adversary], y[adversary])
        attack = attack_model("class", model).fit(*_balanced(shadows, fold))
        target = clone(model).fit(X[victim][inside], y[victim][inside])
        seen = observe(target, X[victim], y[victim], SIGNALS, classes=shadows.classes_)
        called = attack.predict(seen)
        tpr, fpr = called[inside].mean(), called[outside].mean()
        precision = tpr / (tpr + fpr) if tpr + fpr else np.nan
        rows.append(
            {"kind": kind, "accuracy": (tpr + 1 - fpr) / 2, "precision": precision}
        )
    return rows


def _balanced(shadows, seed):
    """Observations of as many members as non-members of every shadow model."""
    rng = np.random.default_rng(seed)
    Z, member, shadow = shadows.observations()
    kept = []
    for i in np.unique(shadow):
        out, own = (np.flatnonzero((shadow == i) & (member == side)) for side in (0, 1))
        kept += [out, rng.choice(own, len(out), replace=False)]
    kept = np.concatenate(kept)
    return Z.iloc[kept], member[kept]


def folds(options, names):
    """Tables 5 and 6 under both readings."""
    splits = min(options.folds, N_SPLITS)
    units = [{"data": data, "fold": fold} for data in names for fold in range(splits)]
    path = options.folder / "folds.csv"
    table = complete(path, units, partial(nine_tenths, options.rows), options.jobs)
    found = table.set_index(["data", "kind"]).sort_index()
    rows, errors = [], []
    for data, kind in product(names, paper.KINDS):
        half = Cells(options.folder, data).same(kind)
        ours = found.loc[(data, kind)]
        theirs = paper.ACCURACY[paper.STANDS_FOR[data]][kind]
        rows.append(
            [
                data,
                kind,
                *judged(theirs, half)[:3],
                *judged(theirs, ours["accuracy"])[1:],
                f"{paper.PRECISION[paper.STANDS_FOR[data]][kind]:.2f}",
                percent(ours["precision"]),
            ]
        )
        if not data.startswith("retail"):
            means = (half.mean(), ours["accuracy"].mean())
            errors.append([abs(100 * mean - theirs) for mean in means])
    header = ["data", "all roles", "accuracy, paper", "half", "difference"]
    header += ["nine tenths", "difference", "remark", "precision, paper", "nine tenths"]
    half, nine = np.mean(errors, axis=0)
    return (
        f"{markdown(header, rows)}\n\nMean absolute difference, without the retail "
        f"sets: {half:.1f} points with a half, {nine:.1f} with nine tenths."
    )
