"""An attack on the records that a column selects."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.linear_model import LogisticRegression

from skmia.attacks import HypothesisTestAttack, SelectiveAttack, ThresholdAttack
from skmia.testing import check_attack
from skmia.testing._data import obvious_observations
from skmia.utils._membership import membership_score

Z, MEMBER = obvious_observations()
EVERYBODY = Z.assign(vulnerable=1.0)
SOME = Z.assign(vulnerable=np.arange(len(Z)) % 3 == 0)
ROWS = SOME["vulnerable"].to_numpy()


@pytest.mark.parametrize(
    "attack", [ThresholdAttack("loss"), LogisticRegression(max_iter=1000)]
)
def test_who_is_selected_is_attacked_as_without(attack):
    check_attack(SelectiveAttack(attack), data=(EVERYBODY, MEMBER))
    selective = SelectiveAttack(attack).fit(SOME, MEMBER)
    alone = attack.fit(Z[ROWS], MEMBER[ROWS])
    assert_array_equal(selective.predict(SOME[ROWS]), alone.predict(Z[ROWS]))
    assert_array_equal(
        selective.decision_function(SOME[ROWS]), membership_score(alone, Z[ROWS])
    )


def test_who_is_not_selected_is_no_member_and_ranks_below():
    attack = SelectiveAttack(ThresholdAttack("loss")).fit(SOME, MEMBER)
    assert_array_equal(attack.predict(SOME[~ROWS]), 0)
    score = attack.decision_function(SOME)
    assert score[~ROWS].max() == score[~ROWS].min() < score[ROWS].min()
    # Neither does a selected record that is like no member of fit fall below them.
    worse = SOME.assign(loss=100.0)
    score = attack.decision_function(worse)
    assert score[ROWS].min() > score[~ROWS].max()


def test_scores_and_decisions_agree_where_all_selected_are_called():
    """Nobody else has a positive score then."""
    loss = np.linspace(0, 1, 50)
    table = pd.DataFrame({"vulnerable": loss < 0.3, "loss": loss}).astype(float)
    member = (loss < 0.5).astype(int)
    member[7] = 0
    attack = SelectiveAttack(LogisticRegression()).fit(table, member)
    assert attack.predict(table).sum() == (loss < 0.3).sum()
    for seen in (table, table.assign(loss=100.0)):
        called = attack.decision_function(seen) > 0
        assert_array_equal(called, attack.predict(seen))


def test_nobody_to_learn_from_or_to_attack():
    nobody = Z.assign(vulnerable=0)
    attack = SelectiveAttack(ThresholdAttack("loss")).fit(nobody, MEMBER)
    assert_array_equal(attack.predict(nobody), 0)
    assert np.ptp(attack.decision_function(nobody)) == 0
    # Learned from all.
    assert_array_equal(attack.predict(EVERYBODY), MEMBER)
    only_members = Z.assign(vulnerable=MEMBER)
    attack = SelectiveAttack(ThresholdAttack("loss")).fit(only_members, MEMBER)
    assert_array_equal(attack.predict(EVERYBODY), MEMBER)


def test_tables_of_references_may_have_more_of_them():
    rng = np.random.RandomState(0)
    tables = []
    for n_references in (3, 5):
        values = rng.normal(size=(40, n_references + 1))
        names = ["loss|target", *(f"loss|{i}" for i in range(n_references))]
        tables.append(pd.DataFrame(values, columns=names).assign(vulnerable=1))
    attack = SelectiveAttack(HypothesisTestAttack(direction="lower"))
    attack.fit(tables[0], np.arange(40) % 2)
    score = attack.decision_function(tables[1])
    assert score.shape == (40,)
    assert np.isfinite(score).all()
    reordered = tables[1][tables[1].columns[::-1]]
    assert_array_equal(attack.decision_function(reordered), score)


def test_the_column_must_be_there():
    attack = SelectiveAttack(ThresholdAttack("loss")).fit(SOME, MEMBER)
    for ask in (attack.predict, attack.decision_function):
        with pytest.raises(ValueError, match="There is no column 'vulnerable', which"):
            ask(Z)
    with pytest.raises(ValueError, match="There is no column 'luck'"):
        SelectiveAttack(ThresholdAttack("loss"), by="luck").fit(SOME, MEMBER)
