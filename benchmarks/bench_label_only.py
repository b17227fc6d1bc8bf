"""Attacks that see labels of copies of a record: against the gap, on many models.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_label_only.py [DATA ...]

writes the table of docs/attacks.md: AUC / balanced accuracy of audits with 200 members
and 200 others, 6 shadow models, means over two seeds. Digits are images. The grid of
scales, and how often categories change with them, were chosen on digits and on
generated purchases; the other data sets were not looked at before. Without SKMIA_DATA
Location-30 and Adult are fetched. Named data sets are printed, not written.
"""

import sys
import warnings

import numpy as np
from bench_merlin import made
from data_sets import adult_frame, location30
from documents import markdown, write_section
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, OneHotEncoder
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import _safe_indexing

from skmia import audit

N_EACH, SEEDS = 200, range(2)
ATTACKS = ("gap", "noise-robustness", "sampling", "augmentation")
SETS = {
    "digits": lambda: (load_digits().images, load_digits().target),
    "make_classification": made,
    "breast cancer": lambda: load_breast_cancer(return_X_y=True),
    "Adult": lambda: adult_frame(2000),
    "Location-30": lambda: location30(2000),
}
MODELS = {
    "tree": DecisionTreeClassifier(random_state=0),
    "forest": RandomForestClassifier(30, random_state=0),
    "kNN": KNeighborsClassifier(),
    "LR": LogisticRegression(C=10, max_iter=500),
    "MLP": MLPClassifier((64,), random_state=0),
}


def flattened(X):
    """Images as rows."""
    return X.reshape(len(X), -1)


def prepared(X, model):
    """Model behind what makes numbers from 0 to 1 of the records."""
    if hasattr(X, "iloc"):
        words = make_column_selector(dtype_include="category")
        encode = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        first = make_column_transformer((encode, words), remainder=MinMaxScaler())
        return make_pipeline(first, model)
    return make_pipeline(FunctionTransformer(flattened), MinMaxScaler(), model)


def row(X, y, model):
    """AUC and balanced accuracy of each attack, nan where it cannot be run."""
    found = []
    for seed in SEEDS:
        rows = np.random.RandomState(seed).permutation(len(y))[: 2 * N_EACH]
        parts = [
            _safe_indexing(part, side)
            for side in (rows[: len(rows) // 2], rows[len(rows) // 2 :])
            for part in (X, np.asarray(y))
        ]
        target = prepared(X, model).fit(*parts[:2])
        report = audit(target, *parts, attacks=ATTACKS, n_shadows=6, random_state=seed)
        measures = report.summary[["auc", "balanced_accuracy"]]
        found.append(measures.loc[list(ATTACKS)].to_numpy(float))
    return np.mean(found, axis=0)


def main(names):
    """Measure, and write what was measured for all data sets."""
    warnings.simplefilter("ignore")
    lines = []
    for name in names or SETS:
        X, y = SETS[name]()
        for kind, model in MODELS.items():
            cells = [f"{auc:.3f} / {right:.3f}" for auc, right in row(X, y, model)]
            cells = ["" if cell.startswith("nan") else cell for cell in cells]
            lines.append([name, kind, *cells])
            print(*lines[-1], sep=" | ", flush=True)
    if not names:
        write_section(
            "attacks.md", "labels", markdown(["data", "model", *ATTACKS], lines)
        )


if __name__ == "__main__":
    main(sys.argv[1:])
