"""How many jobs this machine has room for, where nobody says how many."""

import os
from math import inf
from pathlib import Path

# What one worker may take: measured at 0.2 to 0.5 GiB, and its model beside it.
WORKER = 2**30


def jobs_given(option):
    """Number of jobs: that of the option, or one for each core and GiB that is free."""
    if option is not None:
        return option
    from joblib import cpu_count  # those that this process may use

    return int(max(1, min(cpu_count(), free_memory() // WORKER)))


def free_memory(root="/"):
    """Bytes that can be had: of the machine, and of the limits set to this process.

    Parameters
    ----------
    root : path-like, default="/"
        Where ``proc`` and ``sys`` are.

    Returns
    -------
    size : int or float
        inf where the system does not say.
    """
    return min(_of_machine(Path(root)), *_of_groups(Path(root)))


def _of_machine(root):
    for line in _lines(root / "proc/meminfo"):
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    try:  # all there is, on systems that do not say what is left
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return inf


def _of_groups(root):
    """What is left in the control groups of this process, from its own to the root."""
    yield inf
    for line in _lines(root / "proc/self/cgroup"):
        _, kinds, path = line.split(":", 2)
        if kinds not in ("", "memory"):
            continue
        top = root / "sys/fs/cgroup" / kinds
        names = ("memory.max", "memory.current")
        if kinds:  # of the first version
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes")
        own = top / path.strip("/")
        for folder in (own, *(one for one in own.parents if one.is_relative_to(top))):
            yield _left(folder, *names)


def _left(folder, limit, used):
    """What a group may still take; it gives files that it has only read back."""
    try:
        limit = int((folder / limit).read_text())
        used = int((folder / used).read_text())
    except (OSError, ValueError):  # no such group here, or "max"
        return inf
    for line in _lines(folder / "memory.stat"):
        name, _, size = line.partition(" ")
        if name in ("inactive_file", "total_inactive_file"):
            used -= int(size)
            break
    return max(limit - used, 0)


def _lines(path):
    try:
        return path.read_text().splitlines()
    except OSError:
        return []
