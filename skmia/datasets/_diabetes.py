"""Diabetes: tests of 768 women of Pima descent."""

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
    "diabetes",
    openml="diabetes",
    version=1,
    n_samples=768,
    feature_names=["preg", "plas", "pres", "skin", "insu", "mass", "pedi", "age"],
    categorical=[],
    target_names=["tested_negative", "tested_positive"],
    descr="""\
Diabetes (Pima)
===============

768 women of the Pima, 21 years old or more: 8 measurements each. The task is to tell
who had diabetes within five years (268 women). Measurements that were not taken are 0.

Source: OpenML, "diabetes" version 1. Please cite J. W. Smith et al.: Using the ADAP
learning algorithm to forecast the onset of diabetes mellitus, 1988.
""",
)


@validate_fetch
def fetch_diabetes(
    *,
    data_home: FilePath | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | tuple[np.ndarray | pd.DataFrame, np.ndarray | pd.Series]:
    """Load the diabetes data of the Pima (records: 8 numbers, 2 classes).

    Looked for in the folder that the environment variable ``SKMIA_DATA`` names
    (``diabetes.npz``), then in the cache, then downloaded from OpenML.

    ==============  =======
    Classes               2
    Rows                768
    Features              8
    Feature values  numbers
    ==============  =======

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

        data : {ndarray, DataFrame} of shape (768, 8)
            In the array (float32), categories are codes that index ``categories``; in
            the DataFrame, whole numbers are int64 and categories strings of dtype
            ``category``. None is a category here.
        target : {ndarray, Series} of shape (768,)
            1 for diabetes within five years, else 0 (int64); in the Series
            ``target_names``.
        frame : DataFrame of shape (768, 9) or None
            ``data`` and ``target``, if ``as_frame=True``.
        feature_names : list of str
            ``"preg"`` to ``"age"``.
        target_names : list of str
            ``["tested_negative", "tested_positive"]``.
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
    :func:`sklearn.datasets.load_diabetes` is another set, of quantities.

    References
    ----------
    J. W. Smith, J. E. Everhart, W. C. Dickson, W. C. Knowler, R. S. Johannes. "Using
    the ADAP learning algorithm to forecast the onset of diabetes mellitus." Symposium
    on Computer Applications and Medical Care, 1988.

    Examples
    --------
    >>> from skmia.datasets import fetch_diabetes
    >>> X, y = fetch_diabetes(return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (768, 8)
    """
    return TABLE.fetch(data_home, download_if_missing, return_X_y, as_frame)
