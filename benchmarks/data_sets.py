"""Data sets of the benchmarks, with features in [0, 1].

Those that `skmia.datasets` fetches are looked for where it looks: first in the folder
that SKMIA_DATA names, then in its cache, then on the net. The baskets `retail600.npz`
(FIMI retail data, clustered into classes) are looked for in the folder SKMIA_DATA only.
"""

import os
from functools import partial
from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder

from skmia.datasets import (
    fetch_adult,
    fetch_cifar10,
    fetch_location30,
    fetch_mnist,
    make_purchases,
)

PURCHASES = (10, 20, 50, 100)  # numbers of classes that the literature uses


def some_rows(X, y, n_rows):
    """Random rows, stratified by class; the same ones each time."""
    X, _, y, _ = train_test_split(X, y, train_size=n_rows, stratify=y, random_state=0)
    return X, y


def adult_frame(n_rows=10_000):
    """Rows of Adult as they come: a DataFrame of categories and numbers."""
    frame = fetch_adult(as_frame=True)
    return some_rows(frame.data, frame.target, n_rows)


def adult(n_rows=10_000):
    """Rows of Adult: categories one-hot, then the numbers scaled to [0, 1]."""
    X, y = adult_frame(n_rows)
    categories = X.select_dtypes("category")
    numbers = X.drop(columns=categories.columns)
    onehot = OneHotEncoder(sparse_output=False).fit_transform(categories)
    return np.hstack([onehot, MinMaxScaler().fit_transform(numbers)]), y.to_numpy()


def images(fetch, n_rows=10_000):
    """Rows of an image data set, pixels divided by 255."""
    X, y = some_rows(*fetch(return_X_y=True), n_rows)
    return X / 255, y


def location30(n_rows=10_000):
    """Rows of Location-30, which has 5,010."""
    X, y = fetch_location30(return_X_y=True)
    X = X.astype(float)
    return (X, y) if n_rows >= len(y) else some_rows(X, y, n_rows)


def read_retail(n_classes):
    """All 18,822 baskets of a supermarket and their clusters."""
    folder = os.environ.get("SKMIA_DATA")
    if not folder:
        raise FileNotFoundError(
            "retail600.npz is looked for in the folder that SKMIA_DATA names."
        )
    with np.load(Path(folder) / "retail600.npz", allow_pickle=False) as arrays:
        return arrays["X"].astype(float), arrays[f"y{n_classes}"]


def retail(n_classes, n_rows=10_000):
    """Baskets, a stand-in for Purchases made in the same way from another shop."""
    return some_rows(*read_retail(n_classes), n_rows)


def lookalike(n_classes, n_rows=10_000):
    """Generated purchases, a stand-in with the in-class deviation of Purchases."""
    X, y = make_purchases(n_rows, n_classes=n_classes, random_state=0)
    return X.astype(float), y


# Name and loader; every loader takes a number of rows.
DATA = {
    "Adult": adult,
    "MNIST": partial(images, fetch_mnist),
    "CIFAR-10": partial(images, fetch_cifar10),
    **{f"retail-{k}": partial(retail, k) for k in PURCHASES},
    **{f"lookalike-{k}": partial(lookalike, k) for k in PURCHASES},
    "Location-30": location30,
}
