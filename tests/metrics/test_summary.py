import math

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    precision_score,
    recall_score,
    roc_auc_score,
)

from skmia.metrics import (
    METRIC_NAMES,
    advantage_score,
    auc_interval,
    clopper_pearson,
    false_positive_rate,
    membership_metrics,
    tpr_at_fpr,
    tpr_at_fpr_interval,
)
from skmia.metrics._summary import parse_metric


@pytest.fixture
def attacked():
    rng = np.random.default_rng(0)
    member = np.repeat([1, 0], [120, 200])
    score = rng.normal(member).round(1)
    return member, score, (score > 0.5).astype(int)


def test_names_and_order(attacked):
    member, score, predicted = attacked
    metrics = membership_metrics(member, score, predicted=predicted, fprs=[0.1, 1e-5])
    bases = [*METRIC_NAMES[:-1], "tpr_at_fpr_0.1", "tpr_at_fpr_1e-05"]
    expected = []
    for base in bases:
        expected += [base] if base == "f1" else [base, f"{base}_low", f"{base}_high"]
    assert list(metrics) == expected
    assert all(type(value) is float for value in metrics.values())


def test_values_are_those_of_the_single_functions(attacked):
    member, score, predicted = attacked
    metrics = membership_metrics(member, score, predicted=predicted, fprs=[0.01, 0.1])
    expected = {
        "accuracy": accuracy_score(member, predicted),
        "precision": precision_score(member, predicted),
        "recall": recall_score(member, predicted),
        "fpr": false_positive_rate(member, predicted),
        "advantage": advantage_score(member, predicted),
        "f1": f1_score(member, predicted),
        "auc": roc_auc_score(member, score),
        "tpr_at_fpr_0.01": tpr_at_fpr(member, score, fpr=0.01),
        "tpr_at_fpr_0.1": tpr_at_fpr(member, score, fpr=0.1),
    }
    assert {name: metrics[name] for name in expected} == expected


def test_intervals_are_those_of_the_single_functions(attacked):
    member, score, predicted = attacked
    metrics = membership_metrics(
        member, score, predicted=predicted, fprs=[0.1], confidence_level=0.9
    )
    n_tp, n_fp = predicted[member == 1].sum(), predicted[member == 0].sum()
    expected = {
        "accuracy": clopper_pearson(n_tp + 200 - n_fp, 320, confidence_level=0.9),
        "precision": clopper_pearson(n_tp, n_tp + n_fp, confidence_level=0.9),
        "recall": clopper_pearson(n_tp, 120, confidence_level=0.9),
        "fpr": clopper_pearson(n_fp, 200, confidence_level=0.9),
        "auc": auc_interval(member, score, confidence_level=0.9),
        "tpr_at_fpr_0.1": tpr_at_fpr_interval(
            member, score, fpr=0.1, confidence_level=0.9
        ),
    }
    for name, interval in expected.items():
        assert (metrics[f"{name}_low"], metrics[f"{name}_high"]) == interval


def test_advantage_interval_joins_two_at_half_the_error(attacked):
    member, score, predicted = attacked
    metrics = membership_metrics(member, score, predicted=predicted)
    recall = clopper_pearson(predicted[:120].sum(), 120, confidence_level=0.975)
    fpr = clopper_pearson(predicted[120:].sum(), 200, confidence_level=0.975)
    assert metrics["advantage_low"] == pytest.approx(recall[0] - fpr[1])
    assert metrics["advantage_high"] == pytest.approx(recall[1] - fpr[0])


def test_balanced_accuracy_is_the_advantage_on_another_scale(attacked):
    member, score, predicted = attacked
    metrics = membership_metrics(member, score, predicted=predicted)
    expected = balanced_accuracy_score(member, predicted)
    assert metrics["balanced_accuracy"] == pytest.approx(expected)
    for end in ("low", "high"):
        expected = (1 + metrics[f"advantage_{end}"]) / 2
        assert metrics[f"balanced_accuracy_{end}"] == pytest.approx(expected)


def test_constant_attack_leaks_nothing():
    member = np.repeat([1, 0], 50)
    metrics = membership_metrics(
        member, np.ones(100), predicted=np.ones(100, bool), fprs=[0.1]
    )
    assert metrics["auc"] == 0.5
    assert metrics["advantage"] == 0
    assert metrics["tpr_at_fpr_0.1"] == 0
    assert metrics["accuracy"] == metrics["precision"] == 0.5


def test_not_measurable_is_nan_without_a_warning():
    # Warnings are errors in this suite.
    member = np.repeat([1, 0], 50)
    metrics = membership_metrics(member, member, predicted=np.zeros(100, bool))
    unmeasurable = {name for name, value in metrics.items() if math.isnan(value)}
    assert unmeasurable == {
        f"{base}{suffix}"
        for base in ("precision", "tpr_at_fpr_0.001", "tpr_at_fpr_0.01")
        for suffix in ("", "_low", "_high")
    }
    assert metrics["f1"] == metrics["recall"] == 0


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("auc", ("auc", None)),
        ("fpr", ("fpr", None)),
        ("tpr_at_fpr", ("tpr_at_fpr", 0.01)),
        ("tpr_at_fpr_0.001", ("tpr_at_fpr", 0.001)),
        ("tpr_at_fpr_1e-05", ("tpr_at_fpr", 1e-5)),
    ],
)
def test_parse_metric(name, expected):
    assert parse_metric(name) == expected


@pytest.mark.parametrize(
    "name", ["roc", "0.5", "auc_low", "tpr_at_fpr_", "tpr_at_fpr_nan"]
)
def test_parse_metric_unknown(name):
    with pytest.raises(ValueError, match=f"must be one of accuracy.*Got '{name}'"):
        parse_metric(name)


@pytest.mark.parametrize("name", ["tpr_at_fpr_5", "tpr_at_fpr_0"])
def test_parse_metric_fpr_out_of_range(name):
    with pytest.raises(ValueError, match=r"must be a float in \(0, 1\]"):
        parse_metric(name)
