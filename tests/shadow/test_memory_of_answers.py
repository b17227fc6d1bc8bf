"""Answers of shadow models take no more memory than they must."""

import gc
import tracemalloc
import weakref

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from slow_cases import slow

from skmia import ShadowModels
from skmia.signals import get_signal
from skmia.targets import Session
from skmia.utils import _spilled

N_RECORDS, N_CLASSES, N_MODELS = 2_000, 100, 24
# Of one model, what is recorded of it: posteriors in double precision.
TABLE = 8 * N_RECORDS * N_CLASSES


class Even(ClassifierMixin, BaseEstimator):
    """Gives all classes the same probability."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))


@pytest.fixture
def records():
    return np.zeros((N_RECORDS, 1)), np.arange(N_RECORDS) % N_CLASSES


def _peak(call):
    gc.collect()
    tracemalloc.start()
    try:
        result = call()
        return result, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_recorded_answers_are_not_all_in_memory(records, monkeypatch):
    monkeypatch.setattr(_spilled.Spill.__init__, "__defaults__", (2 * TABLE,))
    shadows = ShadowModels(
        Even(), n_shadows=N_MODELS, signals="posterior", random_state=0
    )
    gc.disable()  # what a model answered goes with it, and not when it is collected
    try:
        _, peak = _peak(lambda: shadows.fit(*records))
    finally:
        gc.enable()

    # Two tables in memory, one that is written, and of the model that is asked just
    # then an answer, its signals, and these put together: 6 of 24, and small things.
    assert peak < 8 * TABLE


def test_a_session_is_gone_when_nobody_holds_it(records):
    session = Session(Even().fit(*records), *records)
    gc.disable()
    try:
        session.observe(["posterior", "loss"])
        gone = weakref.ref(session)
        del session
        assert gone() is None
    finally:
        gc.enable()


def test_tables_of_references_are_laid_out_once():
    X, y = np.zeros((20_000, 1)), np.arange(20_000) % 2
    shadows = ShadowModels(Even(), n_shadows=N_MODELS, signals="loss", random_state=0)
    shadows.fit(X, y).pseudo_observations("loss", 2)

    (Z, *_), peak = _peak(lambda: shadows.pseudo_observations("loss", 4))

    # The table of all four targets, in which that of each is made.
    # Beside 47 numbers of 4 bytes a pair has five of 8 (model, row, place, membership),
    # 0.2 times, and a record a byte for each model, 0.04.
    size = Z.to_numpy().nbytes
    assert size == 4 * len(Z) * (1 + 2 * (N_MODELS - 1))
    assert peak < 1.5 * size


@pytest.mark.parametrize(
    "name", ["loss", "margin", *slow("scaled_logit", "entropy", "modified_entropy")]
)
def test_one_column_takes_no_copies_of_the_posterior(name):
    n_records = 20_000
    P = np.full((n_records, N_CLASSES), 1 / N_CLASSES)
    codes = np.arange(n_records) % N_CLASSES

    _, peak = _peak(lambda: get_signal(name).compute(codes, P, N_CLASSES))

    # Two columns of 8 bytes, what is missing in one, and some buffers of a megabyte.
    assert peak < 0.5 * P.nbytes
    assert peak < 20 * n_records + 8 * 2**20


def test_a_session_looks_at_columns_where_they_are(records):
    session = Session(Even().fit(*records), *records)
    Z = session.observe("posterior")
    names, (block,) = session.columns("posterior", session.classes)

    assert names == list(Z)
    assert np.shares_memory(block, session.columns("posterior", session.classes)[1][0])
    assert not np.shares_memory(block, Z.to_numpy())
    np.testing.assert_array_equal(block, Z)


def test_pairs_of_some_models_take_no_memory_for_the_others():
    X, y = np.zeros((20_000, 1)), np.arange(20_000) % 2
    shadows = ShadowModels(Even(), n_shadows=N_MODELS, signals="loss", random_state=0)
    shadows.fit(X, y)

    (pairs, _, shadow), peak = _peak(lambda: shadows.pairs(2))

    np.testing.assert_array_equal(shadow, np.repeat([0, 1], len(X)))
    # Row, membership and model of a pair, 8 bytes each, and some bytes to find them.
    assert peak < 32 * len(pairs)
