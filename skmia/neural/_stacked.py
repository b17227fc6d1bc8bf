"""Many networks on parts of one pool, trained in stacks."""

from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import torch
from sklearn.base import clone
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data

from skmia.neural._base import only_weights
from skmia.neural._mlp import MLPNet
from skmia.neural._perceptron import torch_generator
from skmia.neural._stack import Stack
from skmia.utils._fitting import set_fitted

# Of a parameter and its gradient, and Adam's two moments.
_BYTES_PER_PARAMETER = 16
# What a stack may fill on a CPU, where larger ones are slower: about a core's cache.
_CACHE = 4 * 2**20
# What it may fill of a GPU's free memory; what it is made from waits there, too.
_SHARE_OF_FREE = 0.25


class _Member(NamedTuple):
    """A model, its records in the pool, and their labels as positions in `classes`."""

    model: MLPNet
    rows: np.ndarray
    codes: np.ndarray
    classes: np.ndarray


def why_not_stacked(model, X, y):
    """Why ``fit`` of a model would refuse parameters or records, or None."""
    try:
        model._validate_params()
        _, y = _validated(clone(model), X, y)
        model._check(np.unique(y))
    except (TypeError, ValueError) as error:
        return str(error)
    return None


def fit_stacked(models, X, y, rows):
    """Fit each model on its rows of a pool, as its ``fit`` does up to rounding.

    Initial weights and orders of the records are those that ``fit`` draws from the
    ``random_state``. Models are trained as one where every step is alike: parameters
    are equal (``random_state`` aside), and there are equally many members, so that the
    last batches are equally long, and equally many classes. Were shorter batches
    filled up, Adam's momentum would move a model that has no record left.

    Parameters
    ----------
    models : list of MLPNet
        Changed in place. Parameters and records are such that
        :func:`why_not_stacked` has nothing to say.
    X : array-like of shape (n_records, n_features)
        The pool.
    y : array-like of shape (n_records,)
        Its labels.
    rows : list of array-like
        Which records each model is trained on.

    Raises
    ------
    ValueError
        A model has records of one class only, or its training diverged.
    """
    checked = clone(models[0])
    X, y = _validated(checked, X, y)
    alike = defaultdict(list)
    for model, part in zip(models, rows, strict=True):
        set_fitted(model, checked, {})
        member = _member(model, np.arange(len(X))[part], y)
        alike[_likeness(member)].append(member)
    pools = {
        device: torch.tensor(X, device=device)
        for device in {model.device for model in models}
    }
    for members in alike.values():
        size = _stack_size(members[0])
        for begin in range(0, len(members), size):
            _train(members[begin : begin + size], pools)


def _validated(model, X, y):
    """Records and labels as ``fit`` takes them; what it learns of them is set."""
    X, y = validate_data(model, X, y, dtype=np.float32)
    check_classification_targets(y)
    return X, y


def _member(model, rows, y):
    classes, codes = np.unique(y[rows], return_inverse=True)
    model._check(classes)
    return _Member(model, rows, codes, classes)


def _likeness(member):
    """What is equal in models that take all steps together."""
    params = member.model.get_params()
    params |= {"random_state": None, "hidden_units": tuple(params["hidden_units"])}
    return len(member.rows), len(member.classes), *params.values()


def _stack_size(member):
    """How many models like this one are trained as one."""
    model, n_classes = member.model, len(member.classes)
    widths = [model.n_features_in_, *model.hidden_units, n_classes]
    n_parameters = sum((n_in + 1) * n_out for n_in, n_out in pairwise(widths))
    n_bytes = _BYTES_PER_PARAMETER * n_parameters
    device = torch.device(model.device)
    if device.type != "cuda":
        return max(1, _CACHE // n_bytes)
    # A batch, what the layers make of it, and the gradients of that.
    n_bytes += 4 * min(model.batch_size, len(member.rows)) * 3 * sum(widths)
    # Records by number, in the order of an epoch, and their labels.
    n_bytes += 8 * 3 * len(member.rows)
    free, _ = torch.cuda.mem_get_info(device)
    return max(1, int(_SHARE_OF_FREE * free) // n_bytes)


def _train(members, pools):
    """Train a stack of models, and set what was fitted."""
    first = members[0].model
    X = pools[first.device]
    generators = [
        torch_generator(check_random_state(member.model.random_state))
        for member in members
    ]
    networks = [
        member.model._initial_network(len(member.classes), generator)
        for member, generator in zip(members, generators, strict=True)
    ]
    stack = Stack(
        networks,
        first.activation,
        learning_rate=first.learning_rate,
        weight_decay=first.weight_decay,
    )
    rows = torch.tensor(np.stack([member.rows for member in members]), device=X.device)
    codes = torch.tensor(
        np.stack([member.codes for member in members]), device=X.device
    )
    for _ in range(first.max_epochs):
        for batch in _shuffled(len(rows[0]), first.batch_size, generators, X.device):
            stack.step(X[rows.gather(1, batch)], codes.gather(1, batch))
    stack.unload(networks)
    for member, network in zip(members, networks, strict=True):
        member.model._check_converged(network)
        fitted = {"classes_": member.classes, "network_": only_weights(network)}
        vars(member.model).update(fitted)


def _shuffled(n_records, batch_size, generators, device):
    """Minibatches of an epoch: which of its records each model sees.

    Every model has the order that ``shuffled_batches`` draws.
    """
    orders = [torch.randperm(n_records, generator=own) for own in generators]
    yield from torch.stack(orders).to(device).split(batch_size, dim=1)
