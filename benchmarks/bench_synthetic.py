"""Attacks on synthetic tables and densities; and the time of an audit of a large table.

    OMP_NUM_THREADS=1 python benchmarks/bench_synthetic.py --write

writes the table of docs/synthetic.md, in two minutes: breast cancer, standardised and
in five whitened components of all rows, 180 members, 180 non-members and 209 reference
records, tables of 2,000 rows. AUC, mean over 5 splits with its standard error.

    python benchmarks/bench_synthetic.py --large

audits a table of 20,000 rows made from 20,000 of Adult (14 columns, eight of them
categories), beside 20,000 others, and prints seconds, those of all processors together,
and the largest memory. Half of the values of a made row are those of one record, the
others are drawn column by column.
"""

import argparse
import resource
import time

import numpy as np
import pandas as pd
from data_sets import adult_frame
from documents import table_of, write_section
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity
from sklearn.preprocessing import scale

from skmia import ShadowModels, audit_synthetic
from skmia.attacks import get_attack, run
from skmia.targets import Session, Synthesizer, SyntheticTable

N_MEMBERS, N_ROWS, N_SPLITS, N_LARGE = 180, 2000, 5, 20_000
N_SHADOWS = 10
MEMBER = np.repeat([1, 0], N_MEMBERS)
GENERATORS = {
    "kernel density, width .05": KernelDensity(bandwidth=0.05),
    "kernel density, width .3": KernelDensity(bandwidth=0.3),
    "kernel density, width 1": KernelDensity(bandwidth=1.0),
    "mixture of 2": GaussianMixture(2),
    "mixture of 40": GaussianMixture(40, reg_covar=1e-3),
}


def beside_reference(model, X, reference):
    """Score of the attack "domias", to whom the reference records are known."""
    session = Session(model, np.vstack([X, reference]))
    attack = clone(get_attack("domias", of=session.kind).attack)
    known = np.arange(len(X) - 1, len(session))
    attack.fit(session[known], np.append(1, np.zeros(len(reference))))
    return attack.decision_function(session)[: len(X)]


def published(generator, X, seed):
    """A table of 180 records, these with 180 others, and reference records."""
    X = X[np.random.RandomState(seed).permutation(len(X))]
    model = Synthesizer(generator, n_samples=N_ROWS, random_state=seed)
    return model.fit(X[:N_MEMBERS]), X[: 2 * N_MEMBERS], X[2 * N_MEMBERS :]


def of_table(model, records, reference):
    """AUC of each attack on a table alone."""
    names = ["sample_distance", "sample_share", "sample_density"]
    seen = Session(model, records).observe(names)
    near = Session(SyntheticTable(reference), records).observe(names[:1])
    scores = {
        "nearest-sample": -seen["sample_distance"],
        "nearest, less to reference": (near - seen)["sample_distance"],
        "monte-carlo": seen["sample_share"],
        "density of the table": seen["sample_density"],
        "domias": beside_reference(model, records, reference),
    }
    return {name: roc_auc_score(MEMBER, score) for name, score in scores.items()}


def of_scores(model, records, reference):
    """AUC of each attack on what the generator itself says of records."""
    density = model.estimator_
    own = roc_auc_score(MEMBER, density.score_samples(records))
    beside = roc_auc_score(MEMBER, beside_reference(density, records, reference))
    return {"density": own, "domias on the density": beside}


def beside_shadows(model, records, seed, names, n_shadows=N_SHADOWS):
    """AUC of attacks that learn from shadow generators, defended like the model."""
    shadows = ShadowModels(model, n_shadows=n_shadows, random_state=seed).fit(records)
    session, found = Session(model, records), {}
    for name in names:
        recipe = get_attack(name, of=session.kind)
        score, _ = run(recipe.attack, "shadows", session, shadows=shadows, seed=seed)
        found[name] = roc_auc_score(MEMBER, score)
    return found


def records():
    """Breast cancer in five whitened components."""
    return PCA(5, whiten=True).fit_transform(scale(load_breast_cancer().data))


def aucs(generator, X, seed):
    """AUC of each attack on one split."""
    model, own, reference = published(generator, X, seed)
    found = of_scores(model, own, reference) | of_table(model, own, reference)
    return found | beside_shadows(model, own, seed, ["shadow", "shadow-queries"])


def measured(n_splits):
    """A row for each generator and split."""
    X = records()
    return pd.DataFrame(
        [
            {"table of": name} | aucs(generator, X, seed)
            for name, generator in GENERATORS.items()
            for seed in range(n_splits)
        ]
    )


def made(records, seed=0):
    """Rows with half of the values of a record, and others drawn column by column."""
    rng = np.random.RandomState(seed)
    n = len(records)
    kept = rng.permutation(n)
    columns = {}
    for name in records:
        rows = np.where(rng.rand(n) < 0.5, kept, rng.randint(n, size=n))
        columns[name] = records[name].to_numpy()[rows]
    return pd.DataFrame(columns)


def large():
    """Seconds, memory and what was found."""
    X, _ = adult_frame(2 * N_LARGE)
    X = X.sample(frac=1, random_state=0).reset_index(drop=True)
    train, holdout = X[:N_LARGE], X[N_LARGE:]
    table = made(train)
    start, worked = time.monotonic(), time.process_time()
    report = audit_synthetic(table, train, holdout, random_state=0)
    seconds, worked = time.monotonic() - start, time.process_time() - worked
    print(report)
    print(report.summary[["auc", "seconds", "status"]].to_string())
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{table.shape[0]} x {table.shape[1]}: {seconds:.1f} s, {worked:.1f} s of "
        f"processors, {gib:.2f} GiB"
    )


def main():
    """Print the table, or write it to the page; or time the large one."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--splits", type=int, default=N_SPLITS)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--large", action="store_true")
    asked = parser.parse_args()
    if asked.large:
        large()
        return
    table = table_of(measured(asked.splits), ["table of"])
    print(table)
    if asked.write:
        write_section("synthetic.md", "measured", table)


if __name__ == "__main__":
    main()
