import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from numpy.testing import assert_array_equal
from scipy.stats import norm
from sklearn.datasets import make_blobs
from sklearn.linear_model import RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia.defenses import PateClassifier
from skmia.defenses._pate_votes import NoisyVotes
from skmia.exceptions import PrivacyLeakWarning
from skmia.metrics import clopper_pearson

DELTA = 1e-5


def gaussian(**params):
    """A fast PATE whose noise leaves the votes alone, mostly."""
    defaults = {
        "n_teachers": 10,
        "mechanism": "gnmax",
        "sigma": 1.0,
        "classes": [0, 1, 2],
        "random_state": 0,
    }
    return PateClassifier(GaussianNB(), **{**defaults, **params})


@pytest.fixture
def blobs(global_random_seed):
    centers = [[-6, 0, 0], [0, 6, 0], [6, 0, 6]]
    return make_blobs(300, centers=centers, random_state=global_random_seed)


def simple_rdp(rate):
    """Epsilon of Renyi-DP of rate * alpha: min rate * a + log(1 / delta) / (a - 1)."""
    return rate + 2 * np.sqrt(rate * np.log(1 / DELTA))


@pytest.mark.parametrize(
    ("voting", "asked", "answered", "published"),
    [
        (NoisyVotes("gnmax", 100, 1, 0), 100, 100, 0.6886),
        (NoisyVotes("confident-gnmax", 40, 150, 200), 3000, 300, 3.675),
    ],
)
def test_check_values_of_gaussian_noise(voting, asked, answered, published):
    rate = voting.gaussian_mu(asked, answered) ** 2 / 2
    assert round(simple_rdp(rate), 4) == pytest.approx(published, abs=5e-4)
    exact = voting.epsilon(asked, answered, DELTA)
    assert 0.7 * published < exact <= published


def test_check_value_of_laplace_noise():
    gamma, queries = 0.05, 100
    moments = [
        (queries * 2 * gamma**2 * order * (order + 1) + np.log(1 / DELTA)) / order
        for order in range(1, 50)
    ]
    assert min(moments) == pytest.approx(5.303, abs=5e-4)
    # By privacy loss distributions; two Laplace mechanisms with shifts of 1 are worth
    # less than the one with a shift of 2 that the moments stand for.
    exact = NoisyVotes("lnmax", 1 / gamma, 1, 0).epsilon(queries, queries, DELTA)
    assert 2 < exact <= 5.303 < 2 * gamma * queries


def test_learns_without_seeing_a_label(blobs):
    X, y = blobs
    model = gaussian(public=X[150:]).fit(X[:150], y[:150])
    assert model.score(X, y) > 0.9
    assert model.n_answered_ == 150
    assert model.delta_ == DELTA
    assert model.epsilon_ == NoisyVotes("gnmax", 1, 1, 0).epsilon(150, 150, DELTA)
    assert not {"votes_", "teachers_"} & set(vars(model))


@pytest.mark.parametrize("mechanism", ["gnmax", "confident-gnmax", "lnmax"])
def test_the_budget_is_kept(mechanism, blobs):
    X, y = blobs
    # A threshold at about the votes there are: some questions are refused.
    model = gaussian(
        public=X,
        mechanism=mechanism,
        sigma=20.0,
        sigma_threshold=30.0,
        threshold=10.0,
        epsilon_max=1.5,
    ).fit(X, y)
    assert 0 < model.n_answered_ < 300
    assert 1.4 < model.epsilon_ <= 1.5


def test_budget_too_small_for_one_answer(blobs):
    message = r"'epsilon_max' .* one answer, which costs 6\.573. Got 0.5 instead"
    with pytest.raises(ValueError, match=message):
        gaussian(public=blobs[0], epsilon_max=0.5).fit(*blobs)


def test_public_records_are_never_taken_from_the_data(blobs):
    with pytest.raises(ValueError, match="records that are not private: the 'public'"):
        gaussian().fit(*blobs)
    with pytest.raises(ValueError, match=r"as many features as X: 3. Got 2 instead"):
        gaussian(public=blobs[0][:, :2]).fit(*blobs)
    with pytest.raises(ValueError, match="'bounds' parameter of PateClassifier must"):
        gaussian(bounds=(1, 0)).fit(*blobs)


def test_records_drawn_from_bounds(blobs):
    X, y = blobs
    named = pd.DataFrame(X, columns=list("uvw"))
    model = gaussian(bounds=([-15] * 3, [15] * 3), n_public=200, max_queries=150)
    model.fit(named, y)
    assert model.n_answered_ == 150
    assert_array_equal(model.feature_names_in_, named.columns)
    assert model.score(named, y) > 0.8


def test_classes_are_declared(blobs):
    X, y = blobs
    with pytest.warns(PrivacyLeakWarning, match="'classes' parameter"):
        gaussian(public=X, classes=None).fit(X, y)
    model = gaussian(public=X, classes=[9, 0, 1, 2]).fit(X, y)
    assert_array_equal(model.classes_, [0, 1, 2, 9])
    assert model.predict_proba(X).shape == (300, 4)
    with pytest.raises(ValueError, match="y also holds"):
        gaussian(public=X, classes=[0, 1]).fit(X, y)


def test_all_questions_refused(blobs):
    model = gaussian(public=blobs[0], mechanism="confident-gnmax", threshold=1e6)
    with pytest.raises(ValueError, match="all 300 questions were refused"):
        model.fit(*blobs)
    assert not hasattr(model, "estimator_")


def test_teachers_of_few_records(blobs):
    """Parts of no record, of one, and of one class only."""
    X, y = blobs
    model = gaussian(public=X, n_teachers=200, sigma=0.1)
    votes = model._votes(X[:100], y[:100], X, np.arange(3), np.random.RandomState(0))
    empty = (votes == -1).all(axis=1)
    # Each of 200 parts is empty with probability 0.995 ** 100 = 0.61.
    assert 80 < empty.sum() < 160
    assert (votes[~empty] >= 0).all()
    assert model.fit(X[:100], y[:100]).n_answered_ == 300


def test_teachers_without_scores(blobs):
    X, y = blobs
    model = gaussian(public=X, student=DecisionTreeClassifier())
    model.set_params(estimator=RidgeClassifier()).fit(X, y)
    assert model.predict_proba(X).shape == (300, 3)


def test_n_jobs_changes_nothing(blobs):
    X, y = blobs
    model = gaussian(public=X).fit(X, y)
    expected = model.predict_proba(X)
    with parallel_config(backend="threading"):
        answer = model.set_params(n_jobs=2).fit(X, y).predict_proba(X)
    assert_array_equal(answer, expected)


def test_no_attack_beats_the_bound(global_random_seed):
    """The worst case: one question about the record itself, to its only teacher.

    Whether the record with the label 1 is in the data or one with the label 0 decides
    the vote; the attack sees the label of the student, of 200 fits each.
    """
    sigma = 3.0
    epsilon = NoisyVotes("gnmax", sigma, 1, 0).epsilon(1, 1, DELTA)
    bound = (np.exp(epsilon) - 1 + 2 * DELTA) / (np.exp(epsilon) + 1)
    X = np.zeros((3, 1))
    model = PateClassifier(
        DecisionTreeClassifier(),
        public=X[:1],
        n_teachers=1,
        mechanism="gnmax",
        sigma=sigma,
        classes=[0, 1],
    )
    rng = np.random.RandomState(global_random_seed)

    def caught(label):
        """How often the student of a data set with this label says 1."""
        answers = []
        for _ in range(200):
            model.set_params(random_state=rng.randint(2**31 - 1))
            answers.append(model.fit(X, [label] * 3).predict(X[:1])[0])
        return np.sum(answers)

    true, false = caught(1), caught(0)
    least, _ = clopper_pearson(true, 200, confidence_level=0.999)
    _, most = clopper_pearson(false, 200, confidence_level=0.999)
    assert least - most <= bound
    # And the attack is the best there is: the advantage that Gaussian noise allows,
    # within 4 standard deviations of a difference of two frequencies.
    advantage = 2 * norm.cdf(np.sqrt(2) / sigma / 2) - 1
    assert abs((true - false) / 200 - advantage) < 4 * np.sqrt(2 * 0.25 / 200)
