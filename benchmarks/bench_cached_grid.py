"""What a cached grid costs on top of its distinct work.

    OMP_NUM_THREADS=1 python benchmarks/bench_cached_grid.py

Runs the 4 x 4 x 4 grid of model types on Location-30 (or, without that data, on
make_purchases) through GridSearchCV with a cache, and the same distinct fits,
predictions and attack fits bare, in one process. The target: at most 1.3 times.
Also prints the peak memory of recording observations beside the size of the pool.
"""

import tempfile
import time
import tracemalloc
import warnings

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedShuffleSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame, ShadowModels, game_scorer
from skmia.datasets import fetch_location30, make_purchases
from skmia.shadow import BalancedShuffleSplit

N_SHADOWS = 10
SIGNALS = ["posterior", "loss"]
ZOO = [
    DecisionTreeClassifier(),
    KNeighborsClassifier(5),
    LogisticRegression(max_iter=300),
    GaussianNB(),
]


def load():
    try:
        X, y = fetch_location30(return_X_y=True, download_if_missing=False)
    except OSError:
        X, y = make_purchases(5000, 446, 30, random_state=0)
    return X.astype(float), y


def timed(function, *args):
    start = time.perf_counter()
    result = function(*args)
    return result, time.perf_counter() - start


def run_grid(X, y, cv):
    with tempfile.TemporaryDirectory() as cache:
        game = MembershipGame(
            ZOO[0], signals=SIGNALS, n_shadows=N_SHADOWS, memory=cache, random_state=0
        )
        return GridSearchCV(
            game,
            {"target": ZOO, "shadow_estimator": ZOO, "attack": ZOO},
            scoring=game_scorer("accuracy", "auc"),
            refit=False,
            cv=cv,
            error_score="raise",
        ).fit(X, y)


def fit_and_ask(model, X, y, train):
    clone(model).fit(X[train], y[train]).predict_proba(X)


def distinct_work(X, y, train, test):
    """Every fit and prediction that no cache can save, without skmia around it."""
    halves = list(
        BalancedShuffleSplit(N_SHADOWS, random_state=0).split(X[train], y[train])
    )
    members = halves[0][0][halves[0][0] < len(test)]
    seconds = 0.0
    for generator in ZOO:
        for part, _ in halves:
            seconds += timed(fit_and_ask, generator, X[train], y[train], part)[1]
    for target in ZOO:
        seconds += timed(fit_and_ask, target, X[test], y[test], members)[1]
    return seconds


def attack_work(X, y, train):
    """Distinct attack fits, and the two predictions of each of the 64 cells."""
    seconds = 0.0
    for generator in ZOO:
        shadows = ShadowModels(
            generator, n_shadows=N_SHADOWS, signals=SIGNALS, random_state=0
        ).fit(X[train], y[train])
        Z, member, _ = shadows.observations()
        own = Z.iloc[: len(train)]
        for attack in ZOO:
            model, spent = timed(clone(attack).fit, Z, member)
            asked = sum(
                timed(getattr(model, method), own)[1]
                for method in ("predict", "predict_proba")
            )
            seconds += spent + len(ZOO) * asked
    return seconds


def peak_of_observations(X, y):
    """Peak memory while recording, in units of the pool and of the result."""
    shadows = ShadowModels(GaussianNB(), n_shadows=40, signals=["loss"], random_state=0)
    tracemalloc.start()
    Z, _, _ = shadows.fit(X, y).observations()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak, X.nbytes, Z.to_numpy().nbytes


def main():
    warnings.simplefilter("ignore", ConvergenceWarning)
    X, y = load()
    cv = StratifiedShuffleSplit(1, test_size=0.5, random_state=0)
    train, test = next(cv.split(X, y))
    _, grid = timed(run_grid, X, y, cv)
    bare = distinct_work(X, y, train, test) + attack_work(X, y, train)
    print(f"cached 4 x 4 x 4 grid      {grid:6.2f} s")
    print(f"its distinct work, bare    {bare:6.2f} s")
    print(f"ratio                      {grid / bare:6.2f}")
    peak, pool, result = peak_of_observations(X, y)
    print(
        f"40 shadows, one signal: peak {peak / 1e6:.0f} MB; pool {pool / 1e6:.0f} MB, "
        f"observations {result / 1e6:.1f} MB"
    )


if __name__ == "__main__":
    np.seterr(divide="ignore")
    main()
