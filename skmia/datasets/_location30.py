"""Location-30: check-ins in Bangkok."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from skmia.datasets._archive import download_tables, split_labels
from skmia.datasets._base import Layout, fetch, validate_fetch
from skmia.utils._typing import FilePath

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.utils import Bunch

DESCR = """\
Location-30 (Bangkok check-ins)
===============================

5,010 users of a location service in Bangkok. Each of the 446 binary features says
whether the user visited one region or one type of place. The 30 classes are clusters
of users with alike geosocial profiles, 97 to 308 users each; the labels 1 to 30 of the
published file are 0 to 29 here.

Source: dataset_location.tgz of the GitHub repository privacytrustlab/datasets, made
from Foursquare check-ins. No licence is stated; published for research. Please cite:

- R. Shokri, M. Stronati, C. Song, V. Shmatikov: Membership inference attacks against
  machine learning models. IEEE Symposium on Security and Privacy, 2017.
- D. Yang, D. Zhang, B. Qu: Participatory cultural mapping based on collective behavior
  data in location-based social networks. ACM Transactions on Intelligent Systems and
  Technology, 2016.
"""

LAYOUT = Layout(
    "location30",
    n_samples=5010,
    n_features=446,
    n_classes=30,
    max_value=1,
    feature_names=[f"place_{i}" for i in range(446)],
    descr=DESCR,
)


def _download(data_home):
    [table] = download_tables("dataset_location.tgz", ["bangkok"], data_home)
    return split_labels(table)


@validate_fetch
def fetch_location30(
    *,
    data_home: FilePath | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | tuple[np.ndarray | pd.DataFrame, np.ndarray | pd.Series]:
    """Load the Location-30 data (records: binary features, 30 classes).

    Looked for in the folder that the environment variable ``SKMIA_DATA`` names
    (``location30.npz``), then in the cache, then downloaded, which needs the extra
    ``skmia[datasets]``.

    ==============  ========
    Classes               30
    Rows               5,010
    Features             446
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

        data : {ndarray, DataFrame} of shape (5010, 446), uint8
            One row per user.
        target : {ndarray, Series} of shape (5010,), int64
            Class, 0 to 29.
        frame : DataFrame of shape (5010, 447) or None
            ``data`` and ``target``, if ``as_frame=True``.
        feature_names : list of str
            ``"place_0"`` to ``"place_445"``: the source names none.
        target_names : list of str
            ``"0"`` to ``"29"``.
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
    >>> from skmia.datasets import fetch_location30
    >>> X, y = fetch_location30(return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (5010, 446)
    """
    return fetch(
        LAYOUT, _download, data_home, download_if_missing, return_X_y, as_frame
    )
