"""Wrappers whose released model would not have the guarantee of the one inside."""

import inspect

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.ensemble import BaggingClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

import skmia.defenses
from skmia.defenses import (
    AdaptiveGuard,
    DisjointStackingClassifier,
    DistilledClassifier,
    FeatureBaggedClassifier,
    LabelOnly,
    NoisyPosterior,
    PateClassifier,
    PrivateForestClassifier,
    PrivateLogits,
    PrunedMLPClassifier,
    PurifiedPosterior,
    QueryLimit,
    ReverseSigmoidPosterior,
    RoundedPosterior,
    TemperaturePosterior,
    TopKPosterior,
)
from skmia.exceptions import PrivacyLeakWarning
from skmia.model_selection import PrivacyAwareSelector
from skmia.utils._wrapper import ClassifierWrapper

X, y = make_classification(200, random_state=0)

# One fit, one row for each record, and answers that are masked without the records.
POST_PROCESSING = {
    LabelOnly,
    NoisyPosterior,
    QueryLimit,
    ReverseSigmoidPosterior,
    RoundedPosterior,
    TemperaturePosterior,
    TopKPosterior,
    PrivateLogits,  # a guarantee of its own
    PateClassifier,
    PrunedMLPClassifier,  # takes networks only
    skmia.defenses.LocalDPClassifier,
    skmia.defenses.PenalizedClassifier,  # takes models with a penalty only
}
WRAPPERS = [
    cls
    for _, cls in inspect.getmembers(skmia.defenses, inspect.isclass)
    if issubclass(cls, ClassifierWrapper)
]


def private(**params):
    return PrivateForestClassifier(bounds=(-9, 9), classes=[0, 1], **params)


@pytest.mark.parametrize(
    "wrapper", [cls for cls in WRAPPERS if cls not in POST_PROCESSING], ids=str
)
def test_refused(wrapper):
    inner = make_pipeline(FunctionTransformer(), private())
    if wrapper is DisjointStackingClassifier:
        inner = [("one", inner), ("other", GaussianNB())]
    with pytest.raises(
        ValueError, match="must not hold PrivateForestClassifier, whose eps"
    ):
        wrapper(inner).fit(X, y)


@pytest.mark.parametrize(
    "wrapper",
    [LabelOnly, NoisyPosterior, QueryLimit, RoundedPosterior, TopKPosterior],
    ids=str,
)
def test_post_processing_keeps_the_secret(wrapper):
    model = wrapper(private(epsilon=1.0)).fit(X, y)
    assert model.estimator_.random_state is None
    assert model.estimator_.epsilon_ == 1.0


def test_auxiliary_records_make_it_post_processing():
    DistilledClassifier(private(), reference=X[:100], random_state=0).fit(
        X[100:], y[100:]
    )
    PurifiedPosterior(private(), reference=X[:100], random_state=0).fit(
        X[100:], y[100:]
    )
    AdaptiveGuard(private(), calibration=X[:100], random_state=0).fit(X[100:], y[100:])


def test_a_private_student_is_found():
    model = DistilledClassifier(MLPClassifier(), student=private())
    with pytest.raises(ValueError, match="pass 'reference'"):
        model.fit(X, y)


def test_distilled_teacher_has_no_seed():
    accountant = skmia.defenses.PrivacyAccountant()
    model = DistilledClassifier(
        private(accountant=accountant), reference=X[:100], random_state=0
    ).fit(X[100:], y[100:])
    # The student is of the same kind: it is fitted to public records, and booked too.
    assert np.all(accountant.ledger()["what"] == ["PrivateForestClassifier"] * 2)
    assert model.estimator_.random_state is None


def test_a_candidate_of_a_search_is_found():
    search = GridSearchCV(
        Pipeline([("model", GaussianNB())]), {"model": [GaussianNB(), private()]}, cv=2
    )
    with pytest.raises(ValueError, match="must not hold PrivateForestClassifier"):
        FeatureBaggedClassifier(search).fit(X, y)
    selector = PrivacyAwareSelector([("one", private())])
    with pytest.raises(ValueError, match="must not hold PrivateForestClassifier"):
        FeatureBaggedClassifier(selector).fit(X, y)


def test_bagging_of_scikit_learn_is_named():
    with pytest.warns(PrivacyLeakWarning, match="by an ensemble of scikit-learn"):
        BaggingClassifier(private(), n_estimators=1, random_state=0).fit(X, y)


def test_declared_labels_are_classes_whatever_they_look_like():
    labels = np.arange(len(y)) % 2.0
    labels[0] = 0.5
    model = PrivateForestClassifier(bounds=(-9, 9), classes=[0, 0.5, 1]).fit(X, labels)
    assert model.predict_proba(X).shape == (len(X), 3)


def test_sums_that_overflow_tell_nothing():
    records = X.copy()
    records[:2, 0] = 1e308, -1e308
    records[2:4, 0] = 1e308, -1e308
    private().fit(records, y)  # no RuntimeWarning, which would be an error here
