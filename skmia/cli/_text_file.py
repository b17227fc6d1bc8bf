"""CSV and TSV files: their cells as text, and where in the file they are."""

import csv
import gzip
import shlex
import zlib
from collections import Counter

import pandas as pd


class TextFile:
    """A file of separated cells, plain or gzipped.

    Parameters
    ----------
    path : Path
    reading : Reading
    """

    def __init__(self, path, reading):
        self.path = path
        self.sep = reading.separator(path)
        self.encoding = reading.codec

    def cells(self):
        """All cells below the header.

        Returns
        -------
        cells : DataFrame of str
            One row per record; missing where a cell is empty.

        Raises
        ------
        ValueError
            The file cannot be read, holds no records, or columns share a name.
        """
        # Before the rest: with another separator, rows differ in their lengths, too.
        names = self._names()
        # The header is the first of all rows, so that none may be longer.
        cells = self._read().iloc[1:].reset_index(drop=True)
        cells.columns = names
        if cells.empty:
            raise ValueError(f"{self.path} holds no records, only a header.")
        return cells

    def place(self, row):
        """Where a record is, in words.

        Parameters
        ----------
        row : int
            Position among the records, from 0.

        Returns
        -------
        place : str
            Row, counted from 1 without the header, and line of the file.
        """
        try:
            return f"row {row + 1} (line {self._line(row)})"
        except csv.Error:  # a cell longer than Python's module reads
            return f"row {row + 1}"

    def _line(self, row):
        """Line in which a record begins: cells may hold line breaks."""
        count, line = -1, 1  # the header is no record
        opened = gzip.open if self.path.suffix.lower() == ".gz" else open
        with opened(self.path, "rt", encoding=self.encoding, newline="") as file:
            rows = csv.reader(file, delimiter=self.sep)
            for cells in rows:
                # All others are skipped by pandas.
                if len(cells) > 1 or "".join(cells).strip():
                    if count == row:
                        break
                    count += 1
                line = rows.line_num + 1
        return line

    def _names(self):
        """Names of the columns; one that has none is called as pandas calls it."""
        header = self._read(nrows=1).iloc[0]
        if len(header) == 1:
            raise ValueError(self._about_one_column(str(header[0])))
        twice = [name for name, count in Counter(header.dropna()).items() if count > 1]
        if twice:
            raise ValueError(
                f"{self.path} has several columns of one name: {', '.join(twice)}."
            )
        return [f"Unnamed: {i}" if name != name else name for i, name in header.items()]

    def _about_one_column(self, name):
        found = next((sep for sep in ";\t,|" if sep in name), None)
        option = r"'\t'" if found == "\t" else shlex.quote(found or "CHARACTER")
        return (
            f"{self.path} has one column, {name[:80]!r}, where {self.sep!r} separates "
            f"cells. Name what separates them: --sep {option}"
        )

    def _read(self, **options):
        try:
            return pd.read_csv(
                self.path,
                sep=self.sep,
                encoding=self.encoding,
                header=None,
                dtype=str,
                keep_default_na=False,
                na_values=[""],
                low_memory=False,
                **options,
            )
        except UnicodeError as error:
            raise ValueError(
                f"{self.path} is not written in {self.encoding}: {error}. Name its "
                "encoding, such as --encoding cp1252"
            ) from error
        except (ValueError, EOFError, zlib.error, gzip.BadGzipFile) as error:
            said = " ".join(str(error).split())
            raise ValueError(f"{self.path} cannot be read: {said}") from error
