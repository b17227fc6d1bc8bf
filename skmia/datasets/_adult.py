"""Adult: incomes in the United States census of 1994."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.datasets import fetch_openml

from skmia.datasets._base import Layout, load, make_bunch, validate_fetch
from skmia.utils._typing import FilePath

if TYPE_CHECKING:
    from sklearn.utils import Bunch

FEATURE_NAMES = [
    "age",
    "workclass",
    "fnlwgt",
    "education",
    "education-num",
    "marital-status",
    "occupation",
    "relationship",
    "race",
    "sex",
    "capital-gain",
    "capital-loss",
    "hours-per-week",
    "native-country",
]
CATEGORICAL = [
    "workclass",
    "education",
    "marital-status",
    "occupation",
    "relationship",
    "race",
    "sex",
    "native-country",
]
TARGET_NAMES = ["<=50K", ">50K"]

DESCR = """\
Adult (census income)
=====================

48,842 people in the census of the United States of 1994: 6 numbers and 8 categories
each. The task is to tell who earns more than 50,000 dollars a year (11,687 people). A
missing category ("?" in workclass, occupation and native-country) is a category of its
own. Nothing is scaled: fnlwgt runs to 1.5 million.

Source: UCI Machine Learning Repository, CC BY 4.0; downloaded from OpenML, "adult"
version 2. Please cite B. Becker, R. Kohavi: Adult, 1996.
"""


def _more_problems(arrays):
    if not np.isfinite(arrays["X"]).all():
        return "its 'X' has values that are not finite"
    names = arrays.get("feature_names", np.array([])).tolist()
    if names != FEATURE_NAMES:
        return f"its 'feature_names' are {names} instead of {FEATURE_NAMES}"
    missing = [name for name in CATEGORICAL if f"categories_{name}" not in arrays]
    if missing:
        return f"it lacks 'categories_...' for {missing}"
    for name in CATEGORICAL:
        codes, n_codes = _column(arrays, name), len(arrays[f"categories_{name}"])
        if not np.isin(codes, np.arange(n_codes)).all():
            return (
                f"its column '{name}' has values that are no codes 0 to {n_codes - 1}"
            )
    return None


LAYOUT = Layout(
    "adult",
    n_samples=48_842,
    n_features=14,
    n_classes=2,
    dtype=np.float32,
    more_arrays=(
        ", and 'feature_names' in the official order, and for each categorical feature "
        "'categories_<feature>', which its values in 'X' index"
    ),
    more_problems=_more_problems,
    feature_names=FEATURE_NAMES,
    target_names=TARGET_NAMES,
    descr=DESCR,
)


def _download(data_home):
    frame, target = fetch_openml(
        name="adult",
        version=2,
        data_home=data_home,
        return_X_y=True,
        as_frame=True,
        parser="auto",
    )
    arrays = {
        "y": (target == TARGET_NAMES[1]).to_numpy().astype(np.int64),
        "feature_names": np.array(FEATURE_NAMES),
    }
    columns = []
    for name in FEATURE_NAMES:
        column = frame[name]
        if name in CATEGORICAL:
            texts = column.astype(object).where(column.notna(), "?").to_numpy(dtype=str)
            arrays[f"categories_{name}"], column = np.unique(texts, return_inverse=True)
        columns.append(column)
    return arrays | {"X": np.column_stack(columns).astype(np.float32)}


@validate_fetch
def fetch_adult(
    *,
    data_home: FilePath | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | tuple[np.ndarray | pd.DataFrame, np.ndarray | pd.Series]:
    """Load the Adult data (records: 6 numbers and 8 categories, 2 classes).

    Looked for in the folder that the environment variable ``SKMIA_DATA`` names
    (``adult.npz``), then in the cache, then downloaded from OpenML.

    ==============  =================
    Classes                         2
    Rows                       48,842
    Features                       14
    Feature values  numbers, labels
    ==============  =================

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

        data : {ndarray, DataFrame} of shape (48842, 14)
            The features in their official order. In the array (float32), categories
            are codes that index ``categories``; in the DataFrame, numbers are int64
            and categories strings of dtype ``category``. A missing category is
            ``"?"``.
        target : {ndarray, Series} of shape (48842,)
            1 for more than 50,000 dollars a year, else 0 (int64); in the Series
            ``">50K"`` and ``"<=50K"``.
        frame : DataFrame of shape (48842, 15) or None
            ``data`` and ``target``, if ``as_frame=True``.
        feature_names : list of str
            ``"age"`` to ``"native-country"``.
        target_names : list of str
            ``["<=50K", ">50K"]``.
        categories : dict of str to list of str
            Categories of each categorical feature, in the order of their codes.
        is_test : ndarray of shape (48842,), bool, or None
            Rows of the official test set. None if the data came from OpenML, which
            does not tell.
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
    OpenML has the same rows, in another order than the official files.

    References
    ----------
    B. Becker, R. Kohavi. "Adult." UCI Machine Learning Repository, 1996.
    :doi:`10.24432/C5XW20`

    Examples
    --------
    >>> from skmia.datasets import fetch_adult
    >>> adult = fetch_adult(as_frame=True)  # doctest: +SKIP
    >>> adult.data["sex"].cat.categories.tolist()  # doctest: +SKIP
    ['Female', 'Male']
    """
    arrays = load(LAYOUT, _download, data_home, download_if_missing)
    X, y = arrays["X"], arrays["y"]
    if as_frame:
        X, y = (
            _decode(arrays),
            pd.Categorical.from_codes(y.tolist(), pd.Index(TARGET_NAMES)),
        )
    return make_bunch(
        LAYOUT,
        X,
        y,
        return_X_y,
        as_frame,
        categories={
            name: arrays[f"categories_{name}"].tolist() for name in CATEGORICAL
        },
        is_test=arrays.get("is_test"),
    )


def _decode(arrays):
    return pd.DataFrame({name: _decode_column(arrays, name) for name in FEATURE_NAMES})


def _decode_column(arrays, name):
    values = _column(arrays, name).astype(np.int64)
    if name not in CATEGORICAL:
        return values
    return pd.Categorical.from_codes(values, arrays[f"categories_{name}"].tolist())


def _column(arrays, name):
    return arrays["X"][:, FEATURE_NAMES.index(name)]
