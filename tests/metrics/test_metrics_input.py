"""Bad input, the same for all metrics."""

import re

import numpy as np
import pytest

from skmia.metrics import (
    advantage_score,
    auc_interval,
    clopper_pearson,
    false_positive_rate,
    membership_metrics,
    tpr_at_fpr,
    tpr_at_fpr_interval,
)

MEMBER = np.repeat([1, 0], 4)
ON_DECISIONS = [advantage_score, false_positive_rate]
ON_SCORES = [auc_interval, tpr_at_fpr, tpr_at_fpr_interval]


def summary_of_scores(member, score, **params):
    return membership_metrics(member, score, predicted=MEMBER, **params)


def summary_of_decisions(member, predicted):
    return membership_metrics(member, MEMBER, predicted=predicted)


on_decisions = pytest.mark.parametrize("metric", [*ON_DECISIONS, summary_of_decisions])
on_scores = pytest.mark.parametrize("metric", [*ON_SCORES, summary_of_scores])
on_all = pytest.mark.parametrize(
    "metric", [*ON_DECISIONS, *ON_SCORES, summary_of_scores]
)


def public_name(metric):
    return "membership_metrics" if "summary" in metric.__name__ else metric.__name__


@on_all
@pytest.mark.parametrize(
    ("member", "got"),
    [
        ([1, -1] * 4, "[1, -1] of dtype int"),
        (["in", "out"] * 4, "['in', 'out'] of dtype <U3"),
        ([1.0, 0.0] * 4, "[1.0, 0.0] of dtype float64"),
        ([1, 0, np.nan] * 2, "[1.0, 0.0, nan"),
        ([1, 0, 2, 3, 4, 5, 6, 7], "[1, 0, 2, 3, 4] of dtype int"),
        ([True, None] * 4, "[True, None] of dtype object"),
    ],
)
def test_member_is_not_binary(metric, member, got):
    expected = f"'member' parameter of {public_name(metric)} must hold booleans, or"
    with pytest.raises(ValueError, match=re.escape(expected) + ".*" + re.escape(got)):
        metric(member, MEMBER)


@on_all
@pytest.mark.parametrize(
    ("member", "got"),
    [
        ([1] * 8, "8 members and 0 non-members"),
        ([False] * 8, "0 members and 8 non-members"),
        (np.empty(0, int), "0 members and 0 non-members"),
    ],
)
def test_one_class_only(metric, member, got):
    expected = f"{public_name(metric)} needs at least one member and one non-member"
    with pytest.raises(ValueError, match=f"^{expected}.*{got}"):
        metric(member, MEMBER[: len(member)])


@on_decisions
def test_decisions_of_another_length(metric):
    expected = r"'member' and 'predicted' parameters .* same length. Got 8 and 7"
    with pytest.raises(ValueError, match=expected):
        metric(MEMBER, MEMBER[:7])


@on_scores
def test_scores_of_another_length(metric):
    expected = r"'member' and 'score' parameters .* same length. Got 8 and 9"
    with pytest.raises(ValueError, match=expected):
        metric(MEMBER, np.arange(9.0))


@on_decisions
def test_decisions_are_not_scores(metric):
    expected = r"'predicted' parameter .* must hold booleans.*dtype float64"
    with pytest.raises(ValueError, match=expected):
        metric(MEMBER, np.linspace(0, 1, 8))


@on_scores
def test_non_finite_scores_name_their_rows(metric):
    score = np.arange(8.0)
    score[[2, 3, 7]] = np.nan, np.inf, -np.inf
    expected = re.escape("3 non-finite values instead, first [nan, inf, -inf] in rows ")
    with pytest.raises(ValueError, match=expected + r"\[2, 3, 7\]"):
        metric(MEMBER, score)


@on_scores
@pytest.mark.parametrize("score", [list("abcdefgh"), np.arange(8).astype("M8[D]")])
def test_scores_are_not_real_numbers(metric, score):
    with pytest.raises(
        ValueError, match=r"'score' parameter .* must hold real numbers"
    ):
        metric(MEMBER, score)


@on_all
def test_two_columns(metric):
    with pytest.raises(
        ValueError, match=f"of {public_name(metric)} must be a 1d array"
    ):
        metric(MEMBER, np.zeros((8, 2)))


@pytest.mark.parametrize("metric", [tpr_at_fpr, tpr_at_fpr_interval])
@pytest.mark.parametrize("fpr", [5, 0, -0.1, 1.1, np.nan, "0.1", None])
def test_fpr_is_a_fraction(metric, fpr):
    expected = (
        f"The 'fpr' parameter of {metric.__name__} must be a float in (0, 1]. "
        f"Got {fpr!r} instead; FPR is a fraction, not percent."
    )
    with pytest.raises(ValueError, match=f"^{re.escape(expected)}$"):
        metric(MEMBER, MEMBER, fpr=fpr)


@pytest.mark.parametrize("fprs", [[0.1, 5], 5])
def test_fprs_are_fractions(fprs):
    expected = (
        r"'fprs' parameter of membership_metrics .* Got 5.*a fraction, not percent"
    )
    with pytest.raises(ValueError, match=expected):
        summary_of_scores(MEMBER, MEMBER, fprs=fprs)


@pytest.mark.parametrize(
    "metric", [auc_interval, tpr_at_fpr_interval, summary_of_scores, clopper_pearson]
)
@pytest.mark.parametrize("level", [95, 1, 0.0])
def test_confidence_level_is_a_fraction(metric, level):
    expected = r"'confidence_level' parameter .* must be a float in \(0, 1\)\. Got"
    with pytest.raises(ValueError, match=expected):
        metric(MEMBER, MEMBER, confidence_level=level)


@pytest.mark.parametrize(
    ("k", "n", "expected"),
    [
        (3, 2, "between 0 and 'n_trials'. Got 3 of 2"),
        ([0, -1], 2, "between 0 and 'n_trials'. Got -1 of 2"),
        (0.5, 2, "must hold integers. Got dtypes float64 and int64"),
    ],
)
def test_counts(k, n, expected):
    with pytest.raises(ValueError, match=expected):
        clopper_pearson(k, n)
