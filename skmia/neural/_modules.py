"""Where the module of an estimator comes from, and what it takes for records."""

from inspect import signature

import numpy as np
from skorch import NeuralNet
from torch import nn

from skmia.neural._perceptron import check_layers, perceptron, regularized

# Layers in which what becomes of a record depends on the others; lazy ones, too.
MIXING = nn.modules.batchnorm._BatchNorm


def is_net(module):
    """Whether a module parameter is a net of skorch, with settings of its own."""
    return isinstance(module, NeuralNet)


def build(owner, run, weights=None):
    """New module of an estimator whose module is no net of skorch.

    Parameters
    ----------
    owner : estimator
        Has ``module``, ``module_params`` and, of records seen, ``n_features_in_``.
    run : Run
    weights : dict, default=None
        State of a module that was trained, to begin from.

    Returns
    -------
    module : torch.nn.Module
    """
    params = owner.module_params or {}
    if owner.module is None:
        return _own(owner, run, params, weights)
    module = owner.module(**_with_sizes(owner, run, params))
    if not isinstance(module, nn.Module):
        raise TypeError(
            f"The 'module' parameter of {type(owner).__name__} must make a "
            f"torch.nn.Module. Got {module!r} instead."
        )
    if weights is not None:
        module.load_state_dict(weights)
    return module.to(owner.device)


def check_module(owner):
    """Raise an error unless an estimator can build its module."""
    params = owner.module_params or {}
    if owner.module is None:
        try:
            signature(check_layers).bind(owner, **params)
        except TypeError as error:
            raise ValueError(
                f"The 'module_params' parameter of {type(owner).__name__} must hold "
                f"what its perceptron takes, see its docstring: {error}."
            ) from error
        check_layers(owner, **params)
    elif isinstance(owner.module, nn.Module):
        raise TypeError(
            f"The 'module' parameter of {type(owner).__name__} must be a class, which "
            "every fit makes a new module of. Got a module that is there already, "
            f"{type(owner.module).__name__}; pass its class, and its arguments as "
            "'module_params'."
        )
    elif is_net(owner.module) and (params or owner.callbacks is not None):
        raise ValueError(
            f"{type(owner).__name__} takes 'module_params' and 'callbacks' of modules "
            "only. A net of skorch has its own: pass them to the net."
        )


def numbers_for(network, X):
    """Records in the type that a network takes: float32, or int64 for embeddings."""
    if not isinstance(X, np.ndarray):
        return X
    if X.dtype == np.float32:
        return X
    embeds = (nn.Embedding, nn.EmbeddingBag)
    if X.dtype.kind in "iu" and any(
        isinstance(one, embeds) for one in network.modules()
    ):
        return X.astype(np.int64, copy=False)
    return as_float32(X, "X")


def as_float32(values, name):
    """Numbers as networks compute in, or an error where one would be infinite."""
    # A warning would tell of a record of a private fit that ends well.
    with np.errstate(over="ignore"):
        numbers = values.astype(np.float32)
    if not np.isfinite(numbers).all():
        raise ValueError(
            f"Input {name} contains a value too large for dtype('float32'), which "
            "networks compute in. Scale it."
        )
    return numbers


def _own(owner, run, params, weights):
    hidden_units, activation, options = check_layers(owner, **params)
    widths = [owner.n_features_in_, *hidden_units, run.n_outputs]
    network = perceptron(widths, activation, run.generator)
    if weights is not None:
        network.load_state_dict(weights)
    return regularized(network.to(owner.device), run.noise, **options)


def _with_sizes(owner, run, params):
    """Arguments of a module, with the sizes that it asks for by name."""
    known = {"n_features": owner.n_features_in_, "n_outputs": run.n_outputs}
    asked = signature(owner.module).parameters
    return {name: size for name, size in known.items() if name in asked} | params
