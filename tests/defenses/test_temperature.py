import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB

from skmia import MembershipGame
from skmia.attacks import ThresholdAttack
from skmia.defenses import TemperaturePosterior
from skmia.metrics import advantage_score


@pytest.fixture
def problem(global_random_seed):
    # More features than the model can learn from 100 records: it overfits.
    return make_classification(
        400, 40, n_informative=5, flip_y=0.2, random_state=global_random_seed
    )


def test_logits_are_divided(problem):
    X, y = problem
    model = TemperaturePosterior(LogisticRegression(), temperature=3).fit(X, y)
    logits = model.estimator_.decision_function(X)
    released = model.predict_proba(X)
    np.testing.assert_allclose(
        np.log(released[:, 1]) - np.log(released[:, 0]), logits / 3, rtol=1e-9
    )


@pytest.mark.parametrize("temperature", [0, -2.0, None])
def test_temperature_out_of_range(temperature, problem):
    message = "'temperature' parameter of TemperaturePosterior must be a float in the"
    with pytest.raises(ValueError, match=message):
        TemperaturePosterior(GaussianNB(), temperature=temperature).fit(*problem)


@pytest.mark.parametrize("temperature", [0.5, 5, 20])
def test_confidence_of_two_classes_keeps_its_order(temperature, problem):
    X, y = problem
    member = np.arange(len(y)) < 100
    defended = TemperaturePosterior(LogisticRegression(), temperature=temperature)
    defended.fit(X[member], y[member])
    plain, soft = (
        model.predict_proba(X)[np.arange(len(y)), y]
        for model in (defended.estimator_, defended)
    )
    for label in (0, 1):
        own = y == label
        areas = [roc_auc_score(member[own], c[own]) for c in (plain, soft)]
        assert areas[1] == pytest.approx(areas[0], abs=1e-12)


def test_adaptive_attack_loses_nothing(problem):
    X, y = problem
    model = LogisticRegression(C=100, max_iter=1000)
    advantages = []
    for target in (model, TemperaturePosterior(model, temperature=20)):
        game = MembershipGame(
            target,
            attack=ThresholdAttack("loss", direction="lower"),
            signals=["loss"],
            n_shadows=4,
            random_state=0,
        )
        outcome = game.fit(X[:200], y[:200]).play(X[200:], y[200:])
        advantages.append(advantage_score(outcome.member, outcome.predicted))
    # The map is monotone, so that the same records are beyond the learned threshold.
    assert advantages[1] == advantages[0] > 0.05
