"""Shadow attack and loss threshold on Location-30, beside an independent measurement.

    OMP_NUM_THREADS=1 python benchmarks/bench_location30.py

A pool of 5,008 records: half the adversary's, a quarter members, a quarter non-members,
over ``--seeds`` random divisions. The shadow attack is the default of MembershipGame
(posterior and loss, histogram gradient boosting, 10 shadow models) and sees vector and
true class. The reference was measured with another implementation of the same attacks,
2 seeds.
"""

import argparse

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import BernoulliNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame
from skmia.datasets import fetch_location30
from skmia.neural import MLPNet

# Target: (shadow attack AUC, loss threshold AUC) of the reference.
REFERENCE = {
    "tree": (0.92, 0.89),
    "forest": (0.999, 0.995),
    "logistic (C=100)": (0.89, 0.84),
    "kNN(5)": (0.73, 0.70),
    "Bernoulli NB": (0.80, 0.76),
    "MLP(128)": (0.88, 0.86),
}
TARGETS = {
    "tree": DecisionTreeClassifier(),
    "forest": RandomForestClassifier(),
    "logistic (C=100)": LogisticRegression(C=100, max_iter=500),
    "kNN(5)": KNeighborsClassifier(5),
    "Bernoulli NB": BernoulliNB(),
    "MLP(128)": MLPNet((128,)),
}


def play(target, X, y, seed):
    """One division of the pool; accuracy and AUCs."""
    order = np.random.RandomState(seed).permutation(len(y))[:5008]
    adversary, victim = np.split(order, 2)
    game = MembershipGame(target, n_shadows=10, random_state=seed)
    outcome = game.fit(X[adversary], y[adversary]).play(X[victim], y[victim])
    return {
        "shadow accuracy": np.mean(outcome.predicted == outcome.member),
        "shadow AUC": roc_auc_score(outcome.member, outcome.score),
        "loss AUC": roc_auc_score(outcome.member, -outcome.observations["loss"]),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    X, y = fetch_location30(return_X_y=True)
    rows = {}
    for name, target in TARGETS.items():
        rounds = [play(target, X, y, seed) for seed in range(options.seeds)]
        rows[name] = pd.DataFrame(rounds).mean()
        rows[name]["reference shadow"], rows[name]["reference loss"] = REFERENCE[name]
    table = pd.DataFrame(rows).T
    print(table.round(3).to_string())
    worst = table["shadow AUC"] - table["reference shadow"]
    print(f"shadow AUC minus reference: {worst.min():+.3f} to {worst.max():+.3f}")


if __name__ == "__main__":
    main()
