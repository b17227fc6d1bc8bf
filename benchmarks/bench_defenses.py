"""Every defense around seven kinds of model on three data sets, attacked adaptively.

    OMP_NUM_THREADS=1 python benchmarks/bench_defenses.py --jobs 2

writes benchmarks/results/defenses.csv row by row (a killed run goes on where it
stopped; ``--fresh`` starts anew), then docs/defenses.md and its figure.
``--quick`` runs three defenses of a tree on 1,000 rows and writes nothing; ``--only
NAME ...`` replaces the rows of the named defenses; ``--data NAME ...`` leaves the other
data sets as they are; ``--tables`` only writes the documents.

Each model is trained on a random half of the records; the other half are the
non-members. An adaptive attacker trains 4 shadow models *with* the defense on random
complementary halves of all records (the auditor's pool), a static one without it.
"""

import argparse
import inspect
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from defense_catalogue import DATA, MODELS, defenses_for
from defense_tables import write_documents
from joblib import Memory, Parallel, delayed
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

from skmia import ShadowModels, audit
from skmia.attacks import get_attack
from skmia.metrics import auc_interval
from skmia.utils._random import draws_secret_noise

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "defenses.csv"
N_SHADOWS = 4
# Of all other models every record; objectives take up to ten times a plain fit.
N_ROWS = {"network": 1200}
FAMILIES = {
    "label": ("gap", "shadow-label", "label-lira", "label-rmia"),
    "scores": (
        "loss-threshold",
        "modified-entropy-threshold",
        "classwise-threshold",
        "shadow",
    ),
    "reference": ("lira-online", "rmia-online"),
}
FPR = 0.01


def seeded(model, seed):
    if draws_secret_noise(model):
        return model
    params = {name: seed for name in model.get_params() if name == "random_state"}
    return model.set_params(**params)


def load(data, n_rows):
    X, y = DATA[data]()
    y = np.unique(y, return_inverse=True)[1]
    if n_rows:
        X, _, y, _ = train_test_split(
            X, y, train_size=n_rows, stratify=y, random_state=0
        )
    return X, y


def calibration_error(posterior, y, n_bins=15):
    """Expected calibration error of the predicted class."""
    confidence = posterior.max(axis=1)
    right = posterior.argmax(axis=1) == y
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    gaps = np.bincount(bins, weights=right - confidence, minlength=n_bins)
    return np.abs(gaps).sum() / len(y)


def exposure(base, X, y, seed, memory):
    """How far the undefended model's answers move when a record was trained on."""
    shadows = ShadowModels(
        base, n_shadows=16, signals="scaled_logit", memory=memory, random_state=seed
    )
    values = np.clip(shadows.fit(X, y).reference("scaled_logit"), -20, 20)
    inside = shadows.membership_.T
    spread = values.std(axis=1) + 1.0
    mean = [
        (values * side).sum(axis=1) / side.sum(axis=1) for side in (inside, ~inside)
    ]
    return (mean[0] - mean[1]) / spread


def attack(
    model,
    split,
    names,
    seed,
    memory=None,
    shadow_estimator=None,
    n_shadows=N_SHADOWS,
):
    X_in, X_out, y_in, y_out = split
    return audit(
        model,
        X_in,
        y_in,
        X_out,
        y_out,
        attacks=list(names),
        shadow_estimator=shadow_estimator,
        n_shadows=n_shadows,
        fprs=(FPR,),
        # Bonferroni: the best of all attacks is reported with its interval.
        confidence_level=1 - 0.05 / sum(map(len, FAMILIES.values())),
        memory=memory,
        random_state=seed,
    )


def best(summary, names, prefix):
    """The strongest of some attacks by AUC, under prefixed names."""
    ran = summary.reindex(list(names)).dropna(subset="auc")
    if ran.empty:
        return {}
    top = ran.loc[ran["auc"].idxmax()]
    metrics = ("auc", f"tpr_at_fpr_{FPR:g}", "accuracy")
    found = {f"{prefix}_attack": top.name}
    for metric in metrics:
        for end in ("", "_low", "_high"):
            found[f"{prefix}_{metric}{end}"] = top[metric + end]
    return found


def on_the_most_exposed(report, name, exposed):
    """AUC of an attack on the 1 % of records that an undefended model exposes most."""
    # Of equally exposed ones a random choice: the members come first in the report.
    ties = np.random.RandomState(0).permutation(len(exposed))
    rows = np.lexsort((ties, -exposed))[: max(10, len(exposed) // 100)]
    member = report.member[rows]
    if member.min() == member.max():
        return {}
    score = report.records[name].to_numpy()[rows]
    low, high = auc_interval(member, score)
    return {
        "exposed_auc": roc_auc_score(member, score),
        "exposed_auc_low": low,
        "exposed_auc_high": high,
    }


def measure(data, model, defense, seed, n_rows, memory):
    """One row of the table: a defended model, its quality and its attackers."""
    warnings.simplefilter("ignore")
    memory = Memory(memory, verbose=0)
    X, y = load(data, n_rows)
    split = train_test_split(X, y, test_size=0.5, stratify=y, random_state=seed)
    X_in, X_out, y_in, y_out = split
    base = seeded(clone(MODELS[model]), seed)
    row = {"data": data, "model": model, "defense": defense, "seed": seed}
    defended = seeded(defenses_for(model)[defense](base), seed)
    clone(base).fit(X_in, y_in)  # What it imports is nobody's cost.
    start = time.process_time()
    clone(base).fit(X_in, y_in)
    row["plain_fit_seconds"] = time.process_time() - start
    start = time.process_time()
    try:
        defended.fit(X_in, y_in)
    except (TypeError, ValueError) as error:
        return row | {"status": str(error).split(". ")[0]}
    row["fit_seconds"] = time.process_time() - start
    row["train_accuracy"] = defended.score(X_in, y_in)
    row["test_accuracy"] = defended.score(X_out, y_out)
    if hasattr(defended, "predict_proba"):
        posterior = defended.predict_proba(X_out)
        row["calibration_error"] = calibration_error(posterior, y_out)
    every = sum(FAMILIES.values(), ())
    adaptive = attack(defended, split, every, seed)
    for family, names in FAMILIES.items():
        row |= best(adaptive.summary, names, family)
    row |= best(adaptive.summary, every, "best")
    trained = [name for name in every if get_attack(name).fitted_on == "shadows"]
    static = attack(defended, split, trained, seed, memory, shadow_estimator=base)
    row |= best(static.summary, trained, "static")
    row |= best(adaptive.summary, trained, "adaptive")
    pool = np.vstack([X_in, X_out]), np.append(y_in, y_out)
    exposed = exposure(base, *pool, seed, memory)
    row |= on_the_most_exposed(adaptive, row["best_attack"], exposed)
    return row | {"status": "ok"}


def cells(options):
    """What to measure, the undefended models first: others reuse their shadows."""
    if options.quick:
        names = ["none", "labels only", "SELENA"]
        return [("Location-30", "tree", name, 0, 1000) for name in names]
    every = [
        (data, model, defense, seed, N_ROWS.get(model))
        for seed in range(options.seeds)
        for data in options.data
        for model in MODELS
        for defense in options.only or defenses_for(model)
        if defense in defenses_for(model)
    ]
    return sorted(every, key=lambda cell: cell[2] != "none")


def finished(options):
    if options.fresh or not RESULTS.exists():
        return pd.DataFrame(columns=["data", "model", "defense", "seed"])
    table = pd.read_csv(RESULTS)
    again = table["defense"].isin(options.only or []) & table["data"].isin(options.data)
    return table[~again]


def in_order(table):
    """Rows in the order of the catalogue, however they were finished."""
    order = [
        (data, model, defense)
        for data in DATA
        for model in MODELS
        for defense in defenses_for(model)
    ]
    place = {cell: i for i, cell in enumerate(order)}
    cells = table[["data", "model", "defense"]].itertuples(index=False, name=None)
    return table.iloc[np.argsort([place[cell] for cell in cells], kind="stable")]


def main():
    parser = argparse.ArgumentParser(description=inspect.getdoc(measure))
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--tables", action="store_true")
    parser.add_argument("--only", nargs="*", metavar="NAME")
    parser.add_argument("--data", nargs="+", choices=DATA, default=[*DATA])
    options = parser.parse_args()
    table = finished(options)
    done = set(table[["data", "model", "defense", "seed"]].itertuples(index=False))
    todo = [] if options.tables else [c for c in cells(options) if c[:4] not in done]
    with tempfile.TemporaryDirectory() as memory:
        rows = Parallel(options.jobs, return_as="generator_unordered")(
            delayed(measure)(*cell, memory) for cell in todo
        )
        for row in rows:
            keys = [
                row[k] for k in ("data", "model", "defense", "best_auc") if k in row
            ]
            print(*keys, row["status"], flush=True)
            table = pd.concat([table, pd.DataFrame([row])], ignore_index=True)
            if not options.quick:
                table.round(4).to_csv(RESULTS, index=False)
    if options.quick:
        print(table.T.to_string())
        return
    table = in_order(table).round(4)  # else new rows are more exact than old ones
    table.to_csv(RESULTS, index=False)
    write_documents(table)


if __name__ == "__main__":
    main()
