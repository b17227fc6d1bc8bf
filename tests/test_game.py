"""The game: an adversary, a victim, and a search over both."""

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import GridSearchCV, ShuffleSplit, cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame, ShadowModels, game_scorer, observe
from skmia.attacks import (
    ClasswiseAttack,
    LikelihoodRatioAttack,
    ThresholdAttack,
    get_attack,
)
from skmia.defenses import LabelOnly, RoundedPosterior
from skmia.shadow import DisjointSplit
from skmia.signals import make_signal
from skmia.utils._membership import membership_score

TREE = DecisionTreeClassifier()
LOSS = ThresholdAttack("loss")


class Spy(ClassifierMixin, BaseEstimator):
    """An attack that keeps what it was shown."""

    def fit(self, Z, y):
        self.Z_, self.member_ = Z, y
        self.classes_ = np.array([0, 1])
        return self

    def predict(self, Z):
        return np.zeros(len(Z), dtype=int)


class Counting(DecisionTreeClassifier):
    """Counts the fits of its instances, by their parameter max_depth."""

    fits = {}

    def fit(self, X, y):
        Counting.fits[self.max_depth] = Counting.fits.get(self.max_depth, 0) + 1
        return super().fit(X, y)


class CountingAttack(ThresholdAttack):
    fits = 0

    def fit(self, Z, y):
        CountingAttack.fits += 1
        return super().fit(Z, y)


@pytest.fixture(autouse=True)
def _fresh_counters():
    Counting.fits.clear()
    CountingAttack.fits = 0


def draw(n_samples, seed):
    """Records whose labels can be learned in part, so that models memorise."""
    rng = np.random.RandomState(seed)
    X = rng.normal(size=(n_samples, 4))
    y = np.array(["red", "green", "blue"])[rng.randint(3, size=n_samples)]
    return X, y


@pytest.fixture
def adversary(global_random_seed):
    return draw(80, global_random_seed)


@pytest.fixture
def victim(global_random_seed):
    return draw(61, global_random_seed + 1000)


def make_game(target=TREE, shadow_estimator=None, attack=LOSS, **params):
    params = {"n_shadows": 4, "random_state": 0} | params
    return MembershipGame(target, shadow_estimator, attack, **params)


def test_a_model_that_memorises_is_caught(adversary, victim):
    """Labels are random: an unpruned tree is right on members, and else at chance.

    61 records; the members are all right, and about a third of the others, so that
    the accuracy of "right means member" is 5 / 6 and its standard deviation
    sqrt(2 / 9 * 30) / 61 = 0.042: 0.65 is more than four of them away.
    """
    assert make_game().fit(*adversary).score(*victim) > 0.65


def test_half_of_the_victims_records_are_members(adversary, victim):
    game = make_game().fit(*adversary)
    outcome = game.play(*victim, utility=True)
    assert outcome.member.sum() in (30, 31)
    for label in "red", "green", "blue":
        rows = victim[1] == label
        assert abs(outcome.member[rows].sum() - rows.sum() / 2) <= 0.5
    assert outcome.target_train_accuracy == 1
    assert outcome.target_test_accuracy < 0.8
    assert outcome.score.shape == outcome.predicted.shape == (61,)
    assert len(outcome.observations) == 61
    assert game.score(*victim) == accuracy_score(outcome.member, outcome.predicted)
    assert np.isnan(game.play(*victim).target_test_accuracy)


def test_outcome_is_what_the_attack_says_of_the_observations(adversary, victim):
    game = make_game().fit(*adversary)
    outcome = game.play(*victim)
    expected = membership_score(game.attack_, outcome.observations)
    assert_array_equal(outcome.score, expected)
    assert_array_equal(outcome.predicted, game.attack_.predict(outcome.observations))


def test_the_attack_sees_the_shadow_observations(adversary):
    game = make_game(attack=Spy(), signals=["posterior", "loss", "true_label"])
    game.fit(*adversary)
    Z, member = game.attack_.Z_, game.attack_.member_
    assert Z.shape == (4 * 80, 5)
    assert_array_equal(game.classes_seen_, ["blue", "green", "red"])
    assert list(Z.columns[:3]) == ["posterior_blue", "posterior_green", "posterior_red"]
    assert member.mean() == 0.5


def test_defended_targets_have_defended_shadows(adversary, victim):
    defended = RoundedPosterior(KNeighborsClassifier(7), decimals=1)
    for generator in (None, ShadowModels(defended, n_shadows=2)):
        game = make_game(defended, generator, Spy(), signals="posterior").fit(
            *adversary
        )
        Z = game.attack_.Z_.to_numpy() * 10
        # Rounded and divided by a sum of 0.9, 1 or 1.1.
        grid = np.unique([k / s for s in (9, 10, 11) for k in range(11)]) * 10
        assert (np.abs(Z[:, :, None] - grid).min(axis=2) < 1e-9).all()
    undefended = make_game(
        defended, KNeighborsClassifier(7), Spy(), signals="posterior"
    )
    Z = undefended.fit(*adversary).attack_.Z_.to_numpy() * 7
    assert np.abs(Z - Z.round()).max() < 1e-9


def test_label_only_target_has_label_signals(adversary, victim):
    game = make_game(LabelOnly(TREE), attack=None).fit(*adversary)
    assert [signal.name for signal in game.signals_] == ["correctness"]
    assert game.score(*victim) > 0.65
    # A target with scores does not help if the shadows have none, and vice versa.
    for models in [(LabelOnly(TREE), TREE), (TREE, LabelOnly(TREE))]:
        signals = make_game(*models, attack=Spy()).fit(*adversary).signals_
        assert [signal.name for signal in signals] == ["correctness"]
    game = make_game(LabelOnly(TREE), signals="loss")
    with pytest.raises(ValueError, match="be played: the model gives no probabil"):
        game.fit(*adversary)


def test_default_attack(adversary, victim):
    game = make_game(attack=None).fit(*adversary)
    assert [signal.name for signal in game.signals_] == ["posterior", "loss"]
    assert isinstance(game.attack_, HistGradientBoostingClassifier)
    assert game.score(*victim) > 0.6


def test_frozen_target(adversary, victim):
    X, y = victim
    member = np.arange(61) % 2
    model = DecisionTreeClassifier(random_state=0).fit(X[member == 1], y[member == 1])
    game = make_game(FrozenEstimator(model), shadow_estimator=TREE).fit(*adversary)
    for ask in (game.score, game.play):
        with pytest.raises(
            ValueError, match=r"FrozenEstimator.* Pass member= to score"
        ):
            ask(X, y)
    outcome = game.play(X, y, member=member)
    assert_array_equal(outcome.member, member)
    expected = observe(model, X, y, ["posterior", "loss"], classes=game.classes_seen_)
    pd.testing.assert_frame_equal(outcome.observations, expected)
    assert game.score(X, y, member=member) > 0.65
    assert game.score(X, y, member=member.astype(bool)) > 0.65


@pytest.mark.parametrize(
    "wrap", [FrozenEstimator, lambda m: LabelOnly(FrozenEstimator(m))]
)
def test_frozen_target_cannot_be_the_generator(adversary, wrap):
    frozen = wrap(GaussianNB().fit(*adversary))
    with pytest.raises(
        ValueError, match=r"no shadow models .* Give the 'shadow_estimator' par"
    ):
        make_game(frozen).fit(*adversary)


def test_members_can_be_given_for_any_target(adversary, victim):
    member = np.zeros(61, dtype=int)
    member[:10] = 1
    outcome = make_game().fit(*adversary).play(*victim, member=member, utility=True)
    assert_array_equal(outcome.member, member)
    assert outcome.target_train_accuracy == 1


@pytest.mark.parametrize(
    ("member", "message"),
    [
        (
            np.arange(61) % 3,
            r"must be 0 \(non-member\) or 1 .* Got the values \[0, 1, 2\]",
        ),
        (np.ones(61), r"at least one member and one non-member\. Got only \[1\.0\]"),
        ([0, 1], "for every record: 61 records, 2 values"),
    ],
)
def test_bad_membership(adversary, victim, member, message):
    game = make_game().fit(*adversary)
    with pytest.raises(ValueError, match=message):
        game.score(*victim, member=member)


def test_score_is_repeatable(adversary, victim):
    forest = RandomForestClassifier(3)
    rng = np.random.RandomState(0)
    for random_state in (0, rng):
        game = make_game(forest, random_state=random_state).fit(*adversary)
        assert len({game.score(*victim) for _ in range(3)}) == 1
        outcomes = [game.play(*victim) for _ in range(2)]
        assert_array_equal(outcomes[0].score, outcomes[1].score)
    same, other = (make_game(forest, random_state=s).fit(*adversary) for s in (0, 1))
    assert same.score_seed_ == make_game(random_state=0).fit(*adversary).score_seed_
    assert same.score_seed_ != other.score_seed_


def test_score_is_repeatable_without_a_seed(adversary, victim):
    before = np.random.get_state()  # noqa: NPY002
    try:
        game = make_game(RandomForestClassifier(3), random_state=None).fit(*adversary)
        drawn = np.random.get_state()  # noqa: NPY002
        scores = {game.score(*victim) for _ in range(3)}
        after = np.random.get_state()  # noqa: NPY002
    finally:
        np.random.set_state(before)  # noqa: NPY002
    assert len(scores) == 1
    assert_array_equal(after[1], drawn[1])


def test_same_results_for_any_number_of_jobs(adversary, victim):
    outcomes = []
    with parallel_config("threading"):
        for n_jobs in (None, 2):
            game = make_game(RandomForestClassifier(3), attack=None, n_jobs=n_jobs)
            outcomes.append(game.fit(*adversary).play(*victim))
    assert_array_equal(outcomes[0].score, outcomes[1].score)
    pd.testing.assert_frame_equal(outcomes[0].observations, outcomes[1].observations)


def test_search_over_target_generator_and_attack(adversary):
    zoo = [DecisionTreeClassifier(max_depth=2), GaussianNB()]
    search = GridSearchCV(
        make_game(attack=None),
        {
            "target": zoo,
            "shadow_estimator": zoo,
            "attack": [LOSS, LogisticRegression()],
        },
        cv=ShuffleSplit(1, test_size=0.5, random_state=0),
        scoring=game_scorer("accuracy", "auc"),
        refit="auc",
        error_score="raise",
    ).fit(*adversary)
    assert len(search.cv_results_["params"]) == 8
    assert not hasattr(zoo[1], "theta_")
    assert 0 <= search.best_score_ <= 1
    assert not hasattr(search, "predict")


def test_search_over_nested_parameters(adversary):
    game = make_game(
        RoundedPosterior(DecisionTreeClassifier()),
        ShadowModels(DecisionTreeClassifier(), n_shadows=2),
        ClasswiseAttack(LOSS),
        signals=["loss", "true_label"],
    )
    grid = {
        "target__decimals": [0, 3],
        "target__estimator__max_depth": [1],
        "shadow_estimator__cv": [None, DisjointSplit(2)],
        "shadow_estimator__estimator__max_depth": [1],
        "attack__estimator__objective": ["accuracy", "advantage"],
    }
    search = GridSearchCV(game, grid, cv=2, error_score="raise").fit(*adversary)
    assert len(search.cv_results_["params"]) == 8
    fitted = search.best_estimator_
    assert fitted.attack_.estimator.objective in ("accuracy", "advantage")


@pytest.mark.slow
def test_cells_of_a_grid_share_their_fits(adversary, tmp_path):
    """2 x 2 x 2 cells and 2 folds: per fold 2 targets, 2 x 4 shadows, 4 attacks."""
    targets, generators = (
        [Counting(max_depth=depth) for depth in depths] for depths in [(1, 2), (11, 12)]
    )
    grid = {
        "target": targets,
        "shadow_estimator": generators,
        "attack": [CountingAttack("loss"), CountingAttack("posterior_red")],
    }
    searches = {
        memory: GridSearchCV(
            make_game(memory=memory), grid, cv=2, refit=False, error_score="raise"
        ).fit(*adversary)
        for memory in (str(tmp_path), None)
        if not Counting.fits.clear()
    }
    # The last search, without a cache, pays for every cell.
    assert Counting.fits == dict.fromkeys((1, 2), 4 * 2) | dict.fromkeys(
        (11, 12), 64 // 2
    )
    scores = [s.cv_results_["mean_test_score"] for s in searches.values()]
    assert_array_equal(*scores)

    Counting.fits.clear()
    CountingAttack.fits = 0
    fresh = str(tmp_path / "fresh")
    GridSearchCV(make_game(memory=fresh), grid, cv=2, refit=False).fit(*adversary)
    assert Counting.fits == {1: 2, 2: 2, 11: 2 * 4, 12: 2 * 4}
    assert CountingAttack.fits == 2 * 2 * 2


def test_cache_and_metrics(adversary, victim, tmp_path):
    """Other metrics of the same game need no other fit, but for the utility."""
    game = make_game(Counting(), memory=str(tmp_path)).fit(*adversary)
    assert Counting.fits == {None: 4}
    first = game_scorer("auc")(game, *victim)
    game_scorer("accuracy", "tpr_at_fpr_0.1")(game, *victim)
    assert Counting.fits == {None: 5}
    again = clone(game).fit(*adversary)
    assert game_scorer("auc")(again, *victim) == first
    assert Counting.fits == {None: 5}
    assert first == game_scorer("auc")(
        clone(game).set_params(memory=None).fit(*adversary), *victim
    )


def test_cache_of_another_victim(adversary, victim, tmp_path):
    X, y = victim
    member = np.arange(61) % 2
    game = make_game(memory=str(tmp_path)).fit(*adversary)
    uncached = clone(game).set_params(memory=None).fit(*adversary)
    for records, labels, bits in [
        (X, y, member),
        (X, np.roll(y, 1), member),
        (X + 1, y, member),
        (X, y, 1 - member),
    ]:
        outcome, expected = (
            one.play(records, labels, member=bits) for one in (game, uncached)
        )
        assert_array_equal(outcome.score, expected.score)


def test_cache_with_signals_that_cannot_be_hashed(adversary, victim, tmp_path):
    own = make_signal(lambda y, P: P.max(axis=1), name="own", needs_y=False)
    params = {"signals": own, "attack": ThresholdAttack("own")}
    cached = make_game(memory=str(tmp_path), **params).fit(*adversary)
    assert cached.score(*victim) == make_game(**params).fit(*adversary).score(*victim)


def test_classes_of_the_victim_that_the_adversary_lacks(adversary, victim):
    X, y = victim
    y = np.where(np.arange(61) % 4, y, "amber")
    game = make_game(signals=["posterior", "loss", "true_label"]).fit(*adversary)
    outcome = game.play(X, y)
    Z = outcome.observations
    assert list(Z.columns[:3]) == ["posterior_blue", "posterior_green", "posterior_red"]
    members = Z[(y == "amber") & (outcome.member == 1)]
    # The target knows the class, and members of it have no loss.
    assert_array_equal(members["true_label"], 3)
    assert_array_equal(members["loss"], 0)
    fewer = y != "red"
    assert 0 <= game.score(X[fewer], y[fewer]) <= 1


def test_no_class_in_common(adversary, victim):
    """Not even of one type: the posterior lies outside of the adversary's columns."""
    game = make_game(attack=Spy(), signals=["posterior", "loss"]).fit(*adversary)
    outcome = game.play(victim[0], np.arange(61) % 3)
    assert_array_equal(outcome.observations.filter(like="posterior"), 0)
    assert_array_equal(outcome.observations["loss"][outcome.member == 1], 0)


def test_groups(adversary, victim):
    users = np.arange(80) // 4
    game = make_game().fit(*adversary, groups=users)
    of_victim = np.arange(61) // 4
    outcome = game.play(*victim, groups=of_victim)
    per_user = pd.Series(outcome.member).groupby(of_victim).nunique()
    assert (per_user == 1).all()
    assert 0 <= game.score(*victim, groups=of_victim) <= 1


def test_data_frames_and_sparse_matrices(adversary, victim):
    X, y = adversary
    frame = pd.DataFrame(X, columns=list("abcd")).assign(town=list("xy") * 40)
    encode = make_column_transformer(
        (OneHotEncoder(), ["town"]), remainder="passthrough"
    )
    game = make_game(make_pipeline(encode, TREE)).fit(frame, y)
    assert_array_equal(game.feature_names_in_, [*"abcd", "town"])
    assert 0 <= game.score(frame, y) <= 1
    with pytest.raises(ValueError, match="feature names should match"):
        game.score(frame[frame.columns[::-1]], y)
    thin = make_game(KNeighborsClassifier(3)).fit(sparse.coo_matrix(X), y)
    assert 0 <= thin.score(sparse.csr_array(victim[0]), victim[1]) <= 1


def test_nothing_handed_in_is_modified(adversary, victim):
    target, attack = DecisionTreeClassifier(random_state=3), ThresholdAttack("loss")
    shadows = ShadowModels(target, n_shadows=2, n_jobs=1, random_state=5)
    arrays = [*adversary, *victim]
    copies = [array.copy() for array in arrays]
    make_game(target, shadows, attack).fit(*adversary).play(*victim)
    for array, copy in zip(arrays, copies, strict=True):
        assert_array_equal(array, copy)
    assert not hasattr(target, "tree_")
    assert not hasattr(attack, "threshold_")
    assert not hasattr(shadows, "membership_")
    assert (target.random_state, shadows.n_jobs, shadows.random_state) == (3, 1, 5)
    assert shadows.signals is None


def test_refit_forgets(adversary, victim):
    game = make_game().fit(*victim).fit(*adversary)
    fresh = make_game().fit(*adversary)
    assert_array_equal(game.play(*victim).score, fresh.play(*victim).score)


def test_cross_validation_keeps_the_two_sides_apart(adversary):
    scores = cross_val_score(
        make_game(), *adversary, cv=ShuffleSplit(2, test_size=0.5, random_state=0)
    )
    assert scores.shape == (2,)


def test_not_fitted(victim):
    with pytest.raises(NotFittedError, match="MembershipGame instance is not fitted"):
        make_game().score(*victim)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"target": None}, "'target' parameter of MembershipGame must be"),
        ({"attack": 5}, "'attack' parameter of MembershipGame must be"),
        ({"attack": "tree"}, "'tree' is not the name of an attack"),
        ({"attack": "salem2"}, "cannot be played in a game: it needs shadow models of"),
        ({"attack": "seqmia"}, "cannot be played in a game: no unlabelled records"),
        ({"attack": "lira-online"}, "needs references that were trained on the"),
        ({"attack": LikelihoodRatioAttack()}, "name it, for example signals="),
        ({"signals": ["los"]}, "'los' is not the name of a signal"),
        ({"signals": []}, "must name at least one signal"),
        ({"n_shadows": 3}, "must be an even int: only then can every record"),
        ({"shadow_estimator": []}, "Got an empty list instead"),
    ],
)
def test_bad_parameters(adversary, params, message):
    with pytest.raises((ValueError, TypeError), match=message):
        make_game(**params).fit(*adversary)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "requires y to be passed"),
        (np.linspace(0, 1, 80), "Unknown label type: continuous"),
        (list("ab"), "inconsistent numbers of samples"),
    ],
)
def test_bad_labels(adversary, y, message):
    with pytest.raises(ValueError, match=message):
        make_game().fit(adversary[0], y)


@pytest.mark.parametrize("attack", ["gap", "shokri", "rmia-offline", "lira-offline"])
def test_attacks_by_name_bring_their_signals(adversary, victim, attack):
    game = make_game(attack=attack, n_shadows=4).fit(*adversary)
    assert [signal.name for signal in game.signals_] == list(get_attack(attack).signals)
    outcome = game.play(*victim)
    assert roc_auc_score(outcome.member, outcome.score) > 0.5


def test_references_were_trained_on_the_adversarys_records_only(adversary, victim):
    game = make_game(attack=get_attack("rmia-offline"), n_shadows=4).fit(*adversary)
    Z = game.play(*victim).observations
    assert Z.columns.tolist() == [f"confidence|{i}" for i in ("target", 0, 1, 2, 3)]


def test_a_reference_attack_is_cached_with_its_models(adversary, victim, tmp_path):
    attack = LikelihoodRatioAttack(mode="offline")
    settings = {"attack": attack, "signals": "scaled_logit", "n_shadows": 4}
    expected = make_game(**settings).fit(*adversary).play(*victim).score
    for _ in range(2):
        game = make_game(**settings, memory=str(tmp_path)).fit(*adversary)
        np.testing.assert_array_equal(game.play(*victim).score, expected)


def test_a_search_over_names(adversary):
    search = GridSearchCV(
        make_game(n_shadows=4),
        {"attack": ["gap", "rmia-offline", GaussianNB()]},
        cv=ShuffleSplit(1, test_size=0.5, random_state=0),
        error_score="raise",
    ).fit(*adversary)
    assert len(search.cv_results_["mean_test_score"]) == 3


class Weighted(GaussianNB):
    """Cannot be fitted without weights."""

    def fit(self, X, y, sample_weight):
        return super().fit(X, y, sample_weight)


def test_parameters_of_fit_reach_shadow_models_and_target():
    X, y = make_classification(200, random_state=0)
    weight = np.random.default_rng(0).random(100)
    game = MembershipGame(Weighted(), attack="shokri", n_shadows=4, random_state=0)
    game.fit(X[:100], y[:100], sample_weight=weight)
    given = {"fit_params": {"sample_weight": weight}}
    assert 0 < game.score(X[100:], y[100:], **given) < 1
    with pytest.raises(TypeError, match="sample_weight"):
        game.play(X[100:], y[100:])
    # Weights of one are those of a game without any.
    plain = MembershipGame(GaussianNB(), attack="shokri", n_shadows=4, random_state=0)
    plain = plain.fit(X[:100], y[:100]).play(X[100:], y[100:])
    ones = np.ones(100)
    game.fit(X[:100], y[:100], sample_weight=ones)
    same = game.play(X[100:], y[100:], fit_params={"sample_weight": ones})
    # Shadow models without weights come from shared sums: equal up to rounding.
    assert_allclose(same.score, plain.score, rtol=1e-9)


def test_weights_of_records_that_are_not_trained_on():
    X, y = make_classification(100, random_state=0)
    game = MembershipGame(GaussianNB(), shadow_size=2.0, n_shadows=4, random_state=0)
    with pytest.raises(ValueError, match=r"\['sample_weight'\] of fit has values for"):
        game.fit(X, y, sample_weight=np.ones(100))
