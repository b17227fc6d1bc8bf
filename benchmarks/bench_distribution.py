"""What it costs to spread the shadow models of an audit: CPU and wall, by backend.

``OMP_NUM_THREADS=1 python benchmarks/bench_distribution.py`` writes the section of
docs/performance.md. A backend that is not installed is left out.

Every backend runs in a process of its own, after it has audited a few records, so that
what workers import is paid; "start" is what that was. CPU is that of the process and
of all below it, as /proc counts it (Linux). Records are told apart to the last bit.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

from documents import markdown, write_section

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
N_JOBS = 2
NEEDS = {
    "sequential": None,
    "threading": None,
    "loky": None,
    "multiprocessing": None,
    "dask": "distributed",
    "ray": "ray",
}
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds():
    """Of this process and all below it, those that are gone included."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = path.parent.name, path.read_text().rpartition(")")[2].split()
        except OSError:  # gone
            continue
        stats[int(pid)] = int(rest[1]), sum(map(int, rest[11:15]))
    total, parents = 0, [os.getpid()]
    while parents:
        parent = parents.pop()
        total += stats[parent][1]
        parents += [pid for pid, (above, _) in stats.items() if above == parent]
    return total / TICKS


def on_backend(name, stack):
    """The context of a backend, whose workers are stopped with the stack."""
    from joblib import parallel_config

    if name == "dask":
        import dask
        from distributed import Client, LocalCluster

        # It would look a hundred times a second at what its workers do.
        dask.config.set({"distributed.worker.profile.enabled": False})
        size = {"n_workers": N_JOBS, "threads_per_worker": 1}
        cluster = stack.enter_context(LocalCluster(**size, dashboard_address=":0"))
        stack.enter_context(Client(cluster))
    if name == "ray":
        import ray
        from ray.util.joblib import register_ray

        ray.init(num_cpus=N_JOBS, include_dashboard=False, log_to_driver=False)
        register_ray()
    stack.enter_context(parallel_config(name, n_jobs=N_JOBS))


def audited(n_records, n_shadows, **forest):
    """Records of an audit of a forest that would use all cores by itself."""
    from sklearn.datasets import load_digits
    from sklearn.ensemble import RandomForestClassifier

    from skmia import audit

    X, y = (part[:n_records] for part in load_digits(return_X_y=True))
    sets = X[::2], y[::2], X[1::2], y[1::2]
    model = RandomForestClassifier(n_jobs=N_JOBS, random_state=0, **forest)
    model.fit(*sets[:2])
    how = {"attacks": ["lira-offline"], "n_shadows": n_shadows}
    return audit(model, *sets, random_state=0, **how).records


def one(name):
    """Time one backend; the line that is printed is read by :func:`all_backends`."""
    import joblib

    with ExitStack() as stack:
        before = cpu_seconds(), time.perf_counter()
        on_backend(name, stack)
        audited(200, 4, n_estimators=4)
        began = cpu_seconds(), time.perf_counter()
        records = audited(1797, 32)
        end = cpu_seconds(), time.perf_counter()
        print(
            json.dumps(
                {
                    "start": began[0] - before[0],
                    "cpu": end[0] - began[0],
                    "wall": end[1] - began[1],
                    "found": joblib.hash(records.to_numpy()),
                }
            )
        )


def all_backends():
    """Time every backend that is here, and write the table."""
    told = {}
    for name, module in NEEDS.items():
        if module is None or find_spec(module):
            call = [sys.executable, __file__, "--backend", name]
            done = subprocess.run(call, check=True, stdout=subprocess.PIPE, text=True)
            told[name] = json.loads(done.stdout.splitlines()[-1])
            print(name, told[name], flush=True)
    base = told["sequential"]
    assert {one["found"] for one in told.values()} == {base["found"]}, "not the same"
    rows = [
        [
            name,
            f"{one['start']:.1f}",
            f"{one['cpu']:.1f}",
            f"{one['cpu'] / base['cpu']:.2f}",
            f"{one['wall']:.1f}",
            f"{one['wall'] / base['wall']:.2f}",
        ]
        for name, one in told.items()
    ]
    header = ["backend", "start, CPU s", "CPU, s", "ratio", "wall, s", "ratio"]
    write_section("performance.md", "distribution", markdown(header, rows))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", choices=NEEDS)
    backend = parser.parse_args().backend
    one(backend) if backend else all_backends()
