"""What a network is trained to do, as hooks in the loop of skorch."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator


class Objective(BaseEstimator):
    """Base of all objectives: plain training, with hooks to train otherwise.

    An objective holds parameters and nothing of a fit, so that clones, searches and
    threads can share it; what it keeps from step to step is in ``run.kept``. Subclasses
    override the hooks that they need. `run` is the training: ``run.network``,
    ``run.outputs(X)``, ``run.losses(outputs, targets)``, ``run.rng`` for what is drawn
    before the first step and ``run.noise`` for what is drawn on the way.

    .. versionadded:: 0.2

    See Also
    --------
    CrossEntropy : What classifiers are trained with by default.

    Examples
    --------
    >>> from skmia.neural.objectives import Objective
    >>> class OnlyTheHardest(Objective):
    ...     def _loss(self, run, outputs, batch):
    ...         return run.losses(outputs, batch.targets).max()
    >>> from sklearn.datasets import load_iris
    >>> from skmia.neural import NetClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> model = NetClassifier(objective=OnlyTheHardest(), random_state=0).fit(X, y)
    >>> model.predict(X).shape
    (150,)
    """

    _parameter_constraints: dict[str, Any] = {}

    # Why it has no place for weights of the records, as a clause. None where it has.
    _no_weights: str | None = None
    # Why the targets must be labels, not probabilities, as a clause.
    _needs_labels: str | None = None
    # Why it is for classes only, as a clause.
    _needs_classes: str | None = None
    # Why it needs all records and passes at once, as a clause.
    _no_partial_fit: str | None = None
    # Why it can be no part of several, as a clause.
    _alone: str | None = None
    # Whether a guarantee stands on its noise.
    _draws_secret_noise = False
    # Whether its batches have targets between labels.
    _mixes = False
    # Whether `fit` must be given ``groups``.
    _takes_groups = False

    def _known_classes(self, y):
        """Labels that `fit` tells apart, from those of the records: all, each once."""
        return np.unique(y)

    def _prepare(self, run, X, y):
        """Check and decide what holds for all passes, before the first.

        Parameters
        ----------
        run : Run
        X : records that can be indexed
            All records of ``fit``.
        y : ndarray of shape (n_samples,)
            Positions of their classes, or quantities.

        Returns
        -------
        held_out : ndarray of int or None
            Records that the network is not trained on.
        """

    def _n_epochs(self, run, max_epochs):
        """Passes over the records, where `max_epochs` were asked for."""
        return max_epochs

    def _optimizer(self, run, default):
        """Optimizer of ``run.network.parameters()``.

        Parameters
        ----------
        run : Run
        default : torch.optim.Optimizer
            The one that the user asked for.

        Returns
        -------
        optimizer : torch.optim.Optimizer
        """
        return default

    def _batches(self, run, dataset, batch_size):
        """Batches of one pass, iterated over anew in each; None for the usual ones.

        Parameters
        ----------
        run : Run
        dataset : torch.utils.data.Dataset
            Of the records trained on.
        batch_size : int

        Returns
        -------
        batches : iterable of Batch, or None
        """

    def _begin_epoch(self, run):
        """Do what is to be done before a pass, number ``run.epoch``."""

    def _before_step(self, run):
        """Do what is to be done before a batch is looked at."""

    def _change(self, run, batch):
        """Return the batch that takes the step in place of this one."""
        return batch

    def _loss(self, run, outputs, batch):
        """Loss of a batch, one number.

        Parameters
        ----------
        run : Run
        outputs : tensor of shape (n_records, n_outputs)
            Logits, or quantities.
        batch : Batch

        Returns
        -------
        loss : tensor
        """
        return batch.mean(run.losses(outputs, batch.targets))

    def _terms(self, run, outputs, batch):
        """Numbers that are added to the loss: a list; without effect, an empty one."""
        return []

    def _backward(self, run, batch):
        """Gradients of what a batch is to lower.

        Who takes them in another way is `_alone`.

        Parameters
        ----------
        run : Run
        batch : Batch

        Returns
        -------
        loss : tensor
        outputs : tensor of shape (n_records, n_outputs)
        """
        outputs = run.outputs(batch.X)
        loss = self._loss(run, outputs, batch)
        for term in self._terms(run, outputs, batch):
            loss = loss + term
        loss.backward()
        return loss, outputs

    def _after_step(self, run):
        """Do what is to be done after the optimizer moved the network."""

    def _end(self, run):
        """Fitted attributes of the estimator besides those that it always has."""
        return {}
