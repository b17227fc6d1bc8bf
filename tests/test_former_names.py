"""Every former name warns once, says what to use, and does what the new one does.

docs/stability.md has the same names in a table.
"""

import warnings
from importlib import import_module
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KernelDensity
from sklearn.tree import DecisionTreeClassifier

import skmia.generators
from skmia import MembershipGame, ShadowModels, audit_synthetic
from skmia.attacks.evidence import Surrogate
from skmia.grid import model_grid
from skmia.shadow import (
    DistilledTrajectory,
    distilled_observations,
    training_observations,
)
from skmia.targets import Session, Synthesizer

TREE = DecisionTreeClassifier(max_depth=3, random_state=0)
RNG = np.random.RandomState(0)
X, Y = RNG.normal(size=(120, 3)), RNG.permutation(np.arange(120) % 2)
SEEDED = {"random_state": 0}

# An estimator, a parameter by its former name and by its new one, a value.
PARAMETERS = [
    (MembershipGame(TREE), "generator", "shadow_estimator", GaussianNB()),
    (Synthesizer(KernelDensity()), "generator", "estimator", KernelDensity()),
    (Surrogate(X), "metrics", "signals", "confidence"),
]


def frame(answers):
    return pd.DataFrame(answers).reset_index(drop=True)


def watched(**params):
    params = {"n_snapshots": 2} | SEEDED | params
    return training_observations(GaussianNB(), X[:60], Y[:60], X, Y, **params)


def distilled(**params):
    params = {"X_distil": X[60:], "n_snapshots": 1} | SEEDED | params
    return distilled_observations(clone(TREE).fit(X[:60], Y[:60]), X, Y, **params)


def trajectory(**params):
    model = clone(TREE).fit(X[:60], Y[:60])
    made = DistilledTrajectory(n_snapshots=1, **SEEDED, **params)
    return made.fit(model, X[60:]).observe(X, Y)


def surrogate(**params):
    session = Session(clone(TREE).fit(X[:60], Y[:60]), X, Y)
    return Surrogate(X[60:], estimator=TREE, **SEEDED, **params).fit_transform(session)


def shadows(**params):
    made = ShadowModels(TREE, **SEEDED, **params).fit(X, Y)
    return made.observations("loss")[0]


def taught(**params):
    params = {"attack": GaussianNB()} | SEEDED | params
    return MembershipGame(TREE, **params).fit(X, Y).play(X, Y).score


def grid(**params):
    how = {"n_shadows": 2, "metrics": ["auc"]} | SEEDED
    return model_grid(X, Y, {"nb": GaussianNB()}, **how, **params)


def synthetic(**params):
    made = {"attacks": ["difficulty-calibration"]} | SEEDED
    table = np.random.RandomState(1).normal(size=(60, 3))
    return audit_synthetic(table, X[:60], X[60:], **made, **params).score


# A call that takes former names, with one and with the new one.
CALLS = [
    (watched, {"metrics": "entropy"}, {"signals": "entropy"}),
    (distilled, {"metrics": "entropy"}, {"signals": "entropy"}),
    (trajectory, {"metrics": "entropy"}, {"signals": "entropy"}),
    (surrogate, {"metrics": "confidence"}, {"signals": "confidence"}),
    (shadows, {"cv": 4}, {"n_shadows": 4}),
    (taught, {"cv": 4}, {"n_shadows": 4}),
    (
        taught,
        {"n_shadows": 2, "generator": GaussianNB()},
        {"n_shadows": 2, "shadow_estimator": GaussianNB()},
    ),
    (grid, {"cv": 2}, {"n_repeats": 2}),
    (
        synthetic,
        {"generator": KernelDensity()},
        {"shadow_estimator": KernelDensity()},
    ),
]

# Where a name was, and where it is.
MOVED = {
    "skmia.audit.AuditReport": "skmia.auditing.AuditReport",
    "skmia.audit.LogRocDisplay": "skmia.auditing.LogRocDisplay",
    "skmia.audit.audit": "skmia.auditing.audit",
    "skmia.black_box.BlackBox": "skmia.targets.BlackBox",
    "skmia.inference.Canaries": "skmia.inference.InsertedCanaries",
    **{
        f"skmia.utils.estimator_checks.{name}": f"skmia.testing.{name}"
        for name in ("check_attack", "check_defense", "check_game", "yield_checks")
    },
    **{
        f"skmia.shadow.{name}": f"skmia.generators.{name}"
        for name in skmia.generators.__all__
    },
}


@pytest.mark.parametrize(("call", "former", "new"), CALLS)
def test_call_by_a_former_name(call, former, new):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        found = frame(call(**former))
    assert [one.category for one in caught] == [FutureWarning]
    (changed,) = new.keys() - former.keys()
    assert repr(changed) in str(caught[0].message)
    assert caught[0].filename == __file__
    pd.testing.assert_frame_equal(found, frame(call(**new)))


@pytest.mark.parametrize(("estimator", "former", "new", "value"), PARAMETERS)
def test_parameter_by_a_former_name(estimator, former, new, value):
    estimator = clone(estimator)
    with pytest.warns(FutureWarning, match=f"'{former}' parameter of .* '{new}'"):
        estimator.set_params(**{former: value})
    assert estimator.get_params(deep=False)[new] is value
    assert former not in estimator.get_params()
    with pytest.warns(FutureWarning, match=f"'{former}' attribute of .* '{new}'"):
        assert getattr(estimator, former) is value


def test_fitted_attribute_by_a_former_name():
    fitted = Synthesizer(KernelDensity(), random_state=0).fit(X)
    with pytest.warns(FutureWarning, match="'generator_' attribute .* 'estimator_'"):
        assert fitted.generator_ is fitted.estimator_


@pytest.mark.parametrize("former", MOVED)
def test_name_that_moved(former):
    module, _, name = former.rpartition(".")
    with pytest.warns(FutureWarning, match=f"{former} is called '{MOVED[former]}'"):
        found = getattr(import_module(module), name)
    module, _, name = MOVED[former].rpartition(".")
    assert found is getattr(import_module(module), name)
    assert former not in Path(__file__).with_name("public_api.txt").read_text().split()
