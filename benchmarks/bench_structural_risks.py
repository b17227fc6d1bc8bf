"""Structural flags beside those of SACRO-ML, on the same models.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_structural_risks.py

writes, with what peer_sacro_structure.py wrote before, the table of docs/report.md: of
57 models, 19 kinds on three data sets, how many have a flag by both, by neither, by one
of the two; and for how many the number of records that a flag concerns is the same.
What differs is printed.

    python benchmarks/bench_structural_risks.py --export FILE   # records for the peer
"""

import argparse
import json
from collections import Counter
from pathlib import Path

import numpy as np
from data_sets import adult
from documents import markdown, write_section
from sklearn.datasets import load_breast_cancer, load_digits
from structure_targets import MODELS, train

from skmia import structural_risks

PEER = Path(__file__).parent / "results" / "structural-risks-peer.json"
FLAGS = [
    "degrees of freedom",
    "k-anonymity",
    "class disclosure",
    "small groups",
    "hyper-parameters",
    "stored rows",
    "losses",
]


def samples():
    """Name, and records in random order; labels are 0, 1 ..."""
    sets = {
        "breast cancer": load_breast_cancer(return_X_y=True),
        "digits": load_digits(return_X_y=True),
        "Adult": adult(2000),
    }
    for name, (X, y) in sets.items():
        order = np.random.default_rng(0).permutation(len(y))
        _, codes = np.unique(y, return_inverse=True)
        yield name, X[order], codes[order]


def ours(model, X, y):
    """Flags of one model, and of how many records."""
    half = len(y) // 2
    holdout = {"X_holdout": X[half:], "y_holdout": y[half:]}
    risks = structural_risks(model, X[:half], y[:half], **holdout)
    table, n_small = risks.records, (risks.records["n_in_cell"] < 10).sum()
    counts = {"k-anonymity": n_small}
    columns = {"class disclosure": "class_disclosure", "small groups": "small_group"}
    for name, column in (columns | {"stored rows": "stored"}).items():
        counts[name] = table[column].sum()
    return {flag.name: flag.flagged for flag in risks.flags}, counts


def compare(peer):
    """For each flag, how often which of two outcomes is beside the other."""
    outcomes = {flag: Counter() for flag in FLAGS}
    same = {flag: [0, 0] for flag in FLAGS}
    for name, X, y in samples():
        for kind in MODELS:
            theirs = peer[f"{name}/{kind}"]
            flags, counts = ours(train(kind, X, y), X, y)
            for flag in FLAGS:
                mine, other = flags[flag], theirs.get(flag)
                outcomes[flag][mine, other] += 1
                if mine is not other:
                    print(f"{flag}: {name}, {kind}: ours {mine}, SACRO-ML {other}")
                if None in (mine, other) or flag not in counts:
                    continue
                n, other = int(counts[flag]), theirs["counts"][flag]
                same[flag][0] += n == other
                same[flag][1] += 1
                if n != other:
                    print(f"{flag}: {name}, {kind}: records {n}, SACRO-ML {other}")
    return outcomes, same


def rows(outcomes, same):
    for flag, found in outcomes.items():
        unknown = sum(n for (mine, _), n in found.items() if mine is None)
        alike, compared = same[flag]
        yield [
            flag,
            found[True, True],
            found[False, False],
            found[True, False] + found[True, None],
            found[False, True],
            unknown,
            f"{alike} of {compared}" if compared else "-",
        ]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--export", type=Path)
    options = parser.parse_args()
    if options.export:
        arrays = {}
        for name, X, y in samples():
            arrays |= {f"{name}/X": X, f"{name}/y": y}
        np.savez(options.export, **arrays)
        return
    table = [*rows(*compare(json.loads(PEER.read_text(encoding="utf-8"))))]
    header = ["flag", "raised by both", "by neither", "by ours alone"]
    header += ["by SACRO-ML alone", "ours: not examined", "same number of records"]
    text = markdown(header, table)
    print(text)
    write_section("report.md", "structural-risks", text)


if __name__ == "__main__":
    main()
