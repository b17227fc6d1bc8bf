"""Tables of numbers and categories, as OpenML has them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.datasets import fetch_openml

from skmia.datasets._base import Layout, load, make_bunch


@dataclass(frozen=True)
class OpenMLTable:
    """Two classes of records with numbers and categories.

    Parameters
    ----------
    name : str
        Stem of the local file.
    openml : str
        Name at OpenML.
    version : int
        Version there.
    n_samples : int
        Rows.
    feature_names : list of str
        Columns in their order. OpenML may write them in other cases.
    categorical : list of str
        Which of them are categories; a missing one is the category "?".
    target_names : list of str
        The two classes, as OpenML writes them.
    descr : str
        Origin, terms and what to cite.
    has_missing_numbers : bool, default=False
        Whether numbers may be nan.
    """

    name: str
    openml: str
    version: int
    n_samples: int
    feature_names: list[str]
    categorical: list[str]
    target_names: list[str]
    descr: str
    has_missing_numbers: bool = False

    @property
    def layout(self) -> Layout:
        """What its arrays must look like."""
        return Layout(
            self.name,
            n_samples=self.n_samples,
            n_features=len(self.feature_names),
            n_classes=2,
            dtype=np.float32,
            more_arrays=(
                ", and 'feature_names' in the official order, and for each categorical "
                "feature 'categories_<feature>', which its values in 'X' index"
            ),
            more_problems=self._problems,
            feature_names=self.feature_names,
            target_names=self.target_names,
            descr=self.descr,
        )

    def fetch(self, data_home, download_if_missing, return_X_y, as_frame, more=()):
        """What the fetcher returns; `more` are other arrays that a file may have."""
        layout = self.layout
        arrays = load(layout, self.download, data_home, download_if_missing)
        X, y = arrays["X"], arrays["y"]
        if as_frame:
            X, y = self._decode(arrays), pd.Categorical.from_codes(y, self.target_names)
        attributes = {name: arrays.get(name) for name in more}
        attributes["categories"] = {
            name: arrays[f"categories_{name}"].tolist() for name in self.categorical
        }
        return make_bunch(layout, X, y, return_X_y, as_frame, **attributes)

    def download(self, data_home):
        """Arrays from OpenML."""
        frame, target = fetch_openml(
            name=self.openml,
            version=self.version,
            data_home=data_home,
            return_X_y=True,
            as_frame=True,
            parser="auto",
        )
        frame = frame.rename(columns=str.lower)
        arrays = {
            "y": (target == self.target_names[1]).to_numpy().astype(np.int64),
            "feature_names": np.array(self.feature_names),
        }
        columns = []
        for name in self.feature_names:
            column = frame[name.lower()]
            if name in self.categorical:
                texts = column.astype(object).where(column.notna(), "?")
                arrays[f"categories_{name}"], column = np.unique(
                    texts.to_numpy(dtype=str), return_inverse=True
                )
            columns.append(column)
        return arrays | {"X": np.column_stack(columns).astype(np.float32)}

    def _problems(self, arrays):
        X, expected = arrays["X"], list(self.feature_names)
        if np.isinf(X).any() or (np.isnan(X).any() and not self.has_missing_numbers):
            return "its 'X' has values that are not finite"
        names = arrays.get("feature_names", np.array([])).tolist()
        if names != expected:
            return f"its 'feature_names' are {names} instead of {expected}"
        missing = [n for n in self.categorical if f"categories_{n}" not in arrays]
        if missing:
            return f"it lacks 'categories_...' for {missing}"
        for name in self.categorical:
            n_codes = len(arrays[f"categories_{name}"])
            if not np.isin(self._column(arrays, name), np.arange(n_codes)).all():
                return f"its column '{name}' has values that are no codes 0 to " + str(
                    n_codes - 1
                )
        return None

    def _decode(self, arrays):
        return pd.DataFrame(
            {name: self._decode_column(arrays, name) for name in self.feature_names}
        )

    def _decode_column(self, arrays, name):
        values = self._column(arrays, name)
        if name in self.categorical:
            categories = arrays[f"categories_{name}"].tolist()
            return pd.Categorical.from_codes(values.astype(np.int64), categories)
        whole = np.array_equal(values, np.round(values))  # nan is not
        return values.astype(np.int64) if whole else values

    def _column(self, arrays, name):
        return arrays["X"][:, self.feature_names.index(name)]
