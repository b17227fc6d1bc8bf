"""Attacks on models without labels, on data that ship with scikit-learn.

    OMP_NUM_THREADS=1 python benchmarks/bench_unlabelled.py --write

writes the table of docs/attacks.md, in some minutes. Of each data set, standardised and
of 300 records at most, a random half is trained on, and 16 shadow models on random
halves of all. AUC, mean over the four data sets; with the standard error of the mean
over 3 splits, each with models and shadow models of its own. "As they are" compares
scores in spreads, without arcsinh; "densities" are their exponentials.
"""

import argparse

import numpy as np
import pandas as pd
from documents import markdown, write_section
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_wine,
)
from sklearn.metrics import roc_auc_score
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity, LocalOutlierFactor
from sklearn.preprocessing import scale
from sklearn.svm import OneClassSVM

from skmia.attacks import (
    ScoreLikelihoodRatioAttack,
    ScoreRelativeAttack,
    get_attack,
    make_attack,
    run,
)
from skmia.attacks.evidence import References
from skmia.attacks.models import _score_relative, _scores
from skmia.shadow import ShadowModels
from skmia.targets import Session

N_RECORDS, N_SPLITS, N_SHADOWS = 300, 3, 16
DATA = (load_digits, load_breast_cancer, load_wine, load_diabetes)
MODELS = {
    "LOF, 2 neighbours": LocalOutlierFactor(2, novelty=True),
    "LOF, 20 neighbours": LocalOutlierFactor(20, novelty=True),
    "one-class SVM, gamma 1": OneClassSVM(gamma=1.0, nu=0.1),
    "k-means of 60": KMeans(60, n_init=1),
    "kernel density, width 1": KernelDensity(bandwidth=1.0),
    "mixture of 2": GaussianMixture(2, reg_covar=1e-3),
}
THRESHOLD = "threshold"
ATTACKS = (
    "difficulty-calibration",
    *("lira-offline", "lira-online", "rmia-offline", "rmia-online"),
)


class AsTheyAre(ScoreLikelihoodRatioAttack):
    """LiRA on scores in spreads, which have no bounds."""

    def _compared(self, views):
        return [_in_spreads(*pair) for pair in zip(views, self._units, strict=True)]


class OfDensities(ScoreRelativeAttack):
    """RMIA on the exponentials of the scores themselves."""

    def _compared(self, views):
        return [_score_relative._likelihoods(view) for view in views]


def _in_spreads(view, unit):
    centre, spread = unit
    return _scores.replace(
        view,
        target=(view.target - centre) / spread,
        reference=(view.reference - centre) / spread,
    )


def attacks_on(kind):
    """Attacks by name; beside them the two that others are compared with."""
    first = "distance-threshold" if kind == "clusterer" else "score-threshold"
    found = {THRESHOLD: get_attack(first, of=kind)}
    found |= {name: get_attack(name, of=kind) for name in ATTACKS}
    attacks = {name: (one.attack, one.fitted_on) for name, one in found.items()}
    if kind != "clusterer":
        beside = References(["score_samples"], online=True)
        plain = make_attack(beside, AsTheyAre(mode="online"))
        density = make_attack(beside, OfDensities(mode="online"))
        attacks |= {"lira-online, as they are": (plain, "shadows")}
        attacks |= {"rmia-online, densities": (density, "shadows")}
    return attacks


def aucs(model, X, seed):
    """AUC of every attack on one split of one data set."""
    rows = np.random.RandomState(seed).permutation(len(X))[:N_RECORDS]
    X, n_train = X[rows], len(rows) // 2
    model = clone(model)
    if "random_state" in model.get_params():
        model.set_params(random_state=seed)
    model.fit(X[:n_train])
    member = (np.arange(len(X)) < n_train).astype(int)
    session = Session(model, X)
    shadows = ShadowModels(model, n_shadows=N_SHADOWS, random_state=seed).fit(X)
    held = {"shadows": shadows, "member": member, "seed": seed}
    return {
        name: roc_auc_score(member, run(attack, source, session, **held)[0])
        for name, (attack, source) in attacks_on(session.kind).items()
    }


def measured(n_splits):
    """AUC by model, split and data set, a column for each attack."""
    rows = {}
    for name, model in MODELS.items():
        for load in DATA:
            X = scale(load().data)
            for seed in range(n_splits):
                rows[name, seed, load.__name__] = aucs(model, X, seed)
        print(name, flush=True)
    return pd.DataFrame(rows).T


def main():
    """Print the table, or write it to the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--splits", type=int, default=N_SPLITS)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    by_split = measured(asked.splits).groupby(level=[0, 1], sort=False).mean()
    by = by_split.groupby(level=0, sort=False)
    mean, error = by.mean(), by.sem()
    rows = [[name, *map(_cell, mean.loc[name], error.loc[name])] for name in mean.index]
    table = markdown(["model", *mean.columns], rows)
    print(table)
    if asked.write:
        write_section("attacks.md", "unlabelled", table)


def _cell(mean, error):
    if np.isnan(mean):
        return ""
    return f"{mean:.3f} ± {error:.3f}".replace("0.", ".")


if __name__ == "__main__":
    main()
