"""Defenses of generators, against each attack on what they publish, and their utility.

    OMP_NUM_THREADS=1 python benchmarks/bench_synthetic_defenses.py --write

writes the first tables of docs/synthetic.md, in minutes: records, splits and attacks of
bench_synthetic.py. Utility is the mean logarithm of the density of the table (2,000
rows, Gaussian kernels) at 209 records that nobody was fitted on: higher is better.
Shadow generators, ten on random halves of the 360 records, are defended as the target.
Private generators draw fresh noise: the rows of a table that are theirs repeat within
their standard errors only.

    OMP_NUM_THREADS=1 python benchmarks/bench_synthetic_defenses.py --networks --write

writes that of generative adversarial networks and a variational autoencoder, and with
`--beside --splits 2` that of the same beside four shadow generators.
"""

import argparse
import warnings
from collections import defaultdict

import numpy as np
import pandas as pd
from bench_synthetic import (
    MEMBER,
    N_SPLITS,
    beside_shadows,
    of_scores,
    of_table,
    published,
    records,
)
from documents import table_of, write_section
from sklearn.metrics import roc_auc_score
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KernelDensity

from skmia.attacks import get_attack, lacks, run
from skmia.defenses import (
    PartitionedGenerator,
    PrivateGaussianMixture,
    PrivateHistogram,
)
from skmia.exceptions import PrivacyLeakWarning
from skmia.targets import Session


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


# Beside shadow generators without the record, and with it as well.
OFFLINE = [
    "difficulty-calibration",
    "reference",
    "long",
    "lira-offline",
    "rmia-offline",
]
ONLINE = ["mast", "lira-online", "rmia-online", "shadow"]
N_SHADOW_NETWORKS = 4
OFFLINE_OF_TABLES = ["domias-generator", *OFFLINE]
ONLINE_OF_TABLES = [*ONLINE, "shadow-queries"]


def utility(model, reference):
    """Mean log density of the table at records of the reference set."""
    seen = Session(model, reference).observe("sample_density")
    return seen.to_numpy().mean()


def of_density(generator, X, seed):
    """Utility, and AUC of each attack on the table and on the density, by section."""
    model, own, reference = published(generator, X, seed)
    alone = {"utility": utility(model, reference)}
    alone |= of_scores(model, own, reference) | of_table(model, own, reference)
    of_tables = OFFLINE_OF_TABLES + ONLINE_OF_TABLES
    beside = beside_shadows(model, own, seed, of_tables)
    return {
        "defended": alone,
        "defended-offline": {name: beside[name] for name in OFFLINE_OF_TABLES},
        "defended-online": {name: beside[name] for name in ONLINE_OF_TABLES},
        "defended-scores": beside_shadows(
            model.estimator_, own, seed, OFFLINE + ONLINE
        ),
    }


def networks():
    """Networks by name; two layers of 128 units learn 180 records by heart."""
    from generative_nets import GAN, VAE

    size = {"width": 128, "epochs": 800}
    return {
        "GAN": GAN(**size),
        "the same, dropout .5": GAN(dropout=0.5, **size),
        "the same, weight norm": GAN(normalised=True, **size),
        "the same, DP-SGD": GAN(noise_multiplier=1.0, **size),
        "the same, of 3 parts": PartitionedGenerator(GAN(**size), n_parts=3),
        "VAE": VAE(width=128),
    }


def of_network(net, X, seed):
    """The same of a network, with attacks that look into it."""
    model, own, reference = published(net, X, seed)
    found = {"utility": utility(model, reference)}
    found |= of_table(model, own, reference)
    session = Session(model, own, white_box=True)
    for name in ("logan-black-box", "logan-white-box", "gan-leaks-decoder"):
        recipe = get_attack(name, of=session.kind)
        if lacks(recipe.attack, session) is None:
            asked = recipe.attack, recipe.fitted_on, session
            score, _ = run(*asked, member=MEMBER, seed=seed)
            found[name] = roc_auc_score(MEMBER, score)
    return {"networks": found}


def of_network_beside_shadows(net, X, seed):
    """AUC of attacks that learn from networks defended like this one."""
    model, own, _ = published(net, X, seed)
    names = OFFLINE_OF_TABLES + ONLINE_OF_TABLES
    return {
        "networks-beside": beside_shadows(model, own, seed, names, N_SHADOW_NETWORKS)
    }


def tables(generators, measure, n_splits):
    """A table for each section, with a row for each generator."""
    X, rows = records(), defaultdict(list)
    for name, generator in generators.items():
        for seed in range(n_splits):
            for section, found in measure(generator, X, seed).items():
                rows[section].append({"table of": name} | found)
    return {
        section: table_of(pd.DataFrame(found), ["table of"])
        for section, found in rows.items()
    }


def main():
    """Print the tables, or write them to the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--splits", type=int, default=N_SPLITS)
    parser.add_argument("--networks", action="store_true")
    parser.add_argument("--beside", action="store_true", help="with --networks")
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    # Seeds make a table of networks repeat; nobody relies on this noise.
    warnings.simplefilter("ignore", PrivacyLeakWarning)
    of = GENERATORS, of_density
    if asked.networks:
        of = networks(), of_network_beside_shadows if asked.beside else of_network
    for section, table in tables(*of, asked.splits).items():
        print(table, end="\n\n")
        if asked.write:
            write_section("synthetic.md", section, table)


if __name__ == "__main__":
    main()
