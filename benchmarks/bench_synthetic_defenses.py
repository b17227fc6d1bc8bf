"""Defenses of generators, against each attack on what they publish, and their utility.

    OMP_NUM_THREADS=1 python benchmarks/bench_synthetic_defenses.py --write

writes the table of docs/synthetic.md, in minutes: the records, splits and attacks of
bench_synthetic.py. Utility is the mean logarithm of the density of the table (2,000
rows, Gaussian kernels) at 209 records that nobody was fitted on: higher is better.
"""

import argparse
import warnings

import numpy as np
import pandas as pd
from bench_synthetic import N_MEMBERS, N_ROWS, N_SPLITS, aucs, records
from documents import table_of, write_section
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KernelDensity

from skmia.defenses import (
    PartitionedGenerator,
    PrivateGaussianMixture,
    PrivateHistogram,
)
from skmia.exceptions import PrivacyLeakWarning
from skmia.targets import Session, Synthesizer


class ChosenWidth(KernelDensity):
    """Kernels of the width that suits records unseen, of those not below a floor."""

    def fit(self, X, y=None, sample_weight=None):
        widths = {"bandwidth": np.geomspace(0.5, 2, 7)}
        self.bandwidth = (
            GridSearchCV(KernelDensity(), widths).fit(X).best_params_["bandwidth"]
        )
        return super().fit(X)


# Whitened components: nearly all values lie between these, declared beforehand.
BOUNDS = {"bounds": (-4, 4)}
MANY = GaussianMixture(40, reg_covar=1e-3)
GENERATORS = {
    "kernel density, width .3": KernelDensity(bandwidth=0.3),
    "the same, width 1": KernelDensity(bandwidth=1.0),
    "the same, best width from .5 on": ChosenWidth(),
    "the same, width .3, of 5 parts": PartitionedGenerator(
        KernelDensity(bandwidth=0.3)
    ),
    "mixture of 40": MANY,
    "the same, `reg_covar` .3": GaussianMixture(40, reg_covar=0.3),
    "mixture of 2": GaussianMixture(2),
    "mixture of 8, of 5 parts": PartitionedGenerator(
        GaussianMixture(8, reg_covar=1e-3)
    ),
    "mixture of 2, of 5 parts": PartitionedGenerator(GaussianMixture(2)),
    **{
        f"`PrivateHistogram(4)`, epsilon {epsilon}": PrivateHistogram(
            4, epsilon=epsilon, **BOUNDS
        )
        for epsilon in (1, 10)
    },
    **{
        f"`PrivateGaussianMixture({n})`, epsilon {epsilon}": PrivateGaussianMixture(
            n, epsilon=epsilon, data_norm=1, **BOUNDS
        )
        for n in (1, 2)
        for epsilon in (1, 10)
    },
}


def utility(generator, X, seed):
    """Mean log density of the table at records of the reference set."""
    X = X[np.random.RandomState(seed).permutation(len(X))]
    published = Synthesizer(generator, n_samples=N_ROWS, random_state=seed)
    session = Session(published.fit(X[:N_MEMBERS]), X[2 * N_MEMBERS :])
    return session.observe("sample_density").to_numpy().mean()


def measured(n_splits):
    """A row for each generator and split."""
    X = records()
    return pd.DataFrame(
        [
            {"table of": name, "utility": utility(generator, X, seed)}
            | aucs(generator, X, seed)
            for name, generator in GENERATORS.items()
            for seed in range(n_splits)
        ]
    )


def main():
    """Print the table, or write it to the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--splits", type=int, default=N_SPLITS)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    # Seeds make a table repeat; nobody relies on this noise.
    warnings.simplefilter("ignore", PrivacyLeakWarning)
    table = table_of(measured(asked.splits), ["table of"])
    print(table)
    if asked.write:
        write_section("synthetic.md", "defended", table)


if __name__ == "__main__":
    main()
