"""Kinds of files by their suffixes."""

SEPARATORS = {".csv": ",", ".csv.gz": ",", ".tsv": "\t", ".tsv.gz": "\t"}
RECORDS = (*SEPARATORS, ".parquet", ".npz")


def suffix_of(path):
    """Suffix of a path, of a gzipped file both parts of it.

    Parameters
    ----------
    path : Path

    Returns
    -------
    suffix : str
    """
    return "".join(path.suffixes[-2:] if path.suffix == ".gz" else path.suffixes[-1:])


def check_file(path, *suffixes):
    """Refuse a file that is not there, or of another kind.

    Parameters
    ----------
    path : Path
    *suffixes : str
        One of which it must have.

    Raises
    ------
    ValueError, FileNotFoundError
    """
    suffix = suffix_of(path)
    if suffix not in suffixes:
        raise ValueError(
            f"{path} must be a file of type {' or '.join(suffixes)}. Got "
            f"{suffix or 'no suffix'!r} instead."
        )
    if not path.is_file():
        raise FileNotFoundError(f"There is no file {path}.")


def said(error):
    """Text of an error; that of a missing key would be quoted once more."""
    return error.args[0] if isinstance(error, KeyError) else error
