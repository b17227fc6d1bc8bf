"""What a search over eight attacks costs, with and without a cache.

    OMP_NUM_THREADS=1 python benchmarks/bench_attack_grid.py

One fold of 3,000 records of Location-30 (or, without that data, of make_purchases), a
forest of 50 trees as target and generator, ten shadow models. Counts the forests that
are fitted and the answers that they are asked for, and measures the time: without a
cache, with a new one, and with the same one again. The AUCs must be the same, bit for
bit. Distinct are 11 forests (ten shadow models, one target) and 22 answers.
"""

import tempfile
import time

import numpy as np
from bench_cached_grid import load
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV, StratifiedShuffleSplit

from skmia import MembershipGame, Store, game_scorer

ATTACKS = [
    "gap",
    "loss-threshold",
    "shadow",
    "truex",
    "lira-offline",
    "rmia-offline",
    "reference",
    "difficulty-calibration",
]


class CountingForest(RandomForestClassifier):
    """Counts the fits and the answers of all its instances."""

    n_fits = n_answers = 0

    def fit(self, X, y):
        """Fit, and count."""
        CountingForest.n_fits += 1
        return super().fit(X, y)

    def predict_proba(self, X):
        """Answer, and count; labels are made of it, too."""
        CountingForest.n_answers += 1
        return super().predict_proba(X)


def search(X, y, memory):
    """AUC of each attack; fits, answers, CPU seconds."""
    CountingForest.n_fits = CountingForest.n_answers = 0
    game = MembershipGame(
        CountingForest(50), n_shadows=10, memory=memory, random_state=0
    )
    start = time.process_time()
    found = GridSearchCV(
        game,
        {"attack": ATTACKS},
        scoring=game_scorer("auc"),
        refit=False,
        cv=StratifiedShuffleSplit(1, test_size=0.5, random_state=0),
        error_score="raise",
    ).fit(X, y)
    seconds = time.process_time() - start
    auc = found.cv_results_["mean_test_score"]
    return auc, CountingForest.n_fits, CountingForest.n_answers, seconds


def main():
    """Print the table."""
    X, y = load()
    rows = np.random.RandomState(0).permutation(len(y))[:3000]
    X, y = X[rows], y[rows]
    print(f"{'':16s} {'fits':>5s} {'answers':>8s} {'seconds':>8s} {'ratio':>6s}")
    with tempfile.TemporaryDirectory() as folder:
        runs = {"no cache": None, "a new cache": folder, "the same again": folder}
        results = {name: search(X, y, memory) for name, memory in runs.items()}
        size = Store(folder).info()["bytes"]
    expected, *_, slowest = results["no cache"]
    for name, (auc, n_fits, n_answers, seconds) in results.items():
        np.testing.assert_array_equal(auc, expected)
        ratio = slowest / seconds
        print(f"{name:16s} {n_fits:5d} {n_answers:8d} {seconds:8.2f} {ratio:6.1f}")
    print(f"cache {size / 1e6:.0f} MB; the AUCs are the same")


if __name__ == "__main__":
    main()
