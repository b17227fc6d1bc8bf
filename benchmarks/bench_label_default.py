"""What the default audit of somebody who sees labels only finds, and what it asks.

1,000 of scikit-learn's digits, half of them members; a forest of 100 trees; three
targets. Writes the table of docs/attacks.md; prints the calls and rows of each audit.

    OMP_NUM_THREADS=1 python benchmarks/bench_label_default.py
"""

import pandas as pd
from documents import markdown, write_section
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier

from skmia import audit

N_RECORDS, SEEDS = 1000, (0, 1, 2)
METRICS = ["auc", "balanced_accuracy", "tpr_at_fpr_0.01"]


class Target(RandomForestClassifier):
    """Counts what it is asked; shadow models are of another name, and do not."""

    def predict(self, X):
        if hasattr(self, "asked_"):
            self.asked_.append(len(X))
        return super().predict(X)


def audited(seed):
    """Metrics of one target, and how many rows each of its calls had."""
    X, y = load_digits(return_X_y=True)
    chosen = pd.Series(range(len(y))).sample(N_RECORDS, random_state=seed).to_numpy()
    X, y = X[chosen], y[chosen]
    target = Target(random_state=seed).fit(X[::2], y[::2])
    target.asked_ = []
    sets = X[::2], y[::2], X[1::2], y[1::2]
    report = audit(target, *sets, access="label", random_state=seed)
    return report.summary[METRICS], target.asked_


def main():
    found, asked = zip(*map(audited, SEEDS), strict=True)
    mean = sum(found) / len(found)
    rows = [(f"`{n}`", *(f"{v:.3f}" for v in row)) for n, *row in mean.itertuples()]
    header = "attack", "AUC", "balanced accuracy", "TPR at 1 % FPR"
    write_section("attacks.md", "label-default", markdown(header, rows))
    calls = [(len(rows), sum(rows)) for rows in asked]
    print("calls and rows of each audit:", calls)


if __name__ == "__main__":
    main()
