from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy.special import logit
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.tree import DecisionTreeClassifier

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


def spellings(value, n):
    """Ways to write a number that a model reads as one and the same."""
    yield from (value, np.float64(value), Decimal(repr(value)), Fraction(value))
    yield from (repr(value), repr(value).encode(), np.str_(value), np.array(value))
    for width in range(n - 8):
        yield f"{value!r:>{width + 8}}"


def test_no_way_of_writing_a_record_has_noise_of_its_own(iris):
    """200 spellings of one number averaged the noise away."""
    X, y = iris
    model = NoisyPosterior(GaussianNB(), random_state=0).fit(X, y)
    expected = model.predict_proba(X[70:71])
    assert (expected != model.estimator_.predict_proba(X[70:71])).all()
    record = X[70:71].astype(object)
    for spelling in spellings(X[70, 0].item(), 200):
        record[0, 0] = spelling
        assert_array_equal(model.predict_proba(record), expected)


@pytest.mark.parametrize(
    "write",
    [
        lambda X: X.astype(object),
        lambda X: X.astype(str).astype(object),
        lambda X: pd.DataFrame(X).astype({2: object}),
        lambda X: pd.DataFrame(X).astype({2: "string"}),
        lambda X: pd.DataFrame(X).astype("Int64"),
        lambda X: X.astype(np.uint8),
        lambda X: X.astype("M8[D]"),
        lambda X: X.astype("m8[h]"),
        lambda X: pd.DataFrame(X.astype("M8[s]")),
        lambda X: X.tolist(),
    ],
)
def test_types_and_containers_have_no_noise_of_their_own(write, iris):
    X, y = np.round(10 * iris[0]), iris[1]
    tree = DecisionTreeClassifier(min_samples_leaf=20, random_state=0)
    model = NoisyPosterior(tree, random_state=0).fit(X, y)
    assert_array_equal(model.predict_proba(write(X)), model.predict_proba(X))


def test_columns_that_the_model_does_not_read_make_no_noise(iris):
    X, y = iris
    frame = pd.DataFrame(X, columns=list("abcd"))
    picks = make_column_transformer(("passthrough", list("abcd")))
    model = NoisyPosterior(make_pipeline(picks, GaussianNB()), random_state=0)
    expected = model.fit(frame, y).predict_proba(frame)
    for other in (frame[list("dbca")], frame.assign(e=1), frame.assign(e=2)):
        assert_array_equal(model.predict_proba(other), expected)


def test_numbers_and_words_in_one_column():
    X = pd.DataFrame({"a": ["1.0", "x", 1, None] * 10}, dtype=object)
    encoder = FunctionTransformer(lambda X: (X == "x").to_numpy(dtype=float))
    model = NoisyPosterior(make_pipeline(encoder, GaussianNB()), random_state=0)
    told = model.fit(X, [0, 1] * 20).predict_proba(X)
    assert_array_equal(told[0], told[2])
    assert len(np.unique(told, axis=0)) == 3
