"""The model that learned, behind what only hands records on to it."""

from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    MaxAbsScaler,
    MinMaxScaler,
    Normalizer,
    OneHotEncoder,
    OrdinalEncoder,
    RobustScaler,
    StandardScaler,
)

from skmia.utils._inside import before_last

# Steps that learn of columns, and hold no rows. By exact type.
_OF_COLUMNS = (
    *(StandardScaler, MinMaxScaler, MaxAbsScaler, RobustScaler, Normalizer),
    *(OneHotEncoder, OrdinalEncoder, SimpleImputer, PCA),
    *(CountVectorizer, TfidfVectorizer),
)


def inner_model(model, X):
    """The fitted model behind pipelines, searches and frozen models, and its records.

    Parameters
    ----------
    model : fitted classifier
    X : records
        As `model` takes them.

    Returns
    -------
    inner : fitted classifier
        Answers for the records below as `model` does for `X`.
    X : records
        As `inner` takes them.
    steps : list
        What prepares records for `inner`.
    """
    steps = []
    while True:
        if isinstance(model, Pipeline):
            X, (*before, (_, last)) = before_last(model, X), model.steps
            steps += [step for _, step in before]
            model = last
        elif type(model) is FrozenEstimator:
            model = model.estimator
        elif hasattr(model, "best_estimator_"):
            model = model.best_estimator_
        else:
            return model, X, steps


def hold_no_rows(steps):
    """Whether it is known of all steps that they hold no training records.

    Parameters
    ----------
    steps : iterable of fitted transformer or str
    """
    return all(map(_holds_no_rows, steps))


def _holds_no_rows(step):
    if isinstance(step, str | None):
        return step in ("passthrough", "drop", None)
    if type(step) is ColumnTransformer:
        return hold_no_rows(part for _, part, _ in step.transformers_)
    if isinstance(step, Pipeline):
        return hold_no_rows(part for _, part in step.steps)
    return type(step) in _OF_COLUMNS
