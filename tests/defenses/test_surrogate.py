from io import StringIO

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from recorders import Recorder
from sklearn.base import BaseEstimator
from sklearn.datasets import load_iris
from sklearn.mixture import GaussianMixture
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KernelDensity, KNeighborsClassifier, NearestNeighbors
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import get_tags

from skmia.defenses import SurrogateDataClassifier
from skmia.defenses.distillation._generator import ShrunkGaussian
from skmia.defenses.distillation._surrogate import class_sizes

GENERATORS = [
    None,
    KernelDensity(bandwidth=0.3),
    GaussianMixture(2, random_state=3),
]


@pytest.fixture
def iris():
    return load_iris(return_X_y=True)


def trained_on(X, y, **parameters):
    model = SurrogateDataClassifier(Recorder(), random_state=0, **parameters)
    seen = model.fit(X, y).estimator_
    return seen.X_, seen.y_


@pytest.mark.parametrize("generator", GENERATORS)
def test_no_real_record_and_as_many_of_each_class(generator, iris):
    X, y = iris
    records, labels = trained_on(X, y, generator=generator)
    assert records.shape == X.shape
    assert_array_equal(np.unique(labels, return_counts=True)[1], [50, 50, 50])
    assert len(np.unique(np.vstack([np.unique(X, axis=0), records]), axis=0)) == (
        len(np.unique(X, axis=0)) + 150
    )


@pytest.mark.parametrize("generator", GENERATORS)
def test_synthetic_records_look_like_their_class(generator, iris):
    """Train on synthetic records, test on real ones."""
    model = SurrogateDataClassifier(GaussianNB(), generator=generator, random_state=0)
    assert model.fit(*iris).score(*iris) > 0.9


@pytest.mark.parametrize("generator", GENERATORS)
def test_the_filter_keeps_a_distance(generator, iris):
    X, y = iris
    scaled = X / X.std(axis=0)
    neighbours = NearestNeighbors(n_neighbors=1).fit(scaled)
    least = np.quantile(neighbours.kneighbors()[0], 0.5)
    for quantile, nearer in ((None, True), (0.5, False)):
        records, labels = trained_on(
            X, y, generator=generator, filter_quantile=quantile
        )
        distance = neighbours.kneighbors(records / X.std(axis=0))[0]
        assert (distance.min() < least) == nearer
        assert_array_equal(np.unique(labels, return_counts=True)[1], [50, 50, 50])


def test_the_filter_drops_copies_of_repeated_records():
    X, y = np.arange(1.0, 9).repeat(3).reshape(-1, 1), np.arange(24) % 2
    near = KernelDensity(bandwidth=1e-300)
    records, _ = trained_on(X, y, generator=near)
    assert set(records[:, 0]) <= set(X[:, 0])
    with pytest.raises(ValueError, match=r"must leave enough synthetic .* Got 0.2; of"):
        trained_on(X, y, generator=near, filter_quantile=0.2)


def test_default_generator_has_the_moments_of_many_records(global_random_seed):
    rng = np.random.RandomState(global_random_seed)
    root = np.array([[1.0, 0.0], [60.0, 80.0]])
    X = rng.normal(size=(4000, 2)) @ root.T + [5, -5]
    drawn = ShrunkGaussian(X.std(axis=0)).fit(X).sample(4000, global_random_seed)
    # Relative standard errors: of a mean 0.016 deviations, of a covariance 0.022 to
    # 0.03 in units of the deviations; five of them, of two samples.
    deviation = X.std(axis=0)
    assert (np.abs(drawn.mean(axis=0) - X.mean(axis=0)) / deviation < 0.12).all()
    error = (np.cov(drawn.T) - np.cov(X.T)) / np.outer(deviation, deviation)
    assert np.abs(error).max() < 0.2


def test_two_records_are_not_a_line():
    X = np.array([[0.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
    drawn = ShrunkGaussian(np.ones(3)).fit(X).sample(50, 0)
    assert np.linalg.matrix_rank(drawn - X[0]) == 3


@pytest.mark.parametrize("repeats", [1, 3])
def test_a_class_of_one_record(repeats, iris):
    X = np.vstack([iris[0], [[7.0, 3, 4, 1]] * repeats])
    y = np.append(iris[1], [9] * repeats)
    records, labels = trained_on(X, y, n_samples=1000)
    drawn = records[labels == 9]
    assert len(drawn) >= 6
    assert (drawn != [7, 3, 4, 1]).all()
    # Six or more draws of four features, spread as all records are.
    assert 0.3 < (drawn - [7, 3, 4, 1]).std() / X.std(axis=0).mean() < 3
    generator = GaussianMixture(2)
    message = r"'generator' parameter .* class (np.int64\()?9\)? with 1 record\(s\)"
    with pytest.raises(ValueError, match=message):
        trained_on(X[:151], y[:151], generator=generator)


def test_the_default_makes_values_missing_as_often(iris):
    X, y = iris[0].copy(), iris[1]
    X[:10, 0] = np.nan
    X[y == 2, 3] = np.nan
    for quantile in (None, 0.1):
        records, labels = trained_on(X, y, n_samples=3000, filter_quantile=quantile)
        missing = [np.isnan(records[labels == k]).mean(axis=0) for k in range(3)]
        # 0.2 of 1000, standard error 0.013, five of them; with the filter near to it.
        assert_allclose(missing[0][0], 0.2, atol=0.065)
        missing[0][0] = 0.2
        assert_array_equal(missing, [[0.2, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]])


class Ignorant(BaseEstimator):
    """A generator that tells nothing of the records: the most private of all."""

    seen = []

    def __init__(self, random_state=None, allow_nan=True):
        self.random_state = random_state
        self.allow_nan = allow_nan

    def fit(self, X):
        self.width_ = X.shape[1]
        self.seen.append((X, self.random_state))
        return self

    def sample(self, n_samples):
        rng = np.random.RandomState(self.random_state)
        return rng.normal(size=(n_samples, self.width_))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = self.allow_nan
        return tags


@pytest.mark.parametrize("n_samples", [None, 20])
@pytest.mark.parametrize(
    "replacement",
    [
        [np.nan, 0.5, np.nan, 0.5],  # missing
        [1e30, -1e30, 0, 0.1],  # far away
        [5, 3, 1, 0],  # the equal of another
    ],
)
def test_one_record_decides_nothing_that_the_generator_ignores(
    replacement, n_samples, iris
):
    """Not one bit of what the model is trained on, with the same secret."""
    X, y = np.round(iris[0]), iris[1]
    parameters = {"generator": Ignorant(), "n_samples": n_samples}
    records, labels = trained_on(X, y, **parameters)
    for container in (np.asarray, pd.DataFrame, as_integers_where_they_are):
        replaced = X.copy()
        replaced[0] = replacement
        other, other_labels = trained_on(container(replaced), y, **parameters)
        assert np.asarray(other).dtype == records.dtype
        assert_array_equal(other, records)
        assert_array_equal(other_labels, labels)


def as_integers_where_they_are(X):
    """As a file is read: one number with digits makes a column one of floats."""
    return pd.read_csv(StringIO(pd.DataFrame(X).to_csv(index=False)))


def test_missing_values_are_given_to_the_generator_or_refused(iris):
    X, y = iris[0].copy(), iris[1]
    X[3, 1] = np.nan
    Ignorant.seen.clear()
    trained_on(X, y, generator=Ignorant())
    assert_array_equal(Ignorant.seen[0][0], X[y == 0])
    for generator in (Ignorant(allow_nan=False), KernelDensity(), GaussianMixture()):
        model = SurrogateDataClassifier(
            DecisionTreeClassifier(random_state=0), generator=generator, random_state=0
        )
        assert not get_tags(model).input_tags.allow_nan
        message = r"takes missing values, .*\(NaN\), .* Got .*; impute them beforehand"
        with pytest.raises(ValueError, match=message):
            model.fit(X, y)
        model.set_params(generator=None).fit(X, y)
        assert get_tags(model).input_tags.allow_nan


def test_without_a_seed_a_generator_keeps_its_own(iris):
    """Its secret would be an int of 31 bits otherwise."""

    def seeds(**parameters):
        Ignorant.seen.clear()
        SurrogateDataClassifier(Recorder(), **parameters).fit(*iris)
        return [seed for _, seed in Ignorant.seen]

    assert seeds(generator=Ignorant(7)) == [7, 7, 7]
    drawn = seeds(generator=Ignorant(7), random_state=0)
    assert len({7, *drawn}) == 4
    # A filter draws several times, and not the same rows again.
    assert 7 not in seeds(generator=Ignorant(7), filter_quantile=0.1)
    assert seeds(generator=Ignorant()) == [None, None, None]


@pytest.mark.parametrize(
    ("counts", "n_samples", "sizes"),
    [
        ([50, 30, 20], None, [50, 30, 20]),
        ([50, 30, 20], 100, [50, 30, 20]),
        ([50, 30, 20], 11, [6, 3, 2]),
        ([98, 1, 1], 10, [8, 1, 1]),
        ([98, 1, 1], 3, [1, 1, 1]),
    ],
)
def test_class_sizes(counts, n_samples, sizes):
    assert_array_equal(class_sizes(np.array(counts), n_samples), sizes)


def test_too_few_samples_for_the_classes(iris):
    message = r"'n_samples' parameter .* at least the number of classes, 3. Got 2 inst"
    with pytest.raises(ValueError, match=message):
        trained_on(*iris, n_samples=2)


def test_the_synthetic_records_are_not_kept(iris):
    model = SurrogateDataClassifier(GaussianNB(), random_state=0).fit(*iris)
    own = set(vars(model)) - set(model.get_params(deep=False))
    assert own == {"_labels", "estimator_"}


def test_generator_is_left_alone_and_its_seed_replaced(iris):
    generator = GaussianMixture(2, random_state=3)
    first = trained_on(*iris, generator=generator)[0]
    assert vars(generator) == vars(GaussianMixture(2, random_state=3))
    again = trained_on(*iris, generator=GaussianMixture(2, random_state=4))[0]
    assert_array_equal(first, again)


def test_column_names_reach_the_inner_model(iris):
    X, y = load_iris(return_X_y=True, as_frame=True)
    model = SurrogateDataClassifier(KNeighborsClassifier(), random_state=0).fit(X, y)
    assert_array_equal(model.feature_names_in_, X.columns)
    assert model.score(X, y) > 0.9


def test_features_must_be_numbers():
    frame = pd.DataFrame({"town": ["a", "b"] * 5})
    with pytest.raises(ValueError, match="SurrogateDataClassifier computes with the"):
        trained_on(frame, [0, 1] * 5)


@pytest.mark.parametrize("generator", [GaussianNB(), "kde"])
def test_generator_needs_sample(generator, iris):
    message = r"'generator' parameter of SurrogateDataClassifier must be .* 'sample'"
    with pytest.raises(ValueError, match=message):
        trained_on(*iris, generator=generator)


def test_constant_columns_stay_constant(iris):
    X = np.column_stack([iris[0], np.full(150, 7.0)])
    records, _ = trained_on(X, iris[1])
    assert_allclose(records[:, 4], 7, rtol=1e-15)
