"""A session: one conversation with a model about records, cut by scikit-learn."""

import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits
from sklearn.ensemble import GradientBoostingClassifier, IsolationForest
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia import BlackBox, ShadowModels, observe
from skmia.attacks.evidence import Evidence, Signals
from skmia.defenses import LabelOnly
from skmia.signals import make_signal
from skmia.targets import Pairs, Session
from skmia.targets._same_records import positions

X, y = load_digits(return_X_y=True)
X, y = X[:200], y[:200]


@pytest.fixture
def tree():
    return DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])


def test_it_is_observed_as_the_model_is(tree):
    frame = pd.DataFrame(X, index=[f"r{i}" for i in range(200)])
    model = DecisionTreeClassifier(random_state=0).fit(frame[::2], y[::2])
    signals = ["posterior", "loss", "correctness"]
    expected = observe(model, frame, y, signals)
    pd.testing.assert_frame_equal(Session(model, frame, y).observe(signals), expected)
    other = Session(tree, X, y).observe(signals, X[:5], y[:5])
    pd.testing.assert_frame_equal(other, observe(tree, X[:5], y[:5], signals))
    pd.testing.assert_frame_equal(
        Session(tree, X, y).observe(), observe(tree, X, y, ["posterior", "loss"])
    )


def test_the_records_are_asked_about_once():
    box = BlackBox(DecisionTreeClassifier(random_state=0).fit(X, y), max_queries=500)
    session = Session(box, X, y)
    for signals in ("loss", "entropy", ["loss", "margin"], "correctness"):
        session.observe(signals)
    assert session.n_queries == box.n_queries_ == 400  # predict and predict_proba
    assert session.left == 100
    session.ask("predict", X[:30])
    assert session.left == 70
    assert Session(DecisionTreeClassifier(random_state=0).fit(X, y), X).left == np.inf


def test_other_classes_are_another_table(tree):
    session = Session(tree, X, y)
    few = session.observe("posterior", classes=[3, 5])
    assert list(few) == ["posterior_3", "posterior_5"]
    assert session.observe("posterior").shape == (200, 10)
    assert session.n_queries == 200


def test_parameters_of_a_signal_are_told_apart(tree):
    def scaled(y, P, factor):
        return np.asarray(factor) * P.max(axis=1)

    session = Session(tree, X, y)
    for factor in (1.0, 2.0, np.array([3.0])):
        signal = make_signal(scaled, needs_y=False, factor=factor)
        own = make_signal(scaled, needs_y=False, factor=factor)
        assert_array_equal(session.observe(signal), session.observe(own))
        assert_array_equal(session.observe(signal)["scaled"], np.full(200, factor))
    unhashable = make_signal(scaled, needs_y=False, factor=2.0).set_params(factor=2.0)
    odd = make_signal(
        lambda y, P, f: f(P), needs_y=False, name="odd", f=lambda P: P[:, 0]
    )
    assert session.observe(odd).shape == session.observe(unhashable).shape == (200, 1)


def test_what_is_not_answered_is_not_there(tree):
    for model in (LabelOnly(tree).fit(X, y), BlackBox(tree, access="label")):
        session = Session(model, X, y)
        assert session.answers == {"predict"}
        assert not hasattr(session, "predict_proba")
        name = type(model).__name__
        with pytest.raises(AttributeError, match=f"This {name} does not answer 'pre"):
            session.ask("predict_proba")
        with pytest.raises(AttributeError, match=f"needs predict_proba, .* {name} do"):
            session.observe("loss")
    with pytest.raises(AttributeError, match="does not answer 'predict'"):
        Session(tree, X, y, answers=["predict_proba"]).predict(X)
    assert Session(tree, X, answers=["predict", "score_samples"]).answers == {"predict"}


def test_a_model_is_granted_and_not_assumed(tree):
    with pytest.raises(AttributeError, match="give the session white_box=True"):
        _ = Session(tree, X, y).model
    granted = Session(tree, X, y, white_box=True)
    assert granted.model is tree
    assert "parameters" in granted.answers
    assert "parameters" not in Session(tree, X, y, answers=["parameters"]).answers


def test_kinds():
    for model, kind in (
        (LinearRegression(), "regressor"),
        (IsolationForest(), "outlier_detector"),
        (BlackBox(DecisionTreeClassifier()), "classifier"),
        (object(), None),
    ):
        assert Session(model, X).kind == kind


def test_stages_of_a_pipeline():
    model = GradientBoostingClassifier(n_estimators=3, random_state=0)
    last = make_pipeline(StandardScaler(), model).fit(X, y)
    session = Session(last, X, y)
    assert "staged_predict_proba" in session.answers
    expected = observe(last, X, y, "staged_loss")
    pd.testing.assert_frame_equal(session.observe("staged_loss"), expected)
    # Stages come one by one: who asks again gets them again.
    assert [len(list(session.ask("staged_predict_proba"))) for _ in range(2)] == [3, 3]


def test_scikit_learn_cuts_it(tree):
    member = np.arange(200) % 2
    session = Session(tree, X, y)
    train, test, m_train, _ = train_test_split(
        session, member, test_size=50, random_state=0
    )
    assert (type(train), len(train), len(test)) == (Pairs, 150, 50)
    assert_array_equal(train.rows % 2, m_train)
    assert session.shape == (200,)
    assert_array_equal(session[3].rows, [3])
    assert_array_equal(session[member == 1][::2].rows, np.arange(1, 200, 4))


def test_pairs_of_several_models(tree):
    one, two = Session(tree, X, y), Session(tree, X[:10], y[:10])
    pairs = two[:4] + one + Pairs([one], [5])
    assert pairs.shape == (4 + 200 + 1,)
    parts = [(part, rows.tolist()) for part, rows, _ in pairs[[0, 204, 4, 2]].by_part()]
    assert parts == [(two, [0, 2]), (one, [0]), (one, [5])]
    places = np.concatenate([places for _, _, places in pairs.by_part()])
    assert_array_equal(places, np.arange(205))


@pytest.mark.parametrize("signals", [None, ["loss"]])
def test_pairs_of_shadow_models(signals):
    shadows = ShadowModels(DecisionTreeClassifier(), n_shadows=4, signals=signals)
    shadows.set_params(random_state=0).fit(X, y)
    Z, member, shadow = shadows.observations(["loss"])
    pairs, m, s = shadows.pairs()
    assert_array_equal(m, member)
    assert_array_equal(s, shadow)
    found = np.empty(len(pairs))
    for part, rows, places in pairs.by_part():
        found[places] = part.observe("loss")["loss"].to_numpy()[rows]
        assert_array_equal(part.member[rows], m[places])
    assert_array_equal(found, Z["loss"])
    first, m, s = shadows.pairs(1)
    assert len(first.parts) == 4
    assert set(s) == {0}
    assert len(first) == len(m) == 200


def test_pickled(tree):
    session = Session(tree, X, y)
    Z = session.observe("loss")
    again = pickle.loads(pickle.dumps(session[::-1]))
    pd.testing.assert_frame_equal(again.parts[0].observe("loss"), Z)
    assert_array_equal(again.rows, np.arange(200)[::-1])


class Depth(Evidence):
    """Looks into the model itself."""

    asks = frozenset({"parameters"})

    def observe(self, session):
        return pd.DataFrame({"depth": [session.model.get_depth()] * len(session)})


def test_nothing_is_there_but_what_is_answered(tree):
    session = Session(tree, X, y, answers=["predict"])
    own = {"predict", "classes_", *dir(session)}
    for name in set(dir(tree)) - own:
        with pytest.raises(AttributeError, match="does not answer"):
            getattr(session, name)
    assert session.about(X[:3]).answers == {"predict"}
    loss = Signals("loss")
    assert loss.lacks(session) == "the model gives no probabilities"
    with pytest.raises(AttributeError):
        loss.fit(session).transform(session)
    assert session.n_queries == 0


def test_evidence_is_given_the_model_only_where_it_is_granted(tree):
    blind, granted = Session(tree, X, y), Session(tree, X, y, white_box=True)
    evidence = Depth()
    assert "parameters" in evidence.lacks(blind)
    with pytest.raises(AttributeError, match="give the session white_box=True"):
        evidence.fit(blind).transform(blind)
    assert evidence.lacks(granted) is None
    Z = evidence.fit(granted).transform(granted)
    assert set(Z["depth"]) == {tree.get_depth()}
    assert granted.about(X[:3]).answers == granted.answers
    pairs, _, _ = ShadowModels(tree, n_shadows=2, random_state=0).fit(X, y).pairs()
    assert len(evidence.fit(pairs).transform(pairs)) == 400  # models of one's own


class Spies(Evidence):
    """Says that it sees labels, and looks at more."""

    asks = frozenset({"predict"})

    def __init__(self, look):
        self.look = look

    def observe(self, session):
        self.look(session)
        return session.observe("correctness")


@pytest.mark.parametrize(
    "look",
    [
        lambda session: session.predict_proba(session.X),
        lambda session: session.ask("predict_proba"),
        lambda session: session.observe("loss"),
        lambda session: session.observe("loss", X[:5], y[:5]),
        lambda session: session.model,
        lambda session: session.about(X[:5], y[:5]).predict_proba(X[:5]),
    ],
)
@pytest.mark.parametrize("budget", [None, 250])
def test_evidence_is_answered_what_it_declares(look, budget):
    """Also where others were answered more before; nobody pays or loses by it."""
    model = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
    session = Session(BlackBox(model, max_queries=budget), X, y, white_box=True)
    seen = session.observe("loss")
    with pytest.raises(AttributeError, match=r"does not (answer|give)|white_box=True"):
        Spies(look).fit(session).transform(session)
    assert session.n_queries == 200
    assert "predict_proba" in session.answers
    pd.testing.assert_frame_equal(session.observe("loss"), seen)


def test_less_access_is_the_same_conversation(tree):
    session = Session(tree, X, y)
    labels = session.only({"predict", "parameters"})
    assert labels.answers == {"predict"}
    labels.observe("correctness")
    assert session.n_queries == labels.n_queries == 200
    session.observe("correctness")
    assert session.n_queries == 200
    assert labels.same_as(session)
    assert not session.same_as(session.about(X, y))
    box = Session(BlackBox(tree, max_queries=50), X, y)
    box.only({"predict"}).observe("correctness")
    assert (box.unanswered.sum(), box.n_queries, box.left) == (150, 50, 0)


@pytest.mark.parametrize(
    ("given", "error", "match"),
    [
        ({"answers": "predict"}, ValueError, "'answers' .* Got 'predict' instead"),
        ({"answers": ["predict_probaa"]}, ValueError, r"Got \['predict_probaa'\]"),
        ({"model": "m"}, TypeError, "'model' .* fitted estimator. Got 'm'"),
        ({"model": DecisionTreeClassifier}, TypeError, "'model' .* fitted estimator"),
        ({"member": [1]}, ValueError, "numbers of samples"),
        ({"y": y[:5]}, ValueError, "numbers of samples"),
    ],
)
def test_what_is_no_session(tree, given, error, match):
    with pytest.raises(error, match=match):
        Session(**({"model": tree, "X": X, "y": y} | given))


def test_what_is_no_pair_is_not_added(tree):
    session = Session(tree, X, y)
    for pairs in (session, session[:3]):
        with pytest.raises(TypeError, match=r"unsupported .* 'Pairs' and 'int'"):
            _ = pairs + 5


def test_a_negative_zero_is_a_zero():
    X, y = load_digits(return_X_y=True)
    tree = DecisionTreeClassifier(random_state=0).fit(X, y)
    pool, other = Session(tree, X[:50], y[:50]), X[10:60].copy()
    other[other == 0] = -0.0
    place = positions(Session(tree, other, y[10:60]), pool)
    assert_array_equal(place, np.r_[np.arange(10, 50), np.full(10, -1)])
