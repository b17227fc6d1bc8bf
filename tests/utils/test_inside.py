"""Which models cannot be trained again."""

import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmia.defenses import RoundedPosterior
from skmia.utils._inside import is_frozen

FROZEN = FrozenEstimator(LogisticRegression())


@pytest.mark.parametrize(
    ("estimator", "expected"),
    [
        (FROZEN, True),
        (RoundedPosterior(FROZEN), True),
        (make_pipeline(StandardScaler(), FROZEN), True),
        (make_pipeline(FrozenEstimator(StandardScaler()), LogisticRegression()), False),
        (RoundedPosterior(LogisticRegression()), False),
        (LogisticRegression(), False),
    ],
)
def test_the_classifier_that_answers_counts(estimator, expected):
    assert is_frozen(estimator) is expected
