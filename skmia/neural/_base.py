"""The shell around every network: records in, skorch's loop, outputs out."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import torch
from sklearn.base import BaseEstimator, clone
from sklearn.utils import _safe_indexing, check_random_state
from sklearn.utils.validation import validate_data
from skorch import NeuralNet, NeuralNetBinaryClassifier

from skmia.neural._global_draws import GlobalDraws
from skmia.neural._looks import Looks
from skmia.neural._loop import OPTIMIZERS, own_net, unwire, wire
from skmia.neural._modules import build, is_net, numbers_for
from skmia.neural._perceptron import Layers, Perceptron, plain, torch_generator
from skmia.neural._run import Run
from skmia.neural.objectives._base import Objective
from skmia.neural.objectives._together import Together
from skmia.utils._global_generator import untouched
from skmia.utils._random import draw_seeds, draws_secret_noise
from skmia.utils._records import know_features
from skmia.utils._secret_stream import fresh_random_state
from skmia.utils._sklearn import COUNT, NOT_NEGATIVE, POSITIVE, StrOptions
from skmia.utils._typing import RandomStateLike

# Rows per forward pass: bounds the memory of a prediction.
_CHUNK = 8192


class Net(BaseEstimator, metaclass=ABCMeta):
    """An estimator that trains a module of torch in skorch's loop.

    Subclasses have its parameters, or fewer and the others as attributes, and
    ``_default``, the objective where the user has none.
    """

    _parameter_constraints = {
        "module": [callable, NeuralNet, None],
        "module_params": [dict, None],
        "objective": [Objective, list, None],
        "optimizer": [StrOptions(set(OPTIMIZERS)), callable],
        "max_epochs": [COUNT],
        "batch_size": [COUNT],
        "learning_rate": [POSITIVE],
        "weight_decay": [NOT_NEGATIVE],
        "callbacks": [list, None],
        "device": [str],
        "verbose": ["boolean"],
        "random_state": ["random_state"],
    }

    # Those with fewer parameters train our perceptron in the usual way.
    module: Any = None
    objective: Objective | list[Objective] | None = None
    callbacks: list[Any] | None = None
    module_params: dict[str, Any] | None
    optimizer: Literal["adam", "sgd"] | Callable[..., Any] = "adam"
    verbose = False

    # What may be too large to be learned.
    _scaled = "features"

    # No models inside that weights of the records would be handed on to.
    _weighted = ()

    # Who looks at the training.
    _looks = None

    def __init__(
        self,
        module: Any = None,
        *,
        module_params: dict[str, Any] | None = None,
        objective: Objective | list[Objective] | None = None,
        optimizer: Literal["adam", "sgd"] | Callable[..., Any] = "adam",
        max_epochs: int = 20,
        batch_size: int = 64,
        learning_rate: float = 1e-3,
        weight_decay: float = 0.0,
        callbacks: list[Any] | None = None,
        device: str = "cpu",
        verbose: bool = False,
        random_state: RandomStateLike = None,
    ) -> None:
        self.module = module
        self.module_params = module_params
        self.objective = objective
        self.optimizer = optimizer
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.weight_decay = weight_decay
        self.callbacks = callbacks
        self.device = device
        self.verbose = verbose
        self.random_state = random_state

    @abstractmethod
    def _validated(self, X, y, reset=True):
        """Records, and their labels or quantities, as `fit` takes them."""

    def _checked_objective(self):
        """The objective, if it is one; None for the loss of the user's own net."""
        objective = self.objective
        if objective is None:
            return None if is_net(self.module) else self._default
        parts = objective if isinstance(objective, list) else [objective]
        if not parts or not all(isinstance(one, Objective) for one in parts):
            raise ValueError(
                f"The 'objective' parameter of {type(self).__name__} must be an "
                f"Objective or a list of some. Got {objective!r} instead."
            )
        for one in parts:
            one._validate_params()
        if len(parts) == 1:
            return parts[0]
        together = Together(parts)
        together.check()
        return together

    @property
    def _draws_secret_noise(self):
        """Whether a guarantee stands on the noise of an objective."""
        parts = self.objective if isinstance(self.objective, list) else [self.objective]
        return any(map(draws_secret_noise, parts))

    @property
    def _no_weights(self):
        """Why `fit` has no place for weights of the records, as a clause."""
        objective = self._checked_objective()
        if objective is None:
            return (
                "the loss is that of the net; give an 'objective', CrossEntropy() say"
            )
        return objective._no_weights

    def _checked_records(self, X, y=None, reset=True, **options):
        """Records, with labels if any: tables for our perceptron, else whatever."""
        given = {} if y is None else {"y": y}
        if self.module is None:
            return validate_data(
                self, X, **given, dtype=np.float32, reset=reset, **options
            )
        if is_net(self.module) and not _are_numbers(X):
            # What they are is a matter of the data set and the collate function.
            if reset:
                know_features(self, X)
            return X if y is None else (X, y)
        return validate_data(self, X, **given, allow_nd=True, reset=reset, **options)

    def _run(self, objective, n_outputs, classes):
        """What a new training begins with; where global generators are its own."""
        # What is public of a private fit comes from a generator of its own.
        private = self._draws_secret_noise
        rng = (fresh_random_state if private else check_random_state)(self.random_state)
        run = Run(
            owner=self,
            objective=objective,
            n_outputs=n_outputs,
            classes=classes,
            rng=rng,
            generator=torch_generator(rng),
            noise=torch_generator(rng),
            device=self.module.device if is_net(self.module) else self.device,
        )
        if self.module is not None:
            run.draws = GlobalDraws(draw_seeds(rng), run.device)
        return run

    def _begin(self, run, X, y, extras, weights=None):
        """Make the net of a training; return what it is trained on, and what not."""
        if is_net(self.module):
            run.net = clone(self.module).initialize()
            if weights is not None:
                run.network.load_state_dict(weights)
        else:
            module = build(self, run, weights)
            run.net = own_net(module, self, run).initialize()
        X, held_out = numbers_for(run.network, X), None
        if run.objective is not None:
            held_out = run.objective._prepare(run, X, y)
        if held_out is not None:
            kept = np.delete(np.arange(len(y)), held_out)
            X, y = _safe_indexing(X, kept), y[kept]
            extras = {name: part[kept] for name, part in extras.items()}
        run.n_records = len(y)
        if run.objective is not None:
            run.net.optimizer_ = run.objective._optimizer(run, run.net.optimizer_)
        return X, y, extras, held_out

    def _watched_fit(self, X, y, n_looks):
        """Fit; return the estimator as it was after some epochs, and as it is."""
        looks = self._looks = Looks(n_looks)
        try:
            self.fit(X, y)
        finally:
            del self._looks
        return looks.models(self)

    def _train(self, run, X, y, extras):
        """Fitted attributes of a whole training; nothing is set on the way."""
        with run.alone():
            X, y, extras, held_out = self._begin(run, X, y, extras)
            if run.objective is not None:
                run.net.max_epochs = run.objective._n_epochs(run, run.net.max_epochs)
            if self._looks is not None:
                self._looks.begin(run)
            self._pass(run, X, y, extras)
            learned = {} if run.objective is None else run.objective._end(run)
        run.net.optimizer_ = None  # twice the size of the network
        if held_out is not None:
            learned["held_out_"] = held_out
        return self._learned(run) | learned

    def _pass(self, run, X, y, extras):
        """Train for as many passes as the net has."""
        run.extras = {
            name: torch.as_tensor(part, device=run.device)
            for name, part in extras.items()
        }
        if not is_net(self.module):
            X, y = (torch.tensor(part, device=run.device) for part in (X, y))
        elif isinstance(run.net, NeuralNetBinaryClassifier):
            y = y.astype(np.float32)  # what its loss asks for
        wire(run)
        run.net.partial_fit(X, y)
        unwire(run)

    def _learned(self, run):
        """What is kept of a training: no gradients, which are as large as the network.

        Fitted shadow models are stored and sent around.

        Raises
        ------
        ValueError
            The training diverged.
        """
        self._check_converged(run.network)
        learned = {"network_": only_weights(plain(run.network))}
        if is_net(self.module):
            learned["net_"] = run.net
        elif self.callbacks is not None:
            learned["callbacks_"] = run.net.callbacks_
        return learned

    def _check_converged(self, network):
        # Every answer would be NaN, and no attack could be run.
        if not all(part.isfinite().all() for part in network.parameters()):
            raise ValueError(
                f"The training of {type(self).__name__} diverged: weights are infinite "
                f"or NaN after it. Scale the {self._scaled}, or lower the "
                "'learning_rate'."
            )

    def _set(self, **fitted):
        """Set all at once, and forget what a former fit set besides."""
        # Validation has just set the names and the number of the features.
        former = {name for name in vars(self) if name.endswith("_")}
        for name in former - {"n_features_in_", "feature_names_in_"} | {"_training"}:
            vars(self).pop(name, None)
        vars(self).update(fitted)

    def _outputs(self, X):
        """What the network says of records, in batches, as an array of float64."""
        X = self._records(X)
        with torch.inference_mode():
            if is_net(self.module):
                with untouched():  # a DataLoader draws when it begins
                    outputs = [_first(part) for part in self.net_.forward_iter(X)]
            else:
                outputs = [
                    _first(self.network_(rows.to(self.device))).cpu()
                    for rows in torch.tensor(X).split(_CHUNK)
                ]
        outputs = torch.cat(outputs).double().numpy()
        return outputs.reshape(len(outputs), -1)

    def _records(self, X):
        """Records as the fitted network takes them."""
        return numbers_for(self.network_, self._checked_records(X, reset=False))

    def __getstate__(self):
        # Networks as numbers: who saves models need know nothing of torch. What is
        # still in training goes on in this process only.
        state = super().__getstate__()
        state = {name: x for name, x in state.items() if name != "_training"}
        return {name: _as_layers(value) for name, value in state.items()}

    def __setstate__(self, state):
        device = state["device"]
        super().__setstate__(
            {name: _as_network(value, device) for name, value in state.items()}
        )


def only_weights(network):
    """A trained network without gradients, to be asked only."""
    network.zero_grad()
    return network.eval()


def _are_numbers(X):
    """Whether records are rows of numbers, as an array or what becomes one."""
    if hasattr(X, "dtypes") or hasattr(X, "dtype"):
        return getattr(getattr(X, "dtype", None), "kind", "f") in "fiub"
    is_text = isinstance(X, list) and len(X) and isinstance(X[0], (str, dict))
    return isinstance(X, (list, tuple)) and not is_text


def _first(outputs):
    return outputs[0] if isinstance(outputs, tuple) else outputs


def _as_layers(value):
    return Layers.of(value) if isinstance(value, Perceptron) else value


def _as_network(value, device):
    if not isinstance(value, Layers):
        return value
    return only_weights(value.network().to(device))
