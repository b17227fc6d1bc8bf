"""Data that checks are run on, where the author of what is checked gives none."""

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA
from sklearn.ensemble import GradientBoostingClassifier, IsolationForest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KernelDensity, KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils import check_random_state

from skmia.shadow import ShadowModels
from skmia.signals._moves import moves_images
from skmia.targets import Autoencoder, Explained, Session, Synthesizer
from skmia.tasks import (
    SGC,
    Encoder,
    NeighbourRecommender,
    NodeClassifier,
    Segmenter,
    TextAnswers,
    TranslationMemory,
    UserLevel,
    bundle,
)
from skmia.utils._kinds import is_regressor


def obvious_observations(checked=None):
    """Observations that tell members from non-members, and membership."""
    rng = check_random_state(0)
    member = rng.permutation(np.repeat([0, 1], 60))
    true_label = rng.randint(2, size=120)
    confidence = np.where(
        member, rng.uniform(0.9, 0.99, size=120), rng.uniform(0.3, 0.8, size=120)
    )
    Z = pd.DataFrame(
        {
            "confidence": confidence,
            "loss": -np.log(confidence),
            "correctness": (confidence > 0.5).astype(float),
            "posterior_0": np.where(true_label == 0, confidence, 1 - confidence),
            "posterior_1": np.where(true_label == 1, confidence, 1 - confidence),
            "true_label": true_label.astype(float),
        }
    )
    return Z, member


def overlapping_classes(checked=None):
    """Records of three classes, and their labels."""
    X, y = make_blobs(80, n_features=4, cluster_std=6, random_state=0)
    names = [f"feature_{i}" for i in range(4)]
    return pd.DataFrame(X, columns=names), np.array(["b", "c", "a"])[y]


def records_of_kind(defense):
    """The same records for a classifier; with quantities for a regressor."""
    X, y = overlapping_classes()
    if is_regressor(defense):
        y = X.sum(axis=1).to_numpy() + np.random.RandomState(0).normal(size=len(X))
    return X, y


def _flattened(X):
    return X.reshape(len(X), -1)


def session_and_shadows(checked=None):
    """A target with records in question, and shadow models, on the same records."""
    X, y = make_blobs(60, n_features=4, cluster_std=6, random_state=0)
    y = np.array(["b", "c", "a"])[y]
    model = GradientBoostingClassifier(n_estimators=2, random_state=0)
    shadows = ShadowModels(model, n_shadows=4, random_state=0).fit(X, y)
    return Session(clone(model).fit(X[::2], y[::2]), X, y), shadows


def _as_they_are(X, y):
    return X


def _shifted(X, random_state):
    return X + random_state.normal(size=X.shape)


def _users(X, y):
    """Users of two records each."""
    return bundle(X, y, np.arange(len(y)) // 2)


def _texts(X, y):
    """Pairs of words and of the same the other way round."""
    words = np.array(["red", "green", "blue"])[np.argsort(X.to_numpy()[:, :3])]
    return np.array([[" ".join(said), " ".join(said[::-1])] for said in words])


def _pixels(X, y):
    """Images of two channels, and their label maps, of three labels."""
    return np.random.RandomState(0).randint(3, size=(len(y), 4, 4, 3))


def _ratings(X, y):
    """What users have rated, of some items."""
    return np.random.RandomState(0).binomial(1, 0.3, size=(len(y), 12))


class _Judged(KernelDensity):
    """A generator that keeps what judges its rows."""

    def discriminate(self, X):
        return self.score_samples(X)


# Of each kind that is trained on records alone a model, and its records.
_UNLABELLED = {
    "density_estimator": (KernelDensity(), _as_they_are),
    "outlier_detector": (
        IsolationForest(n_estimators=5, random_state=0),
        _as_they_are,
    ),
    "clusterer": (KMeans(3, n_init=1, random_state=0), _as_they_are),
    "user_model": (
        UserLevel(DecisionTreeClassifier(max_depth=2, random_state=0)),
        _users,
    ),
    "text_model": (TextAnswers(TranslationMemory()), _texts),
    "segmenter": (Segmenter(GaussianNB()), _pixels),
    "recommender": (NeighbourRecommender(), _ratings),
    "autoencoder": (Autoencoder(PCA(2)), _as_they_are),
    "encoder": (Encoder(PCA(2), augment=_shifted, n_views=3), _as_they_are),
    "synthesizer": (
        Synthesizer(_Judged(bandwidth=0.3), random_state=0),
        _as_they_are,
    ),
}


def recommender_and_shadows():
    """A recommender with users in question, and shadow models."""
    X, model = _ratings(*overlapping_classes()), NeighbourRecommender()
    shadows = ShadowModels(model, n_shadows=4, random_state=0).fit(X)
    return Session(clone(model).fit(X[::2]), X), shadows


def model_and_records(signal):
    """A fitted model of the kind that has the signal, records and labels."""
    X, y = overlapping_classes()
    if moves_images(signal):
        X, flatten = X.to_numpy().reshape(-1, 2, 2), FunctionTransformer(_flattened)
        model = make_pipeline(flatten, DecisionTreeClassifier(random_state=0))
    elif signal.access == "explanations":
        model = Explained(KNeighborsClassifier(), explainer="occlusion", records=2)
    elif "isolated_proba" in signal.asks:
        links = np.eye(len(X), k=1)
        model = NodeClassifier(SGC(), X, links + links.T)
        X = np.arange(len(X))
    elif signal.fits("classifier"):
        model = GradientBoostingClassifier(n_estimators=2, random_state=0)
    elif signal.fits("regressor"):
        model, y = LinearRegression(), X.sum(axis=1).to_numpy()
    else:
        kind = next(filter(signal.fits, _UNLABELLED))
        model, records_of = _UNLABELLED[kind]
        X = records_of(X, y)
        y = y[: len(X)]
    model = clone(model).fit(X[::2], y[::2])
    # One that holds rows and proves something, as does what is before it, and one
    # that has weights; of those that predict quantities one with leaves.
    others = [SVC(random_state=0), LogisticRegression()]
    if not signal.fits("classifier"):
        others = [DecisionTreeRegressor(random_state=0)]
    for other in others:
        if signal.refuses is not None and signal.refuses(model):
            model = make_pipeline(MinMaxScaler(), other).fit(X[::2], y[::2])
    return model, X, y
