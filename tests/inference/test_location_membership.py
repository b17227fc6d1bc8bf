"""Who is in counts by place and hour: groups, a person in them, nobody in them."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB

from skmia.inference import draw_aggregates, location_membership_test

TEST = {"group_size": 20, "n_groups": 100}


def traces(seed, n_users=200):
    """Visits of people with habits: 8 places, 24 hours."""
    rng = np.random.RandomState(seed)
    habits = rng.gamma(0.2, size=(n_users, 8, 1)) * np.ones(24)
    return rng.poisson(habits)


def auc(positive, negative):
    member = np.repeat([1, 0], [len(positive), len(negative)])
    return roc_auc_score(member, np.concatenate([positive, negative]))


def test_groups_are_sums_of_different_people():
    one_each = np.eye(6, dtype=int)
    drawn = draw_aggregates(one_each, group_size=4, n_groups=30, random_state=0)
    assert drawn.shape == (30, 6)
    assert (drawn.sum(axis=1) == 4).all()
    assert drawn.max() == 1
    assert len(np.unique(drawn, axis=0)) > 10
    own = np.full(6, 10)
    drawn = draw_aggregates(
        one_each, group_size=4, n_groups=5, include=own, random_state=0
    )
    assert (drawn.sum(axis=1) == 60 + 3).all()
    alone = draw_aggregates(
        one_each, group_size=1, n_groups=2, include=own, random_state=0
    )
    assert_array_equal(alone, [own, own])


def test_a_person_is_found_in_small_groups_more_than_in_large_ones():
    known = traces(0)
    found = []
    for size in (5, 100):
        given = {"group_size": size, "n_groups": 100, "random_state": 1}
        inside = draw_aggregates(known[1:], include=known[0], **given)
        outside = draw_aggregates(known[1:], **given)
        scores = [
            location_membership_test(
                counts, known, 0, group_size=size, random_state=0
            ).score
            for counts in (inside, outside)
        ]
        found.append(auc(*scores))
    assert found[0] > 0.95
    assert found[0] > found[1] > 0.5


def test_people_who_were_never_in():
    """Two sets of counts without the person, of 100 groups each."""
    aucs, rates = [], []
    for seed in range(10):
        known = traces(seed)
        both = [
            location_membership_test(
                draw_aggregates(known[1:], random_state=1000 + 2 * seed + i, **TEST),
                known,
                0,
                random_state=seed,
                **TEST,
            )
            for i in range(2)
        ]
        aucs.append(auc(*(one.score for one in both)))
        rates += [(one.pvalue <= 0.1).mean() for one in both]
    # sqrt(201 / (12 100 100)) = .041 for one AUC; three of these over sqrt(10).
    assert np.mean(aucs) == pytest.approx(0.5, abs=3 * 0.041 / np.sqrt(10))
    # The two are of one attack, whose p-values stray together: 100 groups are compared
    # with 100, sd sqrt(.09 / 100 + .09 / 100) = .042 at most, 10 attacks. Of p-values
    # that are multiples of 1 / 101, ten are at most .1.
    assert np.mean(rates) == pytest.approx(10 / 101, abs=3 * 0.042 / np.sqrt(10))


def test_what_is_released_is_what_the_attacker_learns_from():
    known = traces(0)
    rng = np.random.RandomState(0)

    def nothing(counts):
        return rng.normal(size=counts.shape)

    drawn = draw_aggregates(
        known, group_size=5, n_groups=3, release=np.zeros_like, random_state=0
    )
    assert not drawn.any()
    own = {"group_size": 5, "n_groups": 100, "release": nothing}
    inside, outside = (
        location_membership_test(
            draw_aggregates(known[1:], include=member, random_state=1, **own),
            known,
            0,
            classifier=GaussianNB(),
            random_state=0,
            **own,
        ).score
        for member in (known[0], None)
    )
    # Noise alone is released: three standard deviations.
    assert auc(inside, outside) == pytest.approx(0.5, abs=3 * 0.041)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"user": 200}, "must be one of the 200 people"),
        ({"aggregates": np.ones((3, 8, 23))}, r"shape of a trace, \(8, 24\)"),
        ({"group_size": 200}, "as many other people as in a group, 200"),
    ],
)
def test_bad_input(change, message):
    given = {"aggregates": np.ones((3, 8, 24)), "traces": traces(0), "user": 0}
    given["random_state"] = 0
    with pytest.raises(ValueError, match=message):
        location_membership_test(**given | TEST | change)


def test_a_trace_of_another_shape():
    with pytest.raises(ValueError, match=r"an array of shape \(8, 24\)"):
        draw_aggregates(traces(0), group_size=2, n_groups=1, include=[1, 2])
