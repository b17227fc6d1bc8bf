"""Who reads trajectories: logistic regression on summaries, or published networks.

    OMP_NUM_THREADS=1 python benchmarks/bench_trajectory_models.py --jobs 2

writes docs/attacks.md (the section "Networks on trajectories") and
benchmarks/results/trajectory_models.csv. Targets, records and evidence are those of
bench_other_records.py: the model is distilled on all records, labels left out. The
forest, which every attack tells, is left out. All attack models of a row see the same
trajectories, of one shadow model as by the names "trajectory" and "seqmia", or of
`--shadows` of four. "MLP, watched" is one whose own training was seen from epoch to
epoch (`training_observations`), as was that of the shadow models.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from bench_other_records import N_ROWS, TARGETS
from data_sets import DATA
from documents import markdown, write_section
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder
from strength_tables import AUC, TPR

from skmia import ShadowModels
from skmia.attacks import get_attack
from skmia.attacks.evidence import Distilled
from skmia.metrics import tpr_at_fpr
from skmia.neural import SeqMIA, TrajectoryMIA
from skmia.shadow import training_observations
from skmia.targets import Session
from skmia.utils._membership import membership_score

RESULTS = Path(__file__).parent / "results" / "trajectory_models.csv"
N_SHADOWS = 4
WATCHED = "MLP, watched"
WHO = {name: TARGETS[name] for name in ("MLP", "logistic", "boosting")}
WHO[WATCHED] = TARGETS["MLP"]
METRICS = list(get_attack("seqmia").attack[0].signals)


def attack_models(seed):
    """Name, columns and attack model."""
    losses, every = "loss_", ""
    yield "trajectory", losses, get_attack("trajectory").attack[-1]
    yield "TrajectoryMIA", losses, TrajectoryMIA(random_state=seed)
    yield "seqmia", every, get_attack("seqmia").attack[-1]
    yield "SeqMIA", every, SeqMIA(random_state=seed)


def trajectories(name, X, y, n_shadows, seed):
    """Observations and membership, of the target and of pairs with shadow models."""
    target = clone(WHO[name][1])
    rows = np.arange(len(y))
    members, _ = train_test_split(rows, test_size=0.5, stratify=y, random_state=seed)
    inside = np.isin(rows, members)
    shadows = ShadowModels(target, n_shadows=N_SHADOWS, random_state=seed).fit(X, y)
    if name == WATCHED:
        sides = [inside, *shadows.membership_[:n_shadows]]
        seen = [
            watched(target, X, y, side, 10 * seed + i) for i, side in enumerate(sides)
        ]
        return (seen[0], inside), (pd.concat(seen[1:]), np.concatenate(sides[1:]))
    evidence = Distilled(X, signals=METRICS, random_state=seed)
    pairs, member, _ = shadows.pairs(n_shadows)
    Z = evidence.fit_transform(pairs)
    model = target.set_params(random_state=seed).fit(X[members], y[members])
    return (evidence.transform(Session(model, X, y)), inside), (Z, member)


def watched(model, X, y, inside, seed):
    """Trajectories of all records in a model that learns those inside."""
    return training_observations(
        *(model, X[inside], y[inside], X, y), signals=METRICS, random_state=seed
    )


def measure(name, n_shadows, seed):
    """One row for each attack model."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    X, y = DATA[WHO[name][0]](N_ROWS)
    y = LabelEncoder().fit_transform(y)
    (Z, member), (Z_known, known) = trajectories(name, X, y, n_shadows, seed)
    rows = []
    for attack, prefix, model in attack_models(seed):
        columns = [column for column in Z if column.startswith(prefix)]
        model = clone(model).fit(Z_known[columns], known.astype(int))
        score = membership_score(model, Z[columns])
        auc = roc_auc_score(member, score)
        rows.append([name, seed, attack, auc, tpr_at_fpr(member, score, fpr=0.01)])
        print(rows[-1], flush=True)
    return pd.DataFrame(rows, columns=["target", "seed", "attack", AUC, TPR])


def document(table):
    """One row for each target, as text: means over seeds."""
    means = table.groupby(["target", "attack"], sort=False)[[AUC, TPR]].mean()
    attacks = list(dict.fromkeys(table["attack"]))
    rows = []
    for target in dict.fromkeys(table["target"]):
        found = (means.loc[target, attack] for attack in attacks)
        rows.append([target, *(f"{each[AUC]:.3f} / {each[TPR]:.3f}" for each in found)])
    return markdown(["target", *attacks], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--targets", nargs="+", choices=WHO, default=[*WHO])
    parser.add_argument("--shadows", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    tables = Parallel(n_jobs=options.jobs)(
        delayed(measure)(name, options.shadows, seed)
        for name in options.targets
        for seed in range(options.seeds)
    )
    table = pd.concat(tables, ignore_index=True)
    print(document(table))
    if options.targets == [*WHO] and options.shadows == 1 and options.seeds >= 2:
        table.round(4).to_csv(RESULTS, index=False)
        write_section("attacks.md", "trajectory models", document(table))


if __name__ == "__main__":
    main()
