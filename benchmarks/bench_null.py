"""Audits of models that cannot leak: how often do they find something all the same?

    OMP_NUM_THREADS=1 python benchmarks/bench_null.py --games 500

writes benchmarks/results/null.csv and the table of docs/audits.md. A game is a whole
audit with the default attacks. Its training and holdout records are fresh, the model
was trained on others: the AUC is one half, and members are called as often as others.

- plain: naive Bayes, 40 and 40 records of four features,
- copies: 12 and 12 rows, each of them five times,
- near copies: the same, with noise of a ten-thousandth of the spread,
- coarse: a tree of depth 3, its answers rounded to one decimal,
- labels: naive Bayes that answers with labels only,
- cross-fitted: as plain, with all attacks that learn from known members or non-members
  of the target, and with an own one, logistic regression on three signals.

The checks of an audit's validity are counted, too: each may find something amiss in 1 %
of the games.

``--kinds`` plays some of them and replaces their rows.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from documents import markdown, write_section
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia import audit
from skmia.attacks import AttackRecipe, get_attack, get_attack_names, make_attack
from skmia.attacks.evidence import Signals
from skmia.defenses import LabelOnly, RoundedPosterior

N_TRAIN = 60
N_SHADOWS = "auto"
FPR = 0.1
MODELS = {
    "coarse": RoundedPosterior(
        DecisionTreeClassifier(max_depth=3, random_state=0), decimals=1
    ),
    "labels": LabelOnly(GaussianNB()),
}
COPIES = {"copies": 0.0, "near copies": 1e-4}
KINDS = ("plain", *COPIES, *MODELS, "cross-fitted")
OWN = make_attack(Signals(["loss", "entropy", "max_confidence"]), LogisticRegression())
CROSS_FITTED = [AttackRecipe("own (logistic)", OWN, "members")] + [
    name
    for name in get_attack_names(access="scores")
    if get_attack(name).fitted_on in ("members", "nonmembers")
]
CHECK = "check of validity"
RESULTS = Path(__file__).parent / "results" / "null.csv"
# An interval, and what lies in it where there is no leak.
TRUTH = {"auc": 0.5, "accuracy": 0.5, "advantage": 0.0, f"tpr_at_fpr_{FPR}": FPR}


def play(kind, seed, attacks=None):
    """Report of one game."""
    rng = np.random.default_rng(seed)
    n_side, times = (12, 5) if kind in COPIES else (40, 1)
    X = rng.normal(size=(N_TRAIN + 2 * n_side, 4))
    y = (X[:, 0] + rng.normal(size=len(X)) > 0).astype(int)
    model = MODELS.get(kind, GaussianNB()).fit(X[:N_TRAIN], y[:N_TRAIN])
    X, y = (np.repeat(part[N_TRAIN:], times, axis=0) for part in (X, y))
    X = X + COPIES.get(kind, 0) * rng.normal(size=X.shape)
    half = len(y) // 2
    return audit(
        model,
        *(X[:half], y[:half], X[half:], y[half:]),
        attacks=CROSS_FITTED if kind == "cross-fitted" else attacks,
        n_shadows=N_SHADOWS,
        fprs=[FPR],
        random_state=seed,
    )


def misses(report):
    """Bounds on the wrong side of the truth, of every attack and of the headline.

    And checks of the audit that find something amiss, where nothing is.

    A true positive rate at a false positive rate may be below the latter, where many
    scores are equal: only a lower bound can be wrong.
    """
    found = report.summary[report.summary["status"] == "ok"]
    rows = [
        (name, metric, row[f"{metric}_low"] > truth, row[f"{metric}_high"] < truth)
        for name, row in found.iterrows()
        for metric, truth in TRUTH.items()
    ]
    best = report.headline
    rows.append(("headline", "auc", best["auc_low"] > 0.5, best["auc_high"] < 0.5))
    rows += [
        (check.name, CHECK, check.outcome in ("note", "invalid"), False)
        for check in report.checks
    ]
    table = pd.DataFrame(rows, columns=["attack", "interval", "above", "below"])
    table.loc[table["interval"].str.startswith("tpr"), "below"] = False
    return table


def rates(kind, n_games, attacks=None):
    """How many bounds were wrong in so many games, by attack and interval."""
    games = [misses(play(kind, seed, attacks)) for seed in range(n_games)]
    by = pd.concat(games).groupby(["attack", "interval"], sort=False)
    counts = by[["above", "below"]].sum()
    counts.insert(0, "games", by.size())
    return pd.concat({kind: counts}, names=["kind"])


def shown(table):
    """The worst attack of every kind and interval, and the verdict."""
    lines = []
    share = table.copy()
    share["wrong"] = (share["above"] + share["below"]) / share["games"]
    for (kind, interval), part in share.groupby(["kind", "interval"], sort=False):
        of_attacks = part[part["attack"] != "headline"]
        worst = of_attacks.loc[of_attacks["wrong"].idxmax()]
        games = f"{kind} ({part['games'].iloc[0]})"
        line = [games, interval, f"{100 * of_attacks['wrong'].mean():.1f} %"]
        line.append(f"{100 * worst['wrong']:.1f} % ({worst['attack']})")
        best = part[part["attack"] == "headline"]
        verdict = [f"{100 * (n / g):.1f} %" for n, g in best[["above", "games"]].values]
        lines.append([*line, *verdict] if verdict else [*line, ""])
    header = ["games", "interval", "all attacks", "worst attack", "verdict of a leak"]
    return markdown(header, lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--games", type=int, default=500)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    asked = parser.parse_args()
    for kind in asked.kinds:
        found = rates(kind, asked.games).reset_index()
        print(found.to_string(), flush=True)
        if RESULTS.exists():
            known = pd.read_csv(RESULTS)
            found = pd.concat([known[known["kind"] != kind], found])
        found.to_csv(RESULTS, index=False)
        write_section("audits.md", "null games", shown(found))


if __name__ == "__main__":
    main()
