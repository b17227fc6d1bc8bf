"""Whole attacks in the game, what they share, and how the challenger deals."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits, load_wine
from sklearn.ensemble import GradientBoostingClassifier, StackingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GridSearchCV, ShuffleSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import FeatureUnion
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from slow_cases import others_slow

from skmia import MembershipGame
from skmia.attacks import (
    LikelihoodRatioAttack,
    get_attack,
    get_attack_names,
    make_attack,
)
from skmia.attacks.evidence import Distilled, Evidence, References, Signals
from skmia.game import Canaries, Halves
from skmia.generators import OtherRecords
from skmia.targets import Explained

X, y = load_digits(return_X_y=True)
X, y = X[:400], y[:400]
ADVERSARY, VICTIM = (X[:200], y[:200]), (X[200:], y[200:])
TREE = DecisionTreeClassifier(min_samples_leaf=3)
LOGISTIC = LogisticRegression(max_iter=1000)
OWN = make_attack(Signals(["loss", "entropy"]), LOGISTIC)


class Counting(DecisionTreeClassifier):
    """Counts the fits of all its instances."""

    fits = 0

    def fit(self, X, y):
        Counting.fits += 1
        return super().fit(X, y)


def play(attack, target=TREE, **params):
    game = MembershipGame(target, attack=attack, n_shadows=4, random_state=0, **params)
    return game.fit(*ADVERSARY).play(*VICTIM)


@pytest.mark.parametrize(
    "name", others_slow(get_attack_names(), {*get_attack_names()} - {"timing"})
)
def test_every_name_but_those_of_another_threat_model(name):
    target = GradientBoostingClassifier(n_estimators=2)
    access = ("timing", "insider", "white-box")
    if get_attack(name).access == "explanations":
        target = Explained(TREE, explainer="occlusion", records=2)
        access = "explanations"
    needs = get_attack(name).needs
    unlike = {"candidates": "references that were trained on the candidates"}
    unlike |= {"transfer": "another task", "distillation": "no unlabelled records"}
    unlike |= {"former": "no former version of the model"}
    unlike |= {"rounds": "the model has no ", "parties": "the model has no party_proba"}
    unlike |= {"exchanges": "the model has no (shared_scores_|consensus_), as "}
    reasons = [unlike[need] for need in needs if need in unlike]
    of_others = {
        "augmentation": "the records are no images",
        "node-0-hop": "the model has no isolated_proba",
        "node-combined": "the model has no isolated_proba",
        "pgd-distance": "the gradients of this GradientBoostingClassifier",
        "gradient-norm": "the gradients of this GradientBoostingClassifier",
        "gradient-statistics": "the gradients of this GradientBoostingClassifier",
        "nasr-supervised": "the gradients of this GradientBoostingClassifier",
        "nasr-shadow": "the gradients of this GradientBoostingClassifier",
        "nasr-unsupervised": "the gradients of this GradientBoostingClassifier",
        "stored-rows": "holds no training rows",
        "margin-test": "is no SVC",
        "preprocessing-test": "no step of this GradientBoostingClassifier",
        "leino": "is neither naive Bayes nor linear",
        "leino-layers": "is no MLPClassifier",
        "matt": "is no linear model of a smooth loss",
    }
    reasons += [of_others[name]] if name in of_others else []
    if reasons:
        with pytest.raises(ValueError, match=f"be played( in a game)?: .*{reasons[0]}"):
            play(name, target, access=access)
        return
    outcome = play(name, target, access=access)
    assert np.isfinite(outcome.score).all()
    assert set(outcome.predicted) <= {0, 1}
    assert len(outcome.observations) == 200


def test_the_gap_attack_is_right_or_wrong():
    """One attack, one number, in an audit and in a game."""
    outcome = play("gap")
    assert_array_equal(outcome.score, outcome.observations["correctness"])
    assert_array_equal(outcome.score, outcome.predicted)


def test_an_attack_that_learns_nothing_trains_no_shadow_models():
    Counting.fits = 0
    for name in ("gap", "blind-mi", "salem3-entropy"):
        play(name, Counting(min_samples_leaf=3))
    assert Counting.fits == 3


@pytest.mark.parametrize(
    "attack",
    [
        OWN,
        make_attack(References("scaled_logit"), LikelihoodRatioAttack(mode="offline")),
        make_attack(
            FeatureUnion([("own", Signals("loss")), ("more", Signals("entropy"))]),
            LOGISTIC,
        ),
    ],
    ids=["signals", "references", "union"],
)
def test_an_attack_of_ones_own(attack):
    outcome = play(attack)
    assert roc_auc_score(outcome.member, outcome.score) > 0.5
    again = play(clone(attack))
    assert_array_equal(again.score, outcome.score)
    assert not hasattr(attack["model"], "classes_")


def test_an_attack_that_learned_who_is_in_is_not_for_strangers():
    """Scores and threshold of in models, where no reference knows the candidates."""
    attack = make_attack(References("scaled_logit"), LikelihoodRatioAttack())
    with pytest.raises(ValueError, match=r"Fit LikelihoodRatioAttack\(mode='offline'"):
        play(attack)


def test_a_pipeline_and_its_parts_are_one_attack():
    whole = play(OWN)
    parts = play(LOGISTIC, signals=["loss", "entropy"])
    assert_array_equal(whole.score, parts.score)
    pd.testing.assert_frame_equal(whole.observations, parts.observations)
    named = play("lira-offline")
    ratio = LikelihoodRatioAttack(mode="offline", clip=36, scale="auto")
    own = make_attack(References("scaled_logit"), ratio)
    assert_array_equal(play(own).score, named.score)


def test_signals_in_the_place_of_those_of_a_name():
    outcome = play("shadow", signals="entropy")
    assert list(outcome.observations) == ["entropy"]


def test_evidence_that_asks_the_models_themselves():
    """Nothing of it can be recorded: the shadow models are kept."""

    class Corner(Evidence):
        asks = frozenset({"predict_proba"})

        def observe(self, session):
            nearby = np.maximum(session.X, 1)
            around = session.observe("loss", nearby, session.y)
            return session.observe("loss").join(around.add_suffix(" nearby"))

    outcome = play(make_attack(Corner(), LOGISTIC))
    assert list(outcome.observations) == ["loss", "loss nearby"]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_unlabelled_records_are_a_parameter_of_the_evidence():
    attack = clone(get_attack("trajectory").attack)
    public = load_digits().data[400:500]
    attack.set_params(evidence=Distilled(public, n_snapshots=2))
    assert np.isfinite(play(attack).score).all()


def test_nested_parameters():
    game = MembershipGame(TREE, attack=OWN, random_state=0)
    names = {"attack__model__C", "attack__evidence__signals", "target__max_depth"}
    assert names <= set(game.get_params())
    other = clone(game).set_params(
        attack__model__C=3.0, attack__evidence__signals="loss"
    )
    assert (OWN["model"].C, OWN["evidence"].signals) == (1.0, ["loss", "entropy"])
    assert other.fit(*ADVERSARY).score(*VICTIM) >= 0
    assert clone(game).set_params(attack=GaussianNB()).fit(*ADVERSARY)


@pytest.mark.slow
@pytest.mark.parametrize(
    "attacks",
    [
        ["lira-offline", "rmia-offline", "base-offline"],
        ["shadow", "salem1", "truex", "loss-threshold", "gap", "blind-mi"],
        [OWN, "lira-offline", "shokri"],
    ],
)
def test_attacks_share_their_models(tmp_path, attacks):
    """Ten shadow models and a target, whatever the attacks see of them."""
    searches = []
    for memory in (str(tmp_path), None):
        Counting.fits = 0
        game = MembershipGame(Counting(), n_shadows=10, random_state=0, memory=memory)
        searches.append(
            GridSearchCV(
                game,
                {"attack": attacks},
                cv=ShuffleSplit(1, test_size=0.5, random_state=0),
                refit=False,
                error_score="raise",
            ).fit(X, y)
        )
        if memory:
            assert Counting.fits == 11
    scores = [search.cv_results_["mean_test_score"] for search in searches]
    assert_array_equal(*scores)


class Column(DecisionTreeClassifier):
    """Predicts one column, as CatBoost does for several classes."""

    def predict(self, X):
        return super().predict(X)[:, np.newaxis]


@pytest.mark.parametrize("attack", ["gap", "shadow-label", "loss-threshold", OWN])
def test_predictions_in_one_column_are_predictions(attack):
    """Compared with labels they are one answer per record, never n of them."""
    game = MembershipGame(
        Column(max_depth=5), attack=attack, n_shadows=4, random_state=0
    )
    plain = clone(game).set_params(target=DecisionTreeClassifier(max_depth=5))
    found, expected = (
        one.fit(*ADVERSARY).play(*VICTIM, utility=True) for one in (game, plain)
    )
    assert_array_equal(found.score, expected.score)
    assert_array_equal(found.predicted, expected.predicted)
    assert found.target_train_accuracy == expected.target_train_accuracy
    assert found.target_test_accuracy == expected.target_test_accuracy


def test_accuracy_of_the_target_is_that_of_its_predictions():
    """On its members and on others, labels of any type."""
    names = np.array(["zero", "one", "two", "three"])[y[200:] % 4]
    adversary = X[:200], np.array(["zero", "one", "two", "three"])[y[:200] % 4]
    game = MembershipGame(TREE, attack="gap", n_shadows=4, random_state=0).fit(
        *adversary
    )
    outcome = game.play(X[200:], names, utility=True)
    right = outcome.observations["correctness"]
    assert outcome.target_train_accuracy == right[outcome.member == 1].mean() > 0.8
    assert outcome.target_test_accuracy == right[outcome.member == 0].mean() < 0.8


def test_another_task_is_said_to_be_salem1_with_other_records():
    """The cure that the refusal names is one."""
    with pytest.raises(ValueError, match=r"shadow_data=OtherRecords\(X_other, y_other"):
        play("salem2")
    other = OtherRecords(*load_wine(return_X_y=True))
    outcome = play("salem1", shadow_data=other, shadow_size=178)
    assert np.isfinite(outcome.score).all()


def test_a_target_that_does_not_answer():
    with pytest.raises(ValueError, match="be played: the model has no staged_predict"):
        MembershipGame(
            TREE,
            GradientBoostingClassifier(n_estimators=2),
            "staged-loss",
            access="white-box",
            n_shadows=4,
        ).set_params(random_state=0).fit(*ADVERSARY).play(*VICTIM)


def test_halves_are_the_protocol():
    assert_array_equal(play(OWN).score, play(OWN, protocol=Halves()).score)


def test_canaries():
    """An unpruned tree gives a wrong label to those only that it was trained on."""
    outcome = play("loss-threshold", DecisionTreeClassifier(), protocol=Canaries(60))
    assert len(outcome.score) == 60
    assert outcome.member.sum() == 30
    assert roc_auc_score(outcome.member, outcome.score) > 0.95
    game = MembershipGame(TREE, protocol=Canaries())
    assert clone(game).set_params(protocol__n_canaries=5).protocol.n_canaries == 5


def test_canaries_have_a_wrong_label_and_all_others_are_trained_on():
    (X_dealt, labels, rows), asked, wrong, member = Canaries(50).deal(
        TREE, X, y, seed=0
    )
    changed = np.flatnonzero(labels != y)
    assert_array_equal(X_dealt[changed], asked)
    assert_array_equal(labels[changed], wrong)
    assert_array_equal(np.isin(changed, rows), member)
    assert len(rows) == 400 - (member == 0).sum()
    assert_array_equal(y, load_digits().target[:400])


@pytest.mark.parametrize(
    ("protocol", "target", "member", "message"),
    [
        (Canaries(1), TREE, None, "'n_canaries' .* must be from 2 to .* 200"),
        (Canaries(201), TREE, None, "Got 201 and 10 classes"),
        (Canaries(5), TREE, np.arange(200) % 2, "pass no member="),
        (Canaries(5), FrozenEstimator(TREE), None, "a target that can be trained"),
    ],
)
def test_bad_canaries(protocol, target, member, message):
    game = MembershipGame(target, TREE, LOGISTIC, n_shadows=2, protocol=protocol)
    game.set_params(random_state=0).fit(*ADVERSARY)
    with pytest.raises(ValueError, match=message):
        game.play(*VICTIM, member=member)


@pytest.mark.parametrize(
    ("target", "attack", "reason"),
    [
        (DecisionTreeClassifier(), "decision-margin-threshold", "no decision_function"),
        (DecisionTreeClassifier(), "margin-lira-offline", "no decision_function"),
        (DecisionTreeClassifier(), "staged-loss", "no staged_predict_proba"),
        (LinearSVC(), "shadow", "no probabilities"),
    ],
)
def test_shadow_models_that_do_not_answer(target, attack, reason):
    """Said in one sentence in audit, game and command line."""
    game = MembershipGame(target, attack=attack, n_shadows=2, random_state=0)
    game.set_params(access="white-box")
    with pytest.raises(ValueError, match=rf"attack cannot be played: the.* {reason}\."):
        game.fit(X[:200], y[:200])


def test_who_answers_only_when_it_is_fitted_is_asked():
    """A stack says what it answers when its last model is fitted."""
    stack = StackingClassifier([("tree", TREE)], cv=2)
    assert not hasattr(stack, "decision_function")
    outcome = play("decision-margin-threshold", stack)
    assert np.isfinite(outcome.score).all()
