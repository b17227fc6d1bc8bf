import os
import pickle
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import make_column_transformer
from sklearn.datasets import make_blobs
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from skmia.defenses import LocalDPClassifier, PrivacyAccountant
from skmia.defenses.private._local_dp_mechanisms import (
    duchi,
    laplace,
    piecewise,
    piecewise_step,
    piecewise_window,
    randomized_response,
    response_probabilities,
    sample_features,
    unary_probabilities,
    unary_response,
)
from skmia.exceptions import PrivacyBudgetExceeded, PrivacyLeakWarning
from skmia.utils._secret_stream import SecretStream, secret_key

seeded = pytest.mark.filterwarnings("ignore:The noise of LocalDPClassifier")


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
    model = LocalDPClassifier(Remembering(), **{"classes": [0, 1]} | params).fit(X, y)
    return model.estimator_.seen_, model.estimator_.labels_


@pytest.fixture
def rng(global_random_seed):
    return np.random.RandomState(global_random_seed)


@pytest.fixture
def stream(global_random_seed):
    return SecretStream(secret_key(global_random_seed), b"test")


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


def test_response_is_drawn_with_its_probabilities(stream):
    n, k, epsilon = 20_000, 4, 1.0
    drawn = randomized_response(np.full(n, 2), k, epsilon, stream)
    keep, other = response_probabilities(epsilon, k)
    expected = n * np.array([other, other, keep, other])
    assert stats.chisquare(np.bincount(drawn), expected).pvalue > 1e-4


@pytest.mark.parametrize("optimised", [True, False])
def test_decoded_unary_report(optimised, stream):
    # Of two values, by enumeration of the 4 reports: own bit, other bit.
    one, zero = unary_probabilities(2.0, optimised)
    own = one * (1 - zero) + (one * zero + (1 - one) * (1 - zero)) / 2
    n = 20_000
    drawn = unary_response(np.ones(n, dtype=int), 2, 2.0, stream, optimised=optimised)
    assert stats.binomtest(int(drawn.sum()), n, own).pvalue > 1e-4


@pytest.mark.parametrize("mechanism", [laplace, duchi, piecewise])
@pytest.mark.parametrize("z", [-1.0, 0.3, 1.0])
def test_reports_of_numbers_have_their_mean(mechanism, z, stream):
    drawn = mechanism(np.full(20_000, z), 1.0, stream)
    # 4.5 standard errors: 1 of 150 000 runs fails.
    assert abs(drawn.mean() - z) < 4.5 * drawn.std() / np.sqrt(len(drawn))


def test_piecewise_is_drawn_with_its_densities(stream):
    epsilon, n = 1.5, 20_000
    start, width, beyond = piecewise_window(np.array(0.4), epsilon)
    drawn = piecewise(np.full(n, 0.4), epsilon, stream)
    # Back to steps: those to the left of the window, in it, and to the right.
    steps = np.rint(drawn / piecewise_step(width, beyond) + (2**32 + width - 1) / 2)
    edges = np.array([0, start, start + width, 2**32 + width])
    outside = beyond / 2**32
    expected = np.diff(edges) * [outside, (1 - beyond) / width, outside]
    assert_allclose(expected.sum(), 1)
    counts, _ = np.histogram(steps, edges)
    assert counts.sum() == n
    assert stats.chisquare(counts, n * expected).pvalue > 1e-4
    for low, high in pairwise(edges):
        within = steps[(steps >= low) & (steps < high)]
        assert stats.kstest(within, "uniform", args=(low, high - low)).pvalue > 1e-4


@pytest.mark.parametrize("mechanism", ["piecewise", "duchi", "laplace"])
@pytest.mark.parametrize("epsilon", [0.1, 0.5, 1.0, 3.0])
@pytest.mark.parametrize("n_sampled", ["auto", "all"])
def test_the_mean_of_all_that_is_reported_of_a_number_is_the_number(
    mechanism, epsilon, n_sampled
):
    """Clipped to the bounds, reports of .8 had means of .04, .2, .37 and .73."""
    n, d = 20_000, 3
    budget = {"auto": epsilon, "all": d * epsilon}[n_sampled]
    seen, _ = reports(
        np.tile([[0.8, -3.0, 55.0]], (n, 1)),
        np.arange(n) % 2,
        epsilon=budget,
        bounds=([-1, -4, 10], [1, 0, 60]),
        mechanism=mechanism,
        n_sampled=n_sampled,
        label_epsilon=None,
    )
    error = seen.std(axis=0) / np.sqrt(n)
    # 4.5 standard errors, of 72 means: 1 of 2000 runs of the whole test fails.
    assert (np.abs(seen.mean(axis=0) - [0.8, -3, 55]) < 4.5 * error).all()
    # Larger than the bounds, for most.
    assert np.ptp(seen, axis=0).min() > 2


def test_how_many_features_of_a_record_are_sampled():
    X, y = np.full((500, 6), 0.25), np.arange(500) % 2
    for epsilon, n_sampled in [(0.5, 1), (4.9, 1), (5, 2), (12.6, 5), (99, 6)]:
        model = LocalDPClassifier(
            Remembering(), epsilon=epsilon, bounds=(0, 1), classes=[0, 1]
        ).fit(X, y)
        assert model.n_sampled_ == n_sampled
        assert model.feature_epsilon_ == epsilon / (n_sampled + 1)
        # A report of the middle itself has probability 1e-10.
        told = model.estimator_.seen_ != 0.5
        assert (told.sum(axis=1) == n_sampled).all()


def test_which_features_are_sampled_is_uniform(stream):
    sampled = sample_features((6000, 4), 2, stream)
    assert (sampled.sum(axis=1) == 2).all()
    subsets = sampled @ (1 << np.arange(4))
    _, counts = np.unique(subsets, return_counts=True)
    assert len(counts) == 6
    assert stats.chisquare(counts).pvalue > 1e-4


def test_a_category_that_is_not_sampled_is_any(rng):
    X = pd.DataFrame({"a": ["u"] * 6000, "b": ["v"] * 6000})
    listed = {"a": list("utsr"), "b": list("vw")}
    seen, _ = reports(
        X, rng.randint(2, size=6000), epsilon=60, categories=listed, n_sampled=1
    )
    # An epsilon of 30 keeps what is sampled, which half of each column is.
    counts = seen["a"].value_counts()[list("utsr")]
    assert stats.chisquare(counts, 6000 * np.array([5, 1, 1, 1]) / 8).pvalue > 1e-4
    counts = seen["b"].value_counts()[list("vw")]
    assert stats.chisquare(counts, 6000 * np.array([3, 1]) / 4).pvalue > 1e-4


def test_more_features_than_there_are_cannot_be_sampled():
    model = LocalDPClassifier(GaussianNB(), bounds=(0, 1), n_sampled=5, classes=[0, 1])
    message = r"'n_sampled' .* at most the number of features, 4. Got 5"
    with pytest.raises(ValueError, match=message):
        model.fit(np.eye(4), [0, 1, 0, 1])


def test_a_budget_that_leaves_nothing():
    model = LocalDPClassifier(GaussianNB(), epsilon=1e-6, bounds=(0, 1), classes=[0, 1])
    with pytest.raises(ValueError, match="must leave at least 1e-06 for each of 1 "):
        model.fit(np.eye(4), [0, 1, 0, 1])


@pytest.mark.parametrize("mechanism", ["piecewise", "duchi", "laplace"])
@pytest.mark.parametrize("n_sampled", [1, 2])
@pytest.mark.parametrize("epsilon", [0.5, 2.0])
def test_no_attack_on_the_trainer_is_beyond_the_bound(mechanism, epsilon, n_sampled):
    # The strongest two records to tell apart, and an attacker that sees the reports: of
    # Laplace noise and of two values, the clipped report is the logarithm of how much
    # likelier one record is, but for a factor.
    n = 30_000
    y = np.arange(n) % 2
    X = np.where(y[:, None], [[1.0, 9.0]], [[0.0, 5.0]])
    params = {"epsilon": epsilon, "bounds": ([0, 5], [1, 9]), "mechanism": mechanism}
    seen, labels = reports(X, y, n_sampled=n_sampled, **params)
    votes = np.clip(np.column_stack([2 * seen[:, 0] - 1, (seen[:, 1] - 7) / 2]), -1, 1)
    called = votes.sum(axis=1) + 2 * labels - 1 > 0
    advantage = called[y == 1].mean() - called[y == 0].mean()
    bound = np.tanh(epsilon / 2)
    # Two rates of 15,000 draws each: a standard error below sqrt(2 * 0.25 / 15_000).
    assert advantage < bound + 4.5 * 0.0058
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
    # Of a thousand integers with a standard deviation of 1e6, two are equal for about
    # every fourth pair of a million.
    assert len(np.unique(seen)) >= 990


@seeded
def test_every_fit_draws_anew(blobs):
    X, y = blobs
    rng = np.random.RandomState(0)
    params = {"bounds": (-9, 9), "random_state": rng}
    assert not np.array_equal(reports(X, y, **params)[0], reports(X, y, **params)[0])
    params["random_state"] = None
    assert not np.array_equal(reports(X, y, **params)[0], reports(X, y, **params)[0])
    params["random_state"] = 3
    assert_array_equal(reports(X, y, **params)[0], reports(X, y, **params)[0])


@pytest.mark.parametrize("mechanism", ["piecewise", "duchi", "laplace"])
def test_model_learns_from_enough_budget(mechanism, blobs):
    X, y = blobs
    model = LocalDPClassifier(
        GaussianNB(), epsilon=5, bounds=(-6, 6), classes=[0, 1], mechanism=mechanism
    ).fit(X, y)
    assert model.score(X, y) > 0.95


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
        n_sampled="all",
        classes=[0, 1],
    ).fit(X, y)
    assert model.feature_epsilon_ == each
    assert model.n_sampled_ == 3
    assert model.epsilon_ == model.epsilon
    assert model.delta_ == 0
    assert isinstance(model.delta_, float)


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
        KNeighborsClassifier(1), bounds=(0, 1), classes=["c", "b", "a"]
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
    declared = {"town": list("abcd"), 2: pd.Categorical(["v", "u"])}
    for mechanism in ("response", "unary", "optimised_unary"):
        params = {"categories": declared, "category_mechanism": mechanism}
        seen, _ = reports(X, y, bounds=(0, 8), **params)
        assert seen.dtypes[["town", "kind"]].equals(X.dtypes[["town", "kind"]])
        assert set(seen["town"]) <= set("abcd")
        assert set(seen["size"]) != set(X["size"])
    encode = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore"), ["town", "kind"]),
        remainder="passthrough",
    )
    model = LocalDPClassifier(
        make_pipeline(encode, KNeighborsClassifier()),
        bounds=(0, 8),
        categories=declared,
        classes=[0, 1],
    ).fit(X, y)
    assert_array_equal(model.feature_names_in_, X.columns)
    assert model.predict(X).shape == (n,)


@pytest.mark.parametrize(
    ("listed", "plain", "odd", "dtype"),
    [
        ([0, 0.5, 1], [0, 1], 0.5, "float64"),
        ([0, 1, "x"], [0, 1], "x", "object"),
        ([0, 1, None], [0, 1], None, "float64"),
        ([0, 1, 2], [False, True], 2, "int64"),
        ([0, 1, 300], np.array([0, 1], dtype=np.int8), 300, "int64"),
        (["u", "v"], pd.Categorical(["u", "u"]), "v", pd.Index(["u"]).dtype),
        (pd.Categorical(["u", "v"]), ["u", "u"], "v", "category"),
    ],
)
@seeded
def test_no_record_decides_what_can_be_reported(listed, plain, odd, dtype):
    """One record of 0.5 made a column float; reports of 0.5 were 0 without it."""
    X = pd.DataFrame({"a": plain, "n": [1, 2]}).loc[np.arange(200) % 2]
    X = X.reset_index(drop=True)
    replaced = X.astype(object)
    replaced.loc[0, "a"] = odd
    found = []
    for records in (X, replaced, replaced.infer_objects()):
        params = {"categories": {"a": listed}, "bounds": (0, 3), "random_state": 0}
        # Noise is the same, and none of it is about the first record at this budget.
        seen, _ = reports(records, np.arange(200) % 2, epsilon=0.01, **params)
        assert seen["a"].dtype == dtype
        assert seen["n"].dtype == np.float64
        # A value is never reported with a probability below 1e-30.
        assert {*seen["a"].dropna()} == {*pd.Index(listed).dropna()}
        assert seen["a"].isna().any() == pd.isna(pd.Index(listed)).any()
        found.append(seen[1:])
    for other in found[1:]:
        pd.testing.assert_frame_equal(other, found[0])


@pytest.mark.parametrize(
    ("listed", "dtype"), [([0, 0.5, 1], np.float64), ([0, 1, "x"], object)]
)
def test_no_record_decides_the_dtype_of_an_array(listed, dtype):
    X = np.arange(8).reshape(4, 2) % 2
    for records in (X, X.astype(float), X.astype(object), X.astype(bool)):
        seen, _ = reports(records, [0, 1, 0, 1], categories={0: listed}, bounds=(0, 1))
        assert seen.dtype == dtype


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
    params = {"bounds": (0, 4), "epsilon": 1e6, "classes": [0, 1]}
    model = LocalDPClassifier(DecisionTreeClassifier(random_state=0), **params)
    assert not model.fit(X, y).estimator_.get_depth()
    imputing = make_pipeline(SimpleImputer(), LogisticRegression())
    assert LocalDPClassifier(imputing, **params).fit(X, y).predict(X).shape == (8,)
    with pytest.raises(ValueError, match="Input X contains NaN"):
        LocalDPClassifier(GaussianNB(), **params).fit(X, y)


def test_the_fit_is_booked_before_the_noise_is_drawn(blobs):
    X, y = blobs
    accountant = PrivacyAccountant(epsilon=3)
    params = {"bounds": (-9, 9), "classes": [0, 1], "accountant": accountant}
    LocalDPClassifier(GaussianNB(), epsilon=2.5, **params).fit(X, y)
    assert accountant.ledger().to_numpy().tolist() == [["LocalDPClassifier", 2.5, 0.0]]
    with pytest.raises(PrivacyBudgetExceeded, match="LocalDPClassifier would make it"):
        LocalDPClassifier(GaussianNB(), epsilon=2.5, **params).fit(X, y)
    # What is declared wrongly costs nothing.
    with pytest.raises(ValueError, match="y also holds"):
        LocalDPClassifier(GaussianNB(), epsilon=0.1, **params).fit(X, 2 * y)
    assert accountant.spent_.epsilon == 2.5


def test_a_seed_warns(blobs):
    model = LocalDPClassifier(
        GaussianNB(), bounds=(-9, 9), classes=[0, 1], random_state=0
    )
    with pytest.warns(PrivacyLeakWarning, match="noise of LocalDPClassifier comes"):
        model.fit(*blobs)


def test_the_noise_comes_from_a_key_that_is_nowhere_on_the_model(blobs, monkeypatch):
    X, y = blobs
    key = bytes(range(32))
    monkeypatch.setattr(os, "urandom", lambda n: key[:n])
    model = LocalDPClassifier(Remembering(), bounds=(-9, 9), classes=[0, 1])
    first = model.fit(X, y).estimator_.seen_
    assert_array_equal(model.fit(X, y).estimator_.seen_, first)
    assert key not in pickle.dumps(model)
    monkeypatch.setattr(os, "urandom", lambda n: bytes(n))
    assert not np.array_equal(model.fit(X, y).estimator_.seen_, first)
