"""Scores of reference attacks on a million records by 64 models, beside naive forms.

    OMP_NUM_THREADS=1 python benchmarks/bench_scoring.py

CPU seconds for ``--n-records``, the smallest of three runs; naive forms run on fewer
records, and their time is scaled. "Extra" is memory beyond input and output.
"""

import argparse
import time
import tracemalloc

import numpy as np
import pandas as pd
from scipy.stats import norm

from skmia.attacks import (
    LikelihoodRatioAttack,
    leave_one_out_likelihood_ratio,
    relative_score,
)
from skmia.utils._reference_table import ReferenceView

N_MODELS = 64
FLOOR = 0.01
N_LEFT_OUT = 200_000  # records for leave-one-out
N_LOOP = 2_000  # records for the loop
N_PAIRS = 10_000  # records beside the whole population
N_POPULATION = 10_000


def scaled_logit(P):
    """Log odds in blocks of rows, from the probability of the true class."""
    score = np.empty_like(P)
    floor = np.float32(1e-30)
    for start in range(0, len(P), 1024):
        block = P[start : start + 1024]
        out = score[start : start + 1024]
        np.log(np.maximum(block, floor), out=out)
        out -= np.log(np.maximum(1 - block, floor))
    return score


def naive_logit(P):
    P = P.astype(float)
    return np.log(P + 1e-30) - np.log(1 - P + 1e-30)


def likelihood_ratio(mode):
    attack = LikelihoodRatioAttack(mode=mode, variance="per-example", floor=FLOOR)

    def score(target, reference, inside):
        view = ReferenceView("", target, reference, inside)
        return attack._score(view, attack._state)

    def learn(target, reference, inside):
        attack._state = attack._learn(
            ReferenceView("", target, reference, inside), None
        )
        return score

    return learn


def nan_moments(target, reference, inside):
    """Online ratio with nan-means and nan-deviations of whole matrices."""
    parts = []
    for mask in (inside, ~inside):
        values = np.where(mask, reference, np.float32(np.nan))
        parts += [np.nanmean(values, axis=1), np.nanstd(values, axis=1) + FLOOR]
    return norm.logpdf(target, *parts[:2]) - norm.logpdf(target, *parts[2:])


def loop(target, reference, inside):
    """Online ratio, one record after the other."""
    score = np.empty(len(target))
    for i, (value, row, mask) in enumerate(zip(target, reference, inside, strict=True)):
        sides = row[mask], row[~mask]
        density = [
            norm.logpdf(value, side.mean(), side.std() + FLOOR) for side in sides
        ]
        score[i] = density[0] - density[1]
    return score


def recompute(score, reference, inside):
    """Each of the models as the target, from scratch."""
    return np.stack(
        [
            score(
                reference[:, i],
                np.delete(reference, i, axis=1),
                np.delete(inside, i, axis=1),
            )
            for i in range(N_MODELS)
        ],
        axis=1,
    )


def all_pairs(log_ratio, population):
    return (log_ratio[:, None] > population).mean(axis=1)


def measure(function, *args, repeats=3):
    """Answer, CPU seconds, and memory beyond the answer in megabytes."""
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        answer = function(*args)
        seconds.append(time.process_time() - start)
    tracemalloc.start()
    function(*args)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return answer, min(seconds), (peak - answer.nbytes) / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n-records", type=int, default=1_000_000)
    n = parser.parse_args().n_records
    rng = np.random.RandomState(0)
    P = rng.beta(5, 1, size=(n, N_MODELS)).astype(np.float32)
    inside = rng.rand(n, N_MODELS) < 0.5
    rows = {}

    def row(name, function, *args, scale=1.0, **kwargs):
        answer, seconds, extra = measure(function, *args, **kwargs)
        rows[name] = {"s": seconds * scale, "extra MB": extra, "scaled by": scale}
        return answer

    reference = row("scaled logit", scaled_logit, P)
    row("  whole array, float64", naive_logit, P[: n // 5], scale=5, repeats=1)
    del P
    reference += inside
    target = reference[:, 0] + rng.normal(size=n).astype(np.float32)

    given = target, reference, inside
    few = tuple(a[: n // 5] for a in given)
    fewest = tuple(a[:N_LOOP] for a in given)
    online = likelihood_ratio("online")(*given)
    fast = row("LiRA online", online, *given)
    nan = row("  nan-means", nan_moments, *few, scale=5, repeats=1)
    slow = row("  loop over records", loop, *fewest, scale=n / N_LOOP, repeats=1)
    np.testing.assert_allclose(fast[: len(nan)], nan, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(fast[:N_LOOP], slow, rtol=1e-3, atol=1e-3)
    row("LiRA offline", likelihood_ratio("offline")(*given), *given)

    given = reference[:N_LEFT_OUT], inside[:N_LEFT_OUT]
    options = {"variance": "per-example", "floor": FLOOR}
    name = f"LiRA leave-one-out, {N_LEFT_OUT:,} records"
    fast = row(name, lambda *a: leave_one_out_likelihood_ratio(*a, **options), *given)
    tenth = tuple(a[: N_LEFT_OUT // 10] for a in given)
    slow = row("  64 times online", recompute, online, *tenth, scale=10, repeats=1)
    np.testing.assert_allclose(fast[: len(slow)], slow, rtol=1e-3, atol=1e-3)

    log_ratio, population = rng.normal(size=n), rng.normal(size=N_POPULATION)
    fast = row("RMIA exact", relative_score, log_ratio, population)
    slow = row(
        "  all pairs",
        all_pairs,
        log_ratio[:N_PAIRS],
        population,
        scale=n / N_PAIRS,
        repeats=1,
    )
    np.testing.assert_array_equal(fast[:N_PAIRS], slow)

    table = pd.DataFrame(rows).T
    fast = table["s"].where(~table.index.str.startswith(" ")).ffill()
    table["ratio"] = table["s"] / fast
    print(table.round(3).to_string())


if __name__ == "__main__":
    main()
