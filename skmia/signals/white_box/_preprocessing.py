"""What fitted preprocessing proves about a record: not of those it was fitted on.

A scaler holds the least and the largest value of each feature, an encoder all
categories. Whoever has another value was not among the records that a pipeline was
fitted on. What is behind a step is looked at only where that step does to a training
record what it did when it was fitted: those are lines in a table by exact type.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
)
from sklearn.utils import _safe_indexing, check_array, gen_batches

from skmia.utils._inside import before_last
from skmia.utils._kinds import name_of
from skmia.utils._records import n_records

# Records may be asked in another precision than the model was fitted in.
_SLACK = 1e-6
# Sparse records are written out in blocks of at most this many numbers.
_BLOCK = 2**22


def preprocessing_test(model, X, y, classes):
    """What the preprocessing of a pipeline proves about a record: out, or nothing.

    Parameters
    ----------
    model : fitted Pipeline
        Fitted as a whole: a scaler that was fitted elsewhere knows other records.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records.
    y, classes : ignored

    Returns
    -------
    proved : ndarray of shape (n_samples,)
        0 for records with a value beyond those that a ``MinMaxScaler`` or
        ``MaxAbsScaler`` was fitted on, or with a category that no ``OneHotEncoder`` or
        ``OrdinalEncoder`` has seen: they were certainly not trained on. 0.5 for all
        others, and more, up to 1, for those who are an extreme of a feature, unless
        that is a whole number, which many are.
    """
    seen, _, _ = tested_into_last_step(model, X)
    return np.where(seen.out, 0, 1 - 0.5 ** (1 + seen.extremes))


def tests_nothing(model):
    """Why the preprocessing of a model proves nothing, in words, or None."""
    if any(type(step) in _TESTS for step in _looked_at(model)):
        return None
    return f"no step of this {name_of(model)} says what it was not fitted on"


def tested_into_last_step(model, X):
    """The model that learned last, and the records that may have been trained on.

    Parameters
    ----------
    model : fitted classifier, or a pipeline that ends in one
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)

    Returns
    -------
    seen : Seen
        Of all records.
    last : classifier
    given : {array-like, sparse matrix, DataFrame}
        Records that are not ``seen.out``, as `last` is given them; None where all are.
    """
    seen, sure = Seen.nothing(n_records(X)), True
    while isinstance(model, Pipeline):
        if type(model) is Pipeline:
            seen, X, sure = _through(model.steps[:-1], X, seen, sure)
        elif X is not None:
            X, sure = before_last(model, X), False
        model = model[-1]
    return seen, model, X


@dataclass(frozen=True)
class Seen:
    """What steps say about records.

    Parameters
    ----------
    out : ndarray of bool of shape (n_samples,)
        Certainly not fitted on.
    extremes : ndarray of int of shape (n_samples,)
        Features in which a record is an extreme of those fitted on.
    """

    out: np.ndarray
    extremes: np.ndarray

    @classmethod
    def nothing(cls, n):
        """Of a step that proves nothing."""
        return cls(np.zeros(n, dtype=bool), np.zeros(n, dtype=int))

    def __add__(self, other):
        return Seen(self.out | other.out, self.extremes + other.extremes)

    def placed(self, rows, n):
        """The same of some of `n` records."""
        every = Seen.nothing(n)
        every.out[rows], every.extremes[rows] = self.out, self.extremes
        return every


def _through(steps, X, seen, sure):
    """Records behind some steps, without those that are proved out on the way.

    These never come to the encoder that would refuse them.
    """
    for _, step in steps:
        rows = np.flatnonzero(~seen.out)
        if not len(rows):
            return seen, None, sure
        if sure:
            now = _examined(step, X)
            seen = seen + now.placed(rows, len(seen.out))
            X = _safe_indexing(X, np.flatnonzero(~now.out)) if now.out.any() else X
            sure = repeats(step, _KEEP)
        if not _passes(step) and not seen.out.all():
            X = step.transform(X)
    return seen, None if seen.out.all() else X, sure


def _passes(step):
    return step is None or isinstance(step, str)


def _examined(step, X):
    examine = _TESTS.get(type(step)) or _PARTS.get(type(step))
    return Seen.nothing(n_records(X)) if examine is None else examine(step, X)


def _of_pipeline(pipeline, X):
    # What comes out of its last step is of no interest here.
    *before, (_, last) = pipeline.steps
    seen, given, sure = _through(before, X, Seen.nothing(n_records(X)), True)
    if given is None or not sure:
        return seen
    rows = np.flatnonzero(~seen.out)
    return seen + _examined(last, given).placed(rows, len(seen.out))


def _of_columns(transformer, X):
    seen = Seen.nothing(n_records(X))
    for _, step, columns in transformer.transformers_:
        if not _passes(step) and not _is_empty(columns):
            seen = seen + _examined(step, _safe_indexing(X, columns, axis=1))
    return seen


def _is_empty(columns):
    """Whether a selection is of no column: its step was not fitted."""
    columns = np.asarray(columns)
    return not (columns.any() if columns.dtype == bool else columns.size)


def _of_union(union, X):
    parts = [_examined(step, X) for _, step in union.transformer_list]
    return sum(parts, Seen.nothing(n_records(X)))


def _of_range(scaler, X):
    return _beside(X, scaler.data_min_, scaler.data_max_)


def _of_largest(scaler, X):
    return _beside(X, -scaler.max_abs_, scaler.max_abs_)


def _beside(X, low, high):
    """Who is beyond the range of a feature, and who is at an end of it."""
    slack = _SLACK * np.maximum(np.abs(low), np.abs(high))
    telling = [np.where(end == np.round(end), np.nan, end) for end in (low, high)]
    parts = []
    for block in _blocks(X):
        out = (block < low - slack) | (block > high + slack)
        ends = [np.abs(block - end) <= slack for end in telling]
        parts.append((out.any(axis=1), (ends[0] | ends[1]).sum(axis=1)))
    return Seen(*map(np.concatenate, zip(*parts, strict=True)))


def _blocks(X):
    options = {"dtype": float, "ensure_all_finite": False}
    X = check_array(X, accept_sparse="csr", **options)
    if not sparse.issparse(X):
        yield X
        return
    for rows in gen_batches(X.shape[0], max(1, _BLOCK // X.shape[1])):
        yield X[rows].toarray()


def _of_categories(encoder, X):
    seen = Seen.nothing(n_records(X))
    if not isinstance(encoder.categories, str):  # declared, whoever has them
        return seen
    for j, known in enumerate(encoder.categories_):
        seen.out[:] |= _unknown(_column(X, j), known)
    return seen


def _column(X, j):
    if hasattr(X, "iloc"):
        return np.asarray(X.iloc[:, j])
    return np.asarray(X, dtype=getattr(X, "dtype", object))[:, j]


def _unknown(values, known):
    """Which values are none of the known ones: numbers, text, and missing values.

    Numbers are compared in single precision, and one missing value is as any other. Of
    other values, and where text is asked and none is known, nothing is said.
    """
    lacking, missing = pd.isna(values), pd.isna(known)
    out = lacking & (not missing.any())
    values, known = values[~lacking], known[~missing]
    try:
        values, known = (_numbers(one) for one in (values, known))
    except (TypeError, ValueError):
        known = {one for one in known if isinstance(one, str)}
        out[~lacking] = [
            bool(known) and isinstance(one, str) and one not in known for one in values
        ]
    else:
        out[~lacking] = ~np.isin(values, known)
    return out


def _numbers(values):
    if values.dtype.kind in "US" or any(isinstance(one, str) for one in values):
        raise TypeError("text is no number, whatever is written there")
    return values.astype(np.float32)


def _looked_at(step):
    """All steps of a model that are tested on records as they were fitted."""
    yield step
    if isinstance(step, Pipeline):
        inner = _sure_steps(step)
    else:
        inner = _inner(step) if type(step) in _PARTS else ()
    for one in inner:
        yield from _looked_at(one)


def _sure_steps(pipeline):
    if type(pipeline) is not Pipeline:
        return
    for _, step in pipeline.steps:
        yield step
        if not repeats(step, _KEEP):
            return


def steps_repeat(model):
    """Whether what stands before the last step does so to each training record."""
    while isinstance(model, Pipeline):
        if type(model) is not Pipeline or not all(
            repeats(step) for _, step in model.steps[:-1]
        ):
            return False
        model = model[-1]
    return True


def repeats(step, kinds=None):
    """Whether a step does to each training record what it did when it was fitted.

    Parameters
    ----------
    step : fitted transformer, str or None
    kinds : set of types, default=None
        Who does. None: all that are known, to the last bit. `_KEEP` are those of them
        behind which a record in another precision differs by rounding only: what is
        little of a large number is much of what is left when a scaler moved it.

    Returns
    -------
    repeats : bool
    """
    kinds = _REPEAT if kinds is None else kinds
    if _passes(step) or type(step) in kinds:
        return True
    if type(step) is FunctionTransformer:  # that of columns which are left alone
        return step.func is None
    inner = [*_inner(step)] if type(step) in _PARTS else []
    return bool(inner) and all(repeats(one, kinds) for one in inner)


def _inner(step):
    """Steps that a step is made of."""
    if isinstance(step, Pipeline):
        return [one for _, one in step.steps]
    if type(step) is ColumnTransformer:
        return [one for _, one, _ in step.transformers_]
    return [one for _, one in step.transformer_list]


_TESTS = {
    MinMaxScaler: _of_range,
    MaxAbsScaler: _of_largest,
    OneHotEncoder: _of_categories,
    OrdinalEncoder: _of_categories,
}
_PARTS = {
    Pipeline: _of_pipeline,
    ColumnTransformer: _of_columns,
    FeatureUnion: _of_union,
}
_REPEAT = {*_TESTS, StandardScaler, RobustScaler, SimpleImputer}
_KEEP = _REPEAT - {MinMaxScaler, StandardScaler, RobustScaler}
