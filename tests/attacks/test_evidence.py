"""Attacks as Pipelines: pairs of a model and a record in, membership out."""

import pickle

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    cross_val_predict,
    cross_val_score,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skmia import ShadowModels
from skmia.attacks import (
    LikelihoodRatioAttack,
    get_attack,
    get_attack_names,
    lacks,
    make_attack,
    run,
)
from skmia.attacks._run import judge
from skmia.attacks.evidence import (
    Evidence,
    References,
    Signals,
)
from skmia.signals import make_signal
from skmia.targets import Session

TREE = DecisionTreeClassifier(min_samples_leaf=3, random_state=0)


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X[:300], y[:300]


@pytest.fixture(scope="module")
def shadows(digits):
    return ShadowModels(TREE, n_shadows=4, random_state=0).fit(*digits)


@pytest.fixture
def session(digits):
    X, y = digits
    return Session(clone(TREE).fit(X[::2], y[::2]), X, y)


MEMBER = (np.arange(300) % 2 == 0).astype(int)
SIGNALS = make_attack(Signals(), LogisticRegression(max_iter=1000))
LIRA = make_attack(References("scaled_logit", online=True), LikelihoodRatioAttack())


def test_a_classifier_of_pairs(shadows, session):
    pairs, member, shadow = shadows.pairs()
    Z, m, s = shadows.observations(["posterior", "loss"])
    pd.testing.assert_frame_equal(SIGNALS[0].fit_transform(pairs), Z)
    assert_array_equal([m, s], [member, shadow])
    attack = clone(SIGNALS).fit(pairs, member)
    plain = clone(SIGNALS["model"]).fit(Z, member)
    seen = session.observe(["posterior", "loss"])
    assert_array_equal(attack.predict_proba(session), plain.predict_proba(seen))
    assert attack.score(session, MEMBER) > 0.5


def test_scikit_learn_drives_it(shadows, session):
    pairs, member, shadow = shadows.pairs()
    folds = GroupKFold(4)
    scores = cross_val_score(SIGNALS, pairs, member, groups=shadow, cv=folds)
    assert scores.min() > 0.5
    scaled = Pipeline([SIGNALS.steps[0], ("scale", StandardScaler()), SIGNALS.steps[1]])
    grid = {"model__C": [0.1, 1], "evidence__signals": ["loss", ["loss", "entropy"]]}
    search = GridSearchCV(scaled, grid, cv=folds).fit(pairs, member, groups=shadow)
    assert search.predict(session).shape == (300,)
    score = cross_val_predict(SIGNALS, session, MEMBER, method="decision_function")
    assert roc_auc_score(MEMBER, score) > 0.5
    union = FeatureUnion([("own", Signals("loss")), ("beside", References("margin"))])
    both = make_attack(union, GaussianNB())
    one, m, _ = shadows.pairs(1)
    assert both.fit(one, m)[0].transform(one).shape == (300, 1 + 1 + 3 + 3)


def test_references_are_the_tables_of_shadow_models(shadows, session):
    pairs, member, _ = shadows.pairs(2)
    evidence = References("loss", online=True).fit(pairs, member)
    Z, m, _ = shadows.pseudo_observations("loss", 2)
    found = evidence.transform(pairs)
    assert_array_equal(found.to_numpy(), Z.to_numpy())
    assert list(found) == list(Z)
    assert_array_equal(member, m)
    expected = shadows.reference_observations(session.observe("loss"), "loss")
    pd.testing.assert_frame_equal(evidence.transform(session), expected)


def test_who_was_trained_on_what_goes_by_content(digits, shadows, session):
    """Candidates permuted, cut, and mixed with strangers."""
    X, y = digits
    attack = clone(LIRA).fit(*shadows.pairs(2)[:2])
    whole, _ = judge(attack, session)
    order = np.random.RandomState(1).permutation(300)[:200]
    strange, labels = (part[600:700] for part in load_digits(return_X_y=True))
    for mine, theirs in (
        ((X[order], y[order]), (strange, labels)),
        ((X[order].astype(np.float32), y[order]), (strange, labels)),
        # The same features with another label are another record.
        ((X[order], y[order]), (X[:50], (y[:50] + 1) % 10)),
    ):
        about = session.about(*map(np.concatenate, zip(mine, theirs, strict=True)))
        assert_array_equal(judge(attack, about)[0][:200], whole[order])
    frame = pd.DataFrame(X)
    as_frame = ShadowModels(TREE, n_shadows=4, random_state=0).fit(frame, y)
    attack.fit(*as_frame.pairs(2)[:2])
    target = clone(TREE).fit(frame[::2], y[::2])
    mixed = pd.concat([frame.iloc[order].astype(int), pd.DataFrame(strange)])
    about = Session(target, mixed, np.concatenate([y[order], labels]))
    assert_array_equal(judge(attack, about)[0][:200], whole[order])


def test_no_reference_knows_strangers(shadows, session):
    X, y = (part[600:700] for part in load_digits(return_X_y=True))
    attack = clone(LIRA).fit(*shadows.pairs(2)[:2])
    with pytest.raises(ValueError, match="only offline attacks are possible"):
        attack.predict(session.about(X, y))
    offline = clone(LIRA).set_params(evidence__online=False, model__mode="offline")
    offline.fit(*shadows.pairs(2)[:2])
    assert np.isfinite(judge(offline, session.about(X, y))[0]).all()


def test_recorded_answers_make_the_same_attack(digits, shadows, session):
    recorded = ShadowModels(TREE, n_shadows=4, random_state=0)
    recorded.set_params(signals=["posterior", "loss", "scaled_logit"]).fit(*digits)
    for attack in (SIGNALS, LIRA):
        scores = []
        for models in (shadows, recorded):
            pairs, member, _ = models.pairs(attack[0].n_models)
            scores.append(judge(clone(attack).fit(pairs, member), session)[0])
        assert_array_equal(*scores)


def test_pickled_and_asked_elsewhere(digits, shadows, session):
    attack = clone(LIRA).fit(*shadows.pairs(2)[:2])
    again, asked = pickle.loads(pickle.dumps((attack, session)))
    assert_array_equal(judge(again, asked)[0], judge(attack, session)[0])


def test_models_of_another_make(shadows, session):
    class Own(Evidence):
        asks = frozenset()

        def observe(self, session):
            n_columns = 1 if session.member is None else 2
            return pd.DataFrame(np.zeros((len(session), n_columns))).add_prefix("layer")

    with pytest.raises(ValueError, match="the models are of different make"):
        Own().fit_transform(session + shadows.pairs()[0])
    attack = make_attack(Own(), GaussianNB()).fit(*shadows.pairs()[:2])
    with pytest.raises(ValueError, match="feature names"):
        attack.predict(session)


def test_records_in_the_place_of_pairs(digits):
    with pytest.raises(TypeError, match=r"Signals takes pairs .* Got ndarray"):
        clone(SIGNALS).fit(*digits)


def test_references_without_shadow_models(session):
    with pytest.raises(ValueError, match="at least two shadow models"):
        References().fit(session)


def test_columns_stand_for_the_classes_of_the_adversary(digits, shadows):
    """Of a target that knows fewer classes, or others too, the columns are the same."""
    X, y = digits
    attack = clone(SIGNALS).fit(*shadows.pairs()[:2])
    columns = [f"posterior_{label}" for label in range(10)]
    for labels in (np.minimum(y, 3), y + 5):
        session = Session(clone(TREE).fit(X, labels), X, labels)
        Z = attack[0].transform(session)
        assert list(Z) == [*columns, "loss"]
        assert (Z.loc[:, columns].sum(axis=1) <= 1 + 1e-9).all()
        assert attack.predict(session).shape == (300,)


def test_lacks(digits, session):
    X, y = digits
    machine = Session(LinearSVC(random_state=0, max_iter=10_000).fit(X / 16, y), X, y)
    reasons = {name: lacks(get_attack(name).attack) for name in get_attack_names()}
    distil = "no unlabelled records are given to distil the model on"
    assert {name: reason for name, reason in reasons.items() if reason} == {
        "fairness-discrepancy": "no former version of the model is given",
        "model-update": "no former version of the model is given",
        "trajectory": distil,
        "seqmia": distil,
        "transfer": "no unlabelled records are given to train a surrogate on",
    }
    for name in get_attack_names():
        attack = get_attack(name).attack
        runs = lacks(attack, machine) is None
        asks = attack[0].asks
        public = getattr(attack[0], "X_public", ()) is not None
        signals = getattr(attack[0], "signals", None) or ()
        of_images = "augmented_correctness" in signals
        labels = asks <= {"predict", "decision_function"}
        assert runs == (labels and public and not of_images)
    words = Session(TREE, pd.DataFrame({"town": ["Ulm"]}))
    assert lacks(get_attack("qmia").attack, words) == "the features are not numbers"
    assert lacks(get_attack("staged-loss").attack, session) == (
        "the model has no staged_predict_proba"
    )
    union = make_attack(FeatureUnion([("own", Signals("loss"))]), GaussianNB())
    assert lacks(union, machine) is None


def test_run_refuses_what_it_does_not_know(session):
    with pytest.raises(ValueError, match="'fitted_on' parameter of run must be one"):
        run(SIGNALS, "luck", session)


def test_membership_is_not_in_what_is_judged(shadows, session):
    """Only the labels of the pairs that an attack is fitted on reach it."""
    assert session.member is session.about(session.X).member is None
    recipe = get_attack("loss-threshold")
    score, _ = run(recipe.attack, "members", session, member=MEMBER)
    swapped, _ = run(recipe.attack, "members", session, member=1 - MEMBER)
    assert_array_equal(score, swapped)


def test_a_signal_of_ones_own(shadows, session):
    def gini(y, P):
        return 1 - (P**2).sum(axis=1)

    own = make_signal(gini, greater_is_member=False, needs_y=False)
    attack = make_attack(Signals([own, "loss"]), GaussianNB())
    score, called = run(attack, "shadows", session, shadows=shadows)
    assert roc_auc_score(MEMBER, score) > 0.5
    assert set(called) <= {0, 1}


class Gives(Evidence):
    asks = frozenset({"predict"})

    def __init__(self, wrong):
        self.wrong = wrong

    def observe(self, session):
        return self.wrong(session.observe("correctness"))


@pytest.mark.parametrize(
    "wrong", [pd.DataFrame.to_numpy, lambda Z: None, lambda Z: Z[:-1], lambda Z: 5]
)
def test_what_is_no_table_of_the_records(session, wrong):
    with pytest.raises(ValueError, match=r"Gives.observe must give .* here 300\. Got"):
        Gives(wrong).fit(session).transform(session)


def test_evidence_that_does_not_say_what_it_asks(session):
    class Silent(Evidence):
        def observe(self, session):
            return session.observe("loss")

    message = "Silent must say what it asks of a model"
    with pytest.raises(TypeError, match=message):
        Silent().fit(session).transform(session)
    with pytest.raises(TypeError, match=message):
        lacks(make_attack(Silent(), GaussianNB()), session)


def test_no_pairs(shadows, session):
    pairs, member, _ = shadows.pairs()
    attack = clone(SIGNALS).fit(pairs, member)
    for nobody in (pairs[:0], session[[]]):
        with pytest.raises(ValueError, match="Signals needs at least one pair"):
            attack.predict(nobody)
