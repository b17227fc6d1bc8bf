"""Hepatitis: who survived, of 155 patients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skmia.datasets._base import validate_fetch
from skmia.datasets._openml_table import OpenMLTable
from skmia.utils._typing import FilePath

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from sklearn.utils import Bunch

TABLE = OpenMLTable(
    "hepatitis",
    openml="hepatitis",
    version=1,
    n_samples=155,
    feature_names=[
        "age",
        "sex",
        "steroid",
        "antivirals",
        "fatigue",
        "malaise",
        "anorexia",
        "liver_big",
        "liver_firm",
        "spleen_palpable",
        "spiders",
        "ascites",
        "varices",
        "bilirubin",
        "alk_phosphate",
        "sgot",
        "albumin",
        "protime",
        "histology",
    ],
    categorical=[
        "sex",
        "steroid",
        "antivirals",
        "fatigue",
        "malaise",
        "anorexia",
        "liver_big",
        "liver_firm",
        "spleen_palpable",
        "spiders",
        "ascites",
        "varices",
        "histology",
    ],
    target_names=["DIE", "LIVE"],
    has_missing_numbers=True,
    descr="""\
Hepatitis
=========

155 patients with hepatitis: 6 numbers and 13 categories each, many of them missing. The
task is to tell who lived (123 patients).

Source: UCI Machine Learning Repository, CC BY 4.0; downloaded from OpenML, "hepatitis"
version 1. Please cite the repository: Hepatitis, 1988.
""",
)


@validate_fetch
def fetch_hepatitis(
    *,
    data_home: FilePath | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | tuple[np.ndarray | pd.DataFrame, np.ndarray | pd.Series]:
    """Load the hepatitis data (records: 6 numbers and 13 categories, 2 classes).

    Looked for in the folder that the environment variable ``SKMIA_DATA`` names
    (``hepatitis.npz``), then in the cache, then downloaded from OpenML.

    ==============  ===============
    Classes                       2
    Rows                        155
    Features                     19
    Feature values  numbers, labels
    ==============  ===============

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

        data : {ndarray, DataFrame} of shape (155, 19)
            In the array (float32), categories are codes that index ``categories``; in
            the DataFrame, whole numbers are int64 and categories strings of dtype
            ``category``. A missing number is nan, a missing category
            ``"?"``.
        target : {ndarray, Series} of shape (155,)
            1 for a patient who lived, else 0 (int64); in the Series ``target_names``.
        frame : DataFrame of shape (155, 20) or None
            ``data`` and ``target``, if ``as_frame=True``.
        feature_names : list of str
            ``"age"`` to ``"histology"``.
        target_names : list of str
            ``["DIE", "LIVE"]``.
        categories : dict of str to list of str
            Categories of each categorical feature, in the order of their codes.
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

    References
    ----------
    "Hepatitis." UCI Machine Learning Repository, 1988. :doi:`10.24432/C5Q59J`

    Examples
    --------
    >>> from skmia.datasets import fetch_hepatitis
    >>> X, y = fetch_hepatitis(return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (155, 19)
    """
    return TABLE.fetch(data_home, download_if_missing, return_X_y, as_frame)
