"""The target x generator x attack grid of Truex et al. for five kinds of model.

    OMP_NUM_THREADS=1 python benchmarks/bench_truex_grid.py

writes docs/grid.md and benchmarks/results/grid.csv: Location-30 and 10,000 rows of
Adult, repeated stratified half splits (one half is the adversary's, the other the
victim's, half of which trains the target), under two views of the adversary.
``--seed 1`` draws other splits and writes grid-seed1.csv only, with a comparison to the
committed table on the screen. ``--quick`` runs a small version that writes nothing.
Both data sets are looked for where skmia.datasets looks, SKMIA_DATA first.
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from data_sets import adult, location30
from documents import write_section
from scipy.stats import t
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import StratifiedShuffleSplit

from skmia.attacks import ClasswiseAttack
from skmia.grid import default_models, model_grid, truex_table

ROOT = Path(__file__).parent.parent
N_SHADOWS = 10
MODELS = ("tree", "knn", "lr", "nb", "mlp")

# Accuracy in percent for Adult, all three roles of one kind (their Table 6).
PAPER_ADULT = {"lr": 50.17, "knn": 51.22, "tree": 59.89, "nb": 50.18}

VIEWS = {
    "vector": "the bare probability vector (the paper's F_a as written)",
    "vector + class": "vector and true class, one attack model per class (Shokri)",
}


def views(models):
    """Signals and attack models of each view of the adversary."""
    classwise = {name: ClasswiseAttack(model) for name, model in models.items()}
    return {
        "vector": (["posterior"], models),
        "vector + class": (["true_label", "posterior"], classwise),
    }


def run(name, X, y, models, *, repeats, seed):
    cv = StratifiedShuffleSplit(repeats, test_size=0.5, random_state=seed)
    parts = []
    for view, (signals, attacks) in views(models).items():
        start = time.perf_counter()
        table = model_grid(
            X,
            y,
            models,
            attacks=attacks,
            signals=signals,
            cv=cv,
            n_shadows=N_SHADOWS,
            random_state=seed,
            verbose=True,
        )
        seconds = time.perf_counter() - start
        parts.append(table.assign(data=name, view=view, seconds=seconds))
    return pd.concat(parts, ignore_index=True)


def percent(mean, std):
    return f"{100 * mean:.1f} ± {100 * std:.1f}"


def grid_markdown(part, metric):
    """Rows attack and target, columns generator: the form of their Table 3."""
    table = truex_table(part, metric)
    generators = table["mean"].columns
    lines = [
        "| attack | target | " + " | ".join(f"gen. {g}" for g in generators) + " |",
        "|---" * (len(generators) + 2) + "|",
    ]
    for (attack, target), row in table.iterrows():
        cells = [percent(row["mean", g], row["std", g]) for g in generators]
        lines.append(f"| {attack} | {target} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def same_kind_markdown(part, paper=None):
    """All three roles of one kind: the form of their Table 6."""
    same = part[
        (part["target"] == part["generator"]) & (part["target"] == part["attack"])
    ]
    found = same.groupby("target", sort=False)[["accuracy", "auc", "tpr_at_fpr"]]
    mean, std = found.mean(), found.std()
    head = [
        "model",
        "accuracy",
        "AUC",
        "TPR at 1 % FPR",
        *(["paper, accuracy"] if paper else []),
    ]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for name in mean.index:
        cells = [
            percent(mean.loc[name, metric], std.loc[name, metric])
            for metric in ("accuracy", "auc", "tpr_at_fpr")
        ]
        if paper:
            cells.append(f"{paper[name]:.1f}" if name in paper else "-")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def section(table, data, view):
    part = table[(table["data"] == data) & (table["view"] == view)]
    repeats = part["repeat"].nunique()
    k = part["target"].nunique()
    paper = PAPER_ADULT if data == "Adult" else None
    return "\n\n".join(
        [
            f"### {data}: {VIEWS[view]}",
            f"{k * (N_SHADOWS + 1) * repeats} model fits and {k * k * repeats} attack "
            f"fits for {len(part)} cells, {part['seconds'].iloc[0]:.0f} s.",
            "All three roles of one kind, in percent:",
            same_kind_markdown(part, paper),
            "Accuracy of every combination, in percent:",
            grid_markdown(part, "accuracy"),
        ]
    )


def write_docs(table):
    """Put the tables between the markers of docs/grid.md; the text around is ours."""
    sections = [
        section(table, data, view)
        for data in table["data"].unique()
        for view in table["view"].unique()
    ]
    write_section("grid.md", "tables", "\n\n".join(sections))


def compare(table, committed):
    """How often the mean of a cell lies within the spread stated for it."""
    keys = ["data", "view", "target", "generator", "attack"]
    ours, theirs = (one.groupby(keys)["accuracy"] for one in (table, committed))
    n = min(ours.size().min(), theirs.size().min())
    # Two means of n repeats, whose spread is itself known from n repeats only, differ
    # by at most this in 95 % of the cells (Student's t).
    allowed = t.ppf(0.975, 2 * (n - 1)) * np.sqrt((ours.var() + theirs.var()) / n)
    inside = (ours.mean() - theirs.mean()).abs() <= allowed + 1e-9
    print(f"{inside.sum()} of {len(inside)} cell means agree within their 95 % spread")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    if options.quick:
        models, repeats, n_adult = default_models(("tree", "nb")), 2, 1000
    else:
        models, repeats, n_adult = default_models(MODELS), options.repeats, 10_000
    table = pd.concat(
        [
            run(
                "Location-30", *location30(), models, repeats=repeats, seed=options.seed
            ),
            run("Adult", *adult(n_adult), models, repeats=repeats, seed=options.seed),
        ],
        ignore_index=True,
    )
    results = ROOT / "benchmarks" / "results"
    if options.quick:
        print(table.groupby(["data", "view", "target"])[["accuracy", "auc"]].mean())
    elif options.seed == 0:
        table.round(4).to_csv(results / "grid.csv", index=False)
        write_docs(table)
    else:
        table.round(4).to_csv(results / f"grid-seed{options.seed}.csv", index=False)
        compare(table, pd.read_csv(results / "grid.csv"))


if __name__ == "__main__":
    main()
