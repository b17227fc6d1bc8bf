"""Breast cancer: judgements of 699 samples of tissue."""

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
    "breast_cancer",
    openml="breast-w",
    version=1,
    n_samples=699,
    feature_names=[
        "clump_thickness",
        "cell_size_uniformity",
        "cell_shape_uniformity",
        "marginal_adhesion",
        "single_epi_cell_size",
        "bare_nuclei",
        "bland_chromatin",
        "normal_nucleoli",
        "mitoses",
    ],
    categorical=[],
    target_names=["benign", "malignant"],
    has_missing_numbers=True,
    descr="""\
Breast cancer (Wisconsin, original)
===================================

699 samples of breast tissue: 9 judgements from 1 to 10 each, of which 16 are missing.
The task is to tell who had cancer (241 samples).

Source: UCI Machine Learning Repository, CC BY 4.0; downloaded from OpenML, "breast-w"
version 1. Please cite W. Wolberg: Breast Cancer Wisconsin (Original), 1990.
""",
)


@validate_fetch
def fetch_breast_cancer(
    *,
    data_home: FilePath | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | tuple[np.ndarray | pd.DataFrame, np.ndarray | pd.Series]:
    """Load the breast cancer data (records: 9 numbers, 2 classes).

    Looked for in the folder that the environment variable ``SKMIA_DATA`` names
    (``breast_cancer.npz``), then in the cache, then downloaded from OpenML.

    ==============  ====
    Classes            2
    Rows             699
    Features           9
    Feature values  1-10
    ==============  ====

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

        data : {ndarray, DataFrame} of shape (699, 9)
            In the array (float32), categories are codes that index ``categories``; in
            the DataFrame, whole numbers are int64 and categories strings of dtype
            ``category``. A missing number is nan; none is a category.
        target : {ndarray, Series} of shape (699,)
            1 for cancer, else 0 (int64); in the Series ``target_names``.
        frame : DataFrame of shape (699, 10) or None
            ``data`` and ``target``, if ``as_frame=True``.
        feature_names : list of str
            ``"clump_thickness"`` to ``"mitoses"``.
        target_names : list of str
            ``["benign", "malignant"]``.
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

    Notes
    -----
    :func:`sklearn.datasets.load_breast_cancer` is the later, diagnostic set.

    References
    ----------
    W. Wolberg. "Breast Cancer Wisconsin (Original)." UCI Machine Learning Repository,
    1990. :doi:`10.24432/C5HP4Z`

    Examples
    --------
    >>> from skmia.datasets import fetch_breast_cancer
    >>> X, y = fetch_breast_cancer(return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (699, 9)
    """
    return TABLE.fetch(data_home, download_if_missing, return_X_y, as_frame)
