"""Networks trained one by one and in stacks: seconds, and what an attacker sees.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_stacked.py --device cuda

Each model of ``--n-models`` is trained on half of the records of Location-30, or of
generated purchases, for ``--n-epochs``. Both ways take turns in one process, after a
short fit of either; what is printed is the smaller of ``--n-runs`` wall times each.
"Apart" is the largest difference of a probability over all records, of the median model
and of the one where it is largest. The AUC of LiRA is the mean over the models, each as
the target beside all others.
"""

import argparse
import time

import numpy as np
import torch
from data_sets import location30, lookalike
from documents import markdown
from sklearn.metrics import roc_auc_score

from skmia.attacks import leave_one_out_likelihood_ratio
from skmia.neural import MLPNet
from skmia.shadow import BalancedShuffleSplit
from skmia.shadow._training import Task
from skmia.shadow.engine._trainers import GENERIC, train_stacked
from skmia.signals import observe

SHAPES = {
    "446-128-30, batches of 64": (location30, (128,), 64),
    "600-256-100, batches of 128": (lambda: lookalike(100), (256,), 128),
}
WAYS = {"one by one": GENERIC.fit, "stacked": train_stacked}
HEADER = [
    "network",
    "models",
    "one by one, s",
    "stacked, s",
    "ratio",
    "apart, median",
    "apart, most",
    "AUC one by one",
    "AUC stacked",
]


def tasks_of(model, n_models, X, y):
    """Balanced halves: every record is a member of half of the models."""
    design = BalancedShuffleSplit(n_models, random_state=0)
    return [
        Task(model, rows, seed, "") for seed, (rows, _) in enumerate(design.split(X, y))
    ]


def synchronize(device):
    if device == "cuda":
        torch.cuda.synchronize()


def seconds(train, tasks, X, y, device):
    """Wall time of a training, and the models."""
    synchronize(device)
    begin = time.perf_counter()
    models = train(tasks, X, y)
    synchronize(device)
    return time.perf_counter() - begin, models


def compare(model, n_models, X, y, n_runs):
    """Best time of each way, and its models."""
    tasks = tasks_of(model, n_models, X, y)
    short = tasks_of(MLPNet(**model.get_params() | {"max_epochs": 1}), 2, X, y)
    for train in WAYS.values():
        train(short, X, y)
    best, models = dict.fromkeys(WAYS, np.inf), {}
    for _ in range(n_runs):
        for way, train in WAYS.items():
            taken, models[way] = seconds(train, tasks, X, y, model.device)
            best[way] = min(best[way], taken)
    inside = np.zeros((len(y), n_models), dtype=bool)
    for place, task in enumerate(tasks):
        inside[task.rows, place] = True
    return best, models, inside


def apart(models, X):
    """Largest difference of a probability, for each model."""
    pairs = zip(*models.values(), strict=True)
    return [abs(a.predict_proba(X) - b.predict_proba(X)).max() for a, b in pairs]


def auc(models, X, y, inside):
    """Mean AUC of LiRA, each model as the target once."""
    seen = [observe(model, X, y, ["scaled_logit"]) for model in models]
    score = leave_one_out_likelihood_ratio(np.hstack(seen), inside)
    aucs = [roc_auc_score(*pair) for pair in zip(inside.T, score.T, strict=True)]
    return np.mean(aucs)


def rows(args):
    for name, (load, hidden_units, batch_size) in SHAPES.items():
        X, y = load()
        model = MLPNet(
            hidden_units,
            activation=args.activation,
            batch_size=batch_size,
            max_epochs=args.n_epochs,
            device=args.device,
        )
        for n_models in args.n_models:
            best, models, inside = compare(model, n_models, X, y, args.n_runs)
            alone, stacked = best.values()
            distance = apart(models, X)
            yield [
                name,
                n_models,
                f"{alone:.2f}",
                f"{stacked:.2f}",
                f"{alone / stacked:.1f}",
                *(f"{summary(distance):.0e}" for summary in (np.median, np.max)),
                *(f"{auc(own, X, y, inside):.4f}" for own in models.values()),
            ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--activation", default="relu")
    parser.add_argument("--n-models", type=int, nargs="+", default=[64, 256])
    parser.add_argument("--n-epochs", type=int, default=5)
    parser.add_argument("--n-runs", type=int, default=1)
    given = parser.parse_args()
    print(
        f"{given.device}, {torch.get_num_threads()} thread(s), {given.n_epochs} epochs"
    )
    print(markdown(HEADER, rows(given)))
