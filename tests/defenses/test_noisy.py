import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy.special import logit
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from skmia.defenses import NoisyPosterior


@pytest.fixture
def iris():
    return load_iris(return_X_y=True)


@pytest.mark.parametrize("space", ["logits", "probabilities"])
@pytest.mark.parametrize("noise", ["gaussian", "laplace"])
def test_label_is_preserved_or_not(space, noise, iris):
    X, y = iris
    kept = NoisyPosterior(
        GaussianNB(), scale=5, noise=noise, space=space, random_state=0
    ).fit(X, y)
    free = NoisyPosterior(
        GaussianNB(),
        scale=5,
        noise=noise,
        space=space,
        preserve_label=False,
        random_state=0,
    ).fit(X, y)
    labels = GaussianNB().fit(X, y).predict(X)
    assert_array_equal(kept.predict(X), labels)
    assert (free.predict(X) != labels).any()
    # The same noise, exchanged within the row.
    np.testing.assert_allclose(
        np.sort(free.predict_proba(X)), np.sort(kept.predict_proba(X)), rtol=1e-12
    )


@pytest.mark.parametrize("space", ["logits", "probabilities"])
def test_no_noise(space, iris):
    X, y = iris
    model = NoisyPosterior(GaussianNB(), scale=0, space=space, random_state=0)
    model.fit(X, y)
    inner = model.estimator_.predict_proba(X)
    np.testing.assert_allclose(model.predict_proba(X), inner, rtol=0, atol=1e-14)


def test_answer_depends_on_record_and_key_only(iris):
    X, y = iris
    X = X.astype(np.float32).astype(float)  # in the middle of its cell
    model = NoisyPosterior(LogisticRegression(max_iter=500), random_state=0).fit(X, y)
    answer = model.predict_proba(X)
    np.testing.assert_allclose(
        model.predict_proba(X + 1e-12), answer, rtol=0, atol=1e-6
    )
    frame = pd.DataFrame(X)
    named = NoisyPosterior(LogisticRegression(max_iter=500), random_state=0).fit(
        frame, y
    )
    assert_array_equal(named.predict_proba(frame), answer)
    other = NoisyPosterior(LogisticRegression(max_iter=500), random_state=1).fit(X, y)
    assert (other.predict_proba(X) != answer).all(axis=1).mean() > 0.9
    moved = model.predict_proba(X + 1e-3) - answer
    assert abs(moved).max() > 0.1


@pytest.mark.parametrize(("noise", "deviation"), [("gaussian", 1), ("laplace", 2**0.5)])
def test_size_of_the_noise(noise, deviation, global_random_seed):
    rng = np.random.RandomState(global_random_seed)
    X = rng.normal(size=(4000, 2))
    y = rng.randint(2, size=4000)
    model = NoisyPosterior(
        LogisticRegression(),
        scale=0.5,
        noise=noise,
        preserve_label=False,
        random_state=global_random_seed,
    ).fit(X, y)
    inner = model.estimator_.predict_proba(X)[:, 1]
    drawn = logit(model.predict_proba(X)[:, 1]) - logit(inner)
    # Two independent draws differ: twice the variance of one.
    expected = 0.5 * deviation * 2**0.5
    # Standard errors of mean and deviation from n draws: s / sqrt(n) and
    # s * sqrt((kurtosis - 1) / 4n), the kurtosis of two Laplace draws being 4.5.
    # Five of them.
    assert abs(drawn.mean()) < 5 * expected / 4000**0.5
    tolerance = 5 * expected * (3.5 / 4 / 4000) ** 0.5
    assert abs(drawn.std() - expected) < tolerance


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("scale", -1),
        ("noise", "uniform"),
        ("space", "labels"),
        ("preserve_label", "yes"),
    ],
)
def test_bad_parameters(name, value, iris):
    message = f"'{name}' parameter of NoisyPosterior must be"
    with pytest.raises(ValueError, match=message):
        NoisyPosterior(GaussianNB(), **{name: value}).fit(*iris)
