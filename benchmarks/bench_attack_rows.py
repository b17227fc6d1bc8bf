"""What the attack "shadow" loses by learning from some of its pairs only.

    OMP_NUM_THREADS=1 python benchmarks/bench_attack_rows.py

AUC on a target of the attack's model, fitted on so many of the pairs of 16 shadow
models, as many members as others of each model; less its AUC when fitted on all of
them. Target and shadow models stay the same; the mean over ``--n-draws`` draws and, in
brackets, the one that lost most. The first sets were looked at to choose the number,
those of ``--other`` were not.
"""

import argparse
from functools import partial

import numpy as np
from bench_large import species
from documents import markdown
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from skmia import ShadowModels, observe
from skmia.datasets import make_purchases
from skmia.utils._threads import Boosting

N_SHADOWS = 16
SIGNALS = ["posterior", "loss"]
ROWS = (5_000, 10_000, 20_000, 50_000)


CHOSEN = {
    "5 classes": partial(
        make_classification, 10_000, 20, n_informative=12, n_classes=5, random_state=0
    ),
    "purchases, 50 classes": partial(make_purchases, 10_000, n_classes=50),
    "200 classes": partial(species, 10_000, 200, 32),
}
OTHER = {
    "purchases, 400 classes": partial(make_purchases, 10_000, n_classes=400),
    "1,000 classes": partial(species, 10_000, 1000, 32),
}
MODELS = {
    "tree": DecisionTreeClassifier(max_features="sqrt", random_state=0),
    "forest": RandomForestClassifier(20, random_state=0),
    "linear": LogisticRegression(max_iter=50),
    "neighbours": KNeighborsClassifier(5),
}


def balanced(member, shadow, n, rng):
    """Rows of so many pairs, as many of each side of every model."""
    rows = []
    for i in np.unique(shadow):
        for side in (0, 1):
            there = np.flatnonzero((shadow == i) & (member == side))
            rows.append(rng.permutation(there)[: n // N_SHADOWS // 2])
    return np.sort(np.concatenate(rows))


def losses(model, X, y, n_draws):
    """AUC on all pairs, and what is lost on fewer of them, each draw."""
    half = len(X) // 2
    target = clone(model).fit(X[:half], y[:half])
    shadows = ShadowModels(model, n_shadows=N_SHADOWS, signals=SIGNALS, random_state=1)
    Z, member, shadow = shadows.fit(X, y).observations()
    seen = observe(target, X, y, SIGNALS, classes=shadows.classes_)
    inside = np.arange(len(X)) < half

    def auc(rows, seed):
        attack = Boosting(random_state=seed).fit(Z.iloc[rows], member[rows])
        return roc_auc_score(inside, attack.predict_proba(seen)[:, 1])

    everything = np.mean([auc(np.arange(len(Z)), seed) for seed in range(n_draws)])
    lost = {
        n: [
            everything - auc(balanced(member, shadow, n, np.random.RandomState(i)), i)
            for i in range(n_draws)
        ]
        for n in ROWS
        if n < len(Z)
    }
    return everything, lost


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--other", action="store_true")
    parser.add_argument("--models", nargs="*", choices=MODELS, default=list(MODELS))
    parser.add_argument("--n-draws", type=int, default=2)
    args = parser.parse_args()
    rows = []
    for name, make in (OTHER if args.other else CHOSEN).items():
        X, y = make()
        for kind in args.models:
            everything, lost = losses(MODELS[kind], X, y, args.n_draws)
            row = [name, kind, f"{everything:.4f}"]
            row += [f"{np.mean(lost[n]):.4f} ({max(lost[n]):.4f})" for n in lost]
            rows.append(row + [""] * (len(ROWS) - len(lost)))
            print(*rows[-1], sep=" | ", flush=True)
    header = ["records", "model", "AUC, all pairs", *(f"lost, {n:,}" for n in ROWS)]
    print(markdown(header, rows))


if __name__ == "__main__":
    main()
