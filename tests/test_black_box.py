import copy
import math
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import make_blobs
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils.validation import check_is_fitted
from sklearn_checks import parametrize_with_checks

from skmia import audit
from skmia.exceptions import QueryBudgetExceeded, SkmiaError
from skmia.targets import BlackBox

ACCESS = ["scores", "top-k", "label"]


@parametrize_with_checks(
    [
        BlackBox(model, access=access)
        for model in (LogisticRegression(), DecisionTreeClassifier(random_state=0))
        for access in ACCESS
    ]
)
def test_sklearn_checks(estimator, check):
    check(estimator)


@pytest.fixture
def data(global_random_seed):
    return make_blobs(
        60, centers=5, cluster_std=6, n_features=3, random_state=global_random_seed
    )


@pytest.fixture
def model(data):
    return GaussianNB().fit(*data)


def test_fitted_model_answers_at_once(model, data):
    api = BlackBox(model)
    check_is_fitted(api)
    assert_array_equal(api.predict(data[0]), model.predict(data[0]))
    assert_array_equal(api.predict_proba(data[0]), model.predict_proba(data[0]))
    assert_array_equal(api.classes_, model.classes_)
    assert api.n_features_in_ == 3
    assert not hasattr(api, "feature_names_in_")
    assert api.score(*data) == model.score(*data)


def test_a_model_of_another_kind_is_not_audited(data):
    regressor = DecisionTreeRegressor(random_state=0).fit(*data)
    with pytest.raises(TypeError, match=r"must be a classifier.*a regressor"):
        audit(BlackBox(regressor), *data, *data)


def test_unfitted_model_needs_fit(data):
    X, y = data
    inner = GaussianNB()
    api = BlackBox(inner, max_queries=5)
    for method in (api.predict, api.predict_proba):
        with pytest.raises(
            NotFittedError, match="This BlackBox instance is not fitted"
        ):
            method(X)
    assert api.n_queries_ == 0
    assert_array_equal(
        api.fit(X, y).predict(X[:5]), GaussianNB().fit(X, y).predict(X[:5])
    )
    assert not hasattr(inner, "classes_")


@pytest.mark.parametrize("access", ACCESS)
def test_what_the_access_hides_does_not_exist(access, model, data):
    for api in (BlackBox(model, access=access), BlackBox(GaussianNB(), access=access)):
        assert hasattr(api, "predict_proba") == (access != "label")
        for method in (
            "decision_function",
            "predict_log_proba",
            "predict_joint_log_proba",
        ):
            assert not hasattr(api, method)
    with pytest.raises(AttributeError, match="has no attribute 'predict_proba'"):
        BlackBox(model, access="label").predict_proba(data[0])


def test_model_without_scores_gives_labels(data):
    api = BlackBox(RidgeClassifier()).fit(*data)
    assert not hasattr(api, "predict_proba")
    assert api.predict(data[0]).shape == (60,)


def test_top_k_shows_the_largest_entries(model, data):
    X = data[0]
    posterior = model.predict_proba(X)
    released = BlackBox(model, access="top-k", k=2).predict_proba(X)
    assert_array_equal(np.sort(released)[:, -2:], np.sort(posterior)[:, -2:])
    assert_array_equal(released.argmax(axis=1), posterior.argmax(axis=1))
    assert max(len(set(row)) for row in released) == 3
    assert_allclose(released.sum(axis=1), 1, rtol=0, atol=1e-12)


def test_rows_of_all_methods_count(model, data):
    X, y = data
    api = BlackBox(model, max_queries=100)
    assert (api.n_queries_, api.queries_left_) == (0, 100)
    api.predict(X[:10])
    api.predict_proba(X[:20])
    api.score(X[:30], y[:30])
    assert (api.n_queries_, api.queries_left_) == (60, 40)


def test_no_limit(model, data):
    api = BlackBox(model)
    api.predict(data[0])
    assert (api.n_queries_, api.queries_left_) == (60, math.inf)


class Spy(GaussianNB):
    """Remembers how often it was asked."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def predict(self, X):
        self.calls.append(len(X))
        return super().predict(X)


@pytest.mark.parametrize("error", [QueryBudgetExceeded, SkmiaError, RuntimeError])
def test_a_refused_call_computes_and_spends_nothing(error, data):
    X, y = data
    spy = Spy().fit(X, y)
    api = BlackBox(spy, max_queries=50)
    api.predict(X[:30])
    message = r"is 50 queries \(rows\): 30 are spent, this call asks 21 more"
    with pytest.raises(error, match=message):
        api.predict(X[:21])
    assert spy.calls == [30]
    assert api.n_queries_ == 30
    assert len(api.predict(X[:20])) == 20
    assert api.queries_left_ == 0
    with pytest.raises(error, match="this call asks 1 more"):
        api.predict_proba(X[:1])


@pytest.mark.parametrize("method", ["predict", "predict_proba"])
def test_a_failed_call_is_not_charged(method, model, data):
    api = BlackBox(model, max_queries=50)
    with pytest.raises(
        ValueError, match="X has 2 features, but GaussianNB is expecting 3"
    ):
        getattr(api, method)(data[0][:10, :2])
    assert api.n_queries_ == 0


def test_no_budget_at_all(model, data):
    with pytest.raises(QueryBudgetExceeded, match="is 0 queries"):
        BlackBox(model, max_queries=0).predict(data[0][:1])


@pytest.mark.parametrize(
    "container",
    [list, pd.DataFrame, sparse.csr_array, sparse.coo_array, np.asfortranarray],
)
def test_rows_of_any_container_count(container, data):
    X = container(data[0])
    api = BlackBox(LogisticRegression(max_iter=500)).fit(X, data[1])
    api.predict(X)
    assert api.n_queries_ == 60


def test_a_number_is_no_batch(model):
    api = BlackBox(model, max_queries=3)
    with pytest.raises(TypeError, match="got scalar `array"):
        api.predict(5)
    assert api.n_queries_ == 0


def test_fit_starts_counting_from_zero(model, data):
    X, y = data
    api = BlackBox(model, max_queries=60)
    api.predict(X)
    api.fit(X[:30], y[:30])
    assert api.n_queries_ == 0
    assert_array_equal(api.predict(X), clone(model).fit(X[:30], y[:30]).predict(X))


def test_clone_was_never_asked(model, data):
    api = BlackBox(model, access="top-k", k=2, max_queries=60)
    api.predict(data[0])
    cloned = clone(api)
    assert cloned.n_queries_ == 0
    assert cloned.queries_left_ == 60
    with pytest.raises(NotFittedError, match="BlackBox instance is not fitted"):
        cloned.predict(data[0])


@pytest.mark.parametrize("prefit", [True, False])
@pytest.mark.parametrize(
    "duplicate", [copy.deepcopy, copy.copy, lambda api: pickle.loads(pickle.dumps(api))]
)
def test_copies_keep_the_count(duplicate, prefit, data):
    X, y = data
    inner = GaussianNB().fit(X, y) if prefit else GaussianNB()
    api = BlackBox(inner, max_queries=70)
    if not prefit:
        api.fit(X, y)
    api.predict(X)
    copied = duplicate(api)
    assert copied.n_queries_ == 60
    assert len(copied.predict(X[:10])) == 10
    with pytest.raises(QueryBudgetExceeded, match="70 are spent"):
        copied.predict(X[:1])


def test_a_deep_copy_counts_for_itself(model, data):
    api = BlackBox(model)
    copied = copy.deepcopy(api)
    copied.predict(data[0])
    assert (copied.n_queries_, api.n_queries_) == (60, 0)


def test_asking_rebinds_no_attribute(model, data):
    api = BlackBox(model).fit(*data)
    before = dict(vars(api))
    api.predict(data[0])
    assert vars(api) == before


def test_threads_share_one_budget(model, data):
    X = data[0]
    api = BlackBox(model, max_queries=100)

    def ask(i):
        try:
            return len(api.predict(X[: 1 + i % 7]))
        except QueryBudgetExceeded:
            return 0

    with ThreadPoolExecutor(8) as pool:
        answered = sum(pool.map(ask, range(400)))
    # Calls of one row fit in as long as anything is left.
    assert answered == api.n_queries_ == 100


@pytest.mark.parametrize(
    ("parameter", "value"),
    [("access", "gradients"), ("k", 0), ("max_queries", -1), ("max_queries", 1.5)],
)
@pytest.mark.parametrize("prefit", [True, False])
def test_invalid_parameters(parameter, value, prefit, data):
    X, y = data
    inner = GaussianNB().fit(X, y) if prefit else GaussianNB()
    api = BlackBox(inner, **{parameter: value})
    with pytest.raises(
        ValueError, match=f"'{parameter}' parameter of BlackBox must be"
    ):
        api.predict(X) if prefit else api.fit(X, y)


def test_usual_repr(model, data):
    api = BlackBox(model, access="label")
    api.predict(data[0])
    assert repr(api) == "BlackBox(access='label', estimator=GaussianNB())"


def test_a_budget_per_fold_in_cross_validation(data):
    api = BlackBox(GaussianNB(), max_queries=30)
    scores = cross_val_score(api, *data, cv=2, error_score="raise")
    assert_array_equal(scores, cross_val_score(GaussianNB(), *data, cv=2))
