"""What a report says of files and of the command that was run."""

import hashlib
import shlex
from pathlib import Path

# A column of more numbers than that is told by its quarters.
_FEW_VALUES = 10
_QUARTERS = 4


def about_files(files, rows):
    """Name, hash and size of files that were read.

    Parameters
    ----------
    files : dict of str to Path
        By what they are.
    rows : dict of str to int
        How many records they hold, by the same.

    Returns
    -------
    files : list of dict
    """
    return [
        {
            "role": role,
            "name": Path(path).name,
            "sha256": _hash(path),
            "bytes": Path(path).stat().st_size,
            "rows": rows.get(role),
        }
        for role, path in files.items()
    ]


def _hash(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def command_of(context):
    """The command as it was typed: what was given, in the order of the options.

    Parameters
    ----------
    context : typer.Context
    """
    words = ["skmia", context.info_name]
    for option in typed_options(context):
        value = context.params[option.name]
        name = option.opts[0]
        if isinstance(value, bool):
            words.append(name)
            continue
        for one in value if isinstance(value, list | tuple) else [value]:
            words += [name, str(one)]
    return shlex.join(words)


def typed_options(context):
    """Options that were typed, in the order in which the command has them.

    Parameters
    ----------
    context : typer.Context

    Returns
    -------
    options : list of Option
    """
    source = context.get_parameter_source
    return [
        option
        for option in context.command.params
        if (found := source(option.name)) is not None and found.name == "COMMANDLINE"
    ]


def by_columns(frame):
    """What the report tells groups by: columns, numbers in quarters.

    Parameters
    ----------
    frame : DataFrame
        Of the training and then of the holdout records.

    Returns
    -------
    by : dict of str to Series
    """
    return {name: _in_groups(frame[name]) for name in frame.columns}


def _in_groups(values):
    import pandas as pd

    many = values.nunique() > _FEW_VALUES
    if not (many and pd.api.types.is_numeric_dtype(values)):
        return values
    return pd.qcut(values, _QUARTERS, duplicates="drop").map(_range).astype(object)


def _range(interval):
    return f"above {interval.left:g} to {interval.right:g}"
