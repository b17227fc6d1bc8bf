"""Lower bounds of epsilon: how often they are above the truth, and how large they are.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_epsilon.py

writes docs/calibration.md (the section "epsilon") and benchmarks/results/epsilon.csv.
All bounds are at level 0.05. One-run bounds try six numbers of guesses (2, 5, 10, 20,
50 and 100 % of the records) about members, non-members and both, each at an eighteenth
of it; those of f-DP and Gaussian ones speak of delta = 1e-5. What jax-privacy says of
the same scores (``--export``, peer_epsilon.py) stands in the tables, too.

- no leak: the scores tell nothing. Share of the runs in which a bound is positive.
- laws: members' scores are shifted (unit normal), or one in twenty of them is sure, or
  each record's truth is told with the odds of epsilon. Mean bound.
- targets: models trained on half of the records, attacked by their loss and by RMIA
  with eight shadow models. Mean bound over five divisions.

Numbers of members are fixed ("fixed", "pairs", "threshold") or thrown ("coin",
"one-run", "f-DP", "Gaussian"): the first speak of a record replaced by another one, the
others of a record added or removed, which is half as much for the same algorithm.
"""

import argparse
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from data_sets import location30, some_rows
from documents import markdown, write_section
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier

from skmia import audit
from skmia.metrics import (
    epsilon_lower_bound,
    f_dp_one_run_epsilon,
    gaussian_one_run_epsilon,
    one_run_epsilon,
    threshold_epsilon,
)

ALPHA = 0.05
FRACTIONS = (0.02, 0.05, 0.1, 0.2, 0.5, 1)
ATTACKS = ["loss-threshold", "rmia-online"]
RESULTS = Path(__file__).parent / "results" / "epsilon.csv"
PEER = RESULTS.with_name("epsilon-jax-privacy.csv")


def counted(bound, member, score, seed):
    """Largest bound over the numbers of guesses that were declared."""
    order = np.lexsort((np.random.default_rng(seed).permutation(len(score)), score))
    n = len(order)
    found = []
    for fraction in FRACTIONS:
        k = int(fraction * n)
        half = k // 2
        for n_in, n_out in [(k, 0), (0, k), (half, k - half)]:
            right = member[order[n - n_in :]].sum() + (1 - member[order[:n_out]]).sum()
            alpha = ALPHA / (3 * len(FRACTIONS))
            found.append(bound(int(right), n_in + n_out, n, alpha=alpha))
    return max(found)


def ours(design, member, score, seed):
    return epsilon_lower_bound(member, score, design=design, random_state=seed)


def by_threshold(choice, member, score, seed):
    return threshold_epsilon(member, score, choice=choice, random_state=seed)


FIXED = {
    "fixed": partial(ours, "fixed"),
    "pairs": partial(ours, "pairs"),
    "threshold, split": partial(by_threshold, "split"),
    "threshold, bonferroni": partial(by_threshold, "bonferroni"),
}
COINS = {
    "coin": partial(ours, "coin"),
    "one-run": partial(counted, one_run_epsilon),
    "f-DP one-run": partial(counted, partial(f_dp_one_run_epsilon, delta=1e-5)),
    "Gaussian one-run": partial(counted, partial(gaussian_one_run_epsilon, delta=1e-5)),
}


def divided(rng, n_members, n_nonmembers, coins):
    n = n_members + n_nonmembers
    if coins:
        return rng.integers(2, size=n)
    return rng.permutation(np.repeat([1, 0], [n_members, n_nonmembers]))


def levels(rng, member, n_levels=None):
    if n_levels is None:
        return rng.normal(size=len(member))
    return rng.integers(n_levels, size=len(member))


def shifted(rng, member, mu):
    return rng.normal(size=len(member)) + mu * member


def few_sure(rng, member, side):
    score = rng.normal(size=len(member))
    sure = rng.choice(np.flatnonzero(member == side), 25, replace=False)
    score[sure] = 9 if side else -9
    return score


def told(rng, member, epsilon):
    return member ^ (rng.random(len(member)) < 1 / (1 + np.exp(epsilon)))


NULL = {
    "500 + 500": (500, 500, levels),
    "60 + 60": (60, 60, levels),
    "1000 + 100": (1000, 100, levels),
    "three levels": (500, 500, partial(levels, n_levels=3)),
    "all equal": (500, 500, partial(levels, n_levels=1)),
}
LAWS = {
    **{f"shift {mu}": (500, 500, partial(shifted, mu=mu)) for mu in (0.5, 1, 2)},
    "sure members": (500, 500, partial(few_sure, side=1)),
    "sure non-members": (500, 500, partial(few_sure, side=0)),
    **{f"told {e}": (500, 500, partial(told, epsilon=e)) for e in (0.5, 1, 2)},
}


def draw(case, n_runs, coins):
    """Membership and scores of every run."""
    n_members, n_nonmembers, law = case
    for seed in range(n_runs):
        rng = np.random.default_rng([seed, coins])
        member = divided(rng, n_members, n_nonmembers, coins)
        yield member, law(rng, member)


def play(case, methods, n_runs, coins):
    """Bounds of every method in every run."""
    return pd.DataFrame(
        [
            {name: of(member, score, seed) for name, of in methods.items()}
            for seed, (member, score) in enumerate(draw(case, n_runs, coins))
        ]
    )


def export(path, n_null, n_runs):
    """Runs of all cases, with as many members as were said, for a peer."""
    arrays = {}
    for kind, cases, n in [("no leak", NULL, n_null), ("laws", LAWS, n_runs)]:
        for name, case in cases.items():
            member, score = zip(*draw(case, n, coins=False), strict=True)
            arrays[f"{kind}/{name}/member"] = np.array(member)
            arrays[f"{kind}/{name}/score"] = np.array(score)
    np.savez_compressed(path, **arrays)


def targets():
    """Name, records and model of each target."""
    digits = load_digits(return_X_y=True)
    location = some_rows(*location30(), 1200)
    logistic = LogisticRegression(max_iter=300)
    network = MLPClassifier((128,), max_iter=20, random_state=0)
    yield "digits, forest", digits, RandomForestClassifier(random_state=0)
    yield "digits, logistic", some_rows(*digits, 600), logistic
    yield "Location-30, tree", location, DecisionTreeClassifier(random_state=0)
    yield "Location-30, logistic", location, logistic
    yield "Location-30, network", location, network


def attacked(records, model, seed):
    """Membership, and the scores of every attack."""
    X, X_out, y, y_out = train_test_split(*records, test_size=0.5, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = model.fit(X, y)
        report = audit(
            model, X, y, X_out, y_out, attacks=ATTACKS, n_shadows=8, random_state=seed
        )
    member = np.repeat([1, 0], [len(y), len(y_out)])
    return member, report.records


def summarise(kind, case, found):
    table = pd.DataFrame(
        {
            "kind": kind,
            "case": case,
            "method": found.columns,
            "runs": len(found),
            "positive": (found > 0).mean().round(4).to_numpy(),
            "mean": found.mean().round(3).to_numpy(),
            "sd": found.std().round(3).to_numpy(),
        }
    )
    print(table.to_string(index=False, header=False), flush=True)
    return table


def written(table):
    """The three tables of the document."""
    parts = []
    for kind, column, title in [
        ("no leak", "positive", "Share of runs in which a bound is positive: no leak"),
        ("laws", "mean", "Mean bound: known laws, 500 and 500 records"),
        ("targets", "mean", "Mean bound: models"),
    ]:
        of_kind = table[table["kind"] == kind]
        rows = ["method", "case"] if kind != "targets" else ["case", "method"]
        wide = of_kind.pivot(index=rows[0], columns=rows[1], values=column)
        wide = wide.loc[of_kind[rows[0]].unique(), of_kind[rows[1]].unique()]
        digits = 3 if column == "positive" else 2
        lines = [
            [name, *(f"{value:.{digits}f}" for value in row)]
            for name, row in zip(wide.index, wide.to_numpy(), strict=True)
        ]
        first = "" if kind == "targets" else "bound"
        parts.append(f"{title}\n\n{markdown([first, *wide.columns], lines)}")
    return "\n\n".join(parts)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--null-runs", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--divisions", type=int, default=5)
    parser.add_argument("--export", metavar="NPZ", type=Path)
    asked = parser.parse_args()
    if asked.export:
        export(asked.export, asked.null_runs, asked.runs)
        return
    tables = []
    for kind, cases, n_runs in [
        ("no leak", NULL, asked.null_runs),
        ("laws", LAWS, asked.runs),
    ]:
        for case, of in cases.items():
            # The others take a tenth of a second each.
            n_coins = n_runs if kind == "laws" else n_runs // 10
            parts = [play(of, FIXED, n_runs, False), play(of, COINS, n_coins, True)]
            tables += [summarise(kind, case, part) for part in parts]
    for name, records, model in targets():
        runs = [attacked(records, model, seed) for seed in range(asked.divisions)]
        for attack in ATTACKS:
            found = [
                {
                    method: bound(member, scores[attack].to_numpy(), seed)
                    for method, bound in FIXED.items()
                }
                for seed, (member, scores) in enumerate(runs)
            ]
            case = f"{name}, {attack}"
            tables.append(summarise("targets", case, pd.DataFrame(found)))
    table = pd.concat(tables)
    table.to_csv(RESULTS, index=False)
    if PEER.exists():
        table = pd.concat([table, pd.read_csv(PEER)])
    write_section("calibration.md", "epsilon", written(table))


if __name__ == "__main__":
    main()
