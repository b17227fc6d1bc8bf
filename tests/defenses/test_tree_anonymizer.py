import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_breast_cancer
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier
from sklearn_checks import parametrize_with_checks

from skmia.defenses import TreeAnonymizer


@parametrize_with_checks(
    [
        TreeAnonymizer(GaussianNB(), k=3, random_state=0),
        TreeAnonymizer(DecisionTreeClassifier(random_state=0), k=2, random_state=0),
    ]
)
def test_sklearn_checks(estimator, check):
    check(estimator)


@pytest.fixture
def cancer():
    return load_breast_cancer(return_X_y=True, as_frame=True)


@pytest.mark.parametrize("k", [2, 10, 50])
def test_cells_hold_k_records_and_one_answer_mostly(k, cancer):
    X, y = cancer
    anonymizer = TreeAnonymizer(GaussianNB(), k=k, random_state=0)
    recoded = anonymizer.fit_transform(X, y)
    sizes = recoded.groupby([*X.columns]).size()
    assert sizes.min() >= k
    # Cells follow the model: it says the same of a record and of its recoding.
    model = anonymizer.estimator_
    assert np.mean(model.predict(recoded) == model.predict(X)) > 0.9


def test_values_are_those_of_records(cancer):
    X, y = cancer
    recoded = TreeAnonymizer(GaussianNB(), random_state=0).fit_transform(X, y)
    for name in X:
        assert set(recoded[name]) <= set(X[name])


def test_value_closest_to_the_median_and_mode():
    X = pd.DataFrame(
        {"n": [1, 2, 9, 30], "c": list("baac"), "b": [True, True, False, True]}
    )
    # One cell: the model says one thing. The median 5.5 is as far from 2 as from 9.
    anonymizer = TreeAnonymizer(DummyClassifier(), k=2, random_state=0)
    recoded = anonymizer.fit_transform(X, [0, 0, 0, 1])
    assert recoded.to_numpy().tolist() == [[2, "a", True]] * 4
    assert recoded.dtypes.equals(X.dtypes)


def test_frozen_model_is_asked_as_it_is(cancer):
    X, y = cancer
    model = RandomForestClassifier(n_estimators=5, random_state=0).fit(X, y)
    anonymizer = TreeAnonymizer(FrozenEstimator(model), random_state=0)
    # The labels are not those the model knows.
    recoded = anonymizer.fit_transform(X, 1 - y)
    assert anonymizer.estimator_.estimator is model
    assert np.mean(model.predict(recoded) == model.predict(X)) > 0.9


def test_depth_limits_the_cells(cancer):
    anonymizer = TreeAnonymizer(GaussianNB(), k=2, max_depth=1, random_state=0)
    assert anonymizer.fit(*cancer).n_cells_ == 2


def test_categories_separate_cells():
    X = pd.DataFrame({"town": list("abcd") * 5, "size": np.arange(20)})
    y = (X["town"] == "b").to_numpy()

    class Known(DummyClassifier):
        def predict(self, X):
            return (X["town"] == "b").to_numpy()

    anonymizer = TreeAnonymizer(
        Known(), k=5, quasi_identifiers=["town"], random_state=0
    )
    recoded = anonymizer.fit_transform(X, y)
    assert_array_equal(recoded["town"] == "b", y)
    assert_array_equal(recoded["size"], X["size"])
    # What was never seen goes where no category is.
    new = pd.DataFrame({"town": ["z", None], "size": [0, 0]})
    assert anonymizer.transform(new)["town"].tolist() == ["a", "a"]


def test_missing_numbers_stay_missing():
    X = np.array([[1.0], [1.0], [np.nan], [np.nan]])
    model = DecisionTreeClassifier(random_state=0)
    recoded = TreeAnonymizer(model, k=2, random_state=0).fit_transform(X, [0, 0, 1, 1])
    assert_array_equal(recoded, X)
    with pytest.raises(ValueError, match="TreeAnonymizer does not accept missing"):
        TreeAnonymizer(GaussianNB(), k=2).fit(X, [0, 0, 1, 1])


def test_too_few_records_for_a_cell_fit_nothing():
    class Unfit(DummyClassifier):
        def fit(self, X, y):
            raise AssertionError

    message = r"'k' parameter of TreeAnonymizer must be at most .*k=5 .*n_samples=3"
    with pytest.raises(ValueError, match=message):
        TreeAnonymizer(Unfit()).fit(np.zeros((3, 1)), [0, 1, 0])


def test_needs_a_model():
    with pytest.raises(ValueError, match="'estimator' parameter of TreeAnonymizer"):
        TreeAnonymizer(None).fit(np.zeros((9, 1)), [0] * 9)
    with pytest.raises(ValueError, match="requires y to be passed"):
        TreeAnonymizer(GaussianNB()).fit(np.zeros((9, 1)), None)
