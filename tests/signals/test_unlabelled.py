"""Signals of models without labels, and which kind a model is of."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest, VotingClassifier
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KernelDensity, LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia import observe
from skmia.signals import get_signal, get_signal_names
from skmia.targets import Session
from skmia.utils._kinds import kind_of

X = np.random.default_rng(0).normal(size=(40, 3))
OF_CENTRES = ["centre_distance", "centre_margin"]


class Cosines(ClusterMixin, BaseEstimator):
    """Says how near centres are, and not how far."""

    def fit(self, X, y=None):
        return self

    def predict(self, X):
        return np.zeros(len(X), dtype=int)

    def transform(self, X):
        return -np.ones((len(X), 2))


@pytest.mark.parametrize("n_clusters", [1, 2, 7])
def test_distances_to_centres(n_clusters):
    model = KMeans(n_clusters, n_init=1, random_state=0).fit(X)
    seen = observe(model, X, signals=OF_CENTRES)
    apart = np.linalg.norm(X[:, None] - model.cluster_centers_, axis=2)
    apart.sort(axis=1)
    assert_allclose(seen["centre_distance"], apart[:, 0])
    margin = apart[:, 1] - apart[:, 0] if n_clusters > 1 else np.zeros(len(X))
    assert_allclose(seen["centre_margin"], margin)


def test_detectors_say_whom_they_call_normal():
    model = IsolationForest(n_estimators=5, contamination=0.25, random_state=0).fit(X)
    seen = observe(model, X, signals=["inlier", "score_samples"])
    assert_array_equal(seen["inlier"], model.predict(X) == 1)
    assert_array_equal(seen["score_samples"], model.score_samples(X))


def test_what_is_asked_by_default():
    centres = KMeans(3, n_init=1, random_state=0).fit(X)
    assert list(observe(centres, X)) == OF_CENTRES
    for model in (KernelDensity(), PCA(2), GaussianMixture(2, random_state=0)):
        assert list(observe(model.fit(X), X)) == ["score_samples"]


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        (KMeans(random_state=0), "clusterer"),
        (GaussianMixture(random_state=0), "density_estimator"),
        (KernelDensity(), "density_estimator"),
        (make_pipeline(StandardScaler(), KernelDensity()), "density_estimator"),
        (PCA(), "density_estimator"),
        (LocalOutlierFactor(novelty=True), "outlier_detector"),
        (make_pipeline(PCA(), KMeans(random_state=0)), "clusterer"),
        (StandardScaler(), None),
        (DecisionTreeClassifier(random_state=0), "classifier"),
    ],
    ids=str,
)
def test_kinds(model, kind):
    assert kind_of(model) == kind
    assert kind_of(Session(model.fit(X, np.arange(40) % 2), X)) == kind


def test_names_by_kind():
    assert get_signal_names(of="clusterer") == OF_CENTRES
    densities = get_signal_names(of="density_estimator")
    assert densities == ["log_density", "score_samples"]
    detector = {"access": "label", "of": "outlier_detector"}
    assert get_signal_names(**detector) == ["inlier"]


def test_clusterers_alone_answer_by_what_they_transform():
    y = np.arange(40) % 2
    votes = VotingClassifier([("tree", DecisionTreeClassifier(random_state=0))]).fit(
        X, y
    )
    assert "transform" not in Session(votes, X, y).answers
    assert "transform" in Session(KMeans(2, n_init=1, random_state=0).fit(X), X).answers


def test_what_is_no_distance_is_refused():
    with pytest.raises(ValueError, match="a distance to each of its centres, none"):
        observe(Cosines().fit(X), X)
    with pytest.raises(ValueError, match="is of a clusterer, and this KernelDensity"):
        observe(KernelDensity().fit(X), X, signals="centre_distance")


@pytest.mark.parametrize("name", ["inlier", *OF_CENTRES])
def test_labels_are_not_asked_for(name):
    signal = get_signal(name)
    assert not signal.needs_y
    assert signal.greater_is_member is (name != "centre_distance")
