"""Records from files, as the model takes them."""

from pathlib import Path

import numpy as np
import pandas as pd

from skmia.cli._arrays import read_arrays
from skmia.cli._dates import with_dates
from skmia.cli._kinds import kinds_of
from skmia.cli._parquet_table import ParquetTable
from skmia.cli._paths import RECORDS, SEPARATORS, check_file, suffix_of
from skmia.cli._text_table import Labelled, TextTable
from skmia.targets import SyntheticTable
from skmia.utils._kinds import kind_of, takes_no_labels
from skmia.utils._outputs import Outputs, own_classes


def load_sets(model, paths, labels, groups, reading, aside=()):
    """Training and holdout records, alike in columns and their kinds.

    Parameters
    ----------
    model : fitted estimator
    paths : pair of path-like
        Of the training and of the holdout records.
    labels, groups, reading, aside : as for :func:`load_records`

    Returns
    -------
    X_train : DataFrame or ndarray of shape (n_train, n_features)
    y_train : ndarray of shape (n_train,) or None
    X_holdout : DataFrame or ndarray of shape (n_holdout, n_features)
    y_holdout : ndarray of shape (n_holdout,) or None
    groups : ndarray of shape (n_train + n_holdout,) or None

    Raises
    ------
    ValueError
        As of :func:`load_records` and :func:`as_model_takes`; or the columns are
        others, if the model knows no names of them.
    """
    sets = load_alike(model, paths, labels, groups, reading, aside)
    (X, y, of), (other, y_other, of_other) = sets
    of = None if groups is None else np.concatenate([of, of_other])
    return X, y, other, y_other, of


def load_alike(model, paths, labels, groups, reading, aside=()):
    """Records of several files, alike in columns and their kinds to the first.

    Parameters
    ----------
    model, labels, groups, reading, aside : as for :func:`load_records`
    paths : sequence of path-like

    Returns
    -------
    sets : list of tuple of (X, y, groups)
        As :func:`load_records` has them, as the model takes them.

    Raises
    ------
    ValueError
        As of :func:`load_sets`.
    """
    held = model, labels, groups, reading
    X, y, of = load_records(paths[0], *held, aside=aside)
    kinds = kinds_of(X) if isinstance(X, pd.DataFrame) else {}
    sets = []
    for path in paths[1:]:
        other, y_other, of_other = load_records(path, *held, kinds, aside)
        _check_same_columns(model, (paths[0], path), (X, other))
        X = _with_room_for(X, other)
        sets.append((as_model_takes(model, other, path), y_other, of_other))
    return [(as_model_takes(model, X, paths[0]), y, of), *sets]


def load_records(path, model, labels, groups, reading, kinds=None, aside=()):
    """Records, their labels and whose they are, from one file.

    Parameters
    ----------
    path : path-like
        ``.csv``, ``.tsv``, also with ``.gz``, or ``.parquet``, with one column per
        feature and one of labels, or ``.npz`` with the arrays ``X`` and ``y``.
    model : fitted estimator
        Of a text file its features are read, and labels as its classes are.
    labels : list of str or None
        Columns of the labels, if any, one for each output of the model; not used for
        npz.
    groups : str or None
        Column, of npz array, that says whose a record is; it is no feature.
    reading : Reading
        Of text files.
    kinds : dict, default=None
        Kinds of columns in the training file, for a text file.
    aside : sequence of str, default=()
        Columns that are no features where the others are as many as the model has.

    Returns
    -------
    X : DataFrame or ndarray of shape (n_records, n_features)
    y : ndarray of shape (n_records,) or (n_records, n_outputs), or None
        None where the model learns from records alone: a column of labels is no
        feature then, and is not looked at.
    groups : ndarray of shape (n_records,) or None

    Raises
    ------
    ValueError
        The file cannot be read, a column is missing, or a cell is none of its column.
    """
    path = Path(path)
    check_file(path, *RECORDS)
    unlabelled = takes_no_labels(model)
    if suffix_of(path) == ".npz":
        return read_arrays(path, groups, labelled=not unlabelled)
    table = _table(path, reading)
    labels = labels or []
    if not labels and not unlabelled:
        raise ValueError(f"Name the column of {path} that holds the labels: --label.")
    _check_names(path, table.names, labels, groups)
    names = [name for name in table.names if name not in (*labels, groups)]
    X = table.features(_features(names, model, aside), kinds or {})
    y = None if unlabelled else _labels(table, labels, model)
    return X, y, None if groups is None else table.groups(groups)


def _labels(table, names, model):
    """Labels of a file, those of several outputs beside each other."""
    own = own_classes(model)
    if not isinstance(own, Outputs):
        readers = [model] * len(names)
    elif len(own) == len(names):
        readers = map(Labelled, own)
    else:  # as the audit will say
        readers = [Labelled(())] * len(names)
    parts = [table.labels(*one) for one in zip(names, readers, strict=True)]
    if len(parts) == 1:
        return parts[0]
    alike = len({part.dtype.kind for part in parts}) == 1
    return np.column_stack(parts if alike else [part.astype(object) for part in parts])


def load_tables(table, paths, groups, reading):
    """A synthetic table, and training and holdout records.

    Parameters
    ----------
    table : path-like
        Synthetic rows.
    paths : pair of path-like
        Of the training and of the holdout records.
    groups : str or None
        Column of the records that says whose they are.
    reading : Reading

    Returns
    -------
    S, X_train, X_holdout : DataFrame or ndarray
    groups : ndarray of shape (n_train + n_holdout,) or None
    """
    unread = SyntheticTable(None)
    X, _, other, _, of = load_sets(unread, paths, None, groups, reading)
    S, _, _ = load_records(table, unread, None, None, reading)
    return *with_dates([S, X, other]), of


def load_features(path, model, labels, reading):
    """Records of a file without labels, or whose labels nobody asks for.

    Parameters
    ----------
    path, model, labels, reading : as for :func:`load_records`

    Returns
    -------
    X : DataFrame or ndarray of shape (n_records, n_features)
    """
    check_file(path, *RECORDS)
    if suffix_of(path) == ".npz":
        return read_arrays(path, None)[0]
    table = _table(path, reading)
    names = [name for name in table.names if name not in (labels or ())]
    return table.features(_features(names, model, ()), {})


def load_columns(paths, names, reading):
    """Columns of two files, one below the other.

    Parameters
    ----------
    paths : pair of path-like
    names : list of str
    reading : Reading

    Returns
    -------
    columns : DataFrame
    """
    kinds, parts = {}, []
    for path in paths:
        check_file(path, *SEPARATORS, ".parquet")
        table = _table(path, reading)
        missing = [name for name in names if name not in table.names]
        if missing:
            raise ValueError(
                f"{path} has no column {missing[0]!r}, of --by. Its columns are "
                f"{', '.join(map(str, table.names))}."
            )
        parts.append(table.features(names, kinds))
        kinds = kinds_of(parts[0])
    return pd.concat(parts, ignore_index=True)


def _table(path, reading):
    if suffix_of(path) in SEPARATORS:
        return TextTable(path, reading)
    return ParquetTable(path)


def _features(names, model, aside):
    """Columns that are features: what others hold does not matter."""
    known = getattr(model, "feature_names_in_", None)
    if known is not None:
        return [name for name in names if name in set(known)]
    expected = getattr(model, "n_features_in_", None)
    if expected in (None, len(names)):
        return names
    return [name for name in names if name not in aside]


def as_model_takes(model, X, path):
    """Records with the features that a model was trained on, in its order.

    A model that knows the names of its features is given a DataFrame with them. A
    model that does not is given an array, and a synthesizer the table as it was read.

    Parameters
    ----------
    model : fitted estimator
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
    if kind_of(model) == "synthesizer":
        return X  # its columns are of any type
    expected = getattr(model, "n_features_in_", None)
    if expected is not None and X.shape[1:2] != (expected,):
        found = X.shape[1] if X.ndim > 1 else "none, but single values"
        raise ValueError(
            f"The model was trained on {expected} features. {path} has {found}."
        )
    return np.asarray(X) if names is None else pd.DataFrame(X, columns=names)


def _check_names(path, names, labels, groups):
    """Raise where the columns of labels and groups are not there, or one."""
    if len(set(labels)) < len(labels):
        raise ValueError(f"--label must name each column once. Got {labels}.")
    for name, what in (*((one, "labels") for one in labels), (groups, "groups")):
        if name is not None and name not in names:
            raise ValueError(
                f"{path} has no column {name!r} for the {what}. Its columns are "
                f"{', '.join(map(str, names))}."
            )
    if groups in labels:
        raise ValueError(f"The column {groups!r} cannot hold labels and groups.")


def _check_same_columns(model, paths, sets):
    """Refuse two tables with other columns, if the model knows no names of them.

    It would take one column for another.
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


def _with_room_for(X, other):
    """Training records, as floats where whole numbers could not hold the others."""
    if not isinstance(X, pd.DataFrame) or not isinstance(other, pd.DataFrame):
        return X
    tight = [
        name
        for name in X.columns.intersection(other.columns)
        if X[name].dtype.kind in "iu"
        and other[name].dtype.kind == "f"
        and not (other[name] % 1 == 0).all()
        and X[name].astype(np.float64).abs().max() <= 2**53  # all of them are floats
    ]
    return X.astype(dict.fromkeys(tight, np.float64))
