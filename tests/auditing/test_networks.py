"""Audit of a network on images: float32 in four dimensions, as skorch takes them."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from skmia import audit

torch = pytest.importorskip("torch")
skorch = pytest.importorskip("skorch")

N = 80


class Convolutions(torch.nn.Module):
    """Two classes of images of 8 x 8 with one channel."""

    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Conv2d(1, 8, 3),
            torch.nn.ReLU(),
            torch.nn.Flatten(),
            torch.nn.Linear(8 * 6 * 6, 2),
        )

    def forward(self, X):
        return torch.softmax(self.layers(X), dim=1)


@pytest.fixture(scope="module")
def images():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 2 * N)
    X = rng.normal(size=(2 * N, 1, 8, 8)).astype(np.float32)
    X[y == 1, 0, 2:6, 2:6] += 0.15
    return X, y


@pytest.mark.slow
def test_auc_of_the_loss(images):
    X, y = images
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = skorch.NeuralNetClassifier(
            Convolutions, max_epochs=40, lr=0.2, train_split=None, verbose=0
        ).fit(X[:N], y[:N])
        report = audit(
            network, X[:N], y[:N], X[N:], y[N:], n_shadows=4, random_state=0, fprs=0.1
        )
    assert (report.summary["status"] == "ok").all()
    loss = -np.log(network.predict_proba(X)[np.arange(2 * N), y].clip(1e-30))
    auc = roc_auc_score(np.arange(2 * N) < N, -loss)
    assert report.summary.loc["loss-threshold", "auc"] == pytest.approx(auc, abs=1e-9)
    # It has learned its training images by heart, and that is seen.
    assert report.summary.loc["loss-threshold", "auc_low"] > 0.5
    assert report.train_accuracy == network.score(X[:N], y[:N])
