"""Risk per record from one model, beside what many shadow models find.

    SKMIA_DATA=... OMP_NUM_THREADS=1 python benchmarks/bench_record_risk.py

writes the table of docs/audits.md. The truth are 64 models on random halves of the
records: d is the mean log-odds of a record's label in models that know it, less that in
models that do not, in units of the standard deviation within both. Where surgery is
exact, and of logistic regression, each of the 64 stands on both sides of every record,
so that d is next to free of chance; of other kinds it is not. Beside ``record_risk``
stand the differences of means by 4 and 16 other models. ``--quick`` is a smoke test.
"""

import argparse
import time
import warnings

import numpy as np
from data_sets import adult, location30
from documents import markdown, write_section
from scipy.stats import spearmanr
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import check_random_state
from strength_models import naive_bayes

from skmia import ShadowModels
from skmia.auditing import record_risk
from skmia.auditing._log_odds import held_out, with_it
from skmia.shadow import other_side
from skmia.shadow.surgery._registry import operation_of
from skmia.signals._decisions import decision_margin
from skmia.signals._scores import scaled_logit
from skmia.utils._labels import encode_labels
from skmia.utils._random import set_random_states

BOUND = 36  # of log-odds, as in the named attacks
LEAST_SPREAD = 0.02
N_MODELS = 64
DATA = {
    "Adult": lambda: adult(2000),
    "Location-30": lambda: location30(1200),
    "digits": lambda: load_digits(return_X_y=True),
}
MODELS = {
    "logistic": LogisticRegression(max_iter=2000),
    "naive Bayes": GaussianNB(),
    "5 neighbours": KNeighborsClassifier(5),
    "linear discriminants": LinearDiscriminantAnalysis(),
    "ridge": RidgeClassifier(solver="cholesky"),
    "boosting": HistGradientBoostingClassifier(max_iter=20),
    "MLP": MLPClassifier((64,), batch_size=100, learning_rate_init=0.01, max_iter=40),
    "tree, leaves of 5": DecisionTreeClassifier(min_samples_leaf=5),
    "random forest": RandomForestClassifier(50),
}
TOO_SLOW = {("Location-30", "boosting")}  # 30 classes: 600 trees a model


def bounded(log_odds):
    return np.clip(log_odds, -BOUND, BOUND)


def said(model, codes, answers):
    """Log-odds of the labels, or margins where there are no probabilities."""
    if hasattr(model, "predict_proba"):
        return scaled_logit(codes, answers)
    two = answers.shape[1] == 2
    return decision_margin(codes, answers * [0, 1] if two else answers)


def both_sides(model, X, y, inside):
    """Log-odds with and without each record; nan for what is not known."""
    own = bounded(with_it(model, X, y))
    other = np.full(len(y), np.nan)
    operation = operation_of(model)
    if operation and (operation.exact or type(model) is LogisticRegression):
        answers = other_side(model, X, y, inside)
        other = bounded(said(model, encode_labels(y, model.classes_), answers))
    return np.where(inside, own, other), np.where(inside, other, own)


def differences(model, X, y, n_models, seed):
    """Mean difference of ordinary models, and d and difference of all that is known."""
    shadows = ShadowModels(model, n_shadows=n_models, random_state=seed).fit(X, y)
    sides = [
        both_sides(one, X, y, inside)
        for one, inside in zip(shadows.estimators_, shadows.membership_, strict=True)
    ]
    known, unknown = (np.stack(side) for side in zip(*sides, strict=True))
    mean = np.nanmean(known, axis=0) - np.nanmean(unknown, axis=0)
    within = (np.nanvar(known, axis=0) + np.nanvar(unknown, axis=0)) / 2
    knows = shadows.membership_
    ordinary = np.mean(known, axis=0, where=knows) - np.mean(
        unknown, axis=0, where=~knows
    )
    return ordinary, mean / (np.sqrt(within) + LEAST_SPREAD), mean


def agreement(score, truth):
    there = np.isfinite(score) & np.isfinite(truth)
    return spearmanr(score[there], truth[there]).statistic


def measured(X, y, model, n_models):
    """Agreement of everything with d, by name."""
    model = set_random_states(clone(model), check_random_state(0)).fit(X, y)
    start = time.perf_counter()
    table = record_risk(model, X, y, random_state=0)
    seconds, risk = time.perf_counter() - start, table["risk"].to_numpy()
    rows = np.arange(len(y))
    out, _ = held_out(model, X, y, rows, 10, check_random_state(0))
    ordinary, d, mean = differences(model, X, y, n_models, seed=1)
    few = {n: differences(model, X, y, n, seed=2)[0] for n in (4, 16)}
    own = with_it(model, X, y)
    return {
        "method": table["method"].mode()[0],
        "fits": table.attrs["n_fits"],
        "seconds": f"{seconds:.1f}",
        "**risk**": f"**{agreement(risk, d):.2f}**",
        "risk and mean difference": agreement(risk, mean),
        "loss out of fold": agreement(-out, d),
        "change out of fold": agreement(own - out, d),
        "4 models": agreement(few[4], d),
        "16 models": agreement(few[16], d),
        "the same 64": agreement(ordinary, d),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="4 models, no table")
    options = parser.parse_args()
    n_models = 4 if options.quick else N_MODELS
    # Networks stop before they have converged.
    warnings.filterwarnings("ignore", category=UserWarning)
    rows = []
    for data, load in DATA.items():
        X, y = load()
        for name, model in (MODELS | {"naive Bayes": naive_bayes(X)}).items():
            if (data, name) in TOO_SLOW:
                continue
            found = measured(X, y, model, n_models)
            cells = [
                c if isinstance(c, str | int) else f"{c:.2f}" for c in found.values()
            ]
            rows.append([data, name, *cells])
            print(*rows[-1], sep=" | ", flush=True)
    if not options.quick:
        write_section(
            "audits.md", "record risk", markdown(["records", "model", *found], rows)
        )


if __name__ == "__main__":
    main()
