"""Records in a Parquet file, which says itself what its columns are."""

import pandas as pd


class ParquetTable:
    """Columns of a Parquet file; the interface of ``TextTable``.

    Parameters
    ----------
    path : Path

    Attributes
    ----------
    names : list of str
        Names of the columns.

    Raises
    ------
    ValueError
        The file cannot be read, or holds no records.
    """

    def __init__(self, path):
        try:
            self._table = pd.read_parquet(path)
        except ValueError as error:
            raise ValueError(f"{path} cannot be read: {error}") from error
        if not len(self._table):
            raise ValueError(f"{path} holds no records.")
        self.names = list(self._table)

    def features(self, names, kinds):
        """Columns as the file has them."""
        return self._table[names]

    def labels(self, name, model):
        """Labels as the file has them."""
        return self._table[name].to_numpy()

    def groups(self, name):
        """Whose the records are, as text: another file may have names among numbers."""
        return self._table[name].map(str, na_action="ignore").to_numpy(object)
