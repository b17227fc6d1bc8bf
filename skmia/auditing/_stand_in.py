"""A model that answers at random and at once, to see what all else costs."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state

from skmia.signals._segmentation import IGNORED, maps_of, n_labels_of
from skmia.targets._answers import answers_of
from skmia.utils._kinds import is_regressor, kind_of, takes_no_labels
from skmia.utils._outputs import Outputs
from skmia.utils._records import n_records
from skmia.utils._sklearn import available_if


def stand_in_of(estimator):
    """Stand-in, not fitted, that answers what an estimator answers."""
    if is_regressor(estimator):
        return RegressorStandIn()
    if takes_no_labels(estimator):
        return ScorerStandIn(kind_of(estimator))
    return StandIn(tuple(sorted(answers_of(estimator))))


def _answers(method):
    return available_if(lambda model: method in model.answers)


class StandIn(ClassifierMixin, BaseEstimator):
    """Takes any records, and answers what another model answers.

    Parameters
    ----------
    answers : tuple of str
        Methods beside ``predict`` that it has.
    random_state : int, default=0
    """

    def __init__(self, answers=("predict_proba",), random_state=0):
        self.answers = answers
        self.random_state = random_state

    def fit(self, X, y):
        """Learn the classes, of several outputs those of each."""
        several = np.ndim(y) > 1
        self.classes_ = list(Outputs.of_labels(y)) if several else np.unique(y)
        return self

    def _of_each(self, X, answer):
        """Answers from random posteriors; of several outputs a list."""
        rng = check_random_state(self.random_state)
        several = isinstance(self.classes_, list)
        answers = [
            answer(rng.dirichlet(np.ones(len(classes)), size=n_records(X)), classes)
            for classes in (self.classes_ if several else [self.classes_])
        ]
        return answers if several else answers[0]

    @_answers("predict_proba")
    def predict_proba(self, X):
        """Random posteriors."""
        return self._of_each(X, lambda posterior, classes: posterior)

    @_answers("isolated_proba")
    def isolated_proba(self, X):
        """The same of nodes that are asked about alone."""
        return self.predict_proba(X)

    @_answers("decision_function")
    def decision_function(self, X):
        """The same as decisions."""
        return self._of_each(X, _decided)

    def predict(self, X):
        """The largest of them."""
        labels = self._of_each(X, lambda P, classes: classes[P.argmax(axis=1)])
        return np.column_stack(labels) if isinstance(labels, list) else labels

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def _decided(posterior, classes):
    decision = posterior - 1 / len(classes)
    return decision[:, 1] if len(classes) == 2 else decision


class RegressorStandIn(RegressorMixin, BaseEstimator):
    """Takes any records, and predicts like a regressor of as many outputs.

    Parameters
    ----------
    random_state : int, default=0
    """

    def __init__(self, random_state=0):
        self.random_state = random_state

    def fit(self, X, y):
        """Learn where labels lie."""
        self.mean_, self.spread_ = np.mean(y, axis=0), np.std(y, axis=0)
        return self

    def predict(self, X):
        """Random numbers like the labels."""
        rng = check_random_state(self.random_state)
        noise = rng.normal(size=(n_records(X), *np.shape(self.mean_)))
        return self.mean_ + self.spread_ * noise


def _of(kind):
    return available_if(lambda model: model.kind == kind)


class ScorerStandIn(BaseEstimator):
    """Takes any records without labels, and scores them.

    Parameters
    ----------
    kind : {"clusterer", "outlier_detector", "density_estimator", "segmenter", \
"recommender", "synthesizer", "autoencoder", "encoder"}, default="clusterer"
        What it stands for.
    random_state : int, default=0
    """

    def __init__(self, kind="clusterer", random_state=0):
        self.kind = kind
        self.random_state = random_state

    def fit(self, X, y=None):
        """There is nothing to learn; what is published are the records."""
        self.fitted_ = True
        if self.kind == "synthesizer":
            self.synthetic_ = X
        return self

    def score_samples(self, X):
        """Random scores."""
        rng = check_random_state(self.random_state)
        return rng.normal(size=n_records(X))

    def predict(self, X):
        """Whether a record has a score above 0, as detectors say it."""
        return np.where(self.score_samples(X) > 0, 1, -1)

    def transform(self, X):
        """Distances to two centres."""
        return np.abs(np.column_stack([self.score_samples(X)] * 2) - [3, -3])

    @_of("segmenter")
    def predict_proba(self, X):
        """Random posteriors of pixels, of as many labels as these maps have."""
        rng = check_random_state(self.random_state)
        n_labels = n_labels_of(X, IGNORED)
        return rng.dirichlet(np.ones(n_labels), size=maps_of(X).shape)

    @_of("recommender")
    def recommend(self, X, n=100):
        """The same items for all."""
        first = np.arange(min(n, X.shape[1]))
        return np.tile(first, (n_records(X), 1))

    @_of("autoencoder")
    def reconstruct(self, X):
        """Random numbers."""
        rng = check_random_state(self.random_state)
        return rng.normal(size=X.shape)

    @_of("encoder")
    def similarities(self, X):
        """A random cosine for each record."""
        return np.tanh(self.score_samples(X))[:, None]

    @_of("encoder")
    def encode(self, X):
        """A random number."""
        return self.score_samples(X)[:, None]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.estimator_type = self.kind
        return tags
