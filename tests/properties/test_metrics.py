"""What always holds for the metrics of membership attacks."""

import math
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score, roc_curve

from skmia.metrics import (
    advantage_score,
    auc_interval,
    clopper_pearson,
    membership_metrics,
    tpr_at_fpr,
    tpr_at_fpr_interval,
)
from skmia.metrics._roc import unmeasurable_reason
from skmia.metrics._summary import parse_metric

levels = st.floats(0.001, 0.999)


@st.composite
def attacks(draw):
    """Membership, and integer scores with many ties, of up to 40 records."""
    member = draw(st.lists(st.integers(0, 1), min_size=2, max_size=40))
    assume(0 < sum(member) < len(member))
    n_values = draw(st.integers(1, 12))
    scores = st.integers(0, n_values - 1)
    score = draw(st.lists(scores, min_size=len(member), max_size=len(member)))
    return np.array(member), np.array(score)


@st.composite
def measurable(draw):
    """An attack, and a fraction of its non-members, of one at least."""
    member, score = draw(attacks())
    n_nonmembers = int((member == 0).sum())
    denominator = draw(st.integers(1, 60))
    numerator = draw(st.integers(math.ceil(denominator / n_nonmembers), denominator))
    return member, score, Fraction(numerator, denominator)


@given(measurable())
def test_tpr_at_fpr_is_the_best_of_all_thresholds(problem):
    member, score, fpr = problem
    members, nonmembers = score[member == 1], score[member == 0]
    best = max(
        int((members >= threshold).sum())
        for threshold in [*score, score.max() + 1]
        if (nonmembers >= threshold).sum() <= fpr * len(nonmembers)
    )
    assert tpr_at_fpr(member, score, fpr=float(fpr)) == best / len(members)


@given(measurable())
def test_tpr_at_fpr_is_a_point_of_the_roc_curve(problem):
    member, score, fpr = problem
    _, tpr, thresholds = roc_curve(member, score, drop_intermediate=False)
    n_false = [(score[member == 0] >= threshold).sum() for threshold in thresholds]
    allowed = np.array(n_false) <= fpr * (member == 0).sum()
    assert tpr_at_fpr(member, score, fpr=float(fpr)) == tpr[allowed].max()


@given(attacks(), st.integers(1, 200))
def test_tpr_at_fpr_is_undefined_below_one_nonmember(problem, inverse_fpr):
    member, score = problem
    n_nonmembers = (member == 0).sum()
    name = f"tpr_at_fpr_{1 / inverse_fpr}"
    metrics = membership_metrics(
        member, score, predicted=member, fprs=[1 / inverse_fpr]
    )
    assert math.isnan(metrics[name]) == (n_nonmembers < inverse_fpr)
    assert math.isnan(metrics[f"{name}_low"]) == (n_nonmembers < inverse_fpr)


@given(st.floats(1e-9, 1))
@example(0.001)
@example(1 / 49)
def test_the_reason_names_the_smallest_number_that_is_enough(fpr):
    reason = unmeasurable_reason(1, fpr) or "at least 1 non-members"
    n_needed = int(re.search(r"at least (\d+)", reason)[1])
    assert unmeasurable_reason(n_needed, fpr) is None
    if n_needed > 1:
        assert unmeasurable_reason(n_needed - 1, fpr) is not None


@given(measurable(), st.data())
def test_row_order_changes_nothing(problem, data):
    member, score, fpr = problem
    score = score / 7
    predicted = score > score.mean()
    order = np.array(data.draw(st.permutations(range(len(member)))))
    fprs = [float(fpr)]
    assert membership_metrics(
        member[order], score[order], predicted=predicted[order], fprs=fprs
    ) == pytest.approx(
        membership_metrics(member, score, predicted=predicted, fprs=fprs),
        rel=0,
        abs=0,
        nan_ok=True,
    )


@given(
    measurable(),
    st.sets(st.floats(allow_nan=False, allow_infinity=False), min_size=12, max_size=12),
)
def test_increasing_maps_of_the_score_change_nothing(problem, values):
    member, score, fpr = problem
    mapped = np.sort(list(values))[score]
    fpr = float(fpr)
    assert roc_auc_score(member, mapped) == roc_auc_score(member, score)
    assert auc_interval(member, mapped) == auc_interval(member, score)
    assert tpr_at_fpr(member, mapped, fpr=fpr) == tpr_at_fpr(member, score, fpr=fpr)
    assert tpr_at_fpr_interval(member, mapped, fpr=fpr) == tpr_at_fpr_interval(
        member, score, fpr=fpr
    )


@given(measurable(), levels)
def test_intervals_contain_the_estimate(problem, level):
    member, score, fpr = problem
    predicted = score > score.mean()
    metrics = membership_metrics(
        member,
        score,
        predicted=predicted,
        fprs=[float(fpr)],
        confidence_level=level,
    )
    for name, value in metrics.items():
        if f"{name}_low" in metrics and not math.isnan(value):
            low, high = metrics[f"{name}_low"], metrics[f"{name}_high"]
            floor = -1 if name == "advantage" else 0
            assert floor <= low <= value <= high <= 1, name


@given(st.integers(0, 10**6), st.integers(0, 10**6), levels)
def test_clopper_pearson_contains_the_proportion(k, more, level):
    assume(k + more > 0)
    low, high = clopper_pearson(k, k + more, confidence_level=level)
    assert 0 <= low <= k / (k + more) <= high <= 1


@given(attacks())
def test_a_mirrored_attack_has_the_mirrored_advantage(problem):
    member, score = problem
    predicted = score > score.mean()
    advantage = advantage_score(member, predicted)
    assert advantage_score(member, ~predicted) == pytest.approx(-advantage, abs=1e-15)
    assert advantage_score(1 - member, predicted) == -advantage


@given(st.floats(0, 1, exclude_min=True))
def test_metric_names_keep_the_fpr(fpr):
    assert parse_metric(f"tpr_at_fpr_{fpr}") == ("tpr_at_fpr", fpr)
