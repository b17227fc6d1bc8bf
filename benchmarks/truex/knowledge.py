"""What the adversary's knowledge is worth: figures 7, 8 and 9 of Truex et al.

    SKMIA_DATA=... OMP_NUM_THREADS=1 python benchmarks/truex/knowledge.py

draws the accuracy of the attack over the noise in the candidates (figure 7), the noise
in the shadow records (figure 8) and the number of shadow records (figure 9), with
logistic regression as target, shadow models and attack. It writes knowledge.csv and, if
matplotlib is installed, one PNG per figure to benchmarks/results/truex, and prints a
table per figure. ``--quick`` is a small version, which writes only if told where.

Data: 10,000 rows of CIFAR-10 and of retail-10/20/50. The latter are a stand-in for
Purchases-10/20/50, made the same way from another shop's baskets (retail600.npz in the
folder that SKMIA_DATA names), not those sets. Features are in [0, 1]. Half of the rows
are the adversary's, half the victim's, half of which train the target; intervals are
Student's over repeated stratified splits, which share rows, so that they are narrow.
The attack is Shokri's, one model per class: a single linear model on the bare vector
cannot tell high confidence in one class from high confidence in another.
"""

import argparse
import os
import time
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from scipy.stats import t
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedShuffleSplit,
    train_test_split,
)

from skmia import MembershipGame, game_scorer
from skmia.attacks import ClasswiseAttack
from skmia.datasets import fetch_cifar10

RESULTS = Path(__file__).parent.parent / "results" / "truex"
FIGURES = {
    7: ("target_noise", "noise in the candidates"),
    8: ("shadow_noise", "noise in the shadow records"),
    9: ("shadow_size", "number of shadow records"),
}
SIGMAS = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
SIZES = [100, 200, 400, 700, 1000, 2000, 3500, 5000]
QUICK_SIGMAS = [0.0, 0.1, 0.5, 1.0]
QUICK_SIZES = [50, 100, 200, 500]
METRICS = ("accuracy", "auc")


def cifar10():
    X, y = fetch_cifar10(return_X_y=True, download_if_missing=False)
    return X.astype(np.float32) / 255, y


def retail(n_classes):
    path = Path(os.environ["SKMIA_DATA"]) / "retail600.npz"
    with np.load(path, allow_pickle=False) as data:
        return data["X"].astype(np.float32), data[f"y{n_classes}"]


def data_sets(n_samples):
    """Name, records and labels of each data set, one at a time."""
    for name, load in {
        "CIFAR-10": cifar10,
        **{f"retail-{k}": lambda k=k: retail(k) for k in (10, 20, 50)},
    }.items():
        X, y = load()
        X, _, y, _ = train_test_split(
            X, y, train_size=n_samples, stratify=y, random_state=0
        )
        yield name, X, y


def curve(game, X, y, name, values, cv):
    """One row per value and split: scikit-learn's search, without a refit.

    ``validation_curve`` gives the same numbers and, at twice the price, training
    scores, which mean nothing here: the attack on the adversary's own records.
    """
    search = GridSearchCV(
        game,
        {name: values},
        cv=cv,
        scoring=game_scorer(*METRICS),
        refit=False,
        error_score="raise",
    ).fit(X, y)
    results = search.cv_results_
    return pd.DataFrame(
        {
            "value": value,
            "split": split,
            **{m: results[f"split{split}_test_{m}"][i] for m in METRICS},
        }
        for i, value in enumerate(values)
        for split in range(search.n_splits_)
    )


def run(options, sigmas, sizes):
    lr = LogisticRegression()
    cv = StratifiedShuffleSplit(options.splits, test_size=0.5, random_state=0)
    parts = []
    for data, X, y in data_sets(options.rows):
        with TemporaryDirectory() as memory:
            game = MembershipGame(
                lr,
                attack=ClasswiseAttack(lr),
                signals=["true_label", "posterior"],
                cv=options.shadows,
                memory=memory,
                random_state=0,
            )
            for figure, (name, _) in FIGURES.items():
                start = time.perf_counter()
                values = sizes if name == "shadow_size" else sigmas
                part = curve(game, X, y, name, values, cv)
                parts.append(part.assign(figure=figure, data=data))
                seconds = time.perf_counter() - start
                print(f"{data}, figure {figure}: {seconds:.0f} s", flush=True)
    table = pd.concat(parts, ignore_index=True)
    return table[["figure", "data", "value", "split", *METRICS]]


def with_intervals(table, metric="accuracy"):
    """Mean and half the width of its 95 % interval, in percent."""
    found = 100 * table.set_index(["figure", "value", "data"])[metric]
    groups = found.groupby(level=[0, 1, 2], sort=False)
    n = groups.size()
    half = t.ppf(0.975, n - 1) * groups.std() / np.sqrt(n)
    return pd.DataFrame({"mean": groups.mean(), "half": half})


def markdown(summary, figure):
    part = summary.loc[figure]
    data = part.index.unique("data")
    lines = [
        f"Figure {figure}: accuracy (%) over the {FIGURES[figure][1]}",
        "",
        "| value | " + " | ".join(data) + " |",
        "|---" * (len(data) + 1) + "|",
    ]
    for value in part.index.unique("value"):
        cells = [
            "{mean:.1f} ± {half:.1f}".format(**part.loc[(value, name)]) for name in data
        ]
        lines.append(f"| {value:g} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def draw(summary, folder):
    try:
        from matplotlib.figure import Figure
    except ImportError:
        print("matplotlib is not installed: no figures")
        return
    for number, (name, label) in FIGURES.items():
        figure = Figure(figsize=(5, 3.5), layout="constrained")
        axes = figure.subplots()
        for data, part in summary.loc[number].groupby(level="data", sort=False):
            x = part.index.get_level_values("value")
            axes.errorbar(x, part["mean"], part["half"], label=data, capsize=2)
        axes.axhline(50, color="grey", linewidth=0.8, linestyle="--")
        axes.set(xlabel=label, ylabel="accuracy of the attack (%)")
        axes.legend()
        figure.savefig(folder / f"figure{number}_{name}.png", dpi=150)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int)
    parser.add_argument("--splits", type=int)
    parser.add_argument("--shadows", type=int)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--out", type=Path, help="folder of the results")
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    # 50 classes and 50 records are meant.
    warnings.filterwarnings("ignore", "The number of unique classes")
    rows, splits, shadows = (1000, 3, 2) if options.quick else (10_000, 5, 10)
    options.rows = options.rows or rows
    options.splits = options.splits or splits
    options.shadows = options.shadows or shadows
    sizes = QUICK_SIZES if options.quick else SIZES
    sizes = [size for size in sizes if size <= options.rows // 2]
    table = run(options, QUICK_SIGMAS if options.quick else SIGMAS, sizes)
    summary = with_intervals(table)
    for figure in FIGURES:
        print(f"\n{markdown(summary, figure)}")
    folder = options.out or (None if options.quick else RESULTS)
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        table.round(4).to_csv(folder / "knowledge.csv", index=False)
        draw(summary, folder)


if __name__ == "__main__":
    main()
