import pickle

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes
from sklearn.metrics import r2_score
from sklearn.model_selection import GridSearchCV
from sklearn.preprocessing import StandardScaler, scale
from skorch import NeuralNetRegressor
from torch import nn

from skmia import ShadowModels
from skmia.neural import NetRegressor
from skmia.neural.objectives import Mixup


class Linear(nn.Module):
    def __init__(self, n_features, n_outputs):
        super().__init__()
        self.layer = nn.Linear(n_features, n_outputs)

    def forward(self, x):
        return self.layer(x)


@pytest.fixture(scope="module")
def data():
    X, y = load_diabetes(return_X_y=True)
    return scale(X), scale(y)


@pytest.mark.parametrize(
    "module", [None, Linear, NeuralNetRegressor(nn.Linear(10, 1), lr=0.05, verbose=0)]
)
def test_learns(module, data):
    X, y = data
    model = NetRegressor(module, max_epochs=50, learning_rate=0.01, random_state=0)
    assert model.fit(X, y).predict(X).shape == (442,)
    # Least squares reaches .52.
    assert model.score(X, y) > 0.45


def test_linear_is_least_squares(data):
    X, y = data
    model = NetRegressor(Linear, max_epochs=700, learning_rate=0.03, batch_size=442)
    model.set_params(random_state=0).fit(X, y)
    exact = np.linalg.lstsq(np.column_stack([X, np.ones(442)]), y, rcond=None)[0]
    best = r2_score(y, X @ exact[:-1] + exact[-1])
    # Columns of these data are nearly dependent, and the loss is flat: what is left of
    # it, not the weights, is compared.
    assert best - 0.002 < model.score(X, y) < best + 1e-6


def test_several_quantities(data):
    X, y = data
    several = np.column_stack([y, -y])
    model = NetRegressor(max_epochs=50, random_state=0).fit(X, several)
    predicted = model.predict(X)
    assert predicted.shape == (442, 2)
    assert np.corrcoef(predicted.T)[0, 1] < -0.9
    assert_array_equal(pickle.loads(pickle.dumps(model)).predict(X), predicted)


def test_weights(data):
    X, y = data
    model = NetRegressor(max_epochs=3, random_state=0)
    plain = model.fit(X, y).predict(X)
    assert_array_equal(model.fit(X, y, sample_weight=np.full(442, 3)).predict(X), plain)
    some = np.arange(442) < 300
    part = model.fit(X[some], y[some]).predict(X)
    assert_array_equal(model.fit(X, y, sample_weight=some).predict(X), part)


def test_parameters_are_searched_as_usual(data):
    model = NetRegressor(objective=Mixup(), max_epochs=2, random_state=0)
    search = GridSearchCV(model, {"objective__alpha": [0, 1]}, error_score="raise")
    assert len(search.fit(*data).cv_results_["params"]) == 2


def test_shadow_models(data):
    X, y = data
    shadows = ShadowModels(NetRegressor(max_epochs=5), n_shadows=2, random_state=0)
    pairs, member, shadow = shadows.fit(X[:100], y[:100]).pairs()
    assert len(pairs) == len(member) == 200
    assert len(np.unique(shadow)) == 2


def test_quantities_in_large_units(data):
    X, y = data
    net = NetRegressor(max_epochs=50, learning_rate=0.01, random_state=0)
    scaled = TransformedTargetRegressor(net, transformer=StandardScaler())
    assert scaled.fit(X, 1e6 * y).score(X, 1e6 * y) > 0.45
    steep = NetRegressor(optimizer="sgd", random_state=0)
    message = "NetRegressor diverged.* Scale the features and y, or lower"
    with pytest.raises(ValueError, match=message):
        steep.fit(X, 1e30 * y)
    with pytest.raises(ValueError, match="y contains a value too large"):
        steep.fit(X, 1e300 * y)
    assert not hasattr(steep, "network_")


def test_labels_are_refused(data):
    with pytest.raises(ValueError, match="could not convert"):
        NetRegressor().fit(data[0], ["a"] * 442)


def test_targets_are_of_classes(data):
    X, y = data
    with pytest.raises(TypeError, match="no 'targets': quantities are given as y"):
        NetRegressor().fit(X, y, targets=y[:, None], classes=[0])
