"""20 newsgroups and RCV1: words of texts, as sparse matrices."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import sklearn.datasets
from scipy import sparse
from sklearn.utils import Bunch

from skmia.datasets._base import Layout, load
from skmia.utils._sklearn import validate_params
from skmia.utils._typing import FilePath

validate_sparse_fetch = validate_params(
    data_home=[str, os.PathLike, None],
    download_if_missing=["boolean"],
    return_X_y=["boolean"],
)
_PARTS = ("X_data", "X_indices", "X_indptr")


@dataclass(frozen=True)
class SparseLayout(Layout):
    """What the parts of a sparse matrix and its labels must look like.

    Parameters
    ----------
    n_outputs : int, default=0
        Columns of ``y``; 0: it is no matrix.
    """

    n_outputs: int = 0

    @property
    def expectation(self) -> str:
        y = f"(n_samples, {self.n_outputs})" if self.n_outputs else "(n_samples,)"
        return (
            f"'X' of shape (n_samples, {self.n_features}) as {', '.join(_PARTS)} of a "
            f"CSR matrix, and 'y' of shape {y} with integers 0 to {self.n_classes - 1}"
        )

    def matrix(self, arrays):
        """X of the arrays."""
        parts = tuple(arrays[name] for name in _PARTS)
        X = sparse.csr_matrix(parts, (len(parts[-1]) - 1, self.n_features))
        X.check_format()
        return X

    def fetch(self, download, data_home, download_if_missing, return_X_y):
        """What the fetcher returns."""
        arrays = load(self, download, data_home, download_if_missing)
        X, y = self.matrix(arrays), arrays["y"]
        if return_X_y:
            return X, y
        return Bunch(data=X, target=y, target_names=self.target_names, DESCR=self.descr)

    def _problem(self, arrays):
        missing = {"y", *_PARTS}.difference(arrays)
        if missing:
            return f"it lacks {sorted(missing)}"
        try:
            X = self.matrix(arrays)
        except (IndexError, TypeError, ValueError) as error:
            return f"its parts make no matrix ({error})"
        y, n = arrays["y"], X.shape[0]
        shape = (n, self.n_outputs) if self.n_outputs else (n,)
        if not n or y.shape != shape or y.dtype.kind not in "iu":
            return f"its 'y' has shape {y.shape} and dtype {y.dtype} for {n} rows"
        if not np.isfinite(X.data).all():
            return "its 'X' has values that are not finite"
        if y.min() < 0 or y.max() >= self.n_classes:
            return f"its 'y' runs from {y.min()} to {y.max()}"
        return None


NEWSGROUPS = SparseLayout(
    "20newsgroups",
    n_samples=18_846,
    n_features=130_107,
    n_classes=20,
    target_names=[
        "alt.atheism",
        "comp.graphics",
        "comp.os.ms-windows.misc",
        "comp.sys.ibm.pc.hardware",
        "comp.sys.mac.hardware",
        "comp.windows.x",
        "misc.forsale",
        "rec.autos",
        "rec.motorcycles",
        "rec.sport.baseball",
        "rec.sport.hockey",
        "sci.crypt",
        "sci.electronics",
        "sci.med",
        "sci.space",
        "soc.religion.christian",
        "talk.politics.guns",
        "talk.politics.mideast",
        "talk.politics.misc",
        "talk.religion.misc",
    ],
    descr="""\
20 newsgroups
=============

18,846 messages of 20 newsgroups: how often each of 130,107 words is in a message, each
message scaled to length 1. Headers are part of the text: they name people.

Source: scikit-learn's ``fetch_20newsgroups_vectorized``. Please cite K. Lang:
NewsWeeder: learning to filter netnews, 1995.
""",
)
RCV1 = SparseLayout(
    "rcv1",
    n_samples=804_414,
    n_features=47_236,
    n_classes=2,
    target_names=["CCAT", "ECAT", "GCAT", "MCAT"],
    n_outputs=4,
    descr="""\
RCV1 (news of Reuters)
======================

804,414 messages of Reuters, 1996 and 1997: weights of 47,236 words (log TF-IDF, scaled
to length 1). Of the 103 topics there are the four at the top: corporate, economics,
government and markets. A message may have several.

Source: scikit-learn's ``fetch_rcv1``. Please cite D. D. Lewis, Y. Yang, T. G. Rose,
F. Li: RCV1, a new benchmark collection for text categorization research, 2004.
""",
)


def _parts_of(X):
    X = sparse.csr_matrix(X, dtype=np.float32)
    return dict(zip(_PARTS, (X.data, X.indices, X.indptr), strict=True))


def _download_newsgroups(data_home):
    X, y = sklearn.datasets.fetch_20newsgroups_vectorized(
        subset="all", data_home=data_home, return_X_y=True
    )
    return {**_parts_of(X), "y": y.astype(np.int64)}


def _download_rcv1(data_home):
    bunch = sklearn.datasets.fetch_rcv1(data_home=data_home)
    names = bunch.target_names.tolist()
    chosen = [names.index(topic) for topic in RCV1.target_names]
    y = bunch.target[:, chosen].toarray()
    return {**_parts_of(bunch.data), "y": y.astype(np.uint8)}


@validate_sparse_fetch
def fetch_20newsgroups(
    *,
    data_home: FilePath | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
) -> Bunch | tuple[sparse.csr_matrix, np.ndarray]:
    """Load the 20 newsgroups data (records: words of messages, 20 classes).

    Looked for in the folder that the environment variable ``SKMIA_DATA`` names
    (``20newsgroups.npz``), then in the cache, then downloaded by
    :func:`sklearn.datasets.fetch_20newsgroups_vectorized`.

    ==============  =======
    Classes              20
    Rows             18,846
    Features        130,107
    Feature values  weights
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

    Returns
    -------
    dataset : :class:`~sklearn.utils.Bunch`
        With the attributes

        data : csr_matrix of shape (18846, 130107), float32
            One message per row; the file has no names of words.
        target : ndarray of shape (18846,), int64
            Newsgroup, 0 to 19.
        target_names : list of str
            ``"alt.atheism"`` to ``"talk.religion.misc"``.
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
    K. Lang. "NewsWeeder: learning to filter netnews." ICML, 1995.

    Examples
    --------
    >>> from skmia.datasets import fetch_20newsgroups
    >>> X, y = fetch_20newsgroups(return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (18846, 130107)
    """
    return NEWSGROUPS.fetch(
        _download_newsgroups, data_home, download_if_missing, return_X_y
    )


@validate_sparse_fetch
def fetch_rcv1(
    *,
    data_home: FilePath | None = None,
    download_if_missing: bool = True,
    return_X_y: bool = False,
) -> Bunch | tuple[sparse.csr_matrix, np.ndarray]:
    """Load the RCV1 data (records: words of messages, 4 topics).

    Looked for in the folder that the environment variable ``SKMIA_DATA`` names
    (``rcv1.npz``), then in the cache, then downloaded by
    :func:`sklearn.datasets.fetch_rcv1`.

    ==============  =============
    Classes         2 of 4 topics
    Rows                  804,414
    Features               47,236
    Feature values        weights
    ==============  =============

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

    Returns
    -------
    dataset : :class:`~sklearn.utils.Bunch`
        With the attributes

        data : csr_matrix of shape (804414, 47236), float32
            One message per row; the file has no names of words.
        target : ndarray of shape (804414, 4), int64
            Indicators of the topics.
        target_names : list of str
            ``["CCAT", "ECAT", "GCAT", "MCAT"]``.
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
    The download has 656 MB.

    References
    ----------
    D. D. Lewis, Y. Yang, T. G. Rose, F. Li. "RCV1: a new benchmark collection for text
    categorization research." Journal of Machine Learning Research 5, 2004.

    Examples
    --------
    >>> from skmia.datasets import fetch_rcv1
    >>> X, y = fetch_rcv1(return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (804414, 47236)
    """
    return RCV1.fetch(_download_rcv1, data_home, download_if_missing, return_X_y)
