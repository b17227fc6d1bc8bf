"""Records from npz files."""

import zipfile

import numpy as np

from skmia.cli._paths import said


def read_arrays(path, groups=None, labelled=True):
    """Records, labels and groups from an npz file.

    Parameters
    ----------
    path : Path
        With the arrays ``X`` and ``y``, none of Python objects.
    groups : str, default=None
        Array that says whose a record is.
    labelled : bool, default=True
        Whether the array ``y`` must be there; else it is not looked at.

    Returns
    -------
    X : ndarray of shape (n_records, ...)
    y : ndarray of shape (n_records,) or None
    groups : ndarray of shape (n_records,) or None

    Raises
    ------
    ValueError
        An array is missing, or none that can be read, or of another length.
    """
    if groups in ("X", "y"):
        what = "records" if groups == "X" else "labels"
        raise ValueError(f"The array {groups!r} cannot hold {what} and groups.")
    try:
        with np.load(path, allow_pickle=False) as arrays:
            of = None if groups is None else arrays[groups]
            X, y = arrays["X"], arrays["y"] if labelled else None
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"{path} must hold {_listed(groups, labelled)} of Python objects: "
            f"{said(error)}"
        ) from error
    _check_arrays(path, groups, X, of)
    return X, y, of


def _check_arrays(path, groups, X, of):
    """Raise where there are no records, or not one group for each."""
    if X.ndim == 0:
        raise ValueError(f"The array 'X' of {path} must hold records. Got one value.")
    if of is not None and of.shape != (len(X),):
        raise ValueError(
            f"The array {groups!r} of {path} must have one value for each of {len(X)} "
            f"records, whose it is. Got an array of shape {of.shape}."
        )


def _listed(groups, labelled):
    names = ["X", *(["y"] if labelled else []), *([] if groups is None else [groups])]
    if len(names) == 1:
        return "the array 'X', not"
    listed = ", ".join(map(repr, names[:-1])) + f" and {names[-1]!r}"
    return f"the arrays {listed}, none of them"
