import copy
import warnings

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn import config_context
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.model_selection import KFold, cross_val_predict, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skmia.defenses import LabelOnly, QueryBudget, QueryLimit
from skmia.exceptions import QueryBudgetExceeded


@pytest.fixture
def blobs(global_random_seed):
    return make_blobs(
        60, centers=4, cluster_std=6, n_features=3, random_state=global_random_seed
    )


def test_answers_as_the_inner_model_does(blobs):
    X, y = blobs
    inner = GaussianNB().fit(X, y)
    limited = QueryLimit(GaussianNB(), budget=60).fit(X, y)
    assert_array_equal(limited.predict_proba(X), inner.predict_proba(X))
    assert_array_equal(limited.predict(X), inner.predict(X))
    assert limited.budget_.remaining.queries == 0
    assert limited.score(X, y) == inner.score(X, y)


class Spy(GaussianNB):
    """Counts the calls of predict_proba, of all copies."""

    calls = []

    def predict_proba(self, X):
        self.calls.append(len(X))
        return super().predict_proba(X)


def test_a_refused_call_computes_nothing(blobs):
    X, y = blobs
    limited = QueryLimit(Spy(), budget=20).fit(X, y)
    Spy.calls.clear()
    limited.predict(X[:15])
    with pytest.raises(QueryBudgetExceeded, match="15 is spent, this call asks 6 new"):
        limited.predict_proba(X[10:21])
    assert Spy.calls == [15]
    assert limited.budget_.remaining.queries == 5


def test_a_failed_call_is_not_charged(blobs):
    limited = QueryLimit(GaussianNB()).fit(*blobs)
    with pytest.raises(ValueError, match="X has 2 features"):
        limited.predict(blobs[0][:, :2])
    assert limited.budget_.spent.queries == 0


@pytest.mark.parametrize("inner", [LabelOnly(GaussianNB()), RidgeClassifier()])
def test_model_without_scores(inner, blobs):
    X, y = blobs
    limited = QueryLimit(inner, budget=10).fit(X, y)
    assert not hasattr(limited, "predict_proba")
    assert_array_equal(limited.predict(X[:10]), clone(inner).fit(X, y).predict(X[:10]))
    with pytest.raises(QueryBudgetExceeded):
        limited.predict(X[10:11])


def test_clients_pay_for_themselves(blobs):
    X, y = blobs
    limited = QueryLimit(GaussianNB(), budget=10).fit(X, y)
    limited.predict(X[:10], client_id="alice")
    limited.predict_proba(X[:10], client_id="bob")
    with pytest.raises(QueryBudgetExceeded):
        limited.predict_proba(X[10:11], client_id="alice")
    limited.predict(X[50:])
    assert limited.budget_.spent.queries == 10


def test_an_int_is_counted_anew_in_every_fit(blobs):
    X, y = blobs
    limited = QueryLimit(GaussianNB(), budget=60).fit(X, y)
    limited.predict(X)
    limited.fit(X[:30], y[:30])
    assert limited.budget_.spent.queries == 0


def test_a_ledger_goes_on_over_fits_clones_and_models(blobs):
    X, y = blobs
    budget = QueryBudget(20)
    first = QueryLimit(GaussianNB(), budget=budget).fit(X, y)
    first.predict(X[:5])
    first.fit(X, y).predict(X[:5])
    clone(first).fit(X, y).predict(X[:5])
    QueryLimit(LogisticRegression(), budget=budget).fit(X, y).predict(X[:5])
    # Another model tells something else about the same record.
    assert budget.spent.queries == 20
    first.predict(X[:5])
    with pytest.raises(QueryBudgetExceeded):
        first.predict(X[5:6])


def test_a_ledger_of_one_client(blobs):
    X, y = blobs
    budget = QueryBudget(20)
    QueryLimit(GaussianNB(), budget=budget.for_client("alice")).fit(X, y).predict(X[:9])
    assert budget.for_client("alice").spent.queries == 9


def test_cross_validation_spends_from_one_ledger(blobs):
    budget = QueryBudget(60)
    cross_val_score(
        QueryLimit(GaussianNB(), budget=budget), *blobs, cv=3, error_score="raise"
    )
    assert budget.spent.queries == 60


def test_processes_cannot_escape_a_file(blobs, tmp_path):
    budget = QueryBudget(30, path=tmp_path / "ledger.db")
    limited = QueryLimit(GaussianNB(), budget=budget)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the scores that are refused
        scores = cross_val_score(limited, *blobs, cv=KFold(10), n_jobs=2)
    # Ten folds of 6 records each: five of them fit in.
    assert np.isfinite(scores).sum() == 5
    assert budget.remaining.queries == 0


def test_a_copy_of_a_fitted_model_is_the_same_model(blobs):
    X, y = blobs
    limited = QueryLimit(GaussianNB(), budget=10).fit(X, y)
    limited.predict(X[:10])
    copied = copy.deepcopy(limited)
    copied.predict(X[:10])
    with pytest.raises(QueryBudgetExceeded):
        copied.predict(X[10:11])


def test_the_name_of_the_client_is_routed(blobs):
    X, y = blobs
    budget = QueryBudget(60)
    limited = QueryLimit(GaussianNB(), budget=budget)
    with config_context(enable_metadata_routing=True):
        limited.set_predict_request(client_id=True)
        pipe = make_pipeline(StandardScaler(), limited).fit(X, y)
        pipe.predict(X, client_id="alice")
    assert budget.for_client("alice").spent.queries == 60
    assert budget.spent.queries == 0
    assert len(cross_val_predict(limited, X, y, cv=2)) == 60


@pytest.mark.parametrize("budget", [-1, 1.5, None, "many"])
def test_invalid_budget(budget, blobs):
    with pytest.raises(ValueError, match="'budget' parameter of QueryLimit must be"):
        QueryLimit(GaussianNB(), budget=budget).fit(*blobs)


def test_asking_rebinds_no_attribute(blobs):
    limited = QueryLimit(GaussianNB()).fit(*blobs)
    before = dict(vars(limited))
    limited.predict(blobs[0])
    assert all(vars(limited)[name] is value for name, value in before.items())
    assert np.array_equal(limited.classes_, [0, 1, 2, 3])


def test_a_thousand_records_cost_a_thousand(blobs):
    """In single precision, seconds since 1970 are the same for two minutes."""
    X, y = blobs
    X = np.c_[X, 1.7e9 + np.arange(60)]
    seconds = np.c_[np.tile(X[0, :3], (1000, 1)), 1.7e9 + np.arange(1000)]
    assert len(np.unique(seconds.astype(np.float32), axis=0)) < 10
    limited = QueryLimit(GaussianNB(), budget=1000).fit(X, y)
    limited.predict_proba(seconds)
    assert limited.budget_.spent.queries == 1000
    limited.predict(seconds.tolist())
    limited.predict(seconds.astype(object))
    with pytest.raises(QueryBudgetExceeded):
        limited.predict_proba(np.nextafter(seconds[:1], np.inf))


def test_categories_that_look_like_one_number_cost_each():
    X = np.array([["1"], ["1.0"], ["01"], ["1 "]] * 5, dtype=object)
    model = make_pipeline(OneHotEncoder(), LogisticRegression())
    limited = QueryLimit(model, budget=4).fit(X, np.arange(20) % 4)
    assert len(np.unique(limited.predict_proba(X), axis=0)) == 4
    assert limited.budget_.spent.queries == 4


def test_columns_in_another_order_cost(blobs):
    """A model that picks columns by name answers them otherwise."""
    X, y = pd.DataFrame(blobs[0], columns=["a", "b", "c"]), blobs[1]
    picks = make_column_transformer(("passthrough", ["a", "b", "c"]))
    limited = QueryLimit(make_pipeline(picks, GaussianNB()), budget=20).fit(X, y)
    told = limited.predict_proba(X[:10])
    swapped = X[:10].set_axis(["b", "a", "c"], axis=1)
    assert (limited.predict_proba(swapped) != told).any()
    assert limited.budget_.spent.queries == 20
