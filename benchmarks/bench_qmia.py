"""QMIA: one cross-fit or one within every fold, the median or the paper's quantile.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_qmia.py --jobs 2

A target is trained on a random half of 1,600 records (569 of breast cancer); "qmia"
judges them and the other half. Beside the attack as it is:

- quantile 0.99: the regressor of the paper, trees as scikit-learn makes them;
- nested, quantile 0.99: that fitted anew for every fold, which cross-fits within.

Null: "qmia" of the other half alone, which is dealt into two sides at random. Means
over seeds, and standard errors; seconds are of one processor. The size of the trees was
chosen on the seeds before the first.
"""

import argparse
import time
import warnings
from itertools import chain

import numpy as np
import pandas as pd
from bench_strength import FPR, problem
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from strength_models import make_model

from skmia.attacks import get_attack, run
from skmia.metrics import tpr_at_fpr
from skmia.targets import Session

CELLS = [
    (data, model)
    for data in ("digits", "breast cancer", "Adult")
    for model in ("forest", "logistic")
]


def attacks():
    """The attack as it is, and what it is compared with."""
    own = get_attack("qmia").attack
    steep = HistGradientBoostingRegressor(loss="quantile", quantile=1 - FPR)
    paper = clone(own).set_params(**{f"{own.steps[-1][0]}__regressor": steep})
    return {
        "qmia": own,
        "quantile 0.99": paper,
        # A step between evidence and model hides that the model can cross-fit itself.
        "nested, quantile 0.99": make_pipeline(paper[0], "passthrough", paper[-1]),
    }


def measure(data, model, seed):
    X, y, member = problem(data, seed)
    inside = member == 1
    target = make_model(model, X, seed).fit(X[inside], y[inside])
    where = {"data": data, "model": model}
    session, rows = Session(target, X, y), []
    for name, attack in attacks().items():
        began = time.process_time()
        found = judged(attack, session, member, seed)
        seconds = time.process_time() - began
        rows.append(where | {"attack": name, **found, "seconds": seconds})
    others = Session(target, X[~inside], y[~inside])
    side = np.random.RandomState(seed).permutation(np.arange(len(others)) % 2)
    found = judged(get_attack("qmia").attack, others, side, seed)
    return [*rows, where | {"attack": "null", **found}]


def judged(attack, session, member, seed):
    score, _ = run(attack, "nonmembers", session, member=member, seed=seed)
    return {
        "AUC": roc_auc_score(member, score),
        "TPR": tpr_at_fpr(member, score, fpr=FPR),
    }


def measure_quietly(*cell):
    warnings.simplefilter("ignore", ConvergenceWarning)
    return measure(*cell)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--first", type=int, default=4, help="first seed")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only-data", nargs="+")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds)
    cells = [
        (data, model, seed)
        for data, model in CELLS
        for seed in seeds
        if data in (options.only_data or (data,))
    ]
    rows = Parallel(options.jobs)(delayed(measure_quietly)(*cell) for cell in cells)
    table = pd.DataFrame(chain.from_iterable(rows))
    grouped = table.groupby(["data", "model", "attack"], sort=False)
    errors = grouped.sem().add_suffix(" ±")
    shown = pd.concat([grouped.mean(), errors.drop(columns="seconds ±")], axis=1)
    print(shown.sort_index(axis=1).round(3).to_string())


if __name__ == "__main__":
    main()
