"""Models and records from files, without ever running code that a file brings."""

import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import is_classifier

PICKLES = (".pkl", ".pickle", ".joblib")


def load_model(path, trusted=()):
    """Fitted classifier from a skops file.

    Parameters
    ----------
    path : path-like
        A ``.skops`` file.
    trusted : iterable of str, default=()
        Types to load beyond those that skops trusts by itself.

    Returns
    -------
    model : fitted classifier

    Raises
    ------
    ValueError
        Another kind of file, types that are not trusted, or no classifier inside.
    ImportError
        skops is not installed.
    """
    model = _load(path, trusted, "the model with skops.io.dump(model, 'model.skops')")
    if not is_classifier(model):
        raise ValueError(
            f"{path} must hold a classifier. It holds a {type(model).__name__}."
        )
    return model


def load_cross_validation(path, trusted=()):
    """Models and indices of ``cross_validate`` from a skops file.

    Parameters
    ----------
    path, trusted : as for :func:`load_model`

    Returns
    -------
    results : dict

    Raises
    ------
    ValueError, ImportError
        As of :func:`load_model`; or it holds no models with their records.
    """
    how = "the results with skops.io.dump(results, 'results.skops')"
    results = _load(path, trusted, how)
    if not isinstance(results, dict) or not {"estimator", "indices"} <= results.keys():
        raise ValueError(
            f"{path} must hold the result of cross_validate(..., return_estimator=True,"
            f" return_indices=True). It holds a {type(results).__name__}"
            + (f" of {', '.join(results)}." if isinstance(results, dict) else ".")
        )
    return results


def check_same_columns(model, paths, sets):
    """Refuse two tables with other columns, if the model knows no names of them.

    It would take one column for another.

    Parameters
    ----------
    model : fitted classifier
    paths : pair of path-like
    sets : pair of DataFrame or ndarray

    Raises
    ------
    ValueError
        Columns are in another order, or have other names.
    """
    named = getattr(model, "feature_names_in_", None) is not None
    if named or not all(isinstance(X, pd.DataFrame) for X in sets):
        return
    ours, others = (list(X.columns) for X in sets)
    if ours == others:
        return
    what = "in another order" if sorted(ours) == sorted(others) else "named otherwise"
    first = next(
        (pair for pair in zip(ours, others, strict=False) if pair[0] != pair[1]),
        ("the last", "nothing more"),
    )
    raise ValueError(
        f"The columns of {paths[1]} are {what} than those of {paths[0]}: {len(others)} "
        f"and {len(ours)}, of which the first that differ are {first[1]!r} and "
        f"{first[0]!r}."
    )


def _load(path, trusted, how):
    """What a skops file holds; `how` it is saved, in words."""
    path = Path(path)
    if path.suffix in PICKLES:
        raise ValueError(
            f"{path} is a pickle: loading it would run any code that it holds. Save "
            f"{how} instead."
        )
    _check_suffix(path, ".skops")
    try:
        from skops import io
    except ImportError as error:
        raise ImportError(
            'Models are read by skops: pip install "skmia[cli]".'
        ) from error
    trusted = list(trusted)
    try:
        unknown = set(io.get_untrusted_types(file=path)) - set(trusted)
        if unknown:
            raise ValueError(_trust_message(path, sorted(unknown)))
        return io.load(path, trusted=trusted)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ValueError(
            f"{path} cannot be read as a skops file: {_said(error)}."
        ) from error


def load_records(path, label=None, groups=None):
    """Records, their labels and whose they are, from a CSV, Parquet or npz file.

    Parameters
    ----------
    path : path-like
        ``.csv`` or ``.parquet`` with one column per feature and one of labels, or
        ``.npz`` with the arrays ``X`` and ``y``.
    label : str, default=None
        Column of the labels; not used for npz.
    groups : str, default=None
        Column, of npz array, that says whose a record is; it is no feature.

    Returns
    -------
    X : DataFrame or ndarray of shape (n_records, n_features)
    y : ndarray of shape (n_records,)
    groups : ndarray of shape (n_records,) or None
    """
    path = Path(path)
    _check_suffix(path, ".csv", ".parquet", ".npz")
    if path.suffix == ".npz":
        return _read_arrays(path, groups)
    csv = path.suffix == ".csv"
    # As words: another file may have names among the numbers.
    whose = {} if groups is None else {groups: str}
    try:
        frame = pd.read_csv(path, dtype=whose) if csv else pd.read_parquet(path)
    except ValueError as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    if label is None:
        raise ValueError(f"Name the column of {path} that holds the labels: --label.")
    for name, what in ((label, "labels"), (groups, "groups")):
        if name is not None and name not in frame:
            raise ValueError(
                f"{path} has no column {name!r} for the {what}. Its columns are "
                f"{', '.join(map(str, frame.columns))}."
            )
    if groups is None:
        return frame.drop(columns=label), frame[label].to_numpy(), None
    if groups == label:
        raise ValueError(f"The column {label!r} cannot hold labels and groups.")
    X, of = frame.drop(columns=[label, groups]), frame[groups]
    return X, frame[label].to_numpy(), of.map(str, na_action="ignore").to_numpy(object)


def as_model_takes(model, X, path):
    """Records with the features that a model was trained on, in its order.

    A model that knows the names of its features is given a DataFrame with them;
    other columns, such as a number of the record, are left out. A model that does not
    is given an array.

    Parameters
    ----------
    model : fitted classifier
    X : DataFrame or ndarray of shape (n_records, n_columns)
    path : path-like
        Where the records come from, for the message.

    Returns
    -------
    X : DataFrame or ndarray of shape (n_records, n_features)

    Raises
    ------
    ValueError
        Features are missing, or their number is wrong.
    """
    names = getattr(model, "feature_names_in_", None)
    if names is not None and isinstance(X, pd.DataFrame):
        missing = [name for name in names if name not in X]
        if missing:
            raise ValueError(
                f"{path} lacks columns that the model was trained on: "
                f"{', '.join(missing)}."
            )
        return X[list(names)]
    expected = getattr(model, "n_features_in_", None)
    if expected is not None and X.shape[1:2] != (expected,):
        found = X.shape[1] if X.ndim > 1 else "none, but single values"
        raise ValueError(
            f"The model was trained on {expected} features. {path} has {found}."
        )
    return np.asarray(X) if names is None else pd.DataFrame(X, columns=names)


def _check_suffix(path, *suffixes):
    if path.suffix not in suffixes:
        raise ValueError(
            f"{path} must be a file of type {' or '.join(suffixes)}. Got "
            f"{path.suffix or 'no suffix'!r} instead."
        )
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")


def _trust_message(path, unknown):
    options = " ".join(f"--trust {name}" for name in unknown)
    return (
        f"{path} holds types that skops does not trust by itself: "
        f"{', '.join(unknown)}. If you made the file or trust who did, repeat the "
        f"command with: {options}"
    )


def _read_arrays(path, groups):
    if groups in ("X", "y"):
        what = "records" if groups == "X" else "labels"
        raise ValueError(f"The array {groups!r} cannot hold {what} and groups.")
    try:
        with np.load(path, allow_pickle=False) as arrays:
            of = None if groups is None else arrays[groups]
            X, y = arrays["X"], arrays["y"]
    except (ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(
            f"{path} must hold the arrays {_listed(groups)}, none of them of Python "
            f"objects: {_said(error)}"
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


def _said(error):
    """Text of an error; that of a missing key would be quoted once more."""
    return error.args[0] if isinstance(error, KeyError) else error


def _listed(groups):
    names = ["X", "y"] if groups is None else ["X", "y", groups]
    return ", ".join(map(repr, names[:-1])) + f" and {names[-1]!r}"
