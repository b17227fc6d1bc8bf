"""Whether audits see what was planned, and cost what was estimated.

    OMP_NUM_THREADS=1 python benchmarks/bench_plan.py

writes two tables of docs/audits.md. *Planned*: 500 splits of each size in which an
attack is sure of as many members as `plan_audit` says, or of four fifths of these, and
knows nothing of all others; how often each metric is above its value without a leak.
*Estimated*: `estimate_cost` beside an audit with the default attacks, whose memory is
counted in a second run. ``--only`` makes one of the tables, ``--quick`` is for a try.
"""

import argparse
import time
import tracemalloc
import warnings

import numpy as np
from documents import markdown, write_section
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier

from skmia import audit
from skmia.auditing import estimate_cost, plan_audit
from skmia.metrics import auc_interval, epsilon_lower_bound, tpr_at_fpr_interval

SIZES = [(60, 60), (500, 500), (1000, 100), (2000, 2000)]
FPRS = (0.01, 0.1)
ALPHA = 0.05
MODELS = {
    "naive Bayes": GaussianNB(),
    "logistic": LogisticRegression(max_iter=500),
    "forest": RandomForestClassifier(100, random_state=0),
    "boosting": HistGradientBoostingClassifier(random_state=0),
    "MLP": MLPClassifier((64,), max_iter=30, random_state=0),
}


def is_seen(metric, member, score, seed):
    """Whether the lower end of a metric is above its value without a leak."""
    if metric == "auc":
        return auc_interval(member, score, confidence_level=1 - ALPHA)[0] > 0.5
    if metric == "epsilon":
        alpha = ALPHA / 2
        return epsilon_lower_bound(member, score, alpha=alpha, random_state=seed) > 0
    fpr = float(metric.rpartition("_")[2])
    low, _ = tpr_at_fpr_interval(member, score, fpr=fpr, confidence_level=1 - ALPHA)
    return low > fpr


def power(metric, n_members, n_train, n_holdout, n_games):
    """Share of splits in which an attack that is sure of so many members is seen."""
    member, rng = np.repeat([1, 0], [n_train, n_holdout]), np.random.default_rng(0)
    seen = 0
    for seed in range(n_games):
        score = rng.normal(size=len(member))
        score[:n_members] += 100
        seen += is_seen(metric, member, score, seed)
    return seen / n_games


def planned(n_games):
    """A row for each size and metric."""
    for sizes in SIZES:
        plan = plan_audit(*sizes, fprs=FPRS, alpha=ALPHA, power=0.8)
        for metric, row in plan[plan["n_members"].notna()].iterrows():
            k = int(row["n_members"])
            shares = [power(metric, n, *sizes, n_games) for n in (k, 4 * k // 5)]
            shown = [f"{share:.3f}" for share in shares]
            yield [f"{sizes[0]} and {sizes[1]}", metric, k, *shown]


def audited(model, sets):
    """Seconds and peak bytes of an audit, each of a run of its own."""
    start = time.perf_counter()
    report = audit(model, *sets, random_state=0)
    seconds = time.perf_counter() - start
    tracemalloc.start()
    audit(model, *sets, random_state=0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return seconds, peak, report


def estimated(n):
    """A row for each kind of model."""
    X, y = make_classification(n, 14, n_informative=8, flip_y=0.1, random_state=0)
    half = n // 2
    sets = X[:half], y[:half], X[half:], y[half:]
    for name, model in MODELS.items():
        model.fit(*sets[:2])
        start = time.perf_counter()
        cost = estimate_cost(model, *sets)
        took = time.perf_counter() - start
        seconds, peak, _ = audited(model, sets)
        yield [
            name,
            n,
            cost.n_fits,
            cost.n_queries,
            f"{cost.seconds:.1f}",
            f"{seconds:.1f}",
            f"{cost.seconds / seconds:.2f}",
            f"{cost.peak_memory / 2**20:.0f}",
            f"{peak / 2**20:.0f}",
            f"{cost.peak_memory / peak:.2f}",
            f"{took:.1f}",
        ]


def shown(rows):
    for row in rows:
        print(*row, sep=" | ", flush=True)
        yield row


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", choices=["planned", "estimated"])
    parser.add_argument("--quick", action="store_true", help="few games, no table")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", category=UserWarning)  # networks stop early
    if options.only != "estimated":
        rows = [*shown(planned(20 if options.quick else 500))]
        header = ["records", "metric", "sure of", "seen", "of four fifths"]
        if not options.quick:
            write_section("audits.md", "planned", markdown(header, rows))
    if options.only != "planned":
        sizes = (600,) if options.quick else (600, 2000)
        rows = [row for n in sizes for row in shown(estimated(n))]
        header = ["model", "records", "fits", "queries", "seconds, estimated"]
        header += ["measured", "ratio", "MiB, estimated", "measured", "ratio"]
        header += ["seconds of the estimate"]
        if not options.quick:
            write_section("audits.md", "estimated", markdown(header, rows))


if __name__ == "__main__":
    main()
