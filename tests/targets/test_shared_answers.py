"""All attacks read the same answers: none can change what the others see."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia import audit, observe
from skmia.attacks import AttackRecipe, ThresholdAttack, make_attack
from skmia.attacks.evidence import Evidence, Signals
from skmia.signals import signal
from skmia.targets import Session

X, y = (part[:200] for part in load_digits(return_X_y=True))
TREE = DecisionTreeClassifier(min_samples_leaf=3, random_state=0).fit(X[::2], y[::2])


@signal("predict_proba")
def sorts(y, posterior):
    posterior.sort(axis=1)
    return posterior[:, 0]


@signal("decision_function", "predict")
def writes(y, decision, predicted):
    y[:] = 0
    return y


@signal("predict", probing=True)
def blanks(model, X, y, classes):
    X[:] = 0
    y[:] = 0
    return model.predict(X)


class Sorts(Evidence):
    asks = frozenset({"predict_proba"})

    def observe(self, session):
        session.predict_proba(session.X).sort(axis=1)
        return pd.DataFrame({"one": np.zeros(len(session))})


@pytest.mark.parametrize("evidence", [Signals(sorts), Signals(blanks), Sorts()])
def test_an_attack_that_writes_changes_no_other(evidence):
    model = ThresholdAttack(0) if isinstance(evidence, Signals) else GaussianNB()
    own = AttackRecipe("own", make_attack(evidence, model), "members")
    parts = X[::2].copy(), y[::2].copy(), X[1::2].copy(), y[1::2].copy()
    alone, beside = (
        audit(TREE, *parts, attacks=attacks, random_state=0).records["loss-threshold"]
        for attacks in (["loss-threshold"], [own, "loss-threshold"])
    )
    assert_array_equal(alone, beside)
    assert_array_equal(parts[0], X[::2])
    assert_array_equal(parts[1], y[::2])


@pytest.mark.parametrize("give", [lambda m: m, lambda m: Session(m, X, y)])
def test_a_signal_cannot_write(give):
    class Scores(DecisionTreeClassifier):
        def decision_function(self, X):
            return super().predict_proba(X)

    model = give(Scores(random_state=0).fit(X, y))
    for own in (sorts, writes):
        with pytest.raises(ValueError, match="read-only"):
            observe(model, X, y, own)


def test_the_array_of_the_model_itself_stays_writable():
    class Keeps(DecisionTreeClassifier):
        def predict_proba(self, X):
            self.last_ = super().predict_proba(X)
            return self.last_

    model = Keeps(random_state=0).fit(X, y)
    answer = Session(model, X, y).ask("predict_proba")
    assert not answer.flags.writeable
    assert model.last_.flags.writeable
    assert np.shares_memory(answer, model.last_)
