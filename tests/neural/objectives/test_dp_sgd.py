"""DP-SGD: clipping, coins, noise, what is booked, what is refused, what is released."""

import os
import pickle

import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from opacus.validators import ModuleValidator
from scipy.stats import binom, chisquare
from sklearn.base import clone
from sklearn.datasets import load_digits, make_blobs
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn_checks import parametrize_with_checks
from skorch import NeuralNetClassifier
from skorch.callbacks import LRScheduler
from skorch.dataset import Dataset
from slow_cases import slow
from torch import nn

from skmia.auditing._epsilon import declared_by
from skmia.defenses import PrivacyAccountant, SelenaClassifier
from skmia.exceptions import PrivacyBudgetExceeded, PrivacyLeakWarning
from skmia.metrics import clopper_pearson_epsilon, threshold_epsilon
from skmia.neural import NetClassifier, NetRegressor
from skmia.neural._private_steps import PoissonBatches, PrivateSteps
from skmia.neural.objectives import DPSGD, CrossEntropy, Objective
from skmia.utils._random import draws_secret_noise, set_random_states
from skmia.utils._sampled_gaussian import replaced_gaussian_epsilon
from skmia.utils._secret_stream import SecretStream, secret_key

seeded = pytest.mark.filterwarnings(
    "ignore:The noise of:skmia.exceptions.PrivacyLeakWarning"
)
KEY = bytes(32)
X, Y = make_blobs(60, n_features=4, centers=3, random_state=0)
X = X.astype(np.float32) / 10
CLASSES = [0, 1, 2]
LINEAR = {"hidden_units": ()}
SHORT = {"optimizer": "sgd", "learning_rate": 0.5, "batch_size": 20, "max_epochs": 2}


def private(noise_multiplier=1.0, **params):
    return DPSGD(noise_multiplier=noise_multiplier, classes=CLASSES, **params)


def network(objective=None, **params):
    objective = private() if objective is None else objective
    return NetClassifier(objective=objective, **(SHORT | params))


def weights(model):
    return np.concatenate([p.detach().ravel() for p in model.network_.parameters()])


class Perceptrons(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3))


class Normed(nn.Sequential):
    def __init__(self):
        normed = nn.utils.parametrizations.weight_norm(nn.Linear(4, 5))
        super().__init__(normed, nn.ReLU(), nn.Linear(5, 3))


class Images(nn.Sequential):
    def __init__(self):
        layers = nn.Unflatten(1, (1, 2, 2)), nn.Conv2d(1, 4, 2), nn.GroupNorm(2, 4)
        super().__init__(*layers, nn.Flatten(), nn.Linear(4, 3))


class Own(nn.Module):
    """Parameters outside of any layer, one of them used twice."""

    def __init__(self):
        super().__init__()
        self.first = nn.Parameter(torch.randn(4, 4))
        self.scale = nn.Parameter(torch.ones(()))
        self.last = nn.Linear(4, 3)

    def forward(self, x):
        return self.last(torch.tanh(x @ self.first @ self.first)) * self.scale


class Tokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.words, self.last = nn.Embedding(20, 5), nn.Linear(5, 3)

    def forward(self, x):
        return self.last(self.words(x.abs().mul(10).long().clamp(0, 19)).mean(1))


NETWORKS = pytest.mark.parametrize(
    "kind", [Perceptrons, Normed, Images, Own, Tokens], ids=lambda kind: kind.__name__
)


def made(kind, seed=0):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return kind()


def clipped_sums(module, rows, max_grad_norm=1.0, records=X):
    """Sums of clipped gradients over some records, as the steps compute them."""
    optimizer = torch.optim.SGD(module.parameters(), lr=0.0)
    steps = PrivateSteps(
        module,
        optimizer,
        SecretStream(KEY, b"noise"),
        noise_multiplier=0.0,
        max_grad_norm=max_grad_norm,
        expected_batch_size=1.0,
    )

    steps.expect(len(rows))

    def closure():
        steps.zero_grad()
        loss = nn.functional.cross_entropy(
            module(torch.tensor(records[rows])), torch.tensor(Y[rows])
        )
        loss.backward()

    steps.step(closure)
    sums = [p.summed_grad.ravel().numpy().copy() for p in module.parameters()]
    steps.forget()
    return np.concatenate(sums)


def gradient(module, row):
    """Gradient of one record, by torch alone."""
    module.zero_grad()
    outputs = module(torch.tensor(X[row : row + 1]))
    nn.functional.cross_entropy(outputs, torch.tensor(Y[row : row + 1])).backward()
    return np.concatenate([p.grad.ravel().numpy().copy() for p in module.parameters()])


@NETWORKS
def test_sums_are_of_the_clipped_gradients_of_each_record(kind):
    module, rows, most = made(kind), np.arange(12), 0.3
    each = np.array([gradient(module, row) for row in rows])
    lengths = np.linalg.norm(each, axis=1, keepdims=True)
    assert (lengths > most).any()
    expected = (each * np.minimum(1, most / (lengths + 1e-6))).sum(axis=0)
    # float32: 12 gradients of at most 0.3, relative errors of some 1e-6.
    assert_allclose(clipped_sums(module, rows, most), expected, atol=1e-5)


@NETWORKS
@pytest.mark.parametrize("most", [0.05, 1.0])
def test_a_record_less_moves_the_sum_by_the_norm_at_most(kind, most):
    module, rows = made(kind), np.arange(15)
    whole = clipped_sums(module, rows, most)
    for row in rows:
        moved = whole - clipped_sums(module, np.delete(rows, row), most)
        # float32: sums of 15 gradients of at most `most`.
        assert np.linalg.norm(moved) <= most * (1 + 1e-5)


def test_a_gradient_that_is_no_number_counts_as_none():
    module, broken = made(Perceptrons), X.copy()
    broken[0] = 3e38
    sums = clipped_sums(module, np.arange(8), records=broken)
    assert np.isfinite(sums).all()
    moved = sums - clipped_sums(module, np.arange(1, 8))
    assert np.linalg.norm(moved) <= 1 + 1e-5


@seeded
def test_without_noise_and_clipping_it_is_plain_descent():
    bare = DPSGD(
        noise_multiplier=0, max_grad_norm=np.inf, poisson=False, classes=CLASSES
    )
    private_net, plain_net = (
        network(objective, random_state=3).fit(X, Y)
        for objective in (bare, CrossEntropy())
    )
    # float32, 6 steps: other orders of the sums over 20 records.
    assert_allclose(weights(private_net), weights(plain_net), atol=1e-6)


class SameBatches(Objective):
    """Plain descent on the coins of a seed, by the expected size of a batch."""

    def _batches(self, run, dataset, batch_size):
        stream = SecretStream(secret_key(run.owner.random_state), b"batches")
        return PoissonBatches(dataset, 1 / 3, stream)

    def _loss(self, run, outputs, batch):
        return run.losses(outputs, batch.targets).sum() / 20


@seeded
def test_sums_are_divided_by_the_expected_size():
    bare = DPSGD(noise_multiplier=0, max_grad_norm=np.inf, classes=CLASSES)
    private_net, plain_net = (
        network(objective, random_state=3).fit(X, Y)
        for objective in (bare, SameBatches())
    )
    assert_allclose(weights(private_net), weights(plain_net), atol=1e-6)


def test_batches_are_drawn_by_coins():
    n_records, rate, n_passes = 200, 0.05, 100
    dataset = Dataset(torch.arange(n_records)[:, None], torch.zeros(n_records))
    batches = PoissonBatches(dataset, rate, SecretStream(KEY, b"batches"))
    drawn = [batch for _ in range(n_passes) for batch in batches]
    assert len(drawn) == n_passes / rate
    sizes = np.array([len(b.X) if b.weights is None else 0 for b in drawn])
    assert p_value(sizes, binom(n_records, rate)) > 0.001
    drawn_records = np.concatenate([b.X.ravel() for b in drawn if b.weights is None])
    counts = np.bincount(drawn_records, minlength=n_records)
    assert p_value(counts, binom(len(drawn), rate)) > 0.001


def p_value(counts, law):
    """Chi-square test of a discrete law, in about ten cells of equal chance.

    The keys of tests are fixed: no chance is left in them.
    """
    ends = np.unique(law.ppf(np.linspace(0, 1, 11)[1:-1]))
    expected = np.diff([0, *law.cdf(ends), 1]) * len(counts)
    observed = np.bincount(np.searchsorted(ends, counts), minlength=len(expected))
    return chisquare(observed, expected).pvalue


def test_an_empty_batch_takes_a_noisy_step(monkeypatch):
    monkeypatch.setattr(PoissonBatches, "_draw", lambda self, n: np.arange(0))
    normals, moves = SecretStream.normals, []

    def recorded(stream, size):
        moves.append(normals(stream, size))
        return moves[-1]

    monkeypatch.setattr(SecretStream, "normals", recorded)
    model = network(private(2.0), module=Zeros, batch_size=60, max_epochs=3)
    model.fit(X, Y)
    assert len(moves) == 3
    # Halves of sums of four, times 2.0; a rate of 0.5, by 60 records.
    expected = -0.5 * sum(move.sum(axis=0) for move in moves) / 60
    assert_allclose(weights(model), expected, rtol=1e-5, atol=1e-7)


class Zeros(nn.Linear):
    """A linear layer that begins with 0: all that it becomes is its records."""

    def __init__(self, n_features, n_outputs):
        super().__init__(n_features, n_outputs, bias=False)
        nn.init.zeros_(self.weight)


@pytest.mark.slow
def test_what_is_spent_is_told():
    model = network(private(1.5)).fit(X, Y)
    assert (model.noise_multiplier_, model.delta_) == (1.5, 1e-5)
    assert (model.sample_rate_, model.n_steps_) == (1 / 3, 6)
    replaced = replaced_gaussian_epsilon(1.5, 1 / 3, 6, 1e-5)
    assert model.epsilon_ < model.replace_epsilon_ == replaced
    assert declared_by(model).epsilon == replaced
    model.set_params(objective=None, random_state=0).fit(X, Y)
    assert not hasattr(model, "epsilon_")
    assert declared_by(model) is None


@pytest.mark.parametrize(
    ("accounting", "poisson"), [*slow(("prv", True)), ("rdp", False)]
)
def test_a_target_is_met(accounting, poisson):
    objective = DPSGD(3.0, poisson=poisson, accounting=accounting, classes=CLASSES)
    model = network(objective).fit(X, Y)
    assert 2.9 < model.epsilon_ <= 3
    # Two steps with all records, or six with a third of them.
    known = (1 / 3, 6) if poisson else (1.0, 2)
    replaced = replaced_gaussian_epsilon(model.noise_multiplier_, *known, 1e-5)
    assert model.replace_epsilon_ == replaced


def test_no_noise_is_no_guarantee():
    model = network(private(0.0)).fit(X, Y)
    assert model.epsilon_ == model.replace_epsilon_ == np.inf
    assert declared_by(model) is None


@pytest.mark.slow
def test_quantities_are_learned_too():
    model = NetRegressor(objective=DPSGD(noise_multiplier=1.0), **SHORT)
    assert model.fit(X, X[:, 0]).predict(X).shape == (60,)
    assert model.epsilon_ < np.inf


@pytest.fixture
def keys(monkeypatch):
    """Every key that was drawn."""
    drawn, urandom = [], os.urandom

    def record(n_bytes):
        drawn.append(urandom(n_bytes))
        return drawn[-1]

    monkeypatch.setattr(os, "urandom", record)
    return drawn


def test_a_fit_is_booked_before_any_noise(keys):
    accountant = PrivacyAccountant(epsilon=15, delta=1e-4)
    model = network(private(accountant=accountant))
    model.fit(X, Y)
    assert accountant.spent_ == (model.replace_epsilon_, 1e-5)
    assert len(keys) == 1
    with pytest.raises(PrivacyBudgetExceeded):
        clone(model).set_params(max_epochs=200).fit(X, Y)
    assert len(keys) == 1


@pytest.mark.slow
def test_a_search_is_booked():
    accountant = PrivacyAccountant(delta=1e-4)
    search = GridSearchCV(
        network(private(accountant=accountant)),
        {"objective__noise_multiplier": [1.0, 2.0]},
        cv=3,
        refit=False,
    ).fit(X, Y)
    assert (search.cv_results_["mean_test_score"] > 0).all()
    each = [replaced_gaussian_epsilon(noise, 1 / 2, 4, 1e-5) for noise in (1.0, 2.0)]
    assert len(accountant.ledger()) == 6
    assert accountant.spent_.epsilon == pytest.approx(3 * sum(each))


def test_an_error_costs_nothing():
    accountant = PrivacyAccountant()
    model = network(private(accountant=accountant), module=lambda: nn.BatchNorm1d(4))
    with pytest.raises(ValueError, match="GroupNorm"):
        model.fit(X, Y)
    assert len(accountant.ledger()) == 0


def test_what_undoes_the_guarantee_warns():
    with pytest.warns(PrivacyLeakWarning, match="The noise of DPSGD"):
        network(random_state=0).fit(X, Y)
    with pytest.warns(PrivacyLeakWarning, match="'classes' parameter of DPSGD is None"):
        network(DPSGD(noise_multiplier=1.0)).fit(X, Y)
    with pytest.warns(PrivacyLeakWarning, match="'delta' parameter of DPSGD"):
        network(private(delta=0.02)).fit(X, Y)


@pytest.mark.slow
def test_declared_classes_need_no_record():
    some = Y < 2
    model = network().fit(X[some], Y[some])
    assert_array_equal(model.classes_, CLASSES)
    with pytest.raises(ValueError, match="must hold every class"):
        network().fit(X, Y + 1)


def mixing(norm):
    def make():
        return nn.Sequential(nn.Linear(4, 6), norm(), nn.ReLU(), nn.Linear(6, 3))

    return make


@pytest.mark.parametrize(
    ("norm", "match"),
    [
        (lambda: nn.BatchNorm1d(6), r"BatchNorm, here \['1'\].*GroupNorm"),
        (lambda: nn.BatchNorm1d(6, affine=False), "BatchNorm.*GroupNorm"),
        (
            lambda: nn.InstanceNorm1d(6, affine=False, track_running_stats=True),
            r"write down.*\['1'\].*without 'track_running_stats'",
        ),
        (lambda: nn.LazyBatchNorm1d(affine=False), "BatchNorm.*GroupNorm"),
    ],
)
def test_layers_that_mix_records_are_refused(norm, match):
    with pytest.raises(ValueError, match=match):
        network(module=mixing(norm)).fit(X, Y)


class Limited(Tokens):
    """Embeddings of a length, to which every look cuts them."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(20, 5, max_norm=1.0)


def test_layers_that_write_weights_when_asked_are_refused():
    # Whichever token is in a record is shorter after it, whatever the noise.
    with pytest.raises(ValueError, match=r"\['words'\].*without 'max_norm'"):
        network(module=Limited).fit(X, Y)


class Folded(nn.Module):
    """The pairs of features of a record, one after the other, as records."""

    def __init__(self, *, rows_first=True):
        super().__init__()
        self.each = nn.Linear(2, 3)
        self.rows_first = rows_first

    def forward(self, x):
        if self.rows_first:
            return self.each(x.reshape(-1, 2)).reshape(len(x), 2, 3).sum(dim=1)
        return self.each(x.reshape(len(x), 2, 2).transpose(0, 1)).sum(dim=0)


@pytest.mark.parametrize("rows_first", [True, False])
def test_a_record_that_would_be_cut_in_parts_is_refused(rows_first):
    model = network(module=Folded, module_params={"rows_first": rows_first})
    with pytest.raises(ValueError, match=r"first axis.*Got {'each.weight': \d+"):
        model.fit(X, Y)


class Unused(nn.Module):
    """A layer besides that nothing goes through."""

    def __init__(self):
        super().__init__()
        self.layer, self.besides = nn.Linear(4, 3), nn.Linear(2, 2)

    def forward(self, x):
        return self.layer(x)


def test_a_layer_without_a_gradient_is_named():
    with pytest.raises(
        ValueError, match=r"\['besides.bias', 'besides.weight'\].*freeze"
    ):
        network(module=Unused).fit(X, Y)


class Remembering(Perceptrons):
    """Keeps what it sees, where no optimizer changes it."""

    def __init__(self, *, in_buffer=False):
        super().__init__()
        self.register_buffer("mean", torch.zeros(4))
        self.in_buffer, self.last, self.all = in_buffer, None, []

    def forward(self, x):
        self.last = x
        self.all.append(x)
        if self.in_buffer:
            self.mean = 0.9 * self.mean + 0.1 * x.mean(dim=0)
        return super().forward(x)


def test_what_a_network_keeps_of_records_is_not_released():
    released = network(module=Remembering).fit(X, Y).network_
    assert released.last is None
    assert released.all == []
    with pytest.raises(ValueError, match=r"changes its buffers, here \['mean'\]"):
        network(module=Remembering, module_params={"in_buffer": True}).fit(X, Y)


def test_the_cure_is_one():
    def cured():
        return ModuleValidator.fix(mixing(lambda: nn.BatchNorm1d(6))())

    assert network(module=cured).fit(X, Y).epsilon_ < np.inf


@pytest.mark.parametrize(
    ("objective", "match"),
    [
        (DPSGD(), "either 'target_epsilon' or 'noise_multiplier'"),
        (DPSGD(1.0, noise_multiplier=1.0), "either 'target_epsilon' or"),
        (private(max_grad_norm=np.inf), "'max_grad_norm' parameter of DPSGD"),
        ([private(), CrossEntropy(0.1)], "must be one record's own"),
    ],
    ids=["neither", "both", "inf", "several"],
)
@pytest.mark.filterwarnings("ignore::skmia.exceptions.PrivacyLeakWarning")
def test_parameters_that_make_no_sense_are_refused(objective, match):
    with pytest.raises(ValueError, match=match):
        network(objective).fit(X, Y)


def test_what_the_proof_has_no_place_for_is_refused():
    with pytest.raises(TypeError, match="records that count once"):
        network().fit(X, Y, sample_weight=np.ones(60))
    with pytest.raises(TypeError, match="may tell of other records"):
        network().fit(X, Y, targets=np.eye(3)[Y], classes=CLASSES)
    assert not hasattr(network(), "partial_fit")
    with pytest.raises(ValueError, match="cannot train a net of skorch"):
        network(module=NeuralNetClassifier(Perceptrons)).fit(X, Y)


def test_it_is_known_as_private():
    model = network()
    assert draws_secret_noise(model)
    assert not draws_secret_noise(network(CrossEntropy()))
    set_random_states(model, np.random.RandomState(0))
    assert model.random_state is None
    with pytest.raises(ValueError, match="must not hold NetClassifier"):
        SelenaClassifier(model).fit(X, Y)


@pytest.mark.parametrize("module", [None, Perceptrons])
def test_nothing_of_the_noise_or_a_gradient_is_released(module, keys):
    schedule = LRScheduler("StepLR", step_size=1)
    model = network(module=module, callbacks=[schedule]).fit(X, Y)
    (key,) = keys
    saved = pickle.dumps(model)
    for secret in (key, b"SecretStream", b"grad_sample", b"summed_grad"):
        assert secret not in saved
    assert key.hex() not in repr(model)
    for part in (*model.network_.parameters(), *model.network_.modules()):
        assert not {"activations", "summed_grad", "grad_sample"} & set(vars(part))
    assert all(p.grad is None for p in model.network_.parameters())
    for layer in model.network_.modules():
        assert not layer._forward_hooks
        assert not layer._backward_hooks
    assert_array_equal(pickle.loads(saved).predict(X), model.predict(X))


def test_two_fits_share_no_noise():
    one, other = (weights(network(module=Zeros).fit(X, Y)) for _ in range(2))
    assert (one != other).all()


@seeded
def test_two_fits_with_one_seed_share_all_noise():
    one, other = (weights(network(random_state=1).fit(X, Y)) for _ in range(2))
    assert_array_equal(one, other)


# A record that pulls the other way, beside some that pull across.
ACROSS = np.array([[0.0, 1.0]] * 3 + [[10.0, 0.0]])
ERROR = 1e-6


def canary_scores(label, n_fits, noise_multiplier, rate=1.0, max_epochs=1):
    """How far each fit went along the gradient of the canary, which has this label."""
    model = NetClassifier(
        Zeros,
        objective=DPSGD(noise_multiplier=noise_multiplier, classes=[0, 1]),
        optimizer="sgd",
        learning_rate=1.0,
        batch_size=int(rate * len(ACROSS)),
        max_epochs=max_epochs,
    )
    labels, scores = np.array([0, 0, 0, label]), []
    for _ in range(n_fits):
        weight = model.fit(ACROSS, labels).network_.weight.detach()
        scores.append(float(weight[1, 0] - weight[0, 0]))
    return np.array(scores), model


def shown(scores, other_scores, delta):
    """Epsilon that is shown at a threshold fixed before."""
    counts = [(int((one > 0).sum()), len(one)) for one in (scores, other_scores)]
    return clopper_pearson_epsilon(*counts[0], *counts[1], alpha=ERROR, delta=delta)


@pytest.mark.slow
def test_canaries_are_hidden():
    (one, model), (other, _) = (canary_scores(label, 100, 8.0) for label in (1, 0))
    assert 0.9 < model.replace_epsilon_ < 1
    assert shown(one, other, model.delta_) <= model.replace_epsilon_


@pytest.mark.slow
def test_canaries_notice_noise_that_is_switched_off(monkeypatch):
    monkeypatch.setattr(SecretStream, "normals", lambda stream, size: np.zeros(size))
    (one, model), (other, _) = (canary_scores(label, 100, 8.0) for label in (1, 0))
    # All of 100 against none: 1.8 at this error.
    assert shown(one, other, model.delta_) > model.replace_epsilon_


@pytest.mark.slow
@pytest.mark.parametrize(
    ("noise", "rate", "max_epochs"), [(2.0, 1.0, 1), (1.0, 0.5, 4), (0.7, 0.25, 2)]
)
def test_canaries_are_hidden_in_many_runs(noise, rate, max_epochs):
    (one, model), (other, _) = (
        canary_scores(label, 1_000, noise, rate, max_epochs) for label in (1, 0)
    )
    member = np.repeat([1, 0], 1_000)
    scores, delta = np.concatenate([one, other]), model.delta_
    bound = threshold_epsilon(member, scores, alpha=ERROR, delta=delta, random_state=0)
    # The attack is one: it shows something.
    assert 0.1 < bound <= model.replace_epsilon_


@pytest.mark.slow
@seeded
def test_softmax_on_digits_is_as_accurate_as_known():
    records, labels = load_digits(return_X_y=True)
    scores = []
    for seed in range(5):
        parts = train_test_split(records / 16, labels, test_size=360, random_state=seed)
        model = NetClassifier(
            module_params=LINEAR,
            objective=DPSGD(
                noise_multiplier=2.0, accounting="rdp", classes=np.arange(10)
            ),
            optimizer="sgd",
            learning_rate=1.0,
            batch_size=72,
            max_epochs=15,
            random_state=seed,
        ).fit(parts[0], parts[2])
        scores.append(model.score(parts[1], parts[3]))
    assert (model.sample_rate_, model.n_steps_) == (0.05, 300)
    assert model.epsilon_ == pytest.approx(2.12, abs=0.005)
    assert np.mean(scores) >= 0.9


@pytest.mark.filterwarnings("ignore::skmia.exceptions.PrivacyLeakWarning")
@parametrize_with_checks(
    [
        NetClassifier(
            module_params=LINEAR,
            objective=DPSGD(noise_multiplier=0.1),
            optimizer="sgd",
            learning_rate=1.0,
            batch_size=64,
            max_epochs=10,
            random_state=0,
        )
    ],
)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@seeded
@pytest.mark.parametrize("size", [1, 7, 20, 1000])
@pytest.mark.parametrize("kind", [None, Own, Images])
def test_batches_looked_at_in_parts_take_the_same_noisy_step(kind, size):
    def fitted(**params):
        model = network(private(**params), module=kind, random_state=0)
        return weights(model.fit(X, Y))

    # Sums of up to 60 floats, in another order.
    apart = fitted(max_physical_batch_size=size)
    assert_allclose(apart, fitted(), rtol=1e-4, atol=1e-5)


def test_no_more_gradients_than_asked_for_are_in_memory(monkeypatch):
    sizes, clip = [], PrivateSteps.clip_and_accumulate

    def counted(self):
        sizes.append({len(parameter.grad_sample) for parameter in self.params})
        clip(self)

    monkeypatch.setattr(PrivateSteps, "clip_and_accumulate", counted)
    model = network(private(max_physical_batch_size=8, poisson=False)).fit(X, Y)
    # Two passes of three steps, each on 20 records.
    assert sizes == [{8}, {8}, {4}] * 6
    assert model.n_steps_ == 6


def test_a_part_needs_a_record():
    with pytest.raises(ValueError, match="max_physical_batch_size"):
        network(private(max_physical_batch_size=0)).fit(X, Y)
