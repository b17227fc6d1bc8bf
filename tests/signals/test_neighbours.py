"""The Merlin ratio: what a model makes of noisy copies."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier

from skmia import observe
from skmia.signals import _neighbours, get_signal
from skmia.targets import BlackBox

X, Y = make_classification(
    60, 5, n_informative=4, n_redundant=1, n_classes=3, random_state=0
)
BINARY = (X > 0).astype(float)


class Recorder:
    """Probability of class 1 grows with the first feature; remembers the questions."""

    classes_ = np.array(["no", "yes"])

    def __init__(self):
        self.asked = []

    def predict_proba(self, X):
        self.asked.append(X)
        p = 1 / (1 + np.exp(-np.asarray(X, dtype=float)[:, 0]))
        return np.column_stack([1 - p, p])


def ratio(model, X, y, **params):
    return get_signal("merlin_ratio", **params)(model, X, y)[:, 0]


def fitted(model, X=X):
    return model.fit(X, Y)


@pytest.mark.parametrize("noise", ["gaussian", "uniform", "flip"])
@pytest.mark.parametrize("coverage", ["all", "one"])
def test_definition_in_a_loop(noise, coverage):
    """Record by record and copy by copy, of the copies that were asked about."""
    model = Recorder()
    X = BINARY[:8] if noise == "flip" else np.arange(24.0).reshape(8, 3) / 10
    y = np.resize(["yes", "no"], 8)
    params = {"scale": 0.3, "noise": noise, "coverage": coverage}
    found = ratio(model, X, y, n_copies=20, **params)
    copies = model.asked[0].reshape(8, 21, -1)
    for i in range(8):
        p = model.predict_proba(copies[i])[:, int(y[i] == "yes")]
        assert found[i] == sum(-np.log(p[1:]) > -np.log(p[0])) / 20
        assert_array_equal(copies[i, 0], X[i])


def moves(X=BINARY, **params):
    """What was added to the records, (n_records, n_copies, n_features)."""
    model = Recorder()
    ratio(model, X, ["yes"] * len(X), **params)
    copies = np.concatenate(model.asked).reshape(len(X), -1, X.shape[1])
    return copies[:, 1:] - X[:, None]


def test_gaussian_noise(global_random_seed):
    """20,000 draws: mean within 5 / sqrt(20,000), variance within 5 * sqrt(2 / n)."""
    added = moves(np.zeros((1, 5)), n_copies=4000, scale=0.5, seed=global_random_seed)
    assert abs(added.mean()) < 0.5 * 5 / np.sqrt(20_000)
    assert abs(added.var() / 0.25 - 1) < 5 * np.sqrt(2 / 20_000)


def test_uniform_noise():
    added = moves(np.zeros((1, 5)), n_copies=500, scale=0.5, noise="uniform")
    assert 0 <= added.min() < 0.01
    assert 0.49 < added.max() <= 0.5


def test_flips(global_random_seed):
    """12,000 flips of probability 0.3: within 5 standard deviations."""
    params = {"noise": "flip", "scale": 0.3, "seed": global_random_seed}
    flips = moves(n_copies=2400, **params)
    assert set(np.unique(BINARY[:, None] + flips)) == {0, 1}
    share = (flips[0] != 0).mean()
    assert abs(share - 0.3) < 5 * np.sqrt(0.3 * 0.7 / 12_000)


@pytest.mark.parametrize("noise", ["gaussian", "uniform", "flip"])
def test_one_feature_per_copy(noise):
    changed = moves(n_copies=200, noise=noise, coverage="one") != 0
    assert_array_equal(changed.sum(axis=2), 1)
    assert changed[0].any(axis=0).all()


def test_scale_per_feature():
    added = moves(scale=[0, 1, 0, 0, 0.5])
    assert_array_equal(added.any(axis=(0, 1)), [False, True, False, False, True])


def test_scale_in_spreads():
    """Gaussian and uniform noise is measured in them; a flip has no unit."""
    spread = np.array([0.0, 1, 1024, 1, 0.5])
    for noise in ("gaussian", "uniform"):
        params = {"noise": noise, "scale": 0.25}
        X = np.zeros((1, 5))
        assert_array_equal(
            moves(X, spread=spread, **params), moves(X, **params) * spread
        )
    flips = {"noise": "flip", "scale": 0.5}
    assert_array_equal(moves(spread=spread, **flips), moves(**flips))


@pytest.mark.parametrize("coverage", ["all", "one"])
def test_an_image_is_as_many_features_as_it_has_numbers(coverage):
    class OfImages(Recorder):
        def predict_proba(self, X):
            assert X.shape[1:] == (2, 3)
            return super().predict_proba(X.reshape(len(X), -1))

    flat = np.arange(60.0).reshape(10, 6) / 10
    params = {"coverage": coverage, "n_copies": 20, "spread": 1 + np.arange(6.0)}
    found = ratio(OfImages(), flat.reshape(10, 2, 3), ["yes"] * 10, **params)
    assert_array_equal(found, ratio(Recorder(), flat, ["yes"] * 10, **params))
    assert 0 < found.mean() < 1


@pytest.mark.parametrize(
    "model",
    [
        GaussianNB(),
        LogisticRegression(max_iter=1000),
        KNeighborsClassifier(3),
        DecisionTreeClassifier(random_state=0),
        MLPClassifier((16,), max_iter=20, random_state=0),
    ],
)
@pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
def test_no_noise_no_larger_loss(model):
    model = fitted(model)
    assert_array_equal(ratio(model, X, Y, scale=0), 0)
    assert_array_equal(ratio(model, X, Y, scale=0, noise="uniform", n_copies=7), 0)
    # What is small against the steps of a tree changes nothing either.
    if isinstance(model, DecisionTreeClassifier):
        assert_array_equal(ratio(model, X, Y, scale=1e-12), 0)


def test_constant_model():
    model = Recorder()
    model.predict_proba = lambda X: np.full((len(X), 2), 0.5)
    assert_array_equal(ratio(model, X, ["yes"] * 60), 0)


def test_certain_records():
    """At a loss of 0 any change counts; below the floor none does."""
    model = Recorder()
    certain = np.array([[40.0], [-40.0]])
    found = ratio(model, certain, ["yes", "yes"], scale=40, n_copies=50)
    assert found[0] > 0.4
    assert found[1] == 0


def test_a_label_that_the_model_does_not_know():
    assert_array_equal(ratio(Recorder(), X[:2], ["maybe", "yes"])[0], 0)


def test_batches_and_queries(monkeypatch):
    """Whole records per batch, as many as fit; the same numbers for any size."""
    whole = ratio(fitted(GaussianNB()), X, Y, n_copies=10)
    monkeypatch.setattr(_neighbours, "_MAX_NUMBERS", 11 * 5 * 7)
    model = Recorder()
    ratio(model, X, ["yes"] * 60, n_copies=10)
    assert [len(rows) for rows in model.asked] == [77] * 8 + [44]
    assert_array_equal(ratio(fitted(GaussianNB()), X, Y, n_copies=10), whole)
    monkeypatch.setattr(_neighbours, "_MAX_NUMBERS", 1)
    assert_array_equal(ratio(fitted(GaussianNB()), X, Y, n_copies=10), whole)


def test_costs_what_it_says():
    api = BlackBox(fitted(GaussianNB()), max_queries=60 * 101)
    ratio(api, X, Y)
    assert api.queries_left_ == 0


def test_a_record_has_the_same_noise_in_any_company():
    model = fitted(GaussianNB())
    whole = ratio(model, X, Y)
    order = np.random.RandomState(0).permutation(60)
    assert_array_equal(ratio(model, X[order], Y[order]), whole[order])
    assert_array_equal(ratio(model, X[[17]], Y[[17]]), whole[[17]])
    assert (ratio(model, X, Y, seed=1) != whole).any()


def test_more_copies_begin_with_the_same():
    few, many = moves(n_copies=3), moves(n_copies=9)
    assert_array_equal(many[:, :3], few)


def test_frames_keep_their_names_and_other_signals_their_place():
    frame = pd.DataFrame(X, columns=list("abcde"), index=range(60, 0, -1))
    model = fitted(GaussianNB(), frame)
    Z = observe(model, frame, Y, ["loss", "merlin_ratio"])
    assert list(Z.columns) == ["loss", "merlin_ratio"]
    assert_array_equal(Z.index, frame.index)
    assert_array_equal(Z["merlin_ratio"], ratio(fitted(GaussianNB()), X, Y))


def test_integer_records():
    model = fitted(GaussianNB(), BINARY)
    expected = ratio(model, BINARY, Y)
    assert_array_equal(ratio(model, BINARY.astype(np.uint8), Y), expected)


def test_labels_aligned_to_other_classes():
    names = np.array(["b", "c", "a"])[Y]
    model = GaussianNB().fit(X, names)
    expected = ratio(fitted(GaussianNB()), X, Y)
    Z = observe(model, X, names, "merlin_ratio", classes=["z", "c", "b", "a"])
    assert_array_equal(Z["merlin_ratio"], expected)


def test_members_of_an_overfitted_model_sit_at_minima():
    """Distance-weighted neighbours are at a loss of 0 on members and nowhere else."""
    model = KNeighborsClassifier(5, weights="distance").fit(X[:30], Y[:30])
    assert roc_auc_score(np.arange(60) < 30, ratio(model, X, Y)) > 0.7


def test_access_too_weak():
    model = RidgeClassifier().fit(X, Y)
    with pytest.raises(AttributeError, match="predict_proba"):
        ratio(model, X, Y)


def test_answers_that_are_not_finite():
    model = Recorder()
    model.predict_proba = lambda X: np.full((len(X), 2), np.nan)
    message = "predict_proba of this Recorder is not finite in 6060 rows"
    with pytest.raises(ValueError, match=message):
        ratio(model, X, ["yes"] * 60)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"noise": "salt"}, "'noise' parameter of merlin_ratio must be a str among"),
        ({"coverage": "some"}, "'coverage' parameter of merlin_ratio must be a str am"),
        ({"n_copies": 0}, "'n_copies' parameter of merlin_ratio must be an int in the"),
        ({"scale": -1}, "'scale' parameter of merlin_ratio must be a float in the ran"),
        ({"noise": "flip"}, "'flip' for binary features only, 0 or 1. Got records wi"),
        ({"spread": [1.0] * 4}, "'spread' of a signal must be a number or one for eac"),
        ({"scale": [1.0] * 4}, "'scale' .* for each of 5 features. Got shape .4,.; an"),
        ({"sigma": 1}, "no parameter 'sigma'; it has "),
    ],
)
def test_bad_parameters(params, message):
    with pytest.raises(ValueError, match=message):
        ratio(fitted(GaussianNB()), X, Y, **params)


def test_sparse_records():
    with pytest.raises(TypeError, match="Sparse data was passed for X"):
        ratio(fitted(GaussianNB()), sparse.csr_matrix(X), Y)
