"""Audits whose store fails them: killed, full, read-only, shared."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from audited_apart import N_SHADOWS, scores

from skmia import Store

SCRIPT = Path(__file__).parent / "properties" / "audited_apart.py"
# An audit without a store: its shadow models and the negative control.
N_FITS = N_SHADOWS + 1
NAMESPACE = ["unshare", "--user", "--map-root-user", "--mount"]


def command(tmp_path, *limit):
    paths = tmp_path / "fits", tmp_path / "store"
    return [sys.executable, *map(str, [SCRIPT, *paths, *limit])]


def begin(tmp_path, *limit):
    how = {"stdout": subprocess.PIPE, "text": True}
    return subprocess.Popen(command(tmp_path, *limit), **how)


def end(process):
    """What a process found, and the warnings of the store."""
    text, _ = process.communicate()
    assert process.returncode == 0
    return json.loads(text)


def n_fits(tmp_path):
    fits = tmp_path / "fits"
    return len(fits.read_text()) if fits.exists() else 0


@pytest.fixture(scope="module")
def expected():
    return scores()


def test_killed_and_resumed(tmp_path, expected):
    """What was being computed is lost, and nothing else."""
    killed = begin(tmp_path)
    while n_fits(tmp_path) < 20:
        assert killed.poll() is None
        time.sleep(0.002)
    killed.kill()
    killed.communicate()
    assert n_fits(tmp_path) < N_FITS
    found, said = end(begin(tmp_path))
    assert N_FITS <= n_fits(tmp_path) <= N_FITS + 1
    assert (found, said) == (expected, [])


@pytest.mark.slow
def test_two_audits_at_once(tmp_path, expected):
    both = [begin(tmp_path) for _ in range(2)]
    for process in both:
        assert end(process) == [expected, []]
    assert N_FITS <= n_fits(tmp_path) <= 2 * N_FITS
    assert not list((tmp_path / "store").glob("*.unfinished"))
    fits = n_fits(tmp_path)
    assert scores(tmp_path / "store") == expected
    assert n_fits(tmp_path) == fits


@pytest.mark.slow
def test_files_that_may_not_be_large(tmp_path, expected):
    """As on a full disk: small entries are kept, a model is not."""
    found, (said,) = end(begin(tmp_path, 5000))
    assert "Nothing can be written to" in said
    assert found == expected
    kinds = set(Store(tmp_path / "store").entries().kind)
    assert kinds == {"about a model", "answers", "signals"}
    assert not list((tmp_path / "store").glob("*.unfinished"))


@pytest.fixture
def mount(tmp_path):
    """Command that mounts a small file system first, if this machine lets us."""
    store = tmp_path / "store"
    store.mkdir()
    how = f"mount -t tmpfs -o size=%s none {store} && "
    if not shutil.which("unshare"):
        pytest.skip("there is no unshare")
    tried = [*NAMESPACE, "sh", "-c", how % "64k" + "true"]
    if subprocess.run(tried, capture_output=True).returncode:
        pytest.skip("no file system may be mounted here")
    return lambda size, rest: [*NAMESPACE, "sh", "-c", how % size + rest]


@pytest.mark.slow
def test_a_full_disk(tmp_path, expected, mount):
    audit = " ".join(command(tmp_path))
    done = subprocess.run(mount("64k", audit), capture_output=True, check=True)
    found, (said,) = json.loads(done.stdout)
    assert "No space left on device" in said
    assert found == expected


@pytest.mark.slow
def test_a_store_that_is_read_only(tmp_path, expected, mount):
    """What is there is found; what is not is computed."""
    store, audit = tmp_path / "store", " ".join(command(tmp_path))
    rest = f"{audit} > /dev/null && rm $(ls {store}/*.zip | head -9) && "
    rest += f"mount -o remount,ro {store} && {audit}"
    done = subprocess.run(mount("64m", rest), capture_output=True, check=True)
    found, (said,) = json.loads(done.stdout)
    assert "Read-only file system" in said
    assert found == expected
    assert N_FITS <= n_fits(tmp_path) <= N_FITS + 9


@pytest.mark.parametrize("path", ["file", "file/store"])
def test_no_folder(tmp_path, path):
    """Said before anything is trained."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="must be a folder, or one that can be made"):
        scores(tmp_path / path)


def test_a_replacement_that_fails(tmp_path, monkeypatch, expected):
    def refuse(*args):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.warns(UserWarning, match="computed and not kept") as caught:
        found = scores(tmp_path)
    assert len(caught) == 1
    assert found == expected
    assert not list(tmp_path.iterdir())
