"""Which epsilon suffices: accuracy, attacks and the bound, from 0.1 to 1000 and none.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_which_epsilon.py

asks the question of Truex et al., section 5, about MNIST and CIFAR-10: edges of the
images (image_features.py, a public formula), 1,000 members and 1,000 others. Models are
a network with one hidden layer of 24 units, trained by DP-SGD with delta 1e-5 (40
passes, batches of 200, Adam with steps of 0.03, gradients cut to 1), and
`PrivateLogisticRegression` with delta 0. Without epsilon they are the same network,
trained without cuts and noise, and scikit-learn's logistic regression. The attacker
trains eight shadow models of the same kind and epsilon, on halves of the same records.

What is measured is kept in benchmarks/results/which_epsilon.csv, also when the command
is killed: the next one goes on there. ``--seeds`` divisions of the records; then the
section "which epsilon" of docs/defenses.md is written, by ``--tables`` from what is
finished. ``--quick`` asks about digits at two epsilons, prints and keeps nothing.
"""

import tempfile
import warnings
from functools import cache, partial
from pathlib import Path

import numpy as np
from documents import markdown, write_section
from image_features import edges
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from store import RESULTS, complete, parse, read

from skmia import audit
from skmia.datasets import fetch_cifar10, fetch_mnist
from skmia.defenses import PrivateLogisticRegression
from skmia.metrics import max_advantage, max_auc
from skmia.neural import NetClassifier
from skmia.neural.objectives import DPSGD

EPSILONS = (0.1, 1.0, 10.0, 100.0, 1000.0, np.inf)
ATTACKS = {"loss-threshold": "loss", "rmia-online": "RMIA", "lira-online": "LiRA"}
N_RECORDS, N_SHADOWS = 1000, 8
CLASSES = np.arange(10)


@cache
def mnist():
    X, y = fetch_mnist(return_X_y=True)
    return edges(X.reshape(-1, 28, 28) / 255), y


@cache
def cifar10():
    X, y = fetch_cifar10(return_X_y=True)
    return edges(X.reshape(-1, 32, 32, 3).mean(axis=3) / 255), y


@cache
def digits():
    X, y = load_digits(return_X_y=True)
    return edges(X.reshape(-1, 8, 8) / 16), y


DATA = {"MNIST": mnist, "CIFAR-10": cifar10, "digits": digits}


def network(epsilon):
    objective = None
    if np.isfinite(epsilon):
        objective = DPSGD(epsilon, delta=1e-5, classes=CLASSES)
    return NetClassifier(
        module_params={"hidden_units": (24,)},
        objective=objective,
        batch_size=200,
        learning_rate=0.03,
        max_epochs=40,
    )


def logistic(epsilon):
    if not np.isfinite(epsilon):
        return LogisticRegression(max_iter=1000)
    # The norm of the features is 1 by their formula.
    return PrivateLogisticRegression(epsilon=epsilon, data_norm=1.0, classes=CLASSES)


MODELS = {"DP-SGD": network, "PrivateLogisticRegression": logistic}


def guarantee(model, epsilon):
    """Epsilon for a record that is replaced, which is what an audit asks, and delta."""
    return getattr(model, "replace_epsilon_", epsilon), getattr(model, "delta_", 0.0)


def measure(data, model, epsilon, seed, n_records=N_RECORDS):
    """A row for each attack on one model."""
    warnings.simplefilter("ignore")
    X, y = DATA[data]()
    members, others = train_test_split(
        np.arange(len(y)),
        train_size=n_records,
        test_size=n_records,
        stratify=y,
        random_state=seed,
    )
    target = MODELS[model](epsilon).fit(X[members], y[members])
    summary = audit(
        target,
        *(X[members], y[members], X[others], y[others]),
        attacks=list(ATTACKS),
        n_shadows=N_SHADOWS,
        random_state=seed,
    ).summary
    replaced, delta = guarantee(target, epsilon)
    told = {
        "replace_epsilon": replaced,
        "max_advantage": max_advantage(replaced, delta),
        "max_auc": max_auc(replaced, delta),
        "accuracy": target.score(X[others], y[others]),
    }
    columns = ["auc", "auc_low", "auc_high", "advantage", "epsilon_low"]
    return [
        {"attack": attack, **told, **summary.loc[attack, columns].to_dict()}
        for attack in ATTACKS
    ]


def with_half(part):
    """Mean AUC of some divisions, and half its 95 % interval over their records."""
    halves = (part["auc_high"] - part["auc_low"]) / 2
    half = np.sqrt((halves**2).sum()) / len(part)
    return f"{part['auc'].mean():.3f} ± {half:.3f}"


def line(part):
    """Cells of one epsilon."""
    by_attack = dict(list(part.groupby("attack")))
    advantage = part.groupby("attack")["advantage"].mean().max()
    epsilon, replaced = part[["epsilon", "replace_epsilon"]].mean()
    finite = np.isfinite(epsilon)
    return [
        f"{epsilon:g}" if finite else "none",
        f"{replaced:.3g}" if finite else "-",
        f"{100 * part['accuracy'].mean():.1f}",
        *(with_half(by_attack[attack]) for attack in ATTACKS),
        f"{part['max_auc'].mean():.3f}",
        f"{advantage:.3f}",
        f"{part['max_advantage'].mean():.3f}",
    ]


def written(table):
    """A table for each data set and model."""
    header = ["epsilon", "one record replaced", "test accuracy, %"]
    header += [f"{short}, AUC" for short in ATTACKS.values()]
    header += ["AUC, at most", "best advantage", "advantage, at most"]
    parts = []
    for (data, model), part in table.groupby(["data", "model"], sort=False):
        lines = [line(own) for _, own in part.groupby("epsilon")]
        parts.append(f"{data}, `{model}`:\n\n{markdown(header, lines)}")
    return "\n\n".join(parts)


def units(names, epsilons, seeds):
    return [
        {"data": data, "model": model, "epsilon": epsilon, "seed": seed}
        for seed in range(seeds)
        for data in names
        for model in MODELS
        for epsilon in epsilons
    ]


def main(arguments=None):
    options = parse(__doc__, arguments)
    if options.quick:
        todo = units(["digits"], (1.0, np.inf), 1)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "which_epsilon.csv"
            table = complete(path, todo, partial(measure, n_records=200), options.jobs)
        print(written(table))
        return
    path = RESULTS / "which_epsilon.csv"
    todo = units(["MNIST", "CIFAR-10"], EPSILONS, options.seeds)
    if options.tables:
        table = read(path)
    else:
        table = complete(path, todo, measure, options.jobs)
    write_section("defenses.md", "which epsilon", written(table))


if __name__ == "__main__":
    main()
