"""German credit: who paid back, of a thousand people in 1994."""

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
    return TABLE.fetch(data_home, download_if_missing, return_X_y, as_frame)
