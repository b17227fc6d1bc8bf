"""Attacks on classifiers with several outputs, and on labels with an order.

    OMP_NUM_THREADS=1 python benchmarks/bench_outputs.py --jobs 4 --write

writes the tables of docs/attacks.md, in some minutes. Half of the records are drawn at
random for training, the others are the holdout set: attacks on each model with 16
shadow models, on 4 such splits. AUC, mean over the splits, and the standard error of
that mean.

"labels": 400 records with 5 labels each that scikit-learn's
``make_multilabel_classification`` draws. "yeast-like": 400 records of 14 labels, made
like the yeast data of Elisseeff and Weston: about 4 labels a record, which come
together, on 103 features that are noisy mixtures of them. "digits": 400 of
scikit-learn's digits, whose labels are whether the digit is odd and whether it is above
four.

The second table is of the diabetes data, its quantities in fifths as classes 0 to 4: a
plain classifier whose labels have an order. "ranked" is the ranked probability score,
the squared error of cumulative probabilities, in the place of the loss.
"""

import argparse

import numpy as np
import pandas as pd
from documents import markdown, write_section
from joblib import Parallel, delayed, parallel_config
from sklearn.base import clone
from sklearn.datasets import (
    load_diabetes,
    load_digits,
    make_multilabel_classification,
)
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia.attacks import (
    AttackRecipe,
    CalibratedAttack,
    MidpointAttack,
    ThresholdAttack,
    get_attack,
    make_attack,
    run,
)
from skmia.attacks.evidence import References, Signals
from skmia.shadow import ShadowModels
from skmia.signals import signal
from skmia.targets import Session

N_RECORDS, N_SPLITS, N_SHADOWS = 400, 4, 16
ATTACKS = (
    *("gap", "label-lira", "loss-threshold", "difficulty-calibration", "mast"),
    *("lira-online", "rmia-online", "base-online"),
)
_LINEAR = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
MODELS = {
    "forest": RandomForestClassifier(20),
    "5 neighbours": KNeighborsClassifier(),
    "logistic": MultiOutputClassifier(_LINEAR),
    "chain": ClassifierChain(_LINEAR),
}
ORDERED = {
    "forest": RandomForestClassifier(20),
    "leaves of 5": DecisionTreeClassifier(min_samples_leaf=5),
    "5 neighbours": KNeighborsClassifier(),
    "logistic": LogisticRegression(C=100, max_iter=5000),
}
BY_LOSS = ("loss-threshold", "difficulty-calibration", "mast")


def yeast_like(seed):
    """Records with 14 labels that come together, and features that are their traces."""
    rng = np.random.RandomState(seed)
    hidden = rng.normal(size=(N_RECORDS, 4))
    pull = hidden @ rng.normal(size=(4, 14)) + rng.normal(size=(N_RECORDS, 14))
    labels = (pull > np.quantile(pull, 0.7, axis=0)).astype(int)
    noise = rng.normal(size=(N_RECORDS, 103))
    return pull @ rng.normal(size=(14, 103)) / 4 + noise, labels


def digits(seed):
    """Digits, of which one label says whether it is odd, one whether it is large."""
    X, digit = load_digits(return_X_y=True)
    rows = np.random.RandomState(seed).permutation(len(X))[:N_RECORDS]
    return X[rows], np.column_stack([digit % 2, digit > 4])[rows].astype(int)


DATA = {
    "labels": lambda seed: make_multilabel_classification(
        N_RECORDS, n_classes=5, random_state=seed
    ),
    "yeast-like": yeast_like,
    "digits": digits,
}


def fitted(model, X, y, seed):
    """A clone with seeds, trained on the first half of the records."""
    model, half = clone(model), len(X) // 2
    seeds = [name for name in model.get_params() if name.endswith("random_state")]
    return model.set_params(**dict.fromkeys(seeds, seed)).fit(X[:half], y[:half])


def aucs(data, model, seed):
    """AUC of every attack on one split."""
    X, y = DATA[data](seed)
    return pd.Series(_of_names(MODELS[model], X, y, seed, ATTACKS))


def _of_names(model, X, y, seed, names):
    """AUC of attacks by their names on a model of the first half of the records."""
    member = (np.arange(len(X)) < len(X) // 2).astype(int)
    shadows = ShadowModels(model, n_shadows=N_SHADOWS, random_state=seed).fit(X, y)
    session, found = Session(fitted(model, X, y, seed), X, y), {}
    for recipe in map(get_attack, names):
        how = {"shadows": shadows, "member": member, "seed": seed}
        score, _ = run(recipe.attack, recipe.fitted_on, session, **how)
        found[recipe.name] = roc_auc_score(member, score)
    return found


@signal("predict_proba", greater_is_member=False)
def ranked(y, posterior):
    """Ranked probability score: squared error of the cumulative probabilities."""
    below = np.arange(posterior.shape[1] - 1)
    truth = y[:, None] <= below
    return ((posterior.cumsum(axis=1)[:, :-1] - truth) ** 2).sum(axis=1)


def of_order(model, seed):
    """AUC of attacks by the loss, and by the ranked probability score instead."""
    X, quantity = load_diabetes(return_X_y=True)
    y = np.searchsorted(np.quantile(quantity, [0.2, 0.4, 0.6, 0.8]), quantity)
    rows = np.random.RandomState(seed).permutation(len(X))
    X, y, lower = 10 * X[rows], y[rows], {"direction": "lower"}
    ranks = AttackRecipe(
        "ranked-threshold",
        make_attack(Signals([ranked]), ThresholdAttack("ranked", **lower)),
        "members",
    )
    beside = (
        AttackRecipe(
            f"ranked {name}", make_attack(References([ranked], online=on), judge)
        )
        for name, on, judge in (
            ("difficulty-calibration", False, CalibratedAttack(**lower)),
            ("mast", True, MidpointAttack(**lower)),
        )
    )
    return pd.Series(_of_names(ORDERED[model], X, y, seed, [*BY_LOSS, ranks, *beside]))


def measured(of, cells, n_splits, jobs):
    """Mean and standard error by cell, a column for each attack."""
    keys = [(*cell, seed) for cell in cells for seed in range(n_splits)]
    with parallel_config("multiprocessing", n_jobs=jobs):
        found = Parallel(verbose=5)(delayed(of)(*key) for key in keys)
    by = pd.DataFrame(dict(zip(keys, found, strict=True))).T.groupby(
        level=[*range(len(cells[0]))], sort=False
    )
    return by.mean(), by.sem()


def table(mean, error, titles):
    """Markdown, a row for each cell."""
    rows = []
    for cell in mean.index:
        name = cell if isinstance(cell, tuple) else (cell,)
        numbers = zip(mean.loc[cell], error.loc[cell], strict=True)
        rows.append(
            [*name, *(f"{m:.3f} ± {e:.3f}".replace("0.", ".") for m, e in numbers)]
        )
    return markdown([*titles, *mean.columns], rows)


def main():
    """Print the tables, or write them to the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--splits", type=int, default=N_SPLITS)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    cells = [(data, model) for data in DATA for model in MODELS]
    how = asked.splits, asked.jobs
    outputs = table(*measured(aucs, cells, *how), ["records", "model"])
    ordered = [(model,) for model in ORDERED]
    order = table(*measured(of_order, ordered, *how), ["model"])
    print(outputs, order, sep="\n\n")
    if asked.write:
        write_section("attacks.md", "outputs", outputs)
        write_section("attacks.md", "ordered labels", order)


if __name__ == "__main__":
    main()
