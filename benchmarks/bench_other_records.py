"""Attacks that need other records, or stages, beside attacks that do not.

    OMP_NUM_THREADS=1 python benchmarks/bench_other_records.py --jobs 2

writes docs/attacks.md (the section "With other records") and
benchmarks/results/other_records.csv. Targets: a random forest, an MLP, logistic
regression (C=100) and boosting, each trained on a random half of 2,000 records of
Location-30 (boosting: of Adult); the other half are the non-members. "trajectory" and
"seqmia" imitate the target on the records themselves, their labels left out; "salem2"
trains its four shadow models on scikit-learn's digits. The yardsticks have four shadow
models on random halves of all records.
"""

import argparse
import warnings
from pathlib import Path

import pandas as pd
from data_sets import DATA
from documents import markdown, write_section
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder
from strength_tables import AUC, TPR, estimate, over_seeds

from skmia import audit
from skmia.neural import MLPNet

RESULTS = Path(__file__).parent / "results" / "other_records.csv"
N_ROWS, N_SHADOWS = 2000, 4
TARGETS = {
    "forest": ("Location-30", RandomForestClassifier(100)),
    "MLP": ("Location-30", MLPNet((128,))),
    "logistic": ("Location-30", LogisticRegression(C=100, max_iter=500)),
    "boosting": ("Adult", GradientBoostingClassifier()),
}
YARDSTICKS = ["loss-threshold", "shadow", "lira-online"]
NAMES = ["trajectory", "seqmia", "salem2", "staged-loss"]


def measure(name, seed):
    """One row for each attack on one target."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    data, target = TARGETS[name]
    X, y = DATA[data](N_ROWS)
    y = LabelEncoder().fit_transform(y)
    parts = train_test_split(X, y, test_size=0.5, stratify=y, random_state=seed)
    X_in, X_out, y_in, y_out = parts
    model = clone(target).set_params(random_state=seed).fit(X_in, y_in)
    summary = audit(
        model,
        *(X_in, y_in, X_out, y_out),
        attacks=[*NAMES, *YARDSTICKS],
        public=X,
        other_task=load_digits(return_X_y=True),
        n_shadows=N_SHADOWS,
        fprs=0.01,
        random_state=seed,
    ).summary
    found = summary[summary["status"] == "ok"].reset_index()
    print(name, seed, found[["attack", "auc"]].round(3).to_numpy().tolist(), flush=True)
    columns = ["attack", "n_fits", "auc", "tpr_at_fpr_0.01"]
    titles = ["attack", "fits", AUC, TPR]
    return found[columns].set_axis(titles, axis=1).assign(target=name, seed=seed)


def document(table):
    """One row for each target and attack, as text."""
    keys = ["target", "attack", "fits"]
    means = over_seeds(table, keys).sort_values(AUC, ascending=False)
    rows = []
    for name in TARGETS:
        for _, row in means[means["target"] == name].iterrows():
            found = estimate(row, AUC), estimate(row, TPR)
            rows.append([*row[keys], *found])
    header = ["target", "attack", "fits", "AUC", "TPR at 1 % FPR"]
    return markdown(header, rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--targets", nargs="+", choices=TARGETS, default=[*TARGETS])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    tables = Parallel(n_jobs=options.jobs)(
        delayed(measure)(name, seed)
        for name in options.targets
        for seed in range(options.seeds)
    )
    table = pd.concat(tables, ignore_index=True)
    print(document(table))
    if options.targets == [*TARGETS] and options.seeds >= 3:
        table.round(4).to_csv(RESULTS, index=False)
        write_section("attacks.md", "other records", document(table))


if __name__ == "__main__":
    main()
