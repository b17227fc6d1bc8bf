"""Audits of models that cannot leak: how often do they state something all the same?

    OMP_NUM_THREADS=1 python benchmarks/bench_null.py --games 300 --jobs 2

writes docs/calibration.md, docs/null.md and benchmarks/results/null.csv. A game is a
whole audit with the default attacks. Its training and holdout records are fresh, the
model was trained on others: whatever the audit finds is wrong.

- plain: naive Bayes, 40 and 40 records of four features,
- few: the same, 20 and 20,
- unequal: the same, 400 and 40,
- copies: 12 and 12 rows, each of them five times,
- near copies: the same, with noise of a ten-thousandth of the spread,
- groups: 40 and 40 groups of one to three records that resemble each other,
- ties: a tree of depth 3,
- coarse: the same, its answers rounded to one decimal,
- labels: naive Bayes that answers with labels only,
- neighbours, counts, logistic, networks: as plain, other models whose shadow models are
  trained at once: nearest neighbours, naive Bayes of booleans, logistic regression, a
  network of 8 units,
- regressor: ridge regression of a number, whose shadow models answer for both sides,
- regression tree: a tree of depth 3,
- two outputs: a tree of depth 3 for two labels of each record,
- detector, clusterer, density: models without labels, a local outlier factor, k-means
  of four centres, a mixture of two normal laws,
- other attacks: as plain, with those that an audit does not run by itself and that
  learn from shadow models or from nobody whose membership is known,
- cross-fitted: as plain, with all attacks that learn from known members or non-members
  of the target, and with an own one, logistic regression on three signals,
- cross-validation: `audit_cv` of three folds, twice, of a model that learns nothing of
  its records.

``--kinds`` plays some of them and replaces their rows; ``--write`` plays none, and
writes the pages from what is kept.
"""

import argparse
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from documents import write_section
from null_tables import not_played, scoreboard, worst
from sklearn.base import BaseEstimator, ClassifierMixin, clone, is_regressor
from sklearn.cluster import KMeans
from sklearn.linear_model import LogisticRegression, Ridge, RidgeClassifier
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import RepeatedStratifiedKFold, cross_validate
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.neighbors import KNeighborsClassifier, LocalOutlierFactor
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from skmia import audit
from skmia.attacks import AttackRecipe, get_attack, get_attack_names, make_attack
from skmia.attacks.evidence import Signals
from skmia.auditing import audit_cv, calibrate
from skmia.auditing._choice import DEFAULT_ATTACKS, OF_MANY_QUERIES
from skmia.defenses import LabelOnly, RoundedPosterior
from skmia.neural import MLPNet

N_TRAIN = 60
N_SHADOWS = "auto"
FPR = 0.1
TREE = DecisionTreeClassifier(max_depth=3, random_state=0)
MODELS = {
    "ties": TREE,
    "coarse": RoundedPosterior(TREE, decimals=1),
    "labels": LabelOnly(GaussianNB()),
    "neighbours": KNeighborsClassifier(),
    "counts": BernoulliNB(),
    "logistic": LogisticRegression(),
    "least squares": RidgeClassifier(),
    "networks": MLPNet((8,), max_epochs=20, random_state=0),
    "regressor": Ridge(),
    "regression tree": DecisionTreeRegressor(max_depth=3, random_state=0),
    "two outputs": TREE,
    "detector": LocalOutlierFactor(n_neighbors=5, novelty=True),
    "clusterer": KMeans(4, n_init=1, random_state=0),
    "density": GaussianMixture(2, random_state=0),
}
SIZES = {"few": (20, 20), "unequal": (400, 40)}
COPIES = ("copies", "near copies")
SPREADS = {"near copies": 1e-4, "groups": 0.3}
KINDS = (
    "plain",
    *SIZES,
    *COPIES,
    "groups",
    *MODELS,
    "other attacks",
    "cross-fitted",
    "cross-validation",
)
OWN = make_attack(Signals(["loss", "entropy", "max_confidence"]), LogisticRegression())
CROSS_FITTED = [AttackRecipe("own (logistic)", OWN, "members")] + [
    name
    for name in get_attack_names(access="scores")
    if get_attack(name).fitted_on in ("members", "nonmembers")
    and "former" not in get_attack(name).needs
]
# What an adversary with shadow models, or with all records at once, has.
REACHED = {"shadows", "references", "candidates", "batch"}
OTHERS = [
    name
    for name in get_attack_names(access="scores")
    if REACHED.issuperset(get_attack(name).needs)
    and name not in (*DEFAULT_ATTACKS, *OF_MANY_QUERIES)
]
NAMED = {"other attacks": OTHERS, "cross-fitted": CROSS_FITTED}
RESULTS = Path(__file__).parent / "results" / "null.csv"


class Stranger(ClassifierMixin, BaseEstimator):
    """Naive Bayes trained on records of its own."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y):
        """Learn nothing of what is given."""
        rng = np.random.RandomState(self.random_state)
        self.own_ = GaussianNB().fit(*population(N_TRAIN, rng))
        self.classes_ = self.own_.classes_
        return self

    def predict_proba(self, X):
        """Of the model inside."""
        return self.own_.predict_proba(X)

    def predict(self, X):
        """Of the model inside."""
        return self.own_.predict(X)


def population(n, rng):
    """Records of two classes."""
    X = rng.normal(size=(n, 4))
    return X, (X[:, 0] + rng.normal(size=n) > 0).astype(int)


def of_numbers(n, rng):
    """The same records, with a number for a label."""
    X = rng.normal(size=(n, 4))
    return X, X[:, 0] + rng.normal(size=n)


def of_two_labels(n, rng):
    """The same records, with a second label."""
    X, y = population(n, rng)
    return X, np.column_stack([y, X[:, 1] + rng.normal(size=n) > 0]).astype(int)


def drawn_for(kind, model):
    """What draws records for a model."""
    if kind == "two outputs":
        return of_two_labels
    return of_numbers if is_regressor(model) else population


def rows_of(kind):
    """Which record stands in every row of the two sets, and the length of the first."""
    if kind in COPIES:
        return np.repeat(np.arange(24), 5), 60
    if kind == "groups":
        rows = np.repeat(np.arange(80), 1 + np.arange(80) % 3)
        return rows, np.count_nonzero(rows < 40)
    n_train, n_holdout = SIZES.get(kind, (40, 40))
    return np.arange(n_train + n_holdout), n_train


def play(kind, attacks, seed):
    """Report of one game."""
    rng = np.random.RandomState(seed)
    if kind == "cross-validation":
        return play_folds(rng, attacks, seed)
    model = clone(MODELS.get(kind, GaussianNB()))
    drawn = drawn_for(kind, model)
    model.fit(*drawn(N_TRAIN, rng))
    rows, n_train = rows_of(kind)
    X, y = (part[rows] for part in drawn(rows.max() + 1, rng))
    X = X + SPREADS.get(kind, 0) * rng.normal(size=X.shape)
    return audit(
        model,
        *(X[:n_train], y[:n_train], X[n_train:], y[n_train:]),
        attacks=NAMED.get(kind, attacks),
        groups=rows if kind == "groups" else None,
        n_shadows=N_SHADOWS,
        fprs=[FPR],
        random_state=seed,
    )


def play_folds(rng, attacks, seed):
    """Report of an audit of folds."""
    X, y = population(80, rng)
    folds = RepeatedStratifiedKFold(n_splits=3, n_repeats=2, random_state=seed)
    kept = {"return_estimator": True, "return_indices": True}
    model = Stranger(random_state=rng.randint(2**31))
    results = cross_validate(model, X, y, cv=folds, **kept)
    return audit_cv(results, X, y, attacks=attacks, fprs=[FPR], random_state=seed)


def rates(kind, n_games, attacks=None, n_jobs=None):
    """How often each statement was wrong."""
    game = partial(play, kind, attacks)
    found = calibrate(game, n_games, random_state=0, n_jobs=n_jobs)
    return pd.concat({kind: found}, names=["kind"])


def known():
    """What is kept."""
    return pd.read_csv(RESULTS, keep_default_na=False, na_values=["nan"])


def write(found):
    """Write both pages."""
    write_section("calibration.md", "null games", worst(found))
    write_section("null.md", "scoreboard", scoreboard(found))
    write_section("null.md", "not played", not_played(found))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--games", type=int, default=300)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--jobs", type=int, default=1)
    about = "write the pages from what is kept, and play nothing"
    parser.add_argument("--write", action="store_true", help=about)
    asked = parser.parse_args()
    if asked.write:
        write(known())
        return
    for kind in asked.kinds:
        found = rates(kind, asked.games, n_jobs=asked.jobs).reset_index()
        found["attack"] = found["attack"].fillna("")
        print(found.round(3).to_string(), flush=True)
        if RESULTS.exists():
            others = known()
            found = pd.concat([others[others["kind"] != kind], found])
        found.round(6).to_csv(RESULTS, index=False, na_rep="nan")
        write(known())


if __name__ == "__main__":
    main()
