"""LFW: faces of people in the news."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from sklearn.datasets import fetch_lfw_people

from skmia.datasets._base import Layout, load, make_bunch, validate_fetch
from skmia.utils._typing import FilePath

if TYPE_CHECKING:
    import pandas as pd
    from sklearn.utils import Bunch


def _more_problems(arrays):
    n_names = len(arrays.get("target_names", ()))
    if n_names != LAYOUT.n_classes:
        return f"it has {n_names} 'target_names'"
    if not np.isfinite(arrays["X"]).all() or arrays["X"].min() < 0:
        return "its 'X' has values that are not from 0 to 1"
    return None


LAYOUT = Layout(
    "lfw",
    n_samples=3023,
    n_features=62 * 47,
    n_classes=62,
    dtype=np.float32,
    max_value=1,
    more_arrays=", and 'target_names', the names of 62 people",
    more_problems=_more_problems,
    feature_names=[
        f"pixel_{row}_{column}" for row in range(62) for column in range(47)
    ],
    descr="""\
LFW (labelled faces in the wild)
================================

3,023 grey images of the faces of 62 people, those of whom there are 20 images or more,
of 62 x 47 pixels with values 0 to 1, flattened row by row:
``data.reshape(-1, 62, 47)``. Local files may hold fewer.

Source: the funnelled images, by scikit-learn's ``fetch_lfw_people`` at half their size.
Please cite G. B. Huang et al.: Labeled Faces in the Wild, 2007.
""",
)


def _download(data_home):
    faces = fetch_lfw_people(data_home=data_home, min_faces_per_person=20, resize=0.5)
    return {
        "X": faces.data.astype(np.float32),
        "y": faces.target.astype(np.int64),
        "target_names": np.array(faces.target_names, dtype=str),
    }


@validate_fetch
def fetch_lfw(
    *,
    data_home: FilePath | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Bunch | tuple[np.ndarray | pd.DataFrame, np.ndarray | pd.Series]:
    """Load the LFW data, faces (records: pixels, 62 classes).

    Looked for in the folder that the environment variable ``SKMIA_DATA`` names
    (``lfw.npz``), then in the cache, then downloaded by
    :func:`sklearn.datasets.fetch_lfw_people`, which needs pillow.

    ==============  =====
    Classes            62
    Rows            3,023
    Features        2,914
    Feature values    0-1
    ==============  =====

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

        data : {ndarray, DataFrame} of shape (n_samples, 2914), float32
            One image per row, flattened row by row: ``data.reshape(-1, 62, 47)``.
        target : {ndarray, Series} of shape (n_samples,), int64
            Person, 0 to 61.
        frame : DataFrame of shape (n_samples, 2915) or None
            ``data`` and ``target``, if ``as_frame=True``.
        feature_names : list of str
            ``"pixel_0_0"`` to ``"pixel_61_46"`` (row, column).
        target_names : list of str
            Names of the people.
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
    G. B. Huang, M. Ramesh, T. Berg, E. Learned-Miller. "Labeled faces in the wild."
    University of Massachusetts, Amherst, 2007.

    Examples
    --------
    >>> from skmia.datasets import fetch_lfw
    >>> X, y = fetch_lfw(return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (3023, 2914)
    """
    arrays = load(LAYOUT, _download, data_home, download_if_missing)
    layout = replace(LAYOUT, target_names=arrays["target_names"].tolist())
    return make_bunch(layout, arrays["X"], arrays["y"], return_X_y, as_frame)
