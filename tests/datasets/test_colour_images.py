"""CIFAR-100 and SVHN from small files in their true formats, and Fashion-MNIST."""

import hashlib
import io
import sys
import tarfile
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.io import savemat
from served_folder import serving

from skmia.datasets import (
    _colour_images,
    _images,
    fetch_cifar100,
    fetch_fashion_mnist,
    fetch_svhn,
)

IMAGES = np.random.default_rng(0).integers(256, size=(200, 32, 32, 3), dtype=np.uint8)


def md5(path):
    return "md5:" + hashlib.md5(path.read_bytes()).hexdigest()


@pytest.fixture(autouse=True)
def files(monkeypatch, tmp_path):
    """A folder that is served where the files of the authors are looked for."""
    pytest.importorskip("pooch")
    monkeypatch.delenv("SKMIA_DATA", raising=False)
    folder = tmp_path / "site"
    folder.mkdir()
    with serving(folder) as url:
        cifar = f"{url}cifar-100-binary.tar.gz"
        monkeypatch.setattr(_colour_images, "CIFAR100_URL", cifar)
        monkeypatch.setattr(_colour_images, "SVHN_URL", url)
        yield folder


@pytest.fixture
def cifar100(files, monkeypatch):
    """Archive of 200 images: coarse label, fine label, planes of colours."""
    planes = IMAGES.transpose(0, 3, 1, 2).reshape(200, -1)
    labels = np.arange(200, dtype=np.uint8) % 100
    rows = np.column_stack([labels // 5, labels, planes]).tobytes()
    path = files / "cifar-100-binary.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        half = len(rows) // 2
        for name, content in (("train", rows[:half]), ("test", rows[half:])):
            info = tarfile.TarInfo(f"cifar-100-binary/{name}.bin")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    small = replace(_colour_images.CIFAR100, n_samples=200)
    monkeypatch.setattr(_colour_images, "CIFAR100", small)
    monkeypatch.setattr(_colour_images, "CIFAR100_HASH", md5(path))


@pytest.fixture
def svhn(files, monkeypatch):
    """Two files of images, the last axis of which counts them; a 0 is labelled 10."""
    hashes = {}
    for name, part in (("train", slice(0, 150)), ("test", slice(150, 200))):
        labels = np.arange(200)[part, None] % 10 + 1
        path = files / f"{name}_32x32.mat"
        savemat(path, {"X": IMAGES[part].transpose(1, 2, 3, 0), "y": labels})
        hashes[path.name] = md5(path)
    small = replace(_colour_images.SVHN, n_samples=200)
    monkeypatch.setattr(_colour_images, "SVHN", small)
    monkeypatch.setattr(_colour_images, "SVHN_HASHES", hashes)


def test_cifar100(cifar100, tmp_path):
    bunch = fetch_cifar100(data_home=tmp_path)
    assert_array_equal(bunch.data.reshape(IMAGES.shape), IMAGES)
    assert_array_equal(bunch.target, np.arange(200) % 100)
    assert bunch.target_names[99] == "99"
    assert list(tmp_path.glob("tmp*")) == []  # the archive is gone


def test_svhn(svhn, tmp_path):
    bunch = fetch_svhn(data_home=tmp_path)
    assert_array_equal(bunch.data.reshape(IMAGES.shape), IMAGES)
    assert_array_equal(bunch.target, (np.arange(200) + 1) % 10)
    assert bunch.data.dtype == np.uint8


def test_another_file_is_refused(svhn, files, tmp_path):
    (files / "test_32x32.mat").write_bytes(b"something else")
    with pytest.raises(OSError, match=r"hash of downloaded file \(test_32x32"):
        fetch_svhn(data_home=tmp_path)


def test_a_member_that_is_not_there(files, monkeypatch, tmp_path):
    path = files / "cifar-100-binary.tar.gz"
    with tarfile.open(path, "w:gz"):
        pass
    monkeypatch.setattr(_colour_images, "CIFAR100_HASH", md5(path))
    with pytest.raises(OSError, match=r"train\.bin"):
        fetch_cifar100(data_home=tmp_path)


def test_pooch_is_named_when_it_is_missing(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(ImportError, match=r'pip install "skmia\[datasets\]"'):
        fetch_svhn(data_home=tmp_path)


def test_fashion_mnist(monkeypatch, tmp_path):
    asked = {}

    def fetch_openml(**kwargs):
        asked.update(kwargs)
        return IMAGES.reshape(200, -1)[:10, :784], np.arange(10).astype(str)

    monkeypatch.setattr(_images, "fetch_openml", fetch_openml)
    small = replace(_images.FASHION_MNIST, n_samples=10)
    monkeypatch.setattr(_images, "FASHION_MNIST", small)
    bunch = fetch_fashion_mnist(data_home=tmp_path)
    assert_array_equal(bunch.data, IMAGES.reshape(200, -1)[:10, :784])
    assert bunch.target_names[9] == "Ankle boot"
    assert (asked["name"], asked["version"]) == ("Fashion-MNIST", 1)
