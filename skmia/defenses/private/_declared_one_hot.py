"""One column for each category that was declared."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import validate_data

from skmia.defenses.private._declared import check_categories, one_missing
from skmia.defenses.private._declared_transformer import DeclaredTransformer
from skmia.utils._sklearn import _check_feature_names_in


class DeclaredOneHotEncoder(DeclaredTransformer):
    """Transformer that makes one column of each declared category.

    It learns nothing of the records and costs no privacy. A value that was not declared
    is all zeros, and never an error: an error would tell that a record has it.

    Works on *records*: `X` holds features, all of them categories.

    .. versionadded:: 0.2

    Parameters
    ----------
    categories : array-like
        What values the features can take, declared without a look at the data: a list
        for each feature, or one list for all features. Numbers are equal to numbers,
        whatever their type, and text to text. None or nan in a list stands for every
        kind of missing value.

    Attributes
    ----------
    categories_ : list of ndarray
        Categories of each feature, in the order of the columns.
    data_norm_ : float
        Euclidean length that no transformed record exceeds, the root of the number of
        features: what `data_norm` of :class:`PrivateLogisticRegression` asks for.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where `X` had names.

    See Also
    --------
    BoundedScaler : The same for numbers.

    Notes
    -----
    A private estimator behind it keeps its guarantee word for word. Each record is
    transformed by itself, so that replacing a record of `X` replaces that record of
    what comes out, and no other. Of the records that `fit` gets it reads the number of
    features and their names, which are public. It is no defense alone.

    :class:`~sklearn.preprocessing.OneHotEncoder` with the same `categories` and
    ``handle_unknown="ignore"`` reads the type of each column from the records, and one
    record can change that: declared 0.5 and 1 become 0 and 1 while all values are
    integers; declared text is an error until one value is text; unsorted numbers are an
    error until then, and infinity always. With `min_frequency` and `max_categories` it
    counts the records.

    Examples
    --------
    >>> import pandas as pd
    >>> from skmia.defenses import DeclaredOneHotEncoder
    >>> X = pd.DataFrame({"sex": ["f", "m"], "town": ["A", "elsewhere"]})
    >>> encoder = DeclaredOneHotEncoder([["f", "m"], ["A", "B"]])
    >>> encoder.set_output(transform="pandas").fit_transform(X)
       sex_f  sex_m  town_A  town_B
    0    1.0    0.0     1.0     0.0
    1    0.0    1.0     0.0     0.0

    Beside numbers:

    >>> from sklearn.compose import make_column_transformer
    >>> from skmia.defenses import BoundedScaler
    >>> X["age"] = [30, 80]
    >>> make_column_transformer(
    ...     (encoder, ["sex", "town"]), (BoundedScaler((0, 120)), ["age"])
    ... ).fit_transform(X).shape
    (2, 5)
    """

    _parameter_constraints: dict = {"categories": ["array-like", None]}

    def __init__(self, categories: ArrayLike | None = None) -> None:
        self.categories = categories

    def get_feature_names_out(
        self, input_features: ArrayLike | None = None
    ) -> np.ndarray:
        """Names of the columns: feature and category.

        Parameters
        ----------
        input_features : array-like of str, default=None
            Names of the features. None: those of `fit`, or x0, x1 ...

        Returns
        -------
        names : ndarray of str
        """
        names = _check_feature_names_in(self, input_features)
        columns = [
            f"{name}_{category}"
            for name, known in zip(names, self.categories_, strict=True)
            for category in known
        ]
        return np.array(columns, dtype=object)

    def _read(self, validator, X, **params):
        if getattr(getattr(X, "dtype", None), "kind", None) == "c":
            raise ValueError("Complex data not supported.")
        # As they are: a common type would make other values of them.
        X = X.astype(object) if hasattr(X, "iloc") else X
        return validate_data(
            validator, X, dtype=object, ensure_all_finite=False, **params
        )

    def _declare(self, n_features):
        return check_categories(self.categories, n_features, type(self).__name__)

    def _learn(self, X, categories):
        return {"categories_": categories, "data_norm_": X.shape[1] ** 0.5}

    @property
    def _n_features_out(self):
        return sum(map(len, self.categories_))

    def _change(self, X):
        blocks = [
            _positions(values, known)[:, None] == np.arange(len(known))
            for values, known in zip(X.T, self.categories_, strict=True)
        ]
        return np.hstack(blocks).astype(np.float64)

    def _restore(self, Z):
        """The category of the largest column; None where no column is above 0."""
        columns, start = [], 0
        for known in self.categories_:
            block = Z[:, start : start + len(known)]
            start += len(known)
            values = known[block.argmax(axis=1)]
            values[~(block > 0).any(axis=1)] = None
            columns.append(values)
        return np.column_stack(columns)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        return tags


def _positions(values, known):
    """Place of each value in the list of categories, -1 for none.

    By the equality of Python, value by value: no value changes how another is read.
    """
    places = {category: place for place, category in enumerate(one_missing(known))}
    return np.array([_place(places, value) for value in one_missing(values)])


def _place(places, value):
    try:
        return places.get(value, -1)
    except TypeError:  # a list, say: no category can be one
        return -1
