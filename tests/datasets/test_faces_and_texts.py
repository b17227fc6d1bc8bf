"""LFW, 20 newsgroups and RCV1, as scikit-learn's own fetchers deliver them."""

from dataclasses import replace

import numpy as np
import pytest
import sklearn.datasets
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.utils import Bunch

from skmia.datasets import (
    _lfw,
    _sparse_texts,
    fetch_20newsgroups,
    fetch_lfw,
    fetch_rcv1,
)


@pytest.fixture(autouse=True)
def _no_local_folder(monkeypatch):
    monkeypatch.delenv("SKMIA_DATA", raising=False)


def test_lfw(monkeypatch, tmp_path):
    asked = {}
    pixels = np.random.default_rng(0).random((124, 62 * 47), dtype=np.float32)
    names = np.array([f"person {i}" for i in range(62)])

    def fetch_lfw_people(**kwargs):
        asked.update(kwargs)
        return Bunch(data=pixels, target=np.arange(124) % 62, target_names=names)

    monkeypatch.setattr(_lfw, "fetch_lfw_people", fetch_lfw_people)
    monkeypatch.setattr(_lfw, "LAYOUT", replace(_lfw.LAYOUT, n_samples=124))
    bunch = fetch_lfw(data_home=tmp_path)
    assert_array_equal(bunch.data, pixels)
    assert_array_equal(bunch.target, np.arange(124) % 62)
    assert bunch.target_names == names.tolist()
    assert (asked["min_faces_per_person"], asked["resize"]) == (20, 0.5)
    again = fetch_lfw(data_home=tmp_path, download_if_missing=False, as_frame=True)
    assert again.frame.shape == (124, 62 * 47 + 1)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"target_names": np.array(["one"])}, "it has 1 'target_names'"),
        ({"X": np.full((62, 2914), -1, np.float32)}, "values that are not from 0 to 1"),
    ],
)
def test_wrong_faces(change, problem, monkeypatch, tmp_path):
    arrays = {"X": np.zeros((62, 2914), np.float32), "y": np.arange(62)}
    arrays |= {"target_names": np.arange(62).astype(str)} | change
    np.savez(tmp_path / "lfw.npz", **arrays)
    monkeypatch.setenv("SKMIA_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=problem):
        fetch_lfw()


def words(n, n_features):
    return sparse.random_array((n, n_features), density=1e-4, random_state=0).tocsr()


@pytest.fixture
def messages(monkeypatch):
    """Forty messages of 20 newsgroups."""
    X = words(40, 130_107)

    def fetch(subset, data_home, return_X_y):
        assert (subset, return_X_y) == ("all", True)
        return X, np.arange(40) % 20

    monkeypatch.setattr(sklearn.datasets, "fetch_20newsgroups_vectorized", fetch)
    small = replace(_sparse_texts.NEWSGROUPS, n_samples=40)
    monkeypatch.setattr(_sparse_texts, "NEWSGROUPS", small)
    return X


def test_newsgroups(messages, tmp_path):
    X, y = fetch_20newsgroups(data_home=tmp_path, return_X_y=True)
    assert abs(X - messages).max() < 1e-7
    assert (X.dtype, y.dtype) == (np.float32, np.int64)
    assert_array_equal(y, np.arange(40) % 20)
    again = fetch_20newsgroups(data_home=tmp_path, download_if_missing=False)
    assert (again.data != X).nnz == 0
    assert len(again.target_names) == 20


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"X_indices": None}, r"it lacks \['X_indices'\]"),
        ({"X_indices": lambda i: i + 130_107}, "its parts make no matrix"),
        ({"X_data": lambda d: d * np.nan}, "values that are not finite"),
        ({"y": lambda y: y[1:]}, r"'y' has shape \(39,\)"),
        ({"y": lambda y: y + 1}, "'y' runs from 1 to 20"),
    ],
)
def test_wrong_texts(messages, change, problem, monkeypatch, tmp_path):
    arrays = _sparse_texts._download_newsgroups(tmp_path)
    for name, other in change.items():
        arrays[name] = other and other(arrays[name])
    arrays = {name: array for name, array in arrays.items() if array is not None}
    np.savez(tmp_path / "20newsgroups.npz", **arrays)
    monkeypatch.setenv("SKMIA_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=problem):
        fetch_20newsgroups()


def test_rcv1_has_the_four_topics_at_the_top(monkeypatch, tmp_path):
    names = np.array(["C11", "CCAT", "ECAT", "G15", "GCAT", "MCAT"], dtype=object)
    topics = np.random.default_rng(0).integers(2, size=(50, 6), dtype=np.uint8)
    whole = Bunch(
        data=words(50, 47_236), target=sparse.csr_matrix(topics), target_names=names
    )
    monkeypatch.setattr(sklearn.datasets, "fetch_rcv1", lambda data_home: whole)
    monkeypatch.setattr(
        _sparse_texts, "RCV1", replace(_sparse_texts.RCV1, n_samples=50)
    )
    bunch = fetch_rcv1(data_home=tmp_path)
    assert_array_equal(bunch.target, topics[:, [1, 2, 4, 5]])
    assert bunch.data.shape == (50, 47_236)
    assert bunch.target_names == ["CCAT", "ECAT", "GCAT", "MCAT"]
