"""What always holds for pairs of models and records."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from skmia.targets import Pairs, Session


def session(n_records):
    """A session of nobody, with numbered records."""
    return Session(None, np.arange(n_records)[:, None])


@st.composite
def pairs_and_rows(draw):
    sizes = draw(st.lists(st.integers(1, 6), min_size=1, max_size=4))
    pairs = Pairs([session(n) for n in sizes])
    row = st.integers(0, len(pairs) - 1)
    rows, more = (draw(st.lists(row, min_size=1, max_size=12)) for _ in range(2))
    return pairs, np.array(rows), np.array(more) % len(rows)


def identity(pairs):
    """Model and record of every pair."""
    found = [None] * len(pairs)
    for part, rows, places in pairs.by_part():
        for row, place in zip(rows, places, strict=True):
            found[place] = id(part), int(row)
    return found


@given(pairs_and_rows())
def test_pairs_are_cut_as_arrays_are(problem):
    pairs, rows, more = problem
    whole = identity(pairs)
    assert len(set(whole)) == len(pairs)
    assert identity(pairs[rows]) == [whole[row] for row in rows]
    assert identity(pairs[rows][more]) == [whole[row] for row in rows[more]]
    mask = np.zeros(len(pairs), dtype=bool)
    mask[rows] = True
    assert_array_equal(pairs[mask].rows, pairs[np.flatnonzero(mask)].rows)


@given(pairs_and_rows())
def test_joined_pairs_are_both(problem):
    pairs, rows, more = problem
    one, two = pairs[rows], pairs[more]
    assert identity(one + two) == identity(one) + identity(two)
