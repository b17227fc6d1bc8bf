"""Audits that stop as soon as they have decided: how often wrongly, and what is saved.

    OMP_NUM_THREADS=1 python benchmarks/bench_decide.py --games 1000 --jobs 2

writes a table of docs/audits.md. All with the default attacks and four shadow models.
Without a leak: naive Bayes that was trained on other records, 40 and 40 of them; any
epsilon above 0 is wrong, and may be shown in 2.5 % of the games. With one: a tree, a
forest and logistic regression on digits, 300 and 300 records; whether epsilon is above
0, 1 and 3.
"""

import argparse
import time

import numpy as np
from bench_null import N_TRAIN, population
from documents import markdown, write_section
from joblib import Parallel, delayed
from scipy.stats import binomtest
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia import audit

N_SHADOWS = 4
MODELS = {
    "tree": DecisionTreeClassifier(min_samples_leaf=5, random_state=0),
    "forest": RandomForestClassifier(100, random_state=0),
    "logistic": LogisticRegression(C=10, max_iter=1000),
}
LIMITS = (0, 1, 3)
N_DIVISIONS = 5


def decided(model, sets, limit, seed):
    """Whether it was decided, the share of attacks that were run, and the seconds."""
    start = time.perf_counter()
    report = audit(
        model,
        *sets,
        n_shadows=N_SHADOWS,
        decide={"max_epsilon": limit},
        random_state=seed,
    )
    is_above = report.epsilon is not None and report.epsilon.epsilon > limit
    seconds = time.perf_counter() - start
    return is_above, len(report.ran) / len(report.results), seconds


def without_leak(seed):
    rng = np.random.RandomState(seed)
    model = GaussianNB().fit(*population(N_TRAIN, rng))
    sets = (*population(40, rng), *population(40, rng))
    return decided(model, sets, 0, seed)


def with_leak(name, limit, seed):
    X, y = load_digits(return_X_y=True)
    rows = np.random.RandomState(seed).permutation(len(y))
    inside, outside = rows[:300], rows[300:600]
    model = MODELS[name].fit(X[inside], y[inside])
    return decided(model, (X[inside], y[inside], X[outside], y[outside]), limit, seed)


def row(title, limit, games):
    above, share, seconds = np.transpose(games)
    n, k = len(above), int(above.sum())
    end = binomtest(k, n).proportion_ci(method="exact")
    shown = f"{100 * k / n:.1f} % [{100 * end.low:.1f} to {100 * end.high:.1f}]"
    return [title, limit, n, shown, f"{share.mean():.2f}", f"{seconds.mean():.2f}"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--games", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    play = Parallel(asked.jobs)
    games = play(delayed(without_leak)(seed) for seed in range(asked.games))
    rows = [row("none", 0, games)]
    for name in MODELS:
        for limit in LIMITS:
            jobs = (delayed(with_leak)(name, limit, s) for s in range(N_DIVISIONS))
            rows.append(row(name, limit, play(jobs)))
    header = ["leak of", "above", "games", "decided, 95 % interval"]
    header += ["attacks run", "seconds"]
    print(table := markdown(header, rows))
    if asked.games >= 1000:
        write_section("audits.md", "decided", table)


if __name__ == "__main__":
    main()
