"""Lists of recognised members: how many on them are there by chance.

    OMP_NUM_THREADS=1 python benchmarks/bench_flagged.py --games 500

writes a table of docs/audits.md. A game is a whole audit. The model is naive Bayes that
was trained on other records, and knows some of the training records by heart: it is
certain of their labels. These are the true members of a list; all others score like
holdout records. The share of false ones is 0 for an empty list.
"""

import argparse

import numpy as np
import pandas as pd
from documents import markdown, write_section
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.naive_bayes import GaussianNB

from skmia import audit

# Training records, holdout records, how many are known by heart.
SIZES = [(100, 100, 20), (100, 100, 0)]
FDR = 0.2
ATTACKS = ["gap", "loss-threshold", "max-confidence-threshold"]


class ByHeart(ClassifierMixin, BaseEstimator):
    """Naive Bayes that is nearly certain of some records' labels."""

    def fit(self, X, y, X_known, y_known, rng):
        """Learn from some records, and remember others."""
        self.inner_ = GaussianNB().fit(X, y)
        self.classes_ = self.inner_.classes_
        # Not all alike, nor surer than the surest of the others.
        self.known_ = {
            row.tobytes(): (label, rng.uniform(0.9, 1))
            for row, label in zip(X_known, y_known, strict=True)
        }
        return self

    def predict_proba(self, X):
        """Posteriors of naive Bayes, or the label that is remembered."""
        P = self.inner_.predict_proba(X)
        for i, row in enumerate(np.asarray(X)):
            if row.tobytes() in self.known_:
                label, p = self.known_[row.tobytes()]
                P[i] = np.where(self.classes_ == label, p, 1 - p)
        return P

    def predict(self, X):
        """The likelier label."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


def play(seed, n_train, n_holdout, n_known):
    """Length of a list, false ones on it, and whether a bound was too small."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(100 + n_train + n_holdout, 4))
    y = (X[:, 0] + 3 * rng.normal(size=len(X)) > 0).astype(int)
    others, train, holdout = np.split(np.arange(len(y)), [100, 100 + n_train])
    known = train[:n_known]
    model = ByHeart().fit(X[others], y[others], X[known], y[known], rng)
    sets = X[train], y[train], X[holdout], y[holdout]
    report = audit(model, *sets, attacks=ATTACKS, n_shadows=0, random_state=seed)
    flagged = report.flag_members(FDR)
    everybody = report.flag_members(0.999).sort_values("p_value")
    by_chance = (everybody["record"] >= n_known).cumsum()
    last = ~everybody.duplicated("p_value", keep="last")
    size = np.arange(1, len(everybody) + 1)
    beyond = by_chance > everybody["fdp_high"] * size + 1e-9
    return {
        "listed": len(flagged),
        "false": int((flagged["record"] >= n_known).sum()),
        "bound broken": bool(beyond[last].any()),
    }


def summed_up(games, n_train, n_holdout, n_known):
    table = pd.DataFrame(games)
    share = table["false"] / table["listed"].clip(lower=1)
    found = (table["listed"] - table["false"]).mean()
    return [
        f"{n_train} and {n_holdout}",
        n_known,
        len(table),
        f"{table['listed'].mean():.1f}",
        f"{found / n_known:.2f}" if n_known else "",
        f"{share.mean():.3f} ± {share.std() / np.sqrt(len(share)):.3f}",
        f"{FDR * (n_train - n_known) / n_train:.3f}",
        f"{table['bound broken'].mean():.3f}",
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--games", type=int, default=500)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    rows = []
    for sizes in SIZES:
        jobs = (delayed(play)(seed, *sizes) for seed in range(options.games))
        rows.append(summed_up(Parallel(options.jobs)(jobs), *sizes))
        print(*rows[-1], sep=" | ", flush=True)
    header = ["records", "known by heart", "games", "on the list", "found"]
    header += ["false share", "at most", "some bound broken (at most .05)"]
    if options.games >= 500:
        write_section("audits.md", "flagged", markdown(header, rows))


if __name__ == "__main__":
    main()
