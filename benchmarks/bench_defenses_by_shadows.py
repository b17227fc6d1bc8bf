"""What more shadow models see through some defenses, by kind of attacker.

    OMP_NUM_THREADS=1 python benchmarks/bench_defenses_by_shadows.py

The targets and attackers of bench_defenses.py on Location-30, with 4 and 10 shadow
models that are defended alike. Writes benchmarks/results/defenses_by_shadows.csv row by
row (a killed run goes on where it stopped), and a table of docs/defenses.md: AUC of the
best attack of each kind, means over the seeds.
"""

import argparse
import warnings
from pathlib import Path

import pandas as pd
from bench_defenses import FAMILIES, attack, best, load, seeded
from defense_catalogue import MODELS, defenses_for
from documents import markdown, write_section
from sklearn.base import clone
from sklearn.model_selection import train_test_split

RESULTS = Path(__file__).parent / "results" / "defenses_by_shadows.csv"
DEFENSES = ("none", "rounding, 1 digit", "MemGuard, budget 1", "SELENA")
KEYS = ["model", "defense", "shadows", "seed"]
PLAIN = ("gap", "shadow-label")


def measure(model, defense, n_shadows, seed):
    """AUC of the best attack of each kind, and of those on uncalibrated labels."""
    X, y = load("Location-30", None)
    split = train_test_split(X, y, test_size=0.5, stratify=y, random_state=seed)
    base = seeded(clone(MODELS[model]), seed)
    defended = seeded(defenses_for(model)[defense](base), seed)
    defended.fit(split[0], split[2])
    every = sum(FAMILIES.values(), ())
    summary = attack(defended, split, every, seed, n_shadows=n_shadows).summary
    row = dict(zip(KEYS, (model, defense, n_shadows, seed), strict=True))
    for kind, names in {"plain labels": PLAIN, **FAMILIES}.items():
        row[kind] = best(summary, names, kind).get(f"{kind}_auc")
    return row


def table(results):
    mean = results.groupby(KEYS[:-1], sort=False).mean().drop(columns="seed")
    header = ["model", "defense", "shadow models", "gap, shadow-label", *FAMILIES]
    rows = [
        [*keys, *("-" if pd.isna(auc) else f"{auc:.3f}" for auc in row)]
        for keys, row in mean.iterrows()
    ]
    return markdown(header, rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", nargs="*", default=["logistic", "mlp"])
    parser.add_argument("--seeds", type=int, default=2)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    results = pd.read_csv(RESULTS) if RESULTS.exists() else pd.DataFrame(columns=KEYS)
    done = set(results[KEYS].itertuples(index=False, name=None))
    for seed in range(options.seeds):
        for model in options.models:
            for defense in DEFENSES:
                for n_shadows in (4, 10):
                    if (model, defense, n_shadows, seed) in done:
                        continue
                    row = pd.DataFrame([measure(model, defense, n_shadows, seed)])
                    print(row.to_string(header=False, index=False), flush=True)
                    results = pd.concat([results, row]) if len(results) else row
                    results.round(4).to_csv(RESULTS, index=False)
    write_section("defenses.md", "by shadows", table(results))


if __name__ == "__main__":
    main()
