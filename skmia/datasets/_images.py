"""MNIST, Fashion-MNIST and CIFAR-10: flattened images of OpenML."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from sklearn.datasets import fetch_openml

from skmia.datasets._base import Layout, fetch, validate_fetch
from skmia.utils._typing import FilePath

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.utils import Bunch

CIFAR10_NAMES = [
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
]

FASHION_NAMES = [
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
]

MNIST_DESCR = """\
MNIST (handwritten digits)
==========================

70,000 grey images of 28 x 28 pixels, values 0 to 255, flattened row by row:
``data.reshape(-1, 28, 28)``. Local files may hold fewer.

Source: OpenML, "mnist_784" version 1. Usually given as CC BY-SA 3.0. Please cite
Y. LeCun, C. Cortes, C. J. C. Burges: The MNIST database of handwritten digits.
"""

FASHION_DESCR = """\
Fashion-MNIST (articles of clothing)
====================================

70,000 grey images of 28 x 28 pixels, values 0 to 255, flattened row by row:
``data.reshape(-1, 28, 28)``. Local files may hold fewer.

Source: OpenML, "Fashion-MNIST" version 1; MIT licence. Please cite H. Xiao, K. Rasul,
R. Vollgraf: Fashion-MNIST, 2017.
"""

CIFAR10_DESCR = """\
CIFAR-10 (natural images)
=========================

60,000 colour images of 32 x 32 pixels, values 0 to 255, flattened in the order row,
column, channel (red, green, blue): ``data.reshape(-1, 32, 32, 3)``. Local files may
hold fewer.

Source: OpenML, data set 40927. There is no formal licence; its authors ask for a
citation: A. Krizhevsky, Learning multiple layers of features from tiny images, 2009.
It is a subset of 80 Million Tiny Images, which its own authors withdrew in 2020.
"""


def _pixel_names(*axes):
    return ["_".join(["pixel", *map(str, index)]) for index in product(*axes)]


MNIST = Layout(
    "mnist",
    n_samples=70_000,
    n_features=28 * 28,
    n_classes=10,
    feature_names=_pixel_names(range(28), range(28)),
    descr=MNIST_DESCR,
)
FASHION_MNIST = replace(
    MNIST, name="fashion_mnist", target_names=FASHION_NAMES, descr=FASHION_DESCR
)
CIFAR10 = Layout(
    "cifar10",
    n_samples=60_000,
    n_features=32 * 32 * 3,
    n_classes=10,
    feature_names=_pixel_names(range(32), range(32), ["red", "green", "blue"]),
    target_names=CIFAR10_NAMES,
    descr=CIFAR10_DESCR,
)


def _download_mnist(data_home):
    return _from_openml(data_home, name="mnist_784", version=1)


def _download_fashion_mnist(data_home):
    return _from_openml(data_home, name="Fashion-MNIST", version=1)


def _download_cifar10(data_home):
    arrays = _from_openml(data_home, data_id=40927)
    return arrays | {"X": in_rows(arrays["X"])}


def in_rows(X):
    """Images of 32 x 32 in our order.

    Files keep the planes of the original: all red values, all green, all blue.
    """
    planes = X.reshape(-1, 3, 32 * 32)
    return planes.transpose(0, 2, 1).reshape(len(planes), -1)


def _from_openml(data_home, **source):
    X, y = fetch_openml(
        **source,
        data_home=data_home,
        return_X_y=True,
        as_frame=False,
        parser="auto",
    )
    return {"X": X.astype(np.uint8), "y": y.astype(np.int64)}


@validate_fetch
def fetch_mnist(
    *,
    data_home: FilePath | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | tuple[np.ndarray | pd.DataFrame, np.ndarray | pd.Series]:
    """Load the MNIST data (records: pixels, 10 classes).

    Looked for in the folder that the environment variable ``SKMIA_DATA`` names
    (``mnist.npz``), then in the cache, then downloaded from OpenML.

    ==============  ========
    Classes               10
    Rows              70,000
    Features             784
    Feature values   0-255
    ==============  ========

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

        data : {ndarray, DataFrame} of shape (n_samples, 784), uint8
            One image per row, flattened row by row.
        target : {ndarray, Series} of shape (n_samples,), int64
            Digit, 0 to 9.
        frame : DataFrame of shape (n_samples, 785) or None
            ``data`` and ``target``, if ``as_frame=True``.
        feature_names : list of str
            ``"pixel_0_0"`` to ``"pixel_27_27"`` (row, column).
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
    of rows. OpenML has all 70,000.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner. "Gradient-based learning applied to
    document recognition." Proceedings of the IEEE 86(11), 1998.
    :doi:`10.1109/5.726791`

    Examples
    --------
    >>> from skmia.datasets import fetch_mnist
    >>> X, y = fetch_mnist(return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (70000, 784)
    """
    return fetch(
        MNIST, _download_mnist, data_home, download_if_missing, return_X_y, as_frame
    )


@validate_fetch
def fetch_fashion_mnist(
    *,
    data_home: FilePath | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | tuple[np.ndarray | pd.DataFrame, np.ndarray | pd.Series]:
    """Load the Fashion-MNIST data (records: pixels, 10 classes).

    Looked for in the folder that the environment variable ``SKMIA_DATA`` names
    (``fashion_mnist.npz``), then in the cache, then downloaded from OpenML.

    ==============  ======
    Classes             10
    Rows            70,000
    Features           784
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

        data : {ndarray, DataFrame} of shape (n_samples, 784), uint8
            One image per row, flattened row by row.
        target : {ndarray, Series} of shape (n_samples,), int64
            Class, 0 to 9.
        frame : DataFrame of shape (n_samples, 785) or None
            ``data`` and ``target``, if ``as_frame=True``.
        feature_names : list of str
            ``"pixel_0_0"`` to ``"pixel_27_27"`` (row, column).
        target_names : list of str
            ``"T-shirt/top"`` to ``"Ankle boot"``.
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
    H. Xiao, K. Rasul, R. Vollgraf. "Fashion-MNIST: a novel image dataset for
    benchmarking machine learning algorithms." 2017. :arxiv:`1708.07747`

    Examples
    --------
    >>> from skmia.datasets import fetch_fashion_mnist
    >>> X, y = fetch_fashion_mnist(return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (70000, 784)
    """
    return fetch(
        FASHION_MNIST,
        _download_fashion_mnist,
        data_home,
        download_if_missing,
        return_X_y,
        as_frame,
    )


@validate_fetch
def fetch_cifar10(
    *,
    data_home: FilePath | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | tuple[np.ndarray | pd.DataFrame, np.ndarray | pd.Series]:
    """Load the CIFAR-10 data (records: pixels, 10 classes).

    Looked for in the folder that the environment variable ``SKMIA_DATA`` names
    (``cifar10.npz``), then in the cache, then downloaded from OpenML.

    ==============  ========
    Classes               10
    Rows              60,000
    Features           3,072
    Feature values   0-255
    ==============  ========

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
            ``"airplane"`` to ``"truck"``.
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
    of rows. OpenML has all 60,000, as text: while it is read, the pixels are 64-bit
    integers, 1.5 GB of them.

    References
    ----------
    A. Krizhevsky. "Learning multiple layers of features from tiny images." Technical
    report, University of Toronto, 2009.

    Examples
    --------
    >>> from skmia.datasets import fetch_cifar10
    >>> X, y = fetch_cifar10(return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (60000, 3072)
    """
    return fetch(
        CIFAR10, _download_cifar10, data_home, download_if_missing, return_X_y, as_frame
    )
