"""What objectives compute, by hand."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.special import entr
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss
from torch.nn.functional import cross_entropy, one_hot

from skmia.defenses import LabelSmoothedClassifier
from skmia.neural import NetClassifier
from skmia.neural._run import Batch
from skmia.neural.objectives import (
    IRM,
    AdversarialTraining,
    ConfidencePenalty,
    CrossEntropy,
    HAMPTraining,
    Mixup,
    RelaxLoss,
)
from skmia.neural.objectives._hamp_training import top_probability
from skmia.neural.objectives._mixup import as_shares, mixed
from skmia.neural.objectives._mixup_mmd import squared_mmd
from skmia.neural.objectives._relax_loss import flattened

X, y = load_digits(return_X_y=True)
X, y = X[:300] / 16, y[:300]
seeds = st.integers(0, 2**32 - 1)


def generator(seed):
    return torch.Generator().manual_seed(seed)


def batch(seed=0, n=12, n_classes=4):
    """Logits, and a batch with their labels."""
    rng = generator(seed)
    logits = torch.randn(n, n_classes, generator=rng, dtype=torch.double) * 3
    codes = torch.randint(n_classes, (n,), generator=rng)
    X = torch.rand(n, 5, generator=rng, dtype=torch.double)
    return logits.requires_grad_(), Batch(X, codes)


def run(epoch=0, n_classes=4):
    def losses(outputs, targets):
        return cross_entropy(outputs, targets, reduction="none")

    return SimpleNamespace(
        epoch=epoch, n_outputs=n_classes, is_classifier=True, losses=losses
    )


# Smoothing, penalty


@given(seeds, st.floats(0, 0.99))
def test_smoothing_is_the_cross_entropy_with_smoothed_targets(seed, smoothing):
    logits, of = batch(seed)
    loss = CrossEntropy(smoothing)._loss(run(), logits, of)
    targets = (1 - smoothing) * one_hot(of.targets, 4).double() + smoothing / 4
    expected = -(targets * logits.log_softmax(1)).sum(1).mean()
    assert loss.item() == pytest.approx(expected.item(), rel=1e-12)
    # What no network comes below: the entropy of the targets.
    assert loss >= entr(targets.numpy()).sum(axis=1).mean() - 1e-12


def test_soft_labels_of_a_defense_are_smoothing():
    settings = {"max_epochs": 5, "random_state": 0}
    taught = LabelSmoothedClassifier(NetClassifier(**settings), smoothing=0.2)
    smoothed = NetClassifier(objective=CrossEntropy(0.2), **settings)
    # Equal up to float32 in the steps: the sum over classes is another one.
    assert_allclose(
        taught.fit(X, y).predict_proba(X),
        smoothed.fit(X, y).predict_proba(X),
        atol=1e-4,
    )


@given(seeds, st.floats(0.01, 5))
def test_the_penalty_is_minus_the_entropy(seed, alpha):
    logits, of = batch(seed)
    (term,) = ConfidencePenalty(alpha)._terms(run(), logits, of)
    posterior = logits.detach().softmax(1).numpy()
    assert term.item() == pytest.approx(-alpha * entr(posterior).sum(1).mean())
    assert -alpha * np.log(4) - 1e-9 <= term <= 0


# Mixup


@given(seeds, st.floats(0, 1), st.booleans())
def test_mixtures_lie_between_and_keep_the_weights(seed, share, weighted):
    _, of = batch(seed)
    weights = torch.rand(12, generator=generator(seed), dtype=torch.double) + 0.1
    of = as_shares(run(), of._replace(weights=weights if weighted else None))
    order = torch.randperm(12, generator=generator(seed))
    found = mixed(of, order, share)
    pair = torch.stack([of.X, of.X[order]])
    # Rounding of one product and one sum.
    assert (pair.amin(0) - 1e-15 <= found.X).all()
    assert (pair.amax(0) + 1e-15 >= found.X).all()
    assert_allclose(found.targets.sum(1), 1, rtol=1e-12)
    if weighted:
        # In all mixtures together a record weighs what it weighs.
        whole = (found.targets * found.weights[:, None]).sum(0)
        assert_allclose(whole, (of.targets * weights[:, None]).sum(0), rtol=1e-12)


def test_tokens_are_not_mixed():
    tokens = Batch(torch.zeros(3, 2, dtype=torch.long), torch.zeros(3).long())
    with pytest.raises(
        TypeError, match=r"Mixup changes the features.*Got torch\.int64"
    ):
        Mixup(1.0)._change(run(), tokens)


# MMD


@given(seeds, st.integers(1, 6), st.integers(1, 6))
def test_discrepancy(seed, n, m):
    rng = generator(seed)
    one = torch.rand(n, 3, generator=rng).softmax(1)
    other = torch.rand(m, 3, generator=rng).softmax(1)
    value = squared_mmd(one, other)
    assert 0 <= value <= 2
    # Sums of up to 144 float32 kernels, in another order.
    turned = squared_mmd(other[torch.randperm(m, generator=rng)], one.flip(0))
    assert turned.item() == pytest.approx(value.item(), abs=1e-5)
    assert squared_mmd(one, one.flip(0)).item() == pytest.approx(0, abs=1e-6)


def test_gradient_goes_through_both_sides_and_is_finite_for_equal_rows():
    one = torch.tensor([[0.7, 0.3], [0.7, 0.3]], requires_grad=True)
    other = torch.tensor([[0.2, 0.8], [0.2, 0.8]], requires_grad=True)
    squared_mmd(one, other).backward()
    for side in (one, other):
        assert torch.isfinite(side.grad).all()
        assert side.grad.any()


# RelaxLoss


@given(seeds, st.floats(0.05, 3))
def test_even_passes_are_the_distance_from_the_level(seed, alpha):
    logits, of = batch(seed)
    loss = cross_entropy(logits, of.targets)
    found = RelaxLoss(alpha)._loss(run(2), logits, of)
    assert found.item() == pytest.approx(abs(loss - alpha).item(), abs=1e-12)


def test_odd_passes_above_the_level_are_plain():
    logits, of = batch()
    found = RelaxLoss(0.01)._loss(run(1), logits, of)
    assert found.item() == cross_entropy(logits, of.targets).item()


@given(seeds, st.floats(0.1, 1))
def test_flattened_targets(seed, upper):
    logits, of = batch(seed)
    targets = flattened(logits.detach(), of.targets, upper)
    own = targets.gather(1, of.targets[:, None])
    before = logits.detach().softmax(1).gather(1, of.targets[:, None])
    assert_allclose(targets.sum(1), 1, rtol=1e-12)
    assert torch.equal(own, before.clamp(max=upper))
    others = targets.scatter(1, of.targets[:, None], np.nan).numpy()
    assert_allclose(np.nanmin(others, axis=1), np.nanmax(others, axis=1))


@pytest.mark.parametrize("reading", ["paper", "images", "tables"])
def test_readings_below_the_level(reading):
    logits, of = batch()
    soft = cross_entropy(
        logits, flattened(logits, of.targets, 0.6).detach(), reduction="none"
    )
    hard = cross_entropy(logits, of.targets, reduction="none")
    wrong = logits.argmax(1) != of.targets
    expected = {
        "paper": torch.where(wrong, soft, -hard),
        "images": wrong * soft - hard,
        "tables": soft,
    }[reading].mean()
    objective = RelaxLoss(100.0, upper=0.6, reading=reading)
    assert 0 < wrong.sum() < len(wrong)
    assert objective._loss(run(1), logits, of).item() == pytest.approx(expected.item())


def test_a_detached_target_has_no_gradient():
    def gradient(detach):
        logits, of = batch()
        objective = RelaxLoss(100.0, reading="tables", detach=detach)
        objective._loss(run(1), logits, of).backward()
        return logits.grad

    assert not torch.equal(gradient(True), gradient(False))


def test_the_training_loss_stays_near_the_level():
    model = NetClassifier(
        objective=RelaxLoss(0.5),
        max_epochs=300,
        batch_size=300,
        optimizer="sgd",
        learning_rate=0.5,
        random_state=0,
    ).fit(X, y)
    # Steps of at most .5 times the squared norm of the gradient, which is below .3
    # here: a band of .15 around the level.
    assert log_loss(y, model.predict_proba(X)) == pytest.approx(0.5, abs=0.15)


# HAMP


@pytest.mark.parametrize(
    ("n_classes", "gamma", "p"),
    [
        (100, 0.8, 0.3374),
        (100, 0.6, 0.5485),
        (100, 0.5, 0.6410),
        (30, 0.5, 0.6809),
        (10, 0.95, 0.2698),
        (2, 0.95, 0.6309),
    ],
)
def test_published_check_values_of_the_top_probability(n_classes, gamma, p):
    assert top_probability(n_classes, gamma) == pytest.approx(p, abs=5e-5)


@given(st.integers(2, 500), st.floats(0.01, 0.99))
def test_top_probability(n_classes, gamma):
    p = top_probability(n_classes, gamma)
    assert 1 / n_classes < p < 1
    rest = np.full(n_classes - 1, (1 - p) / (n_classes - 1))
    entropy = entr(p) + entr(rest).sum()
    # brentq stops within 2e-12 of p; the slope of the entropy is below log(1 / rest).
    assert entropy == pytest.approx(gamma * np.log(n_classes), abs=1e-9)


@given(seeds)
def test_divergence_is_0_where_the_answer_is_the_target(seed):
    _, of = batch(seed)
    p = top_probability(4, 0.5)
    targets = torch.full((12, 4), (1 - p) / 3, dtype=torch.double)
    targets.scatter_(1, of.targets[:, None], p)
    loss = HAMPTraining(0.5, alpha=0)._loss(run(), targets.log(), of)
    assert loss.item() == pytest.approx(0, abs=1e-9)
    logits, of = batch(seed)
    assert HAMPTraining(0.5, alpha=0)._loss(run(), logits, of) >= -1e-9


# IRM


@given(seeds, st.floats(0.1, 10))
def test_penalty_is_the_squared_derivative_by_a_factor(seed, weight):
    logits, of = batch(seed)
    groups = torch.arange(12) % 3
    (term,) = IRM(weight)._terms(run(), logits, of._replace(groups=groups))
    excess = logits.softmax(1) - one_hot(of.targets, 4)
    slopes = (excess * logits).sum(1)
    by_group = [slopes[groups == g].mean().square() for g in range(3)]
    assert term.item() == pytest.approx(weight * torch.stack(by_group).mean().item())
    assert term >= 0
    term.backward()
    assert torch.isfinite(logits.grad).all()


# Adversarial training


class Watched(AdversarialTraining):
    moves = []

    def _change(self, run, batch):
        changed = super()._change(run, batch)
        loss = run.losses(run.outputs(batch.X), batch.targets)
        worse = run.losses(run.outputs(changed.X), changed.targets)
        self.moves.append((changed.X - batch.X, (worse - loss).mean().item()))
        return changed


@pytest.mark.parametrize("steps", [1, 4])
def test_records_move_within_the_cube_to_where_the_loss_is_larger(steps):
    Watched.moves.clear()
    NetClassifier(
        objective=Watched(0.05, steps=steps), max_epochs=5, random_state=0
    ).fit(X, y)
    # Float32 rounding of a difference of numbers up to 1.
    assert max(move.abs().max() for move, _ in Watched.moves) <= 0.05 + 1e-6
    assert np.mean([rise > 0 for _, rise in Watched.moves]) == 1
