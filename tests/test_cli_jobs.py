"""How many jobs a command starts where nobody says how many."""

import joblib
import pytest

from skmia.cli import _jobs
from skmia.cli._jobs import free_memory, jobs_given

GIB = 2**30
V2 = ("memory.max", "memory.current", "inactive_file")
V1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")


def machine(root, gib, group=""):
    """A machine with so much memory to be had, and what groups the process is in."""
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/meminfo").write_text(
        f"MemTotal: {99 * GIB // 1024} kB\nMemAvailable: {gib * GIB // 1024} kB\n"
    )
    (root / "proc/self/cgroup").write_text(group)


def limited(folder, names, limit, used, files=0):
    """A control group with a limit, what it uses, and files that it has read."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / names[0]).write_text(f"{limit}\n")
    (folder / names[1]).write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 5\n{names[2]} {files}\n")


def test_a_machine_without_groups(tmp_path):
    machine(tmp_path, 7)
    assert free_memory(tmp_path) == 7 * GIB


def test_a_group_leaves_what_it_does_not_use(tmp_path):
    """Files that it has only read do not count."""
    machine(tmp_path, 7, "0::/job\n")
    own = tmp_path / "sys/fs/cgroup/job"
    limited(own, V2, limit=4 * GIB, used=3 * GIB, files=2 * GIB)
    assert free_memory(tmp_path) == 3 * GIB


def test_groups_above_have_limits_too(tmp_path):
    machine(tmp_path, 7, "0::/slurm/job\n")
    limited(tmp_path / "sys/fs/cgroup/slurm", V2, limit=2 * GIB, used=GIB)
    limited(tmp_path / "sys/fs/cgroup/slurm/job", V2, limit="max", used=GIB)
    assert free_memory(tmp_path) == GIB


def test_groups_of_the_first_version(tmp_path):
    machine(tmp_path, 7, "8:cpu:/job\n4:memory:/job\n0::/\n")
    own = tmp_path / "sys/fs/cgroup/memory/job"
    limited(own, V1, limit=2 * GIB, used=2 * GIB, files=GIB)
    assert free_memory(tmp_path) == GIB


@pytest.mark.parametrize(
    ("n_cores", "gib", "n_jobs"), [(4, 100, 4), (4, 2.9, 2), (4, 0.1, 1)]
)
def test_one_for_each_core_and_gib(n_cores, gib, n_jobs, monkeypatch):
    monkeypatch.setattr(joblib, "cpu_count", lambda: n_cores)
    monkeypatch.setattr(_jobs, "free_memory", lambda: gib * GIB)
    assert jobs_given(None) == n_jobs


def test_what_is_said_counts():
    assert jobs_given(3) == 3
