"""k-anonymous records with cells that follow the decisions of a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import column_or_1d, get_tags

from skmia.defenses.records._cell_anonymizer import (
    CellAnonymizer,
    cell_modes,
    first_of_each,
    read_table,
)
from skmia.utils._sklearn import COUNT, HasMethods, _fit_context
from skmia.utils._typing import Classifier, RandomStateLike


class TreeAnonymizer(CellAnonymizer):
    """Transformer that makes training records k-anonymous along a model's decisions.

    A decision tree with at least `k` records in each leaf learns, from the
    quasi-identifiers, what a model predicts for the training records. The leaves are
    the cells: what the model tells apart stays apart, as far as `k` allows.

    ``fit_transform(X, y)`` gives the k-anonymous training records; for a classifier
    trained on them see :class:`AnonymizedClassifier`.

    Parameters
    ----------
    estimator : classifier
        The model whose predictions are learned. `fit` clones and fits it; a
        ``FrozenEstimator`` is asked as it is.
    k : int, default=5
        Least number of records in a cell.
    quasi_identifiers : list of str or int, default=None
        Columns to recode, by name or place. None: all. What is no number (or is true or
        false) is a category. A missing value is one value more.
    max_depth : int, default=None
        Depth of the tree. None: as far as the model's predictions differ.
    random_state : int, RandomState instance or None, default=None
        Which of equally good splits the tree takes.

    Attributes
    ----------
    estimator_ : classifier
        The fitted model. It belongs to the owner of the records.
    n_cells_ : int
        Number of cells.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where `X` had names.

    See Also
    --------
    AnonymizedClassifier : A classifier trained on anonymized records.
    MondrianAnonymizer : Cells as small as possible; l-diversity and t-closeness.

    Notes
    -----
    A number is replaced by the value in the cell that is closest to its median, a
    category by the most frequent one: values of real records, though not a real record.
    A number that is missing in one record of a cell is missing in all. The tree sees
    categories as one column for each value, and numbers in single precision.

    Where the model says one thing, all records become one, however many they are: cells
    are often much larger than `k`, and a model trained on them may lose more than with
    :class:`MondrianAnonymizer`. Meant for a few quasi-identifiers among other features.

    k-anonymity is a property of the recoded table, not a guarantee: membership
    inference is not bounded, and the cells follow a model that saw the records
    themselves.

    References
    ----------
    A. Goldsteen, G. Ezov, R. Shmelkin, M. Moffie, A. Farkash, "Anonymizing Machine
    Learning Models", DPM 2021. :arxiv:`2007.13086`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.defenses import TreeAnonymizer
    >>> X, y = load_iris(return_X_y=True)
    >>> anonymizer = TreeAnonymizer(GaussianNB(), k=10, random_state=0)
    >>> recoded = anonymizer.fit_transform(X, y)
    >>> anonymizer.n_cells_
    4
    """

    _parameter_constraints = CellAnonymizer._parameter_constraints | {
        "estimator": [HasMethods(["fit", "predict"])],
        "max_depth": [COUNT, None],
        "random_state": ["random_state"],
    }

    _writes_actual_values = True

    def __init__(
        self,
        estimator: Classifier,
        *,
        k: int = 5,
        quasi_identifiers: Sequence[str | int] | None = None,
        max_depth: int | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.k = k
        self.quasi_identifiers = quasi_identifiers
        self.max_depth = max_depth
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(self, X: ArrayLike | pd.DataFrame, y: ArrayLike) -> Self:
        """Fit a clone of the model, and find the cells.

        Parameters
        ----------
        X : {array-like, DataFrame} of shape (n_samples, n_features)
            Training records, at least `k`.
        y : array-like of shape (n_samples,)
            Class labels of any type.

        Returns
        -------
        self : object
        """
        if y is None:
            raise ValueError("requires y to be passed, but the target y is None")
        frame = read_table(X)
        codings, V = self._encode(frame)
        model = clone(self.estimator).fit(X, column_or_1d(y, warn=True))
        tree = DecisionTreeClassifier(
            min_samples_leaf=self.k,
            max_depth=self.max_depth,
            random_state=self.random_state,
        )
        leaves = tree.fit(_one_hot(V, codings), model.predict(X)).apply(
            _one_hot(V, codings)
        )
        names, cells = np.unique(leaves, return_inverse=True)
        representatives = np.column_stack(
            [
                (_closest_to_median if coding.values is None else cell_modes)(
                    V[:, i], cells
                )
                for i, coding in enumerate(codings)
            ]
        )
        return self._remember(
            X, codings, representatives, estimator_=model, _tree=tree, _leaves=names
        )

    def _cells(self, V):
        leaves = self._tree.apply(_one_hot(V, self._codings))
        return np.searchsorted(self._leaves, leaves)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.allow_nan = get_tags(self.estimator).input_tags.allow_nan
        return tags


def _one_hot(V, codings):
    """Numbers as they are, and one column for each value of a category."""
    blocks = [
        V[:, [i]]
        if coding.values is None
        else V[:, [i]] == np.arange(len(coding.values.categories) + 1)
        for i, coding in enumerate(codings)
    ]
    return np.hstack(blocks).astype(np.float32)


def _closest_to_median(values, cells):
    """Of each cell, the value closest to its median; of two the smaller."""
    median = pd.Series(values).groupby(cells).median().to_numpy()
    order = np.lexsort((values, np.abs(values - median[cells]), cells))
    closest = values[order][first_of_each(cells[order])]
    closest[np.unique(cells[np.isnan(values)])] = np.nan
    return closest
