"""Insiders of a federation: Table 8 and Figures 10 and 11 of Truex et al.

    SKMIA_DATA=/folder/of/npz OMP_NUM_THREADS=1 python benchmarks/truex/insider.py

writes benchmarks/results/truex/insider*.csv, a picture where matplotlib is installed,
and Table 8 to the screen, the paper's numbers beside ours. 10,000 rows of each data
set, decision trees, three parties with random records, the third is the insider.
``--quick`` runs a small version that writes nothing. Purchases-10 is not published:
a retail data set, clustered into ten classes in the same way, stands in for it.
"""

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import StratifiedShuffleSplit, train_test_split
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame
from skmia.attacks import ClasswiseAttack
from skmia.federated import InsiderAttack, LooseFederation, in_class_distance
from skmia.metrics import clopper_pearson

sys.path.append(str(Path(__file__).parents[1]))
from bench_truex_grid import adult

RESULTS = Path(__file__).parents[1] / "results" / "truex"
INSIDER = 2
TREE = DecisionTreeClassifier()

# Percent: precision, accuracy.
PAPER = {
    "Adult": {"outsider": (55.49, 59.89), "insider": (73.26, 69.33)},
    "MNIST": {"outsider": (56.66, 61.75), "insider": (68.47, 68.17)},
    "CIFAR-10": {"outsider": (83.94, 90.44), "insider": (82.02, 82.05)},
    "retail-10": {"outsider": (73.85, 82.29), "insider": (74.42, 74.30)},
}


def npz(file, y="y"):
    def load(n_samples):
        folder = Path(os.environ["SKMIA_DATA"])
        with np.load(folder / file, allow_pickle=False) as arrays:
            X, labels = arrays["X"], arrays[y]
        X, _, labels, _ = train_test_split(
            X, labels, train_size=n_samples, stratify=labels, random_state=0
        )
        return X.astype(np.float32) / X.max(), labels

    return load


DATA = {
    "Adult": adult,
    "MNIST": npz("mnist.npz"),
    "CIFAR-10": npz("cifar10.npz"),
    "retail-10": npz("retail600.npz", "y10"),
}


def outsider(X, y, target, seed):
    """Truth and decisions of a shadow attack on what a target publishes."""
    # Shadow models of the target's own kind; a tree for every class as attack model.
    game = MembershipGame(
        target,
        attack=ClasswiseAttack(TREE),
        signals=["true_label", "posterior"],
        cv=2,
        random_state=seed,
    )
    halves = StratifiedShuffleSplit(1, test_size=0.5, random_state=seed)
    adversary, victim = next(halves.split(X, y))
    outcome = game.fit(X[adversary], y[adversary]).play(X[victim], y[victim])
    return outcome.member, outcome.predicted


def insider(X, y, federation, seed, **parameters):
    """Truth and decisions about the first two parties; 1 for the second."""
    attack = InsiderAttack(
        federation, adversary=INSIDER, random_state=seed, **parameters
    )
    own = federation.owner_ == INSIDER
    attack.fit(X[own], y[own])
    return federation.owner_[~own], attack.predict_owner(X[~own], y[~own])


def rates(truth, predicted):
    """Accuracy and precision, with 95 % intervals of this one federation."""
    (tn, fp), (fn, tp) = confusion_matrix(truth, predicted, labels=[0, 1])
    counts = {"accuracy": (tn + tp, tn + fp + fn + tp), "precision": (tp, tp + fp)}
    row = {}
    for name, (k, n) in counts.items():
        low, high = clopper_pearson(int(k), int(n))
        row |= {name: k / n if n else np.nan, f"{name}_low": low, f"{name}_high": high}
    return row


def table_8(n_samples, n_cifar10, seed):
    rows = []
    for data, load in DATA.items():
        X, y = load(n_cifar10 if data == "CIFAR-10" else n_samples)
        federation = LooseFederation([TREE] * 3, random_state=seed)
        # Outsiders train federations of their own.
        attacks = {
            "outsider, one tree": lambda X, y, _: outsider(X, y, TREE, seed),
            "outsider": lambda X, y, federation: outsider(X, y, federation, seed),
            "insider, rule": lambda X, y, federation: insider(X, y, federation, seed),
            "insider, learned": lambda X, y, federation: insider(
                X, y, federation, seed, method="learned", estimator=TREE
            ),
        }
        federation.fit(X, y)
        for attack, decide in attacks.items():
            start = time.perf_counter()
            row = rates(*decide(X, y, federation))
            seconds = time.perf_counter() - start
            precision, accuracy = PAPER[data][attack.split(",")[0]]
            paper = {"paper_accuracy": accuracy, "paper_precision": precision}
            rows.append({"data": data, "attack": attack, "n": len(y)} | row | paper)
            print(f"{data}, {attack}: {seconds:.0f} s", file=sys.stderr)
    return pd.DataFrame(rows)


def unlike_parties(X, y, share, rng):
    """Three parties of equal size; a share of each has its own part of every class.

    Within a class the records are sorted by the first principal component. The chosen
    share goes to the parties by thirds of that order, the rest at random.
    """
    component = PCA(1, random_state=0).fit_transform(X)[:, 0]
    parties = np.empty(len(y), dtype=int)
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        rows = rows[np.argsort(component[rows], kind="stable")]
        own = np.arange(len(rows)) * 3 // len(rows)
        mixed = np.flatnonzero(rng.random(len(rows)) >= share)
        own[mixed] = rng.permutation(own[mixed])
        parties[rows] = own
    return parties


def figure_11(n_samples, seed):
    """In-class distance of the two other parties against the insider's accuracy."""
    X, y = adult(n_samples)
    rng = np.random.default_rng(seed)
    points = []
    for share in np.linspace(0, 1, 9):
        parties = unlike_parties(X, y, share, rng)
        federation = LooseFederation([TREE] * 3, random_state=seed).fit(X, y, parties)
        a, b = parties == 0, parties == 1
        distance = in_class_distance(X[a], y[a], X[b], y[b])
        found = rates(*insider(X, y, federation, seed))
        points.append({"share": share, "distance": distance} | found)
    return pd.DataFrame(points)


def figure_10(n_samples, seed):
    """Probability of a high income by age and hours of work, for each party."""
    X, y = adult(n_samples)
    federation = LooseFederation([TREE] * 3, random_state=seed).fit(X[:, [-6, -1]], y)
    axis = np.linspace(0, 1, 60)
    grid = np.array(np.meshgrid(axis, axis)).reshape(2, -1).T
    table = pd.DataFrame(grid, columns=["age", "hours"])
    for party, posterior in enumerate(federation.party_proba(grid)):
        table[f"party_{party}"] = posterior[:, 1]
    return table.assign(mean=federation.predict_proba(grid)[:, 1])


def draw(table):
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        return
    panels = table.columns[2:]
    _, axes = plt.subplots(1, len(panels), figsize=(12, 3.2), layout="constrained")
    for ax, panel in zip(axes, panels, strict=True):
        image = table.pivot(index="hours", columns="age", values=panel)
        ax.imshow(image, origin="lower", extent=(0, 1, 0, 1), vmin=0, vmax=1)
        ax.set(title=panel, xlabel="age", ylabel="hours")
    plt.savefig(RESULTS / "insider_boundaries.png", dpi=100)


def markdown(table):
    """Percent: the paper, ours with interval, difference in accuracy."""
    lines = [
        "| data | attack | paper: precision (accuracy) | ours: precision | "
        "ours: accuracy | difference of accuracies |",
        "|---|---|---|---|---|---|",
    ]
    for row in table.itertuples():
        precision, accuracy = (
            f"{100 * getattr(row, name):.1f} [{100 * getattr(row, f'{name}_low'):.1f}, "
            f"{100 * getattr(row, f'{name}_high'):.1f}]"
            for name in ("precision", "accuracy")
        )
        lines.append(
            f"| {row.data} | {row.attack} | {row.paper_precision:.2f} "
            f"({row.paper_accuracy:.2f}) | {precision} | {accuracy} | "
            f"{100 * row.accuracy - row.paper_accuracy:+.1f} |"
        )
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    n_samples, n_cifar10 = (2_000, 500) if options.quick else (10_000, 10_000)
    tables = {
        "insider": table_8(n_samples, n_cifar10, options.seed),
        "insider_distance": figure_11(n_samples, options.seed),
        "insider_boundaries": figure_10(n_samples, options.seed),
    }
    print(markdown(tables["insider"]))
    print(tables["insider_distance"].round(4).to_string(index=False))
    if not options.quick:
        RESULTS.mkdir(parents=True, exist_ok=True)
        for name, table in tables.items():
            table.round(4).to_csv(RESULTS / f"{name}.csv", index=False)
        draw(tables["insider_boundaries"])


if __name__ == "__main__":
    main()
