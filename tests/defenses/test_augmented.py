import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from recorders import Recorder, WeightedRecorder
from scipy import sparse
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.utils import check_random_state

from skmia.defenses import AugmentedClassifier
from skmia.defenses.training._augmenters import AUGMENTERS, add_noise, partners

NAMES = sorted(AUGMENTERS)


@pytest.fixture
def iris():
    return load_iris(return_X_y=True)


@pytest.fixture
def towns():
    frame = pd.DataFrame(
        {
            "town": pd.Categorical(["a", "b", None, "c"] * 10),
            "name": ["u", "v", "w", "x"] * 10,
            "size": [1.0, np.nan, 3.0, 2.0] * 10,
        },
        index=range(100, 140),
    )
    return frame, np.array(["no", "yes"] * 20)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("keep_original", [True, False])
def test_rows_and_weights(name, keep_original, iris):
    X, y = iris
    model = AugmentedClassifier(
        WeightedRecorder(),
        augmenter=name,
        strength=0.5,
        n_copies=3,
        keep_original=keep_original,
        random_state=0,
    )
    seen = model.fit(X, y).estimator_
    blocks = seen.X_.reshape(-1, 150, 4)
    assert len(blocks) == 3 + keep_original
    assert_array_equal(seen.y_.reshape(-1, 150), [y] * len(blocks))
    assert_allclose(seen.sample_weight_, 1 / len(blocks))
    if keep_original:
        assert_array_equal(blocks[0], X)
    copies = blocks[keep_original:]
    assert (copies != X).mean() > 0.3
    assert not np.array_equal(copies[0], copies[1])


def test_inner_model_without_weights(iris):
    X, y = iris
    model = AugmentedClassifier(Recorder(), n_copies=2, random_state=0)
    seen = model.fit(X, y).estimator_
    assert len(seen.X_) == 450


@pytest.mark.parametrize("name", NAMES)
def test_no_strength_is_a_plain_fit(name, iris):
    X, y = iris
    inner = make_pipeline(LogisticRegression(max_iter=500))
    model = AugmentedClassifier(
        inner, augmenter=name, strength=0, n_copies=2, random_state=0
    )
    expected = inner.fit(X, y).predict_proba(X)
    # The same objective up to rounding; the optimiser stops at a gradient of 1e-4.
    assert_allclose(model.fit(X, y).predict_proba(X), expected, atol=1e-3)


@pytest.mark.parametrize("noise", ["gaussian", "uniform"])
def test_noise_has_the_asked_standard_deviation(noise, global_random_seed):
    rng = check_random_state(global_random_seed)
    drawn = add_noise(np.zeros((20_000, 2)), np.array([0.0, 3.0]), noise, rng)
    assert_array_equal(drawn[:, 0], 0)
    # The standard error of a standard deviation s of n Gaussian values is
    # s / sqrt(2 n) = 0.015, that of the mean 0.021; five of these.
    assert abs(drawn[:, 1].std() - 3) < 0.075
    assert abs(drawn[:, 1].mean()) < 0.11
    assert abs(drawn).max() > 3
    assert noise == "gaussian" or abs(drawn).max() <= 3 * 3**0.5


@pytest.mark.parametrize("name", ["drop", "resample"])
def test_entries_are_altered_with_the_asked_probability(name, global_random_seed):
    rng = check_random_state(global_random_seed)
    X = rng.normal(size=(5000, 2))
    altered = AUGMENTERS[name](X, None, 0.3, rng) != X
    # 10,000 entries: standard error 0.0046; five of these. A resampled entry keeps
    # its value once in 5000.
    assert abs(altered.mean() - 0.3) < 0.024


def test_dropped_entries_are_the_mean(iris):
    X, y = iris
    dropped = AUGMENTERS["drop"](X, y, 1.0, check_random_state(0))
    assert_allclose(dropped, np.tile(X.mean(axis=0), (150, 1)))


def test_interpolation_stays_inside_the_class():
    X = np.array([[0.0], [1.0], [10.0], [11.0], [100.0]])
    y = np.array([0, 0, 1, 1, 2])
    moved = AUGMENTERS["interpolate"](X, y, 1.0, check_random_state(0))[:, 0]
    assert ((moved > [0, 0, 10, 10, 99]) & (moved < [1, 1, 11, 11, 101])).all()
    assert moved[4] == 100


def test_partners_are_others_of_the_group():
    groups = np.array(["a", "b", "a", "c", "a", "b"])
    partner = partners(groups, check_random_state(0))
    assert_array_equal(groups[partner], groups)
    assert_array_equal(np.sort(partner), np.arange(6))
    assert_array_equal(np.flatnonzero(partner == np.arange(6)), [3])


def test_resampling_keeps_the_types_of_columns(towns):
    frame, y = towns
    model = AugmentedClassifier(
        Recorder(), augmenter="resample", strength=1.0, random_state=0
    )
    seen = model.fit(frame, y).estimator_.X_
    assert_array_equal(seen.dtypes, frame.dtypes)
    assert_array_equal(seen.columns, frame.columns)
    pd.testing.assert_frame_equal(seen[:40], frame.reset_index(drop=True))
    for name in frame:
        assert set(seen[name].dropna()) <= set(frame[name].dropna())


def test_resampling_in_front_of_an_encoder(towns):
    encode = make_column_transformer(
        (OneHotEncoder(sparse_output=False), ["town", "name"])
    )
    model = AugmentedClassifier(
        make_pipeline(encode, GaussianNB()), augmenter="resample", random_state=0
    )
    assert model.fit(*towns).score(*towns) == 1
    X = towns[0].to_numpy(dtype=object)
    model = AugmentedClassifier(Recorder(), augmenter="resample", random_state=0)
    assert model.fit(X, towns[1]).estimator_.X_.shape == (80, 3)


@pytest.mark.parametrize("name", ["jitter", "interpolate"])
def test_missing_values_stay_missing(name, iris):
    X, y = iris[0].copy(), iris[1]
    X[::3, 0] = np.nan
    X[:, 3] = np.nan
    model = AugmentedClassifier(
        Recorder(), augmenter=name, keep_original=False, random_state=0
    )
    seen = model.fit(X, y).estimator_.X_
    assert np.isnan(seen[np.isnan(X)]).all()
    assert name != "jitter" or np.isfinite(seen[np.isfinite(X)]).all()


def test_callable(iris):
    def shifted(X, y, rng):
        X += y[:, np.newaxis] + rng.uniform()
        return X.tolist()

    X, y = iris
    before = X.copy()
    model = AugmentedClassifier(Recorder(), augmenter=shifted, random_state=0)
    seen = model.fit(X, y).estimator_.X_
    assert_array_equal(X, before)
    assert_array_equal(seen[:150], X)
    difference = seen[150:] - X - y[:, np.newaxis]
    assert difference.min() > 0
    assert_allclose(difference, difference[0, 0])


@pytest.mark.parametrize(
    "kind", [sparse.csr_array, lambda X: pd.DataFrame(X, columns=list("abcd"))]
)
def test_callable_gets_records_as_they_are(kind, iris):
    X = kind(iris[0])
    kinds = []

    def same(X, y, rng):
        kinds.append(type(X))
        return X

    seen = AugmentedClassifier(Recorder(), augmenter=same).fit(X, iris[1]).estimator_
    assert kinds == [type(X)]
    assert type(seen.X_) is type(X)
    assert seen.X_.shape == (300, 4)


def test_callable_must_keep_the_shape(iris):
    model = AugmentedClassifier(Recorder(), augmenter=lambda X, y, rng: X[:9])
    message = r"must return records of the shape it was given, \(150, 4\). Got \(9, 4\)"
    with pytest.raises(ValueError, match=message):
        model.fit(*iris)
    assert not hasattr(model, "estimator_")


@pytest.mark.parametrize("name", ["drop", "interpolate", "resample"])
def test_strength_of_a_probability(name, iris):
    model = AugmentedClassifier(Recorder(), augmenter=name, strength=1.5)
    message = rf"'strength' parameter .* in \[0, 1\] for the augmenter '{name}'. Got 1"
    with pytest.raises(ValueError, match=message):
        model.fit(*iris)


def test_what_cannot_be_altered(towns, iris):
    frame, y = towns
    with pytest.raises(ValueError, match="AugmentedClassifier computes with the feat"):
        AugmentedClassifier(Recorder()).fit(frame, y)
    model = AugmentedClassifier(Recorder(), augmenter="resample")
    with pytest.raises(TypeError, match="sparse matrix, but dense data is required"):
        model.fit(sparse.csr_array(iris[0]), iris[1])
    with pytest.raises(ValueError, match="'augmenter' parameter of AugmentedClassifi"):
        model.set_params(augmenter="crop").fit(*iris)
