"""One cache for a search, games and audits: what is shared, and what must not be."""

import pickle
import shutil

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_digits
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, ShuffleSplit, cross_validate
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier
from slow_cases import by_evidence, others_slow, slow

from skmia import BlackBox, MembershipGame, audit, game_scorer
from skmia.attacks import RelativeAttack, get_attack_names, make_attack
from skmia.attacks.evidence import References
from skmia.defenses import PrivateForestClassifier
from skmia.shadow import ShadowModels
from skmia.signals import signal

X, y = load_digits(return_X_y=True)
X, y = X[:300], y[:300]
ADVERSARY, VICTIM = (X[:150], y[:150]), (X[150:], y[150:])
SPLIT = ShuffleSplit(1, test_size=0.5, random_state=0)
SEARCH = {"cv": SPLIT, "refit": False, "error_score": "raise"}
ONE_ANSWER = ["loss-threshold", "shadow", "truex", "lira-offline", "rmia-offline"]
ONE_ANSWER += ["reference", "difficulty-calibration", "qmia"]


class Counting(DecisionTreeClassifier):
    """Counts how often models are fitted, asked and loaded."""

    fits = answers = loads = 0

    def fit(self, X, y, sample_weight=None):
        Counting.fits += 1
        return super().fit(X, y, sample_weight)

    def predict_proba(self, X):
        Counting.answers += 1
        return super().predict_proba(X)

    def __setstate__(self, state):
        Counting.loads += 1
        super().__setstate__(state)


TREE = Counting(min_samples_leaf=3)


@pytest.fixture(autouse=True)
def _fresh_counters():
    Counting.fits = Counting.answers = Counting.loads = 0


def counted():
    found = Counting.fits, Counting.answers, Counting.loads
    Counting.fits = Counting.answers = Counting.loads = 0
    return found


def make_game(memory=None, target=TREE, **params):
    params = {"attack": "rmia-offline", "n_shadows": 4, "random_state": 0} | params
    return MembershipGame(clone(target), memory=memory, **params)


def assert_same_outcome(found, expected):
    assert_array_equal(found.score, expected.score)
    assert_array_equal(found.predicted, expected.predicted)
    assert_array_equal(found.member, expected.member)
    pd.testing.assert_frame_equal(
        found.observations, expected.observations, check_exact=True
    )


def searched(memory, attacks):
    grid = {"attack": attacks}
    found = GridSearchCV(
        make_game(memory), grid, scoring=game_scorer("auc"), **SEARCH
    ).fit(X, y)
    return found.cv_results_["mean_test_score"]


@pytest.mark.slow
def test_eight_attacks_fit_and_ask_what_one_does(tmp_path):
    """Four shadow models and a target; asked about the pool, and about candidates."""
    expected = searched(None, ONE_ANSWER)
    assert counted()[0] == 8 * 5
    assert_array_equal(searched(str(tmp_path), ONE_ANSWER), expected)
    fits, answers, _ = counted()
    # The candidates: of the target, and of the four references.
    assert (fits, answers) == (5, 4 + 1 + 4)
    assert_array_equal(searched(str(tmp_path), ONE_ANSWER[::-1]), expected[::-1])
    assert counted() == (0, 0, 0)


@pytest.mark.slow
def test_another_attack_loads_no_model(tmp_path):
    searched(str(tmp_path), ["rmia-offline"])
    counted()
    others = ["lira-offline", "reference", "shadow", "qmia"]
    found = searched(str(tmp_path), others)
    assert counted() == (0, 0, 0)
    assert_array_equal(found, searched(None, others))


# What is kept are answers of models, which an evidence asks for: one name of each.
LONG = {"noise-robustness", "sampling", "qmia"}


@pytest.mark.parametrize("name", others_slow(get_attack_names(), by_evidence() - LONG))
def test_every_name_is_the_same_with_a_cache(tmp_path_factory, name):
    folder = tmp_path_factory.getbasetemp() / "of all names"
    target = GradientBoostingClassifier(n_estimators=2, random_state=0)
    outcomes = []
    for memory in (None, str(folder), str(folder)):
        game = make_game(memory, target, attack=name)
        try:
            game.fit(*ADVERSARY)
        except ValueError as error:
            outcomes.append(str(error))
        else:
            outcomes.append(game.play(*VICTIM, utility=True))
    expected, *found = outcomes
    if isinstance(expected, str):
        assert found == [expected] * 2
        return
    for outcome in found:
        assert_same_outcome(outcome, expected)
        assert outcome.target_train_accuracy == expected.target_train_accuracy
        assert outcome.target_test_accuracy == expected.target_test_accuracy


@pytest.mark.slow
def test_cross_validate_shares_with_games(tmp_path):
    """Each fold has its models, whoever comes first."""
    options = {"cv": 2, "scoring": game_scorer("auc"), "error_score": "raise"}
    for attack in ONE_ANSWER:
        cross_validate(make_game(str(tmp_path), attack=attack), X, y, **options)
    fits, answers, _ = counted()
    assert (fits, answers) == (2 * 5, 2 * 9)


def test_an_audit_again_trains_asks_and_loads_nothing(tmp_path):
    model = clone(TREE).set_params(random_state=0).fit(*ADVERSARY)
    parts = (*ADVERSARY, *VICTIM)
    options = {"n_shadows": 4, "random_state": 0}
    expected = audit(model, *parts, **options).records
    counted()
    first = audit(model, *parts, memory=str(tmp_path), **options).records
    assert counted()[0] == 5  # and the negative control
    again = audit(model, *parts, memory=str(tmp_path), **options).records
    fits, answers, loads = counted()
    # The audited model is asked: one answer for all attacks, one for labels, and
    # about ten records and copies of them, whether it takes such.
    # The negative control is loaded, and asked the same.
    assert (fits, loads) == (0, 1)
    assert answers <= 5
    pd.testing.assert_frame_equal(first, expected, check_exact=True)
    pd.testing.assert_frame_equal(again, expected, check_exact=True)


NOISE = np.random.RandomState(0).uniform(size=X.shape)
CHANGES = {
    "seed": ({"random_state": 1}, {}),
    "target": ({"target__max_depth": 3}, {}),
    "shadow_estimator": ({"shadow_estimator": Counting(max_depth=2)}, {}),
    "design": ({"n_shadows": 6}, {}),
    "noise": ({"target_noise": 2.0}, {}),
    "records": ({}, {"X": X + np.eye(300, 64)}),
    "one record": ({}, {"X": np.where(np.arange(300)[:, None] == 7, 0, X)}),
    "labels": ({}, {"y": np.roll(y, 1)}),
    "order": ({}, {"X": X[::-1], "y": y[::-1]}),
    "dtype": ({}, {"X": (X + NOISE).astype(np.float32)}),
    "frame": ({}, {"X": pd.DataFrame(X)}),
    "weights": ({}, {"sample_weight": np.arange(300) % 3 + 1.0}),
    "other weights": ({}, {"sample_weight": np.arange(300) % 2 + 1.0}),
    "members": ({}, {"member": np.arange(150) % 3 == 0}),
}


@pytest.mark.parametrize("attack", [*slow("rmia-offline", "shadow"), "gap"])
def test_what_is_different_is_never_found(tmp_path, attack):
    """All in one cache, forth and back: each time what it is without a cache."""

    def play(memory, params, data):
        data = {"X": X, "y": y, "sample_weight": None, "member": None} | data
        cut = {"X": data["X"][:150], "y": data["y"][:150]}
        of_victim = {"X": data["X"][150:], "y": data["y"][150:]}
        weights = data["sample_weight"]
        if weights is not None:
            cut["sample_weight"] = weights[:150]
            of_victim["fit_params"] = {"sample_weight": weights[150:]}
        game = make_game(memory, attack=attack).set_params(**params)
        return game.fit(**cut).play(**of_victim, member=data["member"], utility=True)

    expected = {name: play(None, *change) for name, change in CHANGES.items()}
    scores = {name: outcome.score.tobytes() for name, outcome in expected.items()}
    if attack != "gap":  # it sees few values
        assert len(set(scores.values())) == len(scores)
    for name in [*CHANGES, *CHANGES]:
        found = play(str(tmp_path), *CHANGES[name])
        assert_same_outcome(found, expected[name])
        assert found.target_test_accuracy == expected[name].target_test_accuracy


def test_records_that_were_changed_in_place_are_others(tmp_path):
    records, victim = ADVERSARY[0].copy(), VICTIM[0].copy()
    cached, uncached = make_game(str(tmp_path)), make_game()
    for _ in range(2):
        expected = uncached.fit(records, y[:150]).play(victim, y[150:])
        game = cached.fit(records, y[:150])
        assert_same_outcome(game.play(victim, y[150:]), expected)
        victim[::2] += 1
        expected = uncached.play(victim, y[150:])
        assert_same_outcome(game.play(victim, y[150:]), expected)
        records[::2] += 1


def test_numbers_and_words_of_a_table_are_not_the_same(tmp_path):
    """A one-hot encoder of words knows no number."""
    encode = make_column_transformer(
        (OneHotEncoder(categories=[["0", "1", "2"]], handle_unknown="ignore"), ["a"]),
        remainder="passthrough",
    )
    target = make_pipeline(encode, DecisionTreeClassifier(min_samples_leaf=3))
    words = pd.DataFrame({"a": (X[:, 2] // 6).astype(int).astype(str), "b": X[:, 3]})
    words["a"] = words["a"].astype(object)
    numbers = words.assign(a=words["a"].astype(int).astype(object))
    for memory in (None, str(tmp_path)):
        game = make_game(memory, target).fit(words[:150], y[:150])
        scores = [game.play(Z[150:], y[150:]).score for Z in (words, numbers)]
        if memory is None:
            expected = scores
    assert_array_equal(scores, expected)
    assert (scores[0] != scores[1]).any()


def test_a_budget_is_spent_in_every_game(tmp_path):
    """What was answered in another game does not make the budget go further."""
    target = BlackBox(TREE, max_queries=200)
    params = {"shadow_estimator": TREE, "attack": LogisticRegression(max_iter=1000)}
    for signals in ("loss", *[["loss", "correctness"]] * 2):
        params["signals"] = signals
        found, expected = (
            make_game(memory, target, **params).fit(*ADVERSARY).play(*VICTIM)
            for memory in (str(tmp_path), None)
        )
        # Of 150 candidates: one answer each, or 200 answers of two kinds.
        assert expected.judged.sum() == (150 if signals == "loss" else 50)
        assert_same_outcome(found, expected)


def test_a_game_that_leaves_takes_its_models_along(tmp_path):
    expected = make_game().fit(*ADVERSARY).play(*VICTIM)
    for _ in range(2):
        game = make_game(str(tmp_path / "cache")).fit(*ADVERSARY)
    left = pickle.dumps(game)
    shutil.rmtree(tmp_path / "cache")
    counted()
    taken = pickle.loads(left)
    assert_same_outcome(taken.play(*VICTIM), expected)
    assert counted()[0] == 1  # the target


def test_a_cache_that_was_emptied_in_between(tmp_path):
    game = make_game(str(tmp_path / "cache")).fit(*ADVERSARY)
    game = clone(game).fit(*ADVERSARY)
    shutil.rmtree(tmp_path / "cache")
    assert_same_outcome(game.play(*VICTIM), make_game().fit(*ADVERSARY).play(*VICTIM))


def test_what_cannot_be_hashed_is_played_without_the_cache(tmp_path):
    class Local(Counting):
        pass

    found, expected = (
        make_game(memory, Local(max_depth=5)).fit(*ADVERSARY).play(*VICTIM)
        for memory in (str(tmp_path), None)
    )
    assert_same_outcome(found, expected)
    assert counted()[0] == 2 * 5


class Strided(GaussianNB):
    """Answers with every other row of a longer array, column by column in memory."""

    def predict_proba(self, X):
        P = np.repeat(super().predict_proba(X), 2, axis=0)
        return np.asfortranarray(P)[::2]


def test_the_layout_of_an_answer_moves_no_bit(tmp_path):
    """Sums depend on it, and a cache returns arrays without gaps."""
    target = Strided(var_smoothing=0.1)
    outcomes = [
        make_game(memory, target, attack="entropy-threshold")
        .fit(*ADVERSARY)
        .play(*VICTIM)
        for memory in (None, str(tmp_path), str(tmp_path))
    ]
    for outcome in outcomes[1:]:
        assert_same_outcome(outcome, outcomes[0])


@signal("parameters", probing=True)
def depth(model, X, y, classes):
    return np.full(len(X), model.get_depth())


def test_the_models_themselves_are_still_there(tmp_path):
    """Who holds them may look into them: they are loaded for it."""
    fitted = [
        ShadowModels(TREE, n_shadows=4, random_state=0, memory=memory).fit(X, y)
        for memory in (None, str(tmp_path), str(tmp_path))
    ]
    assert counted()[2] == 4  # each once, when it is kept, to see that it is the same
    expected, *others = fitted
    for shadows in others:
        assert {type(model) for model in shadows.estimators_} == {Counting}
        assert_array_equal(shadows.reference(depth), expected.reference(depth))
        assert_array_equal(
            shadows.reference("loss", X[:9], y[:9]),
            expected.reference("loss", X[:9], y[:9]),
        )
        assert_array_equal(
            [model.predict(X) for model in shadows.estimators_],
            [model.predict(X) for model in expected.estimators_],
        )
    assert "estimators_" not in vars(others[0])


def test_workers_and_their_cache(tmp_path):
    own = make_attack(References("loss"), RelativeAttack(mode="offline"))
    target = LogisticRegression(max_iter=20, tol=1)
    for attack in ("lira-offline", own):
        games = [
            make_game(memory, target, attack=attack, n_jobs=n_jobs).fit(*ADVERSARY)
            for memory, n_jobs in [(None, None), (str(tmp_path), 2), (str(tmp_path), 2)]
        ]
        expected, *found = (game.play(*VICTIM) for game in games)
        for outcome in found:
            assert_same_outcome(outcome, expected)


def test_secret_noise_is_drawn_once_for_all_attacks(tmp_path):
    """The same private models, whatever attack asks; others without the cache."""
    private = PrivateForestClassifier(
        n_estimators=2, epsilon=100, bounds=(0, 16), classes=range(10)
    )
    attacks = ["rmia-offline", "shadow", "loss-threshold"]

    def play(memory, attack):
        game = make_game(memory, private, attack=attack).fit(*ADVERSARY)
        return game.play(*VICTIM)

    first = [play(str(tmp_path), attack) for attack in attacks]
    for attack, expected in zip(attacks, first, strict=True):
        assert_same_outcome(play(str(tmp_path), attack), expected)
    loss = first[2].observations["loss"]
    assert_array_equal(play(str(tmp_path), "average-loss").observations["loss"], loss)
    assert (play(None, "average-loss").observations["loss"] != loss).any()
