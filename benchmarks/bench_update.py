"""What an update of a model tells of the records that it added.

    OMP_NUM_THREADS=1 python benchmarks/bench_update.py

writes docs/attacks.md (the section "Model updates"). A former version is trained on 300
records (breast cancer 200), the model on these and 150 (100) more, with another seed;
members are the added records, others as many that neither saw. `lira-online` and
`rmia-online` have 10 shadow models on halves of the records in question, as in every
audit, and do not know those of the former version.

Fewer data, models or seeds print the table and write none.
"""

import argparse
import warnings
from functools import partial

import numpy as np
import pandas as pd
from data_sets import adult
from documents import markdown, write_section
from joblib import Parallel, delayed
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.preprocessing import LabelEncoder, minmax_scale
from strength_models import make_model

from skmia import audit

ATTACKS = ["loss-threshold", "rmia-online", "lira-online", "model-update"]
DATA = {
    "digits": (partial(load_digits, return_X_y=True), 300, 150),
    "Adult": (partial(adult, 1600), 300, 150),
    "breast cancer": (partial(load_breast_cancer, return_X_y=True), 200, 100),
}
MODELS = ("tree", "forest", "kNN", "logistic", "naive Bayes", "MLP")
SEEDS = 3


def measure(data, model, seed):
    """AUC and TPR at 10 % FPR of each attack."""
    warnings.simplefilter("ignore")
    load, n_old, n_new = DATA[data]
    X, y = load()
    X, y = minmax_scale(X), LabelEncoder().fit_transform(y)
    rows = np.random.RandomState(seed).permutation(len(X))[: n_old + 2 * n_new]
    X, y = X[rows], y[rows]
    n_now = n_old + n_new
    former = make_model(model, X, seed).fit(X[:n_old], y[:n_old])
    now = make_model(model, X, seed + 1000).fit(X[:n_now], y[:n_now])
    sets = X[n_old:n_now], y[n_old:n_now], X[n_now:], y[n_now:]
    report = audit(
        now, *sets, attacks=ATTACKS, former=former, n_shadows=10, random_state=seed
    )
    found = report.summary[["auc", "tpr_at_fpr_0.1"]].reset_index(names="attack")
    return found.assign(data=data, model=model, seed=seed)


def shown(found):
    """A row for each data set and model, a column for each attack."""
    mean = found.groupby(["data", "model", "attack"], sort=False).mean(
        numeric_only=True
    )
    lines = [
        [
            data,
            model,
            *(
                f"{auc:.3f}, {tpr:.2f}"
                for auc, tpr in mean.loc[data, model]
                .loc[ATTACKS, ["auc", "tpr_at_fpr_0.1"]]
                .to_numpy()
            ),
        ]
        for data, model in found[["data", "model"]].drop_duplicates().to_numpy()
    ]
    return markdown(["data", "model", *(f"`{name}`" for name in ATTACKS)], lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", nargs="+", choices=DATA, default=list(DATA))
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--jobs", type=int, default=1)
    args = parser.parse_args()
    tasks = [
        delayed(measure)(data, model, seed)
        for data in args.data
        for model in args.models
        for seed in range(args.seeds)
    ]
    found = pd.concat(Parallel(args.jobs)(tasks))
    table, whole = shown(found), parser.parse_args([])
    print(table)
    if (args.data, args.models, args.seeds) == (whole.data, whole.models, whole.seeds):
        write_section("attacks.md", "model updates", table)


if __name__ == "__main__":
    main()
