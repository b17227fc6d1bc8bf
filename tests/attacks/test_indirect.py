"""The indirect test: queries in the place of the candidate, and their p-values."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

from skmia import BlackBox, ShadowModels
from skmia.attacks import (
    HypothesisTestAttack,
    IndirectTestAttack,
    combine_pvalues_kost,
    get_attack,
    run,
)
from skmia.attacks.evidence import Indirect
from skmia.signals import get_signal
from skmia.targets import Session
from skmia.utils._reference_table import split_table

X, y = (part[:200] for part in load_digits(return_X_y=True))
MEMBER = np.arange(200) % 2
NEIGHBORS = KNeighborsClassifier(3)
FEW = Indirect(get_signal("nearby_logit", n_queries=3), n_tried=8, random_state=0)


class Recorder(KNeighborsClassifier):
    """Keeps what it is asked."""

    def predict_proba(self, X):
        vars(self).setdefault("asked", []).append(np.array(X))
        return super().predict_proba(X)


@pytest.fixture(scope="module")
def shadows():
    return ShadowModels(NEIGHBORS, n_shadows=6, random_state=0).fit(X, y)


@pytest.fixture
def model():
    return Recorder(3).fit(X[MEMBER == 1], y[MEMBER == 1])


def test_the_target_is_never_asked_about_a_candidate(shadows, model):
    recipe, session = get_attack("long-indirect"), Session(model, X, y)
    run(recipe.attack, recipe.fitted_on, session, shadows=shadows)
    asked = np.concatenate(model.asked)
    assert asked.shape == (2000, 64)
    assert session.n_queries == 2000
    candidates = {row.tobytes() for row in X}
    assert not candidates & {row.tobytes() for row in asked}
    # Copies at a distance: the noise is as large as the spread of the features.
    distance = np.linalg.norm(asked.reshape(200, 10, 64) - X[:, None], axis=2)
    assert distance.min() > np.linalg.norm(X.std(axis=0)) / 2


def test_queries_are_those_that_depend_most_on_the_candidate(shadows, model):
    """Of the 8 copies that references are asked about, one by one."""
    evidence = clone(FEW).fit(shadows.pairs(2)[0])
    session = Session(model, X, y)
    found = evidence.transform(session)
    tried = get_signal("nearby_logit", n_queries=8, seed=0, spread=X.std(axis=0))
    answers = shadows.reference(tried)
    own = tried(model, X, y)
    for i in range(0, 200, 20):
        inside = shadows.membership_[:, i]
        sides = answers[i][inside].astype(float), answers[i][~inside].astype(float)
        difference = sides[0].mean(axis=0) - sides[1].mean(axis=0)
        influence = difference / np.sqrt(sum(side.var(axis=0) for side in sides) + 0.01)
        chosen = np.argsort(-influence, kind="stable")[:3]
        row = found.iloc[i]
        assert_allclose(row.filter(like="|target"), own[i, chosen], rtol=1e-5)
        for q, copy in enumerate(chosen):
            columns = [f"nearby_logit_{q}|{j}" for j in range(6)]
            assert_array_equal(row[columns], answers[i, :, copy])
        assert_array_equal(row.filter(like="in|"), inside)


def test_a_shadow_model_is_seen_as_a_target_is(shadows):
    """It was asked about all copies, and looks as if asked about the chosen ones."""
    evidence = clone(FEW).fit(shadows.pairs(2)[0])
    part = shadows.pairs(1)[0].parts[0]
    seen = evidence.transform(part)
    others = clone(FEW).fit(shadows.pairs(2)[0])
    others.references_ = others.references_[1:]
    asked = others.transform(Session(shadows.estimators_[0], X, y))
    pd.testing.assert_frame_equal(seen, asked)


def test_recorded_answers_make_the_same_attack(shadows, model):
    recipe = get_attack("long-indirect")
    signals = recipe.attack.set_params(evidence__random_state=0)[0].recorded()
    recipe.attack.set_params(evidence__random_state=None)
    recorded = ShadowModels(
        NEIGHBORS, n_shadows=6, random_state=0, signals=signals
    ).fit(X, y)
    scores = [
        run(recipe.attack, "shadows", Session(model, X, y), shadows=models)[0]
        for models in (shadows, recorded)
    ]
    assert_array_equal(*scores)


@pytest.mark.parametrize("budget", [0, 29, 305, 10_000])
def test_a_budget_is_spent_on_whole_records(shadows, model, budget):
    box = BlackBox(model, max_queries=budget)
    session = Session(box, X, y)
    recipe = get_attack("long-indirect")
    score, called = run(recipe.attack, "shadows", session, shadows=shadows)
    there = np.isfinite(score)
    assert there.sum() == min(budget // 10, 200)
    assert box.n_queries_ == session.n_queries == 10 * there.sum()
    assert_array_equal(session.unanswered, ~there)
    assert not called[~there].any()
    whole, _ = run(recipe.attack, "shadows", Session(model, X, y), shadows=shadows)
    assert_array_equal(score[there], whole[there])


def test_images_and_frames(shadows, model):
    images = X.reshape(-1, 8, 8)

    class OnImages(KNeighborsClassifier):
        def fit(self, X, y):
            return super().fit(X.reshape(len(X), -1), y)

        def predict_proba(self, X):
            assert X.shape[1:] == (8, 8)
            return super().predict_proba(X.reshape(len(X), -1))

    recipe = get_attack("long-indirect")
    expected, _ = run(recipe.attack, "shadows", Session(model, X, y), shadows=shadows)
    frame = pd.DataFrame(X).add_prefix("pixel ")
    for records, kind in ((images, OnImages(3)), (frame, NEIGHBORS)):
        other = ShadowModels(kind, n_shadows=6, random_state=0).fit(records, y)
        target = clone(kind).fit(records[MEMBER == 1], y[MEMBER == 1])
        session = Session(target, records, y)
        score, _ = run(recipe.attack, "shadows", session, shadows=other)
        assert_array_equal(score, expected)


@pytest.mark.slow
def test_it_finds_what_neighbours_keep(global_random_seed):
    """900 records: the AUC of no leak has a deviation of sqrt(901 / (12 * 450^2))."""
    X, y = load_digits(return_X_y=True)
    rows = np.random.RandomState(global_random_seed).permutation(len(y))[:900]
    X, y, member = X[rows], y[rows], np.arange(900) % 2
    target = clone(NEIGHBORS).fit(X[member == 1], y[member == 1])
    shadows = ShadowModels(NEIGHBORS, n_shadows=8, random_state=0).fit(X, y)
    recipe = get_attack("long-indirect")
    sd = np.sqrt(901 / (12 * 450 * 450))
    score, _ = run(recipe.attack, "shadows", Session(target, X, y), shadows=shadows)
    assert roc_auc_score(member, score) > 0.5 + 4 * sd
    # A target that was trained on others than it is said: nothing to find.
    other = load_digits().data[: len(rows)], load_digits().target[: len(rows)]
    stranger = clone(NEIGHBORS).fit(*other)
    lot = np.random.RandomState(1).permutation(member)
    score, _ = run(recipe.attack, "shadows", Session(stranger, X, y), shadows=shadows)
    assert abs(roc_auc_score(lot, score) - 0.5) < 4 * sd


def test_p_values_are_combined_record_by_record(shadows, model):
    """By the public function, from the p-values of each query and the out models."""
    evidence = clone(FEW)
    pairs, member, _ = shadows.pairs(2)
    attack = IndirectTestAttack(direction="higher")
    attack.fit(evidence.fit_transform(pairs, member), member)
    Z = evidence.transform(Session(model, X, y))
    views = split_table(Z.to_numpy(), Z.columns)
    alone = HypothesisTestAttack(direction="higher")
    p = []
    for view in views:
        mine = [c for c in Z if c.startswith((f"{view.column}|", "in|"))]
        p.append(alone.fit(Z[mine], MEMBER).pvalues(Z[mine]))
    p = np.column_stack(p)
    found = attack.pvalues(Z)
    for i in range(0, 200, 10):
        outside = ~views[0].inside[i]
        losses = np.stack([view.reference[i, outside] for view in views], axis=1)
        assert_allclose(found[i], combine_pvalues_kost(p[i], losses), rtol=1e-9)
    assert ((found > 0) & (found <= 1)).all()


def test_one_query_is_the_test_itself():
    rng = np.random.RandomState(0)
    Z = rng.normal(size=(50, 9))
    member = np.arange(50) % 2
    for cdf in ("pchip", "ecdf", "normal"):
        params = {"cdf": cdf, "direction": "higher"}
        one = HypothesisTestAttack(**params).fit(Z, member)
        combined = IndirectTestAttack(**params).fit(Z, member)
        assert_allclose(combined.pvalues(Z), one.pvalues(Z), rtol=1e-9)
        scores = combined.decision_function(Z), one.decision_function(Z)
        assert_allclose(*scores, rtol=1e-9, atol=1e-9)


def test_a_record_without_out_models_is_no_member():
    names = ["a|target", "a|0", "a|1", "b|target", "b|0", "b|1", "in|0", "in|1"]
    Z = pd.DataFrame(
        [[9, 1, 2, 9, 2, 1, 0, 0], [9, 1, 2, 9, 2, 1, 1, 1]], columns=names
    )
    attack = IndirectTestAttack(direction="higher").fit(Z, [1, 0])
    p = attack.pvalues(Z)
    assert p[0] < p[1] == 1


@pytest.mark.parametrize(
    ("evidence", "message"),
    [
        (Indirect("loss"), r"must be 'nearby_logit', or .* Got \['loss'\] instead"),
        (Indirect(n_tried=5), "at least the number of queries, 10. Got 5 instead"),
    ],
)
def test_bad_parameters(evidence, message, shadows, model):
    with pytest.raises(ValueError, match=message):
        evidence.fit(shadows.pairs(2)[0])


def test_candidates_that_nobody_was_trained_on(shadows, model):
    strange, labels = (part[600:700] for part in load_digits(return_X_y=True))
    evidence = clone(FEW).fit(shadows.pairs(2)[0])
    with pytest.raises(ValueError, match="only offline attacks are possible"):
        evidence.transform(Session(model, strange, labels))
    # Beside known ones they are asked about, and have no in models.
    both = np.vstack([X[:50], strange]), np.concatenate([y[:50], labels])
    Z = evidence.transform(Session(model, *both))
    assert np.isfinite(Z.to_numpy()).all()
    assert not Z.filter(like="in|")[50:].any().any()
