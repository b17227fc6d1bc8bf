"""What a budget in a file costs, asked one record at a time.

    OMP_NUM_THREADS=1 python benchmarks/bench_budget.py

Each way asks 2,000 new records, 200 in a turn, and the least of ten turns counts. "bare
commit" is a row inserted and committed with the sqlite3 of Python, in a file like that
of the budget: what cannot be saved. CPU is of the process, with the kernel's part of
what is synced; "wall" is mostly the disk.
"""

import hashlib
import sqlite3
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from documents import markdown
from sklearn.datasets import make_classification
from sklearn.naive_bayes import GaussianNB

from skmia.defenses import PrivateLogits, QueryBudget, QueryLimit
from skmia.targets import PredictionAPI

TURNS, ROWS = 10, 200
HEADER = ["way", "CPU, ms a row", "to a bare commit", "wall, ms a row"]


def bare_commit(folder):
    """A function that inserts a row and commits."""
    db = sqlite3.connect(folder / "bare.db", isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE asked (record BLOB PRIMARY KEY) WITHOUT ROWID")

    def ask(name, row):
        db.execute("BEGIN IMMEDIATE")
        key = hashlib.blake2b(name, digest_size=32).digest()
        db.execute("INSERT INTO asked VALUES (?)", (key,))
        db.execute("COMMIT")

    return db, ask


def charge(budget):
    def ask(name, row):
        with budget.charge([name]):
            pass

    return ask


def predict(model):
    return lambda name, row: model.predict(row)


def ways(folder, X, y):
    """How each way asks about one record."""
    model = GaussianNB().fit(X, y)
    limit = 10**6
    defended = {
        "memory": QueryLimit(GaussianNB(), budget=limit),
        "file": QueryLimit(
            GaussianNB(), budget=QueryBudget(limit, path=folder / "limit.db")
        ),
    }
    private = PrivateLogits(
        GaussianNB(),
        classes=[0, 1],
        max_queries=TURNS * ROWS,
        budget=QueryBudget(TURNS * ROWS, path=folder / "private.db"),
    )
    api = PredictionAPI(model.predict_proba, [0, 1], cache=folder / "answers.db")
    asked = {"model itself": model} | {
        f"`QueryLimit`, budget in {where}": one.fit(X, y)
        for where, one in defended.items()
    }
    asked["`PrivateLogits`, budget in a file"] = private.fit(X, y)
    asked["`PredictionAPI`, cache in a file"] = api
    return {
        "`charge`, in memory": charge(QueryBudget(limit)),
        "`charge`, in a file": charge(QueryBudget(limit, path=folder / "budget.db")),
        **{name: predict(one) for name, one in asked.items()},
    }


def measure(ask, turn, X):
    """CPU and wall milliseconds a row."""
    cpu, wall = time.process_time(), time.perf_counter()
    for i in range(turn * ROWS, (turn + 1) * ROWS):
        ask(b"%d" % i, X[i : i + 1])
    used = time.process_time() - cpu, time.perf_counter() - wall
    return 1000 * np.array(used) / ROWS


def main():
    """Print the table."""
    X, y = make_classification(TURNS * ROWS, 20, random_state=0)
    with TemporaryDirectory() as name:
        folder = Path(name)
        db, bare = bare_commit(folder)
        asks = {"bare commit": bare, **ways(folder, X, y)}
        turns = [[measure(ask, i, X) for ask in asks.values()] for i in range(TURNS)]
        times = dict(zip(asks, np.min(turns, axis=0), strict=True))
        db.close()
    least = times["bare commit"][0]
    rows = [
        [name, f"{cpu:.3f}", f"{cpu / least:.2f}", f"{wall:.2f}"]
        for name, (cpu, wall) in times.items()
    ]
    print(markdown(HEADER, rows))


if __name__ == "__main__":
    main()
