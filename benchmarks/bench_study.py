"""A record, or something like it: attacks by the distance to the nearest member.

    SKMIA_DATA=... OMP_NUM_THREADS=1 python benchmarks/bench_study.py

writes the sections "near" and "study" of docs/studies.md (`--repeats` prints only).
Study: attacks against one thing that changes, 5 draws of the data. Near: 400 members
and 400 others of Location-30 or of digits; AUC of members against the quarter of others
that is nearest to a member, and against the farthest, share of these quarters that are
called members, and the correlation of `near_members`. Standard errors over repeats.
"""

import warnings

import numpy as np
import pandas as pd
from data_sets import location30
from documents import markdown, table_of
from parts import run_parts
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from skmia import audit
from skmia.grid import study
from skmia.grid._study import BY, METRICS
from skmia.metrics import near_members

N = 400
DATA = {"Location-30": location30, "digits": lambda: load_digits(return_X_y=True)}
MODELS = {
    "logistic": LogisticRegression(max_iter=200),
    "tree": DecisionTreeClassifier(random_state=0),
    "3-NN": KNeighborsClassifier(3),
}


def measured(data, name, in_training, seed):
    """What two attacks say of the nearest and of the farthest others."""
    warnings.simplefilter("ignore")
    X, y = DATA[data]()
    rows = np.random.RandomState(seed).permutation(len(y))[: 3 * N]
    X, y = X[rows], y[rows]
    trained = slice(N) if in_training else slice(2 * N, 3 * N)
    model = MODELS[name].fit(X[trained], y[trained])
    sets = X[:N], y[:N], X[N : 2 * N], y[N : 2 * N]
    attacks = ["loss-threshold", "lira-online"]
    report = audit(model, *sets, attacks=attacks, n_shadows=8, random_state=seed)
    found = []
    for attack in attacks:
        score = report.records[attack]
        member = np.repeat([1, 0], N)
        told = near_members(X[: 2 * N], member, score, random_state=seed)
        near, far = told.table.iloc[0], told.table.iloc[-1]
        row = {"data": data, "model": name, "attack": attack}
        row["members"] = "in" if in_training else "never"
        row |= {"AUC, near": near["auc"], "AUC, far": far["auc"]}
        row |= {"called, near": near["called"], "called, far": far["called"]}
        row |= {"correlation": told.correlation, "p <= .05": told.pvalue <= 0.05}
        found.append(row)
    return pd.DataFrame(found).astype({"p <= .05": float})


def studied(data, by, seed):
    """What changes, and what an attack gains, with intervals over draws."""
    warnings.simplefilter("ignore")
    X, y = DATA[data]()
    if by == "robustness":
        X = X / X.max()
    table = study(X, y, MODELS["tree"], by=by, random_state=seed)
    return table.assign(data=data)


def with_intervals(found):
    """A row for each value."""
    rows = []
    for row in found.to_dict("records"):
        value = f"{row['value']:g}" if isinstance(row["value"], float) else row["value"]
        cells = (
            f"{row[m]:.3f} [{row[m + '_low']:.3f}, {row[m + '_high']:.3f}]"
            for m in METRICS
        )
        about = [row["data"], row["by"], value, row["n_records"], row["n_classes"]]
        rows.append([*about, f"{row['deviation']:.3f}", *cells])
    names = ["data", "by", "value", "records", "classes", "deviation"]
    return markdown([*names, "accuracy", "AUC", "target, train", "target, test"], rows)


KEYS = ["data", "model", "members", "attack"]
PARTS = {
    "near": (measured, lambda found: table_of(found, KEYS)),
    "study": (studied, with_intervals),
}
TASKS = {
    "study": [(data, by, 0) for data in DATA for by in BY],
    "near": [
        (data, name, inside, seed)
        for inside in (True, False)
        for data in DATA
        for name in MODELS
        if inside or name == "logistic"
        for seed in range(2)
    ],
}

if __name__ == "__main__":
    run_parts(__doc__, "studies.md", PARTS, TASKS)
