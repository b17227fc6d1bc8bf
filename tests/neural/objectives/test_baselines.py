"""Every objective, switched off, is plain training to the bit."""

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits

from skmia.neural import MLPNet, NetClassifier
from skmia.neural.objectives import (
    IRM,
    SGLD,
    AdversarialRegularization,
    AdversarialTraining,
    ConfidencePenalty,
    CrossEntropy,
    Mixup,
    MixupMMD,
    Pruning,
    RelaxLoss,
)

X, y = load_digits(return_X_y=True)
X, y = X[:200] / 16, y[:200]
SHORT = {"max_epochs": 4, "random_state": 3}


def weights(model):
    return [p.detach().clone() for p in model.network_.parameters()]


def same(one, other):
    return all(map(torch.equal, weights(one), weights(other)))


@pytest.fixture(scope="module")
def plain():
    return NetClassifier(**SHORT).fit(X, y)


def test_the_default_is_the_perceptron(plain):
    assert same(plain, MLPNet(**SHORT).fit(X, y))


@pytest.mark.parametrize(
    "objective",
    [
        CrossEntropy(),
        ConfidencePenalty(0),
        Mixup(0),
        RelaxLoss(0),
        RelaxLoss(0, reading="images", detach=False),
        AdversarialTraining(0),
        AdversarialTraining(0, steps=3),
        Pruning(0),
        [Mixup(0), ConfidencePenalty(0), CrossEntropy(), Pruning(0)],
    ],
    ids=repr,
)
def test_switched_off(objective, plain):
    assert same(plain, NetClassifier(objective=objective, **SHORT).fit(X, y))


def test_no_penalty_is_training_on_the_pooled_records(plain):
    model = NetClassifier(objective=IRM(0), **SHORT)
    assert same(plain, model.fit(X, y, groups=np.arange(200) % 3))


@pytest.mark.parametrize(
    ("objective", "rest"),
    [
        (AdversarialRegularization(0), None),
        (MixupMMD(0, alpha=0), None),
        (MixupMMD(0, alpha=1.0), Mixup(1.0)),
        (MixupMMD(5, alpha=0, warmup_epochs=9), None),
    ],
    ids=repr,
)
def test_without_weight_records_held_out_are_just_absent(objective, rest):
    model = NetClassifier(objective=objective, **SHORT).fit(X, y)
    kept = np.delete(np.arange(200), model.held_out_)
    assert 100 < len(kept) < 200
    # Who draws shares of mixtures draws the held-out records first.
    if rest is None:
        other = NetClassifier(**SHORT).fit(X[kept], y[kept])
        assert same(model, other)
    else:
        assert not same(model, NetClassifier(**SHORT).fit(X[kept], y[kept]))


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_no_temperature_is_gradient_descent_with_l2(weight_decay):
    settings = SHORT | {"weight_decay": weight_decay, "learning_rate": 0.1}
    cold = NetClassifier(objective=SGLD(0), **settings).fit(X, y)
    assert same(cold, NetClassifier(optimizer="sgd", **settings).fit(X, y))


def test_same_seed_same_chain():
    models = [
        NetClassifier(
            objective=SGLD(), learning_rate=0.1, **SHORT | {"random_state": s}
        )
        for s in (0, 0, 1)
    ]
    one, again, other = (model.fit(X, y) for model in models)
    assert same(one, again)
    assert not same(one, other)


ALWAYS_ON = [
    CrossEntropy(0.2),
    ConfidencePenalty(0.5),
    Mixup(1.0),
    MixupMMD(warmup_epochs=1),
    RelaxLoss(5.0),
    AdversarialTraining(0.1, steps=2),
    SGLD(preconditioned=True),
    Pruning(0.5, fine_tune_epochs=2),
    [Mixup(0.5), ConfidencePenalty(0.1), Pruning(0.3, fine_tune_epochs=1)],
]


@pytest.mark.parametrize("objective", ALWAYS_ON, ids=repr)
def test_switched_on_it_repeats_and_touches_nothing_global(objective, plain):
    state = torch.get_rng_state()
    one, again = (
        NetClassifier(objective=objective, **SHORT).fit(X, y) for _ in range(2)
    )
    assert same(one, again)
    assert not same(one, plain)
    assert torch.equal(torch.get_rng_state(), state)
