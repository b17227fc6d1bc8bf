"""How hard make_purchases is: the table in its docstring.

Run with: OMP_NUM_THREADS=1 python benchmarks/bench_make_purchases.py
"""

import numpy as np
from sklearn.linear_model import LogisticRegression

from skmia.datasets import make_purchases

N_TRAIN = 2000
N_CLASSES = (10, 20, 50, 100)
SEEDS = range(5)


def in_class_std(X, y):
    """Population standard deviation, averaged over features, then over classes."""
    return np.mean([X[y == label].std(axis=0).mean() for label in np.unique(y)])


def measure(n_classes, seed):
    X, y = make_purchases(n_classes=n_classes, random_state=seed)
    model = LogisticRegression(max_iter=1000).fit(X[:N_TRAIN], y[:N_TRAIN])
    return (
        X.mean(),
        in_class_std(X, y),
        model.score(X[:N_TRAIN], y[:N_TRAIN]),
        model.score(X[N_TRAIN:], y[N_TRAIN:]),
    )


def main():
    print("n_classes  density  in_class_std  train_accuracy  test_accuracy  (+- std)")
    for n_classes in N_CLASSES:
        rows = np.array([measure(n_classes, seed) for seed in SEEDS])
        density, spread, train, test = rows.mean(axis=0)
        print(
            f"{n_classes:9d}  {density:7.3f}  {spread:12.3f}  {train:14.3f}"
            f"  {test:13.3f}  {rows[:, 3].std():.3f}"
        )


if __name__ == "__main__":
    main()
