import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from skmia.defenses import RandomScorePosterior, defended_by
from skmia.neural import HAMPClassifier, NetClassifier
from skmia.neural.objectives import HAMPTraining, Mixup

X, y = load_digits(return_X_y=True)
X, y = X[:400] / 16, y[:400]
NET = NetClassifier(max_epochs=5, learning_rate=0.01, random_state=0)


def test_both_parts():
    model = HAMPClassifier(NET, gamma=0.4, alpha=0.1, random_state=0).fit(X, y)
    trained = NetClassifier(**NET.get_params(deep=False))
    trained.set_params(objective=HAMPTraining(0.4, alpha=0.1)).fit(X, y)
    assert isinstance(model.estimator_, RandomScorePosterior)
    assert_array_equal(
        model.estimator_.estimator_.predict_proba(X), trained.predict_proba(X)
    )
    assert_array_equal(model.predict(X), trained.predict(X))
    masked = RandomScorePosterior(trained, random_state=0).fit(X, y)
    assert_array_equal(model.predict_proba(X), masked.predict_proba(X))


def test_of_images_and_in_a_pipeline():
    def conv(n_outputs):
        layers = nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(144, n_outputs)
        return nn.Sequential(*layers)

    images = X.reshape(-1, 1, 8, 8)
    of_images = NetClassifier(conv, max_epochs=5, random_state=0)
    model = HAMPClassifier(of_images, random_state=0).fit(images, y)
    assert_allclose(model.predict_proba(images).sum(axis=1), 1, rtol=1e-12)
    piped = HAMPClassifier(make_pipeline(StandardScaler(), NET), random_state=0)
    assert piped.fit(X, y).score(X, y) > 0.8


@pytest.mark.parametrize(
    "estimator",
    [
        LogisticRegression(),
        NetClassifier(objective=Mixup()),
        make_pipeline("passthrough"),
    ],
)
def test_networks_that_are_none(estimator):
    with pytest.raises(TypeError, match="must be a NetClassifier without an objective"):
        HAMPClassifier(estimator).fit(X, y)


def test_weights_go_to_the_network():
    model = HAMPClassifier(NET, random_state=0)
    some = np.arange(400) < 300
    part = model.fit(X[some], y[some]).predict(X)
    assert_array_equal(model.fit(X, y, sample_weight=some).predict(X), part)


def test_what_is_released():
    release = defended_by(HAMPClassifier(NET))
    assert release.layers["defense"].tolist() == ["HAMPClassifier"]
    assert release.answers == ("predict", "predict_proba")
