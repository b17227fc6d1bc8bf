import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import make_column_transformer
from sklearn.datasets import make_blobs
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from skmia.defenses import LocalDPClassifier
from skmia.defenses._local_dp_mechanisms import (
    duchi,
    laplace,
    piecewise,
    piecewise_window,
    randomized_response,
    response_probabilities,
    unary_probabilities,
    unary_response,
)
from skmia.exceptions import PrivacyLeakWarning


class Remembering(ClassifierMixin, BaseEstimator):
    """Gives away all it was trained on: no model tells more."""

    def fit(self, X, y):
        self.seen_, self.labels_ = X, y
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.repeat(self.classes_[0], len(X))


def reports(X, y, **params):
    """Randomised records and labels."""
    params = {"classes": [0, 1], "random_state": 0} | params
    model = LocalDPClassifier(Remembering(), **params).fit(X, y)
    return model.estimator_.seen_, model.estimator_.labels_


@pytest.fixture
def rng(global_random_seed):
    return np.random.RandomState(global_random_seed)


@pytest.fixture
def blobs(global_random_seed):
    return make_blobs(3000, centers=[[-3, -3], [3, 3]], random_state=global_random_seed)


@pytest.mark.parametrize(("epsilon", "keep"), [(0.5, 0.1548), (1, 0.2320), (2, 0.4509)])
def test_published_response_probabilities(epsilon, keep):
    assert_allclose(response_probabilities(epsilon, 10)[0], keep, atol=5e-5)


def test_published_unary_probabilities():
    one, zero = unary_probabilities(1, optimised=False)
    assert_allclose([one, zero], [0.6225, 1 - 0.6225], atol=5e-5)
    one, zero = unary_probabilities(1, optimised=True)
    assert_allclose([one, zero], [0.5, 1 / (np.e + 1)])


def test_response_is_drawn_with_its_probabilities(rng):
    n, k, epsilon = 20_000, 4, 1.0
    drawn = randomized_response(np.full(n, 2), k, epsilon, rng)
    keep, other = response_probabilities(epsilon, k)
    expected = n * np.array([other, other, keep, other])
    assert stats.chisquare(np.bincount(drawn), expected).pvalue > 1e-4


@pytest.mark.parametrize("optimised", [True, False])
def test_decoded_unary_report(optimised, rng):
    # Of two values, by enumeration of the 4 reports: own bit, other bit.
    one, zero = unary_probabilities(2.0, optimised)
    own = one * (1 - zero) + (one * zero + (1 - one) * (1 - zero)) / 2
    n = 20_000
    drawn = unary_response(np.ones(n, dtype=int), 2, 2.0, rng, optimised=optimised)
    assert stats.binomtest(int(drawn.sum()), n, own).pvalue > 1e-4


@pytest.mark.parametrize("mechanism", [laplace, duchi, piecewise])
@pytest.mark.parametrize("z", [-1.0, 0.3, 1.0])
def test_reports_of_numbers_have_their_mean(mechanism, z, rng):
    drawn = mechanism(np.full(20_000, z), 1.0, rng)
    # 4.5 standard errors: 1 of 150 000 runs fails.
    assert abs(drawn.mean() - z) < 4.5 * drawn.std() / np.sqrt(len(drawn))


def test_piecewise_is_drawn_with_its_densities(rng):
    epsilon, n = 1.5, 20_000
    left, width, chance = piecewise_window(np.array(0.4), epsilon)
    drawn = piecewise(np.full(n, 0.4), epsilon, rng)
    edges = np.array([-1 - width, left, left + width, 1 + width])
    outside = (1 - chance) / (2 + width)
    expected = np.diff(edges) * [outside, chance / width, outside]
    assert_allclose(expected.sum(), 1)
    counts, _ = np.histogram(drawn, edges)
    assert counts.sum() == n
    assert stats.chisquare(counts, n * expected).pvalue > 1e-4
    within = drawn[(drawn > left) & (drawn < left + width)]
    assert stats.kstest(within, "uniform", args=(left, width)).pvalue > 1e-4


@pytest.mark.parametrize("mechanism", ["piecewise", "duchi", "laplace"])
@pytest.mark.parametrize("epsilon", [0.5, 2.0])
def test_no_attack_on_the_trainer_is_beyond_the_bound(mechanism, epsilon):
    # The strongest two records to tell apart, and an attacker that sees the reports.
    n = 8000
    y = np.arange(n) % 2
    X = np.where(y[:, None], [[1.0, 9.0]], [[0.0, 5.0]])
    params = {"epsilon": epsilon, "bounds": ([0, 5], [1, 9]), "mechanism": mechanism}
    seen, labels = reports(X, y, **params)
    Z = np.column_stack([seen, labels])
    attack = HistGradientBoostingClassifier(max_iter=30, random_state=0)
    called = attack.fit(Z[: n // 4], y[: n // 4]).predict(Z) == 1
    rest = np.arange(n) >= n // 4
    advantage = called[rest & (y == 1)].mean() - called[rest & (y == 0)].mean()
    bound = np.tanh(epsilon / 2)
    # Two rates of 3000 draws each: a standard error below sqrt(2 * 0.25 / 3000).
    assert advantage < bound + 4.5 * 0.013
    assert advantage > bound / 4


def test_attack_on_one_binary_value_meets_the_bound():
    n, epsilon = 20_000, 1.0
    X = pd.DataFrame({"c": np.tile(["a", "b"], n // 2)})
    seen, labels = reports(
        X,
        np.zeros(n),
        epsilon=epsilon,
        categories={"c": ["a", "b"]},
        label_epsilon=None,
    )
    called = (seen["c"] == "b").to_numpy()
    advantage = called[1::2].mean() - called[::2].mean()
    # Standard error below sqrt(2 * 0.25 / 10 000) = 0.0071.
    assert abs(advantage - np.tanh(epsilon / 2)) < 4.5 * 0.0071
    assert_array_equal(labels, np.zeros(n))


def test_equal_records_get_independent_noise():
    X, y = np.zeros((1000, 1)), np.arange(1000) % 2
    seen, _ = reports(X, y, bounds=(-1, 1), mechanism="laplace", epsilon=8)
    inside = seen[np.abs(seen[:, 0]) < 1, 0]
    assert len(np.unique(inside)) == len(inside) > 500


def test_every_fit_draws_anew(blobs):
    X, y = blobs
    rng = np.random.RandomState(0)
    params = {"bounds": (-9, 9), "random_state": rng}
    assert not np.array_equal(reports(X, y, **params)[0], reports(X, y, **params)[0])
    params["random_state"] = 3
    assert_array_equal(reports(X, y, **params)[0], reports(X, y, **params)[0])


@pytest.mark.parametrize("mechanism", ["piecewise", "duchi", "laplace"])
def test_model_learns_from_enough_budget(mechanism, blobs):
    X, y = blobs
    model = LocalDPClassifier(
        GaussianNB(),
        epsilon=3,
        bounds=(-6, 6),
        classes=[0, 1],
        mechanism=mechanism,
        random_state=0,
    ).fit(X, y)
    assert model.score(X, y) > 0.9


@pytest.mark.parametrize(
    ("label_epsilon", "each"), [("share", 0.75), (1.0, 1.0), (None, 1.5)]
)
def test_budget_is_split(label_epsilon, each):
    X, y = np.eye(3)[[0, 1, 2, 0]], [0, 1, 0, 1]
    model = LocalDPClassifier(
        KNeighborsClassifier(1),
        epsilon=3 if label_epsilon == "share" else 4 if label_epsilon else 4.5,
        bounds=(0, 1),
        label_epsilon=label_epsilon,
        classes=[0, 1],
        random_state=0,
    ).fit(X, y)
    assert model.feature_epsilon_ == each
    assert model.epsilon_ == model.epsilon
    assert model.delta_ == 0


def test_label_must_leave_something():
    model = LocalDPClassifier(GaussianNB(), epsilon=2, bounds=(0, 1), label_epsilon=2)
    with pytest.raises(
        ValueError, match=r"'label_epsilon' parameter .* below epsilon=2"
    ):
        model.fit(np.eye(4), [0, 1, 0, 1])


def test_bounds_must_be_declared():
    model = LocalDPClassifier(GaussianNB(), classes=[0, 1])
    with pytest.raises(ValueError, match=r"'bounds' parameter .* must be declared"):
        model.fit(np.eye(4), [0, 1, 0, 1])
    for bounds in [(0, 0), (0, [1, 2]), (0, np.inf), (0, 1, 2), ("a", "b")]:
        with pytest.raises(ValueError, match=r"'bounds' parameter .* instead\."):
            model.set_params(bounds=bounds).fit(np.eye(4), [0, 1, 0, 1])


def test_classes_are_declared():
    X, y = np.eye(4), ["a", "b", "a", "b"]
    model = LocalDPClassifier(
        KNeighborsClassifier(1), bounds=(0, 1), classes=["c", "b", "a"], random_state=0
    )
    assert_array_equal(model.fit(X, y).classes_, ["a", "b", "c"])
    assert model.predict_proba(X).shape == (4, 3)
    with pytest.raises(ValueError, match=r"'classes' parameter .* also holds \['b'\]"):
        model.set_params(classes=["a"]).fit(X, y)
    with pytest.warns(PrivacyLeakWarning, match="'classes' parameter of LocalDPClas"):
        model.set_params(classes=None).fit(X, y)
    # Labels that are kept are no secret.
    assert len(model.set_params(label_epsilon=None).fit(X, y).classes_) == 2


def test_mixed_columns(rng):
    n = 60
    X = pd.DataFrame(
        {
            "size": rng.randint(0, 9, size=n),
            "town": rng.choice(["a", "b", "c"], size=n),
            "kind": pd.Categorical(rng.choice(["u", "v"], size=n)),
        }
    )
    y = rng.randint(2, size=n)
    declared = {"town": list("abcd"), 2: ["v", "u"]}
    for mechanism in ("response", "unary", "optimised_unary"):
        params = {"categories": declared, "category_mechanism": mechanism}
        seen, _ = reports(X, y, bounds=(0, 8), **params)
        assert seen.dtypes[["town", "kind"]].equals(X.dtypes[["town", "kind"]])
        assert set(seen["town"]) <= set("abcd")
        assert seen["size"].between(0, 8).all()
    encode = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["town", "kind"]),
        remainder="passthrough",
    )
    model = LocalDPClassifier(
        make_pipeline(encode, KNeighborsClassifier()),
        bounds=(0, 8),
        categories=declared,
        classes=[0, 1],
        random_state=0,
    ).fit(X, y)
    assert_array_equal(model.feature_names_in_, X.columns)
    assert model.predict(X).shape == (n,)


def test_categories_must_be_declared():
    X = pd.DataFrame({"town": ["a", "b"] * 4, "size": np.arange(8)})
    model = LocalDPClassifier(GaussianNB(), bounds=(0, 9), classes=[0, 1])
    message = "'categories' parameter .* must list the values of every column"
    with pytest.raises(ValueError, match=message):
        model.fit(X, [0, 1] * 4)
    for values in (["a"], ["a", "b", "b"]):
        with pytest.raises(ValueError, match=r"'categories' parameter .* once\. Got"):
            model.set_params(categories={"town": values}).fit(X, [0, 1] * 4)
    with pytest.raises(ValueError, match=r"'categories' .* different columns of X"):
        model.set_params(categories={"street": ["a"]}).fit(X, [0, 1] * 4)


def test_missing_numbers_count_as_the_middle():
    X, y = np.array([[np.nan], [2.0]] * 4), [0, 1] * 4
    params = {"bounds": (0, 4), "epsilon": 1e6, "classes": [0, 1], "random_state": 0}
    model = LocalDPClassifier(DecisionTreeClassifier(random_state=0), **params)
    assert not model.fit(X, y).estimator_.get_depth()
    with pytest.raises(ValueError, match="Input X contains NaN"):
        LocalDPClassifier(GaussianNB(), **params).fit(X, y)
