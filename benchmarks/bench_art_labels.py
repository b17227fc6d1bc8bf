"""Boundary attacks beside those of ART, on the same targets and no more queries.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_art_labels.py

writes benchmarks/results/art-labels.csv and, with what peer_art_labels.py wrote before,
the table of docs/attacks.md: balanced accuracy, means over three seeds, 150 members and
150 others of Location-30 and Adult; targets and shadow models have 300 members. The
threshold is like that of the peer: that of shadow models, that of the target's own
records in question, members known, or the median of 100 random records.

    python benchmarks/bench_art_labels.py --export FILE   # the records, for the peer
    python benchmarks/bench_art_labels.py --table         # from the files of results
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
from data_sets import DATA
from documents import markdown, write_section
from label_targets import (
    FIELDS,
    MEMBERS,
    MODELS,
    N_ATTACKED,
    N_RECORDS,
    OTHERS,
    OWN,
    Counted,
    train,
)
from sklearn.base import clone
from sklearn.metrics import balanced_accuracy_score

from skmia import ShadowModels
from skmia.attacks import get_attack, run
from skmia.signals import get_signal
from skmia.targets import Session

RESULTS = Path(__file__).parent / "results"
NAMES = ("Location-30", "Adult")
SEEDS = range(3)
# Where ART asks fewer rows, since it finds no point to begin at.
FEWER = {("Adult", "NB"): 84, ("Adult", "MLP"): 45}
MEMBER = np.repeat([1, 0], N_ATTACKED)


def samples():
    """Name, seed, and records of that name in the order of the seed."""
    for name in NAMES:
        X, y = DATA[name]()
        for seed in SEEDS:
            rows = np.random.RandomState(seed).permutation(len(y))[:N_RECORDS]
            yield name, seed, X[rows], y[rows]


def attacks(data, name, X, y):
    """Method, balanced accuracy, rows asked of the target for each record, seconds."""
    target = Counted(train(name, X, y))
    records = [np.concatenate([part[MEMBERS], part[OTHERS]]) for part in (X, y)]

    def asked(attack):
        """What an attack on a session calls members, and what that took."""
        session, began = Session(target, *records, answers=["predict"]), time.time()
        called = attack(session)
        took = session.n_queries / len(MEMBER), time.time() - began
        return balanced_accuracy_score(MEMBER, called), *took

    yield "gap", *asked(lambda session: run_(session, "gap"))
    shadows = ShadowModels(MODELS[name], n_shadows=2, random_state=0)
    shadows.fit(X[OWN], y[OWN])
    for norm in ("l2", "linf"):
        attack = get_attack(f"boundary-{norm}").attack
        yield (
            f"boundary-{norm}, shadow",
            *asked(lambda session, n=norm: run_(session, f"boundary-{n}", shadows)),
        )
        yield (
            f"boundary-{norm}, known",
            *asked(lambda s, a=attack: clone(a).fit(s, MEMBER).predict(s)),
        )
    if (data, name) in FEWER:
        signal = get_signal("boundary_distance", n_queries=FEWER[data, name])
        attack = clone(get_attack("boundary-l2").attack)
        attack.set_params(evidence__signals=signal)
        yield (
            "boundary-l2, fewer rows",
            *asked(lambda s: run(attack, "shadows", s, shadows=shadows, seed=0)[1]),
        )
    random = "boundary-random-records"
    yield "boundary-l2, random", *asked(lambda session: run_(session, random))


def run_(session, name, shadows=None):
    recipe = get_attack(name)
    return run(recipe.attack, recipe.fitted_on, session, shadows=shadows, seed=0)[1]


def measure():
    lines = []
    for data, seed, X, y in samples():
        for name in MODELS:
            for method, accuracy, *cost in attacks(data, name, X, y):
                cost = [round(float(one), 1) for one in cost]
                lines.append([data, seed, name, method, round(accuracy, 4), *cost])
                print(*lines[-1], flush=True)
    table = pd.DataFrame(lines, columns=FIELDS)
    table.to_csv(RESULTS / "art-labels.csv", index=False, lineterminator="\n")


def write_table():
    files = [RESULTS / f"art-labels{which}.csv" for which in ("", "-peer")]
    table = pd.concat([pd.read_csv(file) for file in files])
    by = ["data", "model"]
    means = table.pivot_table(
        "balanced_accuracy", by, "method", sort=False, dropna=False
    )
    queries = table.pivot_table("queries", by, "method", sort=False)
    columns = ["gap", *_pairs()]
    rows = [
        [
            *cell,
            *(f"{line[name]:.3f}" for name in columns),
            *_queries(queries.loc[cell]),
        ]
        for cell, line in means.iterrows()
    ]
    header = ["data", "model", *columns, "queries", "ART queries"]
    write_section("attacks.md", "art-labels", markdown(header, rows))


def _pairs():
    for how in ("shadow", "known", "random"):
        yield f"boundary-l2, {how}"
        if how != "random":
            yield f"boundary-linf, {how}"
        yield f"ART boundary, {how}"


def _queries(line):
    names = "boundary-l2, shadow", "ART boundary, shadow"
    return [f"{line[name]:.0f}" for name in names]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--export", type=Path)
    parser.add_argument("--table", action="store_true")
    options = parser.parse_args()
    if options.export:
        arrays = {}
        for name, seed, X, y in samples():
            _, codes = np.unique(y, return_inverse=True)
            arrays |= {f"{name}/{seed}/X": X, f"{name}/{seed}/y": codes}
        np.savez(options.export, **arrays)
        return
    if not options.table:
        measure()
    write_table()


if __name__ == "__main__":
    main()
