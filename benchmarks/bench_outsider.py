"""What reference attacks are worth to an outsider: estimated, and measured.

    OMP_NUM_THREADS=1 python benchmarks/bench_outsider.py

writes docs/audits.md (the section "outsider") and benchmarks/results/outsider.csv. A
target is trained on half of a pool of 600 records. `audit` trains its references on
halves of that pool, and estimates what an outsider finds ("auc_outsider"). The outsider
is played, too: his references are trained on as many records each, drawn from the other
records of the data set. He has as many as answer in the audit without knowing a record:
all, if they answer for both sides, else half of them. AUC, means over the seeds.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from data_sets import DATA
from documents import markdown, write_section
from scipy.stats import sem
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import ShuffleSplit
from sklearn.preprocessing import minmax_scale
from strength_models import MODELS, make_model

from skmia import ShadowModels, audit
from skmia.attacks import get_attack, run
from skmia.shadow.surgery._registry import operable
from skmia.targets import Session

RESULTS = Path(__file__).parent / "results" / "outsider.csv"
ATTACKS = ("lira-offline", "rmia-offline")
N_POOL, N_OTHERS, N_REFERENCES = 600, 6000, 16
SETS = ("Adult", "MNIST", "lookalike-10")


def measure(data, model, seed):
    """AUC of each attack: audited, estimated for an outsider, and of an outsider."""
    X, y = DATA[data](N_POOL + N_OTHERS)
    X, y = minmax_scale(X), np.unique(y, return_inverse=True)[1]
    order = np.random.RandomState(seed).permutation(len(y))
    pool, others = order[:N_POOL], order[N_POOL:]
    inside, outside = np.split(pool, 2)
    base = make_model(model, X, seed)
    target = base.fit(X[inside], y[inside])
    sets = X[inside], y[inside], X[outside], y[outside]
    options = {"n_shadows": N_REFERENCES, "random_state": seed}
    found = audit(target, *sets, attacks=ATTACKS, **options).summary
    half = N_POOL // 2
    n_references = N_REFERENCES if operable(base) else N_REFERENCES // 2
    samples = ShuffleSplit(
        n_references, train_size=half, test_size=half, random_state=seed
    )
    references = ShadowModels(base, cv=samples, random_state=seed)
    references.fit(X[others], y[others])
    member = np.repeat([1, 0], [len(inside), len(outside)])
    for name in ATTACKS:
        recipe = get_attack(name)
        session = Session(target, X[pool], y[pool], classes=np.unique(y))
        score, _ = run(
            recipe.attack, recipe.fitted_on, session, shadows=references, seed=seed
        )
        yield {
            "data": data,
            "model": model,
            "attack": name,
            "insider": found.loc[name, "auc"],
            "estimate": found.loc[name, "auc_outsider"],
            "outsider": roc_auc_score(member, score),
        }


def document(table):
    """The table and how far estimates are from what they estimate, as text."""
    keys = ["data", "model", "attack"]
    mean = table.groupby(keys, sort=False).mean()
    error = table["estimate"] - table["outsider"]
    spread = error.groupby([table[key] for key in keys], sort=False).agg(sem)
    rows = [
        [*cell, *(f"{value:.3f}" for value in row), f"{row[1] - row[2]:+.3f} ± {s:.3f}"]
        for (cell, row), s in zip(
            zip(mean.index, mean.to_numpy(), strict=True), spread, strict=True
        )
    ]
    head = ["data", "target", "attack", "insider", "estimate", "outsider", "error"]
    off = (mean["estimate"] - mean["outsider"]).abs()
    far = (mean["insider"] - mean["outsider"]).abs()
    says = (
        f"Over the {len(mean)} rows the estimate is {off.mean():.3f} from the outsider "
        f"in the mean, {off.max():.3f} at most; the insider's own AUC is "
        f"{far.mean():.3f} from it, {far.max():.3f} at most."
    )
    return f"{markdown(head, rows)}\n\n{says}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", nargs="*", default=list(SETS), choices=DATA)
    parser.add_argument("--models", nargs="*", default=list(MODELS), choices=MODELS)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    rows = []
    for data in options.data:
        for model in options.models:
            for seed in range(options.seeds):
                rows += measure(data, model, seed)
            print(pd.DataFrame(rows[-len(ATTACKS) :]).round(3).to_string(), flush=True)
    table = pd.DataFrame(rows)
    print(document(table))
    if (options.data, options.models) == (list(SETS), list(MODELS)):
        table.round(4).to_csv(RESULTS, index=False)
        write_section("audits.md", "outsider", document(table))


if __name__ == "__main__":
    main()
