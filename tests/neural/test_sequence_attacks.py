"""SeqMIA and TrajectoryMIA: networks on sequences of observations."""

import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn_checks import parametrize_with_checks

from skmia import MembershipGame, ShadowModels
from skmia.attacks import make_attack
from skmia.attacks.evidence import Distilled
from skmia.neural import SeqMIA, TrajectoryMIA
from skmia.neural._seq_mia import AttentiveLSTM, adam_without_decay_of_biases
from skmia.targets import Session
from skmia.testing import yield_checks

FAST = {"max_epochs": 15, "batch_size": 16, "random_state": 0}
ATTACKS = [
    SeqMIA(8, learning_rate=0.03, **FAST),
    TrajectoryMIA((16, 8), learning_rate=0.05, **FAST),
]
every_attack = pytest.mark.parametrize("attack", ATTACKS, ids=lambda a: repr(a)[:6])


@pytest.mark.slow
@parametrize_with_checks(ATTACKS)
def test_sklearn_checks(estimator, check):
    check(estimator)


def obvious_sequences():
    """Losses of two metrics that tell members from non-members, and membership."""
    rng = np.random.RandomState(0)
    member = rng.permutation(np.repeat([0, 1], 60))
    Z = pd.DataFrame(rng.normal(size=(120, 6)) - 3.0 * member[:, None])
    return Z.set_axis(
        [f"{m}_{i}" for m in ("loss", "entropy") for i in range(3)], axis=1
    ), member


@pytest.mark.slow
@pytest.mark.parametrize(
    ("attack", "check"),
    [
        pair
        for attack in ATTACKS
        for pair in yield_checks(attack, "attack", data=obvious_sequences())
    ],
)
def test_own_checks(attack, check):
    check(attack)


def rising_and_falling(n_samples, n_steps=6, seed=0):
    """Sequences of the same values, in one order for members, in another for others."""
    rng = np.random.RandomState(seed)
    values = np.sort(rng.normal(size=(n_samples, n_steps)), axis=1)
    member = rng.randint(2, size=n_samples)
    values[member == 0] = values[member == 0, ::-1]
    return values, member


@pytest.fixture
def sequences():
    """Two metrics of three steps, the second of which tells something."""
    rng = np.random.RandomState(0)
    member = rng.randint(2, size=300)
    Z = pd.DataFrame(rng.normal(size=(300, 3))).add_prefix("entropy_")
    for step in range(3):
        Z[f"loss_{step}"] = rng.normal(size=300) - (step == 2) * 2.0 * member
    return Z, member


@every_attack
def test_learns_what_is_in_the_order_only(attack, global_random_seed):
    Z, member = rising_and_falling(400, seed=global_random_seed)
    score = clone(attack).fit(Z, member).decision_function(Z[:200])
    assert roc_auc_score(member[:200], score) > 0.99
    # Sorted, members and others are the same.
    same = np.sort(Z, axis=1)
    sorted_score = (
        clone(attack).fit(same[:200], member[:200]).decision_function(same[200:])
    )
    # 200 records: the standard deviation of the AUC of noise is 0.041.
    assert abs(roc_auc_score(member[200:], sorted_score) - 0.5) < 4.5 * 0.041


def test_another_order_of_epochs_is_another_score(sequences):
    Z, member = sequences
    attack = clone(ATTACKS[0]).fit(Z.to_numpy(), member)
    score = attack.decision_function(Z.to_numpy())
    backwards = attack.decision_function(Z.to_numpy()[:, ::-1])
    assert abs(score - backwards).min() > 1e-6


@every_attack
def test_columns_are_found_by_name(attack, sequences):
    Z, member = sequences
    mixed = Z[["loss_2", "entropy_1", "loss_0", "entropy_0", "loss_1", "entropy_2"]]
    own = clone(attack).fit(mixed, member).decision_function(mixed)
    assert roc_auc_score(member, own) > 0.9
    if isinstance(attack, SeqMIA):
        tidy = mixed[[f"{m}_{i}" for m in ("loss", "entropy") for i in range(3)]]
        assert_allclose(own, clone(attack).fit(tidy, member).decision_function(tidy))


@pytest.mark.slow
def test_sequences_are_steps_by_metrics(sequences):
    Z, member = sequences
    attack = clone(ATTACKS[0]).fit(Z, member)
    assert attack.metrics_ == ["entropy", "loss"]
    shown = attack._shown(Z.to_numpy())
    assert shown.shape == (300, 3, 2)
    standard = StandardScaler().fit_transform(Z)
    assert_allclose(shown[:, 2, 1], standard[:, 5])
    assert clone(attack).fit(Z.to_numpy(), member).metrics_ == ["trajectory"]


def test_metrics_of_other_lengths_are_refused(sequences):
    Z, member = sequences
    message = r"same number of steps of every metric.*'entropy': 3, 'loss': 2"
    with pytest.raises(ValueError, match=message):
        SeqMIA().fit(Z.drop(columns="loss_2"), member)


def test_wrong_layers_are_refused(sequences):
    message = r"'hidden_units' parameter of TrajectoryMIA must be .* Got \(0,\) instead"
    with pytest.raises(ValueError, match=message):
        TrajectoryMIA((0,)).fit(*sequences)


@torch.inference_mode()
def test_attention_is_that_of_the_last_state():
    network = AttentiveLSTM(2, 3, 2).double()
    x = torch.tensor(np.random.RandomState(0).normal(size=(4, 5, 2)))
    states, (last, _) = network.recurrent(x)
    states, last = states.numpy(), last[0].numpy()
    for record in range(4):
        weights = np.exp(states[record] @ last[record])
        context = weights @ states[record] / weights.sum()
        by_hand = network.output(torch.tensor(np.r_[last[record], context]))
        assert_allclose(network(x)[record], by_hand)


def test_biases_are_not_decayed():
    network = AttentiveLSTM(2, 3, 2)
    optimizer = adam_without_decay_of_biases(
        [{"params": [*network.parameters()]}], lr=0.1, weight_decay=0.5
    )
    decay = {
        id(p): group["weight_decay"]
        for group in optimizer.param_groups
        for p in group["params"]
    }
    found = {name: decay[id(p)] for name, p in network.named_parameters()}
    assert found == {name: 0.0 if "bias" in name else 0.5 for name in found}
    assert {group["lr"] for group in optimizer.param_groups} == {0.1}


@pytest.mark.slow
@every_attack
def test_same_seed_same_scores_and_no_global_draws(attack, sequences):
    before = torch.get_rng_state()
    first = clone(attack).fit(*sequences).decision_function(sequences[0])
    assert_array_equal(
        clone(attack).fit(*sequences).decision_function(sequences[0]), first
    )
    other = clone(attack).set_params(random_state=1).fit(*sequences)
    assert abs(other.decision_function(sequences[0]) - first).max() > 1e-4
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.slow
@every_attack
def test_units_change_nothing(attack, sequences):
    Z, member = sequences
    # A power of two: the same digits after standardizing.
    own = clone(attack).fit(Z, member).decision_function(Z)
    assert_allclose(
        clone(attack).fit(1024 * Z, member).decision_function(1024 * Z), own
    )


@every_attack
def test_saved_and_read(attack, sequences):
    Z, member = sequences
    fitted = clone(attack).fit(Z, member)
    read = pickle.loads(pickle.dumps(fitted))
    assert_array_equal(read.decision_function(Z), fitted.decision_function(Z))


@every_attack
def test_reads_what_a_student_imitates(attack, global_random_seed):
    rng = np.random.RandomState(global_random_seed)
    X, y = rng.normal(size=(240, 4)), rng.randint(3, size=240)
    tree = DecisionTreeClassifier(random_state=0)
    pairs, member, _ = ShadowModels(tree, n_shadows=2, random_state=0).fit(X, y).pairs()
    evidence = Distilled(X, signals=["loss", "entropy"], n_snapshots=3, random_state=0)
    whole = make_attack(evidence, clone(attack)).fit(pairs, member)
    target = Session(clone(tree).fit(X[:120], y[:120]), X, y)
    # A tree that has learned random labels by heart: 1 of 3 others is right by chance.
    score = whole.decision_function(target)
    assert roc_auc_score(np.repeat([1, 0], 120), score) > 0.75


@every_attack
def test_in_a_pipeline_and_a_game(attack, tmp_path):
    rng = np.random.RandomState(0)
    X, y = rng.normal(size=(200, 3)), rng.randint(2, size=200)
    game = MembershipGame(
        DecisionTreeClassifier(),
        attack=make_pipeline(StandardScaler(), clone(attack)),
        n_shadows=2,
        memory=str(tmp_path),
        random_state=0,
    )
    first = game.fit(X[:100], y[:100]).score(X[100:], y[100:])
    assert clone(game).fit(X[:100], y[:100]).score(X[100:], y[100:]) == first > 0.6
