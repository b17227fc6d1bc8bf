"""Files that are whole or not there."""

import os
from pathlib import Path


def write_text(path, text):
    """Write a file at once: who is interrupted leaves no half of it.

    Parameters
    ----------
    path : str or path-like
    text : str

    Raises
    ------
    OSError
        It cannot be written; the error names this path.
    """
    given = path
    path = Path(path)
    if path.exists() and not path.is_file():  # a pipe, or a device
        path.write_text(text, encoding="utf-8")
        return
    path = path.resolve()  # a link stays one
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise type(error)(error.errno, error.strerror, str(given)) from error
    finally:
        part.unlink(missing_ok=True)
