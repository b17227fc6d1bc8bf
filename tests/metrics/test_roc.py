import math
import warnings

import numpy as np
import pytest
from sklearn.exceptions import UndefinedMetricWarning

from skmia.metrics import tpr_at_fpr
from skmia.metrics._roc import n_allowed_false_positives, unmeasurable_reason

MEMBER = [1] * 4 + [0] * 4


def test_by_hand():
    score = [9, 8, 4, 1, 5, 4, 2, 0]
    assert tpr_at_fpr(MEMBER, score, fpr=0.25) == 2 / 4
    # The member at 4 is tied with the second non-member: both come in, or none.
    assert tpr_at_fpr(MEMBER, score, fpr=0.49) == 2 / 4
    assert tpr_at_fpr(MEMBER, score, fpr=0.5) == 3 / 4
    assert tpr_at_fpr(MEMBER, score, fpr=1) == 1


def test_no_interpolation():
    # Operating points: (0, 0) and (1, 1). A straight line would give 0.5 at 0.5.
    assert tpr_at_fpr(MEMBER, [7] * 8, fpr=0.5) == 0
    # A tie of all but one: nothing between the points (0, .25) and (1, 1).
    assert tpr_at_fpr(MEMBER, [8] + [7] * 7, fpr=0.99) == 0.25


def test_higher_score_is_member():
    assert tpr_at_fpr(MEMBER, MEMBER, fpr=0.25) == 1
    assert tpr_at_fpr(MEMBER, [-label for label in MEMBER], fpr=0.25) == 0


def test_fpr_is_not_strict():
    # One non-member of 1000 is exactly 0.001, and 3 of 1000 are 0.003.
    member = [1] * 2 + [0] * 1000
    score = [500.5, 998.5, *range(1000)]
    assert tpr_at_fpr(member, score, fpr=0.001) == 0.5
    assert n_allowed_false_positives(1000, 0.003) == 3


@pytest.mark.parametrize("n", [3, 10, 49, 98, 107, 1000, 10**6, 10**9])
def test_one_of_n_is_allowed_at_one_over_n(n):
    assert n_allowed_false_positives(n, 1 / n) == 1
    assert unmeasurable_reason(n, 1 / n) is None
    assert n_allowed_false_positives(n - 1, 1 / n) == 0
    assert f"at least {n} non-members" in unmeasurable_reason(n - 1, 1 / n)


def test_below_resolution_is_nan_with_reason():
    member = [1] * 300 + [0] * 300
    reason = (
        r"^tpr_at_fpr is undefined at fpr=0\.001 with 300 non-members: one false "
        r"positive is already 0\.0033; at least 1000 non-members are needed$"
    )
    with pytest.warns(UndefinedMetricWarning, match=reason) as record:
        assert math.isnan(tpr_at_fpr(member, range(600), fpr=0.001))
    assert record[0].filename == __file__


def test_at_resolution_no_warning():
    member = [1] * 10 + [0] * 1000
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tpr_at_fpr(member, range(1010), fpr=0.001) == 0


@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint64, np.float16, np.float32])
def test_score_dtypes(dtype):
    score = np.array([1, 1, 1, 0, 0, 1, 0, 0]).astype(dtype)
    assert tpr_at_fpr(MEMBER, score, fpr=0.25) == 0.75


def test_large_integers_are_not_rounded_together():
    # As float64 all of these are equal.
    score = np.array([2, 3, 4, 5, 1, 1, 1, 1]) + 2**60
    assert tpr_at_fpr(MEMBER, score, fpr=0.25) == 1


def test_input_is_not_modified():
    score = np.array([3.0, 1.0, 2.0, 5.0, 9.0, 0.0, 4.0, 7.0])
    score.setflags(write=False)
    assert tpr_at_fpr(MEMBER, score, fpr=0.5) == 0.25
