"""BlindMI."""

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import balanced_accuracy_score

from skmia import observe
from skmia.attacks import BlindAttack
from skmia.metrics import auc_interval
from skmia.signals import get_signal

VARIANTS = ["single", "bi", "one-class"]
ATTACKS = [BlindAttack(variant=variant, random_state=0) for variant in VARIANTS]


@pytest.fixture(scope="module")
def candidates():
    """Answers of an overfitted forest to members, others and made-up records."""
    X, y = make_classification(600, n_informative=6, n_classes=4, random_state=0)
    member = np.random.RandomState(0).permutation(np.repeat([0, 1], 300))
    forest = RandomForestClassifier(random_state=0)
    forest.fit(X[member == 1], y[member == 1])
    signals = ["confidence", get_signal("top_posterior", n_top=2)]
    made_up = np.random.RandomState(1).normal(0, 3, size=(30, X.shape[1]))
    Z = observe(forest, X, y, signals)
    return Z, member, observe(forest, made_up, y[:30], signals)


@pytest.mark.parametrize(
    ("variant", "use_known"),
    # Not one-class with made-up records: it calls everybody the same here.
    [*product(["single", "bi"], [True, False]), ("one-class", False)],
)
def test_members_of_an_overfitted_model_are_found(candidates, variant, use_known):
    Z, member, known = candidates
    attack = BlindAttack(variant=variant, random_state=0)
    labels = attack.fit_predict(Z, nonmembers=known if use_known else None)
    # A guess has a standard deviation of 0.02 on 300 members and 300 others.
    assert balanced_accuracy_score(member, labels) > 0.6


@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_to_see_moves_nobody(variant):
    Z = np.full((10, 3), 0.25)
    attack = BlindAttack(variant=variant, random_state=0).fit(Z, nonmembers=Z[:4])
    assert len(set(attack.labels_)) == 1
    if variant != "one-class":
        assert_array_equal(attack.labels_, 1)


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_single_candidate_stays_a_member(variant):
    assert_array_equal(BlindAttack(variant=variant).fit_predict([[0.5, 0.5]]), [1])


def test_candidates_with_the_smallest_probabilities_stand_in_for_non_members():
    Z = np.array([[0.9, 0.1], [0.5, 0.5], [0.99, 0.01], [0.6, 0.4]])
    labels = BlindAttack(random_state=0).fit_predict(Z)
    assert_array_equal(labels[[1, 3]], [0, 0])
    assert BlindAttack(n_initial=1, random_state=0).fit_predict(Z)[1] == 0


def test_batches(candidates):
    Z, member, _ = candidates
    attack = BlindAttack(variant="bi", batch_size=100, random_state=0)
    labels = attack.fit_predict(Z)
    assert_array_equal(attack.fit_predict(Z), labels)
    assert balanced_accuracy_score(member, labels) > 0.6
    other = attack.set_params(random_state=1).fit_predict(Z)
    assert (other != labels).any()


def test_passes_are_bounded(candidates):
    Z, _, known = candidates
    attack = BlindAttack(random_state=0).fit(Z, nonmembers=known)
    assert 1 < attack.n_passes_ < 100
    assert attack.set_params(max_passes=1).fit(Z, nonmembers=known).n_passes_ == 1


@pytest.mark.parametrize("widths", [[], [1.0, -1.0], [[1.0]]])
def test_kernel_widths_error(widths):
    with pytest.raises(ValueError, match=r"'kernel_widths' parameter .* positive numb"):
        BlindAttack(kernel_widths=widths).fit([[0.5, 0.5], [0.9, 0.1]])


def test_non_members_with_other_columns():
    with pytest.raises(ValueError, match="3 features, but BlindAttack is expecting 2"):
        BlindAttack().fit([[0.5, 0.5]], nonmembers=[[0.5, 0.3, 0.2]])


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["single", "bi"])
def test_labels_of_exchangeable_candidates_say_nothing(variant):
    """The AUC of a decision is its balanced accuracy."""
    rng = np.random.RandomState(0)
    n_games, covered = 200, 0
    for _ in range(n_games):
        Z = -np.sort(-rng.dirichlet([0.3] * 3, size=60))
        member = rng.permutation(np.repeat([0, 1], 30))
        labels = BlindAttack(variant=variant, random_state=rng).fit_predict(Z)
        low, high = auc_interval(member, labels)
        covered += low <= 0.5 <= high
    # 95 % are covered or more; 3 standard deviations below, sqrt(0.95 * 0.05 / 200).
    assert covered >= n_games * (0.95 - 3 * 0.0154)


def test_equal_candidates_are_not_told_apart_by_their_place():
    """A tree answers with one-hot vectors: only the true class tells, if it is seen.

    All 400 members are right, and 300 of 400 others. Known non-members are the 100 that
    are wrong and 300 of the 700 that are right, drawn at random. 400 * 4 / 7 = 229
    members are called so and 300 * 4 / 7 = 171 others: hypergeometric, with a standard
    deviation of 9. By place it was all of one side, and none of the other.
    """
    right = np.repeat([1.0, 1.0, 0.0, 1.0], 200)
    right[400:500] = 1.0  # 300 of the others are right
    Z = np.column_stack([right, np.ones(800), np.zeros((800, 2))])
    labels = BlindAttack(random_state=0).fit_predict(Z)
    assert abs(labels[:400].sum() - 229) < 4 * 9
    assert abs(labels[400:].sum() - 171) < 4 * 9
