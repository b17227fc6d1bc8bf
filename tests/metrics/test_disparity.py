"""Disparate vulnerability: right numbers, and an alarm only where there is a cause."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import binom
from sklearn.metrics import roc_auc_score

from skmia.metrics import advantage_score, clopper_pearson, disparate_vulnerability

METRICS = pytest.mark.parametrize("metric", ["advantage", "auc"])


def answers(rng, n=400, n_groups=4, leak=1.0, extra=0.0):
    """Members score higher by `leak`, those of group 0 by `extra` more."""
    member = rng.random(n) < 0.5
    sizes = np.arange(n_groups, 0, -1)
    groups = rng.choice(n_groups, n, p=sizes / sizes.sum())
    shift = leak + extra * (groups == 0)
    score = rng.normal(member * shift, 1).round(1)  # with ties
    return {
        "member": member,
        "score": score,
        "groups": groups,
        "predicted": score > leak / 2,
    }


@METRICS
def test_table_and_disparity_by_hand(metric):
    data = answers(np.random.default_rng(0))
    member, score, groups, predicted = data.values()
    found = disparate_vulnerability(**data, metric=metric, random_state=0)
    table = found.table
    for group in range(4):
        own = groups == group
        row = table.loc[group]
        assert row["n_members"] == member[own].sum()
        assert row["n_nonmembers"] == (~member)[own].sum()
        assert row["recall"] == predicted[own & member].mean()
        assert row["fpr"] == predicted[own & ~member].mean()
        assert row["advantage"] == advantage_score(member[own], predicted[own])
        assert row["auc"] == roc_auc_score(member[own], score[own])
        n_found = (predicted & own & member).sum()
        bounds = clopper_pearson(n_found, (own & member).sum())
        assert (row["recall_low"], row["recall_high"]) == bounds
        for name in ("recall", "fpr", "advantage", "auc"):
            assert row[f"{name}_low"] <= row[name] <= row[f"{name}_high"]
    assert_allclose(found.disparity, np.ptp(table[metric]))
    assert (table["p_adjusted"] >= table["p_value"]).all()
    # With a common threshold the rates of the groups average to those of all.
    tpr = np.average(table["recall"], weights=table["n_members"])
    fpr = np.average(table["fpr"], weights=table["n_nonmembers"])
    assert_allclose(tpr - fpr, advantage_score(member, predicted))


@METRICS
def test_names_of_groups_do_not_matter(metric):
    data = answers(np.random.default_rng(0))
    found = disparate_vulnerability(**data, metric=metric, random_state=0)
    data["groups"] = np.array(["d", "b", "a", "c"])[data["groups"]]
    renamed = disparate_vulnerability(**data, metric=metric, random_state=0)
    assert_allclose(renamed[1:], found[1:])
    order = ["d", "b", "a", "c"]
    assert_array_equal(renamed.table.loc[order].to_numpy(), found.table.to_numpy())


@METRICS
def test_a_planted_disparity_is_found_and_its_group_named(metric):
    data = answers(np.random.default_rng(0), n=1000, extra=2.0)
    found = disparate_vulnerability(**data, metric=metric, random_state=0)
    assert found.p_value < 0.01
    assert found.disparity > 2 * found.null_disparity
    adjusted = found.table["p_adjusted"]
    assert adjusted[0] < 0.01
    assert found.table[metric].idxmax() == 0


@pytest.mark.slow
@pytest.mark.parametrize(("metric", "leak"), [("advantage", 1.5), ("auc", 0.0)])
def test_no_disparity_no_alarm(metric, leak, global_random_seed):
    n_sets, level = 200, 0.1
    rng = np.random.default_rng(global_random_seed)
    alarms = np.zeros(3)
    excess = []
    for seed in range(n_sets):
        found = disparate_vulnerability(
            **answers(rng, n=60, n_groups=3, leak=leak),
            metric=metric,
            n_permutations=39,
            random_state=seed,
        )
        alarms += [
            found.p_value <= level,
            found.table["p_value"][0] <= level,
            found.table["p_adjusted"].min() <= level,
        ]
        excess.append(found.disparity - found.null_disparity)
    # Of 40 divisions 4 are among the tenth: nominal is the most for each. Binomial
    # with a tail of 1e-4.
    assert (alarms <= binom.isf(1e-4, n_sets, level)).all()
    # The disparity is there, and is what small groups show by chance.
    error = np.std(excess, ddof=1) / np.sqrt(n_sets)
    assert abs(np.mean(excess)) < 4 * error


@pytest.mark.slow
@METRICS
@pytest.mark.parametrize("sizes", [(5,), (1, 2, 7)])
def test_clusters_without_disparity_raise_no_alarm(metric, sizes, global_random_seed):
    """Copies: were they exchanged one by one, most sets would raise an alarm."""
    n_sets, level = 100, 0.1
    rng = np.random.default_rng(global_random_seed)
    alarms = np.zeros(2)
    for seed in range(n_sets):
        cluster = np.repeat(np.arange(30), np.resize(sizes, 30))
        score = rng.normal(size=30)[cluster]
        given = rng.integers(0, 2, 30)[cluster]
        for i, clusters in enumerate((cluster, None)):
            found = disparate_vulnerability(
                (np.arange(30) % 2 == 0)[cluster],
                score,
                given,
                predicted=score > 0,
                metric=metric,
                n_permutations=39,
                clusters=clusters,
                random_state=seed,
            )
            alarms[i] += found.p_value <= level
    assert alarms[0] <= binom.isf(1e-4, n_sets, level) < alarms[1]


def test_clusters_of_one_change_nothing():
    data = answers(np.random.default_rng(0), n=60)
    found = disparate_vulnerability(**data, random_state=0)
    again = disparate_vulnerability(**data, clusters=np.arange(60), random_state=0)
    assert found[1:] == again[1:]
    assert found.table.equals(again.table)


def test_a_group_without_members_is_left_out():
    data = answers(np.random.default_rng(0))
    data["groups"] = np.where(
        ~data["member"] & (data["groups"] == 3), 9, data["groups"] % 3
    )
    found = disparate_vulnerability(**data, random_state=0)
    assert found.table.loc[9, "n_members"] == 0
    assert found.table.loc[9].isna().sum() == found.table.shape[1] - 2
    assert not found.table.drop(index=9).isna().any(axis=None)
    assert np.isfinite(found[1:]).all()


def test_everybody_called_a_member():
    data = answers(np.random.default_rng(0)) | {"predicted": np.ones(400, dtype=bool)}
    found = disparate_vulnerability(**data, random_state=0)
    assert found[1:] == (0, 0, 1)
    assert (found.table["recall"] == 1).all()


@pytest.mark.parametrize(
    ("changed", "match"),
    [
        ({"groups": np.zeros(400)}, "at least two groups .* Got 1"),
        ({"groups": np.zeros(3)}, "the same length. Got 400 and 3"),
        ({"clusters": np.zeros(3)}, "'clusters' .* the same length. Got 400 and 3"),
        ({"metric": "recall"}, "'metric' parameter"),
        ({"n_permutations": 0}, "'n_permutations' parameter"),
        ({"confidence_level": 95}, "a fraction, not percent"),
    ],
)
def test_wrong_input_is_named(changed, match):
    with pytest.raises(ValueError, match=match):
        disparate_vulnerability(**answers(np.random.default_rng(0)) | changed)
