"""Members of a teacher through its student: Location-30, 15 classes of it each.

    SKMIA_DATA=... OMP_NUM_THREADS=1 python benchmarks/bench_transfer.py

writes the section "transfer" of docs/studies.md (`--parts` chooses, `--repeats` prints
only). The teacher, a network of 64 units (or 64 and 16), knows 15 classes and learns
300 records, attacked with 300 others. The student, a logistic regression on its last
hidden layer, learns 300 other records, of the other 15 classes or of the same ones.
"never": both sets were never in. 8 shadow models; standard errors over repeats.
"""

import warnings
from functools import cache

import numpy as np
import pandas as pd
from data_sets import location30
from documents import table_of
from parts import run_parts
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from skmia import audit
from skmia.tasks import TaughtStudent

N, SIZE = 300, ((64,), (64, 16))
ATTACKS = {
    "entropy": "entropy-threshold",
    "loss": "loss-threshold",
    "LiRA": "lira-online",
    "LiRA, vector": "vector-lira",
}


@cache
def halves(seed):
    """Records of both halves of the classes, in random order."""
    X, y = location30()
    rows = np.random.RandomState(seed).permutation(len(y))
    X, y = X[rows], y[rows]
    low = np.isin(y, np.unique(y)[:15])
    return (X[low], y[low]), (X[~low], y[~low])


def measured(asked, layers, seed):
    """AUC of the attacks on one target."""
    warnings.simplefilter("ignore")
    (X, y), others = halves(seed)
    teacher = MLPClassifier(
        layers, max_iter=80, learning_rate_init=0.005, random_state=seed
    )
    # Members, those they are told from, and records of the student.
    parts = [slice(N * i, N * (i + 1)) for i in range(4)]
    own = (X, y) if asked == "same" else others
    own = own_records(own, parts[2] if asked == "same" else parts[0])
    own = dict(zip(("X_student", "y_student"), own, strict=True))
    trained = parts[3] if asked == "never" else parts[0]
    model = TaughtStudent(teacher, LogisticRegression(), **own)
    model.fit(X[trained], y[trained])
    sets = X[parts[0]], y[parts[0]], X[parts[1]], y[parts[1]]
    if asked == "teacher":
        model = model.teacher_
    if asked == "own":
        rows = slice(N, 2 * N)
        sets = *own_records(others, slice(N)), *own_records(others, rows)
        model = model.student_
    report = audit(
        model, *sets, attacks=[*ATTACKS.values()], n_shadows=8, random_state=seed
    )
    auc = report.summary["auc"].rename({b: a for a, b in ATTACKS.items()})
    return pd.DataFrame([{"who, through whom": asked, "units": str(layers), **auc}])


def own_records(records, rows):
    """Some records and labels."""
    return tuple(one[rows] for one in records)


ASKED = ("teacher", "other", "same", "own", "never")
PARTS = {
    "transfer": (
        measured,
        lambda found: table_of(found, ["who, through whom", "units"]),
    )
}
TASKS = {
    "transfer": [
        (asked, size, seed) for asked in ASKED for size in SIZE for seed in range(2)
    ]
}

if __name__ == "__main__":
    run_parts(__doc__, "studies.md", PARTS, TASKS)
