"""Lookup order, cache, errors: what all fetchers share."""

import io
from dataclasses import replace
from inspect import signature

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.utils import Bunch

from skmia import datasets
from skmia.datasets import _base, _location30, fetch_location30

FETCHERS = [getattr(datasets, name) for name in datasets.__all__ if "fetch" in name]
SMALL = replace(_location30.LAYOUT, n_samples=30)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch, tmp_path):
    monkeypatch.delenv("SKMIA_DATA", raising=False)
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "default home"))


def location(offset=0):
    rng = np.random.default_rng(0)
    X = rng.integers(2, size=(30, 446), dtype=np.uint8)
    return {"X": X, "y": np.roll(np.arange(30), offset)}


def save(folder, **arrays):
    folder.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(folder / "location30.npz", **arrays)
    return folder


class Download:
    """Stands for the network and counts."""

    def __init__(self, arrays=None, error=None):
        self.arrays, self.error, self.n_calls = arrays, error, 0

    def __call__(self, data_home):
        self.n_calls += 1
        if self.error is not None:
            raise self.error
        return self.arrays


@pytest.fixture
def use_download(monkeypatch):
    def use(download):
        monkeypatch.setattr(_location30, "LAYOUT", SMALL)
        monkeypatch.setattr(_location30, "_download", download)
        return download

    return use


def test_local_folder_comes_before_the_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("SKMIA_DATA", str(save(tmp_path / "local", **location(1))))
    save(tmp_path / "home" / "skmia", **location(2))
    _, y = fetch_location30(data_home=tmp_path / "home", return_X_y=True)
    assert_array_equal(y, location(1)["y"])


def test_local_folder_leaves_the_cache_alone(monkeypatch, tmp_path):
    monkeypatch.setenv("SKMIA_DATA", str(save(tmp_path / "local", **location())))
    fetch_location30(data_home=tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_local_folder_without_the_file_is_passed_over(monkeypatch, tmp_path):
    monkeypatch.setenv("SKMIA_DATA", str(tmp_path))
    save(tmp_path / "home" / "skmia", **location(2))
    _, y = fetch_location30(data_home=tmp_path / "home", return_X_y=True)
    assert_array_equal(y, location(2)["y"])


def test_cache_of_scikit_learn_is_the_default(tmp_path):
    save(tmp_path / "default home" / "skmia", **location())
    assert fetch_location30(download_if_missing=False).data.shape == (30, 446)


def test_second_call_reads_the_cache(use_download, tmp_path):
    download = use_download(Download(location()))
    first = fetch_location30(data_home=tmp_path)
    second = fetch_location30(data_home=tmp_path)
    assert download.n_calls == 1
    assert [path.name for path in (tmp_path / "skmia").iterdir()] == ["location30.npz"]
    for bunch in (first, second):
        assert_array_equal(bunch.data, location()["X"])
        assert_array_equal(bunch.target, location()["y"])
        assert (bunch.data.dtype, bunch.target.dtype) == (np.uint8, np.int64)


@pytest.mark.parametrize("fetch", FETCHERS)
def test_missing_data(fetch, monkeypatch, tmp_path):
    monkeypatch.setenv("SKMIA_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(FileNotFoundError, match="download_if_missing=False") as info:
        fetch(data_home=tmp_path, download_if_missing=False)
    stem = fetch.__name__.removeprefix("fetch_")
    assert f"SKMIA_DATA names ('{tmp_path / 'nowhere'}')" in str(info.value)
    assert f"'{tmp_path / 'skmia' / stem}.npz'" in str(info.value)
    assert f"put '{stem}.npz' there with the arrays 'X' of shape" in str(info.value)


def test_missing_data_without_local_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"SKMIA_DATA names \(not set\)"):
        fetch_location30(data_home=tmp_path, download_if_missing=False)


@pytest.mark.parametrize("error", [ConnectionError("no route"), ValueError("bad md5")])
def test_failed_download(use_download, error, tmp_path):
    use_download(Download(error=error))
    message = rf"download failed \({type(error).__name__}: {error}\).*'location30.npz'"
    with pytest.raises(OSError, match=message) as info:
        fetch_location30(data_home=tmp_path)
    assert info.value.__cause__ is error
    assert not (tmp_path / "skmia").exists()


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({k: v[:29] for k, v in location().items()}, "29 rows of 29 classes"),
        (location() | {"y": np.zeros(30, int)}, "30 rows of 1 classes"),
        (location() | {"X": location()["X"] + 1}, "'X' has the value 2"),
    ],
)
def test_incomplete_download_is_not_cached(use_download, arrays, message, tmp_path):
    use_download(Download(arrays))
    with pytest.raises(OSError, match=f"download failed .*{message}"):
        fetch_location30(data_home=tmp_path)
    assert not (tmp_path / "skmia").exists()


def test_killed_write_leaves_no_cache(use_download, monkeypatch, tmp_path):
    use_download(Download(location()))

    def killed(path, **arrays):
        path.write_bytes(b"PK")
        raise KeyboardInterrupt

    monkeypatch.setattr(_base.np, "savez_compressed", killed)
    with pytest.raises(KeyboardInterrupt):
        fetch_location30(data_home=tmp_path)
    assert list((tmp_path / "skmia").iterdir()) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"X": location()["X"][:, :400]}, r"'X' has shape \(30, 400\)"),
        ({"X": location()["X"].astype(float)}, "dtype float64"),
        ({"X": location()["X"][0]}, r"'X' has shape \(446,\)"),
        ({"X": location()["X"] * np.uint8(3)}, "'X' has the value 3"),
        ({"X": np.empty((0, 446), np.uint8), "y": np.empty(0, int)}, "for 0 rows"),
        ({"y": np.arange(29)}, r"'y' has shape \(29,\)"),
        ({"y": np.arange(30.0)}, "'y' has shape .* and dtype float64"),
        ({"y": np.arange(1, 31)}, "'y' runs from 1 to 30"),
        ({"y": np.arange(30) - 1}, "'y' runs from -1 to 28"),
    ],
)
def test_wrong_arrays(monkeypatch, change, problem, tmp_path):
    monkeypatch.setenv("SKMIA_DATA", str(save(tmp_path, **location() | change)))
    with pytest.raises(ValueError, match=problem) as info:
        fetch_location30()
    assert str(tmp_path / "location30.npz") in str(info.value)
    assert "Expected 'X' of shape (n_samples, 446) and dtype uint8" in str(info.value)


def test_wrong_file_in_the_cache(tmp_path):
    save(tmp_path / "skmia", y=np.arange(30))
    with pytest.raises(ValueError, match=r"location30.npz' does .* lacks \['X'\]"):
        fetch_location30(data_home=tmp_path)


def valid_bytes():
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **location())
    return buffer.getvalue()


def damaged_bytes():
    content = bytearray(valid_bytes())
    content[len(content) // 2] ^= 0xFF
    return bytes(content)


def pickled_bytes():
    buffer = io.BytesIO()
    np.savez(buffer, X=np.array([None]), y=np.arange(1))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a file of numpy",
        valid_bytes()[:-100],
        damaged_bytes(),
        pickled_bytes(),
    ],
    ids=["empty", "text", "truncated", "damaged", "pickled"],
)
def test_unreadable_file(monkeypatch, content, tmp_path):
    (tmp_path / "location30.npz").write_bytes(content)
    monkeypatch.setenv("SKMIA_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=r"location30.npz' cannot be read .* Expected"):
        fetch_location30()


def test_npy_file_under_the_name(monkeypatch, tmp_path):
    with open(tmp_path / "location30.npz", "wb") as file:
        np.save(file, location()["X"])
    monkeypatch.setenv("SKMIA_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=r"it lacks \['X', 'y'\]"):
        fetch_location30()


def test_bunch_of_arrays(monkeypatch, tmp_path):
    monkeypatch.setenv("SKMIA_DATA", str(save(tmp_path, **location())))
    bunch = fetch_location30()
    assert isinstance(bunch, Bunch)
    assert isinstance(bunch.data, np.ndarray)
    assert bunch.frame is None
    assert len(bunch.feature_names) == 446
    assert len(bunch.target_names) == 30
    assert "Please cite" in bunch.DESCR


def test_bunch_of_frames(monkeypatch, tmp_path):
    monkeypatch.setenv("SKMIA_DATA", str(save(tmp_path, **location())))
    bunch = fetch_location30(as_frame=True)
    assert_array_equal(bunch.data.to_numpy(), location()["X"])
    assert_array_equal(bunch.target.to_numpy(), location()["y"])
    assert bunch.data.columns.tolist() == bunch.feature_names
    expected = bunch.data.assign(target=bunch.target)
    pd.testing.assert_frame_equal(bunch.frame, expected)


@pytest.mark.parametrize("as_frame", [False, True])
def test_return_X_y(monkeypatch, as_frame, tmp_path):
    monkeypatch.setenv("SKMIA_DATA", str(save(tmp_path, **location())))
    X, y = fetch_location30(return_X_y=True, as_frame=as_frame)
    bunch = fetch_location30(as_frame=as_frame)
    assert type(X) is type(bunch.data)
    assert_array_equal(X, bunch.data)
    assert_array_equal(y, bunch.target)


@pytest.mark.parametrize(
    ("fetch", "parameter"),
    [(fetch, name) for fetch in FETCHERS for name in signature(fetch).parameters],
)
def test_wrong_parameter(fetch, parameter):
    message = f"The '{parameter}' parameter of {fetch.__name__} must be"
    with pytest.raises(ValueError, match=message):
        fetch(**{parameter: 3.5})
