import os
import pickle

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from numpy.testing import assert_array_equal
from scipy import sparse
from scipy.stats import norm
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.datasets import make_blobs
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from skmia.defenses import PateClassifier, PrivacyAccountant
from skmia.defenses.private._pate_votes import NoisyVotes
from skmia.exceptions import PrivacyBudgetExceeded, PrivacyLeakWarning
from skmia.metrics import clopper_pearson
from skmia.utils._secret_stream import secret_key

seeded = pytest.mark.filterwarnings("ignore:The noise of PateClassifier")

DELTA = 1e-5


def gaussian(**params):
    """A fast PATE whose noise leaves the votes alone, mostly."""
    defaults = {
        "n_teachers": 10,
        "mechanism": "gnmax",
        "sigma": 1.0,
        "classes": [0, 1, 2],
    }
    return PateClassifier(**{"estimator": GaussianNB(), **defaults, **params})


@pytest.fixture
def rng(global_random_seed):
    return np.random.RandomState(global_random_seed)


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
    assert model.epsilon_spent_ == model.epsilon_
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
    assert 1.4 < model.epsilon_spent_ <= 1.5
    assert model.epsilon_ == 1.5


def test_what_is_promised_does_not_depend_on_the_votes(blobs):
    """The answers decide what was spent; that tells of the data, and is no promise."""
    X, y = blobs
    public = np.tile(X, (4, 1))[:1000]
    model = gaussian(
        public=public, mechanism="confident-gnmax", sigma=40, sigma_threshold=30
    )
    fitted = {}
    # All, about half and hardly any of the answers have at least so many votes.
    for threshold in (-1000, 10, 70):
        model.set_params(threshold=threshold).fit(X, y)
        fitted[model.n_answered_] = model.epsilon_, model.epsilon_spent_
    few, some, many = sorted(fitted)
    assert 1 <= few < 50 < some < 900 < many == 1000
    promised = {epsilon for epsilon, _ in fitted.values()}
    voting = NoisyVotes("confident-gnmax", 40, 30, 0)
    assert promised == {voting.epsilon(1000, 1000, DELTA)}
    for n_answered, (epsilon, spent) in fitted.items():
        assert spent == voting.epsilon(1000, n_answered, DELTA) <= epsilon
    assert fitted[few][1] < fitted[some][1] < fitted[many][1] == fitted[many][0]


def test_the_promise_is_booked_before_the_noise_is_drawn(blobs):
    X, y = blobs
    accountant = PrivacyAccountant(epsilon=3, delta=1e-4)
    params = {"public": X, "accountant": accountant, "sigma": 200.0}
    model = gaussian(**params).fit(X, y)
    assert accountant.ledger().to_numpy().tolist() == [
        ["PateClassifier", model.epsilon_, DELTA]
    ]
    # Not what is spent, which is less: it is known too late.
    model = gaussian(
        **params, mechanism="confident-gnmax", threshold=0.0, sigma_threshold=200.0
    ).fit(X, y)
    assert model.epsilon_spent_ < model.epsilon_
    assert accountant.ledger()["epsilon"].iloc[1] == model.epsilon_
    with pytest.raises(PrivacyBudgetExceeded, match="PateClassifier would make it"):
        gaussian(**params | {"sigma": 20.0}).fit(X, y)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"public": None}, "records that are not private"),
        ({"classes": [0, 1]}, "y also holds"),
        ({"epsilon_max": 1e-9}, "must suffice for one answer"),
        ({"estimator": GaussianNB(priors=[1.0])}, "Number of priors"),
        ({"estimator": KNeighborsClassifier(99)}, "Expected n_neighbors <= n_samples"),
    ],
)
def test_what_is_wrong_with_the_parameters_costs_nothing(wrong, message, blobs):
    accountant = PrivacyAccountant()
    model = gaussian(**{"public": blobs[0], "accountant": accountant} | wrong)
    with pytest.raises(ValueError, match=message):
        model.fit(*blobs)
    assert accountant.ledger().empty


class Remembering(ClassifierMixin, BaseEstimator):
    """Gives away all it was fitted on: rehearsal, teacher, student."""

    seen = []

    def fit(self, X, y):
        self.seen.append(X)
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return np.repeat(self.classes_[0], X.shape[0])

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def trained_on(X, public):
    """Records of the teacher of all of them, and what it was asked about."""
    Remembering.seen.clear()
    y = np.arange(X.shape[0]) % 2
    model = gaussian(
        estimator=Remembering(), public=public, n_teachers=1, classes=[0, 1]
    )
    model.fit(X, y)
    _, private, asked = Remembering.seen
    return private, asked


def test_no_record_decides_the_dtypes_of_all_parts(rng):
    """One record of 0.5 made a column float, and a selection by dtype empty."""
    n = 40
    public = pd.DataFrame(
        {
            "z": [0, 1] * 5,
            "u": rng.uniform(size=10),
            "town": ["a", "b"] * 5,
            "kind": pd.Categorical([0, 1] * 5, categories=[1, 0, 2]),
            "mixed": pd.Series(["x", 1] * 5, dtype=object),
        }
    )
    X = public.loc[np.arange(n) % 10].reset_index(drop=True)
    X["mixed"] = 1
    for odd in (0.5, "x", None, 10**400):
        replaced = X.astype(object)
        replaced.loc[0] = odd
        for records in (X, replaced, replaced.infer_objects()):
            private, asked = trained_on(records, public)
            assert private.dtypes.equals(asked.dtypes)
            assert [*private.dtypes[["z", "u", "mixed"]]] == [float, float, object]
            assert private["town"].dtype == public["town"].dtype
            assert private["kind"].dtype == public["kind"].dtype
            if records is X:
                expected = private
            pd.testing.assert_frame_equal(private[1:], expected[1:])
            assert {*map(str, private["mixed"][1:])} == {"1.0"}


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_no_record_decides_the_dtype_of_an_array(container):
    public = np.eye(4, dtype=int)
    for dtype in (int, float, np.float32, bool):
        private, asked = trained_on(container(public.astype(dtype)), container(public))
        assert private.dtype == asked.dtype == np.float64
    for dtype in (int, float, object):
        texts = np.array([["a", 1, 2, 3]] * 4, dtype=object)
        private, asked = trained_on(public.astype(dtype), texts)
        assert private.dtype == asked.dtype == object
        assert str(private[0, 0]) == "1.0"


def test_a_selection_of_columns_by_dtype_does_not_depend_on_one_record(rng):
    z = rng.randint(0, 2, size=2000)
    public = pd.DataFrame({"z": [0.0, 1.0] * 5, "u": rng.uniform(size=10)})
    select = make_column_transformer(
        (
            OneHotEncoder(handle_unknown="ignore"),
            make_column_selector("z", dtype_include="int64"),
        ),
        ("passthrough", ["u"]),
    )
    tree = make_pipeline(select, DecisionTreeClassifier(max_depth=1, random_state=0))
    X = pd.DataFrame({"z": z, "u": rng.uniform(size=2000)})
    replaced = X.astype({"z": float})
    replaced.loc[0, "z"] = 0.5
    answers = []
    for records in (X, replaced):
        model = gaussian(
            estimator=tree, public=public, classes=[0, 1], sigma=1e-3, random_state=0
        )
        with pytest.warns(PrivacyLeakWarning):
            answers.append(model.fit(records, z).predict(public))
    assert_array_equal(*answers)


class Fragile(ClassifierMixin, BaseEstimator):
    """Knows the class of all records, unless one of them is a 7."""

    def __init__(self, fails="fit"):
        self.fails = fails

    def fit(self, X, y):
        self.classes_, self.odd_ = np.unique(y), (np.asarray(X) == 7).any()
        if self.fails == "fit" and self.odd_:
            raise np.linalg.LinAlgError("singular")
        return self

    def predict(self, X):
        if not self.odd_:
            return np.repeat(self.classes_[1], len(X))
        if self.fails == "predict":
            raise FloatingPointError("overflow")
        return {"labels": np.full(len(X), 99), "rows": self.classes_}[self.fails]


@pytest.mark.parametrize("fails", ["fit", "predict", "labels", "rows"])
def test_one_record_decides_one_vote_and_no_error(fails):
    """A teacher that fails votes for nothing: raised, its error would tell of a 7."""
    X, y = np.zeros((100, 1)), np.arange(100) % 2
    replaced = X.copy()
    replaced[0] = 7
    model = PateClassifier(Fragile(fails), n_teachers=5, classes=[0, 1])
    public = np.zeros((3, 1))
    votes = [
        model._votes(records, y, public, np.arange(2), np.random.RandomState(0))
        for records in (X, replaced)
    ]
    assert (votes[0] == 1).all()
    assert sorted(votes[1].tolist()) == [[-1] * 3] + [[1] * 3] * 4
    # All of them, too: the student learns from noise alone, and nothing is told.
    model.set_params(student=DecisionTreeClassifier(), public=public)
    model.set_params(mechanism="gnmax", sigma=1.0)
    model.fit(np.full((100, 1), 7.0), y)
    assert model.n_answered_ == 3


@pytest.mark.parametrize(
    ("records", "message"),
    [
        (np.array([[1.0, np.nan]] * 4), "Input X contains NaN"),
        (np.array([[1.0, np.inf]] * 4), "Input X contains infinity"),
        (np.array([[1.0, "a"]] * 4, dtype=object), "could not convert string to float"),
        (sparse.csr_array(np.eye(4, 2)), "[Ss]parse"),
    ],
)
def test_records_of_another_kind_than_the_public_ones_are_told(records, message):
    """Whoever is in the data: each of their teachers would fail on them alone."""
    model = gaussian(public=np.ones((10, 2)), classes=[0, 1], n_teachers=1)
    with pytest.raises((ValueError, TypeError), match=message):
        model.fit(records, [0, 1, 0, 1])


def test_missing_values_where_the_model_takes_them(blobs):
    X, y = blobs[0].copy(), blobs[1]
    X[::7, 1] = np.nan
    imputing = make_pipeline(SimpleImputer(), GaussianNB())
    model = gaussian(estimator=imputing, public=X).fit(X, y)
    assert model.score(X, y) > 0.8


def test_the_key_of_the_noise_is_nowhere_on_the_model(blobs, monkeypatch):
    """Nor a seed that makes it; and public records are drawn by another generator."""
    key = bytes(range(32))
    monkeypatch.setattr(os, "urandom", lambda n: key[:n])
    student = RandomForestClassifier(n_estimators=3)
    model = gaussian(bounds=(-10, 10), n_public=200, student=student)
    drawn = []
    for _ in range(2):
        forest = model.fit(*blobs).estimator_
        assert key not in pickle.dumps(model)
        seeds = [part.random_state for part in (forest, *forest.estimators_)]
        assert all(isinstance(seed, int) for seed in seeds)
        assert key not in map(secret_key, seeds)
        drawn.append(forest.estimators_[0].tree_.threshold[0])
    assert drawn[0] != drawn[1]


def test_the_noise_comes_from_the_key_alone(blobs, monkeypatch):
    X, y = blobs
    answers = []
    for key in (b"k", b"k", b"l"):
        monkeypatch.setattr(os, "urandom", lambda n, key=key: key * n)
        model = gaussian(
            public=X, sigma=1e5, student=KNeighborsClassifier(1, algorithm="brute")
        ).fit(X, y)
        answers.append(model.predict(X))
    assert_array_equal(answers[0], answers[1])
    # Of 300 random labels a third agrees, within 5 standard deviations of .027.
    assert (answers[0] == answers[2]).mean() < 1 / 3 + 5 * 0.028


def test_a_seed_warns(blobs):
    with pytest.warns(PrivacyLeakWarning, match="noise of PateClassifier comes from"):
        gaussian(public=blobs[0], random_state=0).fit(*blobs)


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


@seeded
def test_n_jobs_changes_nothing(blobs):
    X, y = blobs
    model = gaussian(public=X, random_state=0).fit(X, y)
    expected = model.predict_proba(X)
    with parallel_config(backend="threading"):
        answer = model.set_params(n_jobs=2).fit(X, y).predict_proba(X)
    assert_array_equal(answer, expected)


@pytest.mark.slow
def test_no_attack_beats_the_bound():
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

    def caught(label):
        """How often the student of a data set with this label says 1."""
        fits = (model.fit(X, [label] * 3) for _ in range(200))
        return np.sum([fitted.predict(X[:1])[0] for fitted in fits])

    true, false = caught(1), caught(0)
    least, _ = clopper_pearson(true, 200, confidence_level=0.999)
    _, most = clopper_pearson(false, 200, confidence_level=0.999)
    assert least - most <= bound
    # And the attack is the best there is: the advantage that Gaussian noise allows,
    # within 4 standard deviations of a difference of two frequencies.
    advantage = 2 * norm.cdf(np.sqrt(2) / sigma / 2) - 1
    assert abs((true - false) / 200 - advantage) < 4 * np.sqrt(2 * 0.25 / 200)
