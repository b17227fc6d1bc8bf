"""CPU time before the first word: the command line, and the import of the package.

    python benchmarks/bench_startup.py

Each command is a process of its own; all are run in turn, eleven times, after one run
that leaves compiled files behind. User and system time of the children; the median.
"""

import os
import resource
import subprocess
import sys

import numpy as np
from documents import markdown

# What the shell's command runs, whatever is installed under its name.
SHELL = "import sys; from skmia.cli import main; sys.argv[0] = 'skmia'; main()"
COMPLETION = {"_SKMIA_COMPLETE": "complete_bash", "COMP_WORDS": "skmia audit --h"}
COMPLETION |= {"COMP_CWORD": "2"}
COMMANDS = {
    "nothing": (["pass"], {}),
    "`import numpy`": (["import numpy"], {}),
    "`import sklearn`": (["import sklearn"], {}),
    "`import sklearn.base`": (["import sklearn.base"], {}),
    "`import sklearn.ensemble`": (["import sklearn.ensemble"], {}),
    "`import skmia`": (["import skmia"], {}),
    "`from skmia import audit`": (["from skmia import audit"], {}),
    "`import skmia.defenses`": (["import skmia.defenses"], {}),
    "`skmia --help`": ([SHELL, "--help"], {}),
    "`skmia audit --help`": ([SHELL, "audit", "--help"], {}),
    "`skmia --version`": ([SHELL, "--version"], {}),
    "completion of `skmia audit --h`": ([SHELL], COMPLETION),
    "`skmia attacks`": ([SHELL, "attacks"], {}),
}
HEADER = ["process", "CPU, s", "to `import sklearn`", "to `import sklearn.base`"]
N_RUNS = 11


def seconds(words, environment):
    """CPU seconds of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-c", *words],
        stdout=subprocess.DEVNULL,
        env={**os.environ, **environment},
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    """Print the table."""
    runs = [
        [seconds(*command) for command in COMMANDS.values()] for _ in range(1 + N_RUNS)
    ]
    times = dict(zip(COMMANDS, np.median(runs[1:], axis=0), strict=True))
    units = times["`import sklearn`"], times["`import sklearn.base`"]
    rows = [
        [name, f"{time:.3f}", *(f"{time / unit:.2f}" for unit in units)]
        for name, time in times.items()
    ]
    print(markdown(HEADER, rows))


if __name__ == "__main__":
    main()
