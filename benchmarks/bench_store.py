"""What it costs to keep models in a store, and to find them there.

    OMP_NUM_THREADS=1 python benchmarks/bench_store.py

Each model is fitted on 5,000 generated records of 20 features. "Kept" is to write it
and to see that what is read is the same, "found" is to read it. Pickles are those of a
``joblib.Memory``. CPU seconds, the smallest of five; skops was loaded before.
"""

import time
import warnings
from tempfile import TemporaryDirectory

import joblib
from documents import markdown
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from skmia import Store
from skmia.utils._cache import open_store, remember

MODELS = {
    "forest of 100 trees": RandomForestClassifier(100, random_state=0),
    "boosting of 100 trees": HistGradientBoostingClassifier(
        early_stopping=False, random_state=0
    ),
    "network, 100 units": MLPClassifier(max_iter=20, random_state=0),
    "logistic regression": LogisticRegression(),
}
HEADER = ["model", "fit, s", "kept, s", "found, s", "MB", "pickle kept, s", "found, s"]
N_RUNS = 5


def itself(model):
    """A result that costs nothing."""
    return model


def seconds(func, *args):
    """CPU seconds of a call."""
    begin = time.process_time()
    func(*args)
    return time.process_time() - begin


def kept_and_found(memory, model, n_runs):
    """Smallest CPU seconds of a first and a second call."""
    keys = [(clone(model), run) for run in range(n_runs)]
    runs = [
        [seconds(remember, memory, key, itself, model) for _ in range(2)]
        for key in keys
    ]
    return [min(times) for times in zip(*runs, strict=True)]


def measure(model, X, y):
    """A row of the table, without the name."""
    fit = min(seconds(model.fit, X, y) for _ in range(N_RUNS))
    with TemporaryDirectory() as folder, TemporaryDirectory() as pickles:
        store = open_store(Store(folder))
        kept_and_found(store, model, 1)
        store.clear()
        times = kept_and_found(store, model, N_RUNS)
        size = store.info()["bytes"] / N_RUNS / 1e6
        others = kept_and_found(joblib.Memory(pickles, verbose=0), model, N_RUNS)
    return [fit, *times, size, *others]


def main():
    """Print the table."""
    warnings.simplefilter("ignore")  # of a network that has not converged
    X, y = make_classification(5000, 20, n_informative=10, random_state=0)
    rows = []
    for name, model in MODELS.items():
        rows.append([name, *(f"{value:.3f}" for value in measure(model, X, y))])
    print(markdown(HEADER, rows))


if __name__ == "__main__":
    main()
