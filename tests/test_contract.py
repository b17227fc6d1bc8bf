"""The contract of pairs, sentence by sentence, through public functions.

What happens when a budget runs out is in tests/targets.
"""

import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_digits
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, ShuffleSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from slow_cases import by_evidence, others_slow, slow

from skmia import MembershipGame, ShadowModels, audit
from skmia.attacks import (
    AttackRecipe,
    BlindAttack,
    get_attack,
    get_attack_names,
    lacks,
    make_attack,
    run,
)
from skmia.attacks.evidence import (
    Distilled,
    Evidence,
    References,
    Signals,
    WithRecords,
)
from skmia.defenses import LabelOnly
from skmia.targets import BlackBox, Session

X, y = (part[:300] for part in load_digits(return_X_y=True))
PUBLIC, MORE = (load_digits().data[part] for part in (slice(300, 400), slice(400, 500)))
MEMBER = (np.arange(300) % 2 == 0).astype(int)
TREE = DecisionTreeClassifier(min_samples_leaf=3, random_state=0)
PARTS = X[MEMBER == 1], y[MEMBER == 1], X[MEMBER == 0], y[MEMBER == 0]
TARGET = clone(TREE).fit(*PARTS[:2])
AUDIT = {"n_shadows": 4, "random_state": 0}


class Counting(DecisionTreeClassifier):
    """Counts the fits of all its instances."""

    fits = 0

    def fit(self, X, y):
        Counting.fits += 1
        return super().fit(X, y)


class Spy(Signals):
    """Sees the loss, and notes whom it is shown."""

    shown = []

    def recorded(self):
        return None

    def observe(self, session):
        Spy.shown.append((session, self.get_params()))
        return super().observe(session)


@pytest.fixture(scope="module")
def shadows():
    return ShadowModels(TREE, n_shadows=4, random_state=0).fit(X, y)


@pytest.fixture
def session():
    return Session(TARGET, X, y)


@pytest.mark.parametrize(
    "evidence",
    [
        Signals(["posterior", "loss", "merlin_ratio"]),
        WithRecords(["margin", "true_label"]),
        References(["loss", "margin"]),
        References("scaled_logit", online=True),
        Distilled(PUBLIC, n_snapshots=1, random_state=0),
    ],
    ids=repr,
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_1_rows_stay_rows(evidence, shadows, session):
    """Permuted, cut and pickled, a pair is seen as it was."""
    pairs, member, _ = shadows.pairs(2)
    fitted = clone(evidence).fit(pairs, member)
    for asked in (pairs, session):
        whole = fitted.transform(asked)
        order = np.random.RandomState(0).permutation(len(asked))
        for rows in (order, order[:50], order[:1]):
            assert_array_equal(fitted.transform(asked[rows]), whole.iloc[rows])
        again, then = pickle.loads(pickle.dumps((fitted, asked)))
        assert_array_equal(again.transform(then), whole)


class Noise(Evidence):
    """Random numbers, which tell whether two models met the same ones."""

    asks = frozenset()

    def __init__(self, random_state=None):
        self.random_state = random_state

    def observe(self, session):
        rng = np.random.RandomState(self.random_state)
        return pd.DataFrame({"noise": rng.normal(size=len(session))})


class Keeps(ClassifierMixin, BaseEstimator):
    """An attack model that keeps the tables that it was shown."""

    tables = []

    def fit(self, Z, member):
        self.classes_ = np.array([0, 1])
        Keeps.tables.append(Z)
        return self

    def predict(self, Z):
        return np.zeros(len(Z), dtype=int)

    def decision_function(self, Z):
        Keeps.tables.append(Z)
        return np.zeros(len(Z))


@pytest.mark.parametrize("seed", [0, 7])
def test_2_every_model_is_seen_alike(seed, shadows, session):
    """Shadow models and target meet the same noise; a seed of one's own stays."""
    for given, used in ((None, seed), (3, 3)):
        Keeps.tables.clear()
        attack = make_attack(Noise(given), Keeps())
        run(attack, "shadows", session, shadows=shadows, seed=seed)
        fitted, judged = Keeps.tables
        expected = np.random.RandomState(used).normal(size=300)
        assert_array_equal(judged["noise"], expected)
        assert_array_equal(fitted["noise"], np.tile(expected, 4))


def test_3_the_target_does_not_say_who_is_a_member():
    """Not in an audit, not in a game: shadow models alone know their members."""
    attack = make_attack(Spy("loss"), LogisticRegression())
    Spy.shown.clear()
    audit(TARGET, *PARTS, attacks=[AttackRecipe("spy", attack)], **AUDIT)
    asked = {id(session): session.member for session, _ in Spy.shown}
    assert sorted(member is None for member in asked.values()) == [False] * 4 + [True]
    Spy.shown.clear()
    game = MembershipGame(TREE, attack=attack, n_shadows=4, random_state=0)
    game.fit(X[:150], y[:150])
    assert all(session.member is not None for session, _ in Spy.shown)
    Spy.shown.clear()
    game.play(X[150:], y[150:])
    assert [session.member for session, _ in Spy.shown] == [None]


@pytest.mark.parametrize("name", ["gap", "salem3-entropy", "blind-mi"])
def test_3_attacks_that_know_nobody_are_told_nothing(name, session):
    recipe = get_attack(name)
    first, *others = (
        run(recipe.attack, recipe.fitted_on, session, member=member)
        for member in (MEMBER, 1 - MEMBER, None)
    )
    for other in others:
        assert_array_equal(other, first)


@pytest.mark.parametrize("source", ["members", "nonmembers"])
def test_3_membership_of_a_record_has_no_part_in_its_own_score(source, session):
    """One record told to be a member, or not: its own score and decision stand."""
    attack = make_attack(Signals(["loss", "entropy"]), GaussianNB())
    score, called = run(attack, source, session, member=MEMBER)
    # The folds are stratified: a swap of two records of one fold leaves them alone.
    swapped = 0
    for i in range(0, 40, 2):
        told = MEMBER.copy()
        told[[i, i + 1]] = told[[i + 1, i]]
        again, then = run(attack, source, session, member=told)
        kept = (again[[i, i + 1]] == score[[i, i + 1]]).all()
        assert not kept or (then[[i, i + 1]] == called[[i, i + 1]]).all()
        swapped += kept
    assert swapped


@pytest.mark.parametrize("name", ["lira-online", "rmia-online", "base-online"])
def test_4_who_was_trained_on_what_goes_by_content(name, shadows, session):
    """Candidates permuted, cut, copied and mixed with strangers score the same."""
    attack = get_attack(name).attack
    whole, _ = run(attack, "shadows", session, shadows=shadows)
    order = np.random.RandomState(1).permutation(300)[:100]
    labels = load_digits().target[400:500]
    mixed = np.vstack([X[order], MORE]), np.concatenate([y[order], labels])
    for records, n in (((X[order], y[order]), 100), (mixed, 100)):
        score, _ = run(attack, "shadows", session.about(*records), shadows=shadows)
        assert_array_equal(score[:n], whole[order])


def test_5_columns_stand_for_the_classes_seen_in_fit(shadows):
    """Those of the adversary, whatever classes the target has."""
    attack = make_attack(Signals("posterior"), LogisticRegression(max_iter=1000))
    attack.fit(*shadows.pairs()[:2])
    names = [f"posterior_{label}" for label in range(10)]
    for labels in (y, np.minimum(y, 3), y + 5, np.minimum(y, 3)[::-1]):
        about = Session(clone(TREE).fit(X, labels), X, labels)
        Z = attack[0].transform(about)
        assert list(Z) == names
        known = np.isin(np.arange(10), labels)
        assert (Z.loc[:, ~known] == 0).all(axis=None)
        assert attack.predict(about).shape == (300,)


def test_5_models_of_another_make_are_refused_in_words(shadows, session):
    class Layers(Evidence):
        asks = frozenset()

        def observe(self, session):
            n_layers = 1 if session.member is None else 2
            return pd.DataFrame(np.zeros((len(session), n_layers))).add_prefix("layer")

    with pytest.raises(ValueError, match="the models are of different make"):
        Layers().fit_transform(session + shadows.pairs()[0])


def test_6_access_is_granted():
    """The model itself only with white_box=True; what is no answer is not there."""
    session = Session(TARGET, X, y)
    for name in ("model", "tree_", "decision_function", "max_depth"):
        with pytest.raises(AttributeError):
            getattr(session, name)
    granted = Session(TARGET, X, y, white_box=True)
    assert granted.model is TARGET
    # Who holds a model can look at a clock.
    assert granted.answers - session.answers == {"parameters", "timing"}
    labels = Session(TARGET, X, y, answers=["predict"])
    assert not hasattr(labels, "predict_proba")
    with pytest.raises(AttributeError, match="does not answer 'predict_proba'"):
        labels.ask("predict_proba")
    more = Session(TARGET, X, y, answers=["predict", "decision_function"])
    assert more.answers == {"predict"}
    assert lacks(get_attack("shokri").attack, labels) == (
        "the model gives no probabilities"
    )


@pytest.mark.parametrize("method", ["about", "game", "audit"])
def test_6_nobody_grants_the_target_for_others(method):
    """Other records, a game, an audit: the target stays behind its answers."""
    Spy.shown.clear()
    attack = make_attack(Spy("loss"), LogisticRegression())
    if method == "about":
        asked = [Session(TARGET, X, y, answers=["predict"]).about(X[:5], y[:5])]
        assert asked[0].answers == {"predict"}
    elif method == "game":
        game = MembershipGame(TREE, attack=attack, n_shadows=4, random_state=0)
        game.fit(X[:150], y[:150]).play(X[150:], y[150:])
        asked = [session for session, _ in Spy.shown if session.member is None]
    else:
        audit(TARGET, *PARTS, attacks=[AttackRecipe("spy", attack)], **AUDIT)
        asked = [session for session, _ in Spy.shown if session.member is None]
    assert asked
    assert not any("parameters" in session.answers for session in asked)


def test_8_one_model_one_fit(tmp_path):
    """Three attacks on one target: ten shadow models and the target, 11 fits.

    Signals, attack and noise are no part of the key: 33 in version 0.1.
    """
    game = MembershipGame(
        Counting(), n_shadows=10, random_state=0, memory=str(tmp_path)
    )
    attacks = ["lira-offline", "rmia-offline", "base-offline"]
    split = ShuffleSplit(1, test_size=0.5, random_state=0)
    Counting.fits = 0
    search = {"cv": split, "refit": False, "error_score": "raise"}
    GridSearchCV(game, {"attack": attacks}, **search).fit(X, y)
    assert Counting.fits == 11
    # Other attacks, signals and noise on the same models: nothing is trained again.
    GridSearchCV(game, {"attack": ["salem1", "gap", "shadow"]}, **search).fit(X, y)
    GridSearchCV(game, {"target_noise": [0.0, 1.0]}, **search).fit(X, y)
    assert Counting.fits == 11
    # Another seed, estimator or data set: other models.
    GridSearchCV(game, {"random_state": [1]}, **search).fit(X, y)
    assert Counting.fits == 22
    GridSearchCV(game, {"target__max_depth": [3]}, **search).fit(X, y)
    assert Counting.fits == 33
    GridSearchCV(game, {"attack": attacks[:1]}, **search).fit(X + 1, y)
    assert Counting.fits == 44


def test_9_asking_why_not_trains_nothing_and_asks_nothing():
    model = BlackBox(TARGET)
    session = Session(model, X, y)
    for name in get_attack_names():
        reason = lacks(get_attack(name).attack, session)
        assert reason is None or "\n" not in reason
    assert model.n_queries_ == session.n_queries == 0


@pytest.mark.parametrize("name", ["staged-loss", "shokri"])
def test_9_what_shadow_models_lack(name):
    """An audit and a game say the same of models that cannot be seen."""
    reason = {
        "staged-loss": "the shadow models have no staged_predict_proba",
        "shokri": "the shadow models give no probabilities",
    }[name]
    boosting = GradientBoostingClassifier(n_estimators=1, max_depth=1, random_state=0)
    machine = LinearSVC()
    params = AUDIT | {"shadow_estimator": machine, "attacks": [name]}
    params |= {"access": "white-box"}
    report = audit(clone(boosting).fit(*PARTS[:2]), *PARTS, **params)
    assert report.summary.loc[name, "status"] == f"not run: {reason}"
    game = MembershipGame(boosting, machine, name, n_shadows=2, random_state=0)
    game.set_params(access="white-box")
    with pytest.raises(ValueError, match="cannot be played") as told:
        game.fit(X / 16, y)
    assert told.value.args[0].partition(" no ")[2] == reason.partition(" no ")[2] + "."


@pytest.mark.parametrize("name", others_slow(get_attack_names(), by_evidence()))
def test_9_one_reason_for_all(name):
    """Audit and game say what lacks() says, of a model that gives labels only."""
    labels = LabelOnly(TREE).fit(*PARTS[:2])
    reason = lacks(get_attack(name).attack, Session(labels, X, y, white_box=True))
    seen = "explanations", "timing", "insider", "white-box"
    every = {"attacks": [name], "n_shadows": 0, "access": seen}
    report = audit(labels, *PARTS, **every, random_state=0)
    status = report.summary.loc[name, "status"]
    if reason is None:
        assert get_attack(name).access in ("label", "timing")
        return
    assert status == f"not run: {reason}"
    boosting = GradientBoostingClassifier(n_estimators=1, max_depth=1, random_state=0)
    game = MembershipGame(labels, boosting, name, n_shadows=4, random_state=0)
    game.set_params(access=seen)
    with pytest.raises(ValueError, match="cannot be played") as refused:
        game.fit(X[:150], y[:150]).play(X[150:], y[150:])
    # Of what it holds the shadow models, of another kind, say the same first.
    of_shadows = reason.replace("LabelOnly", "GradientBoostingClassifier")
    unplayable = {"candidates", "transfer"} & set(get_attack(name).needs)
    said = [one for one in (reason, of_shadows) if one in str(refused.value)]
    assert said or unplayable


class Breaks(Evidence):
    asks = frozenset({"predict"})

    def observe(self, session):
        raise ZeroDivisionError("a fault of its own")


@pytest.mark.parametrize("source", ["shadows", *slow("members", "candidates", None)])
def test_10_an_attack_that_raises_fails_alone(source):
    """Its class and sentence in the status; the numbers of the others unmoved."""
    own = AttackRecipe("own", make_attack(Breaks(), BlindAttack()), source)
    names = ["gap", "loss-threshold", "shokri", "lira-online", "salem3-entropy"]
    report = audit(TARGET, *PARTS, attacks=[names[0], own, *names[1:]], **AUDIT)
    assert report.summary.loc["own", "status"] == (
        "failed: ZeroDivisionError: a fault of its own"
    )
    without = audit(TARGET, *PARTS, attacks=names, **AUDIT)
    pd.testing.assert_frame_equal(report.records, without.records)
