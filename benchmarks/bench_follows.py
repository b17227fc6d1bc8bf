"""What follows membership: attributes, single records, canaries, means and counts.

    SKMIA_DATA=... OMP_NUM_THREADS=1 python benchmarks/bench_follows.py

writes docs/what-follows.md (the sections "attributes", "privacy", "exposure", "unseen",
"means" and "counts"; `--parts` chooses among them). Errors are standard errors over
repeats. Attributes: 1,000 members and 1,000 others of Adult, 3 repeats. Privacy: 300
records of Adult, 20 of them left out one by one, 3 repeats. Exposure: 20 canaries among
1,000 records of Adult and 1,000 references, 5 repeats; 4,000 of each that a logistic
regression has never seen, 20 repeats. Means: members of Location-30, and 1,000 other
rows as a reference, 10 repeats. Counts: rows of Location-30 as people, 10 of them,
attacked with 2,500 known others and groups of as many unknown ones.

Fewer repeats print the tables and write none.
"""

import warnings
from functools import cache, partial

import numpy as np
import pandas as pd
from data_sets import adult, adult_frame, location30
from documents import table_of
from parts import run_parts
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import BernoulliNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import _safe_indexing

from skmia.inference import (
    attribute_inference,
    canary_exposure,
    differential_training_privacy,
    draw_aggregates,
    insert_canaries,
    location_membership_test,
    mean_membership_test,
)

MODELS = {
    "logistic": LogisticRegression(max_iter=2000),
    "tree": DecisionTreeClassifier(random_state=0),
    "forest": RandomForestClassifier(random_state=0),
    "forest, leaves of 5": RandomForestClassifier(min_samples_leaf=5, random_state=0),
    "naive Bayes": BernoulliNB(),
    "1-NN": KNeighborsClassifier(1),
}
ATTACKED = ("logistic", "tree", "forest")
ATTRIBUTES = ("sex", "marital-status", "age")
MEMBERS = (100, 500, 2000)
GROUPS = (5, 50, 500)


@cache
def all_of(load):
    """Records and labels of a data set, loaded once."""
    return load()


def rows_of(load, n, seed):
    """Random rows of a data set."""
    X, y = all_of(load)
    rows = np.random.RandomState(seed).permutation(len(y))[:n]
    return _safe_indexing(X, rows), np.asarray(y)[rows]


def attributes(name, attribute, seed):
    """Right guesses of members and others, by both rules."""
    X, y = rows_of(adult_frame, 2000, seed)
    coded = make_column_transformer(
        (
            OneHotEncoder(handle_unknown="ignore"),
            make_column_selector(dtype_include="category"),
        ),
        remainder=StandardScaler(),
    )
    sets = X[:1000], y[:1000], X[1000:], y[1000:]
    model = make_pipeline(coded, MODELS[name]).fit(*sets[:2])
    rows = []
    for prior in ("marginal", "uniform"):
        found = attribute_inference(
            model, *sets, attribute=attribute, prior=prior, random_state=seed
        )
        told = found.summary
        rows.append(
            {
                "model": name,
                "attribute": attribute,
                "prior": prior,
                "members": told.loc["model", "members"],
                "holdout": told.loc["model", "holdout"],
                "imputed": told.loc["imputation", "holdout"],
                "excess": found.excess,
                "p <= .05": float(found.pvalue <= 0.05),
            }
        )
    return pd.DataFrame(rows)


def privacy(name, seed):
    """Differential training privacy of records, typical and worst."""
    X, y = rows_of(adult, 300, seed)
    model = MODELS[name].fit(X, y)
    table = differential_training_privacy(
        model, X, y, rows=range(20), random_state=seed
    )
    quantiles = table["dtp"].quantile([0.5, 0.9, 1]).to_numpy()
    names = ("median", "90 %", "largest")
    return pd.DataFrame([{"model": name, **dict(zip(names, quantiles, strict=True))}])


def exposures(name, seed):
    """Mean exposure of canaries that were never seen, once and twice."""
    X, y = rows_of(adult, 1000, seed)
    row = {"model": name}
    for n_copies, column in enumerate(("never seen", "once", "twice")):
        made = insert_canaries(X, y, n_copies=max(n_copies, 1), random_state=seed)
        model = MODELS[name].fit(*((made.X, made.y) if n_copies else (X, y)))
        row[column] = canary_exposure(model, made, random_state=seed).mean
    return pd.DataFrame([row])


def unseen(seed):
    """Mean exposure of many canaries that were never seen, and what chance says."""
    X, y = rows_of(adult, 1000, seed)
    made = insert_canaries(X, y, n_canaries=4000, n_references=4000, random_state=seed)
    found = canary_exposure(MODELS["logistic"].fit(X, y), made, random_state=seed)
    row = {"canaries": 4000, "exposure": found.mean, "by chance": found.unseen}
    return pd.DataFrame([row])


def means(n, seed):
    """AUC of both statistics, and how many members have small p-values."""
    X, _ = rows_of(location30, None, seed)
    members, reference, others = np.split(X, [n, n + 1000])
    candidates = np.concatenate([members, others])
    inside = np.arange(len(candidates)) < n
    row = {"n": n}
    for statistic in ("homer", "likelihood-ratio"):
        found = mean_membership_test(
            candidates, members.mean(axis=0), reference, statistic=statistic
        )
        row[statistic] = roc_auc_score(inside, found.score)
        small = found.pvalue <= 0.05
        row[f"{statistic} in"] = small[inside].mean()
        row[f"{statistic} out"] = small[~inside].mean()
    return pd.DataFrame([row])


def counts(size, user):
    """AUC of one person in groups of people whom the attacker does not know."""
    warnings.simplefilter("ignore")
    X, _ = rows_of(location30, None, user)
    known, unknown = np.split(X.astype(int), [2501])
    given = {"group_size": size, "n_groups": 200, "random_state": user}
    test = {"group_size": size, "random_state": user}
    found = {
        side: location_membership_test(
            draw_aggregates(unknown, include=member, **given), known, 0, **test
        ).score
        for side, member in {"in": known[0], "out": None}.items()
    }
    never = location_membership_test(
        draw_aggregates(unknown, **given | {"random_state": user + 1000}),
        known,
        0,
        **test,
    ).score
    truth = np.repeat([1, 0], 200)
    row = {"people": size}
    row["in"] = roc_auc_score(truth, np.append(found["in"], found["out"]))
    row["never"] = roc_auc_score(truth, np.append(never, found["out"]))
    return pd.DataFrame([row])


PARTS = {
    "attributes": (attributes, partial(table_of, keys=["model", "attribute", "prior"])),
    "privacy": (privacy, partial(table_of, keys=["model"])),
    "exposure": (exposures, partial(table_of, keys=["model"])),
    "unseen": (unseen, partial(table_of, keys=["canaries"])),
    "means": (means, partial(table_of, keys=["n"])),
    "counts": (counts, partial(table_of, keys=["people"])),
}
TASKS = {
    "attributes": [
        (name, attribute, seed)
        for name in ATTACKED
        for attribute in ATTRIBUTES
        for seed in range(3)
    ],
    "privacy": [(name, seed) for name in MODELS for seed in range(3)],
    "exposure": [(name, seed) for name in MODELS for seed in range(5)],
    "unseen": [(seed,) for seed in range(20)],
    "means": [(n, seed) for n in MEMBERS for seed in range(10)],
    "counts": [(size, user) for size in GROUPS for user in range(10)],
}


if __name__ == "__main__":
    run_parts(__doc__, "what-follows.md", PARTS, TASKS)
