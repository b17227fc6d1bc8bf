"""Whether attacks find the same records."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from skmia.metrics import attack_agreement, attack_coverage, flag_at_fpr, tpr_at_fpr

PREDICTED = {
    "loss": [1, 1, 0, 0, 0, 0],
    "lira": [1, 1, 1, 0, 0, 0],
    "gap": [1, 0, 0, 0, 1, 1],
    "blind": [0, 0, 0, 0, 0, 0],
}


def test_agreement_by_hand():
    agreement = attack_agreement(PREDICTED)
    nan = np.nan
    expected = [
        [1, 2 / 3, 1 / 4, 0],
        [2 / 3, 1, 1 / 5, 0],
        [1 / 4, 1 / 5, 1, 0],
        [0, 0, 0, nan],
    ]
    assert_array_equal(agreement, np.array(expected))
    assert list(agreement) == list(agreement.index) == list(PREDICTED)


def test_coverage_by_hand():
    found = attack_coverage({name: PREDICTED[name] for name in ("loss", "lira", "gap")})
    assert_array_equal(found.n_flagging, [3, 2, 1, 0, 1, 1])
    assert found[1:] == (5 / 6, 1 / 6, 1 / 5)


def test_nothing_flagged_has_no_stability():
    found = attack_coverage({"blind": [0, 0]})
    assert found[1:3] == (0, 0)
    assert np.isnan(found.stability)


def test_attacks_at_random_overlap_by_chance(global_random_seed):
    """Jaccard r / (2 - r) at a rate r: 1 / 3 at one half, sd about 0.0047.

    Of 10,000 records 7,500 are flagged by either, a third of them by both:
    sqrt(2 / 9 / 7500) = 0.0054.
    """
    rng = np.random.RandomState(global_random_seed)
    agreement = attack_agreement(pd.DataFrame(rng.randint(2, size=(10_000, 2))))
    assert abs(agreement.loc[0, 1] - 1 / 3) < 4 * 0.0054


def test_rows_are_matched_by_position():
    shifted = pd.Series([1, 0], index=[7, 8])
    assert attack_agreement({"a": [1, 0], "b": shifted}).loc["a", "b"] == 1


def test_types_of_decisions():
    for kind in (bool, int, float):
        table = pd.DataFrame(PREDICTED).astype(kind)
        pd.testing.assert_frame_equal(
            attack_agreement(table), attack_agreement(PREDICTED)
        )


def test_flags_at_an_fpr():
    member = np.array([1, 1, 1, 1, 0, 0, 0, 0])
    score = np.array([9, 8, 4, 1, 5, 4, 2, 0])
    assert_array_equal(flag_at_fpr(member, score, fpr=0.25), score >= 5)
    # Equal scores stand and fall together: a cut at 4 is the second false alarm.
    assert_array_equal(flag_at_fpr(member, score, fpr=0.5), score >= 4)
    assert_array_equal(flag_at_fpr(member, score, fpr=0.74), score >= 4)
    assert_array_equal(flag_at_fpr(member, score, fpr=1), np.ones(8))


@pytest.mark.parametrize("fpr", [0.01, 0.1, 0.29, 1.0])
def test_flagged_members_are_the_tpr(fpr, global_random_seed):
    rng = np.random.RandomState(global_random_seed)
    member, score = np.arange(300) % 3 > 0, rng.randint(50, size=300)
    flagged = flag_at_fpr(member, score, fpr=fpr)
    assert_allclose(flagged[member].mean(), tpr_at_fpr(member, score, fpr=fpr))
    assert flagged[~member].mean() <= fpr


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: flag_at_fpr([1, 0], [1, 0], fpr=5), "must be a float in"),
        (lambda: flag_at_fpr([1, 1], [1, 0]), "at least one member and one non-member"),
        (lambda: flag_at_fpr([1, 0], [1, np.nan]), "must be finite"),
        (
            lambda: flag_at_fpr([1, 0, 0], [1, 2, 3], fpr=0.1),
            "flag_at_fpr is undefined at fpr=0.1 with 2 non-members",
        ),
        (lambda: attack_agreement({}), r"Got a table of shape \(0, 0\)"),
        (lambda: attack_coverage({"a": []}), r"Got a table of shape \(0, 1\)"),
        (lambda: attack_agreement({"a": [0.2, 0.7]}), "become decisions by flag_at"),
        (lambda: attack_coverage({"a": [1, np.nan]}), "must hold booleans, or 1"),
        (lambda: attack_agreement({"a": [1], "b": [1, 0]}), "same length"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
