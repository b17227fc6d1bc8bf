"""What a kind of model will not take, told before it is asked."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmia.utils._values import check_values, holds_numbers, takes_missing

IMPUTES = make_pipeline(
    make_column_transformer((SimpleImputer(), [0]), remainder="passthrough"),
    GaussianNB(),
)
NUMBERS = np.array([[1.0, 2.0]])
MISSING = np.array([[1.0, np.nan]])
WORDS = pd.DataFrame({"a": [1.0, np.nan], "b": ["x", "y"]})


@pytest.mark.parametrize(
    ("estimator", "taken"),
    [
        (GaussianNB(), False),
        (FrozenEstimator(GaussianNB().fit([[0], [1]], [0, 1])), False),
        # A scaler passes them on, to a model that does not take them.
        (make_pipeline(StandardScaler(), LogisticRegression()), False),
        (make_pipeline(StandardScaler(), HistGradientBoostingClassifier()), True),
        (HistGradientBoostingClassifier(), True),
        (IMPUTES, True),
    ],
)
def test_who_takes_missing_values(estimator, taken):
    assert takes_missing(estimator) == taken


@pytest.mark.parametrize(
    ("X", "numbers"),
    [
        (NUMBERS, True),
        (NUMBERS.astype(int), True),
        (NUMBERS.astype(object), False),
        ([["a"]], False),
        (pd.DataFrame(NUMBERS), True),
        (WORDS, False),
        (WORDS[["a"]], True),
        (sparse.csr_array(NUMBERS), True),
    ],
)
def test_what_holds_numbers(X, numbers):
    assert holds_numbers(X) == numbers


@pytest.mark.parametrize(
    "missing", [MISSING, pd.DataFrame(MISSING), sparse.csr_array(MISSING), WORDS]
)
def test_missing_values(missing):
    with pytest.raises(ValueError, match="Input X contains NaN"):
        check_values(missing, GaussianNB(), "Owner", numbers=False)
    check_values(missing, IMPUTES, "Owner", numbers=False)


@pytest.mark.parametrize("words", [WORDS, WORDS.to_numpy()])
def test_words_where_only_numbers_will_do(words):
    with pytest.raises(ValueError, match="could not convert string to float"):
        check_values(words, IMPUTES, "Owner", numbers=True)
    check_values(words, IMPUTES, "Owner", numbers=False)


def test_numbers_are_left_alone():
    check_values(NUMBERS.astype(object), GaussianNB(), "Owner", numbers=True)
    check_values(pd.DataFrame(NUMBERS), GaussianNB(), "Owner", numbers=True)
