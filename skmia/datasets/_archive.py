"""Tables in the archives that Shokri et al. published for their attack."""

import tarfile
from pathlib import Path
from posixpath import normpath
from tempfile import TemporaryDirectory

import numpy as np

ARCHIVES_URL = "https://raw.githubusercontent.com/privacytrustlab/datasets/master/"


def download_tables(archive, members, data_home):
    """Download an archive and read members of it.

    Parameters
    ----------
    archive : str
        File name of the ``.tgz``.
    members : list of str
        Names inside the archive.
    data_home : Path
        Folder for the archive, which is removed once it is read.

    Returns
    -------
    tables : list of ndarray of uint8
    """
    with TemporaryDirectory(dir=data_home) as folder:
        # No checksum is published: Layout.check_complete verifies the content.
        path = retrieve(ARCHIVES_URL + archive, None, folder)
        return [read_table(path, member) for member in members]


def retrieve(url: str, known_hash: str | None, folder: str | Path) -> str:
    """Path of a file that was downloaded into a folder, and its checksum compared."""
    name = url.rpartition("/")[2]
    try:
        import pooch
    except ImportError as error:
        raise ImportError(
            f"Downloading '{name}' needs the optional package pooch. "
            'Install it with: pip install "skmia[datasets]"'
        ) from error
    return pooch.retrieve(url, known_hash=known_hash, fname=name, path=folder)


def read_table(path: str | Path, member: str) -> np.ndarray:
    """Small integers, separated by commas, of one member of an archive.

    Nothing is extracted to the disk. Numbers may be quoted, as the labels of
    Location-30 are.
    """
    with tarfile.open(path, mode="r:*") as archive:
        for info in archive:
            if normpath(info.name) == member and (file := archive.extractfile(info)):
                return np.loadtxt(
                    file,
                    delimiter=",",
                    dtype=np.uint8,
                    quotechar='"',
                    ndmin=2,
                )
    raise ValueError(f"'{Path(path).name}' has no member '{member}'")


def split_labels(table: np.ndarray) -> dict[str, np.ndarray]:
    """X and y of a table whose first column is the label, counted from 1."""
    return with_labels(table[:, 1:], table[:, 0])


def with_labels(X: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
    """X and y, labels counted from 0."""
    return {"X": np.ascontiguousarray(X), "y": labels.astype(np.int64) - 1}
