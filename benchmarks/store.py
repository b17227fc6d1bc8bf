"""Rows of a long run on disk, so that a killed one goes on there, and intervals."""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy.stats import t

RESULTS = Path(__file__).parent / "results"


def parse(document, arguments=None):
    """Options of a long run: how much of it, in how many processes, or only tables."""
    parser = argparse.ArgumentParser(description=document.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--tables", action="store_true")
    return parser.parse_args(arguments)


def read(path):
    """Rows that are finished."""
    return pd.read_csv(path) if path.exists() else pd.DataFrame()


def complete(path, units, measure, jobs=1):
    """Rows of all units, in the order of their keys; finished ones are not run again.

    Parameters
    ----------
    path : Path
        Table of the finished rows. Another process must not write it.
    units : list of dict
        Keyword arguments of `measure`, all with the same names, which become the first
        columns of the table.
    measure : callable
        Returns a list of rows, dicts, of one unit.
    jobs : int
        Units measured in parallel.
    """
    table, keys = read(path), [*units[0]]
    done = set()
    if len(table):
        done = set(table[keys].itertuples(index=False, name=None))
    todo = [unit for unit in units if tuple(unit.values()) not in done]
    path.parent.mkdir(parents=True, exist_ok=True)
    finished = Parallel(jobs, return_as="generator_unordered")(
        delayed(_measure)(measure, unit) for unit in todo
    )
    for i, rows in enumerate(finished, start=1):
        table = pd.concat([table, pd.DataFrame(rows)], ignore_index=True)
        table = table.sort_values(keys, kind="stable").round(4)
        unfinished = path.with_suffix(".part")
        table.to_csv(unfinished, index=False)
        unfinished.replace(path)  # a killed run must not leave half a table
        told = ", ".join(f"{key} {rows[0][key]}" for key in keys)
        print(f"{path.stem}: {i} of {len(todo)} done ({told})", flush=True)
    return table


def _measure(measure, unit):
    return [unit | row for row in measure(**unit)]


def interval(values):
    """Mean of several splits of the same records, and half its 95 % interval.

    The interval is one for other records of the population. Splits overlap, so that the
    error of their mean does not fall to 0 with their number: the corrected resampled t
    of Nadeau and Bengio (2003), where as many records are judged as are learned from.
    """
    values = np.asarray(values, dtype=float)
    values = values[~np.isnan(values)]
    n = len(values)
    if n < 2:
        return values.mean() if n else np.nan, np.nan
    error = values.std(ddof=1) * np.sqrt(1 / n + 1)
    return values.mean(), t.ppf(0.975, n - 1) * error


def jackknife(table, keys, statistic):
    """A statistic of all splits, and half its 95 % interval, widened as in `interval`.

    Parameters
    ----------
    table : DataFrame
    keys : list of str
        Columns that tell splits apart.
    statistic : callable
        Of a table; returns a Series.
    """
    splits = table.groupby(keys).ngroup().to_numpy()
    n = splits.max() + 1
    without = pd.DataFrame([statistic(table[splits != i]) for i in range(n)])
    error = np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())
    return statistic(table), t.ppf(0.975, n - 1) * np.sqrt(1 + n) * error


def percent(values):
    """Mean and half its interval as text, in percent."""
    mean, half = interval(values)
    return "-" if np.isnan(mean) else f"{100 * mean:.1f} ± {100 * half:.1f}"


def judged(paper, values):
    """Cells of a table: the paper's percentage, ours, difference, and a remark."""
    mean, half = interval(values)
    if paper is None:
        return ["-", percent(values), "-", "not in the paper"]
    difference = 100 * mean - paper
    verdict = "agrees" if abs(difference) <= 100 * half else "differs"
    return [f"{paper:.2f}", percent(values), f"{difference:+.1f}", verdict]
