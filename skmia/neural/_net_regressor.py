"""Any network for quantities."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import RegressorMixin
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import check_is_fitted

from skmia.neural._base import Net
from skmia.neural._extras import Extras
from skmia.neural._modules import as_float32, check_module
from skmia.neural.objectives._base import Objective
from skmia.utils._sklearn import _fit_context


class NetRegressor(RegressorMixin, Net):
    """Regressor around any network of torch, trained for any objective that can.

    The loss is the squared error. Scale the quantities: the network begins near 0.

    Works on *records*: `X` holds features, `y` quantities.

    .. versionadded:: 0.2

    Parameters
    ----------
    module : class, callable or skorch net, default=None
        What is trained. None: a multilayer perceptron. A subclass of
        ``torch.nn.Module``, or a function that returns a module, from records to one
        output per quantity; where its arguments have the names ``n_features`` and
        ``n_outputs``, they are told them. An unfitted skorch net, with all of its own
        settings.
    module_params : dict, default=None
        Arguments of `module`; those of the perceptron are in :class:`NetClassifier`.
    objective : Objective or list of Objective, default=None
        What the network is trained for; those that need classes refuse. None: squared
        error; for a skorch net, its own loss.
    optimizer : {"adam", "sgd"} or callable, default="adam"
        Called with parameters, ``lr`` and ``weight_decay``. This and what follows, up
        to `device`, is of no effect for a skorch net, which has its own.
    max_epochs : int, default=20
        Passes over the training data.
    batch_size : int, default=64
        Records per training step.
    learning_rate : float, default=1e-3
        Step size of the optimizer.
    weight_decay : float, default=0.0
        L2 penalty, as the optimizer sees it.
    callbacks : list, default=None
        Callbacks of skorch. Each fit has its own copies. There is no validation set.
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
        The trained network, from records to one output per quantity.
    net_ : skorch net
        The trained net, where `module` is one.
    callbacks_ : list of (str, Callback)
        Those of the last fit, where `callbacks` were given.
    n_features_in_ : int
        Number of features seen during fit; of images, of channels.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where X has names that are all strings.

    See Also
    --------
    NetClassifier : The same for classes; has the notes.
    sklearn.compose.TransformedTargetRegressor : Scales the quantities and back.

    Notes
    -----
    Quantities are learned as they are, in float32. A network begins near 0, and where
    they are in the thousands or more its steps do not get there: scale them.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.preprocessing import scale
    >>> from skmia.neural import NetRegressor
    >>> from skmia.neural.objectives import Mixup
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = NetRegressor(objective=Mixup(0.2), max_epochs=50, random_state=0)
    >>> model.fit(scale(X), scale(y)).score(scale(X), scale(y)) > 0.4
    True
    """

    _default = Objective()
    _scaled = "features and y"

    __metadata_request__fit = dict.fromkeys(Extras.NAMES[:2])

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: ArrayLike, y: ArrayLike, **fit_params: Any) -> Self:
        """Train the network from new initial weights.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, ...)
            Records.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Quantities.
        **fit_params : dict
            ``sample_weight`` and ``groups``, as of :meth:`NetClassifier.fit`.

        Returns
        -------
        self : object
        """
        objective = self._checked_objective()
        X, y = self._validated(X, y)
        check_module(self)
        extras = Extras(self, objective, fit_params, len(y), np.zeros(len(y)))
        rows = extras.rows()
        if rows is not None:
            X, y = _safe_indexing(X, rows), y[rows]
        several = as_float32(y.reshape(len(y), -1), "y")
        run = self._run(objective, several.shape[1], None)
        fitted = self._train(run, X, several, extras.arrays(rows))
        self._set(_is_flat=y.ndim == 1, **fitted)
        return self

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Quantities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, ...)
            Records.

        Returns
        -------
        quantities : ndarray of shape (n_samples,) or (n_samples, n_outputs)
        """
        check_is_fitted(self, "network_")
        outputs = self._outputs(X)
        return outputs[:, 0] if self._is_flat else outputs

    def _validated(self, X, y, reset=True):
        if y is None:
            raise ValueError("requires y to be passed, but the target y is None")
        options = {"multi_output": True, "y_numeric": True}
        X, y = self._checked_records(X, y, reset=reset, **options)
        return X, np.asarray(y)

    def _checked_objective(self):
        objective = super()._checked_objective()
        if objective is not None and objective._needs_classes:
            raise ValueError(
                f"The 'objective' parameter of {type(self).__name__} must be one for "
                f"quantities. Got {objective!r} instead: {objective._needs_classes}."
            )
        return objective

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.target_tags.single_output = True
        return tags
