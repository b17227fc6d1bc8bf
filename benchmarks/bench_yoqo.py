"""One crafted query, and an imitation, beside attacks on the label of the record.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_yoqo.py --write

writes the table of docs/attacks.md, in about ten minutes. ``audit`` with 16 shadow
models on 800 records of digits, Location-30 and Adult and on 379 of breast cancer, half
of them members; for "transfer" the model labels as many other records, of breast cancer
half as many. Without SKMIA_DATA name the data sets: ``--data digits "breast cancer"``.
AUC, and balanced accuracy of those called members: means over ``--seeds``.

The scales of the noise and the ways to other classes were chosen on digits and, of
Location-30, on the tree and the neighbours, with other records and seeds; breast cancer
and Adult had no say.
"""

import argparse
import warnings

import numpy as np
from data_sets import DATA
from documents import markdown, write_section
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler
from strength_models import MODELS, make_model

from skmia import audit

NAMES = [
    "gap",
    "label-rmia",
    "label-lira",
    "yoqo-offline",
    "yoqo-online",
    "transfer",
]
SETS = ["digits", "breast cancer", "Location-30", "Adult"]
N_RECORDS = 800


def records(name):
    """Features in [0, 1], and labels."""
    if name in DATA:
        return DATA[name](2 * N_RECORDS)
    load = {"digits": load_digits, "breast cancer": load_breast_cancer}[name]
    X, y = load(return_X_y=True)
    return MinMaxScaler().fit_transform(X), y


def measure(name, X, y, seed):
    """AUC and balanced accuracy of every attack on one target."""
    size = min(N_RECORDS, 2 * len(y) // 3)
    X, X_public, y, _ = train_test_split(
        X, y, train_size=size, random_state=100 + seed, stratify=y
    )
    model = make_model(name, X, seed).fit(X[::2], y[::2])
    report = audit(
        *(model, X[::2], y[::2], X[1::2], y[1::2]),
        attacks=NAMES,
        n_shadows=16,
        public=X_public[:N_RECORDS],
        random_state=seed,
    )
    assert set(report.summary["status"]) == {"ok"}
    return report.summary[["auc", "balanced_accuracy"]].astype(float)


def main():
    """Print the table, or write it to the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--data", nargs="+", default=SETS)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    warnings.simplefilter("ignore", UserWarning)
    cells = {}
    for data in options.data:
        X, y = records(data)
        for name in MODELS:
            runs = [measure(name, X, y, seed) for seed in range(options.seeds)]
            cells[f"{data}, {name}"] = sum(runs) / len(runs)
            print(data, name, cells[f"{data}, {name}"], flush=True)
    cells["mean"] = sum(cells.values()) / len(cells)
    rows = [
        [cell, *(f"{a:.3f} / {b:.3f}" for a, b in np.asarray(found.loc[NAMES]))]
        for cell, found in cells.items()
    ]
    text = markdown(["target", *NAMES], rows)
    print(text)
    if options.write:
        write_section("attacks.md", "yoqo", text)


if __name__ == "__main__":
    main()
