"""Benchmarks of several parts, each a table in one section of a document."""

import argparse
import importlib
import sys
from pathlib import Path

import pandas as pd
from documents import write_section
from joblib import Parallel, delayed


def run_parts(about, document, parts, tasks):
    """Measure what the command line asks for, print the tables and write them.

    Parameters
    ----------
    about : str
        What the script says of itself; the first line is for its help.
    document : str
        File in docs.
    parts : dict of (measure, table_of)
        By the name of a section: a function of a task that returns a DataFrame, and one
        of all these together that returns a table.
    tasks : dict of list of tuple
        By the same names; the last of each task is the number of the repeat. With fewer
        repeats nothing is written.
    """
    parser = argparse.ArgumentParser(description=about.partition("\n")[0])
    parser.add_argument("--parts", nargs="+", choices=parts, default=list(parts))
    parser.add_argument("--repeats", type=int, default=None)
    parser.add_argument("--jobs", type=int, default=1)
    args = parser.parse_args()
    for part in args.parts:
        measure, table_of = parts[part]
        chosen = [
            task
            for task in tasks[part]
            if args.repeats is None or task[-1] < args.repeats
        ]
        found = Parallel(args.jobs)(
            delayed(_measured)(_module_of(measure), measure.__name__, task)
            for task in chosen
        )
        table = table_of(pd.concat(found))
        print(table, end="\n\n")
        if args.repeats is None:
            write_section(document, part, table)


def _module_of(measure):
    """Name of the script, as a worker imports it."""
    if measure.__module__ != "__main__":
        return measure.__module__
    return Path(sys.modules["__main__"].__file__).stem


def _measured(module, name, task):
    """What a function of a script measures; caches that it uses cannot be sent."""
    return getattr(importlib.import_module(module), name)(*task)
