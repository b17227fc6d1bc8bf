"""What a whole audit of a large forest costs beside the fits that it needs.

    OMP_NUM_THREADS=1 python benchmarks/bench_audit_cost.py

writes a table of docs/audits.md. 50,000 records of 14 features, a forest of 100 trees,
16 shadow models and the control. Bare is what cannot be spared: so many fits, and one
prediction of each of these models and of the audited one for all records, timed on
three of them in the same run. Memory is the largest of the process, records included.
"""

import argparse
import resource
from functools import partial

import numpy as np
from documents import markdown, write_section
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier

from skmia import audit
from skmia.auditing._choice import DEFAULT_ATTACKS
from skmia.auditing._timing import seconds_of

N_SHADOWS, N_TIMED = 16, 3
WHAT = {"default, without noisy copies": DEFAULT_ATTACKS, "default": None}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=50_000)
    n = parser.parse_args().records
    X, y = make_classification(n, 14, n_informative=8, flip_y=0.1, random_state=0)
    half = n // 2
    sets = X[:half], y[:half], X[half:], y[half:]
    models = [RandomForestClassifier(random_state=i) for i in range(N_TIMED)]
    fit = np.median([seconds_of(model.fit, *sets[:2]) for model in models])
    ask = np.median([seconds_of(model.predict_proba, X) for model in models])
    target = clone(models[0]).fit(*sets[:2])
    n_fits = N_SHADOWS + 1
    bare = n_fits * (fit + ask) + ask
    rows = []
    for name, attacks in WHAT.items():
        options = {"attacks": attacks, "n_shadows": N_SHADOWS, "random_state": 0}
        seconds = seconds_of(partial(audit, target, *sets, **options))
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        rows.append(
            [name, n_fits, f"{bare:.0f}", f"{seconds:.0f}", f"{seconds / bare:.2f}"]
        )
        rows[-1].append(f"{memory:.2f}")
        print(*rows[-1], sep=" | ", flush=True)
    header = ["audit", "fits", "bare, s", "audit, s", "ratio", "peak, GiB"]
    if n == 50_000:
        write_section("audits.md", "cost", markdown(header, rows))


if __name__ == "__main__":
    main()
