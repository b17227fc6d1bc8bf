import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss
from sklearn.naive_bayes import GaussianNB

from skmia.defenses import TopKPosterior


@pytest.fixture
def digits():
    return load_digits(return_X_y=True)


@pytest.mark.parametrize(("fill", "k"), [("spread", 1), ("renormalise", 3)])
def test_releases_k_values_and_one_for_the_rest(fill, k, digits):
    X, y = digits
    model = TopKPosterior(GaussianNB(var_smoothing=1e-2), k=k, fill=fill).fit(X, y)
    posterior = model.predict_proba(X)
    assert max(len(set(row)) for row in posterior) == k + 1
    assert np.isfinite(log_loss(y, posterior))


def test_spread_releases_the_largest_entries_as_they_are(digits):
    X, y = digits
    model = TopKPosterior(GaussianNB(var_smoothing=1e-2), k=2).fit(X, y)
    inner = np.sort(model.estimator_.predict_proba(X))[:, -2:]
    np.testing.assert_array_equal(np.sort(model.predict_proba(X))[:, -2:], inner)


@pytest.mark.parametrize("k", [10, 50])
@pytest.mark.parametrize("fill", ["spread", "renormalise"])
def test_as_many_as_there_are_classes_hide_nothing(k, fill, digits):
    X, y = digits
    model = TopKPosterior(GaussianNB(), k=k, fill=fill).fit(X, y)
    inner = model.estimator_.predict_proba(X)
    np.testing.assert_array_equal(model.predict_proba(X), inner)


@pytest.mark.parametrize("k", [0, -3, 2.0])
def test_k_below_one(k, digits):
    message = r"'k' parameter of TopKPosterior must be an int in the range \[1, inf\)"
    with pytest.raises(ValueError, match=message):
        TopKPosterior(GaussianNB(), k=k).fit(*digits)


@pytest.mark.parametrize("fill", ["zero", "mean", None])
def test_fill_must_give_posteriors(fill, digits):
    with pytest.raises(ValueError, match="'fill' parameter of TopKPosterior must be"):
        TopKPosterior(GaussianNB(), fill=fill).fit(*digits)
