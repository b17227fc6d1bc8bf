"""skorch's training loop, with an objective in it."""

from copy import deepcopy
from functools import cache

import numpy as np
import torch
from skorch import NeuralNetClassifier, NeuralNetRegressor
from skorch.utils import to_tensor
from torch import nn
from torch.utils.data import default_collate

from skmia.neural._run import Batch

_OPTIMIZERS = {
    "adam": (torch.optim.Adam, {"fused": True}),
    "sgd": (torch.optim.SGD, {}),
}
OPTIMIZERS = tuple(_OPTIMIZERS)


def own_net(module, owner, run):
    """A skorch net around a module that is there, with the settings of its owner."""
    kind, criterion = NeuralNetRegressor, nn.MSELoss
    if run.is_classifier:
        kind, criterion = NeuralNetClassifier, nn.CrossEntropyLoss
    optimizer, settings = _OPTIMIZERS.get(owner.optimizer, (owner.optimizer, {}))
    silent = owner.callbacks is None and not owner.verbose
    return kind(
        module,
        criterion=criterion,
        optimizer=optimizer,
        optimizer__weight_decay=owner.weight_decay,
        lr=owner.learning_rate,
        max_epochs=owner.max_epochs,
        batch_size=owner.batch_size,
        iterator_train=_Batches,
        iterator_train__run=run,
        train_split=None,
        callbacks="disable" if silent else deepcopy(owner.callbacks),
        verbose=int(owner.verbose),
        device=owner.device,
        **{f"optimizer__{name}": value for name, value in settings.items()},
    )


def wire(run):
    """Put the objective of a run into its net, in place; of the user's own, none."""
    net = run.net
    if run.objective is not None:
        net.__class__ = _wired(type(net))
        net.run_ = run


def unwire(run):
    """Make the net one of its own class again, which can be asked and saved."""
    if isinstance(run.net, _Wired):
        run.net.__class__ = type(run.net).__mro__[2]
        del run.net.run_


class _Wired:
    """What a net does in another way when an objective tells it how."""

    def check_data(self, X, y):
        if self.run_.is_classifier:
            self.classes_inferred_ = np.arange(self.run_.n_outputs)

    def get_iterator(self, dataset, training=False):
        if not training:
            return super().get_iterator(dataset, training)
        run = self.run_
        batches = run.objective._batches(run, dataset, self.batch_size)
        if batches is not None:
            return batches
        if self.iterator_train is _Batches or not run.extras:
            return super().get_iterator(dataset, training)
        batches = super().get_iterator(_Numbered(dataset), training)
        batches.collate_fn = _Collate(batches.collate_fn, run.extras)
        return batches

    def on_epoch_begin(self, net, **kwargs):
        super().on_epoch_begin(net, **kwargs)
        self.run_.objective._begin_epoch(self.run_)

    def train_step(self, batch, **fit_params):
        run = self.run_
        run.objective._before_step(run)
        self._set_training(True)
        batch = Batch(*(self._here(part) for part in batch))
        batch = run.objective._change(run, batch)
        step = super().train_step(batch, **fit_params)
        run.objective._after_step(run)
        return step

    def train_step_single(self, batch, **fit_params):
        self._set_training(True)
        loss, outputs = self.run_.objective._backward(self.run_, batch)
        return {"loss": loss, "y_pred": outputs}

    def _here(self, part):
        return None if part is None else to_tensor(part, device=self.device)


@cache
def _wired(kind):
    return type(kind.__name__, (_Wired, kind), {})


class _Batches:
    """Minibatches of tensors, all records once in a new order for every pass.

    A DataLoader fetches record by record and collates them again, which costs about
    half as much as training a small network.
    """

    def __init__(self, dataset, batch_size, run):
        self.dataset, self.batch_size, self.run = dataset, batch_size, run

    def __iter__(self):
        X, targets, run = self.dataset.X, self.dataset.y, self.run
        whole = Batch(X, targets)._replace(**run.extras)
        order = torch.randperm(len(X), generator=run.generator).to(X.device)
        for rows in order.split(self.batch_size):
            yield Batch(*(None if part is None else part[rows] for part in whole))


class _Numbered(torch.utils.data.Dataset):
    """A data set whose items know their place in the records."""

    def __init__(self, dataset):
        self.dataset = dataset
        # A part that a user's split left for training.
        self.places = getattr(dataset, "indices", range(len(dataset)))

    def __len__(self):
        return len(self.dataset)

    def __getitem__(self, place):
        return self.dataset[place], self.places[place]


class _Collate:
    """A collate function, and what is known of the same records besides."""

    def __init__(self, collate, extras):
        self.collate, self.extras = collate or default_collate, extras

    def __call__(self, items):
        items, places = zip(*items, strict=True)
        places = torch.as_tensor(places)
        own = {name: part[places] for name, part in self.extras.items()}
        return Batch(*self.collate(list(items)))._replace(**own)
