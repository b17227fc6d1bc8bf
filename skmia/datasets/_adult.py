"""Adult: incomes in the United States census of 1994."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from skmia.datasets._base import validate_fetch
from skmia.datasets._openml_table import OpenMLTable
from skmia.utils._typing import FilePath

if TYPE_CHECKING:
    import pandas as pd
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


TABLE = OpenMLTable(
    "adult", "adult", 2, 48_842, FEATURE_NAMES, CATEGORICAL, TARGET_NAMES, DESCR
)


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
    return TABLE.fetch(
        data_home, download_if_missing, return_X_y, as_frame, more=["is_test"]
    )
