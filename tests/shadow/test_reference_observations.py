"""A target beside shadow models, and shadow models in its place."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia import ShadowModels, observe

X, y = load_digits(return_X_y=True)
POOL, POOL_LABELS = X[:200], y[:200]
SIGNALS = ["loss", "confidence"]


@pytest.fixture(scope="module")
def shadows():
    return ShadowModels(GaussianNB(), n_shadows=6, random_state=0).fit(
        POOL, POOL_LABELS
    )


@pytest.fixture(scope="module")
def target():
    return DecisionTreeClassifier(random_state=0).fit(X[:100], y[:100])


def test_the_pool_comes_with_its_membership(shadows, target):
    Z = shadows.reference_observations(target, SIGNALS)
    assert Z.shape == (200, 2 * 7 + 6)
    inside = Z[[f"in|{i}" for i in range(6)]].to_numpy()
    np.testing.assert_array_equal(inside, shadows.membership_.T)
    own = observe(target, POOL, POOL_LABELS, SIGNALS, classes=shadows.classes_)
    np.testing.assert_array_equal(Z["loss|target"], own["loss"].astype(np.float32))
    reference = Z[[f"loss|{i}" for i in range(6)]].to_numpy()
    np.testing.assert_array_equal(reference, shadows.reference("loss"))


def test_other_records_are_out_of_every_model(shadows, target):
    Z = shadows.reference_observations(target, "loss", X[200:300], y[200:300])
    assert Z.columns.tolist() == ["loss|target", *(f"loss|{i}" for i in range(6))]
    assert len(Z) == 100


def test_recorded_signals_give_the_same_table(shadows, target):
    recorded = ShadowModels(GaussianNB(), n_shadows=6, signals=SIGNALS, random_state=0)
    recorded.fit(POOL, POOL_LABELS)
    expected = shadows.reference_observations(target, ["confidence"])
    assert recorded.reference_observations(target, ["confidence"]).equals(expected)


def test_pseudo_targets_are_beside_all_the_others(shadows):
    Z, member, shadow = shadows.pseudo_observations("loss", n_targets=2)
    assert Z.shape == (400, 6 + 5)
    reference = shadows.reference("loss")
    np.testing.assert_array_equal(Z["loss|target"][shadow == 1], reference[:, 1])
    np.testing.assert_array_equal(Z["loss|1"][shadow == 1], reference[:, 2])
    np.testing.assert_array_equal(member[shadow == 1], shadows.membership_[1])
    np.testing.assert_array_equal(Z["in|0"][shadow == 1], shadows.membership_[0])
