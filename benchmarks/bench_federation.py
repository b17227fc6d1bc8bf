"""What insiders of a federation find out: owners, features of a batch, members.

    OMP_NUM_THREADS=1 python benchmarks/bench_federation.py

writes docs/federations.md (the sections "owners", "features", "members" and "rates";
`--parts` chooses among them). Owners: 1,000 records of each data set, 10 parties, 5
rounds of a perceptron with 64 hidden units. Features: a gradient step of softmax
regression on a batch of Location-30, 200 batches. Members, and rates of ascent: the
same perceptron, 4 parties, 12 rounds of 3 epochs, 200 of 400 records are members; the
adversary has 400 more and two shadow federations. One federation each: intervals, of
95 %, are those over its records.
"""

import warnings
from functools import lru_cache

import numpy as np
import pandas as pd
from data_sets import DATA
from documents import markdown
from parts import run_parts
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier

from skmia import ShadowModels
from skmia.attacks import get_attack, lacks, run
from skmia.attacks._run import tampered
from skmia.federated import (
    Federation,
    SourceInferenceAttack,
    feature_coverage,
    nonzero_features,
    owner_accuracy,
)
from skmia.federated._learners import learner_of
from skmia.metrics import auc_interval
from skmia.targets import Session

NAMES = ("Location-30", "MNIST", "Adult")
PERCEPTRON = MLPClassifier(
    (64,), solver="sgd", learning_rate_init=0.1, batch_size=20, alpha=0
)
MEMBERS = Federation(PERCEPTRON, n_rounds=12, local_epochs=3)
SKEWS = (100.0, 1.0, 0.1)
EPOCHS = (1, 5)
RATES = (0.01, 0.1, 1.0)
SIZES = (1, 8, 16, 32, 64)
N_BATCHES = 200
# What was measured for the reference of these attacks, on the same data.
KNOWN_COVERAGE = {1: 1.0, 8: 1.0, 16: 0.996, 32: 0.948, 64: 0.734}
# Those that act by the same hooks share their federations.
ATTACKS = (
    ("loss-threshold", "shadow"),
    ("nasr-local-shadows", "nasr-global-shadows", "nasr-global-unsupervised"),
    ("nasr-local-ascent",),
    ("nasr-ascent",),
    ("nasr-isolating",),
    ("nasr-isolating-ascent",),
)
# Accuracy in percent of Nasr et al. 2019 on Purchase-100, by the names of the columns.
NASR = {
    "nasr-global-shadows": 72.4,
    "nasr-ascent": 75.4,
    "nasr-isolating": 75.3,
    "nasr-isolating-ascent": 82.5,
    "nasr-local-shadows": 65.8,
    "nasr-local-ascent": 69.8,
}


@lru_cache
def loaded(name, n_rows):
    """A data set, read once."""
    return DATA[name](n_rows)


def records(name, n_rows, seed):
    """Rows in random order."""
    X, y = loaded(name, max(n_rows, 4000))
    rows = np.random.RandomState(seed).permutation(len(y))[:n_rows]
    return X[rows], y[rows]


def name_owners(name, alpha, n_epochs, seed):
    """Accuracy of source inference in one federation."""
    X, y = records(name, 1000, seed)
    federation = Federation(
        PERCEPTRON,
        n_parties=10,
        alpha=alpha,
        n_rounds=5,
        local_epochs=n_epochs,
        random_state=seed,
    ).fit(X, y)
    rows = []
    for rounds in (None, [-1]):
        attack = SourceInferenceAttack(federation, rounds=rounds, random_state=0).fit()
        named = attack.predict_owner(X, y)
        found = owner_accuracy(federation.owner_, named, 10)
        row = {"data": name, "alpha": alpha, "epochs": n_epochs, "last": bool(rounds)}
        rows.append(row | found._asdict())
    return pd.DataFrame(rows)


def cover(size, seed):
    """Recall of the features of batches, and AUC of their records beside others."""
    X, y = records("Location-30", 5010, seed)
    learner = MLPClassifier((), solver="sgd", alpha=0, learning_rate_init=0.1)
    of_kind = learner_of(learner)
    model = of_kind.start(learner, X, y, np.unique(y), seed)
    rng, rows = np.random.RandomState(seed), []
    for _ in range(N_BATCHES):
        batch, others = np.split(rng.permutation(len(y))[: size + 500], [size])
        step = 0.1 * of_kind.gradient(model, X[batch], y[batch])
        upload = of_kind.with_vector(model, of_kind.vector(model) - step)
        moved = nonzero_features(model, upload)
        coverage = feature_coverage(X[np.append(batch, others)], moved)
        auc = roc_auc_score(np.arange(size + 500) < size, coverage)
        recall = moved[X[batch].any(axis=0)].mean()
        rows.append({"size": size, "recall": recall, "auc": auc})
    return pd.DataFrame(rows)


def find_members(name, acts, seed):
    """AUC and accuracy of attacks that act alike, on one federation."""
    recipes = [get_attack(attack) for attack in acts]
    attacks = [(one.name, one.attack, one.fitted_on) for one in recipes]
    return played(name, attacks, seed)


def find_at_rate(attack, rate, seed):
    """The same of one attack on MNIST, by the rate of its ascent."""
    acts = clone(get_attack(attack).attack).set_params(evidence__rate=rate)
    return played("MNIST", [(attack, acts, "shadows")], seed).assign(rate=rate)


def played(name, attacks, seed, federation=MEMBERS, n_rows=800):
    """AUC and accuracy of attacks on a federation in which the first of them acts.

    Of what an attack lacks nothing is known: nan.
    """
    warnings.simplefilter("ignore")
    X, y = records(name, n_rows, seed)
    half = n_rows // 2
    own, victim = (X[:half], y[:half]), (X[half:], y[half:])
    member = np.random.RandomState(seed).permutation(np.arange(half) % 2)
    federation = clone(federation).set_params(random_state=seed)
    _, first, _ = attacks[0]
    shadows = ShadowModels(
        tampered(first, federation, *own), n_shadows=2, random_state=seed
    )
    shadows.fit(*own)
    inside = [part[member == 1] for part in victim]
    target = tampered(first, federation, *victim).fit(*inside)
    session = Session(target, *victim)
    rows = []
    for label, attack, source in attacks:
        # Of a federation nobody knows members; those of shadow models stand in.
        source = "candidates" if source == "candidates" else "shadows"
        if lacks(attack, session):
            rows.append({"attack": label, "auc": np.nan, "utility": target.score(*own)})
            continue
        score, called = run(attack, source, session, shadows=shadows, seed=seed)
        low, high = auc_interval(member, score)
        rows.append(
            {
                "data": name,
                "attack": label,
                "auc": roc_auc_score(member, score),
                "low": low,
                "high": high,
                "right": (called == member).mean(),
                "utility": target.score(*own),
            }
        )
    return pd.DataFrame(rows)


def with_interval(value, row):
    """A number and its interval."""
    return f"{value:.3f} [{row['low']:.3f}, {row['high']:.3f}]"


def owners_table(found):
    """A row for each data set, skew and number of epochs."""
    rows = []
    for key, part in found.groupby(["data", "alpha", "epochs"], sort=False):
        cells = [with_interval(row["accuracy"], row) for _, row in part.iterrows()]
        rows.append([*key, *cells, f"{part['largest'].mean():.3f}"])
    header = ["data", "alpha", "local epochs", "all rounds", "last round"]
    return markdown([*header, "largest party"], rows)


def features_table(found):
    """A row for each size of a batch."""
    rows = [
        [
            size,
            f"{part['recall'].mean():.3f}",
            f"{part['auc'].mean():.3f} ± {part['auc'].sem():.3f}",
            f"{KNOWN_COVERAGE[size]:.3f}",
        ]
        for size, part in found.groupby("size")
    ]
    return markdown(["batch", "recall", "AUC of coverage", "reference"], rows)


def members_table(found):
    """A row for each attack, columns for each data set."""
    rows = []
    for attack, part in found.groupby("attack", sort=False):
        cells = []
        for name in NAMES:
            (own,) = [row for _, row in part.iterrows() if row["data"] == name]
            cells += [with_interval(own["auc"], own), f"{100 * own['right']:.1f}"]
            cells.append(f"{100 * own['utility']:.0f}")
        rows.append([f"`{attack}`", *cells, NASR.get(attack, "")])
    columns = [
        f"{name}: {what}" for name in NAMES for what in ("AUC", "right", "model")
    ]
    return markdown(["attack", *columns, "Nasr et al., Purchase-100"], rows)


def rates_table(found):
    """A row for each attack and rate."""
    rows = [
        [f"`{row['attack']}`", row["rate"], with_interval(row["auc"], row)]
        + [f"{100 * row[what]:.0f}" for what in ("right", "utility")]
        for _, row in found.iterrows()
    ]
    return markdown(["attack", "rate", "AUC", "right", "model"], rows)


if __name__ == "__main__":
    run_parts(
        __doc__,
        "federations.md",
        {
            "owners": (name_owners, owners_table),
            "features": (cover, features_table),
            "members": (find_members, members_table),
            "rates": (find_at_rate, rates_table),
        },
        {
            "owners": [
                (name, alpha, n_epochs, seed)
                for name in NAMES
                for alpha in SKEWS
                for n_epochs in EPOCHS
                for seed in range(1)
            ],
            "features": [(size, 0) for size in SIZES],
            "members": [
                (name, acts, seed)
                for name in NAMES
                for acts in ATTACKS
                for seed in range(1)
            ],
            "rates": [
                (attack, rate, seed)
                for attack in ("nasr-ascent", "nasr-isolating-ascent")
                for rate in RATES
                for seed in range(1)
            ],
        },
    )
