"""Rows from marginals, alone, with a Gaussian copula, along a tree."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import ks_2samp
from sklearn.datasets import load_digits, load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from skmia.generators import FeatureSchema, StatisticsGenerator
from skmia.generators._dependence import ChowLiuTree, order_categories
from skmia.targets import BlackBox

DEPENDENCE = ["independent", "copula", "tree"]


@pytest.fixture(scope="module")
def iris():
    return load_iris(return_X_y=True)


def correlated(n_samples=2000):
    rng = np.random.RandomState(0)
    Z = rng.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], size=n_samples)
    return np.column_stack([np.exp(Z[:, 0]), np.rint(5 * Z[:, 1])])


@pytest.mark.parametrize("dependence", DEPENDENCE)
def test_marginals_are_kept(dependence, global_random_seed):
    """A Kolmogorov-Smirnov p-value below 1e-4 comes once in 10,000 columns."""
    X = correlated()
    generator = StatisticsGenerator(
        dependence=dependence, random_state=global_random_seed
    )
    drawn, y = generator.fit(X, X[:, 0] > 1).sample(2000)
    for column in range(2):
        assert ks_2samp(X[:, column], drawn[:, column]).pvalue > 1e-4
    assert abs(y.mean() - (X[:, 0] > 1).mean()) < 0.06
    assert np.isin(drawn[:, 1], X[:, 1]).all()
    assert not np.isin(drawn[:, 0], X[:, 0]).any()


@pytest.mark.parametrize(
    ("dependence", "low", "high"),
    [("independent", -0.1, 0.1), ("copula", 0.7, 0.9), ("tree", 0.65, 0.9)],
)
def test_correlation(dependence, low, high, global_random_seed):
    """Rank correlation of the records: 0.79. Standard error of 2000 rows: 0.02."""
    X = pd.DataFrame(correlated())
    generator = StatisticsGenerator(
        dependence=dependence, random_state=global_random_seed
    ).fit(X, X[0] > 1)
    drawn, _ = generator.sample(2000)
    assert low < drawn.corr(method="spearman").iloc[0, 1] < high


def test_published_marginals_are_enough():
    """Which values stand in one row does not matter to independent columns."""
    X = correlated()
    rng = np.random.RandomState(1)
    quantiles = np.column_stack([rng.permutation(column) for column in X.T])
    generator = StatisticsGenerator(random_state=0)
    drawn = [
        generator.fit(table, X[:, 0] > 1).sample(50)[0] for table in (X, quantiles)
    ]
    assert_array_equal(*drawn)


@pytest.mark.parametrize("dependence", ["copula", "tree"])
def test_labels_follow_the_features(iris, dependence):
    """Whatever the classes are called: their order is none."""
    X, y = iris
    for names in ("abc", "bac", "cab"):
        labels = np.array(list(names))[y]
        generator = StatisticsGenerator(dependence=dependence, random_state=0)
        X_shadow, y_shadow = generator.fit(X, labels).sample(500)
        assert GaussianNB().fit(X_shadow, y_shadow).score(X, labels) > 0.85


def test_tree_keeps_many_classes():
    X, y = load_digits(return_X_y=True)
    scores = {}
    for dependence in DEPENDENCE:
        generator = StatisticsGenerator(dependence=dependence, random_state=0)
        drawn = generator.fit(X[:800], y[:800]).sample(800)
        model = LogisticRegression(max_iter=2000, tol=1e-2).fit(drawn[0] / 16, drawn[1])
        scores[dependence] = model.score(X[800:] / 16, y[800:])
    assert scores["tree"] > 0.75
    assert scores["independent"] < 0.2


def test_tree_is_that_of_a_chain():
    """x0 -> x1 -> x2 -> x3, each the one before with noise; the order is shuffled."""
    rng = np.random.RandomState(0)
    columns = [rng.randint(2, size=2000)]
    for _ in range(3):
        columns.append(columns[-1] ^ (rng.random_sample(2000) < 0.2))
    place = [2, 0, 3, 1]
    V = np.column_stack([columns[i] for i in place]).astype(float)
    tree = ChowLiuTree(V, ["integer"] * 4)
    pairs = {frozenset([place[j], place[i]]) for j, i in tree.edges if i is not None}
    assert pairs == {frozenset(pair) for pair in [(0, 1), (1, 2), (2, 3)]}


def test_order_of_categories():
    """Three towns, renamed so that codes are out of order along the number."""
    V = np.column_stack([np.arange(30.0), np.repeat([2.0, 0.0, 1.0], 10)])
    ordered, codes = order_categories(V, ["continuous", "categorical"])
    assert codes[1].tolist() in ([2, 0, 1], [1, 0, 2])
    assert_array_equal(codes[1][ordered[:, 1].astype(int)], V[:, 1])


def test_mixed_frame_keeps_its_types():
    rng = np.random.RandomState(0)
    X = pd.DataFrame(
        {
            "age": rng.randint(18, 70, size=200),
            "town": rng.choice(["A", "B", "C"], size=200),
            "red": rng.randint(2, size=200),
        }
    )
    X["green"] = 1 - X["red"]
    schema = FeatureSchema.from_records(X, onehot=[["red", "green"]])
    for dependence in DEPENDENCE:
        generator = StatisticsGenerator(
            dependence=dependence, schema=schema, random_state=0
        )
        drawn, y = generator.fit(X, X["town"]).sample(100)
        assert_array_equal(drawn.dtypes, X.dtypes)
        assert_array_equal(drawn["red"] + drawn["green"], 1)
        assert set(y) <= {"A", "B", "C"}
        if dependence == "tree":  # the label is a copy of the town, and stays one
            assert_array_equal(y, drawn["town"])


def test_target_labels_the_same_rows(iris):
    X, y = iris
    api = BlackBox(GaussianNB().fit(X, y), access="label", max_queries=100)
    generator = StatisticsGenerator(dependence="tree", random_state=0).fit(X, y)
    rows, labels = generator.sample(70, api)
    assert_array_equal(rows, generator.sample(70)[0])
    assert_array_equal(labels, api.estimator.predict(rows))
    assert (generator.n_queries_, generator.n_calls_) == (70, 1)
    with pytest.warns(UserWarning, match="30 of 70 rows"):
        rows, labels = generator.sample(70, api)
    assert len(rows) == len(labels) == 30
    with pytest.raises(ValueError, match="0 of 70 rows"):
        generator.sample(70, api)
    assert api.n_queries_ == 100


def test_without_labels_a_target_is_needed(iris):
    X, y = iris
    generator = StatisticsGenerator(random_state=0).fit(X)
    with pytest.raises(ValueError, match="have no labels: pass 'target'"):
        generator.sample(10)
    assert generator.sample(10, GaussianNB().fit(X, y))[1].shape == (10,)


@pytest.mark.parametrize("dependence", DEPENDENCE)
def test_one_record(dependence):
    generator = StatisticsGenerator(dependence=dependence, random_state=0)
    X, y = generator.fit([[0.5, 2]], ["a"]).sample(3)
    assert_allclose(X, [[0.5, 2]] * 3)
    assert_array_equal(y, ["a"] * 3)


def test_records_are_needed():
    schema = FeatureSchema.from_bounds([0], [1])
    with pytest.raises(ValueError, match="X must hold some"):
        StatisticsGenerator(schema=schema).fit(None)
