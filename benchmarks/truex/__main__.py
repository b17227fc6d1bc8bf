"""Truex et al. reproduced: a command for every table and figure.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/truex table-3
    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/truex all --runs 1 --jobs 2
    OMP_NUM_THREADS=1 python benchmarks/truex table-6 --quick --data lookalike-10

Tables 1 to 9, figures 7 to 11, ``transfer``, ``readings`` and ``reasons`` (why numbers
differ), or ``all`` of them.
What is measured is kept in benchmarks/results/truex, also when the command is killed:
the next one goes on there. The tables of docs/reproduction.md are written anew, unless
``--data`` leaves out some of the data sets.
``--quick`` plays two folds with 1,000 records, prints and keeps nothing.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))

import insider
import knowledge
import mitigations
import readings
import reasons
import transfer
from data_sets import DATA
from documents import write_section
from grid import N_FOLDS, play_grid
from places import FIGURES, RESULTS
from tables import TABLES, Cells

# Name, the data sets that it is about, and the function that writes it.
OTHERS = {
    "table-8": (insider.SETS, insider.table_8),
    "table-9": (mitigations.SETS, mitigations.table_9),
    "figure-10": (("Adult",), insider.figure_10),
    "figure-11": (("Adult",), insider.figure_11),
    "transfer": (transfer.SETS, transfer.transfers),
    "readings": (readings.SETS, readings.readings),
    "reasons": (reasons.SETS, reasons.reasons),
}
COMMANDS = [*TABLES, *knowledge.CURVES, *OTHERS]


def names_of(command):
    """Data sets that a table or figure is about."""
    if command in TABLES:
        only = {"table-2": ("retail-20", "lookalike-20"), "table-3": ("CIFAR-10",)}
        return only.get(command, tuple(DATA))
    if command in knowledge.CURVES:
        return knowledge.SETS
    return OTHERS[command][0]


def make(command, names, options):
    """The text of a table or figure, from what is measured now and before."""
    if command in TABLES:
        play_grid(options, names)
        return TABLES[command]([Cells(options.folder, n) for n in names], options)
    if command in knowledge.CURVES:
        return knowledge.curves(options, names, command)
    return OTHERS[command][1](options, names)


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=[*COMMANDS, "all"])
    parser.add_argument("--data", nargs="+", choices=DATA, default=[*DATA])
    parser.add_argument(
        "--runs", type=int, default=10, help="of ten folds each, in the grid"
    )
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    if "SKMIA_DATA" not in os.environ:
        print("Without the baskets: retail600.npz is looked for in SKMIA_DATA only.")
        options.data = [name for name in options.data if "retail" not in name]
    return options


def main():
    options = parse()
    options.rows, options.folds, options.folder = 10_000, N_FOLDS, RESULTS
    options.draw = not options.quick
    with tempfile.TemporaryDirectory() as temporary:
        if options.quick:
            options.rows, options.folds, options.runs = 1_000, 2, 2
            options.folder = Path(temporary)
        else:
            FIGURES.mkdir(parents=True, exist_ok=True)
        for command in COMMANDS if options.what == "all" else [options.what]:
            wanted = names_of(command)
            names = [name for name in wanted if name in options.data]
            if not names:
                print(f"\n{command} is about {', '.join(wanted)} only.")
                continue
            text = make(command, names, options)
            print(f"\n{command}\n\n{text}\n", flush=True)
            # A part of a table is printed only.
            if not options.quick and len(names) == len(wanted):
                write_section("reproduction.md", command, text)


if __name__ == "__main__":
    main()
