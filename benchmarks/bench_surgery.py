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
from documents import markdown, write_section
from joblib import Parallel, delayed
from sklearn.base import clone
from sklearn.discriminant_analysis import (
    LinearDiscriminantAnalysis,
    QuadraticDiscriminantAnalysis,
)
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier
from strength_models import MODELS as OTHERS
from strength_models import naive_bayes
from strength_tables import estimate, over_seeds

from skmia import ShadowModels
from skmia.attacks import get_attack, run
from skmia.metrics import tpr_at_fpr
from skmia.targets import Session

AUC, TPR = "auc", "tpr"
DATA_NAMES = ("Location-30", "Adult", "digits", "breast cancer", "MNIST")
# Of several classes boosting is not operated on, and scikit-learn trains QDA only
# where every class has more records than there are features.
ONLY_ON = {
    "boosting": ("Adult", "breast cancer"),
    "QDA": ("Adult", "digits", "breast cancer"),
}
MODELS = {
    "naive Bayes": None,
    "kNN": KNeighborsClassifier(5),
    "logistic": OTHERS["logistic"],
    "LDA": LinearDiscriminantAnalysis(),
    "QDA": QuadraticDiscriminantAnalysis(reg_param=0.01),
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
                n_shadows=n_references,
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


def documents(table):
    """Tables of both attacks by kind of model, and the cells where both sides lose."""
    parts = []
    for attack, part in table.groupby("attack", sort=False):
        parts += [f"**{attack}**, AUC / TPR at 1 % FPR", by_model(part)]
    return "\n\n".join([*parts, *losses(table[table["attack"] == "LiRA"])])


def by_model(part):
    """Mean over the data sets, with intervals over the seeds."""
    key = ["model", "design", "references"]
    by_seed = part.groupby([*key, "seed"], sort=False)[[AUC, TPR]].mean()
    found = over_seeds(by_seed.reset_index(), key).set_index(key)
    rows = [
        [model, *(" / ".join(_cell(found.loc[model, *design])) for design in DESIGNS)]
        for model in part["model"].unique()
    ]
    header = [f"{n}, {design}" for design, n in DESIGNS]
    return markdown(["model", *header], rows)


def _cell(row):
    return [estimate(row, metric) for metric in (AUC, TPR)]


def losses(part):
    """Sentences on the cells where 16 for both sides are below 64 ordinary ones."""
    mean = part.groupby(["data", "model", "design", "references"], sort=False)[
        [AUC, TPR]
    ].mean()
    few = mean.xs(("both sides", 16), level=("design", "references"))
    many = mean.xs(("ordinary", 64), level=("design", "references"))
    for metric, name in ((AUC, "AUC"), (TPR, "TPR at 1 % FPR")):
        change = (few - many)[metric].sort_values()
        lost = change[change < -0.01]
        cells = [
            f"{data}, {model} ({found:.3f})" for (data, model), found in lost.items()
        ]
        yield (
            f"{name} of LiRA with 16 for both sides less that with 64 ordinary ones: "
            f"{change.mean():+.3f} in the mean of {len(change)} cells; lower by more "
            f"than .01 in {len(lost)}: {'; '.join(cells) or 'none'}."
        )


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
        if data in ONLY_ON.get(model, DATA_NAMES)
    )
    table = pd.concat(tables, ignore_index=True)
    print(documents(table))
    everything = options.data == [*DATA_NAMES] and options.models == [*MODELS]
    if everything and options.seeds >= 3:
        write_section("attacks.md", "surgery", documents(table))


if __name__ == "__main__":
    main()
