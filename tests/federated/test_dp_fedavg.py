"""Privacy of whole parties: what is cut, what is drawn, what is paid."""

import pickle

import dp_accounting
import numpy as np
import pytest
from dp_accounting import pld
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import binom, chi2
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from skmia import MembershipGame, audit
from skmia.auditing._epsilon import declared_by
from skmia.defenses import PrivacyAccountant
from skmia.exceptions import PrivacyBudgetExceeded, PrivacyLeakWarning
from skmia.federated import DPFedAvg, Federation, Hook, SecureAggregation
from skmia.federated._aggregation import clipped
from skmia.federated._dp_fedavg import NoisySums
from skmia.federated._learners import learner_of
from skmia.neural import NetClassifier
from skmia.neural.objectives import DPSGD
from skmia.targets import Session
from skmia.utils._secret_stream import secret_key

X, Y = load_digits(return_X_y=True)
X = X[:600] / 16
Y = Y[:600]
SOFTMAX = MLPClassifier((), solver="sgd", learning_rate_init=0.2)
LABELS = {"classes": range(10), "delta": 1e-3}


def federation(aggregator=None, **params):
    given = {"n_rounds": 3, "n_parties": 20, "random_state": 0, "averaging": "plain"}
    return Federation(SOFTMAX, aggregator=aggregator, **given | params).fit(X, Y)


def vector(model):
    return learner_of(model).vector(model)


class Seen(Hook):
    """Keep the updates of the parties."""

    def __init__(self, seen):
        self.seen = seen

    def on_upload(self, message):
        """What is sent, as it is."""
        self.seen.append((message.round, vector(message.model)))
        return message.model


def test_without_noise_and_clipping_it_is_federated_averaging():
    private = federation(DPFedAvg(0, max_norm=np.inf, **LABELS))
    plain = federation()
    assert private.epsilon_ == private.replace_epsilon_ == np.inf
    assert declared_by(private) is None
    for one, other in zip(private.rounds_, plain.rounds_, strict=True):
        assert_allclose(vector(one), vector(other), rtol=0, atol=1e-12)


def test_no_party_moves_the_model_further_than_declared():
    seen = []
    target = Federation(
        SOFTMAX,
        n_parties=20,
        n_rounds=3,
        averaging="plain",
        aggregator=DPFedAvg(0, max_norm=0.1, **LABELS),
        hooks=[],
        random_state=0,
    )
    # A hook keeps what it sees: no clone of it.
    target.hooks = [Seen(seen)]
    target.fit(X, Y)
    before = [target.initial_, *target.rounds_[:-1]]
    for round_, (model, made) in enumerate(zip(before, target.rounds_, strict=True)):
        updates = [one - vector(model) for of, one in seen if of == round_]
        lengths = np.linalg.norm(updates, axis=1)
        assert len(updates) == 20
        assert (lengths > 0.1).all()
        cut = np.array(updates) * (0.1 / lengths)[:, None]
        step = vector(made) - vector(model)
        assert_allclose(step, cut.mean(axis=0), rtol=0, atol=1e-12)


def test_clipping():
    rng = np.random.default_rng(0)
    update = rng.normal(size=30)
    assert clipped(update, np.inf) is update
    assert_allclose(np.linalg.norm(clipped(update, 0.5)), 0.5)
    assert_array_equal(clipped(update * np.nan, 1.0), np.zeros(30))
    assert_array_equal(clipped(np.zeros(30), 1.0), np.zeros(30))


def test_coins_and_noise():
    n, n_rounds, chance = 50, 400, 0.3
    sums = NoisySums(n, chance, secret_key(0), max_norm=2.0, noise_multiplier=1.5)
    drawn = [sums.choose(None) for _ in range(n_rounds)]
    each = np.bincount(np.concatenate(drawn), minlength=n)
    sizes = [len(one) for one in drawn]
    # Of 50 parties and of all together, within one in a million.
    assert (each >= binom.ppf(1e-8, n_rounds, chance)).all()
    assert (each <= binom.isf(1e-8, n_rounds, chance)).all()
    # The size of a round varies as coins do: a sum of squares of normals.
    spread = np.var(sizes) * n_rounds / (n * chance * (1 - chance))
    assert chi2.ppf(1e-6, n_rounds - 1) < spread < chi2.isf(1e-6, n_rounds - 1)
    # A round without a party takes its noisy step, too.
    made = sums.combine(np.zeros(20_000), [], np.zeros(0))
    scaled = made * (chance * n) / (1.5 * 2.0)
    total = (scaled**2).sum()
    assert chi2.ppf(1e-6, 20_000) < total < chi2.isf(1e-6, 20_000)


@pytest.mark.slow
def test_what_is_spent_is_that_of_sampled_gaussian_noise():
    target = federation(DPFedAvg(1.3, **LABELS), client_fraction=0.25, n_rounds=7)
    event = dp_accounting.PoissonSampledDpEvent(
        0.25, dp_accounting.GaussianDpEvent(1.3)
    )
    accountant = pld.PLDAccountant().compose(event, 7)
    assert target.epsilon_ == pytest.approx(accountant.get_epsilon(1e-3), abs=1e-9)
    # A party that is replaced is one removed and one added.
    assert target.epsilon_ < target.replace_epsilon_
    twice = accountant.get_epsilon(1e-3 / (1 + np.exp(target.epsilon_)))
    assert target.replace_epsilon_ < 2 * twice
    assert declared_by(target).epsilon == target.replace_epsilon_
    longer = federation(DPFedAvg(1.3, **LABELS), client_fraction=0.25, n_rounds=9)
    assert longer.epsilon_ > target.epsilon_


def test_every_fit_is_booked_before_noise_is_drawn():
    ledger = PrivacyAccountant(epsilon=20, delta=0.1)
    private = DPFedAvg(1.3, accountant=ledger, **LABELS)
    target = federation(private, client_fraction=0.25)
    booked = ledger.ledger()
    assert booked["what"].tolist() == ["DPFedAvg"]
    assert booked["epsilon"].tolist() == [target.replace_epsilon_]
    small = PrivacyAccountant(epsilon=1, delta=0.1)
    with pytest.raises(PrivacyBudgetExceeded, match="DPFedAvg would make it"):
        federation(private.set_params(accountant=small))


@pytest.mark.slow
def test_noise_is_no_function_of_a_seed():
    """That of the federation and of shadow models does not reach it."""
    one, other = (federation(DPFedAvg(1.0, **LABELS)) for _ in range(2))
    assert_array_equal(vector(one.initial_), vector(other.initial_))
    assert (vector(one.model_) != vector(other.model_)).mean() > 0.99
    seeded = DPFedAvg(1.0, random_state=0, **LABELS)
    with pytest.warns(PrivacyLeakWarning, match="needs\\s+random_state=None"):
        one = federation(seeded)
    with pytest.warns(PrivacyLeakWarning):
        assert_array_equal(vector(one.model_), vector(federation(seeded).model_))
    # Neither key nor stream nor update is on what is released.
    assert set(vars(seeded)) == set(seeded.get_params())
    assert not [name for name in vars(one) if "key" in name or "stream" in name]


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")  # the length of an update
def test_what_is_released_of_records_is_noisy():
    """Neither losses nor the first records are on a model beside its parameters."""
    target = federation(DPFedAvg(1.0, **LABELS))
    huge = X.copy()
    huge[0] = 1e300
    other = clone(target).fit(huge, Y)
    assert_array_equal(vector(target.initial_), vector(other.initial_))
    known = vars(target.model_) | {"coefs_": 0, "intercepts_": 0}
    first = vars(target.initial_) | {"coefs_": 0, "intercepts_": 0}
    assert pickle.dumps(known) == pickle.dumps(first)
    assert not target.model_.loss_curve_


@pytest.mark.parametrize("multiplier", [0.05, 1e-5])
def test_little_noise_is_accounted_for_in_little_memory(multiplier):
    private = DPFedAvg(multiplier, **LABELS)
    target = federation(private, n_rounds=1, client_fraction=0.3)
    assert 50 < target.epsilon_ == target.replace_epsilon_


def test_who_took_part_is_a_secret():
    target = federation(DPFedAvg(1.0, **LABELS))
    hidden = ("uploads_", "broadcasts_", "participants_", "party_proba", "owner_")
    for name in hidden:
        assert not hasattr(target, name)
    assert "rounds_" in Session(target, X, Y).answers


def test_declared_classes():
    undeclared = DPFedAvg(1.0, delta=1e-3)
    with pytest.warns(PrivacyLeakWarning, match="'classes' parameter of DPFedAvg"):
        federation(undeclared)
    some = Y < 7
    private = DPFedAvg(1.0, classes=range(10), delta=1e-3)
    target = Federation(SOFTMAX, averaging="plain", aggregator=private, random_state=0)
    assert_array_equal(target.fit(X[some], Y[some]).classes_, range(10))


def test_it_is_played_and_audited():
    target = Federation(
        SOFTMAX,
        n_parties=20,
        n_rounds=3,
        averaging="plain",
        aggregator=DPFedAvg(1.0, **LABELS),
    )
    game = MembershipGame(
        target,
        attack="nasr-local-shadows",
        access="insider",
        n_shadows=2,
        random_state=0,
    )
    assert 0 <= game.fit(X[:300], Y[:300]).score(X[300:], Y[300:]) <= 1
    target.fit(X[:300], Y[:300])
    report = audit(
        target,
        X[:300],
        Y[:300],
        X[300:],
        Y[300:],
        attacks=["nasr-local-members", "nasr-global-members"],
        access="insider",
        random_state=0,
    )
    status = report.summary["status"]
    assert status["nasr-local-members"] == "ok"
    assert "whose server sees single uploads" in status["nasr-global-members"]


@pytest.mark.parametrize(
    ("aggregator", "params", "match"),
    [
        (DPFedAvg(1.0, **LABELS), {"averaging": "weighted"}, "averaging='plain'"),
        (DPFedAvg(1.0, max_norm=np.inf, **LABELS), {}, "'max_norm' .* must be finite"),
        (DPFedAvg(-1.0, **LABELS), {}, "'noise_multiplier' parameter"),
        (DPFedAvg(1.0, classes=range(3)), {}, "must hold every class"),
    ],
)
def test_what_has_no_guarantee(aggregator, params, match):
    with pytest.raises(ValueError, match=match):
        federation(aggregator, **params)


NETWORK = NetClassifier(
    module_params={"hidden_units": ()},
    optimizer="sgd",
    learning_rate=1.0,
    batch_size=50,
    objective=DPSGD(noise_multiplier=1.0, classes=range(10), delta=1e-4),
)


def of_networks(objective=NETWORK.objective, **params):
    network = NetClassifier(**NETWORK.get_params(deep=False) | {"objective": objective})
    given = {"n_parties": 3, "n_rounds": 4, "local_epochs": 2, "random_state": 0}
    return Federation(network, **given | params)


@pytest.mark.slow
def test_records_of_every_party_by_dp_sgd():
    ledger = PrivacyAccountant(epsilon=200, delta=0.1)
    objective = DPSGD(
        noise_multiplier=1.0, classes=range(10), delta=1e-4, accountant=ledger
    )
    groups = np.arange(len(Y)) % 5 // 2  # 240, 240 and 120 records
    target = of_networks(objective).fit(X, Y, groups)
    # As much as one network of the smallest party pays for as many passes.
    alone = NetClassifier(
        **NETWORK.get_params(deep=False) | {"max_epochs": 8, "objective": objective}
    )
    alone.fit(X[groups == 2], Y[groups == 2])
    assert target.epsilon_ == alone.epsilon_
    assert target.replace_epsilon_ == alone.replace_epsilon_
    assert target.delta_ == 1e-4
    booked = ledger.ledger()
    assert booked["what"][0] == "Federation with DPSGD in every party"
    assert booked["epsilon"].tolist() == [alone.replace_epsilon_] * 2
    assert declared_by(target).epsilon == target.replace_epsilon_
    # It learns, and is not the same again: a guess is right in 0.1 of the cases.
    assert target.score(X, Y) > 0.5
    again = of_networks().fit(X, Y, groups)
    assert_array_equal(vector(target.initial_), vector(again.initial_))
    assert (vector(target.model_) != vector(again.model_)).mean() > 0.9
    # What is sent are networks that who holds them can ask anything.
    assert target.uploads_[-1][0].objective is None


@pytest.mark.slow
def test_no_label_decides_whose_a_record_is():
    """Or one that is changed would move the records of others."""
    other = np.where(np.arange(len(Y)) == 0, (Y + 1) % 10, Y)
    short = of_networks(n_rounds=1, local_epochs=1)
    owner = clone(short).fit(X, Y).owner_
    assert_array_equal(clone(short).fit(X, other).owner_, owner)
    assert len(np.unique(np.bincount(owner))) == 1


@pytest.mark.slow
def test_target_epsilon_is_for_all_rounds():
    objective = DPSGD(6.0, classes=range(10), delta=1e-4)
    target = of_networks(objective).fit(X, Y)
    assert 5.8 < target.epsilon_ <= 6


def test_without_noise_dp_sgd_is_descent():
    """Clipping that never cuts, and all records in every step: plain steps."""
    objective = DPSGD(
        noise_multiplier=0.0, max_grad_norm=np.inf, classes=range(10), delta=1e-4
    )
    params = {"local_epochs": 1, "n_rounds": 2}
    network = NetClassifier(
        **NETWORK.get_params(deep=False) | {"objective": objective, "batch_size": 600}
    )
    private = Federation(network, n_parties=2, random_state=0, **params).fit(X, Y)
    network = NetClassifier(
        **NETWORK.get_params(deep=False) | {"objective": None, "batch_size": 600}
    )
    plain = Federation(network, n_parties=2, random_state=0, **params).fit(X, Y)
    assert private.epsilon_ == np.inf
    # Single precision.
    assert_allclose(vector(private.model_), vector(plain.model_), rtol=0, atol=1e-5)


@pytest.mark.slow
def test_row_level_privacy_with_secure_aggregation():
    target = of_networks(aggregator=SecureAggregation()).fit(X, Y)
    assert target.score(X, Y) > 0.5
    assert not hasattr(target, "uploads_")
    assert target.epsilon_ < np.inf


@pytest.mark.parametrize(
    ("target", "match"),
    [
        (of_networks(algorithm="fedsgd"), "take 'fedavg'"),
        (of_networks(DPSGD(classes=range(10))), "needs either 'target_epsilon'"),
        (
            of_networks(aggregator=DPFedAvg(1.0, **LABELS), averaging="plain"),
            "has one guarantee",
        ),
    ],
)
def test_what_is_no_row_level_privacy(target, match):
    with pytest.raises(ValueError, match=match):
        target.fit(X, Y)
