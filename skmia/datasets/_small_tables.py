"""Small tables of people: credit, hepatitis, diabetes and tumours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skmia.datasets._base import validate_fetch
from skmia.datasets._openml_table import OpenMLTable
from skmia.utils._typing import FilePath

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from sklearn.utils import Bunch

GERMAN_CREDIT = OpenMLTable(
    "german_credit",
    openml="credit-g",
    version=1,
    n_samples=1000,
    feature_names=[
        "checking_status",
        "duration",
        "credit_history",
        "purpose",
        "credit_amount",
        "savings_status",
        "employment",
        "installment_commitment",
        "personal_status",
        "other_parties",
        "residence_since",
        "property_magnitude",
        "age",
        "other_payment_plans",
        "housing",
        "existing_credits",
        "job",
        "num_dependents",
        "own_telephone",
        "foreign_worker",
    ],
    categorical=[
        "checking_status",
        "credit_history",
        "purpose",
        "savings_status",
        "employment",
        "personal_status",
        "other_parties",
        "property_magnitude",
        "other_payment_plans",
        "housing",
        "job",
        "own_telephone",
        "foreign_worker",
    ],
    target_names=["good", "bad"],
    descr="""\
German credit
=============

1,000 people who asked a German bank for credit: 7 numbers and 13 categories each. The
task is to tell who did not pay it back (300 people).

Source: UCI Machine Learning Repository, CC BY 4.0; downloaded from OpenML, "credit-g"
version 1. Please cite H. Hofmann: Statlog (German Credit Data), 1994.
""",
)
HEPATITIS = OpenMLTable(
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
DIABETES = OpenMLTable(
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
BREAST_CANCER = OpenMLTable(
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
def fetch_german_credit(
    *,
    data_home: FilePath | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | tuple[np.ndarray | pd.DataFrame, np.ndarray | pd.Series]:
    """Load the German credit data (records: 7 numbers and 13 categories, 2 classes).

    Looked for in the folder that the environment variable ``SKMIA_DATA`` names
    (``german_credit.npz``), then in the cache, then downloaded from OpenML.

    ==============  ===============
    Classes                       2
    Rows                       1000
    Features                     20
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

        data : {ndarray, DataFrame} of shape (1000, 20)
            In the array (float32), categories are codes that index ``categories``; in
            the DataFrame, whole numbers are int64 and categories strings of dtype
            ``category``. None is missing.
        target : {ndarray, Series} of shape (1000,)
            1 for a bad credit, else 0 (int64); in the Series ``target_names``.
        frame : DataFrame of shape (1000, 21) or None
            ``data`` and ``target``, if ``as_frame=True``.
        feature_names : list of str
            ``"checking_status"`` to ``"foreign_worker"``.
        target_names : list of str
            ``["good", "bad"]``.
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
    H. Hofmann. "Statlog (German Credit Data)." UCI Machine Learning Repository, 1994.
    :doi:`10.24432/C5NC77`

    Examples
    --------
    >>> from skmia.datasets import fetch_german_credit
    >>> X, y = fetch_german_credit(return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (1000, 20)
    """
    return GERMAN_CREDIT.fetch(data_home, download_if_missing, return_X_y, as_frame)


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
    return HEPATITIS.fetch(data_home, download_if_missing, return_X_y, as_frame)


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
    return DIABETES.fetch(data_home, download_if_missing, return_X_y, as_frame)


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
    return BREAST_CANCER.fetch(data_home, download_if_missing, return_X_y, as_frame)
