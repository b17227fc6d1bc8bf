"""Summaries of trajectories."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from sklearn.pipeline import make_union
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    check_set_output_transform,
)

from skmia.attacks import TrajectorySummary
from skmia.attacks.models._trajectory_summary import STATISTICS


@pytest.mark.parametrize(
    "check", [check_dataframe_column_names_consistency, check_set_output_transform]
)
def test_checks_that_scikit_learn_does_not_run_itself(check):
    check("TrajectorySummary", TrajectorySummary())


def test_statistics():
    Z = [[3.0, 1.0, 2.0, 0.0, 4.0]]
    expected = {
        "mean": 2,
        "std": np.sqrt(2),
        "min": 0,
        "argmin": 0.75,
        "slope": (-0.5 * 3 - 0.25 * 1 + 0.5 * 4) / (2 * 0.5**2 + 2 * 0.25**2),
        "change": 1,
        "increases": 0.5,
    }
    assert list(expected) == list(STATISTICS)
    summary = TrajectorySummary().fit_transform(Z)
    assert_allclose(summary, [list(expected.values())])


def test_a_single_step_has_no_trend():
    summary = TrajectorySummary().fit_transform([[2.0], [-1.0]])
    assert_allclose(summary, [[2, 0, 2, 0, 0, 0, 0], [-1, 0, -1, 0, 0, 0, 0]])


def test_metrics_are_summarised_apart_in_the_order_of_their_steps():
    rng = np.random.RandomState(0)
    loss, other = rng.uniform(size=(2, 6, 11))
    names = [*(f"loss_{i}" for i in range(11)), *(f"max_conf_{i}" for i in range(11))]
    Z = pd.DataFrame(np.hstack([loss, other]), columns=names)
    shuffled = Z[rng.permutation(names)].assign(gap=1.0)
    summary = TrajectorySummary().set_output(transform="pandas")
    out = summary.fit_transform(shuffled)
    assert set(summary.metrics_) == {"loss", "max_conf", "gap"}
    for metric, values in {"loss": loss, "max_conf": other}.items():
        own = out[[f"{metric}_{statistic}" for statistic in STATISTICS]]
        assert_allclose(own, TrajectorySummary().fit_transform(values))
    assert (out["gap_mean"] == 1).all()


def test_beside_the_trajectories():
    Z = pd.DataFrame({"loss_0": [1.0, 2.0], "loss_1": [0.5, 3.0]})
    both = make_union("passthrough", TrajectorySummary()).fit(Z)
    assert both.transform(Z).shape == (2, 2 + len(STATISTICS))
    assert "trajectorysummary__loss_slope" in both.get_feature_names_out()
