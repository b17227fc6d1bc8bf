"""What the structure of a model tells of its records, beside what its answers tell.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_structure.py --write

writes the table of docs/attacks.md, in two minutes. Models are trained on 400 records
(284 of breast cancer) and asked about these and as many others: AUC of the signals
"structure" and "confidence" (that of the loss is the same; of an SVC the margin), means
over ``--seeds``. Without SKMIA_DATA name the data: ``--data digits "breast cancer"``.

The forms of the signal and its constants were chosen on digits, breast cancer, Adult
and made records, on one seed of these; Location-30 and retail-10 had no say.
"""

import argparse

import numpy as np
from data_sets import DATA
from documents import markdown, write_section
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import (
    BaggingClassifier,
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skmia import observe

SETS = ["digits", "breast cancer", "Adult", "Location-30", "retail-10"]
N_RECORDS = 800
TREE = DecisionTreeClassifier
MODELS = {
    "tree": TREE(),
    "tree, leaves of 5": TREE(min_samples_leaf=5),
    "forest": RandomForestClassifier(50),
    "forest, leaves of 5": RandomForestClassifier(50, min_samples_leaf=5),
    "extra trees": ExtraTreesClassifier(50),
    "extra trees, leaves of 5": ExtraTreesClassifier(50, min_samples_leaf=5),
    "bagged trees": BaggingClassifier(TREE(), 25),
    "boosted trees": GradientBoostingClassifier(n_estimators=40),
    "boosted histograms": HistGradientBoostingClassifier(max_iter=40),
    "5 neighbours": KNeighborsClassifier(5),
    "SVC": SVC(),
}


def records(name):
    """Features in [0, 1], and labels."""
    if name in DATA:
        return DATA[name](2 * N_RECORDS)
    load = {"digits": load_digits, "breast cancer": load_breast_cancer}[name]
    X, y = load(return_X_y=True)
    return MinMaxScaler().fit_transform(X), y


def measure(model, X, y, seed):
    """AUC of both signals on one target."""
    rows = np.random.default_rng(seed).permutation(len(y))[:N_RECORDS]
    X, y = X[rows], y[rows]
    model = clone(model)
    if "random_state" in model.get_params():
        model.set_params(random_state=seed)
    model.fit(X[::2], y[::2])
    answer = "confidence" if hasattr(model, "predict_proba") else "decision_margin"
    seen = observe(model, X, y, ["structure", answer])
    member = np.arange(len(y)) % 2 == 0
    return [roc_auc_score(member, seen[name]) for name in seen]


def main():
    """Print the table, or write it to the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--data", nargs="+", default=SETS)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    data = {name: records(name) for name in options.data}
    rows = []
    for kind, model in MODELS.items():
        cells = [
            np.mean([measure(model, *data[name], s) for s in range(options.seeds)], 0)
            for name in data
        ]
        cells.append(np.mean(cells, axis=0))
        rows.append([kind, *(f"{ours:.3f} / {answer:.3f}" for ours, answer in cells)])
        print(*rows[-1], sep=" | ", flush=True)
    if options.write:
        header = ["model", *data, "mean"]
        write_section("attacks.md", "structure", markdown(header, rows))


if __name__ == "__main__":
    main()
