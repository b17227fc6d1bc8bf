"""Bounds of jax-privacy on the scores of bench_epsilon.py.

    python3 -m venv /tmp/peer
    /tmp/peer/bin/pip install --no-deps jax-privacy==2.0.0 dp-accounting==0.6.0
    /tmp/peer/bin/pip install numpy scipy absl-py "attrs<24" mpmath dm-tree
    python benchmarks/bench_epsilon.py --export /tmp/epsilon.npz
    /tmp/peer/bin/python benchmarks/peer_epsilon.py /tmp/epsilon.npz

writes benchmarks/results/epsilon-jax-privacy.csv, which bench_epsilon.py puts beside
its own. Of jax-privacy only the module of audits is loaded, which needs no JAX. Levels
are 0.05, delta 1e-5 where there has to be one; "raw counts" is an estimate, said so by
its documentation, and no bound.
"""

import argparse
import csv
import importlib.util
import sys
from functools import partial
from importlib.metadata import distribution
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).parent / "results" / "epsilon-jax-privacy.csv"
HEADER = ["kind", "case", "method", "runs", "positive", "mean", "sd"]
ALPHA, DELTA = 0.05, 1e-5


def load():
    path = distribution("jax-privacy").locate_file("jax_privacy/auditing.py")
    spec = importlib.util.spec_from_file_location("auditing", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["auditing"] = module  # its dataclasses look for it
    spec.loader.exec_module(module)
    return module


def methods(jax_privacy):
    """Name and function of an auditor and a seed."""

    def bonferroni(method, auditor, seed):
        return getattr(auditor, method)(ALPHA, DELTA)

    def split(method, auditor, seed):
        strategy = jax_privacy.Split(seed=seed)
        return getattr(auditor, method)(ALPHA, DELTA, threshold_strategy=strategy)

    bounds = {
        "Clopper-Pearson": "epsilon_clopper_pearson",
        "one-run": "epsilon_one_run",
        "f-DP one-run": "epsilon_one_run_fdp",
    }
    return {
        **{
            f"jax-privacy: {name}, {choice.__name__}": partial(choice, method)
            for name, method in bounds.items()
            for choice in (bonferroni, split)
        },
        "jax-privacy: raw counts": lambda auditor, seed: auditor.epsilon_raw_counts(),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("runs", type=Path)
    arrays = np.load(parser.parse_args().runs)
    jax_privacy = load()
    lines = []
    for name in arrays:
        kind, case, what = name.split("/")
        if what == "score":
            continue
        runs = list(zip(arrays[name], arrays[f"{kind}/{case}/score"], strict=True))
        auditors = [
            jax_privacy.CanaryScoreAuditor(score[member == 1], score[member == 0])
            for member, score in runs
        ]
        for method, bound in methods(jax_privacy).items():
            found = np.array([bound(one, seed) for seed, one in enumerate(auditors)])
            line = [kind, case, method, len(found), (found > 0).mean().round(4)]
            lines.append([*line, found.mean().round(3), found.std(ddof=1).round(3)])
            print(*lines[-1], flush=True)
    with RESULTS.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([HEADER, *lines])


if __name__ == "__main__":
    main()
