"""Signals of one's own: made, registered, kept to what they ask, and seeded."""

import copy
import pickle
import re

import numpy as np
import pytest
from joblib import hash as content_hash
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame, ShadowModels, audit, observe
from skmia.attacks import get_attack, make_attack, run
from skmia.attacks._recipe import AttackRecipe
from skmia.attacks.evidence import References, Signals
from skmia.signals import Signal, get_signal, register_signal, signal
from skmia.targets import Session

X, y = load_digits(return_X_y=True)
X, y = X[:300], y[:300]
TREE = DecisionTreeClassifier(random_state=0, min_samples_leaf=3).fit(X[::2], y[::2])


@signal("predict_proba", greater_is_member=False, needs_y=False, power=2)
def gini(y, P, power):
    """Stands where a user's signal does: decorated, at the top of a module."""
    return 1 - (P**power).sum(axis=1)


@signal("predict", "predict_proba", needs_y=False)
def confidence_in_answer(y, predicted, P):
    return P[np.arange(len(P)), predicted]


@pytest.mark.usefixtures("signals")
def test_a_registered_signal_is_found_by_name():
    assert register_signal(gini) is gini is get_signal("gini")
    assert get_signal("gini", power=3).params == {"power": 3}
    attack = make_attack(Signals(["gini", "loss"]), LogisticRegression())
    shadows = ShadowModels(TREE, n_shadows=4, signals=["gini", "loss"], random_state=0)
    score, _ = run(attack, "shadows", Session(TREE, X, y), shadows=shadows.fit(X, y))
    assert np.isfinite(score).all()
    with pytest.raises(ValueError, match="a signal with the name 'gini' already"):
        register_signal(gini)
    with pytest.raises(TypeError, match=r"'signal' parameter .* must be a Signal"):
        register_signal(lambda y, P: P[:, 0])


@pytest.mark.parametrize("name", ["in", "loss|target"])
def test_names_that_reference_tables_use(name):
    with pytest.raises(
        ValueError, match=f"cannot have the name {re.escape(repr(name))}"
    ):
        signal("predict_proba", name=name)(lambda y, P: P[:, 0])


def test_answers_come_in_the_order_in_which_they_are_asked():
    found = observe(TREE, X, None, [confidence_in_answer, "max_confidence"])
    assert_array_equal(found.iloc[:, 0], found["max_confidence"])
    assert confidence_in_answer.asks == ("predict", "predict_proba")


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("own", [gini, gini.set_params(power=3)])
def test_a_decorated_function_travels(own, protocol):
    again = pickle.loads(pickle.dumps(own, protocol))
    assert_array_equal(again(TREE, X), own(TREE, X))
    assert content_hash(own) == content_hash(copy.deepcopy(own))
    assert content_hash(own) != content_hash(own.set_params(power=5))
    assert own in {own}


def test_models_with_decorated_signals_are_cached_and_trained_elsewhere(tmp_path):
    signals = [gini, "loss"]
    plain = ShadowModels(TREE, n_shadows=2, signals=signals, random_state=0).fit(X, y)
    shadows = ShadowModels(TREE, n_shadows=2, signals=signals, random_state=0, n_jobs=2)
    for _ in range(2):
        shadows.set_params(memory=str(tmp_path)).fit(X, y)
        assert_array_equal(shadows.observations()[0], plain.observations()[0])
    attack = make_attack(Signals(signals), GaussianNB()).fit(*plain.pairs()[:2])
    again = pickle.loads(pickle.dumps(attack))
    session = Session(TREE, X, y)
    assert_array_equal(again.predict_proba(session), attack.predict_proba(session))


# What is declared is all there is.


def _reads_nodes(model, X, y, classes):
    return np.full(len(X), model.tree_.node_count)


@pytest.mark.parametrize("give", [lambda m: m, lambda m: Session(m, X, y)])
def test_a_label_signal_reads_no_parameters(give):
    spy = signal("predict", probing=True, name="spy")(_reads_nodes)
    assert spy.access == "label"
    message = r"'spy' asks \['predict'\] of the model, 'label' access.* 'tree_'"
    with pytest.raises(AttributeError, match=message):
        observe(give(TREE), X, y, spy)


def test_a_signal_that_asks_for_the_model_gets_it_where_it_is_granted():
    spy = signal("parameters", probing=True, name="spy")(_reads_nodes)
    assert spy.access == "white-box"
    assert observe(TREE, X, y, spy)["spy"][0] == TREE.tree_.node_count
    granted = Session(TREE, X, y, white_box=True)
    assert granted.observe(spy)["spy"][0] == TREE.tree_.node_count
    with pytest.raises(AttributeError, match="give the session white_box=True"):
        Session(TREE, X, y).observe(spy)
    with pytest.raises(ValueError, match="only one with probing=True"):
        signal("predict", "parameters", name="spy")(_reads_nodes)


def test_a_signal_asks_what_it_declares():
    def asks_more(model, X, y, classes):
        assert hasattr(model, "predict")
        assert not hasattr(model, "predict_proba")
        assert_array_equal(model.classes_, classes)
        return model.predict_proba(X)[:, 0]

    own = signal("predict", probing=True)(asks_more)
    with pytest.raises(AttributeError, match="may not read 'predict_proba'"):
        observe(TREE, X, y, own)


@pytest.mark.parametrize("give", [lambda m: m, lambda m: Session(m, X, y)])
def test_no_way_around_what_is_declared(give):
    def asks_by_name(model, X, y, classes):
        assert not any(held is TREE for held in vars(model).values())
        with pytest.raises(AttributeError, match="may not read '_model'"):
            _ = model._model
        return model.ask("predict_proba", X)[:, 0]

    own = signal("predict", probing=True)(asks_by_name)
    with pytest.raises(AttributeError, match="may not read 'predict_proba'"):
        observe(give(TREE), X, y, own)


def test_a_signal_of_another_kind_of_model():
    ridge = Ridge().fit(X, y)
    message = "'loss' is of a classifier, and this Ridge is a regressor"
    for model in (ridge, Session(ridge, X, y)):
        with pytest.raises(ValueError, match=message):
            observe(model, X, y, "loss")
    assert Signal("own", _reads_nodes, of=None).fits("regressor")


# One seed for all models, and that of the attack.


def noisy(model, X, y, classes, seed):
    """Noise of the seed alone."""
    return np.random.RandomState(seed).normal(size=len(X))


NOISY = signal("predict_proba", probing=True, seed=None, greater_is_member=True)(noisy)


def test_the_seed_of_a_bare_signal_is_0_unless_it_has_one():
    for model in (TREE, Session(TREE, X, y)):
        free = observe(model, X, y, NOISY)
        assert_array_equal(free, observe(model, X, y, NOISY.set_params(seed=0)))
        assert_array_equal(NOISY(model, X, y), free)
        own = observe(model, X, y, NOISY.set_params(seed=7))
        assert (own != free).all(axis=None)


@pytest.mark.parametrize("evidence", [Signals(NOISY), References(NOISY)])
@pytest.mark.parametrize("recorded", [None, [NOISY.set_params(seed=4)]])
def test_shadow_models_and_target_have_the_noise_of_the_attack(evidence, recorded):
    shadows = ShadowModels(TREE, n_shadows=4, random_state=0, signals=recorded).fit(
        X, y
    )
    pairs, member, _ = shadows.pairs(evidence.n_models)
    session = Session(TREE, X, y)
    # What was recorded has the noise of one seed.
    for state in [4] if recorded else [4, np.random.RandomState(4)]:
        seen = evidence.set_params(random_state=state).fit(pairs, member)
        tables = [seen.transform(part) for part in [session, pairs.parts[0]]]
        assert_array_equal(tables[0].iloc[:, 0], tables[1].iloc[:, 0])


MERLIN = get_signal("merlin_ratio", n_copies=5, scale=2.0)


@pytest.mark.slow
@pytest.mark.parametrize("own", [NOISY, MERLIN], ids=["noisy", "merlin"])
def test_random_state_reaches_the_noise_in_an_audit(own):
    attack = make_attack(Signals([own, "loss"]), GaussianNB())
    recipes = [
        AttackRecipe("own", attack, "shadows"),
        AttackRecipe("alone", make_attack(Signals(own), GaussianNB()), "members"),
    ]

    def scores(seed):
        parts = X[::2], y[::2], X[1::2], y[1::2]
        report = audit(TREE, *parts, attacks=recipes, n_shadows=2, random_state=seed)
        assert list(report.summary["status"]) == ["ok", "ok"]
        return report.records[["own", "alone"]].to_numpy()

    one = scores(1)
    assert_array_equal(scores(1), one)
    assert (scores(2)[:, 1] != one[:, 1]).any()  # the signal itself, no model between


@pytest.mark.parametrize("own", [NOISY, MERLIN], ids=["noisy", "merlin"])
def test_random_state_reaches_the_noise_in_a_game(own):
    game = MembershipGame(TREE, attack=GaussianNB(), signals=own, n_shadows=2)

    def seen(seed):
        game.set_params(random_state=seed).fit(X[:150], y[:150])
        return game.play(X[150:], y[150:]).observations.to_numpy()

    one = seen(1)
    assert_array_equal(seen(1), one)
    assert (seen(2) != one).any()


def test_an_own_signal_as_an_attack_is_refused_in_words():
    parts = X[::2], y[::2], X[1::2], y[1::2]
    with pytest.raises(ValueError, match="is not the name of an attack"):
        audit(TREE, *parts, attacks=[gini], random_state=0)
    attack = make_attack(Signals([gini]), GaussianNB())
    report = audit(
        TREE, *parts, attacks=[AttackRecipe("own", attack)], n_shadows=2, random_state=0
    )
    assert report.summary.loc["own", "status"] == "ok"


def test_what_was_meant():
    with pytest.raises(ValueError, match=r"Did you mean .*'lira-online' or 'lira-off"):
        get_attack("lira")
    with pytest.raises(ValueError, match="Did you mean 'confidence'"):
        get_signal("confidnce")


@pytest.mark.parametrize("probing", [False, True])
@pytest.mark.parametrize(
    ("values", "columns", "shape"),
    [
        (np.zeros(300), ["a", "b"], "(300,)"),
        (np.zeros((300, 3)), ["a", "b"], "(300, 3)"),
        (np.zeros(299), None, "(299,)"),
        (np.zeros((0, 3)), None, "(0, 3)"),
        (np.zeros((300, 9)), "per-class", "(300, 9)"),
        (0.5, None, "()"),
        (None, None, "()"),
    ],
)
def test_values_that_are_no_table_of_the_records(values, columns, shape, probing):
    own = signal("predict_proba", columns=columns, name="own", probing=probing)
    match = f"'own' must give one row for each of 300 records.*{re.escape(shape)}"
    with pytest.raises(ValueError, match=match):
        observe(TREE, X, y, own(lambda *given: values))


@pytest.mark.parametrize(
    ("asks", "settings", "match"),
    [
        (("predict",), {"greater_is_member": "no"}, "must be True, False or None"),
        ((5,), {}, "must be names of methods. Got (5,)"),
        (("predict",), {"of": "clf"}, "'of' of the signal 'noisy' must be some of"),
        (("predict",), {"of": ("classifier", 5)}, "must be some of"),
    ],
)
def test_settings_that_mean_nothing(asks, settings, match):
    with pytest.raises(ValueError, match=re.escape(match)):
        signal(*asks, **settings)(noisy)
