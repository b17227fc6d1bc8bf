"""CIFAR-100 and SVHN: colour images from the files of their authors."""

from __future__ import annotations

import tarfile
from dataclasses import replace
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
from scipy.io import loadmat

from skmia.datasets._archive import retrieve
from skmia.datasets._base import fetch, validate_fetch
from skmia.datasets._images import CIFAR10, MNIST, in_rows
from skmia.utils._typing import FilePath

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.utils import Bunch

CIFAR100_URL = "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"
CIFAR100_HASH = "md5:03b5dce01913d631647c71ecec9e9cb8"
# The first of each image's bytes are its coarse and its fine label.
_BYTES = 2 + CIFAR10.n_features
SVHN_URL = "http://ufldl.stanford.edu/housenumbers/"
SVHN_HASHES = {
    "train_32x32.mat": "md5:e26dedcc434d2e4c54c9b2d4a06d8373",
    "test_32x32.mat": "md5:eb5a983be6a315427106f1b164d9cef3",
}

CIFAR100 = replace(
    CIFAR10,
    name="cifar100",
    n_classes=100,
    target_names=None,
    descr="""\
CIFAR-100 (natural images)
==========================

60,000 colour images of 32 x 32 pixels, values 0 to 255, flattened in the order row,
column, channel (red, green, blue): ``data.reshape(-1, 32, 32, 3)``. The 100 classes are
the fine ones. The training set comes first. Local files may hold fewer.

Source: the binary version of its author. There is no formal licence; he asks for a
citation: A. Krizhevsky, Learning multiple layers of features from tiny images, 2009.
It is a subset of 80 Million Tiny Images, which its own authors withdrew in 2020.
""",
)
SVHN = replace(
    CIFAR10,
    name="svhn",
    n_samples=99_289,
    target_names=MNIST.target_names,
    descr="""\
SVHN (street view house numbers)
================================

99,289 colour images of 32 x 32 pixels, values 0 to 255, flattened in the order row,
column, channel (red, green, blue): ``data.reshape(-1, 32, 32, 3)``. The class is the
digit in the middle. The 73,257 of the training set come first; the 531,131 easier ones
of "extra" are not among them. Local files may hold fewer.

Source: the cropped digits of its authors, for non-commercial use. Please cite Y. Netzer
et al.: Reading digits in natural images with unsupervised feature learning, 2011.
""",
)


def _download_cifar100(data_home):
    with TemporaryDirectory(dir=data_home) as folder:
        path = retrieve(CIFAR100_URL, CIFAR100_HASH, folder)
        with tarfile.open(path) as archive:
            parts = [
                archive.extractfile(f"cifar-100-binary/{name}.bin").read()
                for name in ("train", "test")
            ]
    rows = np.frombuffer(b"".join(parts), np.uint8).reshape(-1, _BYTES)
    return {"X": in_rows(rows[:, 2:]), "y": rows[:, 1].astype(np.int64)}


def _download_svhn(data_home):
    with TemporaryDirectory(dir=data_home) as folder:
        parts = [
            loadmat(retrieve(SVHN_URL + name, known_hash, folder))
            for name, known_hash in SVHN_HASHES.items()
        ]
    X = np.concatenate([part["X"].transpose(3, 0, 1, 2) for part in parts])
    y = np.concatenate([part["y"].ravel() for part in parts])
    # There the label of a 0 is 10.
    return {"X": X.reshape(len(X), -1), "y": y.astype(np.int64) % 10}


@validate_fetch
def fetch_cifar100(
    *,
    data_home: FilePath | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | tuple[np.ndarray | pd.DataFrame, np.ndarray | pd.Series]:
    """Load the CIFAR-100 data (records: pixels, 100 classes).

    Looked for in the folder that the environment variable ``SKMIA_DATA`` names
    (``cifar100.npz``), then in the cache, then downloaded, which needs the extra
    ``skmia[datasets]``.

    ==============  ======
    Classes            100
    Rows            60,000
    Features         3,072
    Feature values   0-255
    ==============  ======

    .. versionadded:: 0.2

    Parameters
    ----------
    data_home : str or path-like, default=None
        Folder of the cache. None for scikit-learn's
        (:func:`sklearn.datasets.get_data_home`).
    download_if_missing : bool, default=True
        If False, raise a FileNotFoundError instead of downloading.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Return pandas objects instead of arrays.

    Returns
    -------
    dataset : :class:`~sklearn.utils.Bunch`
        With the attributes

        data : {ndarray, DataFrame} of shape (n_samples, 3072), uint8
            One image per row, flattened in the order row, column, channel:
            ``data.reshape(-1, 32, 32, 3)``.
        target : {ndarray, Series} of shape (n_samples,), int64
            Class, 0 to 99.
        frame : DataFrame of shape (n_samples, 3073) or None
            ``data`` and ``target``, if ``as_frame=True``.
        feature_names : list of str
            ``"pixel_0_0_red"`` to ``"pixel_31_31_blue"`` (row, column, channel).
        target_names : list of str
            ``"0"`` to ``"99"``, in the alphabetical order of the fine classes.
        DESCR : str
            Origin, terms and what to cite.

    (data, target) : tuple
        If ``return_X_y=True``.

    Raises
    ------
    OSError
        If the data are neither local nor downloadable.
    ValueError
        If a local file holds something else.

    Notes
    -----
    A local file may hold a subset in its own order: ``n_samples`` is then its number
    of rows.

    References
    ----------
    A. Krizhevsky. "Learning multiple layers of features from tiny images." Technical
    report, University of Toronto, 2009.

    Examples
    --------
    >>> from skmia.datasets import fetch_cifar100
    >>> X, y = fetch_cifar100(return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (60000, 3072)
    """
    return fetch(
        CIFAR100,
        _download_cifar100,
        data_home,
        download_if_missing,
        return_X_y,
        as_frame,
    )


@validate_fetch
def fetch_svhn(
    *,
    data_home: FilePath | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | tuple[np.ndarray | pd.DataFrame, np.ndarray | pd.Series]:
    """Load the SVHN data, house numbers (records: pixels, 10 classes).

    Looked for in the folder that the environment variable ``SKMIA_DATA`` names
    (``svhn.npz``), then in the cache, then downloaded, which needs the extra
    ``skmia[datasets]``.

    ==============  ======
    Classes             10
    Rows            99,289
    Features         3,072
    Feature values   0-255
    ==============  ======

    .. versionadded:: 0.2

    Parameters
    ----------
    data_home : str or path-like, default=None
        Folder of the cache. None for scikit-learn's
        (:func:`sklearn.datasets.get_data_home`).
    download_if_missing : bool, default=True
        If False, raise a FileNotFoundError instead of downloading.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.
    as_frame : bool, default=False
        Return pandas objects instead of arrays.

    Returns
    -------
    dataset : :class:`~sklearn.utils.Bunch`
        With the attributes

        data : {ndarray, DataFrame} of shape (n_samples, 3072), uint8
            One image per row, flattened in the order row, column, channel:
            ``data.reshape(-1, 32, 32, 3)``.
        target : {ndarray, Series} of shape (n_samples,), int64
            Class, 0 to 9.
        frame : DataFrame of shape (n_samples, 3073) or None
            ``data`` and ``target``, if ``as_frame=True``.
        feature_names : list of str
            ``"pixel_0_0_red"`` to ``"pixel_31_31_blue"`` (row, column, channel).
        target_names : list of str
            ``"0"`` to ``"9"``.
        DESCR : str
            Origin, terms and what to cite.

    (data, target) : tuple
        If ``return_X_y=True``.

    Raises
    ------
    OSError
        If the data are neither local nor downloadable.
    ValueError
        If a local file holds something else.

    Notes
    -----
    A local file may hold a subset in its own order: ``n_samples`` is then its number
    of rows.

    References
    ----------
    Y. Netzer, T. Wang, A. Coates, A. Bissacco, B. Wu, A. Y. Ng. "Reading digits in
    natural images with unsupervised feature learning." NIPS Workshop on Deep Learning
    and Unsupervised Feature Learning, 2011.

    Examples
    --------
    >>> from skmia.datasets import fetch_svhn
    >>> X, y = fetch_svhn(return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (99289, 3072)
    """
    return fetch(
        SVHN, _download_svhn, data_home, download_if_missing, return_X_y, as_frame
    )
