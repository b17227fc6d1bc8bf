"""Groups: they add up to all records, and a gap is found where there is one."""

import numpy as np
import pandas as pd
import pytest
from made_reports import attack, report_of
from numpy.testing import assert_allclose
from scipy.stats import binom, kstest
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from skmia import audit
from skmia.metrics import auc_interval

N = 240


def game(seed, extra=0.0, *, n=N, ties=False, **changes):
    """Report on `n` records of three groups; members of group 0 score higher."""
    rng = np.random.default_rng(seed)
    of = rng.integers(0, 3, n)
    member = np.arange(n) < n // 2
    score = rng.normal(size=n) + member * (1 + extra * (of == 0))
    score = score.round() if ties else score
    return report_of(attack(score - 0.5), n_members=n // 2, **changes), of


def test_groups_partition_the_records_and_add_up_to_all():
    report, of = game(0)
    table = report.by_group(of)
    row = report.summary.loc["loss-threshold"]
    assert table[["n_members", "n_nonmembers"]].to_numpy().sum() == N
    for rate, weight in (("recall", "n_members"), ("fpr", "n_nonmembers")):
        assert_allclose(np.average(table[rate], weights=table[weight]), row[rate])
    assert (table["status"] == "ok").all()
    score = report.records["loss-threshold"].to_numpy()
    low, high = auc_interval(report.member[of == 1], score[of == 1])
    assert_allclose(table.loc[1, ["auc_low", "auc_high"]].astype(float), [low, high])


def test_intersections_names_and_missing_values():
    report, of = game(0)
    columns = pd.DataFrame(
        {"town": np.where(of == 0, "x", "y"), "old": np.arange(N) % 2 == 0},
        index=np.arange(N)[::-1],  # places count, not names
    )
    table = report.by_group(columns)
    assert table.index.names == ["town", "old"]
    assert len(table) == 4
    assert (
        table.loc[("x", True), "n_members"]
        == ((of == 0) & (np.arange(N) % 2 == 0) & (report.member == 1)).sum()
    )
    gaps = columns["town"].where(of != 1)
    table = report.by_group(gaps)
    assert table.index.name == "town"
    assert table.index.tolist() == ["missing", "x", "y"]
    assert table.loc["missing", "n_members"] == ((of == 1) & (report.member == 1)).sum()
    numbers = report.by_group(np.where(of == 1, np.nan, of))
    assert numbers.index.tolist() == ["0.0", "2.0", "missing"]


def test_missing_values_are_no_group_that_has_a_name():
    report, of = game(0)
    named = pd.Series(np.array([None, "missing", "b"])[of], name="town")
    table = report.by_group(named)
    assert table.index.tolist() == ["(missing)", "b", "missing"]
    n = table[["n_members", "n_nonmembers"]].sum(axis=1)
    assert n.tolist() == [(of == i).sum() for i in (0, 2, 1)]
    alike = pd.Series([None, 1, "1"], dtype=object)[of]
    assert report.by_group(alike.to_numpy()).index.tolist() == ["'1'", "1", "missing"]


@pytest.mark.slow
def test_names_count_where_both_have_some():
    report, of = game(0)
    by_place = report.by_group(of)
    names = [f"p{i}" for i in np.random.default_rng(0).permutation(N)]
    scores = attack(report.records["loss-threshold"].to_numpy() - 0.5)
    named = report_of(attack(scores.score), n_members=N // 2, names=names)
    column = pd.Series(of, index=names)
    for values in (of, column, column.sort_index(), column.reset_index(drop=True)):
        got = named.by_group(values)
        np.testing.assert_array_equal(got["n_members"], by_place["n_members"])
    frame = column.sort_index().to_frame("of")
    np.testing.assert_array_equal(
        named.by_group(frame)["n_members"], by_place["n_members"]
    )
    # The report's own tables are in the order of the report.
    own = pd.Series(of, index=named.index)
    np.testing.assert_array_equal(
        named.by_group(own)["n_members"], by_place["n_members"]
    )


@pytest.mark.parametrize(
    ("index", "match"),
    [
        ([*"abcd", "x"], r"columns' .* by_group .* It lacks 'e'\. It has 'x' beside"),
        ([*"abcdd"], r"It lacks 'e'\.$"),
    ],
)
def test_names_of_others(index, match):
    report = report_of(attack(np.arange(5.0)), n_members=3, names=list("abcde"))
    with pytest.raises(ValueError, match=match):
        report.by_group(pd.Series([0, 1, 0, 1, 0], index=index))


def test_names_that_are_there_twice():
    report = report_of(attack(np.arange(4.0)), n_members=2, names=list("abab"))
    of = pd.Series([0, 1, 0, 1], index=list("abab"))
    assert report.by_group(of)["n_members"].tolist() == [1, 1]
    with pytest.raises(ValueError, match="'a' is there 2 times, and the order"):
        report.by_group(of.sort_index())


def test_a_default_index_in_another_order_is_said():
    """As of an original table, whose rows a split has put in another order."""
    report = report_of(attack(np.arange(4.0)), n_members=2, names=[3, 0, 1, 2])
    of = pd.Series([0, 1, 0, 1])
    with pytest.warns(UserWarning, match="taken by position.* columns.loc"):
        report.by_group(of)
    report.by_group(of.to_numpy())


def test_small_groups_say_so():
    report, of = game(0)
    of[[0, 1, 130]] = 3
    of[[2]] = 4
    status = report.by_group(of)["status"]
    assert status[3].startswith("small: of 2 training and 1 holdout records")
    assert status[4] == "not measurable: no holdout records"
    assert status[0] == "ok"


@pytest.mark.slow
@pytest.mark.parametrize("ties", [False, True])
def test_the_gap_test_keeps_its_level(ties, global_random_seed):
    """30 games without a gap: p-values are uniform, or larger where scores tie.

    Kolmogorov's test and a binomial quantile of 1e-4. That of metrics plays more.
    """
    p_values = []
    for seed in range(30):
        report, of = game((global_random_seed, seed), n=60, ties=ties)
        attrs = report.by_group(of).attrs
        p_values.append(
            [attrs["auc_gap"]["p_value"], attrs["advantage_gap"]["p_value"]]
        )
    of_auc, of_advantage = np.transpose(p_values)
    assert (of_advantage <= 0.1).sum() <= binom.isf(1e-4, 30, 0.1)
    assert (of_auc <= 0.1).sum() <= binom.isf(1e-4, 30, 0.1)
    if not ties:
        assert kstest(of_auc, "uniform").pvalue > 1e-4


def test_a_gap_is_found():
    report, of = game(0, extra=2.0, n=400)
    table = report.by_group(of)
    assert table["auc"].idxmax() == 0
    assert table.attrs["auc_gap"]["p_value"] < 0.01
    assert table.attrs["auc_gap"]["gap"] == np.ptp(table["auc"])
    assert table.attrs["advantage_gap"]["gap"] == np.ptp(table["advantage"])


def test_people_are_exchanged_as_a_whole():
    """Ten copies of each record show gaps by chance, which exchanged people show too.

    Without `groups` the p-value of this game is 0.001.
    """
    rng = np.random.default_rng(2)
    person = np.repeat(np.arange(40), 10)
    score, of = rng.normal(size=40)[person], rng.integers(0, 2, 40)[person]
    alone, together = (
        report_of(attack(score), n_members=200, groups=groups).by_group(of)
        for groups in (None, person)
    )
    assert alone.attrs["auc_gap"]["p_value"] < 0.01
    assert together.attrs["auc_gap"]["p_value"] > 0.05
    assert (together["auc_low"] <= alone["auc_low"]).all()


def test_a_threshold_of_its_own_suits_a_group_that_is_higher():
    rng = np.random.default_rng(0)
    of, member = np.arange(400) % 2, np.arange(400) < 200
    score = rng.normal(size=400) + 3 * member + 10 * of - 1.5
    table = report_of(attack(score), n_members=200).by_group(of)
    assert table.loc[1, "advantage"] < 0.1
    assert table.loc[1, "own_advantage"] > 0.7
    assert table.loc[1, "own_advantage_low"] > 0.5
    # No record helps to choose the threshold that it is judged by.
    null = report_of(attack(rng.normal(size=400)), n_members=200).by_group(of)
    assert (null["own_advantage_low"] < 0).all()


def test_of_an_audit_by_class():
    X, y = load_iris(return_X_y=True)
    tree = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
    sets = X[::2], y[::2], X[1::2], y[1::2]
    report = audit(tree, *sets, attacks=["gap", "loss-threshold"], random_state=0)
    table = report.by_group("label")
    assert table.attrs["attack"] == "loss-threshold"
    assert table.index.tolist() == [0, 1, 2]
    assert table.index.name == "label"
    same = report.by_group(pd.Series(np.r_[y[::2], y[1::2]], name="label"))
    pd.testing.assert_frame_equal(table, same)
    assert report.by_group("label", attack="gap").attrs["attack"] == "gap"


@pytest.mark.parametrize(
    ("columns", "match"),
    [
        ("sex", "must be 'label', or hold a value for each record. Got 'sex'"),
        (3, "must be 'label', or hold a value for each record. Got 3"),
        (np.ones((N, 1, 1)), "must be 'label', or hold a value for each record. Got"),
        ([1, 2, 3], "240 in all. Got 3"),
        (pd.DataFrame(index=range(N)), "240 in all. Got 240, in 0 columns"),
        (pd.Series([["a"]] * N), "must hold single values. Got one of type list"),
        ([1] * N, "at least two groups that have training and holdout .* Got 1"),
        ([1] * 120 + [0] * 120, "Got 0"),
    ],
)
def test_what_is_refused(columns, match):
    with pytest.raises(ValueError, match=match):
        game(0)[0].by_group(columns)


@pytest.mark.parametrize("name", ["nope", ["gap"]])
def test_an_attack_that_was_not_run(name):
    report, of = game(0)
    with pytest.raises(ValueError, match="'attack' parameter of by_group must be one"):
        report.by_group(of, attack=name)
