import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import RidgeClassifier
from sklearn.naive_bayes import GaussianNB

from skmia.defenses import LabelOnly


@pytest.fixture
def iris():
    return load_iris(return_X_y=True)


@pytest.mark.parametrize(
    "method", ["predict_proba", "predict_log_proba", "decision_function"]
)
def test_no_scores(method, iris):
    unfitted = LabelOnly(GaussianNB())
    assert not hasattr(unfitted, method)
    fitted = unfitted.fit(*iris)
    assert not hasattr(fitted, method)
    with pytest.raises(AttributeError, match=f"'LabelOnly' .* '{method}'"):
        getattr(fitted, method)


def test_labels_are_those_of_the_model(iris):
    X, y = iris
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    expected = GaussianNB().fit(X, names).predict(X)
    np.testing.assert_array_equal(
        LabelOnly(GaussianNB()).fit(X, names).predict(X), expected
    )


def test_needs_no_scores(iris):
    X, y = iris
    assert LabelOnly(RidgeClassifier()).fit(X, y).score(X, y) > 0.8
