"""How well a clock tells members: a search that ends early, and models that do not.

    OMP_NUM_THREADS=1 python benchmarks/bench_timing.py

writes docs/attacks.md (the section "Timing"). Records are digits in random order, 400
members and as many others; each is asked about once to warm up, and 20 times more. The
signal "answer_time" is the fastest of these answers; AUCs are of being answered faster.
Numbers depend on the machine, and on what else it does.

Another number of seeds prints the table and writes none.
"""

import argparse
from time import perf_counter

import numpy as np
from documents import markdown, write_section
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from skmia.signals import get_signal

N = 400
SEEDS = 3
ROUNDS = (20,)
MODELS = {
    "nearest neighbour, kd-tree": KNeighborsClassifier(1, algorithm="kd_tree"),
    "nearest neighbour, brute force": KNeighborsClassifier(1, algorithm="brute"),
    "decision tree": DecisionTreeClassifier(),
    "forest of 10": RandomForestClassifier(10),
}


def measure(model, seed):
    """AUC for each number of rounds, and microseconds of the median record."""
    X, y = load_digits(return_X_y=True)
    rows = np.random.RandomState(seed).permutation(len(X))[: 2 * N]
    member = np.random.RandomState(seed + 100).permutation(np.repeat([1, 0], N))
    X, y = X[rows], y[rows]
    if "random_state" in model.get_params():
        model.set_params(random_state=seed)
    model.fit(X[member == 1], y[member == 1])
    aucs = []
    for n_rounds in ROUNDS:
        signal = get_signal("answer_time", n_queries=n_rounds + 1, seed=seed)
        seconds = signal(model, X)[:, 0]
        aucs.append(roc_auc_score(member, -seconds))
    return [*aucs, 1e6 * np.median(seconds)]


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=SEEDS)
    seeds = range(parser.parse_args().seeds)
    start, lines = perf_counter(), []
    for name, model in MODELS.items():
        found = np.array([measure(model, seed) for seed in seeds])
        cells = [" / ".join(f"{auc:.2f}" for auc in column) for column in found.T[:-1]]
        lines.append([name, *cells, f"{found[:, -1].mean():.0f}"])
        print(*lines[-1], f"{perf_counter() - start:.0f} s", sep=" | ", flush=True)
    header = ["model", *(f"{n} rounds" for n in ROUNDS), "microseconds"]
    table = markdown(header, lines)
    if len(seeds) == SEEDS:
        write_section("attacks.md", "timing", table)
    else:
        print(table)


if __name__ == "__main__":
    main()
