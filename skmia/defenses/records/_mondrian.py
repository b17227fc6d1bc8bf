"""k-anonymous records by Mondrian."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real
from typing import Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pandas.api.types import is_bool_dtype, is_numeric_dtype
from sklearn.utils import check_consistent_length, column_or_1d
from sklearn.utils.multiclass import type_of_target

from skmia.defenses.records._cell_anonymizer import (
    CellAnonymizer,
    cell_modes,
    read_table,
)
from skmia.defenses.records._mondrian_cells import mondrian_tree, sensitive_condition
from skmia.utils._sklearn import (
    COUNT_OR_0,
    FRACTION,
    Interval,
    StrOptions,
    _fit_context,
)
from skmia.utils._tables import column_positions


class MondrianAnonymizer(CellAnonymizer):
    """Transformer that makes training records k-anonymous.

    The records are cut into cells of at least `k`, by strict multidimensional
    Mondrian: a cell is cut at the median of the quasi-identifier in which it is
    widest, relative to all records, as long as both parts may be cells. All records of
    a cell get the same quasi-identifiers.

    ``fit_transform(X, y)`` gives the k-anonymous training records; `transform` recodes
    any record by the cell it falls in. As a step of a pipeline it would recode queries
    as well: for training records alone see :class:`AnonymizedClassifier`.

    Parameters
    ----------
    k : int, default=5
        Least number of records in a cell.
    quasi_identifiers : list of str or int, default=None
        Columns to recode, by name or place. None: all but the sensitive one. What is
        no number (or is true or false) is a category. A missing value is one value
        more.
    sensitive : "y" or column, default="y"
        What `l` and `t` protect: the labels, or a column by name or place.
    l : float, default=None
        Least diversity of the sensitive values in a cell. None: any.
    l_kind : {"distinct", "entropy"}, default="distinct"
        Diversity is the number of different values, or the exponential of the entropy
        of their frequencies, which counts frequent values only.
    t : float, default=None
        Largest distance, from 0 to 1, between the distribution of the sensitive values
        in a cell and in all records: total variation for classes and categories, the
        ordered earth mover's distance for numbers. None: any.
    recoding : {"mean", "median", "midpoint"}, default="mean"
        What a number is replaced by: mean or median of the cell, or the middle of its
        range; missing if it is missing in one of its records. A category is replaced
        by the most frequent one.

    Attributes
    ----------
    n_cells_ : int
        Number of cells.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where `X` had names.

    See Also
    --------
    AnonymizedClassifier : A classifier trained on anonymized records.
    TreeAnonymizer : Cells that follow the decisions of a model.

    Notes
    -----
    k-anonymity is a property of the recoded table, not a guarantee: what other
    tables, other releases and background knowledge tell is not bounded, nor is
    membership inference. Labels, other columns and the cells themselves still depend on
    each record.

    Equal values stay together. Where many are equal to the median, the cut is made
    below or above all of them, whichever is more even. The list of values of a
    categorical column (sorted, or in the order of a pandas categorical) is cut in two
    halves. The time grows as n log n.

    References
    ----------
    K. LeFevre, D. J. DeWitt, R. Ramakrishnan, "Mondrian Multidimensional
    K-Anonymity", ICDE 2006. :doi:`10.1109/ICDE.2006.101`

    A. Machanavajjhala, D. Kifer, J. Gehrke, M. Venkitasubramaniam, "l-Diversity:
    Privacy Beyond k-Anonymity", ACM TKDD 2007. :doi:`10.1145/1217299.1217302`

    N. Li, T. Li, S. Venkatasubramanian, "t-Closeness: Privacy Beyond k-Anonymity and
    l-Diversity", ICDE 2007. :doi:`10.1109/ICDE.2007.367856`

    Examples
    --------
    >>> import pandas as pd
    >>> from skmia.defenses import MondrianAnonymizer
    >>> X = pd.DataFrame({"age": [21, 24, 35, 39], "town": ["A", "A", "B", "C"]})
    >>> MondrianAnonymizer(k=2).fit_transform(X)
        age town
    0  22.5    A
    1  22.5    A
    2  37.0    B
    3  37.0    B
    """

    _parameter_constraints = CellAnonymizer._parameter_constraints | {
        "sensitive": [str, COUNT_OR_0],
        "l": [Interval(Real, 1, None, closed="left"), None],
        "l_kind": [StrOptions({"distinct", "entropy"})],
        "t": [FRACTION, None],
        "recoding": [StrOptions({"mean", "median", "midpoint"})],
    }

    def __init__(
        self,
        k: int = 5,
        *,
        quasi_identifiers: Sequence[str | int] | None = None,
        sensitive: str | int = "y",
        l: float | None = None,  # noqa: E741
        l_kind: Literal["distinct", "entropy"] = "distinct",
        t: float | None = None,
        recoding: Literal["mean", "median", "midpoint"] = "mean",
    ) -> None:
        self.k = k
        self.quasi_identifiers = quasi_identifiers
        self.sensitive = sensitive
        self.l = l
        self.l_kind = l_kind
        self.t = t
        self.recoding = recoding

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike | pd.DataFrame, y: ArrayLike | None = None) -> Self:
        """Find the cells.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, n_features)
            Training records, at least `k`.
        y : array-like of shape (n_samples,), default=None
            Labels; needed where `l` or `t` protect them.

        Returns
        -------
        self : object
        """
        frame = read_table(X)
        column = self._sensitive_column(frame)
        codings, V = self._encode(frame, exclude=column)
        is_allowed = self._condition(frame, y, column)
        categorical = np.array([coding.values is not None for coding in codings])
        tree = mondrian_tree(V, categorical, self.k, is_allowed)
        representatives = _recode(V, tree.apply(V), categorical, self.recoding)
        return self._remember(X, codings, representatives, _tree=tree)

    def _cells(self, V):
        return self._tree.apply(V)

    def _sensitive_column(self, frame):
        """Place of the sensitive column, None for the labels."""
        if self.sensitive == "y":
            return None
        return column_positions(
            frame.columns, [self.sensitive], "sensitive", type(self).__name__
        )[0]

    def _condition(self, frame, y, column):
        """Whether rows may be a cell, as far as the sensitive values say."""
        if self.l is None and self.t is None:
            return lambda rows: True
        if column is not None:
            values = frame.iloc[:, column]
            dtype = values.dtype
            ordered = is_numeric_dtype(dtype) and not is_bool_dtype(dtype)
        elif y is None:
            raise ValueError(
                "The 'y' argument of MondrianAnonymizer.fit must be the labels that l "
                "and t protect. Got None instead; or name a column in 'sensitive'."
            )
        else:
            values = column_or_1d(y, warn=True)
            check_consistent_length(frame, values)
            ordered = type_of_target(values, input_name="y") == "continuous"
        codes = pd.factorize(values, sort=True, use_na_sentinel=False)[0]
        is_allowed = sensitive_condition(
            codes, l=self.l, l_kind=self.l_kind, t=self.t, ordered=ordered
        )
        if not is_allowed(np.arange(len(codes))):
            raise ValueError(
                "The 'l' parameter of MondrianAnonymizer must be at most the diversity "
                f"of all records. Got {self.l} instead; there are {codes.max() + 1} "
                f"different sensitive values (l_kind={self.l_kind!r})."
            )
        return is_allowed


def _recode(V, cells, categorical, recoding):
    """Quasi-identifiers of each cell, shape (n_cells, n_columns)."""
    by_cell = pd.DataFrame(V).groupby(cells)
    low, high = by_cell.min().to_numpy(), by_cell.max().to_numpy()
    if recoding == "midpoint":
        numbers = low / 2 + high / 2
    else:
        # A rounded mean may lie outside, and would then fall in another cell.
        numbers = np.clip(by_cell.agg(recoding).to_numpy(), low, high)
    numbers[by_cell.count().to_numpy() < by_cell.size().to_numpy()[:, None]] = np.nan
    for column in np.flatnonzero(categorical):
        numbers[:, column] = cell_modes(V[:, column], cells)
    return numbers
