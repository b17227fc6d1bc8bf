"""Networks that are watched from epoch to epoch, in their own fit."""

import numpy as np
import pytest
import torch
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from skorch import NeuralNetClassifier
from skorch.callbacks import EarlyStopping, LRScheduler
from skorch.dataset import ValidSplit
from torch import nn

from skmia import observe
from skmia.neural import MLPNet, NetClassifier
from skmia.neural.objectives import ConfidencePenalty, Mixup, Pruning
from skmia.shadow import training_observations
from skmia.utils._random import draw_seeds

X, y = load_digits(return_X_y=True)
X = (X / 16).astype(np.float32)
X_TRAIN, Y_TRAIN, X, Y = X[:150], y[:150], X[100:200], y[100:200]
EPOCHS = 4


class Drawing(nn.Module):
    """Draws in its forward pass, and keeps statistics of the batches."""

    def __init__(self, n_features=64, n_outputs=10):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(n_features, 16),
            nn.BatchNorm1d(16),
            nn.ReLU(),
            nn.Dropout(0.3),
            nn.Linear(16, n_outputs),
        )

    def forward(self, x):
        return self.layers(x)


def skorch_net(**settings):
    usual = {
        "criterion": nn.CrossEntropyLoss,
        "train_split": None,
        "verbose": 0,
        "max_epochs": EPOCHS,
        "batch_size": 32,
    }
    return NeuralNetClassifier(Drawing, **usual | settings)


USUAL = {"max_epochs": EPOCHS, "batch_size": 32}
NETWORKS = {
    "perceptron": NetClassifier(**USUAL),
    "MLPNet": MLPNet((16,), **USUAL),
    "with noise": NetClassifier(
        module_params={"dropout": 0.3, "weight_norm": True},
        objective=[Mixup(0.3), ConfidencePenalty(0.1)],
        **USUAL,
    ),
    "module": NetClassifier(
        Drawing, callbacks=[LRScheduler("StepLR", step_size=1, gamma=0.5)], **USUAL
    ),
    "skorch net": NetClassifier(skorch_net()),
    "skorch net with objective": NetClassifier(skorch_net(), objective=Mixup(0.3)),
}


def seeded(model, n_epochs=EPOCHS):
    """What `training_observations` trains by the seed 0, in as many epochs."""
    is_net = isinstance(getattr(model, "module", None), NeuralNetClassifier)
    name = "module__max_epochs" if is_net else "max_epochs"
    seed = draw_seeds(np.random.RandomState(0))
    return clone(model).set_params(**{name: n_epochs}, random_state=seed)


def watched(model, n_snapshots=EPOCHS, signals=("loss",)):
    return training_observations(
        *(model, X_TRAIN, Y_TRAIN, X, Y),
        n_snapshots=n_snapshots,
        signals=signals,
        random_state=0,
    )


@pytest.mark.parametrize("name", NETWORKS)
def test_each_look_is_at_the_model_of_so_many_epochs(name):
    Z = watched(NETWORKS[name], signals=["loss", "entropy"])
    assert list(Z) == [f"{m}_{i}" for m in ("loss", "entropy") for i in range(EPOCHS)]
    for i in range(EPOCHS):
        model = seeded(NETWORKS[name], n_epochs=i + 1).fit(X_TRAIN, Y_TRAIN)
        own = observe(model, X, Y, ["loss", "entropy"])
        # Not up to rounding: nothing of the training may know that it is watched.
        assert_array_equal(Z[[f"loss_{i}", f"entropy_{i}"]], own)
    assert (Z["loss_0"] != Z["loss_1"]).all()


@pytest.mark.parametrize("name", NETWORKS)
def test_neither_the_model_nor_global_draws_are_touched(name):
    before = torch.get_rng_state()
    watched(NETWORKS[name])
    assert torch.equal(torch.get_rng_state(), before)
    assert not hasattr(NETWORKS[name], "classes_")


def test_looks_are_at_equal_distances():
    every, some = (watched(NETWORKS["MLPNet"], n) for n in (4, 2))
    assert_array_equal(some, every[["loss_1", "loss_3"]])
    doubled = watched(NETWORKS["MLPNet"], 8)
    assert_array_equal(doubled[["loss_0", "loss_2", "loss_4", "loss_6"]], every)
    assert_array_equal(doubled[["loss_1", "loss_3", "loss_5", "loss_7"]], every)
    assert_array_equal(watched(NETWORKS["MLPNet"], 1), every[["loss_3"]])


def test_epochs_of_the_objective_are_seen():
    model = NetClassifier(objective=Pruning(0.9, fine_tune_epochs=2), **USUAL)
    Z = watched(model, n_snapshots=EPOCHS + 2)
    fitted = seeded(model).fit(X_TRAIN, Y_TRAIN)
    assert_array_equal(Z["loss_5"], observe(fitted, X, Y, "loss")["loss"])
    # Nine weights of ten are gone when the fifth epoch begins.
    assert Z["loss_4"].mean() > Z["loss_3"].mean()


def test_what_an_early_end_leaves_out_is_the_trained_model():
    stop = EarlyStopping(monitor="train_loss", patience=1, threshold=1.0)
    model = NetClassifier(callbacks=[stop], **USUAL)
    Z = watched(model)
    fitted = seeded(model).fit(X_TRAIN, Y_TRAIN)
    assert_array_equal(Z["loss_3"], observe(fitted, X, Y, "loss")["loss"])
    assert_array_equal(Z["loss_2"], Z["loss_3"])
    assert (Z["loss_0"] != Z["loss_3"]).any()


def test_the_last_look_is_at_the_best_weights_where_they_are_taken_back():
    net = skorch_net(
        lr=5.0,
        train_split=ValidSplit(3),
        callbacks=[EarlyStopping(patience=EPOCHS, load_best=True)],
    )
    model = NetClassifier(net)
    Z = watched(model)
    fitted = seeded(model).fit(X_TRAIN, Y_TRAIN)
    best = np.argmin(fitted.net_.history[:, "valid_loss"])
    assert_array_equal(Z["loss_3"], Z[f"loss_{best}"])


def test_a_fit_that_fails_is_watched_no_more():
    model = MLPNet()
    with pytest.raises(ValueError, match="at least two classes"):
        model._watched_fit(X_TRAIN, np.zeros(150), 3)
    assert "_looks" not in vars(model)


def test_watched_nets_are_left_without_a_watcher():
    model = NetClassifier(skorch_net(), random_state=0)
    first, last = model._watched_fit(X_TRAIN, Y_TRAIN, 2)
    assert last is model
    assert "looks" not in dict(model.net_.callbacks_)
    assert first.net_ is not model.net_
    assert not first.network_.training
