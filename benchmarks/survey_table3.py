"""Table 3 of the survey of Hu et al.: its defenses of classifiers, reported and ours.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/survey_table3.py

All targets are one network, one hidden layer of 64 units (that of bench_defenses.py),
on 600 members and 600 others. The attack that the paper meets, and RMIA, have four
shadow models *with* the defense. survey_rows.py has the rows.

What is measured is kept in benchmarks/results/survey_table3.csv, also when the command
is killed: the next one goes on there. ``--seeds`` divisions of the records; then
the section "survey" of docs/defenses.md is written, by ``--tables`` from what is
finished. ``--quick`` measures a mask on generated purchases, prints and keeps nothing.
"""

import tempfile
import warnings
from pathlib import Path

import numpy as np
from bench_defenses import seeded
from data_sets import DATA
from defense_catalogue import MODELS, defenses_for
from documents import markdown, write_section
from sklearn.base import clone
from sklearn.model_selection import train_test_split
from store import RESULTS, complete, parse, read
from survey_rows import ROWS, SHADOW, STANDS_FOR, Row

from skmia import audit

N_RECORDS, N_SHADOWS = 600, 4
REFERENCE = "rmia-online"
ATTACKS = ("entropy-threshold", "loss-threshold", "shadow", REFERENCE)
# Names of the metrics, and least change that is called one, in percent: two standard
# errors of the difference of two rates of 1,200 records, and twice that.
NAMES = {
    "balanced_accuracy": "accuracy",
    "precision": "precision",
    "advantage": "advantage",
}
LEAST = {"balanced_accuracy": 4.0, "precision": 4.0, "auc": 4.0, "advantage": 8.0}
QUICK = (
    Row("mask", "top-k", "-", SHADOW, ("lookalike-10",), ("top 1",)),
    Row("none", "nothing", remark="not at hand"),
)
WAYS = defenses_for("mlp") | defenses_for("network")


def measure(data, defense, seed):
    """A row for each attack on one defended network."""
    warnings.simplefilter("ignore")
    X, y = DATA[data](4 * N_RECORDS)
    y = np.unique(y, return_inverse=True)[1]
    base = seeded(clone(MODELS["network"]), seed)
    members, others = train_test_split(
        np.arange(len(y)),
        train_size=N_RECORDS,
        test_size=N_RECORDS,
        stratify=y,
        random_state=seed,
    )
    target = seeded(WAYS[defense](base), seed).fit(X[members], y[members])
    summary = audit(
        target,
        *(X[members], y[members], X[others], y[others]),
        attacks=list(ATTACKS),
        n_shadows=N_SHADOWS,
        random_state=seed,
    ).summary
    test_accuracy = target.score(X[others], y[others])
    columns = [*NAMES, "auc"]
    return [
        {"attack": attack, "test_accuracy": test_accuracy}
        | summary.loc[attack, columns].to_dict()
        for attack in ATTACKS
    ]


def units(rows, seeds):
    """What has to be measured, each defense after the bare network on its data."""
    pairs = dict.fromkeys(
        (data, defense)
        for row in rows
        for data in row.data
        for defense in ("none", *row.defenses)
    )
    return [
        {"data": data, "defense": defense, "seed": seed}
        for seed in range(seeds)
        for data, defense in pairs
    ]


def values(table, data, defense, attack, metric):
    """A number for each division of the records, in percent."""
    own = table[(table["data"] == data) & (table["defense"] == defense)]
    return 100 * own[own["attack"] == attack].set_index("seed")[metric]


def both(table, data, defense, attack, metric):
    """Without and with the defense, and the standard error of the change."""
    defended = values(table, data, defense, attack, metric)
    plain = values(table, data, "none", attack, metric)[defended.index]
    change = defended - plain
    text = f"{plain.mean():.1f} to {defended.mean():.1f}"
    return text + (f" (± {change.sem():.1f})" if len(change) > 1 else ""), change


def remark_on(row, change, reference):
    """What the defense does to the attack of the paper and to RMIA."""

    def lowered(values, metric):
        error = values.sem() if len(values) > 1 else 0
        return values.mean() < -max(LEAST[metric], 2 * error)

    kinds = {
        (True, True): "lowers both attacks",
        (True, False): "lowers the paper's attack only",
        (False, True): "lowers RMIA only",
        (False, False): "lowers neither",
    }
    said = kinds[lowered(change, row.attack[1]), lowered(reference, "auc")]
    return "; ".join(filter(None, [said, row.remark]))


def measured(row, table, data, defense):
    """Cells of a defense: the model, both attacks, and a remark."""
    done = table[table["data"] == data]["defense"].unique() if len(table) else []
    if not {"none", defense} <= {*done}:
        return ["-", "-", "-", "not measured yet"]
    attack, metric = row.attack
    accuracy, _ = both(table, data, defense, attack, "test_accuracy")
    cells, change = both(table, data, defense, attack, metric)
    reference, other = both(table, data, defense, REFERENCE, "auc")
    return [
        accuracy,
        f"{attack}, {NAMES[metric]}: {cells}",
        reference,
        remark_on(row, change, other),
    ]


def lines(row, table):
    """Lines of the table for a row of the survey."""
    first = [row.paper, row.approach, row.reported]
    if not row.data:
        yield [*first, *["-"] * 5, row.remark]
    for data in row.data:
        for defense in row.defenses:
            stands_for = f"{data} ({STANDS_FOR.get(data, data)})"
            cells = measured(row, table, data, defense)
            yield [*first, stands_for, defense, *cells]


def written(rows, table):
    header = ["paper", "approach", "reported, %", "ours: data", "defense"]
    header += ["model, %", "attack of the paper, %", "RMIA, AUC, %", "remark"]
    return markdown(header, [line for row in rows for line in lines(row, table)])


def main(arguments=None):
    options = parse(__doc__, arguments)
    if options.quick:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "survey_table3.csv"
            table = complete(path, units(QUICK, 2), measure, options.jobs)
        print(written(QUICK, table))
        return
    path, todo = RESULTS / "survey_table3.csv", units(ROWS, options.seeds)
    if options.tables:
        table = read(path)
    else:
        table = complete(path, todo, measure, options.jobs)
    write_section("defenses.md", "survey", written(ROWS, table))


if __name__ == "__main__":
    main()
