"""LiRA and RMIA on Location-30, beside an independent measurement.

    OMP_NUM_THREADS=1 python benchmarks/bench_references_location30.py

The evaluation set is half of a pool of 5,008 records. The target is trained on half of
it, 64 reference models on other random halves. The attack is fitted on one reference
model as a pseudo-target beside the other 63, and asked about the target: AUC / TPR at
1 % FPR, mean over ``--seeds``. The reference was measured with another implementation
of the online attacks, 3 seeds.
"""

import argparse

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import BernoulliNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from skmia import ShadowModels
from skmia.attacks import (
    BayesOptimalAttack,
    CalibratedAttack,
    LikelihoodRatioAttack,
    MidpointAttack,
    get_attack,
)
from skmia.datasets import fetch_location30
from skmia.metrics import tpr_at_fpr
from skmia.neural import MLPNet
from skmia.utils._random import set_random_states

# AUC and TPR of the reference.
REFERENCE = {
    "LiRA": {
        "tree": (0.937, 0.14),
        "forest": (1.00, 1.00),
        "logistic (C=100)": (0.966, 0.56),
        "kNN(5)": (0.770, 0.16),
        "Bernoulli NB": (0.960, 0.54),
        "MLP(128)": (0.978, 0.60),
    },
    "RMIA": {
        "tree": (0.937, 0.11),
        "forest": (1.00, 1.00),
        "logistic (C=100)": (0.888, 0.34),
        "kNN(5)": (0.832, 0.15),
        "Bernoulli NB": (0.826, 0.23),
        "MLP(128)": (0.972, 0.60),
    },
}
TARGETS = {
    "tree": DecisionTreeClassifier(),
    "forest": RandomForestClassifier(),
    "logistic (C=100)": LogisticRegression(C=100, max_iter=500),
    "kNN(5)": KNeighborsClassifier(5),
    "Bernoulli NB": BernoulliNB(),
    "MLP(128)": MLPNet((128,)),
}
# Attack and the signal it reads.
ATTACKS = {
    "LiRA": (get_attack("lira-online").attack["model"], "scaled_logit"),
    "RMIA": (get_attack("rmia-online").attack["model"], "confidence"),
    "no clip": (LikelihoodRatioAttack(), "scaled_logit"),
    "clip 13.8": (LikelihoodRatioAttack(clip=13.8), "scaled_logit"),
    "per example": (LikelihoodRatioAttack(variance="per-example"), "scaled_logit"),
    "global": (LikelihoodRatioAttack(variance="global"), "scaled_logit"),
    "median": (LikelihoodRatioAttack(centre="median"), "scaled_logit"),
    "offline": (LikelihoodRatioAttack(mode="offline"), "scaled_logit"),
    "BASE": (BayesOptimalAttack(), "loss"),
    "BASE offline": (BayesOptimalAttack(mode="offline"), "loss"),
    "calibrated": (CalibratedAttack(), "loss"),
    "midpoint": (MidpointAttack(), "loss"),
}
SIGNALS = ["scaled_logit", "loss", "confidence"]


def part_of(Z, signal):
    """Columns of one signal, and of membership in the references."""
    return Z[[c for c in Z if c.startswith((f"{signal}|", "in|"))]]


def play(target, X, y, n_models, seed):
    """AUC and TPR of every attack for one target."""
    rng = np.random.RandomState(seed)
    evaluation = rng.permutation(len(y))[2504:5008]
    X, y = X[evaluation], y[evaluation]
    member = np.arange(len(y)) < len(y) // 2
    shadows = ShadowModels(
        target, n_shadows=n_models, signals=SIGNALS, random_state=rng
    )
    shadows.fit(X, y)
    model = set_random_states(clone(target), rng).fit(X[member], y[member])
    Z = shadows.reference_observations(model, SIGNALS)
    Z_fit, member_fit, _ = shadows.pseudo_observations(SIGNALS, n_targets=1)
    result = {}
    for name, (attack, signal) in ATTACKS.items():
        attack = clone(attack).fit(part_of(Z_fit, signal), member_fit)
        score = attack.decision_function(part_of(Z, signal))
        result[name, "AUC"] = roc_auc_score(member, score)
        result[name, "TPR"] = tpr_at_fpr(member, score, fpr=0.01)
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--models", type=int, default=64)
    options = parser.parse_args()
    X, y = fetch_location30(return_X_y=True)
    rows = {}
    for name, target in TARGETS.items():
        rounds = [
            play(target, X, y, options.models, seed) for seed in range(options.seeds)
        ]
        rows[name] = pd.DataFrame(rounds).mean().to_dict()
    table = pd.DataFrame(rows).T
    shown = {
        attack: table[attack].apply(lambda r: f"{r.AUC:.3f} / {r.TPR:.2f}", axis=1)
        for attack in ATTACKS
    }
    print(pd.DataFrame(shown).to_string())
    for attack, values in REFERENCE.items():
        expected = pd.DataFrame(values, index=["AUC", "TPR"]).T.loc[table.index]
        gap = table[attack][["AUC", "TPR"]] - expected
        print(f"\n{attack} minus the reference\n{gap.round(3).to_string()}")


if __name__ == "__main__":
    main()
