"""What a party makes of a model, with its own records."""

from copy import deepcopy
from functools import partial

import numpy as np
from sklearn.base import clone

from skmia.federated._learners import learner_of
from skmia.utils._random import draws_secret_noise


def local_training(federation):
    """How the parties of a federation train.

    Parameters
    ----------
    federation : Federation
        Its parameters are valid.

    Returns
    -------
    training : LocalTraining
    """
    private = draws_secret_noise(federation.estimator)
    return (PrivateTraining if private else LocalTraining)(federation)


class LocalTraining:
    """Passes over the records of a party, or a step by the gradient of all of them."""

    def __init__(self, federation):
        self.estimator = federation.estimator
        self.one_step = federation.algorithm == "fedsgd"
        self.n_epochs, self.n_rounds = federation.local_epochs, federation.n_rounds

    def _known_classes(self, y):
        """Class labels of all parties."""
        return np.unique(y)

    def begin(self, sizes):
        """Fitted attributes of the federation, known before anybody trains.

        Parameters
        ----------
        sizes : list of int
            Numbers of records of the parties.
        """
        return {}

    def train(self, party, model, X, y, seed):
        """Parameters after the training of a party.

        Parameters
        ----------
        party : int
            Its place.
        model : fitted classifier
            What it was sent.
        X, y : its records and labels
        seed : int

        Returns
        -------
        vector : ndarray of shape (n_parameters,)
        """
        learner = learner_of(model)
        if self.one_step:
            step = learner.rate(self.estimator) * learner.gradient(model, X, y)
            return learner.vector(model) - step
        return learner.train(model, X, y, self.n_epochs, seed)


class PrivateTraining(LocalTraining):
    """Passes of DP-SGD, paid for in all rounds before the first.

    What is sent around are networks without an objective. Every record is in one party,
    so that a guarantee for each of them is one for all.
    """

    def __init__(self, federation):
        super().__init__(federation)
        if self.one_step:
            raise ValueError(
                "The algorithm 'fedsgd' of Federation takes a step by the gradient of "
                "all records of a party, and an objective with a guarantee its own: "
                "take 'fedavg'."
            )
        self.objective = self.estimator._checked_objective()
        self.estimator = clone(self.estimator).set_params(objective=None)
        self._guarantees = []

    def _known_classes(self, y):
        """Labels as they were declared."""
        return self.objective._known_classes(y)

    def begin(self, sizes):
        """The guarantee: that of the party whose records have the least.

        Parameters
        ----------
        sizes : list of int
            Numbers of records of the parties.
        """
        self.objective._check_noise()
        n_passes = self.n_rounds * self.n_epochs
        batch_size = self.estimator.batch_size
        self._guarantees = [
            self.objective._guarantee(-(-size // batch_size), n_passes)
            for size in sizes
        ]
        names = ("epsilon_", "replace_epsilon_", "delta_")
        learned = {name: max(one[name] for one in self._guarantees) for name in names}
        if self.objective.accountant is not None:
            self.objective.accountant.spend(
                learned["replace_epsilon_"],
                learned["delta_"],
                what="Federation with DPSGD in every party",
            )
        return learned

    def train(self, party, model, X, y, seed):
        """Parameters after the training of a party; its noise has no seed."""
        objective = clone(self.objective).set_params(
            target_epsilon=None,
            noise_multiplier=self._guarantees[party]["noise_multiplier_"],
            classes=model.classes_,
            accountant=None,  # it is paid for
        )
        local = clone(model).set_params(
            module=partial(deepcopy, model.network_),
            module_params=None,
            objective=objective,
            max_epochs=self.n_epochs,
            random_state=None,
        )
        return learner_of(model).vector(local.fit(X, y))
