"""What parties give away that share scores on public records (FedMD), and to whom.

    OMP_NUM_THREADS=1 python benchmarks/bench_distillation.py

writes docs/federations.md (the section "distilled owners"). Four parties, a tree and a
logistic regression by turns, own 600 records and share scores on 300 public ones in 2
rounds; the mean of 4 federations.
"""

import warnings

import pandas as pd
from bench_federation import NAMES, SKEWS, records
from documents import markdown
from parts import run_parts
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from skmia.federated import (
    FederatedDistillation,
    LooseFederation,
    SourceInferenceAttack,
    owner_accuracy,
)

TREE = DecisionTreeClassifier(min_samples_leaf=2)
# As far as it comes: a fit to soft labels of 30 classes is long.
LOGISTIC = LogisticRegression(max_iter=50)
PARTIES = [TREE, LOGISTIC] * 2
N_PUBLIC, N_SEEDS = 300, 4
SURROGATES = {"tree": TREE, "logistic regression": LOGISTIC}


def federation_of(X, alpha, seed):
    """Parties, and the public records."""
    return FederatedDistillation(
        PARTIES, X_public=X, alpha=alpha, n_rounds=2, random_state=seed
    )


def name_owners(name, alpha, seed):
    """Accuracy of source inference in one federation, by what the server does."""
    warnings.simplefilter("ignore")
    X, y = records(name, N_PUBLIC + 600, seed)
    own = X[N_PUBLIC:], y[N_PUBLIC:]
    federation = federation_of(X[:N_PUBLIC], alpha, seed).fit(*own)
    alone = LooseFederation(PARTIES, random_state=seed).fit(*own, federation.owner_)
    attacks = {
        f"imitates, {kind}": SourceInferenceAttack(federation, surrogate=surrogate)
        for kind, surrogate in SURROGATES.items()
    }
    attacks["asks"] = SourceInferenceAttack(federation)
    attacks["asks who trains alone"] = SourceInferenceAttack(alone)
    rows = []
    for server, attack in attacks.items():
        named = attack.set_params(random_state=seed).fit().predict_owner(*own)
        found = owner_accuracy(federation.owner_, named, len(PARTIES))
        rows.append({"data": name, "alpha": alpha, "server": server} | found._asdict())
    return pd.DataFrame(rows)


def mean_and_error(values):
    """Mean over federations, and its standard error."""
    return f"{values.mean():.3f} ± {values.sem():.3f}"


def owners_table(found):
    """A row for each data set and skew, columns for what the server does."""
    servers = list(dict.fromkeys(found["server"]))
    rows = []
    for key, part in found.groupby(["data", "alpha"], sort=False):
        of = part.groupby("server")["accuracy"]
        cells = [mean_and_error(of.get_group(server)) for server in servers]
        rows.append([*key, *cells, f"{part['largest'].mean():.3f}"])
    return markdown(["data", "alpha", *servers, "largest party"], rows)


if __name__ == "__main__":
    seeds = range(N_SEEDS)
    run_parts(
        __doc__,
        "federations.md",
        {
            "distilled owners": (name_owners, owners_table),
        },
        {
            "distilled owners": [
                (name, alpha, seed)
                for name in NAMES
                for alpha in SKEWS[:2]
                for seed in seeds
            ],
        },
    )
