"""The models inside a fitted ensemble, each as a model of its own."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.ensemble import BaseEnsemble
from sklearn.utils import _safe_indexing

from skmia.utils._kinds import is_regressor
from skmia.utils._sklearn import available_if


def _has(method):
    """Whether a member has a method: if its model has it."""
    return available_if(lambda member: hasattr(member.model, method))


class EnsembleMember(ClassifierMixin, BaseEstimator):
    """One model of an ensemble, with the ensemble's labels and features.

    Bagging ensembles and forests train their models on encoded labels and on a
    subset of the columns; this view translates both.

    Parameters
    ----------
    model : fitted classifier
    classes : ndarray of shape (n_classes,)
        The ensemble's labels.
    encoded : bool
        Whether the labels of the model are positions in `classes`.
    features : ndarray of int, default=None
        Columns that the model takes. None for all.
    """

    def __init__(self, model, classes, encoded, features=None):
        self.model = model
        self.classes = classes
        self.encoded = encoded
        self.features = features

    @property
    def classes_(self):
        """Labels that the model knows, of the ensemble's kind."""
        own = np.asarray(self.model.classes_)
        return self.classes[own.astype(int)] if self.encoded else own

    @_has("predict_proba")
    def predict_proba(self, X):
        """Posterior of the model, columns in the order of ``classes_``."""
        return self.model.predict_proba(_columns(X, self.features))

    @_has("apply")
    def apply(self, X):
        """Leaf of each record in a tree."""
        return self.model.apply(_columns(X, self.features))

    def predict(self, X):
        """Label with the largest posterior; what the model says where it has none."""
        if hasattr(self, "predict_proba"):
            return self.classes_[self.predict_proba(X).argmax(axis=1)]
        said = self.model.predict(_columns(X, self.features))
        return self.classes[said.astype(int)] if self.encoded else said


class RegressorMember(RegressorMixin, BaseEstimator):
    """One model of an ensemble of regressors, with the ensemble's features.

    Parameters
    ----------
    model : fitted regressor
    features : ndarray of int, default=None
        Columns that the model takes. None for all.
    """

    def __init__(self, model, features=None):
        self.model = model
        self.features = features

    @_has("apply")
    def apply(self, X):
        """Leaf of each record in a tree."""
        return self.model.apply(_columns(X, self.features))

    def predict(self, X):
        """What the model predicts."""
        return self.model.predict(_columns(X, self.features))


def _columns(X, features):
    """Records as a model of an ensemble takes them."""
    X = X.to_numpy() if hasattr(X, "iloc") else X
    return X if features is None else _safe_indexing(X, features, axis=1)


def ensemble_members(ensemble):
    """Models of a fitted bagging, forest or boosting ensemble.

    Parameters
    ----------
    ensemble : fitted bagging ensemble, forest or AdaBoost
        Anything whose ``estimators_`` is a flat list of classifiers, or of regressors.

    Returns
    -------
    members : list of EnsembleMember, or of RegressorMember
    """
    models, regresses = getattr(ensemble, "estimators_", None), is_regressor(ensemble)
    if (
        # Voting, stacking and one-vs-rest relabel the classes in ways of their own.
        not isinstance(ensemble, BaseEnsemble)
        or not isinstance(models, list)
        or not (regresses or all(hasattr(model, "classes_") for model in models))
    ):
        raise TypeError(
            f"{type(ensemble).__name__} is no bagging, forest or AdaBoost ensemble "
            "whose models could be used one by one."
        )
    features = getattr(ensemble, "estimators_features_", [None] * len(models))
    if regresses:
        pairs = zip(models, features, strict=True)
        return [RegressorMember(model, columns) for model, columns in pairs]
    classes = np.asarray(ensemble.classes_)
    # AdaBoost hands the labels on as they are; bagging and forests encode them.
    encoded = hasattr(ensemble, "estimators_samples_")
    return [
        EnsembleMember(model, classes, encoded, columns)
        for model, columns in zip(models, features, strict=True)
    ]
