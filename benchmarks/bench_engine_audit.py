"""Whole audits with trainers of many models at once, beside one model after the other.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_engine_audit.py

An audit is `lira-online` and `rmia-online` with ``--n-shadows`` shadow models, of a
model trained on half of the records. "Generic" is the same audit with
``trainer="generic"``; "bare" is what no audit can do without, where nothing is shared:
as many clones fitted on halves of the records and asked about all of them. CPU seconds
of one thread, the smallest of ``--n-runs``; the ways take turns. AUC is that of LiRA.

``--axes`` varies the number of shadow models, of records and of classes, one at a
time, around 64 models and ``--n-records`` generated purchases of 30 classes.
``--export FILE`` writes the records for `peer_engine.py` and ends.
"""

import argparse
import time
from functools import partial
from unittest import mock

import numpy as np
from data_sets import adult, location30, lookalike
from documents import markdown
from engine_models import KINDS
from sklearn.base import clone

from skmia import ShadowModels, audit
from skmia.auditing import _shadow_design

DATA = {"location": location30, "adult": adult}
ATTACKS = ["lira-online", "rmia-online"]
N_SHADOWS, N_CLASSES = 64, 30
HEADER = ["data", "model", "shadow models", "bare, s", "generic, s", "audit, s"]
HEADER += ["generic / audit", "AUC generic", "AUC"]


def halves(X, y):
    """Training and holdout records."""
    order = np.random.RandomState(0).permutation(len(X))
    inside, outside = np.array_split(order, 2)
    return X[inside], y[inside], X[outside], y[outside]


def audited(trainer, model, n_shadows, parts):
    """AUC of LiRA in an audit by one way of training."""
    shadows = partial(ShadowModels, trainer=trainer)
    with mock.patch.object(_shadow_design, "ShadowModels", shadows):
        how = {"attacks": ATTACKS, "n_shadows": n_shadows, "random_state": 0}
        report = audit(model, *parts, **how)
    return report.summary.loc["lira-online", "auc"]


def bare(model, n_shadows, parts):
    """What costs of fits and answers are, where each model has its own."""
    X, y = np.concatenate(parts[::2]), np.concatenate(parts[1::2])
    rng = np.random.RandomState(0)
    for _ in range(n_shadows):
        rows = rng.permutation(len(X))[: len(X) // 2]
        clone(model).fit(X[rows], y[rows]).predict_proba(X)


def row(name, kind, n_shadows, X, y, n_runs):
    """Cells of one comparison."""
    parts = halves(X, y)
    model = clone(KINDS[kind]).fit(*parts[:2])
    ways = {
        "bare": partial(bare, model, n_shadows, parts),
        "generic": partial(audited, "generic", model, n_shadows, parts),
        "auto": partial(audited, "auto", model, n_shadows, parts),
    }
    seconds, auc = dict.fromkeys(ways, np.inf), {}
    for _ in range(n_runs):
        for way, run in ways.items():
            begin = time.process_time()
            auc[way] = run()
            seconds[way] = min(seconds[way], time.process_time() - begin)
    cells = [name, kind, n_shadows, *(f"{value:.2f}" for value in seconds.values())]
    cells.append(f"{seconds['generic'] / seconds['auto']:.1f}")
    return [*cells, f"{auc['generic']:.3f}", f"{auc['auto']:.3f}"]


def axes(n_records):
    """Numbers of shadow models, records and classes: one at a time is changed."""
    return [
        *((n, n_records, N_CLASSES) for n in (16, N_SHADOWS, 256)),
        *((N_SHADOWS, n, N_CLASSES) for n in (n_records // 4, 4 * n_records)),
        *((N_SHADOWS, n_records, n) for n in (2, 100)),
    ]


def rows(args):
    """Of all comparisons."""
    if not args.axes:
        for kind in args.kinds:
            X, y = DATA[args.data]()
            yield row(args.data, kind, args.n_shadows, X, y, args.n_runs)
        return
    for n_shadows, n_records, n_classes in axes(args.n_records):
        X, y = lookalike(n_classes, n_records)
        name = f"{n_records:,} records, {n_classes} classes"
        for kind in args.kinds:
            yield row(name, kind, n_shadows, X, y, args.n_runs)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--data", choices=DATA, default="location")
    parser.add_argument("--n-shadows", type=int, default=N_SHADOWS)
    parser.add_argument("--n-runs", type=int, default=3)
    parser.add_argument("--axes", action="store_true")
    parser.add_argument("--n-records", type=int, default=10_000)
    parser.add_argument("--export")
    args = parser.parse_args()
    if args.export:
        X, y = DATA[args.data]()
        y = np.unique(y, return_inverse=True)[1]
        np.savez(args.export, **dict(zip("XyZz", halves(X, y), strict=True)))
        return
    # Imports and caches are nobody's.
    parts = halves(*location30(500))
    for trainer in ("generic", "auto"):
        audited(trainer, clone(KINDS[args.kinds[0]]).fit(*parts[:2]), 4, parts)
    print(markdown(HEADER, rows(args)))


if __name__ == "__main__":
    main()
