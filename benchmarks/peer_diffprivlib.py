"""Accuracy of diffprivlib's private models on the arrays of bench_private.py.

    python3 -m venv /tmp/peer
    /tmp/peer/bin/pip install diffprivlib==0.6.6 "scikit-learn<1.7" "numpy<2.3"
    python benchmarks/bench_private.py --export /tmp/private.npz
    /tmp/peer/bin/python benchmarks/peer_diffprivlib.py /tmp/private.npz

writes benchmarks/results/private-diffprivlib.csv, which bench_private.py puts beside
its own. Runs in an environment of its own, since 0.6.6 does not import under the
scikit-learn that skmia needs.

Defaults, with the declared bounds, norm and classes. Labels are 0 to K - 1, which its
forest needs. Its logistic regression is given `data_norm` and the features as they are,
as its documentation says.
"""

import argparse
import csv
import sys
import warnings
from pathlib import Path

import numpy as np
from diffprivlib.models import (
    GaussianNB,
    LogisticRegression,
    RandomForestClassifier,
)

RESULTS = Path(__file__).parent / "results" / "private-diffprivlib.csv"
HEADER = ["data", "model", "epsilon", "fits", "accuracy", "standard_error"]


def models(problem):
    """Name and what makes a model of an epsilon."""
    bounds = problem["low"], problem["high"]
    norm, classes = float(problem["data_norm"]), np.unique(problem["y_test"])
    return {
        "naive Bayes": lambda epsilon: GaussianNB(epsilon=epsilon, bounds=bounds),
        "logistic regression": lambda epsilon: LogisticRegression(
            epsilon=epsilon, data_norm=norm, max_iter=1000
        ),
        "forest": lambda epsilon: RandomForestClassifier(
            epsilon=epsilon, bounds=bounds, classes=classes
        ),
    }


def measure(make, problem, epsilon, n_fits):
    """Test accuracy of each fit."""
    return [
        make(epsilon)
        .fit(problem["X_train"], problem["y_train"])
        .score(problem["X_test"], problem["y_test"])
        for _ in range(n_fits)
    ]


def rows(arrays):
    """A row for each cell; a cell that cannot run is left out, with the reason."""
    n_fits = int(arrays["n_fits"])
    for name in arrays["problems"]:
        start = f"{name}/"
        problem = {
            key.removeprefix(start): arrays[key]
            for key in arrays.files
            if key.startswith(start)
        }
        for model, make in models(problem).items():
            for epsilon in arrays["epsilons"].tolist():
                try:
                    found = measure(make, problem, epsilon, n_fits)
                except ValueError as error:
                    print(f"{name}, {model}, {epsilon}: {error}", file=sys.stderr)
                    continue
                error = np.std(found, ddof=1) / n_fits**0.5
                cell = [round(np.mean(found), 4), round(error, 4)]
                print(name, model, epsilon, *cell, flush=True)
                yield [name, model, epsilon, n_fits, *cell]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("arrays", help="what bench_private.py --export wrote")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    with np.load(options.arrays) as arrays:
        table = list(rows(arrays))
    with RESULTS.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(table)


if __name__ == "__main__":
    main()
