"""Tables of CTGAN, a synthesizer of another library, audited; in its own environment.

    python3 -m venv /tmp/peer
    /tmp/peer/bin/pip install -c constraints.txt ctgan scikit-learn pandas
    PYTHONPATH=. /tmp/peer/bin/python benchmarks/peer_ctgan.py

prints in two minutes of a processor what an audit finds after so many passes: 500
records of Adult, 500 others, tables of 2,000 rows, two splits of the records.
Its licence is no open-source one: it is named in no extra, and nothing of it is here.
"""

import numpy as np
import pandas as pd
import torch
from ctgan import CTGAN
from data_sets import adult_frame

from skmia import audit_synthetic
from skmia.metrics import dcr_share
from skmia.targets import Synthesizer

N, N_ROWS, N_SPLITS = 500, 2000, 2
PASSES = (30, 300)


class WithCategories:
    """CTGAN, told which columns are categories and, by a seed, what to draw."""

    def __init__(self, passes, seed):
        self.passes, self.seed = passes, seed

    def fit(self, X):
        torch.manual_seed(self.seed)
        np.random.seed(self.seed)  # noqa: NPY002
        categories = [name for name in X if not pd.api.types.is_numeric_dtype(X[name])]
        self.model_ = CTGAN(epochs=self.passes)
        self.model_.fit(X, categories)
        return self

    def sample(self, n_samples):
        return self.model_.sample(n_samples)


def found(passes, X, seed):
    """What an audit of one table finds."""
    X = X.sample(frac=1, random_state=seed).reset_index(drop=True)
    train, holdout = X[:N], X[N:]
    made = Synthesizer(WithCategories(passes, seed), n_samples=N_ROWS).fit(train)
    report = audit_synthetic(made.synthetic_, train, holdout, random_state=seed)
    share = dcr_share(made.synthetic_, train, holdout)
    said = {"passes": passes, "verdict": report.verdict, "DCR": share}
    return said | dict(report.summary["auc"])


def main():
    """Print the table."""
    X, _ = adult_frame(2 * N)
    rows = [found(passes, X, seed) for passes in PASSES for seed in range(N_SPLITS)]
    print(pd.DataFrame(rows).round(3).to_string(index=False))


if __name__ == "__main__":
    main()
