"""The lower bound of epsilon: known values, and what it refuses."""

import numpy as np
import pytest

from skmia.metrics import epsilon_ceiling, epsilon_evidence, epsilon_lower_bound
from skmia.metrics.epsilon._e_process import EProcess

I = np.arange(100)  # noqa: E741
MEMBERS = {
    "first half": I < 50,
    "mostly first": 37 * I % 100 < 100 - I,
    "every other": I % 2 == 0,
    "some sure": (I < 20) | (I % 2 == 1),
}
ORDERS = ("top", "bottom", "both")
# Largest logarithm of what is won against 0, and the bound at level 0.05.
KNOWN = {
    ("first half", "fixed"): [(65.062127, 4.018)] * 2 + [(65.347614, 3.311)],
    ("first half", "coin"): [(33.404133, 2.667)] * 2 + [(67.864306, 3.353)],
    ("mostly first", "fixed"): [
        (14.650275, 0.908),
        (15.188867, 0.844),
        (16.820521, 1.308),
    ],
    ("mostly first", "coin"): [
        (8.288331, 0.689),
        (7.720680, 0.640),
        (17.019335, 1.338),
    ],
    ("every other", "fixed"): [(0.521752, 0)] * 2 + [(1.068431, 0)],
    ("every other", "coin"): [(0.521752, 0)] * 2 + [(1.076350, 0)],
    ("some sure", "fixed"): [(10.793363, 1.429), (4.950162, 0.139), (3.778646, 0.083)],
    ("some sure", "coin"): [(12.840935, 1.680), (0, 0), (3.810055, 0.085)],
}


@pytest.mark.parametrize("of", KNOWN, ids=str)
def test_known_values(of, global_random_seed):
    members, design = of
    for order, (won, bound) in zip(ORDERS, KNOWN[of], strict=True):
        found = epsilon_evidence(
            MEMBERS[members],
            -I,
            design=design,
            orders=(order,),
            random_state=global_random_seed,  # no ties: it must not matter
        )
        assert found.path.max(initial=0) == pytest.approx(won, abs=1e-6)
        # Values are given to three digits, the bisection to 1e-4.
        assert found.epsilon == pytest.approx(bound, abs=1e-3)


@pytest.mark.parametrize(
    ("right", "won", "bound"),
    [
        (np.tile([1, 1, 1, 0], 10), 4.573144, 0.168),
        (np.append(np.ones(25), np.tile([0, 1], 38)[:75]), 16.249689, 1.930),
    ],
)
def test_known_values_of_fair_bets(right, won, bound):
    process = EProcess(right == 1, np.zeros(len(right)))
    assert process.path(0).max() == pytest.approx(won, abs=1e-6)
    assert process.lower_bound(lambda _: np.log(20)) == pytest.approx(bound, abs=1e-3)


@pytest.mark.parametrize(
    ("n", "ceiling"),
    [
        (5, 0.667),
        (10, 1.873),
        (20, 2.854),
        (50, 4.018),
        (100, 4.815),
        (500, 6.486),
        (1000, 7.060),
    ],
)
def test_ceiling_of_a_fixed_split(n, ceiling):
    assert epsilon_ceiling(n, n, orders=("top",)) == pytest.approx(ceiling, abs=1e-3)


@pytest.mark.parametrize(
    ("n", "ceiling"),
    [
        (5, 0),
        (6, 0.195),
        (8, 0.564),
        (10, 0.848),
        (20, 1.680),
        (50, 2.667),
        (100, 3.353),
        (1000, 5.504),
    ],
)
def test_ceiling_of_coins_and_pairs(n, ceiling):
    coins = epsilon_ceiling(n // 2, n - n // 2, design="coin", orders=("both",))
    pairs = epsilon_ceiling(n, n + 3, design="pairs", orders=("top",))
    assert coins == pytest.approx(ceiling, abs=1e-3)
    assert pairs == coins


@pytest.mark.parametrize("n_attacks", [1, 4])
def test_orders_and_attacks_share_the_level(n_attacks):
    of = {"member": MEMBERS["mostly first"], "score": -I, "random_state": 0}
    alone = [
        epsilon_lower_bound(**of, orders=(order,), alpha=0.05 / 3 / n_attacks)
        for order in ORDERS
    ]
    assert epsilon_lower_bound(**of, n_attacks=n_attacks) == max(alone)


@pytest.mark.parametrize("design", ["coin", "pairs"])
def test_delta_takes_its_part_of_the_level(design):
    of = {"design": design, "orders": ("both",), "random_state": 0}
    member = np.repeat(MEMBERS["mostly first"], 10)
    score = -np.arange(1000)
    found = epsilon_lower_bound(member, score, delta=2e-5, **of)
    n_bets = len(member) if design == "coin" else min(member.sum(), (~member).sum())
    left = 0.05 - n_bets * 2e-5 / (1 + np.exp(found))
    # Two bisections to 1e-4.
    same = epsilon_lower_bound(member, score, alpha=left, **of)
    assert found == pytest.approx(same, abs=2e-4)
    assert 0 < found < epsilon_lower_bound(member, score, **of)


def test_evidence_says_what_it_rests_on():
    member = np.repeat([1, 0], [30, 40])
    found = epsilon_evidence(member, member, n_attacks=2, random_state=0)
    assert found.epsilon == found.ceiling == epsilon_ceiling(30, 40, n_attacks=2)
    assert (found.n_members, found.n_nonmembers) == (30, 40)
    assert (found.alpha, found.alpha_spent) == (0.05, 0.025)
    assert (found.relation, found.unit) == ("replace-one", "record")
    assert "one record rather than another" in found.meaning
    coins = epsilon_evidence(
        member, member, design="coin", delta=1e-6, groups=I[:70], random_state=0
    )
    assert (coins.relation, coins.unit) == ("add-or-remove", "group")
    assert "that a group was in" in coins.meaning
    assert "apart from events of probability 1e-06" in coins.meaning
    nothing = epsilon_evidence(member, np.zeros(70), random_state=0)
    assert nothing.epsilon == 0 < nothing.ceiling
    assert "No epsilon is refuted" in nothing.meaning


@pytest.mark.parametrize("design", ["fixed", "coin", "pairs"])
@pytest.mark.parametrize("member", [[1] * 9, [0] * 9, np.array([], dtype=int)])
def test_one_side_shows_nothing_unless_coins_decided(design, member):
    score = np.arange(len(member))
    found = epsilon_evidence(member, score, design=design, random_state=0)
    all_in_by_coin = design == "coin" and len(member)
    assert (found.epsilon > 0) == (found.ceiling > 0) == bool(all_in_by_coin)


def test_bets_on_several_targets_take_turns(global_random_seed):
    rng = np.random.default_rng(global_random_seed)
    member = [rng.permutation(np.repeat([1, 0], [n, 10])) for n in (10, 15, 4)]
    score = [rng.normal(size=len(of)) for of in member]
    plan = {"orders": ("top",), "design": "coin", "random_state": 0}
    together = epsilon_evidence(member, score, **plan)
    alone = [
        np.diff(epsilon_evidence(m, s, **plan).path, prepend=0)[:14]
        for m, s in zip(member, score, strict=True)
    ]
    # The first bets, at which nobody of the gamblers has won much more than another:
    # the signs of what is won alternate between the targets.
    steps = np.diff(together.path, prepend=0)
    assert len(steps) == 20 + 25 + 14
    assert [steps[i] > 0 for i in range(3)] == [of[0] > 0 for of in alone]
    assert [steps[3 + i] > 0 for i in range(3)] == [of[1] > 0 for of in alone]


def test_groups_are_single_records_once_joined():
    member, score = MEMBERS["mostly first"], -I
    twice = [np.repeat(values, 2) for values in (member, score, I)]
    for design in ("fixed", "coin", "pairs"):
        plan = {"design": design, "random_state": 0}
        once = epsilon_lower_bound(member, score, **plan)
        assert epsilon_lower_bound(*twice[:2], groups=twice[2], **plan) == once > 0


def test_divided_groups_are_left_out_and_sizes_kept_apart():
    # Records alone, groups of two, and one of three that is divided.
    member = np.concatenate(
        [MEMBERS["first half"], np.repeat([1, 0], 10), [1, 1, 1, 0]]
    )
    groups = np.concatenate(
        [I, np.repeat(np.arange(100, 110), 2), [200, 200, 200, 200]]
    )
    score = np.linspace(1, 0, len(member))
    found = epsilon_evidence(member, score, groups=groups, random_state=0)
    assert (found.n_members, found.n_nonmembers) == (55, 55)
    by_size = np.bincount(groups)[groups]
    whole = groups < 200
    same = epsilon_evidence(
        *(member[whole], score[whole]),
        groups=groups[whole],
        strata=by_size[whole],
        random_state=0,
    )
    assert same.epsilon == found.epsilon
    assert same.ceiling == found.ceiling


MEMBER = np.repeat([1, 0], 5)
SCORE = np.arange(10.0)


@pytest.mark.parametrize("metric", [epsilon_lower_bound, epsilon_evidence])
@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"score": [np.nan, *SCORE[1:]]}, "must be finite. Got 1 non-finite values"),
        ({"score": SCORE[1:]}, "must have the same length. Got 10 and 9"),
        ({"member": MEMBER + 1}, "must hold booleans"),
        ({"delta": 1e-5}, "must be 0 with design='fixed'.*Got 1e-05.*'pairs'"),
        ({"delta": -1}, "must be in \\[0, 1\\]"),
        ({"design": "random"}, "one of \\['fixed', 'coin', 'pairs'\\]. Got 'random'"),
        ({"alpha": 5}, "float in \\(0, 0.5\\]. Got 5 instead; A level is a fraction"),
        ({"alpha": 0.51}, "float in \\(0, 0.5\\]. Got 0.51"),
        ({"design": ["fixed"]}, "Got \\['fixed'\\]"),
        ({"delta": "a"}, "'delta'.*in \\[0, 1\\]. Got 'a'"),
        ({"delta": True}, "'delta'.*in \\[0, 1\\]. Got True"),
        ({"delta": [0.1, 0.2]}, "'delta'.*one number in \\[0, 1\\]. Got \\[0.1, 0.2"),
        ({"orders": (["top"],)}, "different ones of.*Got \\(\\['top'\\],\\)"),
        ({"n_attacks": 10**400}, "'n_attacks'.*at most 9223372036854775807. Got one"),
        ({"strata": 1}, "'strata'.*1d array.*Got 1 instead"),
        ({"groups": 1}, "'groups'.*1d array.*Got 1 instead"),
        ({"member": None}, "'member'.*1d array.*Got None"),
        ({"score": None}, "'score'.*1d array.*Got None"),
        ({"score": [[1, 2], [3]]}, "'score'.*1d array.*Got \\[\\[1, 2\\], \\[3"),
        ({"orders": "top"}, "different ones of.*Got 'top'"),
        ({"orders": ()}, "one or more different ones"),
        ({"orders": ("top", "top")}, "different ones"),
        ({"orders": ("up",)}, "Got \\('up',\\)"),
        ({"n_attacks": 0}, "'n_attacks'.*int of at least 1. Got 0"),
        ({"n_attacks": 1.5}, "Got 1.5"),
        ({"design": "coin", "strata": MEMBER}, "'strata'.*None with design='coin'"),
        ({"strata": [None] * 10}, "'strata'.*in which it is. Got 10 missing values"),
        ({"strata": [1]}, "'member' and 'strata'.*Got 10 and 1"),
        ({"groups": [1]}, "'member' and 'groups'.*Got 10 and 1"),
        (
            {"groups": np.repeat(range(5), 2), "strata": range(10)},
            "same for all records of a group. 5 groups have records in several",
        ),
        ({"member": [MEMBER, MEMBER]}, "'score'.*each of the 2 targets.*Got no list"),
        ({"member": [MEMBER] * 2, "score": [SCORE]}, "2 targets.*Got 1 instead"),
        (
            {"member": [MEMBER], "score": [SCORE], "groups": MEMBER},
            "'groups'.*each of the 1 targets",
        ),
    ],
)
def test_bad_input(metric, params, message):
    with pytest.raises(ValueError, match=f"{metric.__name__}.*{message}|{message}"):
        metric(**{"member": MEMBER, "score": SCORE, **params})


@pytest.mark.parametrize("design", ["fixed", "coin", "pairs"])
@pytest.mark.parametrize("n", [0, 40])
@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize("several", [False, True])
def test_one_side_alone_refutes_with_coins_only(design, n, side, several):
    """So many coins do not all fall on one side; a fixed number says nothing."""
    member, score = [side] * n, [float(side)] * n
    if several:
        member, score = [member], [score]
    found = epsilon_evidence(member, score, design=design, random_state=0)
    assert (found.epsilon > 0) == (design == "coin" and n > 0)
    assert found.n_members + found.n_nonmembers == n


@pytest.mark.parametrize("n", [-1, 2.5, True])
def test_bad_counts(n):
    with pytest.raises(ValueError, match=f"'n_nonmembers'.*at least 0. Got {n}"):
        epsilon_ceiling(5, n)
