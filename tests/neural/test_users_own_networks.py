"""Networks of other people's, which draw from torch's global generator."""

import threading

import joblib
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from slow_cases import others_slow

torch = pytest.importorskip("torch")

from skmia import ShadowModels  # noqa: E402
from skmia.defenses import SelenaClassifier  # noqa: E402
from skmia.neural._global_draws import GlobalDraws  # noqa: E402
from skmia.utils._fitting import fit_clone  # noqa: E402

X, y = load_iris(return_X_y=True)


class DropoutNet(ClassifierMixin, BaseEstimator):
    """A network with dropout that knows of no seed."""

    def fit(self, X, y):
        X, y = torch.tensor(X, dtype=torch.float32), torch.tensor(y)
        self.classes_ = y.unique().numpy()
        layers = torch.nn.Linear(4, 16), torch.nn.ReLU(), torch.nn.Dropout(0.5)
        self.network_ = torch.nn.Sequential(*layers, torch.nn.Linear(16, 3))
        optimizer = torch.optim.Adam(self.network_.parameters())
        for _ in range(30):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(self.network_(X), y).backward()
            optimizer.step()
        return self

    def predict_proba(self, X):
        network = self.network_.eval()
        return network(torch.tensor(X, dtype=torch.float32)).softmax(axis=1)

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


MODELS = {
    "network": DropoutNet(),
    "pipeline": make_pipeline(StandardScaler(), DropoutNet()),
    # What is parallel inside would wait for a lock that the outer fit holds.
    "ensemble": SelenaClassifier(DropoutNet(), n_models=4, n_out=2, n_jobs=2),
}


def answers(model, n_jobs=1):
    shadows = ShadowModels(model, n_shadows=6, n_jobs=n_jobs, random_state=0).fit(X, y)
    return shadows.observations(["posterior"])[0].to_numpy()


@pytest.mark.parametrize("name", others_slow(MODELS, ["network", "pipeline"]))
def test_threads_wait_for_each_other(name):
    """And another order of the fits, or draws of others before, change nothing."""
    expected = answers(MODELS[name])
    torch.rand(7)
    with joblib.parallel_config("threading"):
        assert_array_equal(answers(MODELS[name], n_jobs=3), expected)


@pytest.mark.slow
def test_processes_give_the_same():
    expected = answers(MODELS["network"])
    with joblib.parallel_config("loky"):
        assert_array_equal(answers(MODELS["network"], n_jobs=2), expected)


def test_models_differ_by_their_seed():
    rows = np.arange(150)
    shadows = ShadowModels(DropoutNet(), cv=[(rows, rows[:1])] * 2, random_state=0)
    one, two = (model.network_[0].weight for model in shadows.fit(X, y).estimators_)
    assert not torch.equal(one, two)


def test_the_global_generator_is_as_it_was():
    before = torch.get_rng_state()
    answers(MODELS["network"])
    assert torch.equal(torch.get_rng_state(), before)


def test_own_networks_and_other_peoples_wait_for_each_other():
    """There is one generator, whoever trains: one lock for both ways."""
    begun, done = threading.Event(), threading.Event()

    def train():
        begun.set()
        fit_clone(DropoutNet(), X, y, np.arange(150), 0)
        done.set()

    other = threading.Thread(target=train)
    with GlobalDraws(0, "cpu").inside():
        other.start()
        begun.wait()
        # It takes a few hundredths of a second where nothing holds it.
        assert not done.wait(2)
    other.join()
    assert done.is_set()
