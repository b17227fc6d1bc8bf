"""What the adversary of a game knows: noise, number and origin of records."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedShuffleSplit,
    ValidationCurveDisplay,
    validation_curve,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import resample
from sklearn.utils.validation import validate_data
from sklearn_checks import parametrize_with_checks
from slow_cases import slow

from skmia import MembershipGame, game_scorer
from skmia.attacks import ThresholdAttack
from skmia.shadow import ShadowModels
from skmia.testing import yield_checks

TREE = DecisionTreeClassifier()
LOSS = ThresholdAttack("loss")


class Seen(ClassifierMixin, BaseEstimator):
    """Keeps what its last instance of each name was trained on and asked."""

    trained, asked, fits = {}, {}, {}

    def __init__(self, name="target"):
        self.name = name

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        Seen.trained[self.name] = X, y
        Seen.fits[self.name] = Seen.fits.get(self.name, 0) + 1
        return self

    def predict_proba(self, X):
        Seen.asked[self.name] = X
        return np.full((len(X), len(self.classes_)), 1 / len(self.classes_))

    def predict(self, X):
        return np.repeat(self.classes_[:1], len(X))


class Noted(ClassifierMixin, BaseEstimator):
    """Its probability of every class is a feature of the record."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        return np.tile(X[:, :1] / 3, len(self.classes_))

    def predict(self, X):
        return np.repeat(self.classes_[:1], len(X))


class Counted(KNeighborsClassifier):
    def fit(self, X, y):
        Seen.fits[self.n_neighbors] = Seen.fits.get(self.n_neighbors, 0) + 1
        return super().fit(X, y)


class Always(ClassifierMixin, BaseEstimator):
    """An attack that takes anything."""

    def fit(self, Z, y):
        self.classes_ = np.array([0, 1])
        return self

    def predict(self, Z):
        return np.ones(len(Z), dtype=int)


class Resampled(BaseEstimator):
    """Shadow data: known records, jittered; the jitter counts what it was asked."""

    samples = 0

    def __init__(self, jitter=0.01, random_state=None):
        self.jitter = jitter
        self.random_state = random_state

    def fit(self, X, y=None):
        values = validate_data(self, X)
        self.known_ = X if hasattr(X, "iloc") else values, y
        return self

    def sample(self, n_samples, target=None):
        Resampled.samples += 1
        X, y = resample(
            *self.known_, n_samples=n_samples, random_state=self.random_state
        )
        return X + self.jitter, y


class NeedsTarget(Resampled):
    def sample(self, n_samples, target=None):
        raise ValueError("NeedsTarget asks a target: pass 'target' to sample.")


@pytest.fixture(autouse=True)
def _forget():
    for memory in (Seen.trained, Seen.asked, Seen.fits):
        memory.clear()
    Resampled.samples = 0


def draw(n_samples, seed):
    """Records in [0, 1] whose labels are random, so that a tree has to memorise."""
    rng = np.random.RandomState(seed)
    X = rng.uniform(size=(n_samples, 4))
    return X, np.array(["red", "green", "blue"])[rng.randint(3, size=n_samples)]


@pytest.fixture
def adversary(global_random_seed):
    return draw(80, global_random_seed)


@pytest.fixture
def victim(global_random_seed):
    return draw(61, global_random_seed + 1000)


def make_game(target=TREE, shadow_estimator=None, attack=LOSS, **params):
    params = {"n_shadows": 4, "random_state": 0} | params
    return MembershipGame(target, shadow_estimator, attack, **params)


def watched(adversary, victim, **params):
    """A round with a target and one shadow model that keep what they see."""
    halves = [(np.arange(20), np.arange(20, 40))]
    shadows = ShadowModels(Seen("shadow"), cv=halves)
    game = make_game(Seen(), shadows, signals="posterior", attack=TREE, **params)
    return game.fit(*adversary).play(*victim)


def test_noise_of_the_candidates_leaves_the_target_clean(adversary, victim):
    outcome = watched(adversary, victim, target_noise=0.2)
    noise = Seen.asked["target"] - victim[0]
    assert (noise >= 0).all()
    assert (noise <= 0.2 + 1e-12).all()
    # 244 uniform numbers: their mean is 0.1 with a standard deviation of 0.0037.
    assert abs(noise.mean() - 0.1) < 0.02
    assert_array_equal(Seen.trained["target"][0], victim[0][outcome.member == 1])
    assert np.isin(Seen.trained["shadow"][0], adversary[0]).all()


def test_noise_of_the_shadow_records_is_there_when_they_are_asked(adversary, victim):
    watched(adversary, victim, shadow_noise=0.2)
    noise = Seen.asked["shadow"][:20] - adversary[0][:20]
    assert (noise >= 0).all()
    assert 0.1 < noise.max() <= 0.2 + 1e-12
    assert_array_equal(Seen.trained["shadow"][0], Seen.asked["shadow"][:20])
    assert_array_equal(Seen.asked["target"], victim[0])


def test_clipped_noise(adversary, victim):
    watched(adversary, victim, shadow_noise=5, target_noise=5, noise_clip=True)
    for name in "target", "shadow":
        assert Seen.asked[name].max() == 1
        assert Seen.asked[name].min() >= 0


@pytest.mark.parametrize("noise", ["target_noise", "shadow_noise"])
def test_containers_and_their_columns_stay(adversary, victim, noise):
    frames = [
        (pd.DataFrame(X, columns=list("abcd"), index=np.arange(len(X)) + 7), y)
        for X, y in (adversary, victim)
    ]
    frames[0][0]["d"] = frames[1][0]["d"] = 1  # integers
    watched(*frames, **{noise: 0.1})
    asked = Seen.asked["target" if noise == "target_noise" else "shadow"]
    assert asked.columns.tolist() == list("abcd")
    assert asked.index[0] == 7
    assert (asked["d"] > 1).all()
    tables = [(pl.from_pandas(frame), y) for frame, y in frames]
    watched(*tables, **{noise: 0.1})
    asked = Seen.asked["target" if noise == "target_noise" else "shadow"]
    assert isinstance(asked, pl.DataFrame)
    assert asked.columns == list("abcd")
    narrow = [(X.astype(np.float32), y) for X, y in (adversary, victim)]
    watched(*narrow, **{noise: 0.1})
    assert Seen.asked["target"].dtype == Seen.asked["shadow"].dtype == np.float32


def test_reference_models_see_the_noisy_candidates(adversary, victim):
    """With `Noted`, whose confidence is a feature: what it is asked, it tells."""
    references = ShadowModels(Noted(), n_shadows=2)
    game = make_game(Noted(), references, "rmia-offline", target_noise=0.3)
    Z = game.fit(*adversary).play(*victim).observations
    assert Z.columns.tolist() == [f"confidence|{i}" for i in ("target", 0, 1)]
    noise = 3 * Z["confidence|target"] - victim[0][:, 0]
    assert 0.1 < noise.max() < 0.3 + 1e-12
    assert_array_equal(Z["confidence|0"], Z["confidence|1"])
    assert_allclose(Z["confidence|0"], Z["confidence|target"], rtol=1e-6)


def test_accuracy_falls_with_the_noise_of_the_candidates(adversary, victim):
    """A tree on random labels is right on exact members, and by chance on blurred.

    Exact candidates: 5 / 6 are told apart, see tests/test_game.py. With noise of five
    times the range every candidate is a stranger; the accuracy is then at chance, of
    standard deviation below 0.5 / sqrt(61) = 0.064.
    """
    exact, blurred = (
        make_game(target_noise=sigma).fit(*adversary).score(*victim) for sigma in (0, 5)
    )
    assert exact > 0.65
    assert abs(blurred - 0.5) < 0.2
    assert make_game(shadow_noise=5).fit(*adversary).score(*victim) > 0.65


@pytest.mark.parametrize(
    ("X", "error", "message"),
    [
        (sparse.csr_array(np.eye(80)), TypeError, "Sparse data was passed"),
        (
            pd.DataFrame({"number": np.arange(80), "town": ["x", "y"] * 40}),
            ValueError,
            "for records with numeric features only. could not convert .* 'x'",
        ),
        (np.array([["x"]] * 80), ValueError, "with numeric features only"),
    ],
    ids=["sparse", "mixed", "strings"],
)
@pytest.mark.parametrize("noise", ["target_noise", "shadow_noise"])
def test_noise_needs_numbers(adversary, X, error, message, noise):
    game = make_game(Seen(), signals="posterior", **{noise: 0.1})
    with pytest.raises(error, match=message):
        game.fit(X, adversary[1])


@pytest.mark.parametrize(("size", "expected"), [(24, 24), (0.25, 20), (2, 2)])
def test_number_of_shadow_records(adversary, size, expected):
    class Design(StratifiedShuffleSplit):
        def split(self, X, y, groups=None):
            sizes.append(len(y))
            yield np.arange(len(y) - 1), np.arange(len(y))

    sizes = []
    game = make_game(Seen(), cv=Design(1), signals="posterior", attack=TREE)
    for data in None, Resampled():
        game.set_params(shadow_size=size, shadow_data=data).fit(*adversary)
    assert sizes == [expected] * 2


def test_shadow_records_are_drawn_without_replacement(adversary):
    X, y = adversary
    whole = [(np.arange(40), np.arange(40))]
    shadows = ShadowModels(Seen("shadow"), cv=whole)
    game = make_game(Seen(), shadows, signals="posterior", attack=Always())
    game.set_params(shadow_size=0.5).fit(X, y)
    rows, labels = Seen.trained["shadow"]
    places = [np.flatnonzero((row == X).all(axis=1)).item() for row in rows]
    assert places == sorted(set(places))
    assert_array_equal(labels, y[places])
    for label in np.unique(y):
        assert abs((labels == label).sum() - (y == label).sum() / 2) < 1


def test_all_records_drawn_are_all_records(adversary, victim):
    scores = [
        make_game(attack=None, shadow_size=size).fit(*adversary).play(*victim).score
        for size in (None, 1.0, 80)
    ]
    assert_array_equal(scores[0], scores[1])
    assert_array_equal(scores[0], scores[2])


def test_groups_follow_their_records(adversary):
    class Design(StratifiedShuffleSplit):
        def split(self, X, y, groups):
            assert_array_equal(groups, X[:, 0])
            yield from super().split(X, y)

    X, y = adversary
    game = make_game(cv=Design(2, test_size=0.5), shadow_size=0.5)
    game.fit(X, y, groups=X[:, 0])
    with pytest.raises(ValueError, match="generated records belong to no user"):
        game.set_params(shadow_data=Resampled()).fit(X, y, groups=X[:, 0])


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"shadow_size": 81}, "asks for 81 of 80 records. More can only come from a"),
        ({"shadow_size": 1.5}, "asks for 120 of 80 records"),
        ({"shadow_size": 1}, "must leave at least 2 records. Got 1 of 80 records"),
        ({"shadow_size": 0.001}, "must leave at least 2 records. Got 0.001 of 80"),
        ({"shadow_size": -3}, "'shadow_size' parameter of MembershipGame must be"),
        ({"shadow_noise": -0.1}, "'shadow_noise' parameter of MembershipGame must be"),
        ({"target_noise": np.inf}, "'target_noise' parameter of MembershipGame must"),
        ({"noise_clip": "yes"}, "'noise_clip' parameter of MembershipGame must be"),
        ({"shadow_data": TREE}, "'shadow_data' parameter of MembershipGame must be"),
        (
            {"shadow_data": NeedsTarget()},
            "NeedsTarget has no shadow records: .* before there is a victim to be",
        ),
    ],
)
def test_bad_parameters(adversary, params, message):
    with pytest.raises(ValueError, match=message):
        make_game(**params).fit(*adversary)


def test_shadow_models_are_trained_on_generated_records(adversary, victim):
    given = Resampled(jitter=0.25)
    watched(adversary, victim, shadow_data=given)
    rows, labels = Seen.trained["shadow"]
    known = dict(zip(map(tuple, adversary[0] + 0.25), adversary[1], strict=True))
    assert [known[tuple(row)] for row in rows] == labels.tolist()
    assert not hasattr(given, "known_")
    assert given.random_state is None


def test_more_records_than_known_and_other_ones_with_another_seed(adversary, victim):
    params = {"shadow_data": Resampled(), "shadow_size": 3.0, "attack": "shokri"}
    one, same, other = (
        make_game(**params, random_state=seed).fit(*adversary) for seed in (0, 0, 1)
    )
    assert_array_equal(one.play(*victim).score, same.play(*victim).score)
    assert not np.array_equal(one.play(*victim).score, other.play(*victim).score)
    assert one.n_features_in_ == 4


def test_the_generated_records_of_a_frozen_victim_are_given_to_fit(adversary, victim):
    """The other way to have them: the model exists, so it can be asked."""
    X, y = victim
    member = np.arange(61) % 2
    model = DecisionTreeClassifier(random_state=0).fit(X[member == 1], y[member == 1])
    X_sampled = np.random.RandomState(0).uniform(size=(200, 4))
    game = make_game(FrozenEstimator(model), shadow_estimator=TREE)
    game.fit(X_sampled, model.predict(X_sampled))
    assert game.score(X, y, member=member) > 0.65


def test_one_search_shares_what_the_knowledge_does_not_touch(adversary, tmp_path):
    """One fit of the target for exact and for all noisy candidates.

    And 2 shadow models for each of 2 sizes and 2 noises of shadow records.
    """
    grid = {
        "target_noise": [0.0, 0.1, 0.2],
        "shadow_noise": [0.0, 0.1],
        "shadow_size": [0.5, None],
    }
    searches = []
    for memory in None, str(tmp_path):
        Seen.fits.clear()
        game = make_game(
            Counted(),
            Counted(3),
            n_shadows=2,
            memory=memory,
            attack=LOSS,
            signals="loss",
        )
        cv = StratifiedShuffleSplit(1, test_size=0.5, random_state=0)
        search = GridSearchCV(game, grid, cv=cv, refit=False, error_score="raise")
        searches.append(search.fit(*adversary).cv_results_["mean_test_score"])
    assert_array_equal(*searches)
    assert Seen.fits == {5: 1, 3: 4 * 2}


def test_generated_records_are_cached(adversary, victim, tmp_path):
    params = {"shadow_data": Resampled(), "memory": str(tmp_path)}
    scores = [
        make_game(**params, attack=attack).fit(*adversary).score(*victim)
        for attack in (LOSS, LOSS, TREE)
    ]
    assert Resampled.samples == 1
    assert scores[0] == scores[1]
    make_game(**params | {"shadow_data": Resampled(0.02)}).fit(*adversary)
    make_game(**params, shadow_size=70).fit(*adversary)
    make_game(**params, random_state=1).fit(*adversary)
    make_game(**params).fit(adversary[0] + 1, adversary[1])
    assert Resampled.samples == 5


def test_cached_noise_is_the_same_noise(adversary, victim, tmp_path):
    for sigma in 0.0, 0.1, 0.5:
        for clip in False, True:
            game = make_game(target_noise=sigma, noise_clip=clip)
            expected = game.fit(*adversary).play(*victim, utility=True)
            game.set_params(memory=str(tmp_path))
            for _ in range(2):
                outcome = game.fit(*adversary).play(*victim, utility=True)
                assert_array_equal(outcome.score, expected.score)
                assert outcome.target_train_accuracy == 1
                assert outcome.target_test_accuracy == expected.target_test_accuracy


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("shadow_size", [0.2, 1.0]),
        *slow(
            ("target_noise", [0, 0.5, 1]),
            ("shadow_noise", [0, 1]),
            ("shadow_data", [None, Resampled()]),
            ("shadow_estimator", [None, KNeighborsClassifier(3)]),
        ),
    ],
)
def test_validation_curves(adversary, tmp_path, name, values):
    """The figures of the paper are scikit-learn's; a search gives the same numbers."""
    cv = StratifiedShuffleSplit(3, test_size=0.5, random_state=0)
    game = make_game(memory=str(tmp_path))
    _, scores = validation_curve(
        game,
        *adversary,
        param_name=name,
        param_range=values,
        cv=cv,
        scoring=game_scorer("accuracy"),
        error_score="raise",
    )
    assert scores.shape == (len(values), 3)
    assert ((scores >= 0) & (scores <= 1)).all()
    search = GridSearchCV(game, {name: values}, cv=cv, refit=False).fit(*adversary)
    assert_allclose(search.cv_results_["mean_test_score"], scores.mean(axis=1))
    if name == "target_noise":
        assert scores[0].mean() > scores[2].mean()


def test_the_display_draws_it(adversary):
    pyplot = pytest.importorskip("matplotlib.pyplot")
    display = ValidationCurveDisplay.from_estimator(
        make_game(),
        *adversary,
        param_name="target_noise",
        param_range=[0, 1],
        score_type="test",
        cv=StratifiedShuffleSplit(2, test_size=0.5, random_state=0),
    )
    assert display.test_scores.shape == (2, 2)
    pyplot.close(display.figure_)


def blobs(classes, seed, n_samples=90):
    """Another data set: other classes, other places, as many features."""
    rng = np.random.RandomState(seed)
    X = rng.normal(loc=seed, scale=seed + 1, size=(n_samples, 4))
    return X, rng.choice(classes, size=n_samples)


@pytest.mark.parametrize(
    "classes", [["blue", "green", "red"], [0, 1, 2], ["a", "b"], list("abcdef")]
)
def test_transfer_between_data_sets(adversary, classes):
    """What is learned on one data set works on another: few, many or other classes.

    The classes of the adversary stay the layout of the observations: columns of
    classes that the victim lacks are 0, and those that only the victim has have none.
    """
    game = make_game(signals=["posterior", "loss"]).fit(*adversary)
    outcome = game.play(*blobs(classes, 3))
    assert roc_auc_score(outcome.member, outcome.score) > 0.65
    columns = [f"posterior_{color}" for color in ("blue", "green", "red")]
    assert outcome.observations.columns.tolist() == [*columns, "loss"]
    common = set(classes) <= {"blue", "green", "red"}
    assert_allclose(outcome.observations[columns].sum(axis=1), float(common))


def test_transfer_needs_as_many_features(adversary, victim):
    with pytest.raises(ValueError, match="X has 3 features, but MembershipGame is exp"):
        make_game().fit(*adversary).score(victim[0][:, :3], victim[1])


def test_transfer_between_kinds_of_model(adversary, victim):
    """Shadow models of another kind that memorises teach the same threshold."""
    game = make_game(TREE, KNeighborsClassifier(1)).fit(*adversary)
    assert game.score(*victim) > 0.65


KNOWLEDGE = [
    make_game(shadow_data=Resampled(), n_shadows=2),
    make_game(shadow_size=0.8, n_shadows=2),
    make_game(shadow_noise=0.3, n_shadows=2),
    make_game(target_noise=0.3, noise_clip=True, n_shadows=2),
    make_game(
        LogisticRegression(),
        shadow_data=Resampled(),
        shadow_size=2.0,
        shadow_noise=0.1,
        target_noise=0.1,
        n_shadows=2,
    ),
]


@parametrize_with_checks(KNOWLEDGE)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize(
    ("game", "check"),
    [pair for game in KNOWLEDGE for pair in yield_checks(game, "game")],
)
def test_own_checks(game, check):
    check(game)
