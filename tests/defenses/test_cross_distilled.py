import numpy as np
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia.defenses import CrossDistilledClassifier
from skmia.defenses.distillation._folds import deal_folds
from skmia.utils._soft_labels import fit_soft_labels


@pytest.fixture
def blobs(global_random_seed):
    return make_blobs(
        60, centers=3, cluster_std=4, n_features=3, random_state=global_random_seed
    )


def transposed(X, y, folds):
    """Soft labels of PCKD, the long way."""
    soft = np.zeros((len(y), 3))
    for i, own in enumerate(folds):
        others = [j for j in np.unique(folds) if j != own]
        for j in others:
            teacher = GaussianNB().fit(X[folds == j], y[folds == j])
            soft[i] += teacher.predict_proba(X[[i]])[0] / len(others)
    return soft


@pytest.mark.parametrize("scheme", ["complement", "fold"])
def test_student_of_the_soft_labels(scheme, blobs):
    X, y = blobs
    folds = deal_folds(y, 4, np.random.RandomState(5), np.ones(60, int))
    if scheme == "complement":
        soft = cross_val_predict(
            GaussianNB(), X, y, cv=PredefinedSplit(folds), method="predict_proba"
        )
    else:
        soft = transposed(X, y, folds)
    student = fit_soft_labels(LogisticRegression(), X, soft, [0, 1, 2], random_state=0)
    model = CrossDistilledClassifier(
        GaussianNB(), student=LogisticRegression(), scheme=scheme, cv=4, random_state=5
    )
    answer = model.fit(X, y).predict_proba(X)
    assert_allclose(answer, student.predict_proba(X), atol=1e-6)


def test_two_folds_are_their_own_complements(blobs):
    X, y = blobs
    one, other = (
        CrossDistilledClassifier(GaussianNB(), scheme=scheme, cv=2, random_state=0)
        for scheme in ("complement", "fold")
    )
    folds = deal_folds(y, 2, np.random.RandomState(0), np.ones(60, int))
    rng = np.random.RandomState(0)
    expected = one._teach(X, y, folds, rng, None, 3)
    assert_array_equal(other._teach(X, y, folds, rng, None, 3), expected)


@pytest.mark.parametrize("scheme", ["complement", "fold"])
def test_classes_smaller_than_the_number_of_folds(scheme, blobs):
    X, y = blobs
    rare = y.copy()
    rare[:2] = 9
    model = CrossDistilledClassifier(GaussianNB(), scheme=scheme, random_state=0)
    assert_array_equal(model.fit(X, rare).classes_, [0, 1, 2, 9])
    assert model.predict_proba(X).shape == (60, 4)
    rare[1] = 0
    with pytest.raises(ValueError, match=r"at least 2 .* Got 1 of class 9"):
        model.fit(X, rare)


def test_more_folds_than_records(blobs):
    X, y = blobs
    model = CrossDistilledClassifier(GaussianNB(), cv=61)
    with pytest.raises(ValueError, match=r"training records: 60. Got 61 instead"):
        model.fit(X, y)


@pytest.mark.parametrize("scheme", ["complement", "fold"])
def test_n_jobs_changes_nothing(scheme, blobs):
    X, y = blobs
    tree = DecisionTreeClassifier(max_features=1)
    model = CrossDistilledClassifier(tree, scheme=scheme, cv=3, random_state=0)
    expected = model.fit(X, y).predict_proba(X)
    with parallel_config(backend="threading"):
        answer = model.set_params(n_jobs=2).fit(X, y).predict_proba(X)
    assert_array_equal(answer, expected)
