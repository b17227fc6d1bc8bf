"""Any network, trained in any of the published ways."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import _safe_indexing
from sklearn.utils.multiclass import check_classification_targets

from skmia.neural._classifier_base import ClassifierNet
from skmia.neural._extras import Extras
from skmia.neural._modules import numbers_for
from skmia.utils._sklearn import _fit_context, available_if


def _can_go_on(model):
    objective = model._checked_objective()
    if objective is not None and objective._no_partial_fit:
        raise AttributeError(
            f"{type(model).__name__} has no partial_fit with this objective: "
            f"{objective._no_partial_fit}."
        )
    return True


class NetClassifier(ClassifierNet):
    """Classifier around any network of torch, trained for any objective.

    skorch has the loop. The objective says what is minimised, on which batches, and
    with which noise: plain cross-entropy, or one of the published defenses in
    :mod:`skmia.neural.objectives`.

    Works on *records*: `X` holds features, `y` class labels.

    .. versionadded:: 0.2

    Parameters
    ----------
    module : class, callable or skorch net, default=None
        What is trained. None: a multilayer perceptron. A subclass of
        ``torch.nn.Module``, or a function that returns a module, from records to one
        logit per class; where its arguments have the names ``n_features`` and
        ``n_outputs``, they are told them. An unfitted skorch net, with all of its own
        settings, nested names (``module__lr``), callbacks, data set and split.
    module_params : dict, default=None
        Arguments of `module`. Those of the perceptron: ``hidden_units`` (128,),
        ``activation`` "relu" or "tanh", ``dropout`` and ``input_dropout``, the share of
        hidden units and of features that every step leaves out, 0.0, and
        ``weight_norm`` False, whether length and direction of the weights of each unit
        are learned apart.
    objective : Objective or list of Objective, default=None
        What the network is trained for. Several have an effect together, a way to
        change batches and terms of the loss, say. None: cross-entropy; for a skorch
        net, its own loss.
    optimizer : {"adam", "sgd"} or callable, default="adam"
        Called with parameters, ``lr`` and ``weight_decay``: a class of ``torch.optim``,
        or a ``functools.partial`` of one. Not asked for where the objective has an
        optimizer of its own. This and what follows, up to `device`, is of no effect for
        a skorch net, which has its own.
    max_epochs : int, default=20
        Passes over the training data.
    batch_size : int, default=64
        Records per training step.
    learning_rate : float, default=1e-3
        Step size of the optimizer.
    weight_decay : float, default=0.0
        L2 penalty, as the optimizer sees it.
    callbacks : list, default=None
        Callbacks of skorch: schedules, early stopping, records of the training. Each
        fit has its own copies. There is no validation set ("train_loss" is what there
        is to monitor); a skorch net can have one.
    device : str, default="cpu"
        Where torch computes, such as "cpu" or "cuda".
    verbose : bool, default=False
        Show the loss of every pass, as a progress report of skorch.
    random_state : int, RandomState instance or None, default=None
        Initial weights, order of the records and all that the objective draws. No
        global generator is touched.

    Attributes
    ----------
    network_ : torch.nn.Module
        The trained network, from records to one logit per class.
    net_ : skorch net
        The trained net, where `module` is one.
    held_out_ : ndarray of int
        Which records of `fit` the objective held out, where it does. They shaped the
        network, so that an audit counts them as members.
    callbacks_ : list of (str, Callback)
        Those of the last fit, where `callbacks` were given.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit; of images, of channels.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where X has names that are all strings.

    See Also
    --------
    NetRegressor : The same for quantities.
    HAMPClassifier : A way of training, and what must be released of it.
    MLPNet : Only the perceptron; many shadow models are trained as one.

    Notes
    -----
    Records are rows of numbers, images of shape (n, channels, height, width) or tokens:
    whole numbers stay such where the module has an ``Embedding``. All else is float32.
    A skorch net is given anything else as it is, for its own data set.

    A module of the user's draws from torch's global generator. While it trains, that
    generator is one of the fit's own, and other such fits in the same process wait.

    The softmax of float32 logits is taken in float64, as in :class:`MLPNet`. Saved, a
    perceptron is numbers, and a module of the user's what pickle makes of it.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from torch import nn
    >>> from skmia.neural import NetClassifier
    >>> from skmia.neural.objectives import ConfidencePenalty, Mixup
    >>> X, y = load_digits(return_X_y=True)
    >>> X = X.reshape(-1, 1, 8, 8) / 16
    >>> def small(channels, n_outputs):
    ...     return nn.Sequential(
    ...         nn.Conv2d(1, channels, 3), nn.ReLU(), nn.Flatten(),
    ...         nn.Linear(36 * channels, n_outputs),
    ...     )
    >>> model = NetClassifier(
    ...     small, module_params={"channels": 8}, max_epochs=10, random_state=0,
    ...     objective=[Mixup(0.5), ConfidencePenalty(0.1)],
    ... )
    >>> model.fit(X[:900], y[:900]).score(X[900:], y[900:]) > 0.8
    True
    """

    __metadata_request__fit = dict.fromkeys(Extras.NAMES)
    __metadata_request__partial_fit = dict.fromkeys(Extras.NAMES[:-2])

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike, **fit_params: Any) -> Self:
        """Train the network from new initial weights.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, ...)
            Records.
        y : array-like of shape (n_samples,)
            Class labels of any type, two classes or more.
        **fit_params : dict
            ``sample_weight``, array-like of shape (n_samples,), a weight for each
            record, where the objective has a place for it; ``groups``, array-like of
            shape (n_samples,), environments, where the objective compares these;
            ``targets``, array-like of shape (n_samples, n_classes), a probability of
            each of ``classes`` for every record, learned in place of `y`.

        Returns
        -------
        self : object
        """
        objective = self._checked_objective()
        X, y = self._validated(X, y)
        check_classification_targets(y)
        extras = Extras(self, objective, fit_params, len(y), y)
        rows = extras.rows()
        if rows is not None:
            X, y = _safe_indexing(X, rows), y[rows]
        classes, order = self._told_apart(objective, y, extras.classes)
        codes = self._codes(y, classes)
        return self._fit(X, codes, classes, extras.arrays(rows, order))

    @available_if(_can_go_on)
    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        classes: ArrayLike | None = None,
        **fit_params: Any,
    ) -> Self:
        """Train on, one pass over the records.

        After `fit`, or when the model was saved and read, training goes on from its
        weights with a new optimizer.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, ...)
            Records.
        y : array-like of shape (n_samples,)
            Class labels.
        classes : array-like of shape (n_classes,), default=None
            All labels; must be given in the first call.
        **fit_params : dict
            ``sample_weight`` and ``groups``, as of `fit`.

        Returns
        -------
        self : object
        """
        first = not hasattr(self, "network_")
        classes = self._all_classes(classes, first)
        objective = self._checked_objective()
        X, y = self._validated(X, y, reset=first)
        extras = Extras(self, objective, fit_params, len(y), y)
        rows = extras.rows()
        if rows is not None:
            X, y = _safe_indexing(X, rows), y[rows]
        codes, arrays = self._codes(y, classes), extras.arrays(rows)
        self._check(classes)
        run = vars(self).get("_training")
        if run is None:
            run = self._run(objective, len(classes), classes)
            weights = None if first else self.network_.state_dict()
            with run.alone():
                self._begin(run, X, codes, arrays, weights)
            run.net.max_epochs = 1
        with run.alone():
            self._pass(run, numbers_for(run.network, X), codes, arrays)
        self._set(_training=run, classes_=classes, **self._learned(run))
        return self

    @property
    def _takes_targets(self):
        """Whether `fit` has a place for a probability of each class."""
        objective = self._checked_objective()
        return objective is not None and not objective._needs_labels

    def _told_apart(self, objective, y, given):
        """Sorted labels, and their places among those that `fit` was given."""
        if given is None and objective is not None:
            given = objective._known_classes(y)
        return np.unique(y if given is None else given, return_index=True)

    def _all_classes(self, classes, first):
        if not first:
            if classes is not None and not np.array_equal(
                np.unique(classes), self.classes_
            ):
                raise ValueError(
                    f"The 'classes' of {type(self).__name__}.partial_fit must be those "
                    f"of the first call, {self.classes_.tolist()}. Got "
                    f"{np.unique(classes).tolist()}."
                )
            return self.classes_
        if classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        return np.unique(classes)

    def _codes(self, y, classes):
        codes = np.searchsorted(classes, y).clip(max=len(classes) - 1)
        unknown = classes[codes] != y
        if unknown.any():
            raise ValueError(
                f"The labels y of {type(self).__name__} must be among the classes, "
                f"{classes.tolist()}. Got {y[unknown].tolist()[0]!r} besides."
            )
        return codes
