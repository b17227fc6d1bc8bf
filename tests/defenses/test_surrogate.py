import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from recorders import Recorder
from sklearn.datasets import load_iris
from sklearn.mixture import GaussianMixture
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KernelDensity, KNeighborsClassifier, NearestNeighbors

from skmia.defenses import SurrogateDataClassifier
from skmia.defenses._generator import ShrunkGaussian
from skmia.defenses._surrogate import class_sizes

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


def test_missing_values_are_as_many(iris):
    X, y = iris[0].copy(), iris[1]
    X[:10, 0] = np.nan
    X[y == 2, 3] = np.nan
    for quantile in (None, 0.1):
        records, labels = trained_on(X, y, n_samples=300, filter_quantile=quantile)
        missing = [np.isnan(records[labels == k]).sum(axis=0) for k in range(3)]
        assert_array_equal(missing, [[20, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 100]])


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
