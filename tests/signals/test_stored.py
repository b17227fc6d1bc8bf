"""What a model holds of its training rows: proofs, which are never wrong."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.datasets import load_iris, make_classification
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier, RadiusNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, NuSVC

from skmia import MembershipGame, audit, observe
from skmia.attacks import get_attack, lacks
from skmia.targets import Session

X, Y = load_iris(return_X_y=True)
KINDS = [
    KNeighborsClassifier(3),
    KNeighborsClassifier(weights="distance"),
    RadiusNeighborsClassifier(3.0),
    GaussianProcessClassifier(random_state=0),
]
MEMBER = np.zeros(len(X), dtype=bool)
MEMBER[::2] = True
# A row that is on both sides is a member.
SAME = (X[:, None] == X[None, MEMBER]).all(axis=2).any(axis=1)


def values(name, model, records=X, labels=Y):
    return observe(model, records, labels, name)[name].to_numpy()


@pytest.mark.parametrize("model", KINDS, ids=str)
@pytest.mark.parametrize("before", [None, StandardScaler()], ids=str)
def test_who_is_held_was_trained_on(model, before):
    model = model if before is None else make_pipeline(before, model)
    model.fit(X[MEMBER], Y[MEMBER])
    assert_array_equal(values("stored_rows", model), SAME)


@pytest.mark.parametrize(
    "hold", [pd.DataFrame, sparse.csr_array, np.float32, lambda Z: Z.tolist()]
)
def test_whatever_records_are(hold):
    records = hold(np.round(X, 1).astype(np.float32).astype(float))
    held = hold(np.round(X[MEMBER], 1).astype(np.float32).astype(float))
    model = KNeighborsClassifier().fit(held, Y[MEMBER])
    assert_array_equal(values("stored_rows", model, records), SAME)


@pytest.mark.parametrize(("kind", "params"), [(SVC, {}), (NuSVC, {"nu": 0.3})])
def test_support_vectors_are_members(kind, params):
    machine = kind(**params, random_state=0)
    machine.fit(X[MEMBER], Y[MEMBER])
    stored = values("stored_rows", machine) == 1
    assert 0 < stored.sum() < SAME.sum()
    assert SAME[stored].all()


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 1000),
    n_classes=st.integers(2, 4),
    C=st.floats(0.01, 10),
    kernel=st.sampled_from(["linear", "rbf", "poly", "sigmoid"]),
    weight=st.sampled_from([None, "balanced"]),
    scaled=st.booleans(),
)
def test_a_certain_non_member_never_is_a_member(
    seed, n_classes, C, kernel, weight, scaled
):
    records, labels = make_classification(
        120, 6, n_informative=4, n_classes=n_classes, flip_y=0.2, random_state=seed
    )
    model = SVC(C=C, kernel=kernel, class_weight=weight, random_state=0)
    model = make_pipeline(StandardScaler(), model) if scaled else model
    model.fit(records[:60], labels[:60])
    proved = values("margin_test", model, records, labels)
    assert set(proved) <= {0.0, 0.5, 1.0}
    assert (proved[:60] > 0).all()
    assert (proved[60:] < 1).all()


def test_many_are_certainly_out():
    records, labels = make_classification(400, 6, flip_y=0.3, random_state=0)
    machine = SVC(random_state=0).fit(records[:200], labels[:200])
    proved = values("margin_test", machine, records, labels)
    assert (proved[200:] == 0).mean() > 0.3
    # With a label that it does not know nobody was trained on.
    strange = observe(machine, records, np.where(labels == 1, 5, 0), "margin_test")
    assert (strange["margin_test"][labels == 1] != 0.5).all()


@pytest.mark.slow
def test_nearest_neighbours_in_an_audit():
    model = KNeighborsClassifier().fit(X[MEMBER], Y[MEMBER])
    sets = X[MEMBER], Y[MEMBER], X[~SAME], Y[~SAME]
    report = audit(model, *sets, access="white-box", n_shadows=0, random_state=0)
    row = report.summary.loc["stored-rows"]
    assert (row["status"], row["auc"], row["balanced_accuracy"]) == ("ok", 1, 1)
    assert report.results[list(report.summary.index).index("stored-rows")].family == (
        "The model itself"
    )
    assert "margin-test" not in report.summary.index
    hidden = audit(model, *sets, attacks=["stored-rows"], random_state=0)
    assert "needs the access 'white-box'" in hidden.summary["status"].item()


def test_in_a_game():
    game = MembershipGame(
        KNeighborsClassifier(), attack="stored-rows", access="white-box", n_shadows=2
    )
    rng = np.random.default_rng(0)
    records = rng.normal(size=(200, 4))
    labels = rng.integers(0, 2, 200)
    game.set_params(random_state=0).fit(records[:100], labels[:100])
    assert game.score(records[100:], labels[100:]) == 1


@pytest.mark.parametrize(
    ("name", "model", "reason"),
    [
        ("stored-rows", LogisticRegression(max_iter=1000), "holds no training rows"),
        ("margin-test", NuSVC(nu=0.2, random_state=0), "is no SVC"),
        ("margin-test", KNeighborsClassifier(), "is no SVC"),
    ],
)
def test_other_kinds_say_why_not(name, model, reason):
    session = Session(model.fit(X, Y), X, Y, white_box=True)
    assert reason in lacks(get_attack(name).attack, session)
    with pytest.raises(ValueError, match=f"signal '.*' is not there: .*{reason}"):
        observe(model, X, Y, name.replace("-", "_"))
    closed = Session(model, X, Y)
    assert "has no parameters" in lacks(get_attack(name).attack, closed)


@pytest.mark.filterwarnings("ignore:Solver terminated early")
def test_what_did_not_converge_proves_nothing():
    session = Session(SVC(max_iter=1, random_state=0).fit(X, Y), X, Y, white_box=True)
    reason = lacks(get_attack("margin-test").attack, session)
    assert reason == "this SVC did not converge: its margins prove nothing"


class Own(KNeighborsClassifier):
    """May hold something else."""


def test_a_subclass_is_another_kind():
    session = Session(Own().fit(X, Y), X, Y, white_box=True)
    assert "this Own holds no" in lacks(get_attack("stored-rows").attack, session)
