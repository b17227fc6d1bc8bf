"""How strong every attack by name is: six data sets, six kinds of model, 4 to 64 fits.

    OMP_NUM_THREADS=1 python benchmarks/bench_strength.py --jobs 2

writes docs/attacks.md (the section "How strong each attack is") and
benchmarks/results/strength.csv, and prints every cell. A target is trained on a random
half of the records, the other half are the non-members; `audit` runs the attacks. With
the same seed the first 4 or 10 of 64 shadow models are those of an audit with 4 or 10,
so its cache trains each once. Attacks that need other records ("trajectory", "seqmia",
"salem2"), or a boosted target ("staged-loss"), are in bench_other_records.py.

What is measured of a data set, model and seed is kept in ``--cells FOLDER``: a run that
was stopped goes on there. Empty it when the attacks have changed. Peers leave their
scores there, too, see peer_strength.py; ``--export`` writes the records for them.
``--only-data``, ``--only-models`` and fewer seeds print tables and write none.
"""

import argparse
import tempfile
import time
import warnings
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from data_sets import DATA as OTHERS
from documents import write_section
from joblib import Parallel, delayed
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, minmax_scale
from strength_models import MODELS, N_SHADOWS, make_model
from strength_tables import AUC, ROW, TPR, documents, gaps, over_seeds, print_cells

from skmia import audit
from skmia.attacks import get_attack, get_attack_names
from skmia.metrics import tpr_at_fpr
from skmia.signals import get_signal

RESULTS = Path(__file__).parent / "results" / "strength.csv"
N_ROWS = 1600
FPR = 0.01
DATA = {
    **{name: partial(OTHERS[name], N_ROWS) for name in ("Location-30", "Adult")},
    "digits": partial(load_digits, return_X_y=True),
    "MNIST": partial(OTHERS["MNIST"], N_ROWS),
    "retail-50": partial(OTHERS["retail-50"], N_ROWS),
    "breast cancer": partial(load_breast_cancer, return_X_y=True),
}
# Nothing that an audit of a target and its records has not.
ELSEWHERE = {"distillation", "transfer", "stages", "former"}
TRAINS = {"shadows", "references"}


def problem(data, seed):
    """Records, members first: X, y, and who is a member."""
    X, y = DATA[data]()
    X, y = minmax_scale(X), LabelEncoder().fit_transform(y)
    parts = train_test_split(X, y, test_size=0.5, stratify=y, random_state=seed)
    X_in, X_out, y_in, y_out = parts
    member = np.repeat([1, 0], [len(y_in), len(y_out)])
    return np.vstack([X_in, X_out]), np.concatenate([y_in, y_out]), member


def attack_names(n_shadows):
    """All attacks once; those that train models for every number of them.

    Those that ask every model ten times about a record not for the largest number.
    """
    names = get_attack_names(access="white-box")
    needs = {name: set(get_attack(name).needs) for name in names}
    return [
        name
        for name, needed in needs.items()
        if not needed & ELSEWHERE
        and (n_shadows == N_SHADOWS[0] or needed & TRAINS)
        and (n_shadows < N_SHADOWS[-1] or not _asks_often(name))
    ]


def _asks_often(name):
    return any(get_signal(signal).price >= 10 for signal in get_attack(name).signals)


def measure(data, model, seed):
    """One row for each attack and number of shadow models."""
    X, y, member = problem(data, seed)
    inside = member == 1
    target = make_model(model, X, seed).fit(X[inside], y[inside])
    records = X[inside], y[inside], X[~inside], y[~inside]
    tables = []
    with tempfile.TemporaryDirectory() as memory:
        for n_shadows in N_SHADOWS:
            report = audit(
                target,
                *records,
                attacks=attack_names(n_shadows),
                n_shadows=n_shadows,
                fprs=FPR,
                memory=memory,
                random_state=seed,
            )
            summary = report.summary
            tables.append(summary.query("status == 'ok'"))
            for failure in summary["status"][summary["status"].str.match("failed")]:
                print(data, model, seed, n_shadows, failure, flush=True)
    table = pd.concat(tables).reset_index()
    names = {"n_fits": "fits", "auc": AUC, f"tpr_at_fpr_{FPR}": TPR}
    return table.rename(columns=names)[["attack", "fits", AUC, TPR, "seconds"]]


def measure_or_read(folder, data, model, seed):
    """What :func:`measure` finds, kept in a file; with the name of the cell."""
    path = folder / f"{data}, {model}, {seed}.csv"
    if not path.exists():
        warnings.simplefilter("ignore", ConvergenceWarning)
        start = time.process_time()
        table = measure(data, model, seed)
        table.round(5).to_csv(path, index=False)
        best = table.loc[table[AUC].idxmax()]
        seconds = time.process_time() - start
        print(
            f"{path.stem}: {best.attack} {best[AUC]:.3f}, {seconds:.0f} s", flush=True
        )
    return pd.read_csv(path).assign(data=data, model=model, seed=seed)


def read_peers(folder, cells):
    """Metrics of the scores that peers left, of seeds that were run in all cells.

    A mean over some cells of one seed and other cells of another says nothing.
    """
    paths = {cell: folder / "{}, {}, {}.npz".format(*cell) for cell in cells}
    missing = {cell[-1] for cell, path in paths.items() if not path.exists()}
    rows = []
    for (data, model, seed), path in paths.items():
        if seed in missing:
            continue
        with np.load(path) as scores:
            member = scores["member"]
            for name in sorted(set(scores.files) - {"member"}):
                attack, fits = name.split("|")
                auc = roc_auc_score(member, scores[name])
                tpr = tpr_at_fpr(member, scores[name], fpr=FPR)
                rows.append([data, model, attack, int(fits), seed, auc, tpr])
    return pd.DataFrame(rows, columns=[*ROW, "seed", AUC, TPR])


def export(path, data_names, seeds):
    """The records of each data set and seed, for peers."""
    arrays = {}
    for data, seed in product(data_names, seeds):
        parts = zip(("X", "y", "member"), problem(data, seed), strict=True)
        arrays |= {f"{data}/{seed}/{name}": array for name, array in parts}
    np.savez_compressed(path, **arrays)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only-data", nargs="+", choices=DATA, default=[*DATA])
    parser.add_argument("--only-models", nargs="+", choices=MODELS, default=[*MODELS])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1)
    folder = Path(tempfile.gettempdir()) / "skmia-strength"
    parser.add_argument("--cells", type=Path, default=folder, metavar="FOLDER")
    parser.add_argument("--export", metavar="FILE", help="write the records; no more")
    options = parser.parse_args()
    if options.export:
        export(options.export, options.only_data, range(options.seeds))
        return
    options.cells.mkdir(parents=True, exist_ok=True)
    cells = [*product(options.only_data, options.only_models, range(options.seeds))]
    tables = Parallel(n_jobs=options.jobs)(
        delayed(measure_or_read)(options.cells, *cell) for cell in cells
    )
    by_seed = pd.concat([*tables, read_peers(options.cells, cells)], ignore_index=True)
    table = over_seeds(by_seed, ROW)
    print_cells(table)
    print(documents(by_seed, table), gaps(by_seed, table), sep="\n")
    if len(cells) >= len(DATA) * len(MODELS) * 3:
        table.round(3).to_csv(RESULTS, index=False)
        write_section("attacks.md", "strength", documents(by_seed, table))


if __name__ == "__main__":
    main()
