"""Models of shards: trained slice by slice, and anew from the slice that changed."""

from copy import deepcopy

import numpy as np
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.utils import _safe_indexing

from skmia.utils._arrays import answer_of
from skmia.utils._labels import aligned_posterior, encode_labels
from skmia.utils._sklearn import available_if


class ShardEnsemble:
    """The models of the shards, which answer together.

    Attributes
    ----------
    models : list of fitted models
        One for each shard that has a record.
    """

    def __init__(self, models):
        self.models = models

    @property
    def n_features_in_(self):
        """Number of features seen by the models."""
        return self.models[0].n_features_in_

    @property
    def feature_names_in_(self):
        """Names of the features, where the models were given names."""
        return self.models[0].feature_names_in_


class ShardRegressor(ShardEnsemble):
    """Of regressors."""

    def predict(self, X):
        """Mean prediction of the models."""
        return np.mean([answer_of(one, "predict", X) for one in self.models], axis=0)


class ShardClassifier(ShardEnsemble):
    """Of classifiers.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
    """

    def __init__(self, models, classes):
        super().__init__(models)
        self.classes_ = classes

    def _have_scores(self):
        return all(hasattr(model, "predict_proba") for model in self.models)

    @available_if(_have_scores)
    def predict_proba(self, X):
        """Mean posterior of the models; a class that one never saw has 0 there."""
        answers = [aligned_posterior(model, X, self.classes_) for model in self.models]
        return np.mean(answers, axis=0)

    def predict(self, X):
        """Label of most models; of equally many the first."""
        codes = [
            encode_labels(model.predict(X), self.classes_) for model in self.models
        ]
        votes = np.array(codes)[:, :, np.newaxis] == np.arange(len(self.classes_))
        return self.classes_[votes.sum(axis=0).argmax(axis=1)]


class Shard:
    """What one shard trains, and what came of it.

    Attributes
    ----------
    unfitted : model
        With seeds of its own; with ``partial_fit``, if there are several slices.
    n_slices : int
    model : fitted model or None
        None without any record.
    states : list of models
        The model before each slice; empty where there is one slice only.
    """

    def __init__(self, unfitted, n_slices, model=None, states=()):
        self.unfitted = unfitted
        self.n_slices = n_slices
        self.model = model
        self.states = list(states)

    def trained(self, X, y, slices, classes, first=0):
        """The shard, trained anew from its slice `first` on.

        Parameters
        ----------
        X, y : records and labels, of all shards
        slices : ndarray of int of shape (n_samples,)
            Slice of each record of this shard, -1 for all others.
        classes : ndarray of shape (n_classes,) or None
            Labels of all shards; None of quantities.
        first : int, default=0

        Returns
        -------
        shard : Shard
        """
        if not (slices >= 0).any():
            return Shard(self.unfitted, self.n_slices)
        if self.n_slices == 1:
            model = self._train_at_once(X, y, np.flatnonzero(slices == 0), classes)
            return Shard(self.unfitted, 1, model)
        states = self.states[: first + 1]
        model = deepcopy(states[-1]) if states else clone(self.unfitted)
        known = {} if classes is None else {"classes": classes}
        for number in range(max(len(states) - 1, 0), self.n_slices):
            states[number:] = [deepcopy(model)]
            rows = np.flatnonzero(slices == number)
            if len(rows):
                part = _safe_indexing(X, rows)
                model.partial_fit(part, y[rows], **known)
        return Shard(self.unfitted, self.n_slices, model, states)

    def _train_at_once(self, X, y, rows, classes):
        """A fit; of one class its constant, which many classifiers cannot learn."""
        alone = classes is not None and len(np.unique(y[rows])) == 1 < len(classes)
        model = DummyClassifier() if alone else clone(self.unfitted)
        return model.fit(_safe_indexing(X, rows), y[rows])
