"""Where every fetcher looks: a local folder, the cache, the download."""

import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from sklearn.datasets import get_data_home
from sklearn.utils import Bunch

from skmia.utils._sklearn import validate_params

Arrays = dict[str, np.ndarray]

# What a broken connection, archive or text raises; a bug of ours raises other things.
_DOWNLOAD_ERRORS = (
    OSError,
    EOFError,
    KeyError,
    ValueError,
    HTTPException,
    tarfile.TarError,
    zlib.error,
)
_CORRUPT_ERRORS = (EOFError, ValueError, zipfile.BadZipFile, zlib.error)

validate_fetch = validate_params(
    data_home=[str, os.PathLike, None],
    download_if_missing=["boolean"],
    return_X_y=["boolean"],
    as_frame=["boolean"],
)


@dataclass(frozen=True)
class Layout:
    """What the arrays of one data set must look like.

    Parameters
    ----------
    name : str
        Stem of the ``.npz`` file.
    n_samples : int
        Rows of the complete set. A local file may hold fewer, a download may not.
    n_features, n_classes : int
        Columns of ``X``; ``y`` runs from 0 to ``n_classes - 1``.
    dtype : dtype, default=uint8
        Of ``X``.
    max_value : int or None, default=None
        Largest value of ``X``.
    more_arrays : str, default=""
        What a file holds besides X and y, for the error messages.
    more_problems : callable, default=None
        ``more_problems(arrays)`` returns what else is wrong, or None.
    feature_names : list of str
        Names of the columns of ``X``.
    target_names : list of str, default=None
        Names of the classes; None: their numbers.
    descr : str
        Origin, terms and what to cite.
    """

    name: str
    n_samples: int
    n_features: int
    n_classes: int
    dtype: type = np.uint8
    max_value: int | None = None
    more_arrays: str = ""
    more_problems: Callable[[Arrays], str | None] | None = None
    feature_names: Sequence[str] = ()
    target_names: list[str] | None = None
    descr: str = ""

    @property
    def file_name(self) -> str:
        return f"{self.name}.npz"

    @property
    def expectation(self) -> str:
        values = "" if self.max_value is None else f" with values 0 to {self.max_value}"
        return (
            f"'X' of shape (n_samples, {self.n_features}) and dtype "
            f"{np.dtype(self.dtype)}{values}, and 'y' of shape (n_samples,) with "
            f"integers 0 to {self.n_classes - 1}{self.more_arrays}"
        )

    def check(self, arrays: Arrays, origin: str) -> None:
        """Raise a ValueError that names the origin unless the arrays fit."""
        problem = self._problem(arrays)
        if problem is None and self.more_problems is not None:
            problem = self.more_problems(arrays)
        if problem is not None:
            raise ValueError(
                f"{origin} does not hold the {self.name} data: {problem}. "
                f"Expected {self.expectation}."
            )

    def check_complete(self, arrays: Arrays, origin: str) -> None:
        """Check a download, which must also have every row and every class.

        No checksum of the archives of Location-30, Purchase-100 and Texas-100 is
        published, so their content is what is verified.
        """
        self.check(arrays, origin)
        n_samples, n_classes = len(arrays["y"]), len(np.unique(arrays["y"]))
        if (n_samples, n_classes) != (self.n_samples, self.n_classes):
            raise ValueError(
                f"{origin} does not hold the {self.name} data: it has {n_samples} rows "
                f"of {n_classes} classes. Expected {self.n_samples} rows of "
                f"{self.n_classes} classes."
            )

    def _problem(self, arrays: Arrays) -> str | None:
        missing = {"X", "y"}.difference(arrays)
        if missing:
            return f"it lacks {sorted(missing)}"
        X, y = arrays["X"], arrays["y"]
        if X.ndim != 2 or X.shape[1] != self.n_features or X.dtype != self.dtype:
            return f"its 'X' has shape {X.shape} and dtype {X.dtype}"
        if not len(X) or y.shape != (len(X),) or y.dtype.kind not in "iu":
            return f"its 'y' has shape {y.shape} and dtype {y.dtype} for {len(X)} rows"
        if self.max_value is not None and X.max() > self.max_value:
            return f"its 'X' has the value {X.max()}"
        if y.min() < 0 or y.max() >= self.n_classes:
            return f"its 'y' runs from {y.min()} to {y.max()}"
        return None


def load(
    layout: Layout,
    download: Callable[[Path], Arrays],
    data_home: str | os.PathLike | None,
    download_if_missing: bool,
) -> Arrays:
    """Arrays from the folder ``SKMIA_DATA``, the cache or ``download(data_home)``."""
    folder = os.environ.get("SKMIA_DATA")
    if folder:
        local = Path(folder).expanduser() / layout.file_name
        if local.is_file():
            return read_npz(local, layout)
    home = Path(get_data_home(data_home))
    cache = home / "skmia" / layout.file_name
    if cache.is_file():
        return read_npz(cache, layout)
    if not download_if_missing:
        raise FileNotFoundError(_not_found(layout, cache, "download_if_missing=False"))
    try:
        arrays = download(home)
        layout.check_complete(arrays, "The download")
    except _DOWNLOAD_ERRORS as error:
        reason = f"the download failed ({type(error).__name__}: {error})"
        raise OSError(_not_found(layout, cache, reason)) from error
    _write_npz(cache, arrays)
    return arrays


def read_npz(path: Path, layout: Layout) -> Arrays:
    """Arrays of a file, or a ValueError that names it."""
    try:
        arrays = _read_arrays(path)
    except _CORRUPT_ERRORS as error:
        raise ValueError(
            f"'{path}' cannot be read as an .npz file ({error}). "
            f"Expected {layout.expectation}."
        ) from error
    layout.check(arrays, f"'{path}'")
    return arrays | {"y": arrays["y"].astype(np.int64, copy=False)}


def _read_arrays(path: Path) -> Arrays:
    # Opened here because np.load forgets to close a file that it cannot read.
    with path.open("rb") as file:
        loaded = np.load(file, allow_pickle=False)
        if not isinstance(loaded, np.lib.npyio.NpzFile):
            return {}
        # Members that are no arrays come as bytes.
        return {name: np.asarray(loaded[name]) for name in loaded.files}


def _write_npz(path: Path, arrays: Arrays) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and moved: a killed run must not leave half a file in the cache.
    with TemporaryDirectory(dir=path.parent) as folder:
        unfinished = Path(folder) / path.name
        np.savez_compressed(unfinished, **arrays)  # type: ignore[arg-type]  # by any name
        unfinished.replace(path)


def _not_found(layout: Layout, cache: Path, reason: str) -> str:
    folder = os.environ.get("SKMIA_DATA")
    return (
        f"The {layout.name} data were not found: {reason}. Looked for "
        f"'{layout.file_name}' in the folder that the environment variable SKMIA_DATA "
        f"names ({repr(folder) if folder else 'not set'}) and for '{cache}'. "
        f"To provide the data, put '{layout.file_name}' there with the arrays "
        f"{layout.expectation}, or let it be downloaded with download_if_missing=True."
    )


def fetch(layout, download, data_home, download_if_missing, return_X_y, as_frame):
    """What a fetcher of arrays without more to them returns."""
    arrays = load(layout, download, data_home, download_if_missing)
    return make_bunch(layout, arrays["X"], arrays["y"], return_X_y, as_frame)


def make_bunch(layout, X, y, return_X_y, as_frame, **attributes):
    """Records and labels in the form that was asked for."""
    names = list(layout.feature_names)
    if as_frame:
        X = pd.DataFrame(X, columns=names)
        y = pd.Series(y, name="target")
    if return_X_y:
        return X, y
    return Bunch(
        data=X,
        target=y,
        frame=pd.concat([X, y], axis=1) if as_frame else None,
        feature_names=names,
        target_names=layout.target_names or list(map(str, range(layout.n_classes))),
        DESCR=layout.descr,
        **attributes,
    )
