"""The target x generator x attack grid of Truex et al. on every data set, cell by cell.

Protocol: 10,000 records (Location-30 has 5,010) in ten stratified folds, anew in each
run. Ten times, five consecutive folds are the adversary's and five the victim's, half
of whose records train the target: members and non-members are equally many, so that
chance is 50 %. The adversary trains four shadow models on halves of its own.

The cells of finished folds are rows of benchmarks/results/truex/cells/<data>.csv; a
killed run goes on there. Within a fold, every finished fit and cell is in a cache,
which is removed when the data set has its run.
"""

import shutil
import warnings
from functools import partial
from itertools import product

import numpy as np
from data_sets import DATA
from joblib import Memory
from sklearn.compose import ColumnTransformer
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from store import complete

from skmia import MembershipGame, game_scorer
from skmia.attacks import ClasswiseAttack
from skmia.grid import default_models

N_FOLDS, N_SHADOWS = 10, 4
METRICS = ("accuracy", "precision", "auc", "tpr_at_fpr", "target_test_accuracy")
SIDES = ["target", "generator", "attack"]
# What the attack sees besides the target's probability vector: nothing, or the class
# (by name "truex-posterior" and "truex").
VIEWS = ("vector", "class")
SIGNALS = ["true_label", "posterior"]


def cell_names(models=("tree", "knn", "lr", "nb")):
    """Every combination of the paper, and a neural network in all three roles."""
    return [*product(models, repeat=3), ("mlp", "mlp", "mlp")]


def attack_model(view, model):
    """Attack on the bare vector, or one model per true class (Shokri et al.)."""
    if view == "class":
        return ClasswiseAttack(model)
    bare = ColumnTransformer(
        [("class", "drop", ["true_label"])], remainder="passthrough"
    )
    return make_pipeline(bare, model)


def halves(y, run, fold):
    """Adversary's and victim's records: five folds each, beginning at `fold`."""
    folds = StratifiedKFold(N_FOLDS, shuffle=True, random_state=run)
    place = np.empty(len(y), dtype=int)
    for i, (_, rows) in enumerate(folds.split(y, y)):
        place[rows] = i
    own = (place - fold) % N_FOLDS < N_FOLDS // 2
    return np.flatnonzero(own), np.flatnonzero(~own)


def quiet():
    """Of 100 classes some are rare, and logistic regression stops at 1000 steps."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    warnings.filterwarnings("ignore", "The number of unique classes")
    warnings.filterwarnings("ignore", "The least populated class")


def play(view, sides, seed, rows, key, X, y, memory):
    """Metrics of one cell in one fold. `key` stands for the data in the cache."""
    target, generator, attack = (default_models([name])[name] for name in sides)
    game = MembershipGame(
        target,
        generator,
        attack_model(view, attack),
        signals=SIGNALS,
        n_shadows=N_SHADOWS,
        memory=memory,
        random_state=seed,
    )
    adversary, victim = rows
    game.fit(X[adversary], y[adversary])
    return game_scorer(*METRICS)(game, X[victim], y[victim])


def play_fold(data, n_rows, cache, run, fold):
    """Rows of all cells of one fold."""
    quiet()
    X, y = DATA[data](n_rows)
    memory = Memory(cache / f"{run}-{fold}", verbose=0)
    once = memory.cache(play, ignore=["X", "y", "memory"])
    rows = halves(y, run, fold)
    table = []
    for view, sides in product(VIEWS, cell_names()):
        seed = N_FOLDS * run + fold
        found = once(view, sides, seed, rows, (data, n_rows), X, y, memory)
        table.append({"view": view} | dict(zip(SIDES, sides, strict=True)) | found)
    return table


def play_grid(options, names):
    """Complete the cells of some data sets, run by run over all of them."""
    for run, data in product(range(options.runs), names):
        cache = options.folder / "cache" / data
        complete(
            options.folder / "cells" / f"{data}.csv",
            [{"run": run, "fold": fold} for fold in range(options.folds)],
            partial(play_fold, data, options.rows, cache),
            options.jobs,
        )
        shutil.rmtree(cache, ignore_errors=True)
