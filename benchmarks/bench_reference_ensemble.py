"""LiRA and RMIA weighed by what shadow models teach, beside the two themselves.

    OMP_NUM_THREADS=1 python benchmarks/bench_reference_ensemble.py

prints the tables of docs/attacks.md. References are 10 shadow models ("10"), or those
of `audit(n_shadows="auto")`: 16 that answer for both sides of every record where the
kind of model allows it. On Location-30 and Adult scores are added to the two, one at a
time: there the attack was chosen. What is measured is kept in ``--cache FOLDER``: a run
that was stopped goes on there. Empty it when the attacks have changed.
"""

import argparse
import tempfile
import warnings
from functools import partial
from itertools import product
from pathlib import Path

import bench_strength
import pandas as pd
from data_sets import DATA as OTHERS
from documents import markdown
from joblib import Memory
from scipy.stats import t as student
from sklearn.datasets import load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from strength_models import MODELS, make_model

from skmia import ShadowModels
from skmia.attacks import (
    LikelihoodRatioAttack,
    MidpointAttack,
    ReferenceQuantileAttack,
    ThresholdAttack,
    get_attack,
    make_attack,
    run,
)
from skmia.attacks._published import reference_ensemble
from skmia.auditing._shadow_design import shadow_design
from skmia.metrics import tpr_at_fpr
from skmia.targets import Session


def of_target(Z):
    """What the target itself says, of a table of references."""
    return Z.filter(like="|target")


bench_strength.DATA |= {
    "wine": partial(load_wine, return_X_y=True),
    "retail-100": partial(OTHERS["retail-100"], bench_strength.N_ROWS),
}
CHOSEN_ON = ("Location-30", "Adult")
NO_SAY = ("wine", "breast cancer", "digits", "retail-50", "retail-100", "MNIST")
WIDE = NO_SAY[3:]  # no logistic regression: its other side takes long
NAMES = ("lira-online", "rmia-online", "reference-ensemble")
MORE = {
    "deviation from out models": (
        "scaled_logit",
        LikelihoodRatioAttack(mode="offline", clip=36, scale="auto"),
    ),
    "LiRA on p": ("confidence", LikelihoodRatioAttack()),
    "p minus mean": ("confidence", MidpointAttack(direction="higher")),
    "rank among out models": ("loss", ReferenceQuantileAttack(direction="lower")),
    "modified entropy": (
        "modified_entropy",
        make_pipeline(
            FunctionTransformer(of_target),
            ThresholdAttack("modified_entropy|target", direction="lower"),
        ),
    ),
}


def designs(target, seed):
    """Shadow models, not fitted."""
    yield "10", ShadowModels(target, n_shadows=10, random_state=seed)
    yield "auto", shadow_design(target, "auto", weighted=False, random_state=seed)


def attacks(data):
    """Names and attacks; with one score more, where the attack was chosen."""
    yield from ((name, get_attack(name).attack) for name in NAMES)
    if data in CHOSEN_ON:
        for name, score in MORE.items():
            yield f"+ {name}", make_attack(*reference_ensemble(("more", *score)))


def measure(data, model, seed):
    """AUC and TPR at 1 % FPR of every attack."""
    warnings.simplefilter("ignore", ConvergenceWarning)
    X, y, member = bench_strength.problem(data, seed)
    target = make_model(model, X, seed).fit(X[member == 1], y[member == 1])
    rows = []
    for references, shadows in designs(target, seed):
        shadows.fit(X, y)
        for name, attack in attacks(data):
            session = Session(target, X, y)
            score, _ = run(attack, "shadows", session, shadows=shadows, seed=seed)
            found = roc_auc_score(member, score), tpr_at_fpr(member, score, fpr=0.01)
            rows.append((data, model, seed, references, name, *found))
    print(data, model, seed, flush=True)
    return rows


def by_attack(table):
    """AUC and TPR of every attack, one column each; and of the better of the first two.

    That is what a set of the two finds: a little too good by chance.
    """
    cell = ["data", "model", "seed", "references"]
    wide = table.pivot(index=cell, columns="attack", values=["auc", "tpr"])
    for metric in ("auc", "tpr"):
        wide[metric, "better of the two"] = wide[metric][list(NAMES[:2])].max(axis=1)
    return wide


def shown(means, names):
    """AUC and TPR in percent; of wine, which has too few non-members, no TPR."""
    return [
        f"{means['auc', name]:.3f} / {100 * means['tpr', name]:.1f}".replace("nan", "-")
        for name in names
    ]


def table_of_data(wide):
    """Means over models and seeds, for every data set; differences to the better."""
    names = [*NAMES[:2], "better of the two", NAMES[2]]
    rows = []
    for (references, data), part in wide.groupby(["references", "data"], sort=False):
        rows.append([references, data, *shown(part.mean(), names), gain(part)])
    for references, part in wide.groupby("references"):
        means = part.mean()
        rows.append([references, "all", *shown(means, names), gain(part)])
    return markdown(["references", "data", *names, "gain"], rows)


def gain(part):
    """Over the better of the two: mean over kinds of cells, and 95 % interval (t)."""
    cells = part.groupby(["data", "model"]).mean()
    words = []
    for metric, unit, digits in (("auc", 1, 4), ("tpr", 100, 1)):
        more = unit * (cells[metric, NAMES[2]] - cells[metric, "better of the two"])
        half = student.ppf(0.975, more.count() - 1) * more.sem()
        words.append(f"{more.mean():+.{digits}f} ± {half:.{digits}f}")
    return " / ".join(words).replace("+nan ± nan", "-")


def table_of_scores(wide):
    names = [NAMES[2], *(f"+ {name}" for name in MORE)]
    rows = [
        [references, data, *shown(part.mean(), names)]
        for (references, data), part in wide.groupby(["references", "data"], sort=False)
    ]
    return markdown(["references", "data", *names], rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only-data", nargs="+", default=[*NO_SAY, *CHOSEN_ON])
    parser.add_argument("--seeds", type=int, default=3)
    folder = Path(tempfile.gettempdir()) / "skmia-reference-ensemble"
    parser.add_argument("--cache", default=folder, metavar="FOLDER")
    options = parser.parse_args()
    kept = Memory(options.cache, verbose=0).cache(measure)
    cells = [
        cell
        for cell in product(options.only_data, MODELS, range(options.seeds))
        if not (cell[0] in WIDE and cell[1] == "logistic")
    ]
    rows = [row for cell in cells for row in kept(*cell)]
    columns = ["data", "model", "seed", "references", "attack", "auc", "tpr"]
    table = pd.DataFrame(rows, columns=columns)
    for names in (NO_SAY, CHOSEN_ON):
        part = table[table["data"].isin(names)]
        if len(part):
            print(table_of_data(by_attack(part)), end="\n\n")
    if len(part):
        print(table_of_scores(by_attack(part)))


if __name__ == "__main__":
    main()
