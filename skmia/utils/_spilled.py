"""Large tables in a file, of which only what is looked at is in memory."""

import tempfile
import weakref

import numpy as np

# What the tables of one owner take in memory before others go to the file: 64 MB.
MOST_BYTES = 2**26


class Spill:
    """Keeps tables: the first in memory, those beyond a size in a temporary file.

    The file has no name and is gone with the last table in it. It lies where
    :mod:`tempfile` puts files, which ``TMPDIR`` says.

    Parameters
    ----------
    most_bytes : int
        Size of the tables that stay in memory.
    """

    def __init__(self, most_bytes=MOST_BYTES):
        self._left, self._file = most_bytes, None

    def keep(self, table):
        """The table itself, or one that is read from the file when it is looked at.

        Parameters
        ----------
        table : ndarray of shape (n_rows, n_columns)
            Numbers.

        Returns
        -------
        kept : ndarray or Spilled

        Raises
        ------
        OSError
            There is no room for it in the folder of temporary files.
        """
        if table.nbytes <= self._left:
            self._left -= table.nbytes
            return table
        if self._file is None:
            self._file = _Closing()
        return Spilled(self._file, self._file.add(table), table.shape, table.dtype)

    def __reduce__(self):
        return Spill, (self._left,)  # what is kept afterwards has a file of its own


class _Closing:
    """A temporary file that is closed when nobody holds it."""

    def __init__(self):
        # Unbuffered: what did not fit must not be tried again.
        self.file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        weakref.finalize(self, self.file.close)

    def add(self, table):
        """Write a table behind all others, column by column; its first byte."""
        start = self.file.seek(0, 2)
        try:
            for column in table.T:
                rest = memoryview(np.ascontiguousarray(column)).cast("B")
                while rest:
                    rest = rest[self.file.write(rest) :]
        except OSError as error:
            self.file.truncate(start)
            folder = tempfile.gettempdir()
            raise OSError(
                f"A table of {table.nbytes / 1e6:.0f} MB does not fit into a temporary "
                f"file in {folder}, which holds {start / 1e6:.0f} MB of such tables "
                f"({error.strerror}). Set the environment variable TMPDIR to a folder "
                "with more room before Python is started, or record fewer signals of "
                "fewer shadow models."
            ) from error
        return start


class Spilled:
    """A table in a file; ``np.asarray`` reads it, and a copy that is pickled holds it.

    Columns are cut out, ``table[:, start:stop]``, without being read.

    Parameters
    ----------
    file : _Closing
        Holds one column after the other.
    start : int
        First byte.
    shape : tuple of (n_rows, n_columns)
    dtype : dtype
    """

    def __init__(self, file, start, shape, dtype):
        self._file, self._start, self.shape, self.dtype = file, start, shape, dtype

    def __len__(self):
        return self.shape[0]

    def __array__(self, dtype=None, copy=None):
        if 0 in self.shape:
            return np.empty(self.shape, self.dtype if dtype is None else dtype)
        how = {"offset": self._start, "shape": self.shape[::-1]}
        # Copied at once: pages of a map that stays open would count as memory.
        return np.array(
            np.memmap(self._file.file, self.dtype, "r", **how), dtype=dtype
        ).T

    def __getitem__(self, key):
        _, columns = key
        first, last, _ = columns.indices(self.shape[1])
        start = self._start + first * self.shape[0] * self.dtype.itemsize
        return Spilled(self._file, start, (len(self), last - first), self.dtype)

    def __reduce__(self):
        return np.asarray, (np.asarray(self),)
