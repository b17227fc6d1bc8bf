"""What is left of a record that is encoded and decoded, and whom it tells."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import NMF, PCA
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import minmax_scale, scale
from slow_cases import slow

from skmia import MembershipGame, audit
from skmia.attacks import get_attack
from skmia.signals import observe
from skmia.targets import Autoencoder, Session

X = np.random.RandomState(0).permutation(scale(load_breast_cancer().data))
SHARES = minmax_scale(X)
NETWORK = MLPRegressor(
    hidden_layer_sizes=(40,), solver="lbfgs", alpha=1e-6, max_iter=400
)


@pytest.mark.parametrize("attack", ["reconstruction", "lira-offline", "rmia-offline"])
def test_full_rank_tells_nothing_at_all(attack):
    """Errors are rounding, which counts as ties: an AUC of one half, exactly."""
    game = MembershipGame(
        Autoencoder(PCA()), attack=attack, n_shadows=2, random_state=0
    )
    outcome = game.fit(X[:200]).play(X[200:400])
    assert roc_auc_score(outcome.member, outcome.score) == 0.5


def test_rounding_is_relative_to_the_variance():
    far = 1e-9 * X + 3e-9  # in a small unit, away from zero
    for records in (X, far, 1e6 * X):
        model = Autoencoder(PCA(), random_state=0).fit(records[:99])
        Z = Session(model, records).observe()
        assert (Z["reconstruction_error"] == 0).all()
    Z = Session(Autoencoder(PCA(29), random_state=0).fit(X[:99]), X).observe()
    assert (Z["reconstruction_error"] > 0).all()


@pytest.mark.parametrize(
    ("estimator", "records"), [(PCA(5), X), (NMF(5, max_iter=2000), SHARES)]
)
def test_error_is_the_squared_distance(estimator, records):
    model = Autoencoder(estimator, random_state=0).fit(records[:100])
    inner = model.estimator_
    rebuilt = inner.inverse_transform(inner.transform(records))
    expected = ((records - rebuilt) ** 2).sum(axis=1)
    Z = observe(model, records, signals="reconstruction_error")
    assert_allclose(Z["reconstruction_error"], expected)


@pytest.mark.filterwarnings("ignore:lbfgs failed to converge")
@pytest.mark.parametrize(
    ("estimator", "least"),
    [(PCA(25), 0.7), *slow((NETWORK, 0.7))],
    ids=["as many components as records", "network"],
)
def test_what_overfits_is_found(estimator, least):
    """Thirty records: an AUC of 30 and 30 is .5 +- .075 where nothing is told."""
    model = Autoencoder(estimator, random_state=0).fit(X[:30])
    report = audit(model, X[:30], X_holdout=X[30:60], n_shadows=4, random_state=0)
    assert (report.summary["status"] == "ok").all()
    assert report.summary.loc["reconstruction", "auc"] > least
    assert "mean distance to its reconstruction, squared" in report.to_text()
    (check,) = [check for check in report.checks if check.name == "scores"]
    assert check.text.startswith("Median distance to its reconstruction, squared: ")


def test_few_components_of_many_records_tell_little():
    model = Autoencoder(PCA(3), random_state=0).fit(X[:280])
    report = audit(
        model, X[:280], X_holdout=X[280:560], attacks="reconstruction", random_state=0
    )
    # An AUC of 280 and 280 is .5 +- .024.
    assert abs(report.summary.loc["reconstruction", "auc"] - 0.5) < 4 * 0.024


def test_the_attack_of_the_paper():
    recipe = get_attack("reconstruction", of="autoencoder")
    assert (recipe.access, recipe.queries, recipe.fits) == ("scores", "1", "0")
    with pytest.raises(ValueError, match="'estimator' parameter of Autoencoder"):
        Autoencoder(object(), random_state=0).fit(X)
