"""Purchase-100 and Texas-100: shopping histories and hospital stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from skmia.datasets._archive import download_tables, split_labels, with_labels
from skmia.datasets._base import Layout, fetch, validate_fetch
from skmia.utils._typing import FilePath

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.utils import Bunch

CITE = """\
No licence is stated; published for research. Please cite R. Shokri, M. Stronati,
C. Song, V. Shmatikov: Membership inference attacks against machine learning models.
IEEE Symposium on Security and Privacy, 2017.
"""

PURCHASE_DESCR = f"""\
Purchase-100 (shopping histories)
=================================

197,324 customers of a shop. Each of the 600 binary features says whether the customer
bought one item. The 100 classes are clusters of customers with alike histories, found
by k-means; the labels 1 to 100 of the published file are 0 to 99 here.

Source: dataset_purchase.tgz of the GitHub repository privacytrustlab/datasets, made
from the data of the Kaggle competition "Acquire Valued Shoppers". {CITE}"""

TEXAS_DESCR = f"""\
Texas-100 (hospital stays)
==========================

67,330 hospital stays. Each of the 6,169 binary features is a property of the stay: the
external cause of the injury, a diagnosis, a procedure, something general about the
patient or the hospital. The 100 classes are the most frequent main procedures; the
labels 1 to 100 of the published file are 0 to 99 here.

Source: dataset_texas.tgz of the GitHub repository privacytrustlab/datasets, made from
the Hospital Discharge Data Public Use Files of the Texas Department of State Health
Services. {CITE}"""

PURCHASE = Layout(
    "purchase100",
    n_samples=197_324,
    n_features=600,
    n_classes=100,
    max_value=1,
    feature_names=[f"item_{i}" for i in range(600)],
    descr=PURCHASE_DESCR,
)
TEXAS = Layout(
    "texas100",
    n_samples=67_330,
    n_features=6169,
    n_classes=100,
    max_value=1,
    feature_names=[f"attribute_{i}" for i in range(6169)],
    descr=TEXAS_DESCR,
)


def _get_purchase(data_home):
    [table] = download_tables("dataset_purchase.tgz", ["dataset_purchase"], data_home)
    return split_labels(table)


def _get_texas(data_home):
    X, labels = download_tables(
        "dataset_texas.tgz", ["texas/100/feats", "texas/100/labels"], data_home
    )
    return with_labels(X, labels.ravel())


@validate_fetch
def fetch_purchase100(
    *,
    data_home: FilePath | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | tuple[np.ndarray | pd.DataFrame, np.ndarray | pd.Series]:
    """Load the Purchase-100 data (records: binary features, 100 classes).

    Looked for in the folder that the environment variable ``SKMIA_DATA`` names
    (``purchase100.npz``), then in the cache, then downloaded, which needs the extra
    ``skmia[datasets]``.

    ==============  ========
    Classes              100
    Rows             197,324
    Features             600
    Feature values    0, 1
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

        data : {ndarray, DataFrame} of shape (197324, 600), uint8
            One row per customer.
        target : {ndarray, Series} of shape (197324,), int64
            Class, 0 to 99.
        frame : DataFrame of shape (197324, 601) or None
            ``data`` and ``target``, if ``as_frame=True``.
        feature_names : list of str
            ``"item_0"`` to ``"item_599"``: the source names none.
        target_names : list of str
            ``"0"`` to ``"99"``.
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

    See Also
    --------
    make_purchases : A look-alike that needs no download.

    Notes
    -----
    No checksum of the archive is published. A download is accepted if it has the
    published number of rows, columns and classes and is binary.

    References
    ----------
    R. Shokri, M. Stronati, C. Song, V. Shmatikov. "Membership inference attacks
    against machine learning models." IEEE Symposium on Security and Privacy, 2017.
    :doi:`10.1109/SP.2017.41`

    Examples
    --------
    >>> from skmia.datasets import fetch_purchase100
    >>> X, y = fetch_purchase100(return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (197324, 600)
    """
    return fetch(
        PURCHASE, _get_purchase, data_home, download_if_missing, return_X_y, as_frame
    )


@validate_fetch
def fetch_texas100(
    *,
    data_home: FilePath | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | tuple[np.ndarray | pd.DataFrame, np.ndarray | pd.Series]:
    """Load the Texas-100 data (records: binary features, 100 classes).

    Looked for in the folder that the environment variable ``SKMIA_DATA`` names
    (``texas100.npz``), then in the cache, then downloaded, which needs the extra
    ``skmia[datasets]``.

    ==============  ========
    Classes              100
    Rows              67,330
    Features           6,169
    Feature values    0, 1
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

        data : {ndarray, DataFrame} of shape (67330, 6169), uint8
            One row per hospital stay; 415 MB.
        target : {ndarray, Series} of shape (67330,), int64
            Class, 0 to 99.
        frame : DataFrame of shape (67330, 6170) or None
            ``data`` and ``target``, if ``as_frame=True``.
        feature_names : list of str
            ``"attribute_0"`` to ``"attribute_6168"``: the source names none.
        target_names : list of str
            ``"0"`` to ``"99"``.
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
    No checksum of the archive is published. A download is accepted if it has the
    published number of rows, columns and classes and is binary.

    References
    ----------
    R. Shokri, M. Stronati, C. Song, V. Shmatikov. "Membership inference attacks
    against machine learning models." IEEE Symposium on Security and Privacy, 2017.
    :doi:`10.1109/SP.2017.41`

    Examples
    --------
    >>> from skmia.datasets import fetch_texas100
    >>> X, y = fetch_texas100(return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (67330, 6169)
    """
    return fetch(
        TEXAS, _get_texas, data_home, download_if_missing, return_X_y, as_frame
    )
