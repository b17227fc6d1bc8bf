"""The real data, where a folder with them exists."""

import os
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skmia.datasets import (
    _openml_table,
    fetch_adult,
    fetch_cifar10,
    fetch_location30,
    fetch_mnist,
)

FOLDERS = [
    os.environ.get("SKMIA_DATA"),
    Path(__file__).parents[3] / "shared" / "data",
]


@pytest.fixture
def fetch_local(monkeypatch, tmp_path):
    """A call of a fetcher on the first folder that exists, or a skip."""
    folders = [folder for folder in FOLDERS if folder and Path(folder).is_dir()]
    if not folders:
        pytest.skip("no folder with the data: set SKMIA_DATA")
    monkeypatch.setenv("SKMIA_DATA", str(folders[0]))

    def fetch_or_skip(fetch, **kwargs):
        try:
            return fetch(data_home=tmp_path, download_if_missing=False, **kwargs)
        except FileNotFoundError as error:
            pytest.skip(str(error))

    return fetch_or_skip


@pytest.mark.parametrize(
    ("fetch", "n_features", "n_classes"),
    [
        (fetch_adult, 14, 2),
        (fetch_cifar10, 3072, 10),
        (fetch_location30, 446, 30),
        (fetch_mnist, 784, 10),
    ],
)
def test_arrays(fetch, n_features, n_classes, fetch_local):
    bunch = fetch_local(fetch)
    assert bunch.data.shape == (len(bunch.target), n_features)
    assert np.unique(bunch.target).tolist() == list(range(n_classes))
    assert len(bunch.target_names) == n_classes
    assert len(set(bunch.feature_names)) == n_features


def test_adult_decoded(fetch_local):
    adult = fetch_local(fetch_adult, as_frame=True)
    # Facts of the documentation of the official files.
    assert adult.frame.shape == (48_842, 15)
    assert (adult.target == ">50K").sum() == 11_687
    assert (adult.data["native-country"] == "?").sum() == 857
    assert adult.data["age"].agg(["min", "max"]).tolist() == [17, 90]
    # The number and the name of an education say the same.
    assert len(adult.data[["education", "education-num"]].drop_duplicates()) == 16


def test_adult_of_openml_has_the_same_codes(fetch_local, monkeypatch, tmp_path):
    local = fetch_local(fetch_adult)
    frame, target = fetch_local(fetch_adult, as_frame=True, return_X_y=True)
    monkeypatch.setattr(
        _openml_table,
        "fetch_openml",
        lambda **kwargs: (frame.replace("?", None), target),
    )
    monkeypatch.delenv("SKMIA_DATA")
    downloaded = fetch_adult(data_home=tmp_path)
    assert_array_equal(downloaded.data, local.data, strict=True)
    assert_array_equal(downloaded.target, local.target, strict=True)
    assert downloaded.categories == local.categories


def test_cifar10_layout(fetch_local):
    X, _ = fetch_local(fetch_cifar10, return_X_y=True)
    images = X[:500].reshape(-1, 32, 32, 3).astype(float)
    # Columns next to each other are alike, and so are the colours of a pixel; in the
    # order of the original, both differences would be between other things.
    original_order = X[:500].reshape(-1, 3, 32, 32).astype(float)
    for axis in (2, 3):
        difference = np.abs(np.diff(images, axis=axis)).mean()
        assert difference < np.abs(np.diff(original_order, axis=3)).mean()
