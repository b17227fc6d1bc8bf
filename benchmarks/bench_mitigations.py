"""What mitigations of federations cost, and what attacks find behind them.

    OMP_NUM_THREADS=1 python benchmarks/bench_mitigations.py

writes docs/federations.md (the sections "mitigations", "acting", "skew", "batches" and
"votes"; `--parts` chooses among them). Mitigations: federations as in
`bench_federation.py` of 6 rounds, of which 120 of 240 records are members; three of
each, with records, seeds and two shadow federations of its own, defended alike.
Acting: `nasr-ascent` by its rate, less `nasr-global-shadows` on the same federation
without any, four of each. Skew: source inference on MNIST as there. Batches: Melis et
al., one upload of softmax regression after one pass over 32 records of Location-30,
beside 500 others. Votes: trees of three parties on digits. Numbers are means over
federations with standard errors.
"""

import warnings

import numpy as np
import pandas as pd
from bench_federation import NAMES, PERCEPTRON, played, records
from documents import markdown
from parts import run_parts
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from skmia.attacks import get_attack
from skmia.attacks.evidence import Coverage
from skmia.defenses import RoundedPosterior
from skmia.federated import (
    DPFedAvg,
    Federation,
    InsiderAttack,
    LooseFederation,
    NoisyUploads,
    SecureAggregation,
    SharedFeatures,
    SourceInferenceAttack,
)
from skmia.neural import NetClassifier
from skmia.neural.objectives import DPSGD
from skmia.targets import Session

N_REPEATS = 3
N_ROWS = 480
N_BATCHES = 5
N_ACTING = 4
RATES = (0.01, 0.1, 1.0)
SHARED = ("posteriors", "labels")
PASSIVE = ("loss-threshold", "nasr-local-shadows", "nasr-global-shadows")
ACTIVE = ("nasr-ascent",)
ROWS = NetClassifier(
    module_params={"hidden_units": (64,)},
    optimizer="sgd",
    learning_rate=0.5,
    batch_size=20,
    objective=DPSGD(noise_multiplier=0.6, delta=1e-3),
)


def private(**params):
    """Client-level privacy, and the parameters that it asks for."""
    return {"aggregator": DPFedAvg(**params), "averaging": "plain"}


# By name: the learner, and parameters of the federation.
MITIGATIONS = {
    "none": (PERCEPTRON, {}),
    "half of the parties in a round": (PERCEPTRON, {"client_fraction": 0.5}),
    "secure aggregation": (PERCEPTRON, {"aggregator": SecureAggregation()}),
    "updates cut to 0.5": (PERCEPTRON, {"hooks": [NoisyUploads(0.5)]}),
    "cut to 0.5, noise 0.03": (PERCEPTRON, {"hooks": [NoisyUploads(0.5, noise=0.03)]}),
    "DP-FedAvg, noise 0.3": (
        PERCEPTRON,
        private(noise_multiplier=0.3, max_norm=1.0, delta=0.1),
    ),
    "DP-SGD in every party": (ROWS, {}),
}
SKEWED = ("none", "cut to 0.5, noise 0.03")
# By name: dropout of features, the share of public records that have a feature that is
# shared, and noise.
BATCHES = {
    "none": (0.0, 0.0, 0.0),
    "features of 5 % of the records": (0.0, 0.05, 0.0),
    "features of 20 % of the records": (0.0, 0.2, 0.0),
    "dropout 0.5 of features": (0.5, 0.0, 0.0),
    "noise 0.001": (0.0, 0.0, 0.001),
    "noise 0.01": (0.0, 0.0, 0.01),
}


def federation_of(mitigation, seed, **params):
    """A federation with a mitigation."""
    learner, own = MITIGATIONS[mitigation]
    return Federation(learner, random_state=seed, **params | own)


def mitigate(name, mitigation, seed):
    """What attacks find, and accuracy and epsilon of the federation."""
    warnings.simplefilter("ignore")
    target = federation_of(mitigation, seed, n_rounds=6, local_epochs=3)
    half = N_ROWS // 2
    found = {"data": name, "mitigation": mitigation}
    # DP-SGD takes minutes for each federation.
    for attacks in (PASSIVE,) if target.estimator is ROWS else (PASSIVE, ACTIVE):
        recipes = [get_attack(attack) for attack in attacks]
        runs = [(one.name, one.attack, one.fitted_on) for one in recipes]
        rows = played(name, runs, seed, target, N_ROWS)
        found |= dict(zip(rows["attack"], rows["auc"], strict=True))
        if attacks is PASSIVE:
            found["model"] = rows["utility"].iloc[0]
    X, y = records(name, half, seed)
    target.fit(X, y)
    found["owner"] = owner_named(target, X, y)
    found["epsilon"] = getattr(target, "epsilon_", np.nan)
    return pd.DataFrame([found])


def owner_named(target, X, y):
    """Share of the records whose owner source inference names; nan: it cannot."""
    if not hasattr(target, "party_proba"):
        return np.nan
    return (
        SourceInferenceAttack(target, random_state=0).fit().score(X, y, target.owner_)
    )


def acting(name, rate, seed):
    """How much more who acts finds than who watches, and what it costs the model."""
    warnings.simplefilter("ignore")
    target = federation_of("none", seed, n_rounds=6, local_epochs=3)
    watches, acts = get_attack("nasr-global-shadows"), get_attack("nasr-ascent")
    ascent = clone(acts.attack).set_params(evidence__rate=rate)
    seen, found = (
        played(name, [(one.name, attack, one.fitted_on)], seed, target, N_ROWS).iloc[0]
        for one, attack in ((watches, watches.attack), (acts, ascent))
    )
    row = {"data": name, "rate": rate, "watches": seen["auc"], "acts": found["auc"]}
    row["difference"] = found["auc"] - seen["auc"]
    return pd.DataFrame([row | {"model": found["utility"]}])


def skew(mitigation, alpha, n_epochs, seed):
    """Source inference, and accuracy, by label skew and local epochs."""
    X, y = records("MNIST", 2000, seed)
    target = federation_of(
        mitigation, seed, n_parties=10, alpha=alpha, n_rounds=5, local_epochs=n_epochs
    ).fit(X[:1000], y[:1000])
    row = {"mitigation": mitigation, "alpha": alpha, "local epochs": n_epochs}
    row["owner"] = owner_named(target, X[:1000], y[:1000])
    return pd.DataFrame([row | {"model": target.score(X[1000:], y[1000:])}])


def batch(mitigation, seed):
    """Coverage of the records of one upload, and accuracy after many rounds."""
    X, y = records("Location-30", 3000, seed)
    dropout, share, noise = BATCHES[mitigation]
    learner = NetClassifier(
        module_params={"hidden_units": (), "input_dropout": dropout},
        optimizer="sgd",
        learning_rate=1.0,
        batch_size=32,
    )
    hooks = [SharedFeatures(X[2000:].mean(axis=0) > share)] if share else []
    hooks += [NoisyUploads(np.inf, noise=noise)] if noise else []
    params = {"hooks": hooks, "random_state": seed}
    seen = Federation(learner, n_parties=1, n_rounds=1, **params).fit(X[:32], y[:32])
    # Who attacks knows of the noise.
    Z = Coverage(tol=4 * noise).fit_transform(Session(seen, X[:532], y[:532]))
    auc = roc_auc_score(np.arange(532) < 32, Z["coverage_share"])
    model = Federation(learner, n_rounds=20, **params).fit(X[:1000], y[:1000])
    row = {"mitigation": mitigation, "AUC of coverage": auc}
    return pd.DataFrame([row | {"model": model.score(X[1000:2000], y[1000:2000])}])


def vote(shared, seed):
    """The insider of a vote, who names the owner of records."""
    X, y = load_digits(return_X_y=True)
    rows = np.random.RandomState(seed).permutation(len(y))
    inside, outside = rows[:900], rows[900:]
    party = DecisionTreeClassifier(min_samples_leaf=3)
    if shared == "labels":
        party = RoundedPosterior(party, decimals=0)
    target = LooseFederation([party] * 3, random_state=seed).fit(X[inside], y[inside])
    insider = InsiderAttack(target, random_state=0).fit()
    owner = insider.score(X[inside], y[inside], target.owner_)
    row = {"the parties share": shared, "owner": owner}
    return pd.DataFrame([row | {"model": target.score(X[outside], y[outside])}])


def with_error(values):
    """Mean and standard error, or a dash."""
    error = values.std(ddof=1) / len(values) ** 0.5
    return "-" if np.isnan(error) else f"{values.mean():.3f} ± {error:.3f}"


def table(found, keys):
    """A row for each value of the keys, means with errors."""
    rows = []
    for key, part in found.groupby(keys, sort=False):
        rows.append(
            [*key, *(with_error(part[name]) for name in part.drop(columns=keys))]
        )
    return markdown(list(found), rows)


def mitigations_table(found):
    """The same, where the owner is one of 4."""
    found = found.drop(columns="epsilon").rename(columns={"owner": "owner (of 4)"})
    return table(found, ["data", "mitigation"])


if __name__ == "__main__":
    seeds = range(N_REPEATS)
    run_parts(
        __doc__,
        "federations.md",
        {
            "mitigations": (mitigate, mitigations_table),
            "acting": (acting, lambda f: table(f, ["data", "rate"])),
            "skew": (skew, lambda f: table(f, ["mitigation", "alpha", "local epochs"])),
            "batches": (batch, lambda f: table(f, ["mitigation"])),
            "votes": (vote, lambda f: table(f, ["the parties share"])),
        },
        {
            "mitigations": [
                (name, one, s) for name in NAMES for one in MITIGATIONS for s in seeds
            ],
            "acting": [
                (name, rate, s)
                for name in NAMES
                for rate in RATES
                for s in range(N_ACTING)
            ],
            "skew": [
                (one, alpha, n_epochs, s)
                for one in SKEWED
                for alpha in (100.0, 0.1)
                for n_epochs in (1, 5)
                for s in seeds
            ],
            "batches": [(one, s) for one in BATCHES for s in range(N_BATCHES)],
            "votes": [(one, s) for one in SHARED for s in range(N_BATCHES)],
        },
    )
