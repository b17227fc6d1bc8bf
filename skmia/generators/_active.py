"""Shadow data of which only a few rows are labelled; the others take their labels."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Literal

import numpy as np
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import pairwise_distances_argmin
from sklearn.neighbors import KNeighborsClassifier
from sklearn.semi_supervised import (
    LabelPropagation,
    LabelSpreading,
    SelfTrainingClassifier,
)

from skmia.generators._asking import ShadowDataGenerator
from skmia.utils._random import draw_seeds, set_random_states
from skmia.utils._sklearn import COUNT, HasMethods, StrOptions
from skmia.utils._typing import Classifier, RandomStateLike

if TYPE_CHECKING:
    from skmia.generators._schema import FeatureSchema

# They are fitted on all rows; where a label is missing they expect -1.
_SEMI_SUPERVISED = (LabelPropagation, LabelSpreading, SelfTrainingClassifier)
_NO_LABEL = -1
# Calls in which uncertain rows are asked, after the first call.
_N_ROUNDS = 5


class ActiveLearningGenerator(ShadowDataGenerator):
    """Random rows, few of them labelled, from which the labels spread to the others.

    Parameters
    ----------
    n_labelled : int, default=100
        Rows whose labels are asked, at most.
    classifier : classifier, default=None
        Spreads the labels, over numbers scaled to [0, 1] and categories as indicator
        columns. Those of ``sklearn.semi_supervised`` are also given the rows without a
        label. None for the five nearest labelled rows, weighted by distance.
    selection : {"representative", "uncertain"}, default="representative"
        Which rows are labelled. "representative": those in the middle of `n_labelled`
        clusters. "uncertain": half as many of these, then, in a few rounds, the ones
        that `classifier` is least sure of.
    schema : FeatureSchema, default=None
        What records look like. None: as seen in the records given to `fit`.
    random_state : int, RandomState instance or None, default=None
        Seed of all random draws.

    Attributes
    ----------
    schema_ : FeatureSchema
        What records look like.
    n_queries_ : int
        Rows that the last call of `sample` with a target asked.
    n_calls_ : int
        Calls that it made.
    n_features_in_ : int
        Number of features of the records given to `fit`.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where there are any.

    See Also
    --------
    skmia.generators.QueryGenerator : Asks about every row.

    Notes
    -----
    Level: records. Threat model: few questions, of which only labels are used. Rows
    are drawn from the marginals of the records given to `fit`, uniformly if there are
    none. Without a target the labels come from these records, and as many of them as
    `n_labelled` says are used. The other labels are guesses: how often they are what
    the target answers is bounded by how well so few rows describe it.

    References
    ----------
    S. Truex et al., "Demystifying Membership Inference Attacks in Machine Learning as
    a Service", IEEE TSC 2019, active-learning-based generation.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.generators import ActiveLearningGenerator
    >>> X, y = load_iris(return_X_y=True)
    >>> target = GaussianNB().fit(X, y)
    >>> generator = ActiveLearningGenerator(n_labelled=50, random_state=0).fit(X)
    >>> X_shadow, y_shadow = generator.sample(1000, target)
    >>> (target.predict(X_shadow) == y_shadow).mean() > 0.8
    np.True_
    >>> generator.n_queries_ <= 50
    True
    """

    _parameter_constraints = ShadowDataGenerator._parameter_constraints | {
        "n_labelled": [COUNT],
        "classifier": [HasMethods(["fit", "predict_proba"]), None],
        "selection": [StrOptions({"representative", "uncertain"})],
    }

    def __init__(
        self,
        *,
        n_labelled: int = 100,
        classifier: Classifier | None = None,
        selection: Literal["representative", "uncertain"] = "representative",
        schema: FeatureSchema | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.n_labelled = n_labelled
        self.classifier = classifier
        self.selection = selection
        self.schema = schema
        self.random_state = random_state

    def _sample(self, n_samples, questions, rng):
        self._check_labels(questions)
        rows = self._draw(n_samples, rng)
        if questions is not None:
            pool, ask = rows, lambda places: questions.labels(rows[places])
            n_labelled = int(min(self.n_labelled, len(pool), questions.left))
            if n_labelled == 0:
                return rows[:0], np.empty(0), "no question is left"
        else:
            pool, ask = self._known, lambda places: self._labels[places]
            n_labelled = min(self.n_labelled, len(pool))
        unlabelled = to_distances(rows, self.schema_)
        E = to_distances(pool, self.schema_)
        classifier = self.classifier
        if classifier is not None:
            classifier = set_random_states(clone(classifier), rng)
        places, labels = self._select(E, ask, n_labelled, classifier, unlabelled, rng)
        if not len(labels):
            return rows[:0], labels, "the target answers nothing"
        names, fitted = spread_labels(classifier, E[places], labels, unlabelled)
        y = names[fitted.predict(unlabelled)]
        if pool is rows:
            y[places] = labels
        return rows, y, ""

    def _select(self, E, ask, n_labelled, classifier, unlabelled, rng):
        """Places and labels of the rows that are labelled."""
        n_first = n_labelled
        if self.selection == "uncertain":
            n_first = -(-n_labelled // 2)
        per_round = -(-(n_labelled - n_first) // _N_ROUNDS)
        places = find_medoids(E, n_first, rng)
        labels = ask(places)
        places = places[: len(labels)]
        while self.selection == "uncertain" and 0 < len(places) < n_labelled:
            _, fitted = spread_labels(classifier, E[places], labels, unlabelled)
            confidence = fitted.predict_proba(E).max(axis=1)
            confidence[places] = np.inf
            n_more = min(max(per_round, 1), n_labelled - len(places))
            more = np.argsort(confidence, kind="stable")[:n_more]
            answer = ask(more)
            if not len(answer):
                break
            places = np.append(places, more[: len(answer)])
            labels = np.append(labels, answer)
        return places, labels


def to_distances(Z, schema):
    """Encoded rows as points: numbers scaled to [0, 1], categories spread out.

    A category becomes indicator columns, of such a height that two categories are as
    far apart as the ends of a range.
    """
    width = schema.high - schema.low
    scaled = (Z - schema.low) / np.where(width > 0, width, 1)
    columns = []
    for i, kind in enumerate(schema.kinds):
        column = scaled[:, [i]]
        if kind == "categorical":
            column = (Z[:, [i]] == np.arange(schema.high[i] + 1)) / np.sqrt(2)
        columns.append(column)
    return np.hstack(columns)


def find_medoids(E, n, rng):
    """Places of at most n rows, each the nearest to the centre of one of n clusters."""
    kmeans = KMeans(n, n_init=1, random_state=draw_seeds(rng))
    with warnings.catch_warnings():
        # Fewer different rows than clusters: then fewer medoids are enough.
        warnings.simplefilter("ignore", ConvergenceWarning)
        centres = kmeans.fit(E).cluster_centers_
    return np.unique(pairwise_distances_argmin(centres, E))


def spread_labels(classifier, E, labels, unlabelled):
    """Classifier fitted on labelled points; None for the default one.

    A semi-supervised classifier is given the points without a label, too.
    """
    names, codes = np.unique(labels, return_inverse=True)
    if len(names) == 1:
        classifier = DummyClassifier()
    elif classifier is None:
        classifier = KNeighborsClassifier(min(5, len(E)), weights="distance")
    elif isinstance(classifier, _SEMI_SUPERVISED):
        E = np.vstack([E, unlabelled])
        codes = np.append(codes, np.full(len(unlabelled), _NO_LABEL))
    return names, clone(classifier).fit(E, codes)
