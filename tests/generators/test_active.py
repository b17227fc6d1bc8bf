"""A few labelled rows, and the labels of the others."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.spatial.distance import cdist
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.semi_supervised import LabelSpreading, SelfTrainingClassifier

from skmia.generators import ActiveLearningGenerator, FeatureSchema
from skmia.generators._active import find_medoids, to_distances
from skmia.targets import BlackBox

X, y = load_iris(return_X_y=True)
NAMES = np.array(["setosa", "versicolor", "virginica"])[y]
TARGET = GaussianNB().fit(X, NAMES)


class Recorder(GaussianNB):
    """Remembers what it was asked."""

    def predict(self, X):
        self.asked_ = np.vstack([getattr(self, "asked_", X[:0]), X])
        return super().predict(X)


@pytest.mark.parametrize("selection", ["representative", "uncertain"])
@pytest.mark.parametrize(
    "classifier",
    [
        None,
        LogisticRegression(),
        LabelSpreading(),
        SelfTrainingClassifier(LogisticRegression()),
    ],
)
def test_labels_spread_from_those_asked(selection, classifier):
    target = Recorder().fit(X, NAMES)
    generator = ActiveLearningGenerator(
        n_labelled=60, classifier=classifier, selection=selection, random_state=0
    )
    rows, labels = generator.fit(X).sample(400, target)
    asked = target.asked_
    assert len(asked) == generator.n_queries_ <= 60
    assert generator.n_calls_ <= 6
    # Rows that were asked have the answer; the others mostly what it would be.
    which = cdist(asked, rows).argmin(axis=1)
    assert_array_equal(rows[which], asked)
    truth = TARGET.predict(rows)
    assert_array_equal(labels[which], truth[which])
    assert np.mean(labels == truth) > 0.6


def test_uncertain_rows_help_at_the_boundary():
    rng = np.random.RandomState(0)
    X_line = rng.random_sample((300, 1))
    target = Recorder().fit(X_line, X_line[:, 0] > 0.7)
    generator = ActiveLearningGenerator(
        n_labelled=20,
        classifier=LogisticRegression(C=100),
        selection="uncertain",
        random_state=0,
    )
    generator.fit(X_line).sample(300, target)
    near = np.abs(target.asked_ - 0.7) < 0.2
    assert near[10:].mean() > near[:10].mean()


def test_without_a_target_known_labels_spread():
    generator = ActiveLearningGenerator(n_labelled=30, random_state=0)
    rows, labels = generator.fit(X, NAMES).sample(300)
    assert rows.shape == (300, 4)
    assert np.mean(labels == TARGET.predict(rows)) > 0.6
    with pytest.raises(ValueError, match="There are no labels"):
        generator.fit(X).sample(10)


def test_budget_and_label_only_access():
    api = BlackBox(TARGET, access="label", max_queries=7)
    generator = ActiveLearningGenerator(random_state=0).fit(X)
    rows, _ = generator.sample(100, api)
    assert len(rows) == 100
    assert generator.n_queries_ <= 7
    spent = BlackBox(TARGET, max_queries=0)
    with pytest.raises(ValueError, match="found 0 of 100 rows: no question is left"):
        generator.sample(100, spent)


def test_one_label_only():
    target = GaussianNB().fit(X[:60], NAMES[:60])
    generator = ActiveLearningGenerator(
        n_labelled=3, classifier=LogisticRegression(), random_state=0
    )
    _, labels = generator.fit(X[:50]).sample(20, target)
    assert set(labels) == {"setosa"}


def test_distances():
    schema = FeatureSchema.from_records(
        np.array([[0, 0], [4, 1], [2, 2]]), categorical=[1]
    )
    E = to_distances(np.array([[0.0, 0], [4, 0], [0, 1], [0, 2]]), schema)
    assert_allclose(cdist(E, E)[0], [0, 1, 1, 1])


def test_medoids_are_few_if_rows_are():
    E = np.repeat([[0.0], [1.0]], 10, axis=0)
    places = find_medoids(E, 5, np.random.RandomState(0))
    assert_array_equal(np.unique(E[places]), [0, 1])
