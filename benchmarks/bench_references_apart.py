"""References of an adversary who has the candidates, or only records like them.

    OMP_NUM_THREADS=1 python benchmarks/bench_references_apart.py

prints two tables: what tuning the inflation of offline RMIA is worth, and what
references add to labels. The adversary's records are one half of a data set ("apart");
the target is trained on half of the others, which are the candidates, and an auditor
trains shadow models on these ("pool"). Whatever is learned or chosen is so on shadow
models; the numbers are those of the target: AUC (in the second table also TPR at 1 %
FPR), means over the seeds.
"""

import argparse
import warnings

import numpy as np
import pandas as pd
from defense_catalogue import DATA, MODELS
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

from skmia import ShadowModels
from skmia.attacks import RelativeAttack, get_attack, make_attack, run
from skmia.attacks.evidence import References
from skmia.metrics import tpr_at_fpr
from skmia.targets import Session

LABELS = ("gap", "shadow-label", "label-rmia", "label-lira")


def offline(a):
    model = RelativeAttack(mode="offline", a=a)
    return make_attack(References("confidence"), model)


def attacks():
    """Attack and what it is fitted on, by column of the tables."""
    found = {f"a = {a}": (offline(a), "shadows") for a in (0.3, "auto")}
    for recipe in map(get_attack, LABELS):
        found[recipe.name] = recipe.attack, recipe.fitted_on
    return found


def measure(data, model, seed, n_shadows, n_rows):
    """Rows of both knowledges: AUC and TPR of every attack on one target."""
    X, y = DATA[data]()
    X, y = X[:n_rows], np.unique(y[:n_rows], return_inverse=True)[1]
    apart = train_test_split(X, y, test_size=0.5, stratify=y, random_state=seed)
    pool, y_pool = apart[1], apart[3]
    member = np.random.RandomState(seed).permutation(len(y_pool)) < len(y_pool) // 2
    base = clone(MODELS[model])
    if "random_state" in base.get_params():
        base.set_params(random_state=seed)
    target = clone(base).fit(pool[member], y_pool[member])
    for knowledge, records in {"apart": apart[::2], "pool": (pool, y_pool)}.items():
        shadows = ShadowModels(base, n_shadows=n_shadows, random_state=seed).fit(
            *records
        )
        row = {"data": data, "model": model, "references": knowledge}
        for name, (attack, fitted_on) in attacks().items():
            session = Session(target, pool, y_pool)
            score, _ = run(attack, fitted_on, session, shadows=shadows, seed=seed)
            row[name] = roc_auc_score(member, score)
            row[f"{name}, TPR"] = tpr_at_fpr(member, score)
        print(*row.values(), flush=True)
        yield row


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", nargs="*", default=list(DATA))
    parser.add_argument("--models", nargs="*", default=list(MODELS))
    parser.add_argument("--shadows", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=5010)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    rows = [
        row
        for data in options.data
        for model in options.models
        for seed in range(options.seeds)
        for row in measure(data, model, seed, options.shadows, options.rows)
    ]
    table = pd.DataFrame(rows)
    every = table.assign(data="all", model="all")
    keys = ["references", "data", "model"]
    mean = pd.concat([table, every]).groupby(keys, sort=False).mean()
    inflation = ["a = 0.3", "a = auto"]
    labels = [column for name in LABELS for column in (name, f"{name}, TPR")]
    for columns in (inflation, labels):
        print(mean[columns].round(3).to_string(), end="\n\n")


if __name__ == "__main__":
    main()
