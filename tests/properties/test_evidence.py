"""What always holds for attacks on pairs, and for what they are shown."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.tree import DecisionTreeClassifier

from skmia import ShadowModels
from skmia.attacks import LikelihoodRatioAttack, get_attack, make_attack, run
from skmia.attacks._run import judge
from skmia.attacks.evidence import References, Signals
from skmia.targets import Session
from skmia.targets._same_records import positions

X, y = (part[:120] for part in load_digits(return_X_y=True))
TREE = DecisionTreeClassifier(min_samples_leaf=2, random_state=0)
SHADOWS = ShadowModels(TREE, n_shadows=4, random_state=0).fit(X, y)
SESSION = Session(clone(TREE).fit(X[::2], y[::2]), X, y)
ATTACKS = [
    make_attack(evidence, model).fit(*SHADOWS.pairs(evidence.n_models)[:2])
    for evidence, model in (
        # No matrix products: those of fewer rows may be rounded otherwise.
        (Signals(), DecisionTreeClassifier(max_depth=4, random_state=0)),
        (References("scaled_logit", online=True), LikelihoodRatioAttack()),
        (References("loss"), LikelihoodRatioAttack(mode="offline")),
    )
]
ROWS = st.lists(st.integers(0, 119), min_size=1, max_size=40).map(np.array)


@given(st.sampled_from(ATTACKS), ROWS)
def test_permuting_and_cutting_the_pairs_permutes_and_cuts_what_is_seen(attack, rows):
    whole = attack[0].transform(SESSION)
    part = attack[0].transform(SESSION[rows])
    pd.testing.assert_frame_equal(part, whole.iloc[rows])
    assert_array_equal(judge(attack, SESSION[rows])[0], judge(attack, SESSION)[0][rows])


@given(st.sampled_from(ATTACKS), st.permutations(range(120)), st.integers(1, 120))
def test_candidates_are_known_by_content(attack, order, n_kept):
    """Other arrays with some of the records, in another order: the same scores."""
    rows = np.array(order)[:n_kept]
    asked = SESSION.about(X[rows].copy(), y[rows].copy())
    expected = judge(attack, SESSION)[0][rows]
    assert_array_equal(judge(attack, asked)[0], expected)


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1)), min_size=1, max_size=12),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1)), min_size=1, max_size=12),
    st.sampled_from([np.array, np.float32, pd.DataFrame, list]),
)
def test_equal_records_are_found_each_once(pool, asked, hold):
    def open_session(records, hold):
        features = [[record] for record, _ in records]
        return Session(None, hold(features), np.array([label for _, label in records]))

    place = positions(open_session(asked, hold), open_session(pool, np.array))
    for record, found in zip(asked, place, strict=True):
        assert found == -1 or pool[found] == record
    known = place[place >= 0]
    assert len(set(known)) == len(known)
    for record in set(asked):
        n_found = sum(pool[i] == record for i in known)
        assert n_found == min(asked.count(record), pool.count(record))


@given(st.sampled_from(["loss-threshold", "shokri", "lira-online", "gap"]), ROWS)
def test_membership_moves_no_score(name, rows):
    """Known members choose thresholds; the score of a record is its own."""
    recipe = get_attack(name)
    member = np.arange(120) % 2
    other = member.copy()
    other[rows] = 1 - other[rows]
    if min(other.sum(), 120 - other.sum()) < 5:
        return
    scores = [
        run(recipe.attack, recipe.fitted_on, SESSION, shadows=SHADOWS, member=bits)[0]
        for bits in (member, other)
    ]
    assert_array_equal(*scores)
