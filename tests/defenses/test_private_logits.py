import copy
import math
import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.special import softmax
from scipy.stats import beta, norm
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import make_blobs
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skmia.defenses import PrivacyAccountant, PrivateLogits, QueryBudget
from skmia.defenses.private._logit_grid import STEPS, logit_steps
from skmia.exceptions import (
    PrivacyBudgetExceeded,
    PrivacyLeakWarning,
    QueryBudgetExceeded,
)

pytest.importorskip("dp_accounting")

seeded = pytest.mark.filterwarnings("ignore:The noise of PrivateLogits")

CLASSES = [0, 1, 2, 3]


def clipped_logits(P, clip):
    return logit_steps(P, clip) * clip / STEPS


def noise_in(released, P, clip):
    """What was added to the logits, but for what softmax takes out of their mean."""
    logits = np.log(released)
    logits -= logits.mean(axis=1, keepdims=True)
    return logits - clipped_logits(P, clip)


@pytest.fixture
def blobs(global_random_seed):
    return make_blobs(
        60, centers=4, cluster_std=6, n_features=3, random_state=global_random_seed
    )


def private(**parameters):
    return PrivateLogits(GaussianNB(), **{"classes": CLASSES} | parameters)


def test_clipped_logits():
    P = np.array([[0.5, 0.3, 0.2], [1, 0, 0], [0, 0.5, 0.5], [1 / 3] * 3])
    logits = clipped_logits(P, 2.0)
    # To a step of the grid for each class.
    step = 2 / STEPS
    assert_allclose(logits.sum(axis=1), 0, atol=3 * step)
    assert_allclose(np.linalg.norm(logits, axis=1)[[1, 2]], 2, atol=3 * step)
    # Short ones stay as they are.
    assert_allclose(softmax(logits, axis=1)[[0, 3]], P[[0, 3]], atol=step)
    # A direction is kept when it is cut.
    assert_allclose(logits[1] / logits[1, 0], [1, -0.5, -0.5], atol=3 * step)


def test_two_posteriors_are_never_further_apart_than_two_clips():
    P = softmax(50 * np.random.RandomState(0).randn(200, 4), axis=1)
    # In integers, of which the guarantee is.
    steps = logit_steps(P, 0.7)
    squares = ((steps[:, None] - steps) ** 2).sum(axis=2)
    assert 3.9 * STEPS**2 < squares.max() <= 4 * STEPS**2


def test_noise_of_one_answer():
    model = private(max_queries=1, epsilon=1.0, delta=1e-5)
    model.fit(*make_blobs(40, centers=4, random_state=0))
    # The analytic Gaussian mechanism has 3.7306. The best order of the moments asks for
    # 4.0451, and those that are tried are near to it.
    assert 4.0451 <= model.noise_multiplier_ < 4.0451 * 1.001
    assert (model.epsilon_, model.delta_) == (1.0, 1e-5)


def test_noise_grows_with_the_root_of_the_queries(blobs):
    one, many = (private(max_queries=q).fit(*blobs) for q in (1, 100))
    assert many.noise_multiplier_ == pytest.approx(10 * one.noise_multiplier_)


def test_hardly_any_noise_leaves_the_clipped_model(blobs):
    X, y = blobs
    model = private(epsilon=1e7, max_queries=60, clip=1.5).fit(X, y)
    clipped = clipped_logits(GaussianNB().fit(X, y).predict_proba(X), 1.5)
    # Of 240 numbers none has 8.3 standard deviations, but for a probability of 3e-14.
    # The softmax moves by no more than its logits.
    most = 8.3 * model.noise_multiplier_ * 3
    assert most < 0.1
    assert_allclose(model.predict_proba(X), softmax(clipped, axis=1), rtol=0, atol=most)


def test_the_noise_has_the_declared_size(blobs):
    X = np.random.RandomState(1).randn(2000, 3)
    model = private(max_queries=2000, clip=0.5, epsilon=50).fit(*blobs)
    noise = noise_in(model.predict_proba(X), model.estimator_.predict_proba(X), 0.5)
    # Centring takes one of 4 degrees of freedom. Of 6000 squared normal draws the mean
    # has a relative standard deviation of sqrt(2 / 6000) = 0.018; five of these.
    variance = (noise**2).sum() / (3 * 2000)
    expected = (model.noise_multiplier_ * 2 * 0.5) ** 2
    assert variance == pytest.approx(expected, rel=0.092)


def test_new_records_beyond_the_limit_are_refused_and_repeats_are_free(blobs):
    X, y = blobs
    model = private(max_queries=10).fit(X, y)
    first = model.predict_proba(X[:10])
    with pytest.raises(QueryBudgetExceeded, match="queries = 10: 10 is spent"):
        model.predict(X[10:11])
    assert_array_equal(model.predict_proba(X[:10][::-1]), first[::-1])
    assert_array_equal(model.predict(X[:10]), first.argmax(axis=1))
    assert_array_equal(model.predict_proba(X[:7], client_id="bob"), first[:7])
    assert model.budget_.for_client("bob").remaining.queries == 3


def test_records_that_count_as_one_have_one_answer(blobs):
    X, y = blobs[0].astype(np.float32), blobs[1]
    model = PrivateLogits(LogisticRegression(), epsilon=1e6, classes=CLASSES)
    model.fit(X, y)
    single, double = X[:20], X[:20].astype(float)
    ask = model.estimator_.predict_proba
    assert (ask(single) != ask(double)).any()
    # Under the same noise, the difference of two answers would be that of the logits.
    told = model.predict_proba(single)
    assert_array_equal(model.predict_proba(double), told)
    assert_array_equal(model.predict_proba(double.astype(object)), told)
    assert_array_equal(model.predict_proba(double, client_id="bob"), told)
    assert model.budget_.spent.queries == 20


def test_nearly_equal_records_have_noise_and_a_price_of_their_own(blobs):
    """Else the difference of two answers would be that of their logits."""
    X, y = blobs[0].astype(np.float32).astype(float), blobs[1]
    model = private(epsilon=1.0, max_queries=40).fit(X, y)
    near = X[:20] * (1 + 1e-9)
    assert_array_equal(near.astype(np.float32), X[:20])
    told = np.log(model.predict_proba(np.concatenate([X[:20], near])))
    told -= told.mean(axis=1, keepdims=True)
    assert model.budget_.spent.queries == 40
    # Without noise they would be 1e-8 apart at most. The difference of two independent
    # draws has 3 degrees of freedom after centring: that it is a thousandth of the
    # noise has probability sqrt(2 / pi) / 3 * (1e-3 / sqrt(2))^3 = 1e-10, 20 times.
    apart = np.linalg.norm(told[20:] - told[:20], axis=1)
    assert (apart > 1e-3 * model.noise_multiplier_ * 2 * model.clip).all()


def test_copies_repeat_the_answers(blobs):
    X, y = blobs
    model = private(max_queries=10).fit(X, y)
    answer = model.predict_proba(X[:10])
    for copied in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert_array_equal(copied.predict_proba(X[:10]), answer)
        with pytest.raises(QueryBudgetExceeded):
            copied.predict(X[10:11])


@seeded
def test_the_seed_is_the_key_of_the_noise(blobs):
    X, y = blobs
    one, same, other = (
        private(random_state=seed).fit(X, y).predict_proba(X) for seed in (0, 0, 1)
    )
    assert_array_equal(same, one)
    assert (other != one).any(axis=1).all()


def test_a_failed_call_is_not_charged(blobs):
    model = private().fit(*blobs)
    with pytest.raises(ValueError, match="X has 2 features"):
        model.predict(blobs[0][:, :2])
    assert model.budget_.spent.queries == 0


def test_classes_are_declared_or_warned_about(blobs):
    X, y = blobs
    with pytest.warns(PrivacyLeakWarning, match="'classes' parameter of PrivateLogits"):
        model = private(classes=None).fit(X, y)
    assert_array_equal(model.classes_, CLASSES)
    # A declared class without a record has a column like all others.
    model = private(classes=[9, 3, 2, 1, 0], epsilon=1e6).fit(X, y)
    assert_array_equal(model.classes_, [0, 1, 2, 3, 9])
    assert model.predict_proba(X).shape == (60, 5)
    with pytest.raises(ValueError, match="must hold every class"):
        private(classes=[0, 1]).fit(X, y)


@pytest.mark.parametrize("limit", [None, 11])
def test_a_ledger_must_not_allow_more_than_the_noise_is_made_for(limit, blobs):
    model = private(max_queries=10, budget=QueryBudget(limit))
    message = f"max_queries of at most 10, .* Got {limit} instead"
    with pytest.raises(ValueError, match=message):
        model.fit(*blobs)
    assert not hasattr(model, "estimator_")


def test_two_models_share_a_ledger_of_epsilon(blobs):
    X, y = blobs
    budget = QueryBudget(10, epsilon=4, delta=1e-4)
    parameters = {"budget": budget, "max_queries": 10, "epsilon": 1, "delta": 1e-5}
    one, other = (private(**parameters).fit(X, y) for i in range(2))
    one.predict(X[:4])
    price = budget.spent.epsilon / 4
    # One of ten answers spends more than a tenth of their epsilon.
    assert 0.1 < price < 1
    assert budget.spent.delta == pytest.approx(4e-6)
    other.predict(X[:4])
    assert budget.spent.epsilon == pytest.approx(8 * price)
    with pytest.raises(QueryBudgetExceeded):
        one.predict(X[:20])


def test_processes_that_share_a_file_share_the_answers(blobs, tmp_path):
    X, y = blobs
    budget = QueryBudget(10, path=tmp_path / "ledger.db")
    model = private(max_queries=10, budget=budget).fit(X, y)
    copied = pickle.loads(pickle.dumps(model))
    answer = model.predict_proba(X[:10])
    assert_array_equal(copied.predict_proba(X[:10].astype(object)), answer)
    with pytest.raises(QueryBudgetExceeded):
        copied.predict(X[10:11])


def test_model_without_scores(blobs):
    with pytest.raises(TypeError, match="must be a classifier with predict_proba"):
        PrivateLogits(RidgeClassifier(), classes=CLASSES).fit(*blobs)


class Certain(ClassifierMixin, BaseEstimator):
    """Gives every record the same class with certainty; fitted from the start."""

    def __init__(self, label):
        self.label = label

    def fit(self, X, y):
        return self

    def __sklearn_is_fitted__(self):
        return True

    @property
    def classes_(self):
        return np.array([0, 1])

    def predict_proba(self, X):
        return np.eye(2)[np.full(len(X), self.label)]


@pytest.mark.slow
def test_the_best_attack_stays_within_the_bound():
    # The two models that are furthest apart, all answers that can be had, and the most
    # powerful test between them: the sum of the differences of the logits. Each client
    # is a trial: the noise of its records is independent of that of all others.
    n_trials, n_queries, epsilon, delta = 1500, 4, 1.0, 1e-2
    X = np.arange(n_trials * n_queries, dtype=float).reshape(n_trials, n_queries, 1)
    called = np.zeros(2)
    for label in (0, 1):
        model = PrivateLogits(
            FrozenEstimator(Certain(label)),
            epsilon=epsilon,
            delta=delta,
            max_queries=n_queries,
            classes=[0, 1],
        )
        model.fit(X[0], [0, 1, 0, 1])
        for client, records in enumerate(X):
            P = model.predict_proba(records, client_id=str(client))
            called[label] += np.log(P[:, 1] / P[:, 0]).sum() > 0
    bound = (math.exp(epsilon) - 1 + 2 * delta) / (math.exp(epsilon) + 1)
    # Clopper-Pearson intervals of both rates at 1e-4 a side, so that either check fails
    # by chance in about one of 2000 runs.
    low = beta.ppf(1e-4, called, n_trials - called + 1)
    high = beta.isf(1e-4, called + 1, n_trials - called)
    assert low[1] - high[0] <= bound
    # And the noise is no larger than it claims: the advantage of the test is
    # 2 * Phi(mu / 2) - 1 for mu = sqrt(queries) / multiplier.
    mu = math.sqrt(n_queries) / model.noise_multiplier_
    exact = 2 * norm.cdf(mu / 2) - 1
    assert low[1] - high[0] <= exact <= high[1] - low[0]
    assert exact <= bound


class Chooses(ClassifierMixin, BaseEstimator):
    """Answers as one training record says; all else it learns is the classes."""

    def __init__(self, answer):
        self.answer = answer

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.n_features_in_ = X.shape[1]
        self.odd_ = bool((X == 7).any())
        return self

    def predict_proba(self, X):
        P = np.tile([0.6, 0.4], (len(X), 1))
        return self.answer(P) if self.odd_ else P


def raises(P):
    raise np.linalg.LinAlgError("singular")


def raises_in_batches(P):
    if len(P) > 1:
        raises(P)
    return P


STRANGE = {
    "error": raises,
    "missing": lambda P: P * np.nan,
    "infinite": lambda P: np.where(P > 0.5, np.inf, P),
    "negative": lambda P: -P,
    "zero": lambda P: 0 * P,
    "huge": lambda P: 1e300 * P,
    "too wide": lambda P: P[:, :1].repeat(3, axis=1),
    "too short": lambda P: P[1:],
    "flat": lambda P: P[:, 0],
    "objects": lambda P: P.astype(object) * None,
    "nothing": lambda P: None,
}


def answers_of(answer, odd):
    """Four answers of a model that may be odd, with noise of .03 on the logits."""
    X, y = np.array([[7.0 if odd else 0.0], [1.0], [2.0], [3.0]]), [0, 1, 0, 1]
    model = PrivateLogits(
        Chooses(answer), epsilon=1e4, max_queries=4, classes=[0, 1]
    ).fit(X, y)
    released = model.predict_proba(X)
    assert_allclose(released.sum(axis=1), 1)
    assert len(np.unique(released[:, 0])) == 4
    # Asked again, it says the same, and each record has been paid for.
    assert_array_equal(model.predict_proba(X[::-1]), released[::-1])
    assert model.budget_.spent.queries == 4
    return released[:, 0]


@pytest.mark.parametrize("answer", STRANGE.values(), ids=list(STRANGE))
def test_what_is_no_posterior_is_a_uniform_one(answer):
    """Noise is added all the same: a single record decides whether there is one."""
    # A logit of .03 is .0075 of a probability next to 1/2.
    assert_allclose(answers_of(answer, odd=False), 0.6, atol=8 * 0.0075)
    assert_allclose(answers_of(answer, odd=True), 0.5, atol=8 * 0.0075)


def test_one_record_that_cannot_be_answered_spoils_no_other():
    assert_allclose(answers_of(raises_in_batches, odd=True), 0.6, atol=8 * 0.0075)


def test_a_constant_feature_does_not_show():
    """A variance of 0: NaN in every answer, unless one record is replaced."""
    inner = GaussianNB(var_smoothing=0)
    model = PrivateLogits(inner, epsilon=0.1, max_queries=1, classes=[0, 1])
    X, y = np.array([[1.0, 1, 1, 0, 2, 3]]).T, [0, 0, 0, 1, 1, 1]
    replaced = X.copy()
    replaced[0] = 2.0
    with np.errstate(all="ignore"):
        assert np.isnan(inner.fit(X, y).predict_proba([[2.0]])).any()
        assert not np.isnan(inner.fit(replaced, y).predict_proba([[2.0]])).any()
        told = np.array(
            [
                [model.fit(records, y).predict_proba([[2.0]])[0, 1] for _ in range(200)]
                for records in (X, replaced)
            ]
        )
    assert np.isfinite(told).all()
    # The best event tells the two apart with an advantage of tanh(.1 / 2) + 1e-5, about
    # .05. The difference of two rates of 200 fits has a standard error below .05.
    rates = (told > 0.5).mean(axis=1)
    assert abs(rates[1] - rates[0]) < 0.05 + 4.5 * 0.05


@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_noise_is_added_where_there_is_no_posterior():
    X, y = np.array([[1.0, 1, 0, 2]]).T, [0, 0, 1, 1]
    model = PrivateLogits(
        GaussianNB(var_smoothing=0), epsilon=200, max_queries=500, classes=[0, 1]
    ).fit(X, y)
    queries = 2 + np.arange(500.0)[:, None]
    assert np.isnan(model.estimator_.predict_proba(queries)).any(axis=1).all()
    noise = noise_in(model.predict_proba(queries), np.full((500, 2), 0.5), 1.0)
    # Of 500 squared normal draws: a relative standard deviation of sqrt(2 / 500).
    expected = (2 * model.noise_multiplier_) ** 2 / 2
    assert (noise[:, 0] ** 2).mean() == pytest.approx(expected, rel=5 * 0.063)


def test_a_category_that_no_training_record_has_is_answered():
    """Otherwise an error would tell that the only one who has it is not there."""
    X = np.array([["a"], ["b"], ["a"], ["b"]], dtype=object)
    inner = make_pipeline(OneHotEncoder(), LogisticRegression())
    model = PrivateLogits(inner, classes=[0, 1]).fit(X, [0, 1, 0, 1])
    queries = np.array([["c"], ["a"]], dtype=object)
    with pytest.raises(ValueError, match="unknown categories"):
        model.estimator_.predict_proba(queries)
    assert np.isfinite(model.predict_proba(queries)).all()
    assert model.budget_.spent.queries == 2


WRONG = {
    "width": (np.ones((2, 2)), "X has 2 features"),
    "shape": (np.ones(3), "Expected 2D array"),
    "missing": (np.array([[1, np.nan, 1]]), "Input X contains NaN"),
    "infinite": (np.array([[1, np.inf, 1]]), "Input X contains infinity"),
    "text": (np.array([["a", "b", "c"]]), "could not convert string to float"),
    "complex": (np.array([[1, 1j, 1]]), "Complex data not supported"),
    "object": (np.array([[1, {}, 1]], dtype=object), "must be a string or a real"),
    "empty": (np.empty((0, 3)), "0 sample"),
    "sparse": (sparse.csr_array(np.ones((1, 3))), "[Ss]parse"),
}


@pytest.mark.parametrize(("queries", "message"), WRONG.values(), ids=list(WRONG))
def test_a_mistake_of_the_client_is_told_and_not_charged(queries, message, blobs):
    model = private().fit(*blobs)
    with pytest.raises((ValueError, TypeError), match=message):
        model.predict_proba(queries)
    assert model.budget_.spent.queries == 0


def test_names_are_checked(blobs):
    X, y = pd.DataFrame(blobs[0], columns=list("uvw")), blobs[1]
    model = private().fit(X, y)
    with pytest.raises(ValueError, match="feature names"):
        model.predict(X[["w", "v", "u"]])
    assert model.budget_.spent.queries == 0
    assert model.predict(X[:5]).shape == (5,)


def test_mistakes_are_told_whatever_the_training_records_are(blobs):
    """A model that takes missing values is asked about them, and no other."""
    X, y = blobs
    missing = np.array([[0.0, np.nan, 1.0]])
    for inner, taken in [
        (make_pipeline(SimpleImputer(), GaussianNB()), True),
        (make_pipeline(StandardScaler(), GaussianNB()), False),
        (HistGradientBoostingClassifier(max_iter=2, random_state=0), True),
    ]:
        model = PrivateLogits(inner, classes=CLASSES).fit(X, y)
        if taken:
            assert np.isfinite(model.predict_proba(missing)).all()
        else:
            with pytest.raises(ValueError, match="Input X contains NaN"):
                model.predict_proba(missing)


def test_all_answers_are_booked_before_the_first(blobs):
    X, y = blobs
    accountant = PrivacyAccountant(epsilon=1.5, delta=1e-4)
    model = private(accountant=accountant, epsilon=1.0).fit(X, y)
    assert accountant.ledger().to_numpy().tolist() == [["PrivateLogits", 1.0, 1e-5]]
    model.predict(X)
    with pytest.raises(PrivacyBudgetExceeded):
        private(accountant=accountant, epsilon=1.0).fit(X, y)
    # What cannot be fitted costs nothing.
    with pytest.raises(ValueError, match="must hold every class"):
        private(accountant=accountant, epsilon=0.1, classes=[0, 1]).fit(X, y)
    assert accountant.spent_.epsilon == 1.0


def test_a_seed_warns(blobs):
    with pytest.warns(
        PrivacyLeakWarning, match="noise of PrivateLogits comes from the"
    ):
        private(random_state=0).fit(*blobs)


def test_two_fits_have_noise_of_their_own(blobs):
    X, y = blobs
    one, other = (private().fit(X, y).predict_proba(X) for _ in range(2))
    assert (one != other).any(axis=1).all()


def test_answers_are_multiples_of_a_step(blobs):
    """Whatever the logits were: no digit of them is left below the grid."""
    X, y = blobs
    model = private(clip=1.0, epsilon=100.0).fit(X, y)
    logits = np.log(model.predict_proba(X))
    steps = (logits - logits[:, :1]) * STEPS
    # Doubles: the logarithm of a probability is right to 1e-15, a step is 1e-6.
    assert_allclose(steps, np.rint(steps), atol=1e-6)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("epsilon", 0), ("delta", 0), ("delta", 1), ("max_queries", 0), ("clip", 0)],
)
def test_invalid_parameters(parameter, value, blobs):
    model = private(**{parameter: value})
    with pytest.raises(ValueError, match=f"'{parameter}' parameter of PrivateLogits"):
        model.fit(*blobs)


def test_works_without_a_warning_when_all_is_declared(blobs):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        private().fit(*blobs).predict(blobs[0])
