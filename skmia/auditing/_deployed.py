"""A model that is not trained again, as an estimator that defenses take."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.frozen import FrozenEstimator
from sklearn.utils import ClassifierTags, RegressorTags

from skmia.utils._kinds import is_regressor


class Deployed(FrozenEstimator):
    """A frozen model that need be no estimator of scikit-learn.

    Parameters
    ----------
    estimator : object
        What answers.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        What the model says, else the labels that it was trained on. Not of a
        regressor.
    """

    def fit(self, X, y):
        """Learn the labels; the model stays as it is."""
        if not is_regressor(self.estimator):
            self.classes_ = getattr(self.estimator, "classes_", np.unique(y))
        return self

    def __sklearn_is_fitted__(self):
        return True

    def __sklearn_tags__(self):
        tags = BaseEstimator.__sklearn_tags__(self)
        if is_regressor(self.estimator):
            tags.estimator_type = "regressor"
            tags.regressor_tags = RegressorTags()
            tags.target_tags.multi_output = True
        else:
            tags.estimator_type = "classifier"
            tags.classifier_tags = ClassifierTags()
        return tags
