"""Displacement of parameters beside attacks on scores.

    OMP_NUM_THREADS=1 python benchmarks/bench_displacement.py

writes docs/attacks.md (the table of the subsection "Displacement"). A target is trained
on a random half of the records in question, the other half are the non-members. The 10
shadow models are trained on random halves of these records ("pool", as in every audit),
or of as many others ("apart", where the data suffice). Fewer data or seeds print the
table and do not write it.
"""

import argparse
import warnings

import numpy as np
import pandas as pd
from data_sets import location30
from documents import markdown, write_section
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from skmia import ShadowModels
from skmia.attacks import get_attack, lacks, run
from skmia.targets import Session

ATTACKS = ("leino", "leino-online", "matt", "leino-layers", "loss-threshold")
ATTACKS += ("difficulty-calibration", "mast", "lira-offline", "lira-online")
GAUSSIAN = make_pipeline(MinMaxScaler(), GaussianNB(var_smoothing=1e-3))
LOGISTIC = make_pipeline(MinMaxScaler(), LogisticRegression(C=10, max_iter=500))
MLP = make_pipeline(MinMaxScaler(), MLPClassifier((32,), max_iter=200))
SEED = "mlpclassifier__random_state"
# Data, title of the model, model, members, whether the adversary's records are others.
CELLS = (
    ("Location-30", "Bernoulli naive Bayes", BernoulliNB(), 1000, False),
    ("Location-30", "Bernoulli naive Bayes", BernoulliNB(), 1000, True),
    ("digits", "Gaussian naive Bayes", GAUSSIAN, 300, False),
    ("digits", "Gaussian naive Bayes", GAUSSIAN, 300, True),
    ("digits", "logistic", LOGISTIC, 300, False),
    ("digits", "logistic", LOGISTIC, 300, True),
    ("digits", "MLP", MLP, 300, False),
    ("breast cancer", "Gaussian naive Bayes", GAUSSIAN, 140, False),
    ("breast cancer", "Gaussian naive Bayes", GAUSSIAN, 140, True),
    ("breast cancer", "logistic", LOGISTIC, 140, False),
    ("breast cancer", "MLP", MLP, 140, False),
)


def data_of(name):
    """Records and labels."""
    if name == "Location-30":
        return location30()
    load = {"digits": load_digits, "breast cancer": load_breast_cancer}[name]
    return load(return_X_y=True)


def measure(name, model, n_members, apart, seed):
    """AUC of each attack that the model allows."""
    X, y = data_of(name)
    rng = np.random.RandomState(seed)
    order = rng.permutation(len(y))
    asked, others = np.split(order[: 4 * n_members], [2 * n_members])
    known = others if apart else asked
    inside = rng.permutation(2 * n_members) % 2
    model = clone(model)
    if SEED in model.get_params():
        model.set_params(**{SEED: seed})
    target = clone(model).fit(X[asked][inside == 1], y[asked][inside == 1])
    shadows = ShadowModels(model, n_shadows=10, random_state=seed).fit(
        X[known], y[known]
    )
    found = {}
    for attack in ATTACKS:
        recipe = get_attack(attack)
        session = Session(target, X[asked], y[asked], white_box=True)
        unknown = apart and "candidates" in recipe.needs
        if unknown or lacks(recipe.attack, session):
            continue
        given = {"shadows": shadows, "member": inside, "seed": seed}
        score, _ = run(recipe.attack, recipe.fitted_on, session, **given)
        found[attack] = roc_auc_score(inside, score)
    return found


def cell(values):
    """Mean over seeds and its standard error; a dash where there is none."""
    error = values.std() / len(values) ** 0.5
    return "-" if values.isna().any() else f"{values.mean():.3f} ± {error:.3f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--data", nargs="+", default=sorted({c[0] for c in CELLS}))
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    rows = []
    for name, title, model, n_members, apart in CELLS:
        if name not in options.data:
            continue
        settings = name, model, n_members, apart
        seeds = range(options.seeds)
        table = pd.DataFrame([measure(*settings, s) for s in seeds], columns=ATTACKS)
        where = "apart" if apart else "pool"
        cells = (cell(table[attack]) for attack in ATTACKS)
        rows.append((f"{name}, {title}, {where}", *cells))
        print(*rows[-1], sep=" | ", flush=True)
    text = markdown(["", *(f"`{attack}`" for attack in ATTACKS)], rows)
    whole = options.seeds == 4 and len(rows) == len(CELLS)
    if whole:
        write_section("attacks.md", "displacement", text)
    else:
        print(text)


if __name__ == "__main__":
    main()
