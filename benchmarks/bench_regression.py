"""Attacks on regressors, on the diabetes data that ships with scikit-learn.

    OMP_NUM_THREADS=1 python benchmarks/bench_regression.py --write

writes the table of docs/attacks.md, in some minutes. Of the 442 records 221 are drawn
at random for training, the others are the holdout set: an audit of each model, with
24 shadow models, on 10 such splits. AUC, mean over the splits, and the standard error
of that mean. "one side" is LiRA beside shadow models that answer for one side of each
record, where those of the kind could answer for both.
"""

import argparse

import numpy as np
import pandas as pd
from documents import markdown, write_section
from sklearn.base import clone
from sklearn.datasets import load_diabetes
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsRegressor
from sklearn.tree import DecisionTreeRegressor

from skmia import audit
from skmia.attacks import get_attack, run
from skmia.shadow import ShadowModels
from skmia.targets import Session

N_TRAIN, N_SPLITS, N_SHADOWS = 221, 10, 24
MODELS = {
    "ridge": Ridge(),
    "5 neighbours": KNeighborsRegressor(),
    "tree": DecisionTreeRegressor(),
    "tree, leaves of 20": DecisionTreeRegressor(min_samples_leaf=20),
    "forest of 10": RandomForestRegressor(10),
}
ATTACKS = (
    "loss-threshold",
    "qmia",
    "shadow",
    "difficulty-calibration",
    "mast",
    "lira-offline",
    "lira-online",
    "rmia-offline",
    "rmia-online",
)
ONE_SIDE = "lira-online, one side"


def split(seed):
    """Records of the two sets."""
    X, y = load_diabetes(return_X_y=True)
    rows = np.random.RandomState(seed).permutation(len(y))
    train, holdout = np.sort(rows[:N_TRAIN]), np.sort(rows[N_TRAIN:])
    return X[train], y[train], X[holdout], y[holdout]


def fitted(name, sets, seed):
    """A model of the training records."""
    model = clone(MODELS[name])
    if "random_state" in model.get_params():
        model.set_params(random_state=seed)
    return model.fit(*sets[:2])


def aucs(name, seed, attacks=ATTACKS, n_shadows=N_SHADOWS):
    """AUC of every attack on one split."""
    sets = split(seed)
    report = audit(
        fitted(name, sets, seed),
        *sets,
        attacks=attacks,
        n_shadows=n_shadows,
        random_state=seed,
    )
    return report.summary["auc"]


def one_side(name, seed):
    """AUC of LiRA whose references answer as they were trained."""
    sets = split(seed)
    X, y = np.vstack(sets[::2]), np.concatenate(sets[1::2])
    model = fitted(name, sets, seed)
    shadows = ShadowModels(model, n_shadows=N_SHADOWS, random_state=seed).fit(X, y)
    recipe = get_attack("lira-online", of="regressor")
    score, _ = run(recipe.attack, "shadows", Session(model, X, y), shadows=shadows)
    return roc_auc_score(np.arange(len(y)) < N_TRAIN, score)


def measured(n_splits):
    """AUC by model and split, a column for each attack."""
    rows = {}
    for name in MODELS:
        for seed in range(n_splits):
            row = aucs(name, seed)
            if name in ("ridge", "5 neighbours"):
                row[ONE_SIDE] = one_side(name, seed)
            rows[name, seed] = row
        print(name, flush=True)
    return pd.DataFrame(rows).T


def main():
    """Print the table, or write it to the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--splits", type=int, default=N_SPLITS)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    by = measured(asked.splits).groupby(level=0, sort=False)
    mean, error = by.mean(), by.sem()
    rows = [
        [
            attack,
            *(_cell(mean.loc[one, attack], error.loc[one, attack]) for one in MODELS),
        ]
        for attack in (*ATTACKS, ONE_SIDE)
    ]
    table = markdown(["attack", *MODELS], rows)
    print(table)
    if asked.write:
        write_section("attacks.md", "regression", table)


def _cell(mean, error):
    if np.isnan(mean):
        return ""
    return f"{mean:.3f} ± {error:.3f}".replace("0.", ".")


if __name__ == "__main__":
    main()
