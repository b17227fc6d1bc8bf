"""Attacks by the gradients of the parameters, beside those by the loss.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_white_box.py

writes docs/attacks.md (the subsection "Gradients"): the area under the ROC curve of
each attack, the mean over seeds. A target is trained on a random half of the records;
shadow models on halves of all of them.
"""

import argparse
import warnings
from functools import partial
from itertools import product

import pandas as pd
from data_sets import location30
from documents import markdown, write_section
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import minmax_scale
from sklearn.utils import check_random_state

from skmia import ShadowModels
from skmia.attacks import get_attack, run
from skmia.targets import Session
from skmia.utils._random import set_random_states

N_SHADOWS = 4
N_ROWS = 800
ATTACKS = (
    *("loss-threshold", "gradient-norm", "gradient-statistics"),
    *("nasr-supervised", "nasr-shadow", "nasr-unsupervised", "lira-online"),
)
DATA = {
    "digits": partial(load_digits, return_X_y=True),
    "breast cancer": partial(load_breast_cancer, return_X_y=True),
    "Location-30": location30,
}
MODELS = {
    "logistic regression": LogisticRegression(C=10, max_iter=100),
    "perceptron": MLPClassifier((32,), max_iter=100),
    "naive Bayes": GaussianNB(var_smoothing=1e-2),
}


def measure(data, model, seed):
    """One row for each attack."""
    warnings.simplefilter("ignore")
    X, y = DATA[data]()
    if len(y) > N_ROWS:
        X, _, y, _ = train_test_split(
            X, y, train_size=N_ROWS, stratify=y, random_state=seed
        )
    X = minmax_scale(X)
    inside, _ = train_test_split(
        range(len(y)), test_size=0.5, stratify=y, random_state=seed
    )
    member = pd.Series(0, range(len(y)))
    member[inside] = 1
    target = clone(MODELS[model])
    set_random_states(target, check_random_state(seed))
    target.fit(X[inside], y[inside])
    shadows = ShadowModels(clone(target), n_shadows=N_SHADOWS, random_state=seed).fit(
        X, y
    )
    session = Session(target, X, y, white_box=True)
    known = {"shadows": shadows, "member": member.to_numpy(), "seed": seed}
    rows = []
    for name in ATTACKS:
        recipe = get_attack(name)
        score, _ = run(recipe.attack, recipe.fitted_on, session, **known)
        rows.append((data, model, name, roc_auc_score(member, score)))
    return pd.DataFrame(rows, columns=["data", "target", "attack", "AUC"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    jobs = product(DATA, MODELS, range(args.seeds))
    tables = Parallel(args.jobs)(delayed(measure)(*job) for job in jobs)
    mean = pd.concat(tables).pivot_table(
        "AUC", ["data", "target"], "attack", sort=False
    )
    rows = [[*names, *(f"{auc:.3f}" for auc in row)] for names, row in mean.T.items()]
    table = markdown(["data", "target", *(f"`{name}`" for name in mean)], rows)
    print(table)
    if args.seeds >= 3:
        write_section("attacks.md", "white-box gradients", table)


if __name__ == "__main__":
    main()
