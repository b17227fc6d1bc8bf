"""Booleans, eight to a byte: they come back the same, in an eighth of the memory."""

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.dummy import DummyClassifier

from skmia import ShadowModels
from skmia.targets import Session
from skmia.utils._bits import Bits, bits_of, rows_of


@given(st.lists(st.booleans(), max_size=40))
def test_same_booleans_come_back(values):
    bits = pickle.loads(pickle.dumps(Bits(values)))
    assert np.asarray(bits).dtype == bool
    assert np.asarray(bits).tolist() == values
    assert len(bits) == len(values)


@given(st.lists(st.lists(st.booleans(), min_size=11, max_size=11), max_size=5))
def test_rows(values):
    rows = rows_of([Bits(row) for row in values], 11)
    assert rows.shape == (len(values), 11)
    assert rows.tolist() == values


def test_bits_are_not_packed_twice():
    bits = Bits([True, False])
    assert bits_of(bits) is bits
    assert bits_of(None) is None


def test_what_is_written_is_not_lost_without_a_word():
    inside = np.asarray(Bits([True, False]))
    with pytest.raises(ValueError, match="read-only"):
        inside[0] = False


def test_memory_of_a_pool():
    """An eighth of a byte for each model and record, where a session shares it."""
    n_records, n_models = 10_000, 8
    X, y = np.zeros((n_records, 1)), np.arange(n_records) % 2
    shadows = ShadowModels(DummyClassifier(), n_shadows=n_models, random_state=0).fit(
        X, y
    )
    shared = {id(bits): bits for bits in (*shadows._inside, *shadows._outside)}
    shared |= {id(one._member): one._member for one in shadows.sessions()}
    n_bytes = sum(bits._packed.nbytes for bits in shared.values())
    assert n_bytes == 2 * n_models * n_records / 8
    assert shadows.membership_.sum() == shadows.tested_.sum() == n_models * 5000
    assert (shadows.membership_ ^ shadows.tested_).all()


def test_member_of_a_session():
    X, member = np.zeros((5, 1)), [1, 0, 0, 1, 1]
    session = Session(DummyClassifier().fit(X, [0, 1, 0, 1, 1]), X, member=member)
    assert session.member.tolist() == [True, False, False, True, True]


def test_a_pool_that_is_not_fitted():
    with pytest.raises(AttributeError, match="not fitted"):
        _ = ShadowModels(DummyClassifier()).membership_
