"""How many references those are worth that answer for both sides of every record.

    OMP_NUM_THREADS=1 python benchmarks/bench_surgery.py --jobs 2

writes docs/attacks.md (the section "Both sides of a few references"). A target is
trained on a random half of the records, and LiRA and RMIA are run with 2, 16 and 64
ordinary references, and with 2, 4 and 16 that are asked for both sides, too
(``ShadowModels(both_sides=True)``). With one seed the references of a smaller number
are the first of a larger one.

What is measured of a data set, model and seed is kept in ``--cells FOLDER``: a run that
was stopped goes on there. Empty it when the code has changed. Fewer data, models or
seeds print tables and write none.
"""

import argparse
import tempfile
import time
import warnings
from itertools import product
from pathlib import Path

import pandas as pd
from bench_strength import DATA, problem
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier
from strength_models import MODELS as OTHERS
from strength_models import naive_bayes

from skmia import ShadowModels
from skmia.attacks import get_attack, run
from skmia.metrics import tpr_at_fpr
from skmia.targets import Session

AUC, TPR = "auc", "tpr"
DATA_NAMES = ("Location-30", "Adult", "digits", "breast cancer", "MNIST")
TWO_CLASSES = ("Adult", "breast cancer")
MODELS = {
    "naive Bayes": None,
    "kNN": KNeighborsClassifier(5),
    "logistic": OTHERS["logistic"],
    "LDA": LinearDiscriminantAnalysis(),
    "tree": DecisionTreeClassifier(min_samples_leaf=5),
    "forest": RandomForestClassifier(50, min_samples_leaf=5),
    "boosting": HistGradientBoostingClassifier(max_iter=50),
    "MLP": OTHERS["MLP"],
}
ATTACKS = {"LiRA": "lira-online", "RMIA": "rmia-online"}
DESIGNS = [*product(("ordinary",), (2, 16, 64)), *product(("both sides",), (2, 4, 16))]


def target_of(name, X, seed):
    """Model, not fitted."""
    model = naive_bayes(X) if MODELS[name] is None else clone(MODELS[name])
    if "random_state" in model.get_params():
        model.set_params(random_state=seed)
    return model


def measure(data, model, seed):
    """One row for each attack and design."""
    X, y, member = problem(data, seed)
    base = target_of(model, X, seed)
    target = clone(base).fit(X[member == 1], y[member == 1])
    rows = []
    with tempfile.TemporaryDirectory() as memory:
        for design, n_references in DESIGNS:
            start = time.perf_counter()
            shadows = ShadowModels(
                base,
                cv=n_references,
                both_sides=design == "both sides",
                signals=["scaled_logit", "confidence"],
                memory=memory,
                random_state=seed,
            ).fit(X, y)
            seconds = time.perf_counter() - start
            operated = shadows.operated_.mean()
            for title, name in ATTACKS.items():
                attack = get_attack(name).attack
                session = Session(target, X, y)
                score, _ = run(attack, "shadows", session, shadows=shadows, seed=seed)
                found = roc_auc_score(member, score), tpr_at_fpr(member, score)
                row = title, design, n_references, operated, *found, seconds
                rows.append(row)
    return pd.DataFrame(rows, columns=[*BY, "operated", AUC, TPR, "seconds"])


BY = ["attack", "design", "references"]


def measure_or_read(folder, data, model, seed):
    """What :func:`measure` finds, kept in a file; with the name of the cell."""
    path = folder / f"{data}, {model}, {seed}.csv"
    if not path.exists():
        warnings.simplefilter("ignore")
        measure(data, model, seed).round(5).to_csv(path, index=False)
        print(path.stem, flush=True)
    return pd.read_csv(path).assign(data=data, model=model, seed=seed)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="+", choices=DATA, default=[*DATA_NAMES])
    parser.add_argument("--models", nargs="+", choices=MODELS, default=[*MODELS])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1)
    folder = Path(tempfile.gettempdir()) / "skmia-surgery"
    parser.add_argument("--cells", type=Path, default=folder, metavar="FOLDER")
    options = parser.parse_args()
    options.cells.mkdir(parents=True, exist_ok=True)
    cells = product(range(options.seeds), options.models, options.data)
    tables = Parallel(n_jobs=options.jobs)(
        delayed(measure_or_read)(options.cells, data, model, seed)
        for seed, model, data in cells
        # Boosting of several classes is not operated on.
        if model != "boosting" or data in TWO_CLASSES
    )
    table = pd.concat(tables, ignore_index=True)
    mean = table.groupby(["model", *BY], sort=False)[[AUC, TPR]].mean().unstack([2, 3])
    print(mean.round(3).to_string())


if __name__ == "__main__":
    main()
