"""Audits of bagged ensembles without a fit, beside those with ten references.

    OMP_NUM_THREADS=1 python benchmarks/bench_out_of_bag.py --jobs 2

writes docs/audits.md (the section "References inside the model"). A target is trained
on a random half of the records; attacks are run beside its own out-of-bag members
(``audit(..., references="out-of-bag")``) and beside ten references that were trained
on halves of all records. Seconds are those of a whole audit with these attacks.

Fewer data, models or seeds print tables and write none.
"""

import argparse
import time
import warnings
from itertools import product

import pandas as pd
from bench_strength import problem
from documents import markdown, write_section
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from skmia import ShadowModels, audit
from skmia.attacks import get_attack, run
from skmia.metrics import tpr_at_fpr
from skmia.targets import Session

N_REFERENCES = 10
OUT_OF_BAG, TRAINED = "out-of-bag", f"{N_REFERENCES} references"
OFFLINE = ("rmia-offline", "lira-offline", "base-offline", "difficulty-calibration")
ATTACKS = {
    OUT_OF_BAG: OFFLINE,
    TRAINED: ("rmia-offline", "lira-offline", "rmia-online", "lira-online"),
}
DATA_NAMES = ("Adult", "Location-30", "digits")
MODELS = {
    "forest, leaf 1": RandomForestClassifier(100),
    "forest, leaf 5": RandomForestClassifier(100, min_samples_leaf=5),
    "bagged trees": BaggingClassifier(DecisionTreeClassifier(), n_estimators=50),
}
BY = ["references", "attack"]


def out_of_bag(target, X, y, member, seed):
    """Score of each attack for every record; nan where no member is out of bag."""
    parts = X[member == 1], y[member == 1], X[member == 0], y[member == 0]
    options = {"references": OUT_OF_BAG, "attacks": OFFLINE, "random_state": seed}
    return audit(target, *parts, **options).records[list(OFFLINE)].to_dict("series")


def beside_trained(target, X, y, member, seed):
    """Score of each attack for every record."""
    signals = ["scaled_logit", "confidence"]
    shadows = ShadowModels(
        clone(target), n_shadows=N_REFERENCES, signals=signals, random_state=seed
    ).fit(X, y)
    session = Session(target, X, y)
    return {
        name: pd.Series(
            run(get_attack(name).attack, "shadows", session, shadows=shadows)[0]
        )
        for name in ATTACKS[TRAINED]
    }


def measure(data, model, seed):
    """One row for each attack and kind of reference."""
    warnings.simplefilter("ignore")
    X, y, member = problem(data, seed)
    target = clone(MODELS[model]).set_params(random_state=seed)
    target.fit(X[member == 1], y[member == 1])
    rows = []
    for kind, attack in ((OUT_OF_BAG, out_of_bag), (TRAINED, beside_trained)):
        start = time.perf_counter()
        scores = attack(target, X, y, member, seed)
        seconds = time.perf_counter() - start
        for name, score in scores.items():
            there = score.notna().to_numpy()
            told = member[there], score[there]
            row = kind, name, roc_auc_score(*told), tpr_at_fpr(*told, fpr=0.01)
            rows.append((*row, there.mean(), seconds))
    columns = [*BY, "AUC", "TPR", "answered", "seconds"]
    return pd.DataFrame(rows, columns=columns).assign(data=data, model=model, seed=seed)


def shown(mean):
    """AUC / TPR at an FPR of 1 % of every attack, one row per model and data set."""
    names = [(kind, name) for kind, attacks in ATTACKS.items() for name in attacks]
    header = ["model", "data", *(f"{name}, {kind}" for kind, name in names)]
    rows = []
    for cell in product(MODELS, DATA_NAMES):
        found = mean.loc[cell]
        pairs = found.loc[names, ["AUC", "TPR"]].to_numpy()
        rows.append([*cell, *(f"{auc:.3f} / {tpr:.2f}" for auc, tpr in pairs)])
    return markdown(header, rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", choices=DATA_NAMES, default=[*DATA_NAMES])
    parser.add_argument("--models", nargs="+", choices=MODELS, default=[*MODELS])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    cells = product(options.data, options.models, range(options.seeds))
    tables = Parallel(n_jobs=options.jobs)(delayed(measure)(*cell) for cell in cells)
    table = pd.concat(tables)
    mean = table.groupby(["model", "data", *BY], sort=False).mean(numeric_only=True)
    print(mean.drop(columns="seed").round(3).to_string())
    whole = len(options.data) * len(options.models) * options.seeds
    if whole == len(DATA_NAMES) * len(MODELS) * 3:
        write_section("audits.md", "out-of-bag", shown(mean))


if __name__ == "__main__":
    main()
