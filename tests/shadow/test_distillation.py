"""Trajectories of distilled models."""

import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia import ShadowModels, observe
from skmia.metrics import auc_interval
from skmia.shadow import DistilledTrajectory, distilled_observations
from skmia.signals import signal

SEQMIA = ["loss", "max_confidence", "posterior_std", "entropy", "modified_entropy"]
STUDENTS = [
    MLPClassifier((8,)),
    SGDClassifier(loss="log_loss"),
    GaussianNB(),
    make_pipeline(StandardScaler(), SGDClassifier(loss="log_loss")),
]


@pytest.fixture(scope="module")
def parts():
    """Five disjoint parts of 400 records: (X, y) each."""
    X, y = make_classification(
        2000,
        n_informative=8,
        n_redundant=0,
        n_classes=4,
        class_sep=0.8,
        flip_y=0.1,
        random_state=0,
    )
    return list(zip(np.split(X, 5), np.split(y, 5), strict=True))


@pytest.fixture(scope="module")
def target(parts):
    return RandomForestClassifier(min_samples_leaf=5, random_state=0).fit(*parts[0])


def both(one, other):
    return np.vstack([one[0], other[0]]), np.r_[one[1], other[1]]


def test_trajectories_beat_chance_and_the_loss_alone(parts, target):
    shadow = RandomForestClassifier(min_samples_leaf=5, random_state=1).fit(*parts[2])
    member = np.repeat([1, 0], 400)
    auc = {}
    for n_snapshots in (0, 15):
        Z, own = (
            distilled_observations(
                model,
                *both(*candidates),
                X_distil=parts[4][0],
                n_snapshots=n_snapshots,
                random_state=0,
            )
            for model, candidates in [(shadow, parts[2:4]), (target, parts[:2])]
        )
        attack = make_pipeline(StandardScaler(), LogisticRegression()).fit(Z, member)
        score = attack.decision_function(own)
        auc[n_snapshots] = roc_auc_score(member, score)
        assert auc_interval(member, score, confidence_level=0.999)[0] > 0.5
    # An AUC over 400 pairs has a standard deviation of at most 0.025, the difference
    # of two over the same records less than 0.025 * 2**0.5.
    assert auc[15] > auc[0] + 2 * 0.025 * 2**0.5


def test_without_snapshots_it_is_the_loss_of_the_model(parts, target):
    X, y = parts[1]
    Z = distilled_observations(
        target, X, y, X_distil=parts[4][0], n_snapshots=0, random_state=0
    )
    assert_array_equal(Z.to_numpy(), observe(target, X, y, "loss"))
    assert list(Z) == ["loss_0"]


@pytest.mark.parametrize("student", STUDENTS)
def test_columns_and_last_element(parts, target, student):
    X, y = parts[1]
    trajectory = DistilledTrajectory(
        student, n_snapshots=3, signals=SEQMIA, random_state=0
    ).fit(target, parts[4][0])
    Z = trajectory.observe(X, y)
    assert list(Z) == [f"{metric}_{i}" for metric in SEQMIA for i in range(4)]
    last = Z[[f"{metric}_3" for metric in SEQMIA]]
    assert_array_equal(last, observe(target, X, y, SEQMIA))
    for i, snapshot in enumerate(trajectory.snapshots_):
        own = observe(snapshot, X, y, SEQMIA)
        assert_array_equal(Z[[f"{metric}_{i}" for metric in SEQMIA]], own)


def test_the_student_comes_to_agree_with_the_model(parts, target):
    X = parts[4][0]
    trajectory = DistilledTrajectory(n_snapshots=30, random_state=0).fit(target, X)
    P = target.predict_proba(X)
    apart = [abs(s.predict_proba(X) - P).mean() for s in trajectory.snapshots_]
    assert apart[-1] < apart[9] < apart[0]


def test_soft_labels_are_weights(parts):
    """Naive Bayes on weighted copies is naive Bayes on the expected counts."""
    X = parts[4][0]

    class Recorded:
        classes_ = np.array(["no", "yes"])

        def predict_proba(self, X):
            p = 0.25 + 0.5 * (np.arange(len(X)) % 2)
            return np.column_stack([1 - p, p])

    model = Recorded()
    own = DistilledTrajectory(GaussianNB(), n_snapshots=1).fit(model, X).snapshots_[0]
    weight = model.predict_proba(X)
    twice = GaussianNB().fit(
        np.vstack([X, X]), np.repeat(["no", "yes"], len(X)), weight.T.ravel()
    )
    assert_allclose(own.predict_proba(X), twice.predict_proba(X), rtol=1e-6)


@pytest.mark.parametrize("student", STUDENTS)
def test_a_class_that_no_posterior_mentions(parts, student):
    X, y = parts[0]
    names = np.array(["a", "b", "c", "d"])[y]
    model = GaussianNB().fit(X, names)
    model.class_prior_ = np.array([0.5, 0.5, 0.0, 0.0])
    with np.errstate(divide="ignore"):
        trajectory = DistilledTrajectory(student, n_snapshots=2, random_state=0)
        trajectory.fit(model, parts[4][0])
        assert not model.predict_proba(X)[:, 2:].any()
    # Naive Bayes has no variances for a class without records.
    if not isinstance(student, GaussianNB):
        for snapshot in trajectory.snapshots_:
            assert list(snapshot.classes_) == list("abcd")
            assert np.isfinite(snapshot.predict_proba(X)).all()


def test_classes_that_the_model_never_saw(parts, target):
    X, y = parts[1]
    Z = distilled_observations(
        target,
        X,
        np.where(y == 0, 9, y),
        [1, 2, 3, 9],
        X_distil=parts[4][0],
        n_snapshots=2,
        signals=["loss", "posterior"],
        random_state=0,
    )
    assert_allclose(Z.loc[y == 0, ["loss_0", "loss_1", "loss_2"]], -np.log(1e-30))
    assert_array_equal(Z[["posterior_9_0", "posterior_9_2"]], 0)


def test_seed_decides(parts, target):
    def distil(seed):
        return distilled_observations(
            target, *parts[1], X_distil=parts[4][0], n_snapshots=2, random_state=seed
        )

    pd.testing.assert_frame_equal(distil(0), distil(0))
    assert (distil(0) != distil(1)).any(axis=None)


def test_frames_keep_their_index(parts, target):
    X, y = parts[1]
    columns = [f"x{i}" for i in range(X.shape[1])]
    model = RandomForestClassifier(5, random_state=0)
    model.fit(pd.DataFrame(X, columns=columns), y)
    trajectory = DistilledTrajectory(n_snapshots=1, random_state=0)
    trajectory.fit(model, pd.DataFrame(parts[4][0], columns=columns))
    Z = trajectory.observe(pd.DataFrame(X, columns=columns, index=range(5, 405)), y)
    assert list(Z.index) == list(range(5, 405))


def test_as_a_signal_of_shadow_models(parts):
    trajectory = signal(
        "predict_proba",
        probing=True,
        name="loss",
        columns=range(3),
        X_distil=parts[4][0],
        n_snapshots=2,
        random_state=0,
    )(distilled_observations)
    tree = DecisionTreeClassifier(min_samples_leaf=4)
    shadows = ShadowModels(tree, n_shadows=2, signals=trajectory, random_state=0).fit(
        *parts[0]
    )
    Z, member, _ = shadows.observations()
    assert list(Z) == ["loss_0", "loss_1", "loss_2"]
    assert roc_auc_score(member, -Z["loss_2"]) > 0.6


@pytest.mark.parametrize("student", [DecisionTreeClassifier(), SGDClassifier()])
def test_what_cannot_imitate(parts, target, student):
    message = f"partial_fit with sample_weight. Got {student!r} instead."
    with pytest.raises(TypeError, match=re.escape(message)):
        DistilledTrajectory(student, random_state=0).fit(target, parts[4][0])


def test_not_fitted():
    with pytest.raises(NotFittedError, match="has imitated no model yet"):
        DistilledTrajectory().observe([[0.0]], [0])


def test_parameter_errors():
    with pytest.raises(ValueError, match=r"'n_snapshots' parameter .* Got -1 instead"):
        DistilledTrajectory(n_snapshots=-1)
