"""Every attack by name on Location-30, at 4, 16 and 64 shadow models.

    OMP_NUM_THREADS=1 python benchmarks/bench_attacks.py

writes docs/attacks.md and benchmarks/results/attacks.csv. Targets: a random forest, an
MLP and logistic regression (C=100), each trained on a random half of the 5,010 records;
the other half are the non-members. Shadow and reference models are trained on random
complementary halves of all records (the auditor's pool, candidates included). Three
seeds. ``--quick`` runs one seed and one target and writes nothing; ``--only NAME ...``
runs the named attacks at the smallest number of models and replaces their rows.
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from skmia import audit
from skmia.attacks import get_attack, get_attack_names
from skmia.datasets import fetch_location30
from skmia.neural import MLPNet

ROOT = Path(__file__).parent.parent
TARGETS = {
    "forest": RandomForestClassifier(100),
    "MLP": MLPNet((128,)),
    "logistic": LogisticRegression(C=100, max_iter=500),
}
METRICS = ("auc", "tpr_at_fpr_0.01", "tpr_at_fpr_0.001")


def attack_names(n_shadows, sizes, only):
    """All attacks once; those that train models again for every number of them."""
    if only:
        return only
    names = get_attack_names()
    if n_shadows == sizes[0]:
        return names
    return [n for n in names if {"shadows", "references"} & set(get_attack(n).needs)]


def one_target(name, target, X, y, seed, sizes, only):
    parts = train_test_split(X, y, test_size=0.5, stratify=y, random_state=seed)
    X_in, X_out, y_in, y_out = parts
    model = clone(target)
    if "random_state" in model.get_params():
        model.set_params(random_state=seed)
    model.fit(X_in, y_in)
    tables = []
    for n_shadows in sizes:
        start = time.perf_counter()
        report = audit(
            model,
            X_in,
            y_in,
            X_out,
            y_out,
            attacks=attack_names(n_shadows, sizes, only),
            public=X,
            other_task=load_digits(return_X_y=True),
            n_shadows=n_shadows,
            fprs=(0.001, 0.01),
            random_state=seed,
        )
        table = report.summary.reset_index()
        table = table.assign(target=name, seed=seed, n_shadows=n_shadows)
        tables.append(table.assign(audit_seconds=time.perf_counter() - start))
        print(f"{name} seed {seed}: {n_shadows} models, {report.headline}", flush=True)
    return pd.concat(tables, ignore_index=True)


def cell(group, metric):
    mean = group[[metric, f"{metric}_low", f"{metric}_high"]].mean()
    if np.isnan(mean[metric]):
        return "-"
    return f"{mean.iloc[0]:.3f} [{mean.iloc[1]:.3f}, {mean.iloc[2]:.3f}]"


def markdown(table, target):
    rows = [
        "| attack | models | AUC | TPR at 1 % FPR | TPR at 0.1 % FPR | seconds |",
        "|---|---|---|---|---|---|",
    ]
    part = table[(table["target"] == target) & (table["status"] == "ok")]
    groups = part.groupby(["attack", "n_fits"])
    order = groups["auc"].mean().sort_values(ascending=False).index
    for attack, n_fits in order:
        group = groups.get_group((attack, n_fits))
        cells = [cell(group, metric) for metric in METRICS]
        seconds = f"{group['seconds'].mean():.2f}"
        rows.append(f"| {attack} | {n_fits} | {' | '.join(cells)} | {seconds} |")
    return "\n".join(rows)


def claims(table):
    """Orders known from the literature, as mean AUC differences over targets."""
    auc = table.groupby(["attack", "n_shadows", "target"])["auc"].mean()

    def compare(better, worse, n_better, n_worse=None):
        gap = auc[better][n_better] - auc[worse][n_worse or n_better]
        return ", ".join(f"{target} {value:+.3f}" for target, value in gap.items())

    few, many = min(table["n_shadows"]), max(table["n_shadows"])
    rows = {
        f"LiRA online over offline ({many} models)": compare(
            "lira-online", "lira-offline", many
        ),
        f"RMIA over LiRA with few models, offline ({few})": compare(
            "rmia-offline", "lira-offline", few
        ),
        f"RMIA over LiRA with few models, online ({few})": compare(
            "rmia-online", "lira-online", few
        ),
        f"calibrated over plain loss ({many})": compare(
            "difficulty-calibration", "loss-threshold", many, few
        ),
        f"class-wise over pooled threshold ({few})": compare(
            "classwise-threshold", "modified-entropy-threshold", few
        ),
    }
    lines = ["| first AUC minus second | |", "|---|---|"]
    return "\n".join(lines + [f"| {name} | {text} |" for name, text in rows.items()])


def write_docs(table):
    sections = ["## Orders known from the literature", claims(table)]
    for target in TARGETS:
        sections += [f"## {target}", markdown(table, target)]
    path = ROOT / "docs" / "attacks.md"
    before, _, rest = path.read_text(encoding="utf-8").partition("<!-- tables -->")
    after = rest.partition("<!-- end -->")[2]
    body = "\n\n".join(sections)
    text = f"{before}<!-- tables -->\n\n{body}\n\n<!-- end -->{after}"
    path.write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", nargs="*", metavar="NAME")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    X, y = fetch_location30(return_X_y=True)
    X = X.astype(float)
    sizes = (4, 16) if options.quick else (4, 16, 64)
    sizes = sizes[:1] if options.only else sizes
    targets = {"logistic": TARGETS["logistic"]} if options.quick else TARGETS
    seeds = range(1 if options.quick else options.seeds)
    tables = Parallel(n_jobs=options.jobs)(
        delayed(one_target)(name, target, X, y, seed, sizes, options.only)
        for name, target in targets.items()
        for seed in seeds
    )
    table = pd.concat(tables, ignore_index=True)
    if options.quick:
        print(markdown(table, "logistic"))
        print(claims(table))
        return
    columns = ["target", "seed", "n_shadows", "attack", "n_fits", "seconds", "status"]
    columns += [f"{m}{end}" for m in METRICS for end in ("", "_low", "_high")]
    path = ROOT / "benchmarks" / "results" / "attacks.csv"
    table = table[columns].round(4)
    if options.only:
        old = pd.read_csv(path)
        table = pd.concat([old[~old["attack"].isin(options.only)], table])
    table.to_csv(path, index=False)
    write_docs(table)


if __name__ == "__main__":
    main()
