"""How large Merlin's noise should be, in standard deviations of each feature.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_merlin.py

writes the table of docs/attacks.md: AUC of the Merlin ratio with 50 copies, means over
six kinds of model and two seeds, 300 members (Wine: 89) and as many others. The scale
was chosen on the first four data sets; the others were not looked at before. Beside it
noise of 0.01 in the units of the features, and the same with all of them times 1,000.
"""

import warnings

import numpy as np
from data_sets import DATA
from documents import markdown, write_section
from sklearn.base import clone
from sklearn.datasets import (
    load_breast_cancer,
    load_digits,
    load_wine,
    make_classification,
)
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.tree import DecisionTreeClassifier

from skmia.signals import get_signal
from skmia.targets import Session


def made():
    """Four overlapping classes."""
    sizes = {"n_informative": 8, "n_redundant": 0, "n_classes": 4}
    return make_classification(
        1200, 20, **sizes, class_sep=0.8, flip_y=0.1, random_state=0
    )


SETS = {
    "breast cancer": lambda: load_breast_cancer(return_X_y=True),
    "digits": lambda: load_digits(return_X_y=True),
    "make_classification": made,
    "retail-20": lambda: DATA["retail-20"](1000),
    "Adult": lambda: DATA["Adult"](1000),
    "Location-30": lambda: DATA["Location-30"](1200),
    "Wine": lambda: load_wine(return_X_y=True),
    "MNIST": lambda: DATA["MNIST"](1000),
}
MODELS = (
    DecisionTreeClassifier(random_state=0),
    RandomForestClassifier(30, random_state=0),
    make_pipeline(MinMaxScaler(), KNeighborsClassifier()),
    make_pipeline(MinMaxScaler(), LogisticRegression(C=10, max_iter=500)),
    GaussianNB(),
    make_pipeline(MinMaxScaler(), MLPClassifier((64,), random_state=0)),
)
SCALES = (0.01, 0.03, 0.1, 0.3, 0.5, 1, 2)


def aucs(X, y, **noise):
    """AUC of each kind of model, trained on the first half of the records."""
    inside = np.arange(len(y)) < len(y) // 2
    signal = get_signal("merlin_ratio", n_copies=50, **noise)
    for model in MODELS:
        target = clone(model).fit(X[inside], y[inside])
        yield roc_auc_score(inside, Session(target, X, y).observe(signal))


def row(name):
    """Mean AUC for each noise, as cells."""
    noises = [{"scale": scale} for scale in SCALES]
    found = []
    for seed in range(2):
        X, y = SETS[name]()
        rows = np.random.RandomState(seed).permutation(len(y))[:600]
        X, y = np.asarray(X, dtype=float)[rows], np.asarray(y)[rows]
        raw = {"scale": 0.01, "spread": 1}
        cells = [(X, raw), (1000 * X, raw), *((X, noise) for noise in noises)]
        found.append([np.mean([*aucs(Z, y, **noise)]) for Z, noise in cells])
    print(name, np.round(np.mean(found, axis=0), 3), flush=True)
    return np.mean(found, axis=0)


def main():
    """Measure and write."""
    warnings.simplefilter("ignore")
    table = {name: row(name) for name in SETS}
    names = list(SETS)
    means = {
        "**mean of these**": np.mean([table[name] for name in names[:4]], axis=0),
        "**mean of the others**": np.mean([table[name] for name in names[4:]], axis=0),
    }
    order = [*names[:4], "**mean of these**", *names[4:], "**mean of the others**"]
    rows = [[name, *(f"{v:.3f}" for v in (table | means)[name])] for name in order]
    header = ["data", "raw 0.01", "raw 0.01, times 1,000", *map(str, SCALES)]
    write_section("attacks.md", "merlin", markdown(header, rows))


if __name__ == "__main__":
    main()
