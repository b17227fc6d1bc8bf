"""Shadow data without real data: what it costs, and what the attack loses by it.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_shadow_data.py

writes two kinds of tables to docs/shadow-data.md. The first sets hill climbing row by
row beside QueryGenerator's climbers side by side: the same algorithm with the same
parameters, the same target and number of rows; bench_art_hill_climbing.py runs a
peer's. The second is the AUC of one shadow attack (4 shadow models of the target's
kind, vector and true class, logistic regression per class) whose shadow data come from
each generator. All of them may ask the target ``BUDGET`` rows. ``--quick`` prints a
small version.
"""

import argparse
import time
import warnings

import numpy as np
import pandas as pd
from data_sets import adult, location30
from documents import markdown, write_section
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia import ShadowModels
from skmia.attacks import ClasswiseAttack
from skmia.generators import (
    ActiveLearningGenerator,
    CombinedGenerator,
    DensityGenerator,
    FeatureSchema,
    NoisyRecords,
    QueryGenerator,
    RegionGenerator,
    StatisticsGenerator,
)
from skmia.signals import observe
from skmia.targets import BlackBox

# Rows that a generator may ask the target about; members, non-members and shadow
# records are N_TARGET, N_TARGET and 2 * N_TARGET; N_KNOWN of the latter are all that
# the adversary has where it has any.
BUDGET, N_TARGET, N_KNOWN = 20_000, 1200, 300
SIGNALS = ["true_label", "posterior"]
TARGETS = {
    "tree": DecisionTreeClassifier(),
    "mlp": MLPClassifier((64,), max_iter=40),
}


def climb_row_by_row(target, wanted, schema, rules, rng):
    """Hill climbing as usually written: one row per call. Returns rows and calls."""
    rows, n_calls = [], 0
    for c in wanted:
        for _ in range(rules.n_restarts + 1):
            x = schema.uniform(1, rng)
            best, j, k, found = 0, 0, rules.k_max, False
            for _ in range(rules.iter_max):
                p = target.predict_proba(x)[0]  # every feature is its own column
                n_calls += 1
                if p[c] >= best:
                    sure = p[c] > rules.conf_min and p.argmax() == c
                    if sure and rng.random_sample() < p[c]:
                        found = True
                        break
                    peak, best, j = x, p[c], 0
                else:
                    j += 1
                    if j > rules.rej_max:
                        k, j = max(rules.k_min, -(-k // 2)), 0
                mask = np.zeros(x.shape, dtype=bool)
                mask[0, rng.permutation(x.shape[1])[:k]] = True
                x = schema.resample(peak, mask, rng)
            if found:
                rows.append(x[0])
                break
    return np.array(rows), n_calls


def compare_calls(X, y, schema, n_samples):
    """Table of calls, questions and seconds for the same number of rows wanted."""
    table = []
    for name, model in TARGETS.items():
        target = clone(model).set_params(random_state=0).fit(X[:N_TARGET], y[:N_TARGET])
        generator = QueryGenerator(schema=schema, random_state=0).fit()
        api = BlackBox(target)
        start = time.perf_counter()
        rows, _ = generator.sample(n_samples, api)
        seconds = time.perf_counter() - start
        ours = generator.n_calls_
        result = [len(rows), ours, api.n_queries_, f"{seconds:.1f}"]
        table.append([name, "side by side", *result])

        api = BlackBox(target)
        wanted = np.arange(n_samples) % len(api.classes_)
        start = time.perf_counter()
        rng = np.random.RandomState(0)
        rows, calls = climb_row_by_row(api, wanted, schema, generator._rules(), rng)
        seconds = time.perf_counter() - start
        result = [len(rows), calls, api.n_queries_, f"{seconds:.1f}"]
        table.append([name, "row by row", *result])
        table.append([name, "**ratio of calls**", "", f"{calls / ours:.0f}", "", ""])
    header = ["target", "climbing", "rows", "calls", "questions", "seconds"]
    return markdown(header, table)


def generators(max_queries):
    """Name: (generator, knows records, uses their labels, asks)."""
    search = {"max_queries": max_queries}
    truex = QueryGenerator(variant="truex", conf_min=0.5, **search)
    active = ActiveLearningGenerator(n_labelled=1000)
    density = DensityGenerator(model="kde")
    return {
        "query, schema only": (QueryGenerator(**search), False, False, True),
        "query": (QueryGenerator(**search), True, False, True),
        "query, Truex": (truex, True, False, True),
        "combined, schema only": (CombinedGenerator(**search), False, False, True),
        "combined": (CombinedGenerator(**search), True, False, True),
        "region": (RegionGenerator(), True, True, False),
        "region, labels asked": (RegionGenerator(), True, True, True),
        "active learning": (active, True, False, True),
        "statistics": (StatisticsGenerator(), True, True, True),
        "statistics, tree": (StatisticsGenerator(dependence="tree"), True, True, True),
        "noisy records": (NoisyRecords(), True, True, False),
        "noisy records, labels asked": (NoisyRecords(), True, True, True),
        "density": (density, True, True, False),
        "density, labels asked": (clone(density), True, True, True),
    }


def attack_auc(model, target, shadow_data, X, y, member, seed):
    """AUC of the shadow attack on the target."""
    shadows = ShadowModels(
        clone(model), n_shadows=4, signals=SIGNALS, random_state=seed
    )
    Z, inside, _ = shadows.fit(*shadow_data).observations()
    attack = ClasswiseAttack(
        make_pipeline(StandardScaler(), LogisticRegression()), by="true_label"
    ).fit(Z, inside)
    seen = observe(target, X, y, SIGNALS, classes=shadows.classes_)
    return roc_auc_score(member, attack.decision_function(seen[Z.columns]))


def compare_attacks(X, y, schema, model, seed, max_queries):
    """One row per source of shadow data, for one target."""
    order = np.random.RandomState(seed).permutation(len(y))
    X, y = X[order], y[order]
    n = min(N_TARGET, len(y) // 4)
    target = clone(model).set_params(random_state=seed).fit(X[:n], y[:n])
    real = X[2 * n : 4 * n], y[2 * n : 4 * n]
    member = np.repeat([1, 0], n)
    known = real[0][:N_KNOWN], real[1][:N_KNOWN]
    found = {
        "real, disjoint": (*real, 0, 0, 0.0),
        "known records only": (*known, 0, 0, 0.0),
    }
    for name, (generator, records, labels, asks) in generators(max_queries).items():
        generator.set_params(schema=schema, random_state=seed)
        api = BlackBox(target, max_queries=max_queries)
        start = time.perf_counter()
        generator.fit(known[0] if records else None, known[1] if labels else None)
        try:
            data = generator.sample(2 * n, *([api] if asks else []))
        except ValueError as error:
            print(f"{name}: {error}")
            continue
        seconds = time.perf_counter() - start
        calls = generator.n_calls_ if asks else 0
        found[name] = (*data, api.n_queries_, calls, seconds)
    for name, (X_shadow, y_shadow, queries, calls, seconds) in found.items():
        auc = attack_auc(
            model, target, (X_shadow, y_shadow), X[: 2 * n], y[: 2 * n], member, seed
        )
        yield {
            "shadow data": name,
            "AUC": auc,
            "rows": len(y_shadow),
            "classes": len(np.unique(y_shadow)),
            "questions": queries,
            "calls": calls,
            "seconds": seconds,
        }


def onehot_groups(X, n_numbers=6):
    """Groups of columns of Adult: consecutive ones that add up to 1 in every row."""
    groups, group = [], []
    for i in range(X.shape[1] - n_numbers):
        group.append(i)
        if (X[:, group].sum(axis=1) == 1).all():
            groups.append(group)
            group = []
    return groups


def means_of(rows):
    """Table of the means over seeds."""
    mean = pd.DataFrame(rows).groupby("shadow data", sort=False).mean()
    cells = [
        [
            name,
            f"{r['AUC']:.3f}",
            *(f"{v:.0f}" for v in r.iloc[1:-1]),
            f"{r.iloc[-1]:.1f}",
        ]
        for name, r in mean.iterrows()
    ]
    return markdown(["shadow data", *mean.columns], cells)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    n_rows, seeds, targets, n_adult, budget = 300, options.seeds, TARGETS, 4800, BUDGET
    if options.quick:
        n_rows, seeds, n_adult, budget = 60, 1, 1600, 5000
        targets = {"tree": TARGETS["tree"]}

    X, y = location30()
    binary = FeatureSchema.from_bounds(np.zeros(X.shape[1]), 1, integer=range(446))
    sections = [f"## Calls for {n_rows} rows, Location-30"]
    sections.append(compare_calls(X, y, binary, n_rows))
    X_adult, y_adult = adult(n_adult)
    mixed = FeatureSchema.from_records(X_adult, onehot=onehot_groups(X_adult))
    data = {"Location-30": (X, y, binary), "Adult": (X_adult, y_adult, mixed)}
    for place, records in data.items():
        for name, model in targets.items():
            rows = [
                row
                for seed in range(seeds)
                for row in compare_attacks(*records, model, seed, budget)
            ]
            sections.append(f"## Attack AUC, {place}, {name}, budget {budget}")
            sections.append(means_of(rows))
    print(body := "\n\n".join(sections))
    if not options.quick:
        write_section("shadow-data.md", "tables", body)


if __name__ == "__main__":
    main()
