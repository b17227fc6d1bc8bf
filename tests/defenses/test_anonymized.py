import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia.defenses import AnonymizedClassifier, MondrianAnonymizer, TreeAnonymizer


class Remembering(ClassifierMixin, BaseEstimator):
    """Keeps what it was trained on and what it was asked."""

    def fit(self, X, y):
        self.seen_, self.labels_ = X, y
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        self.asked_ = X
        return np.repeat(self.classes_[0], len(X))


@pytest.fixture
def cancer():
    return load_breast_cancer(return_X_y=True, as_frame=True)


ANONYMIZERS = [
    None,
    MondrianAnonymizer(7),
    TreeAnonymizer(GaussianNB(), k=7, random_state=0),
]


@pytest.mark.parametrize("anonymizer", ANONYMIZERS)
def test_training_records_are_anonymous_and_queries_are_not(anonymizer, cancer):
    X, y = cancer
    model = AnonymizedClassifier(Remembering(), anonymizer=anonymizer).fit(X, y)
    inner = model.estimator_
    k = 5 if anonymizer is None else 7
    assert inner.seen_.groupby([*X.columns]).size().min() >= k
    assert_array_equal(inner.labels_, y)
    model.predict(X)
    assert inner.asked_.equals(X)


def test_model_of_anonymous_records_still_works(cancer):
    X, X_test, y, y_test = train_test_split(*cancer, random_state=0)
    tree = DecisionTreeClassifier(random_state=0)
    model = AnonymizedClassifier(tree).fit(X, y)
    assert model.score(X_test, y_test) > 0.85
    # A tree knows its own training records by heart, but not the recoded ones.
    assert tree.fit(X, y).score(X, y) == 1 > model.score(X, y)


def test_too_few_records_fit_nothing():
    class Unfit(Remembering):
        def fit(self, X, y):
            raise AssertionError

    model = AnonymizedClassifier(Unfit())
    with pytest.raises(ValueError, match=r"Got k=5 instead; n_samples=4"):
        model.fit(np.zeros((4, 2)), [0, 1, 0, 1])
    assert not hasattr(model, "anonymizer_")


def test_missing_values_are_for_the_model_to_take(cancer):
    X, y = cancer
    X = X.mask(X.gt(X.quantile(0.9)))
    boosting = HistGradientBoostingClassifier(max_iter=3, random_state=0)
    model = AnonymizedClassifier(boosting).fit(X, y)
    assert model.predict_proba(X).shape == (len(y), 2)
    with pytest.raises(ValueError, match="GaussianNB does not accept missing"):
        AnonymizedClassifier(GaussianNB()).fit(X, y)


def test_nothing_given_is_fitted(cancer):
    anonymizer, inner = MondrianAnonymizer(), GaussianNB()
    AnonymizedClassifier(inner, anonymizer=anonymizer).fit(*cancer)
    assert not hasattr(anonymizer, "n_cells_")
    assert not hasattr(inner, "classes_")


def test_frozen_model_stays_as_it_is(cancer):
    model = GaussianNB().fit(*cancer)
    fitted = AnonymizedClassifier(FrozenEstimator(model)).fit(*cancer)
    assert fitted.estimator_.estimator is model


def test_k_is_tuned(cancer):
    model = AnonymizedClassifier(GaussianNB(), anonymizer=MondrianAnonymizer())
    search = GridSearchCV(model, {"anonymizer__k": [2, 50]}, cv=2).fit(*cancer)
    assert set(search.best_params_) == {"anonymizer__k"}


def test_bad_anonymizer(cancer):
    with pytest.raises(ValueError, match="'anonymizer' parameter of AnonymizedClas"):
        AnonymizedClassifier(GaussianNB(), anonymizer=5).fit(*cancer)
