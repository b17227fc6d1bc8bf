"""What deletions give away, and what a verification says of models that forgot.

    OMP_NUM_THREADS=1 python benchmarks/bench_unlearning.py

writes docs/unlearning.md (the sections "deletions", "verdicts" and "sets"; `--parts`
chooses among them). Deletions: 10 models of 300 digits (the adversary's) and 10 that
are attacked, 20 records deleted one by one of each, 5 repeats. Verdicts: 60 of 300
digits are forgotten, beside 100 that no version saw, 3 repeats. Sets: 50 suspect sets
of digits in or out of 600 training records, beside as many unseen ones.

Fewer repeats print the tables and write none.
"""

import warnings

import numpy as np
import pandas as pd
from documents import markdown
from parts import run_parts
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from skmia.auditing import dataset_inference
from skmia.defenses import SisaClassifier
from skmia.unlearning import deletion_leak, verify_unlearning

FOREST = RandomForestClassifier(20)
LOGISTIC = LogisticRegression(max_iter=1000)
DELETED = {
    "forest": FOREST,
    "logistic": LOGISTIC,
    "tree": DecisionTreeClassifier(),
    "naive Bayes": GaussianNB(),
    "kNN": KNeighborsClassifier(),
    "SISA, 5 logistic": SisaClassifier(LOGISTIC, n_shards=5),
}
VERIFIED = {
    "forest": FOREST,
    "logistic": LOGISTIC,
    "naive Bayes": GaussianNB(),
    "kNN": KNeighborsClassifier(),
    "SISA, 5 forests": SisaClassifier(FOREST, n_shards=5),
}
SETS = {
    "forest": FOREST,
    "logistic": LOGISTIC,
    "tree, leaves of 5": DecisionTreeClassifier(min_samples_leaf=5),
    "naive Bayes": GaussianNB(),
}
SIZES = (50, 200)
# One column of the table only: a small one will do.
ATTACK = RandomForestClassifier(20, min_samples_leaf=5)


def digits(seed):
    """Rows in random order."""
    X, y = load_digits(return_X_y=True)
    rows = np.random.RandomState(seed).permutation(len(y))
    return X[rows] / 16, y[rows]


def seeded(model, seed):
    """A clone with a seed, where it takes one."""
    model = clone(model)
    if "random_state" in model.get_params(deep=False):
        model.set_params(random_state=seed)
    return model


def forget(model, X, y, gone):
    """SISA's own way."""
    return model.forget(X, y, gone)


def delete(name, seed):
    """AUC of each form, of one repeat."""
    warnings.simplefilter("ignore")
    model = DELETED[name]
    unlearn = forget if isinstance(model, SisaClassifier) else None
    leak = deletion_leak(
        model, *digits(seed), n_train=300, unlearn=unlearn, random_state=seed
    )
    return leak.reset_index().assign(model=name)


class Smoothed(ClassifierMixin, BaseEstimator):
    """A model that answers evenly about records on a list: a block list, no more."""

    def __init__(self, model, listed):
        self.model, self.listed = model, listed
        self.classes_ = model.classes_

    def fit(self, X, y):
        raise NotImplementedError("the model inside is fitted")

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def predict_proba(self, X):
        P = self.model.predict_proba(X)
        known = {row.tobytes() for row in self.listed}
        P[[row.tobytes() in known for row in X]] = 1 / P.shape[1]
        return P


def versions(model, X, y, seed):
    """Versions after 60 of 300 records were to be forgotten, in different ways."""
    before = seeded(model, seed).fit(X[:300], y[:300])
    if isinstance(model, SisaClassifier):
        again = seeded(model, seed).fit(X[:300], y[:300])
        after = again.forget(X[:300], y[:300], range(60))
    else:
        after = seeded(model, seed + 1000).fit(X[60:300], y[60:300])
    yield "forgotten", before, after
    yield "nothing done", before, before
    if hasattr(before, "predict_proba"):
        yield "block list", before, Smoothed(before, X[:60])


def verify(name, seed):
    """What is said of each way to forget, of one repeat."""
    warnings.simplefilter("ignore")
    X, y = digits(seed)
    sets = X[:60], y[:60], X[60:300], y[60:300], X[300:400], y[300:400]
    rows = []
    for way, before, after in versions(VERIFIED[name], X, y, seed):
        unlearn = None
        if isinstance(before, SisaClassifier) and way == "forgotten":
            unlearn = forget
        report = verify_unlearning(
            before, after, *sets, unlearn=unlearn, attack=ATTACK, random_state=seed
        )
        distance = report.records.get("distance", pd.Series([np.nan])).max()
        share = np.nan if report.share is None else report.share[0]
        rows.append(
            {
                "model": name,
                "way": way,
                "verdict": report.verdict,
                "distance": distance,
                "share": share,
                **report.summary["auc"],
            }
        )
    return pd.DataFrame(rows)


def infer(name, size, seed):
    """P-values of a suspect set that was in, and of one that was not."""
    warnings.simplefilter("ignore")
    X, y = digits(seed)
    model = seeded(SETS[name], seed).fit(X[:600], y[:600])
    unseen = slice(600, 600 + size)
    starts = {"in": 0, "out": 1000}
    pvalues = {
        side: dataset_inference(
            model,
            X[start : start + size],
            y[start : start + size],
            X[unseen],
            y[unseen],
            n_resamples=199,
            random_state=seed,
        ).pvalue
        for side, start in starts.items()
    }
    return pd.DataFrame([{"model": name, "size": size, **pvalues}])


def deletions_table(found):
    """A row for each model, a column for each form."""
    mean = (
        found.groupby(["model", "form"], sort=False)["auc"].mean().unstack(sort=False)
    )
    rows = [[name, *(f"{auc:.2f}" for auc in mean.loc[name])] for name in mean.index]
    return markdown(["model", *(f"`{form}`" for form in mean.columns)], rows)


def verdicts_table(found):
    """A row for each model and way."""
    rows = []
    for (name, way), part in found.groupby(["model", "way"], sort=False):
        counts = part["verdict"].value_counts()
        said = ", ".join(f"{verdict} {n}" for verdict, n in counts.items())
        mean = part.mean(numeric_only=True)
        numbers = [
            "" if np.isnan(mean[column]) else f"{mean[column]:.2f}"
            for column in ("former-excess", "excess", "lira", "sorted_diff", "share")
        ]
        largest = part["distance"].max()
        distance = "" if np.isnan(largest) else f"{largest:.1g}"
        rows.append([name, way, said, distance, *numbers])
    header = ["model", "what was done", "verdicts", "largest distance"]
    header += ["excess before", "excess", "lira", "`sorted_diff`", "share left"]
    return markdown(header, rows)


def sets_table(found):
    """A row for each model and size: how often the p-value is 5 % at most."""
    rows = [
        [
            name,
            size,
            *(f"{(part[side] <= 0.05).mean():.2f}" for side in ("in", "out")),
            f"{part['in'].median():.3f}",
        ]
        for (name, size), part in found.groupby(["model", "size"], sort=False)
    ]
    header = ["model", "records", "found (in)", "false alarms (out)", "median p (in)"]
    return markdown(header, rows)


PARTS = {
    "deletions": (delete, deletions_table),
    "verdicts": (verify, verdicts_table),
    "sets": (infer, sets_table),
}
TASKS = {
    "deletions": [(name, seed) for name in DELETED for seed in range(5)],
    "verdicts": [(name, seed) for name in VERIFIED for seed in range(3)],
    "sets": [(n, k, seed) for n in SETS for k in SIZES for seed in range(50)],
}


if __name__ == "__main__":
    run_parts(__doc__, "unlearning.md", PARTS, TASKS)
