import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

from skmia.defenses import ReverseSigmoidPosterior


@pytest.fixture
def iris():
    return load_iris(return_X_y=True)


def test_published_defaults_on_a_certain_row(iris):
    X, y = iris
    model = ReverseSigmoidPosterior(KNeighborsClassifier(3)).fit(X, y)
    assert model.estimator_.predict_proba(X[:1]).tolist() == [[1, 0, 0]]
    # The toolbox's formula: logits of 1e-9 and 1 - 1e-9, times 0.1.
    shift = 1 / (1 + np.exp(-0.1 * np.log(1e9))) - 0.5
    expected = np.array([1 - shift, shift, shift]) / (1 + shift)
    np.testing.assert_allclose(model.predict_proba(X[:1])[0], expected, rtol=1e-7)


@pytest.mark.parametrize(
    ("name", "value"), [("beta", -1), ("gamma", "steep"), ("gamma", np.nan)]
)
def test_out_of_range(name, value, iris):
    message = f"'{name}' parameter of ReverseSigmoidPosterior must be a float in the"
    with pytest.raises(ValueError, match=message):
        ReverseSigmoidPosterior(GaussianNB(), **{name: value}).fit(*iris)
