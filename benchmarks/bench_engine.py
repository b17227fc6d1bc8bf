"""Shadow models trained one by one and at once: seconds, and what an attacker sees.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_engine.py

Each model of ``--n-models`` is trained on half of the records of ``--data``. "Fits"
are the models alone. "Design" is ``ShadowModels`` with recorded signals, where each
model also answers about all records. Both trainers take turns in one process, after two
models of either; what is printed is the smaller of ``--n-runs`` times each, in seconds
of one core (CPU time), since others may use the machine.
"Apart" is the largest difference of the probability of the true label, in single
precision, over all records and models. The AUC of LiRA is the mean over the models,
each as the target beside all others.
"""

import argparse
import time
from functools import partial

import numpy as np
from data_sets import adult, location30
from documents import markdown
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier

from skmia import ShadowModels
from skmia.attacks import leave_one_out_likelihood_ratio
from skmia.shadow import BalancedShuffleSplit
from skmia.shadow._training import Task
from skmia.shadow.engine._trainers import GENERIC, choose_trainer, train_tasks

KINDS = {
    "GaussianNB": GaussianNB(),
    "BernoulliNB": BernoulliNB(),
    "MultinomialNB": MultinomialNB(),
    "KNeighborsClassifier": KNeighborsClassifier(),
    "LogisticRegression": LogisticRegression(),
    "RidgeClassifier": RidgeClassifier(),
    "LogisticRegression, tol 1e-6": LogisticRegression(tol=1e-6, max_iter=1000),
}
DATA = {"adult": adult, "location30": location30}
HEADER = [
    "model",
    "models",
    "fits one by one, s",
    "at once, s",
    "ratio",
    "design one by one, s",
    "at once, s",
    "ratio",
    "apart, most",
    "AUC one by one",
    "AUC at once",
]


def fits(parts, model, trainer, n_models, X, y):
    """Models alone; to choose the trainer is part of the time."""
    name = GENERIC if trainer == GENERIC else choose_trainer(model, X, y)[0]
    tasks = [Task(model, rows, 0, "", None, name) for rows in parts[:n_models]]
    return train_tasks(tasks, X, y)


def seen(model):
    """What LiRA is of, and what is compared."""
    if hasattr(model, "predict_proba"):
        return "scaled_logit", "confidence"
    return "decision_margin", "decision_confidence"


def design(model, trainer, n_models, X, y):
    """Models and what they answer."""
    how = {"signals": list(seen(model)), "trainer": trainer}
    return ShadowModels(model, n_shadows=n_models, random_state=0, **how).fit(X, y)


def best_times(make, model, n_models, X, y, n_runs):
    """Smallest CPU time of each trainer, and what it made."""
    best, made = {}, {}
    for trainer in (GENERIC, "auto"):
        make(model, trainer, 2, X, y)
        best[trainer] = np.inf
    for _ in range(n_runs):
        for trainer in best:
            begin = time.process_time()
            made[trainer] = make(model, trainer, n_models, X, y)
            best[trainer] = min(best[trainer], time.process_time() - begin)
    return list(best.values()), list(made.values())


def auc(shadows, signal):
    """Mean AUC of LiRA, each model as the target once."""
    inside = shadows.membership_.T
    score = leave_one_out_likelihood_ratio(shadows.reference(signal), inside)
    aucs = [roc_auc_score(*pair) for pair in zip(inside.T, score.T, strict=True)]
    return np.mean(aucs)


def rows(args):
    X, y = DATA[args.data]()
    for name in args.models:
        for n_models in args.n_models:
            given = KINDS[name], n_models, X, y, args.n_runs
            splits = BalancedShuffleSplit(n_models, random_state=0).split(X, y)
            parts = [members for members, _ in splits]
            alone, _ = best_times(partial(fits, parts), *given)
            whole, made = best_times(design, *given)
            scored, compared = seen(KINDS[name])
            one, other = (shadows.reference(compared) for shadows in made)
            yield [
                name,
                n_models,
                *(f"{seconds:.2f}" for seconds in alone),
                f"{alone[0] / alone[1]:.1f}",
                *(f"{seconds:.2f}" for seconds in whole),
                f"{whole[0] / whole[1]:.2f}",
                f"{abs(one - other).max():.0e}",
                *(f"{auc(shadows, scored):.4f}" for shadows in made),
            ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--data", choices=DATA, default="location30")
    parser.add_argument("--n-models", type=int, nargs="+", default=[64])
    parser.add_argument("--n-runs", type=int, default=3)
    print(markdown(HEADER, rows(parser.parse_args())))
