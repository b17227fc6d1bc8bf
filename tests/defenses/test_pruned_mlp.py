import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import make_blobs
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmia.defenses import PrunedMLPClassifier


class Watched(MLPClassifier):
    """Keeps the weights that each further pass starts from, and the passes' labels."""

    def partial_fit(self, X, y, sample_weight=None, classes=None):
        seen = getattr(self, "seen", [])
        self.seen = [*seen, [coef.copy() for coef in self.coefs_]]
        return super().partial_fit(X, y, sample_weight, classes)


def watched(**parameters):
    return Watched(
        (16,), learning_rate_init=0.05, tol=0.1, random_state=0, **parameters
    )


def zeros(coefs):
    return sum(np.sum(coef == 0) for coef in coefs)


@pytest.fixture(scope="module")
def blobs():
    X, y = make_blobs(80, centers=3, n_features=4, cluster_std=2, random_state=0)
    return X, np.array(["b", "a", "c"])[y]


def test_sparsity_grows_by_rounds_and_holds_between_passes(blobs):
    model = PrunedMLPClassifier(
        watched(), sparsity=0.75, n_rounds=3, epochs_per_round=2, random_state=0
    ).fit(*blobs)
    network = model.estimator_
    # 4 x 16 and 16 x 3 weights.
    counts = [zeros(coefs) for coefs in [*network.seen, network.coefs_]]
    assert counts == [28, 28, 56, 56, 84, 84, 84]
    assert [np.mean(coef == 0) for coef in network.coefs_] == [0.75, 0.75]
    assert model.sparsity_ == 0.75


def test_the_smallest_weights_go(blobs):
    model = PrunedMLPClassifier(
        watched(), n_rounds=1, epochs_per_round=0, random_state=0
    ).fit(*blobs)
    seed = model.estimator_.random_state
    before = watched().set_params(random_state=seed).fit(*blobs)
    for pruned, coef in zip(model.estimator_.coefs_, before.coefs_, strict=True):
        kept = pruned != 0
        assert_array_equal(pruned[kept], coef[kept])
        assert np.abs(coef[kept]).min() >= np.abs(coef[~kept]).max()


def test_weights_that_stay_are_trained_on(blobs):
    settings = {"n_rounds": 1, "random_state": 0}
    pruned = PrunedMLPClassifier(watched(), epochs_per_round=0, **settings)
    tuned = PrunedMLPClassifier(watched(), epochs_per_round=20, **settings)
    pruned, tuned = pruned.fit(*blobs), tuned.fit(*blobs)
    for before, after in zip(
        pruned.estimator_.coefs_, tuned.estimator_.coefs_, strict=True
    ):
        assert_array_equal(before == 0, after == 0)
        assert np.abs(after - before).max() > 0.01
    assert tuned.score(*blobs) >= pruned.score(*blobs)


def test_no_sparsity_is_the_network_itself(blobs):
    X, y = blobs
    model = PrunedMLPClassifier(watched(), sparsity=0).fit(X, y)
    assert not hasattr(model.estimator_, "seen")
    expected = watched().fit(X, y).predict_proba(X)
    assert_array_equal(model.predict_proba(X), expected)
    assert model.sparsity_ == 0


def test_random_state(blobs):
    X, y = blobs
    one, same, other = (
        PrunedMLPClassifier(watched(), random_state=seed).fit(X, y).predict_proba(X)
        for seed in (0, 0, 1)
    )
    assert_array_equal(one, same)
    assert np.abs(one - other).max() > 0


@pytest.mark.parametrize("solver", ["adam", "sgd"])
def test_pipeline(solver, blobs):
    X, y = blobs
    network = watched(solver=solver)
    inside = PrunedMLPClassifier(
        make_pipeline(StandardScaler(), "passthrough", make_pipeline(network)),
        random_state=0,
    ).fit(X, y)
    alone = PrunedMLPClassifier(network, random_state=0)
    Z = StandardScaler().fit_transform(X)
    assert_array_equal(inside.predict_proba(X), alone.fit(Z, y).predict_proba(Z))
    assert inside.sparsity_ == alone.sparsity_ == 0.5


def test_other_models(blobs):
    with pytest.raises(TypeError, match=r"must be an MLPClassifier, .* Got Logistic"):
        PrunedMLPClassifier(LogisticRegression()).fit(*blobs)


@pytest.mark.parametrize("parameters", [{"solver": "lbfgs"}, {"early_stopping": True}])
def test_networks_that_cannot_be_trained_on(parameters, blobs):
    with pytest.raises(ValueError, match=r"(?s)solver 'adam' or 'sgd', .* Got .* inst"):
        PrunedMLPClassifier(MLPClassifier(**parameters)).fit(*blobs)
