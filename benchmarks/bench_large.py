"""Memory and time of audits of many records, and of many classes.

    OMP_NUM_THREADS=1 python benchmarks/bench_large.py

"Bare" is what cannot be spared: as many fits as the audit makes, on half of the records
each, and the posteriors of all records by each of these models and the audited one, one
after the other. Bare fits and audit have a process of their own each; memory is the
largest of the process, records and audited model included, as the system counts it.
"""

import argparse
import json
import resource
import subprocess
import sys
import time

import numpy as np
from documents import markdown
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia import audit

N_SHADOWS = 16
HEADER = ["records", "classes", "model", "bare, s", "audit, s", "ratio"]
HEADER += ["bare, GiB", "audit, GiB"]


def people(n):
    """Records like those of Adult: 6 numbers, 8 categories as codes, 2 classes."""
    rng = np.random.RandomState(0)
    numbers = rng.normal(size=(n, 6))
    codes = rng.geometric(0.3, size=(n, 8)).clip(max=16).astype(float)
    score = numbers[:, 0] + numbers[:, 1] * numbers[:, 2] + 0.3 * codes[:, 0]
    y = (score + rng.normal(size=n) > 2).astype(int)
    return np.hstack([numbers, codes]), y


def species(n, n_classes=1000, n_features=64):
    """Records around a thousand centres."""
    rng = np.random.RandomState(0)
    centres = rng.normal(size=(n_classes, n_features))
    y = rng.permutation(np.arange(n) % n_classes)
    return centres[y] + rng.normal(size=(n, n_features)), y


def _linear():
    return make_pipeline(StandardScaler(), LogisticRegression())


CASES = {
    "tree": (people, 1_000_000, DecisionTreeClassifier(max_depth=12, random_state=0)),
    "boosting": (people, 1_000_000, HistGradientBoostingClassifier(random_state=0)),
    "linear": (people, 1_000_000, _linear()),
    "tree, many classes": (species, 10_000, DecisionTreeClassifier(random_state=0)),
    "linear, many classes": (species, 10_000, _linear()),
}


def bare(model, X, y):
    """Fits that an audit cannot spare, and what these models answer."""
    rng = np.random.RandomState(0)
    for _ in range(N_SHADOWS):
        rows = rng.permutation(len(X))[: len(X) // 2]
        clone(model).fit(X[rows], y[rows]).predict_proba(X)
    model.predict_proba(X)


def whole(model, X, y):
    """The audit, all default attacks."""
    half = len(X) // 2
    sets = X[:half], y[:half], X[half:], y[half:]
    report = audit(model, *sets, n_shadows=N_SHADOWS, random_state=0)
    print(report.summary[["auc", "seconds", "status"]].to_string(), file=sys.stderr)


def one(name, work, n):
    """Seconds and largest memory in GiB of one piece of work in this process."""
    make, n_records, model = CASES[name]
    X, y = make(n or n_records)
    half = len(X) // 2
    model.fit(X[:half], y[:half])
    start = time.perf_counter(), time.process_time()
    {"bare": bare, "audit": whole}[work](model, X, y)
    seconds = time.perf_counter() - start[0], time.process_time() - start[1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {"n": len(X), "classes": len(np.unique(y)), "s": seconds[1], "peak": peak}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", nargs="*", choices=CASES, default=list(CASES))
    parser.add_argument("--n-records", type=int, help="instead of those of the case")
    parser.add_argument("--work", choices=["bare", "audit"], help="in this process")
    args = parser.parse_args()
    if args.work:
        print(json.dumps(one(args.cases[0], args.work, args.n_records)))
        return
    rows = []
    for name in args.cases:
        command = [sys.executable, __file__, "--cases", name]
        command += ["--n-records", str(args.n_records)] if args.n_records else []
        found = [
            json.loads(subprocess.check_output([*command, "--work", work]))
            for work in ("bare", "audit")
        ]
        first, second = found
        rows.append([f"{first['n']:,}", f"{first['classes']:,}", name])
        rows[-1] += [f"{one['s']:.1f}" for one in found]
        rows[-1] += [f"{second['s'] / first['s']:.2f}"]
        rows[-1] += [f"{one['peak']:.2f}" for one in found]
        print(*rows[-1], sep=" | ", flush=True)
    print(markdown(HEADER, rows))


if __name__ == "__main__":
    main()
