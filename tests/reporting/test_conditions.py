"""Conditions of a gate: what is one, and what is refused."""

import re
from operator import ge, gt, le, lt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skmia.reporting._conditions import GROUP_METRICS, Condition, parse_condition


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("auc > 0.6", Condition("auc", None, ">", 0.6)),
        ("  auc>=.6 ", Condition("auc", None, ">=", 0.6)),
        ("auc >= 1", Condition("auc", None, ">=", 1.0)),
        ("tpr_at_fpr[1e-2] > 0.05", Condition("tpr_at_fpr", 0.01, ">", 0.05)),
        ("epsilon > 3", Condition("epsilon", None, ">", 3.0)),
        ("advantage > 0", Condition("advantage", None, ">", 0.0)),
    ],
)
def test_what_is_read(text, expected):
    assert parse_condition(text) == expected


def test_it_is_written_as_it_is_read():
    text = str(parse_condition("tpr_at_fpr[ .001 ]>=5e-2"))
    assert text == "tpr_at_fpr[0.001] >= 0.05"
    assert parse_condition(text) == parse_condition("tpr_at_fpr[0.001] >= 0.05")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("auc", "must be a metric, > or >=, and a number"),
        ("auc == 0.6", "must be a metric, > or >=, and a number"),
        ("auc > 0.6 or 1", "must be a metric, > or >=, and a number"),
        (0.6, "must be a metric, > or >=, and a number"),
        ("accuracy > 0.6", "must be one of auc, balanced_accuracy, advantage, tpr_at"),
        ("recall > 0.6", "must be one of auc"),
        ("auc < 0.6", "a low value is no leak: write > or >="),
        ("auc <= 0.6", "a low value is no leak: write > or >="),
        ("tpr_at_fpr > 0.1", "A false positive rate in brackets belongs to tpr_at_fpr"),
        ("auc[0.1] > 0.1", "A false positive rate in brackets belongs to tpr_at_fpr"),
        ("tpr_at_fpr[0] > 0.1", "must be a fraction in (0, 1]"),
        ("tpr_at_fpr[nan] > 0.1", "must be a fraction in (0, 1]"),
        ("tpr_at_fpr[1 %] > 0.1", "must be numbers. Got '1 %'"),
        ("auc > much", "must be numbers. Got 'much'"),
        ("auc > nan", "must be finite, and 0 or more"),
        ("epsilon > inf", "must be finite, and 0 or more"),
        ("auc > -0.1", "must be finite, and 0 or more"),
        ("auc > 1", "No audit can fail a condition on more than 1, the"),
        ("auc >= 1.01", "No audit can fail a condition on more than 1, the"),
    ],
)
def test_what_is_refused(text, message):
    with pytest.raises(ValueError, match=re.escape(message)) as raised:
        parse_condition(text)
    assert repr(text) in str(raised.value)


def test_groups_have_other_metrics():
    assert parse_condition("recall > 0.6", GROUP_METRICS).metric == "recall"
    with pytest.raises(ValueError, match="must be one of auc, recall here"):
        parse_condition("epsilon > 1", GROUP_METRICS)


@given(st.floats(-1, 2), st.floats(0, 0.999), st.sampled_from([">", ">="]))
def test_the_line_that_is_printed_is_true(value, limit, op):
    condition = Condition("auc", None, op, limit)
    shown, sign, right = condition.compared(value).split(" ")
    holds = {">": gt, ">=": ge, "<": lt, "<=": le}
    assert holds[sign](float(shown), float(right))
    assert float(right) == limit
    assert (sign == op) == condition.fails(value)
    assert float(shown) == pytest.approx(value, rel=5e-3)
