"""A model that is not trained again, as an estimator that defenses take."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.frozen import FrozenEstimator
from sklearn.utils import ClassifierTags


class Deployed(FrozenEstimator):
    """A frozen classifier that need be no estimator of scikit-learn.

    Parameters
    ----------
    estimator : object
        What answers.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        What the model says, else the labels that it was trained on.
    """

    def fit(self, X, y):
        """Learn the labels; the model stays as it is."""
        self.classes_ = getattr(self.estimator, "classes_", np.unique(y))
        return self

    def __sklearn_is_fitted__(self):
        return True

    def __sklearn_tags__(self):
        tags = BaseEstimator.__sklearn_tags__(self)
        tags.estimator_type = "classifier"
        tags.classifier_tags = ClassifierTags()
        return tags
