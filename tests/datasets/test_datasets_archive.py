"""Location-30, Purchase-100 and Texas-100 from archives in their true format."""

import io
import sys
import tarfile
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from served_folder import serving
from slow_cases import slow

from skmia.datasets import (
    _archive,
    _location30,
    _purchase_texas,
    fetch_location30,
    fetch_purchase100,
    fetch_texas100,
)
from skmia.datasets._archive import read_table

N_ROWS = {"location": 60, "purchase": 200, "texas": 110}
NOWHERE = "http://127.0.0.1:1/"


def lines(*columns):
    rows = np.column_stack(columns).tolist()
    return "".join(",".join(map(str, row)) + "\n" for row in rows)


def write_archive(path, members):
    """Text files, with a directory entry for each folder as tar writes it."""
    with tarfile.open(path, "w:gz") as archive:
        for name, text in members.items():
            if "/" in name:
                folder = tarfile.TarInfo(name.rpartition("/")[0])
                folder.type = tarfile.DIRTYPE
                archive.addfile(folder)
            info = tarfile.TarInfo(name)
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))


def records(name, n_features, n_classes):
    rng = np.random.default_rng(0)
    X = rng.integers(2, size=(N_ROWS[name], n_features), dtype=np.uint8)
    return X, np.arange(N_ROWS[name]) % n_classes


@pytest.fixture
def site(monkeypatch, tmp_path):
    """A folder that is served where the archives are looked for."""
    monkeypatch.delenv("SKMIA_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for module, name, layout in [
        (_location30, "location", "LAYOUT"),
        (_purchase_texas, "purchase", "PURCHASE"),
        (_purchase_texas, "texas", "TEXAS"),
    ]:
        small = replace(getattr(module, layout), n_samples=N_ROWS[name])
        monkeypatch.setattr(module, layout, small)
    folder = tmp_path / "site"
    folder.mkdir()
    with serving(folder) as url:
        monkeypatch.setattr(_archive, "ARCHIVES_URL", url)
        yield folder


def publish_location(site):
    X, y = records("location", 446, 30)
    # The labels, and only they, are quoted.
    text = lines([f'"{label}"' for label in y + 1], X)
    write_archive(site / "dataset_location.tgz", {"bangkok": text})
    return X, y


def publish_purchase(site):
    X, y = records("purchase", 600, 100)
    write_archive(site / "dataset_purchase.tgz", {"dataset_purchase": lines(y + 1, X)})
    return X, y


def publish_texas(site):
    X, y = records("texas", 6169, 100)
    members = {"texas/100/feats": lines(X), "texas/100/labels": lines(y + 1)}
    write_archive(site / "dataset_texas.tgz", members)
    return X, y


@pytest.mark.parametrize(
    ("publish", "fetch"),
    [
        (publish_location, fetch_location30),
        (publish_purchase, fetch_purchase100),
        *slow((publish_texas, fetch_texas100)),
    ],
)
def test_download(publish, fetch, site, monkeypatch, tmp_path):
    pytest.importorskip("pooch")
    X, y = publish(site)
    home = tmp_path / "home"
    bunch = fetch(data_home=home)
    assert_array_equal(bunch.data, X)
    assert_array_equal(bunch.target, y)
    assert (bunch.data.dtype, bunch.target.dtype) == (np.uint8, np.int64)
    assert bunch.data.flags.c_contiguous
    assert len(bunch.feature_names) == X.shape[1]
    assert len(bunch.target_names) == y.max() + 1
    # The archive is gone, and the network is not needed again.
    assert [path.name for path in home.rglob("*.*")] == [
        fetch.__name__.removeprefix("fetch_") + ".npz"
    ]
    monkeypatch.setattr(_archive, "ARCHIVES_URL", NOWHERE)
    assert_array_equal(fetch(data_home=home).data, X)


def test_no_connection(site, monkeypatch, tmp_path):
    pytest.importorskip("pooch")
    monkeypatch.setattr(_archive, "ARCHIVES_URL", NOWHERE)
    with pytest.raises(OSError, match=r"download failed \(ConnectionError") as info:
        fetch_location30(data_home=tmp_path / "home")
    assert "SKMIA_DATA names (not set)" in str(info.value)


@pytest.mark.parametrize(
    "content", [b"", b"<html>moved</html>", b"\x1f\x8b\x08"], ids=["", "html", "gzip"]
)
def test_archive_is_something_else(site, content, tmp_path):
    pytest.importorskip("pooch")
    (site / "dataset_location.tgz").write_bytes(content)
    with pytest.raises(OSError, match="download failed"):
        fetch_location30(data_home=tmp_path / "home")


def test_truncated_archive(site, tmp_path):
    pytest.importorskip("pooch")
    publish_location(site)
    path = site / "dataset_location.tgz"
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(OSError, match="download failed"):
        fetch_location30(data_home=tmp_path / "home")


def test_archive_without_the_member(site, tmp_path):
    pytest.importorskip("pooch")
    write_archive(site / "dataset_location.tgz", {"istanbul": "1,0\n"})
    with pytest.raises(OSError, match=r"location.tgz' has no member 'bangkok'"):
        fetch_location30(data_home=tmp_path / "home")


def test_labels_that_count_from_zero_are_refused(site, tmp_path):
    pytest.importorskip("pooch")
    X, y = records("purchase", 600, 100)
    write_archive(site / "dataset_purchase.tgz", {"dataset_purchase": lines(y, X)})
    with pytest.raises(OSError, match="'y' runs from -1 to 98"):
        fetch_purchase100(data_home=tmp_path / "home")


def test_pooch_is_named_when_it_is_missing(monkeypatch, tmp_path):
    monkeypatch.delenv("SKMIA_DATA", raising=False)
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(ImportError, match=r'pip install "skmia\[datasets\]"'):
        fetch_texas100(data_home=tmp_path)


def test_read_table_finds_the_member_behind_a_dot(tmp_path):
    write_archive(tmp_path / "a.tgz", {"./._bangkok": "x", "./bangkok": '"7",0,1\n'})
    assert_array_equal(read_table(tmp_path / "a.tgz", "bangkok"), [[7, 0, 1]])


@pytest.mark.parametrize("text", ["300,0\n", "1,0.5\n", "1,\n", "1,0\n1\n", "-1,0\n"])
def test_read_table_refuses_other_numbers(text, tmp_path):
    write_archive(tmp_path / "a.tgz", {"bangkok": text})
    with pytest.raises(ValueError, match=r"convert string|number of columns"):
        read_table(tmp_path / "a.tgz", "bangkok")
