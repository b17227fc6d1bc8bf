r"""Adversarial regularization on Location-30: what the weight of the adversary buys.

    OMP_NUM_THREADS=1 SKMIA_DATA=... \
        python benchmarks/bench_adversarial_regularization.py

One half of the records is given to the model (with those that it holds out as
reference), the other half are the non-members. Printed per model: accuracy on what it
was given and on the non-members, accuracy of each attack, AUC of LiRA (whose cut,
learned on shadow models, may be one that no record reaches), and the seconds of one
fit. The attacker trains four shadow models *with* the defense, on halves of the same
records.
"""

import argparse
from time import perf_counter

import numpy as np
import pandas as pd

from skmia import audit
from skmia.datasets import fetch_location30
from skmia.defenses import EarlyStoppedClassifier, PenalizedClassifier
from skmia.neural import AdversarialRegularizationClassifier, MLPNet

ATTACKS = ["gap", "classwise-threshold", "shadow", "lira-online"]


def models(seed):
    """Models by name: without a defense, with this one, and with cheaper ones."""

    def regularized(alpha, **settings):
        return AdversarialRegularizationClassifier(
            alpha=alpha, random_state=seed, **settings
        )

    plain = MLPNet(random_state=seed)
    return {
        "MLPNet": plain,
        **{f"alpha {alpha}": regularized(alpha) for alpha in (0, 1, 2, 3, 10)},
        "alpha 2, 1 step": regularized(2, attack_steps=1),
        "alpha 2, 26 steps": regularized(2, attack_steps=26),
        "early stopping": EarlyStoppedClassifier(plain, random_state=seed),
        "L2 1e-3": PenalizedClassifier(plain, strength=1e-3),
        "L2 1e-2": PenalizedClassifier(plain, strength=1e-2),
    }


def measure(model, parts, seed):
    """Row of the table: accuracies of the model and of the attacks."""
    start = perf_counter()
    model.fit(*parts[:2])
    seconds = perf_counter() - start
    report = audit(model, *parts, attacks=ATTACKS, n_shadows=4, random_state=seed)
    return {
        "given": model.score(*parts[:2]),
        "new": model.score(*parts[2:]),
        **report.summary["accuracy"],
        "LiRA, AUC": report.summary.loc["lira-online", "auc"],
        "seconds": seconds,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    X, y = fetch_location30(return_X_y=True)
    tables = []
    for seed in range(options.seeds):
        members, others = np.array_split(
            np.random.RandomState(seed).permutation(len(y)), 2
        )
        parts = X[members], y[members], X[others], y[others]
        rows = {
            name: measure(model, parts, seed) for name, model in models(seed).items()
        }
        tables.append(pd.DataFrame(rows).T)
    print((sum(tables) / len(tables)).round(3).to_string())


if __name__ == "__main__":
    main()
