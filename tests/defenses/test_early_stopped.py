import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import make_blobs
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia.defenses import EarlyStoppedClassifier
from skmia.defenses.training._early_stopped import _length_parameter
from skmia.neural import MLPNet


@pytest.fixture(scope="module")
def blobs():
    return make_blobs(90, centers=3, cluster_std=3, random_state=0)


@pytest.fixture(scope="module")
def noise():
    """Labels are coin tosses: whatever is learned of them is learned by heart."""
    rng = np.random.RandomState(0)
    return rng.normal(size=(120, 20)), rng.randint(2, size=120)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (LogisticRegression(), "max_iter"),
        (HistGradientBoostingClassifier(), "max_iter"),
        (MLPNet(), "max_epochs"),
        (DecisionTreeClassifier(), "max_depth"),
        (RandomForestClassifier(), "max_depth"),
        (
            make_pipeline(StandardScaler(), LogisticRegression()),
            "logisticregression__max_iter",
        ),
    ],
)
def test_length_of_training(model, name):
    assert _length_parameter(model) == name
    assert name in model.get_params()


def test_stages_of_new_fits(blobs):
    model = EarlyStoppedClassifier(
        LogisticRegression(), max_epochs=10, patience=9, random_state=0
    ).fit(*blobs)
    assert model.history_["n_epochs"].tolist() == [1, 2, 4, 8, 10]
    assert model.estimator_.max_iter == model.n_epochs_


def test_best_stage_is_released_and_patience_ends_training(noise):
    network = MLPClassifier((30,), learning_rate_init=0.02)
    model = EarlyStoppedClassifier(network, patience=3, random_state=0).fit(*noise)
    losses = model.history_["validation_loss"]
    best = losses.argmin()
    assert model.n_epochs_ == best + 1
    # Coin tosses are learned by heart long before 100 passes.
    assert len(losses) == best + 1 + 3
    # One optimiser step per batch; the snapshot is not the model that went on.
    assert model.estimator_.t_ == model.n_epochs_ * (len(noise[1]) - 12)


def test_longer_training_of_the_same_model(noise):
    """The stages of a partial_fit do not depend on when training ends."""
    network = MLPClassifier((30,), learning_rate_init=0.02)
    long = EarlyStoppedClassifier(network, patience=20, max_epochs=20, random_state=0)
    short = EarlyStoppedClassifier(network, max_epochs=4, random_state=0)
    long, short = long.fit(*noise), short.fit(*noise)
    assert_array_equal(long.history_[:4], short.history_)


def test_gap_is_limited(noise):
    network = MLPClassifier((30,), learning_rate_init=0.02)
    settings = {"patience": 100, "max_epochs": 50, "random_state": 0}
    model = EarlyStoppedClassifier(network, max_gap=0.2, **settings).fit(*noise)
    gap = model.history_["validation_loss"] - model.history_["training_loss"]
    assert (gap[:-1] <= 0.2).all()
    assert gap.iloc[-1] > 0.2
    with pytest.raises(ValueError, match=r"after the first stage, .* Got 0\.0 instead"):
        EarlyStoppedClassifier(
            DecisionTreeClassifier(), max_gap=0.0, random_state=0
        ).fit(*noise)


def test_one_pass_is_all_that_naive_bayes_needs(blobs):
    model = EarlyStoppedClassifier(GaussianNB(), random_state=0).fit(*blobs)
    # Passes weigh all records alike: the moments stay, to the last digits.
    assert np.ptp(model.history_["validation_loss"]) < 1e-9


def test_held_out_records_are_not_trained_on(blobs):
    X, y = blobs
    model = EarlyStoppedClassifier(
        GaussianNB(), max_epochs=1, validation_fraction=0.2, random_state=0
    ).fit(X, y)
    assert model.estimator_.class_count_.tolist() == [24, 24, 24]


def test_model_without_scores(blobs):
    model = EarlyStoppedClassifier(SGDClassifier(), random_state=0).fit(*blobs)
    assert not hasattr(model, "predict_proba")
    errors = model.history_["validation_loss"]
    assert errors.between(0, 1).all()
    assert set(model.predict(blobs[0])) <= {0, 1, 2}


def test_every_class_on_both_sides():
    y = np.array(["a"] * 2 + ["b"] * 2 + ["c"] * 3, dtype=object)
    X = np.arange(7.0)[:, None]
    model = EarlyStoppedClassifier(DecisionTreeClassifier(), random_state=0).fit(X, y)
    assert_array_equal(model.estimator_.classes_, ["a", "b", "c"])
    with pytest.raises(
        ValueError, match=r"2 different records of every class.* Got 1 of class 'd"
    ):
        EarlyStoppedClassifier(DecisionTreeClassifier(), random_state=0).fit(
            X, [*y[:-1], "d"]
        )


@pytest.mark.parametrize(
    "model",
    [KNeighborsClassifier(), make_pipeline(StandardScaler(), GaussianNB())],
)
def test_models_that_are_not_trained_in_stages(model, blobs):
    with pytest.raises(TypeError, match=r"(?s)partial_fit, or with one of .* Got .*"):
        EarlyStoppedClassifier(model, random_state=0).fit(*blobs)
