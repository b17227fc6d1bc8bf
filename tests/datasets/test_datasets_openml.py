"""Adult, MNIST and CIFAR-10 as OpenML delivers them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from skmia.datasets import (
    _adult,
    _images,
    _openml_table,
    fetch_adult,
    fetch_cifar10,
    fetch_mnist,
)

# The first rows of OpenML's file, and one with a third missing value.
ROWS = [
    "25 Private 226802 11th 7 Never-married Machine-op-inspct Own-child Black Male "
    "0 0 40 United-States <=50K",
    "38 Private 89814 HS-grad 9 Married-civ-spouse Farming-fishing Husband White Male "
    "0 0 50 United-States <=50K",
    "28 Local-gov 336951 Assoc-acdm 12 Married-civ-spouse Protective-serv Husband "
    "White Male 0 0 40 United-States >50K",
    "18 ? 103497 Some-college 10 Never-married ? Own-child White Female 0 0 30 ? <=50K",
]


@pytest.fixture(autouse=True)
def _no_local_folder(monkeypatch):
    monkeypatch.delenv("SKMIA_DATA", raising=False)


def adult_of_openml():
    """Numbers are int64, texts categories, '?' is missing: parser 'pandas'."""
    columns = [*_adult.FEATURE_NAMES, "class"]
    frame = pd.DataFrame([row.split() for row in ROWS], columns=columns)
    for name in columns:
        if name in [*_adult.CATEGORICAL, "class"]:
            frame[name] = frame[name].where(frame[name] != "?").astype("category")
        else:
            frame[name] = frame[name].astype(np.int64)
    return frame.drop(columns="class"), frame["class"]


class FetchOpenml:
    """Stands for scikit-learn's function and keeps what it was called with."""

    def __init__(self, answer):
        self.answer, self.calls = answer, []

    def __call__(self, **kwargs):
        self.calls.append(kwargs)
        return self.answer


@pytest.fixture
def adult_openml(monkeypatch):
    openml = FetchOpenml(adult_of_openml())
    monkeypatch.setattr(_openml_table, "fetch_openml", openml)
    monkeypatch.setattr(_adult, "TABLE", replace(_adult.TABLE, n_samples=len(ROWS)))
    return openml


def test_adult_frame(adult_openml, tmp_path):
    X, y = fetch_adult(data_home=tmp_path, return_X_y=True, as_frame=True)
    assert X["age"].tolist() == [25, 38, 28, 18]
    assert X["workclass"].tolist() == ["Private", "Private", "Local-gov", "?"]
    assert X["native-country"].cat.categories.tolist() == ["?", "United-States"]
    assert y.tolist() == ["<=50K", "<=50K", ">50K", "<=50K"]
    assert y.cat.categories.tolist() == ["<=50K", ">50K"]
    is_category = [isinstance(dtype, pd.CategoricalDtype) for dtype in X.dtypes]
    assert X.columns[is_category].tolist() == _adult.CATEGORICAL
    assert set(X.dtypes[~np.array(is_category)]) == {np.dtype(np.int64)}


def test_adult_arrays(adult_openml, tmp_path):
    adult = fetch_adult(data_home=tmp_path)
    assert (adult.data.dtype, adult.target.dtype) == (np.float32, np.int64)
    assert_array_equal(adult.target, [0, 0, 1, 0])
    assert_array_equal(adult.data[:, 2], [226802, 89814, 336951, 103497])
    assert_array_equal(adult.data[:, 1], [2, 2, 1, 0])
    assert adult.categories["workclass"] == ["?", "Local-gov", "Private"]
    assert adult.is_test is None


def test_adult_is_asked_for_once(adult_openml, tmp_path):
    first = fetch_adult(data_home=tmp_path, as_frame=True)
    second = fetch_adult(data_home=tmp_path, as_frame=True)
    pd.testing.assert_frame_equal(first.frame, second.frame)
    [call] = adult_openml.calls
    assert (call["name"], call["version"]) == ("adult", 2)
    assert call["data_home"] == tmp_path


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"feature_names": np.array(["age"])}, r"'feature_names' are \['age'\]"),
        ({"categories_sex": np.array(["Male"])}, "'sex' has values that are no codes"),
        ({"X": np.full((4, 14), 0.5, np.float32)}, "values that are no codes 0 to 2"),
        ({"X": np.full((4, 14), np.nan, np.float32)}, "values that are not finite"),
    ],
)
def test_adult_with_wrong_codes(adult_openml, monkeypatch, change, problem, tmp_path):
    arrays = _adult.TABLE.download(tmp_path) | change
    np.savez(tmp_path / "adult.npz", **arrays)
    monkeypatch.setenv("SKMIA_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=f"adult.npz' does not hold .*{problem}"):
        fetch_adult()


def test_adult_without_categories(adult_openml, monkeypatch, tmp_path):
    arrays = _adult.TABLE.download(tmp_path)
    del arrays["categories_race"]
    np.savez(tmp_path / "adult.npz", **arrays)
    monkeypatch.setenv("SKMIA_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=r"lacks 'categories_...' for \['race'\]"):
        fetch_adult()


def use_images(monkeypatch, name, n_features):
    """Ten images with the labels as texts, as OpenML has them."""
    pixels = np.random.default_rng(0).integers(256, size=(10, n_features))
    openml = FetchOpenml((pixels, np.arange(10).astype(str).astype(object)))
    monkeypatch.setattr(_images, "fetch_openml", openml)
    small = replace(getattr(_images, name), n_samples=10)
    monkeypatch.setattr(_images, name, small)
    return openml, pixels


def test_mnist(monkeypatch, tmp_path):
    openml, pixels = use_images(monkeypatch, "MNIST", 784)
    mnist = fetch_mnist(data_home=tmp_path)
    assert_array_equal(mnist.data, pixels)
    assert_array_equal(mnist.target, np.arange(10))
    assert (mnist.data.dtype, mnist.target.dtype) == (np.uint8, np.int64)
    assert mnist.feature_names[28] == "pixel_1_0"
    [call] = openml.calls
    assert (call["name"], call["version"]) == ("mnist_784", 1)
    assert not call["as_frame"]


def test_cifar10_is_put_into_the_order_row_column_channel(monkeypatch, tmp_path):
    openml, pixels = use_images(monkeypatch, "CIFAR10", 3072)
    cifar10 = fetch_cifar10(data_home=tmp_path, as_frame=True)
    images = cifar10.data.to_numpy().reshape(-1, 32, 32, 3)
    assert_array_equal(images[..., 0].reshape(10, -1), pixels[:, :1024])
    assert_array_equal(images[..., 2].reshape(10, -1), pixels[:, 2048:])
    assert_array_equal(cifar10.data["pixel_31_5_green"], pixels[:, 1024 + 31 * 32 + 5])
    assert cifar10.target_names[9] == "truck"
    assert openml.calls[0]["data_id"] == 40927
