"""Recommenders: weights, the shift, the models, and who was trained on."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from media import ratings
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from skmia import MembershipGame, ShadowModels, audit
from skmia.attacks import AttackRecipe, get_attack, make_attack
from skmia.attacks.evidence import RecommendationShift
from skmia.signals import get_signal
from skmia.signals._recommendation import popularity_of
from skmia.targets import Session
from skmia.tasks import (
    NeighbourRecommender,
    PopularityRandomization,
    recommendation_weights,
)

R = ratings(240)
PLACES = get_signal("recommended", n_items=10)
SHIFT = RecommendationShift(signals=PLACES, n_components=20)


class Showing(BaseEstimator):
    """A recommender that shows what it is given."""

    def __init__(self, lists=None):
        self.lists = lists

    def recommend(self, X, n=100):
        return np.asarray(self.lists)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.estimator_type = "recommender"
        return tags


def shift_of(rated, lists, **params):
    evidence = RecommendationShift(**{"X_public": R, "n_components": 5} | params)
    session = Session(Showing(lists), np.asarray(rated))
    return evidence.fit_transform(session).to_numpy(), evidence


def histories(*items):
    rated = np.zeros((len(items), R.shape[1]), dtype=int)
    for row, some in zip(rated, items, strict=True):
        row[some] = 1
    return rated


@given(st.lists(st.integers(0, 12), min_size=1, max_size=8))
def test_weights_sum_to_one_and_fall(lengths):
    items = np.where(np.arange(12) < np.array(lengths)[:, None], 3, -1)
    weights = recommendation_weights(items)
    assert_allclose(weights.sum(axis=1), np.array(lengths) > 0)
    assert (np.diff(weights, axis=1) <= 0).all()
    assert_array_equal(weights > 0, items >= 0)


def test_weights_of_the_paper():
    weights = recommendation_weights([np.arange(100)])[0]
    assert_allclose(weights, (100 - np.arange(100)) / 5050)


def test_the_shift_is_zero_where_the_list_is_the_history():
    # Weights 4, 3, 2, 1 of 10: each of two items has half, as in the history.
    rated = histories([3], [5, 7])
    shift, _ = shift_of(rated, [[3, -1, -1, -1], [5, 7, 7, 5]])
    assert_allclose(shift, 0, atol=1e-12)


def test_the_shift_by_hand():
    shift, evidence = shift_of(histories([1, 2]), [[4, 6, -1]])
    vectors = evidence.vectors_
    expected = (vectors[1] + vectors[2]) / 2 - (2 * vectors[4] + vectors[6]) / 3
    assert_allclose(shift[0], expected)


def test_unknown_items_are_left_out_and_counted():
    public = R.copy()
    public[:, [4, 9]] = 0
    rated = histories([1, 2, 9], [1, 2])
    with pytest.warns(UserWarning, match="^2 of the items .* are left out"):
        shift, _ = shift_of(rated, [[4, 6], [6, -1]], X_public=public)
    assert_allclose(shift[0], shift[1])
    # Items beyond the columns of X_public are unknown, too.
    more = np.pad(histories([1, 2]), [(0, 0), (0, 1)])
    with pytest.warns(UserWarning, match="^1 of the items"):
        shift, _ = shift_of(more, [[R.shape[1], 6]], X_public=R)


def test_where_all_items_are_unknown_is_an_error():
    public = np.zeros_like(R)
    public[:, :3] = R[:, :3]
    with pytest.raises(ValueError, match="None of the items"):
        shift_of(histories([7]), [[8, 9]], X_public=public)


def test_users_with_few_items_are_not_judged():
    rated = histories([1], [1, 2])
    shift, _ = shift_of(rated, [[4], [4]], min_items=2)
    assert_array_equal(np.isnan(shift).all(axis=1), [True, False])


@pytest.mark.filterwarnings("ignore:.* of the items that users")
def test_an_audit_leaves_users_with_few_items_out():
    model, network = NeighbourRecommender().fit(R[:80]), MLPClassifier((8,), max_iter=9)
    attack = make_attack(RecommendationShift(min_items=20), network)
    few = AttackRecipe("few", attack)
    how = {"attacks": few, "n_shadows": 4, "random_state": 0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        report = audit(model, R[:80], X_holdout=R[80:160], **how)
    few_items = R[:160].sum(axis=1) < 20
    judged = (~few_items).sum()
    assert report.summary["status"].tolist() == [f"partial: {judged} of 160"]
    assert_array_equal(report.records["few"].isna(), few_items)


def test_other_signals_are_refused():
    with pytest.raises(ValueError, match=r"must be one of \['recommended'\]"):
        RecommendationShift(signals="novelty").recorded()


def test_members_see_what_is_like_theirs_and_strangers_what_is_popular():
    model = NeighbourRecommender().fit(R[:120])
    lists = model.recommend(R, 15)
    counts = R[:120].sum(axis=0)
    assert (np.diff(counts[lists[120]]) <= 0).all()
    assert (lists[120:] == lists[120]).all()
    assert not (lists[:120] == lists[120]).all(axis=1).any()
    assert not np.take_along_axis(R[:120], lists[:120], 1)[lists[:120] >= 0].any()
    norms = np.sqrt(np.maximum(counts, 1))
    cosines = R[:120].T @ R[:120] / np.outer(norms, norms)
    np.fill_diagonal(cosines, 0)
    score = (cosines @ R[0])[lists[0]]
    assert (np.diff(score) <= 1e-9).all()
    assert_array_equal(model.recommend(sparse.csr_matrix(R), 15), lists)
    assert (model.recommend(R, 250)[:, 200:] == -1).all()


def test_novelty_by_hand():
    popularity = np.array([0.5, 0.25, 0.125])
    signal = get_signal("novelty", popularity=popularity)
    lists = [[0, 2, -1], [1, -1, -1], [-1, -1, -1]]
    seen = signal(Showing(lists), np.eye(3))
    assert_allclose(seen[:, 0], [2, 2, 0])
    with pytest.raises(ValueError, match="'novelty' needs the share of users"):
        get_signal("novelty")(Showing(lists), np.eye(3))


def test_popularity_is_never_zero():
    assert_allclose(popularity_of(np.array([[1, 0], [5, 0], [0, 0]])), [0.625, 0.125])


@pytest.mark.parametrize("lists", [[[0.5, 1.0]], [1, 2]])
def test_what_are_no_items_is_refused(lists):
    with pytest.raises(ValueError, match="numbers of items, as many for every record"):
        get_signal("recommended")(Showing(lists), np.eye(len(lists)))


def test_lists_of_strangers_are_drawn():
    plain = NeighbourRecommender()
    masked = PopularityRandomization(plain, factor=3, random_state=0).fit(R[:120])
    lists, own = masked.recommend(R, 10), plain.fit(R[:120]).recommend(R, 30)
    assert_array_equal(lists[:120], own[:120, :10])
    assert np.isin(lists[120:], own[120]).all()
    assert all(len(set(row)) == 10 for row in lists)
    assert len(np.unique(lists[120:], axis=0)) == 120
    # The same user in other company: the same items.
    assert_array_equal(masked.recommend(R[::-3], 10), lists[::-3])
    # Each of 30 items is shown to 120 strangers with probability 1/3: four standard
    # deviations of 5.2 around 40.
    assert np.abs(np.bincount(lists[120:].ravel())[own[120]] - 40).max() < 4 * 5.2


def accuracy(target, shadow):
    """Of the attack of the paper, with lists of ten."""
    users = ratings(900)
    attack = make_attack(SHIFT, get_attack("recommendation-shift").attack[1])
    attack.set_params(model__random_state=0)
    shadows = ShadowModels(shadow, n_shadows=4, random_state=0).fit(users[600:])
    pairs, member, _ = shadows.pairs()
    session = Session(target.fit(users[:300]), users[:600])
    called = attack.fit(pairs, member).predict(session)
    return (called == (np.arange(600) < 300)).mean()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.* of the items that users")
def test_the_mask_hides_members_from_who_does_not_know_of_it():
    plain = NeighbourRecommender()
    masked = PopularityRandomization(plain, random_state=0)
    assert accuracy(plain, plain) > 0.85
    assert accuracy(masked, plain) < 0.6
    assert accuracy(masked, masked) > 0.85


def test_members_are_found(tmp_path):
    model = NeighbourRecommender().fit(R[:80])
    report = audit(model, R[:80], X_holdout=R[80:160], n_shadows=4, random_state=0)
    assert report.verdict == "leak"
    auc = report.summary["auc"]
    assert (auc.drop("recommendation-shift") > 0.99).all()
    assert auc["recommendation-shift"] > 0.7
    checks = {check.name: check.outcome for check in report.checks}
    assert checks["positive control"] == "passed"
    report.to_html(tmp_path / "page.html")
    assert "recommendation; 200 features" in (tmp_path / "page.html").read_text()


def test_nobody_was_in():
    """AUC of exchangeable users: (n + m + 1) / (12 n m) of variance, .0457 squared for
    80 and 80; of four attacks one strays 3.3 of it in 200."""
    model = NeighbourRecommender().fit(R[:80])
    found = audit(model, R[80:160], X_holdout=R[160:], n_shadows=4, random_state=0)
    assert found.verdict != "leak"
    spread = np.sqrt(161 / (12 * 80 * 80))
    assert (np.abs(found.summary["auc"] - 0.5) < 3.3 * spread).all()


@pytest.mark.filterwarnings("ignore:.* of the items that users")
@pytest.mark.parametrize("attack", ["score-threshold", "recommendation-shift"])
def test_games(attack):
    game = MembershipGame(
        NeighbourRecommender(), attack=attack, n_shadows=4, random_state=0
    )
    assert game.fit(R[:120]).score(R[120:]) > 0.6


@pytest.mark.filterwarnings("ignore:.* of the items that users")
def test_ratings_of_others_are_given_as_public():
    model = NeighbourRecommender().fit(R[:80])
    report = audit(
        model,
        R[:80],
        X_holdout=R[80:160],
        public=R[160:],
        attacks="recommendation-shift",
        n_shadows=2,
        random_state=0,
    )
    assert report.summary["status"].tolist() == ["ok"]
    assert report.summary["auc"].item() > 0.6


def test_sparse_ratings_are_the_same():
    tables = []
    for some in (R, sparse.csr_matrix(R)):
        session = Session(NeighbourRecommender().fit(some[:80]), some)
        tables.append(SHIFT.fit_transform(session).to_numpy())
    assert_allclose(*tables)


@pytest.mark.parametrize("strange", [R.shape[1], 1000, -2])
def test_items_that_are_no_columns_are_refused(strange):
    model, user = Showing([[3, strange, -1]]), histories([1])
    for signal in ("novelty", PLACES):
        with pytest.raises(
            ValueError, match=rf"columns .* 0 to 199.* Got \[{strange}\]"
        ):
            Session(model, user).observe(signal)
    shown = Showing([[3, R.shape[1] - 1, -1]])
    assert_array_equal(Session(shown, user).observe(PLACES).iloc[0, :3], [3, 199, -1])


class Ids(NeighbourRecommender):
    """Answers with numbers of its own for items."""

    def recommend(self, X, n=100):
        return super().recommend(X, n) + 1000


def test_no_audit_calls_ids_of_ones_own_harmless():
    model = Ids().fit(R[:60])
    how = {"attacks": "score-threshold", "n_shadows": 0, "random_state": 0}
    report = audit(model, R[:60], X_holdout=R[60:120], **how)
    assert "translated into columns" in report.summary["status"].item()
    assert report.verdict != "none-found"


def test_lists_of_different_lengths_are_refused():
    ragged = [[1, 2], [3]]

    class Ragged(Showing):
        def recommend(self, X, n=100):
            return self.lists

    with pytest.raises(ValueError, match="short lists of items are filled with -1"):
        Session(Ragged(ragged), histories([1], [2])).observe("novelty")
