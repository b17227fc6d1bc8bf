"""Budgets: what is left is asked, what was answered is kept, nothing is guessed."""

import warnings
from contextlib import suppress

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia import BlackBox, MembershipGame, ShadowModels, audit
from skmia.attacks import get_attack, run
from skmia.defenses import (
    AdaptiveGuard,
    PrivateLogits,
    QueryBudget,
    QueryLimit,
    RoundedPosterior,
)
from skmia.exceptions import QueryBudgetExceeded
from skmia.generators import (
    ActiveLearningGenerator,
    CombinedGenerator,
    DensityGenerator,
    NoisyRecords,
    OtherRecords,
    QueryGenerator,
    RegionGenerator,
    StatisticsGenerator,
)
from skmia.metrics import game_scorer
from skmia.signals import get_signal, signal
from skmia.targets import Session

X, y = load_digits(return_X_y=True)
X, y = X[:400], y[:400]
# A tree answers a record alike in any batch.
TREE = DecisionTreeClassifier(random_state=0)
MODEL = DecisionTreeClassifier(random_state=0).fit(X[::2], y[::2])
MEMBER = np.tile([1, 0], 200)


def limited(kind, budget):
    """Model that answers about `budget` records in all, and who counts."""
    if kind == "black box":
        box = BlackBox(MODEL, max_queries=budget)
        return box, lambda: box.n_queries_
    model = QueryLimit(TREE, budget=budget).fit(X[::2], y[::2])
    return model, lambda: model.budget_.spent.queries


KINDS = pytest.mark.parametrize("kind", ["black box", "query limit"])


@KINDS
def test_as_many_records_as_there_is_a_budget_for(kind):
    model, spent = limited(kind, 150)
    session = Session(model, X, y)
    assert session.left == 150
    Z = session.observe(["true_label", "posterior", "loss"])
    there = Z["loss"].notna().to_numpy()
    assert there.sum() == spent() == session.n_queries == 150
    assert session.left == 0
    expected = Session(MODEL, X, y).observe(["true_label", "posterior", "loss"])
    assert_array_equal(Z[there], expected[there])
    assert_array_equal(Z["true_label"], expected["true_label"])  # costs nothing
    assert Z.loc[~there, "posterior_0"].isna().all()
    assert_array_equal(session.unanswered, ~there)
    # Other signals of the same answers cost nothing, and are of the same records.
    more = session.observe(["entropy", "loss"])
    assert_array_equal(more.notna().all(axis=1), there)
    assert spent() == 150


@KINDS
def test_who_is_answered_does_not_depend_on_membership(kind):
    rows = []
    for labels in (y, y[::-1]):
        session = Session(limited(kind, 200)[0], X, labels)
        session.observe("loss")
        rows.append(~session.unanswered)
    assert_array_equal(*rows)
    # Members are even rows: their number is hypergeometric with mean 100 and standard
    # deviation 5.01.
    assert abs(rows[0][::2].sum() - 100) < 6 * 5.01


def test_a_second_method_costs_again_only_where_it_does():
    box, spent = limited("black box", 500)
    session = Session(box, X, y)
    Z = session.observe(["loss", "correctness"])
    assert Z.notna().sum().tolist() == [400, 100]
    assert spent() == session.n_queries == 500
    limit, spent = limited("query limit", 150)
    session = Session(limit, X, y)
    Z = session.observe(["loss", "correctness"])
    assert Z.notna().sum().tolist() == [150, 150]
    assert_array_equal(Z["loss"].isna(), Z["correctness"].isna())
    assert spent() == 150


def test_records_that_were_asked_before_are_free():
    model, spent = limited("query limit", 400)
    model.predict(X)
    assert Session(model, X, y).observe("loss").notna().all(axis=None)
    assert spent() == 400


def test_all_copies_of_a_record_are_asked_in_one_batch():
    merlin = get_signal("merlin_ratio", n_copies=9, scale=3)
    box, spent = limited("black box", 1234)
    Z = Session(box, X, y).observe(merlin)["merlin_ratio"]
    assert Z.notna().sum() == 123
    assert spent() == 1230
    expected = Session(MODEL, X, y).observe(merlin)["merlin_ratio"]
    assert_array_equal(Z.dropna(), expected[Z.notna()])


def test_records_that_were_asked_before_are_free_for_probing_signals():
    asks_once = signal("predict", probing=True, name="asks_once")(_asks_once)
    model, _ = limited("query limit", 150)
    order = Session(MODEL, X, y)._order
    model.predict(X[order[50:200]])
    session = Session(model, X, y)
    assert session.left == 0
    assert session.observe("correctness")["correctness"].notna().sum() == 0
    model, _ = limited("query limit", 150)
    model.predict(X[order[:150]])
    assert Session(model, X, y).observe(asks_once)["asks_once"].notna().sum() == 150


def _asks_once(model, X, y, classes):
    return model.predict(X) == y


def test_a_whole_answer_or_none_where_no_record_can_be_left_out():
    box, spent = limited("black box", 399)
    session = Session(box, X, y)
    with pytest.raises(QueryBudgetExceeded):
        session.ask("predict")
    with pytest.raises(QueryBudgetExceeded):
        session.observe("loss", X[::-1], y[::-1])
    assert spent() == session.n_queries == 0


def test_a_refusal_that_was_not_announced_is_no_answer():
    model = RoundedPosterior(QueryLimit(TREE, budget=300)).fit(X[::2], y[::2])
    session = Session(model, X, y)
    Z = session.observe(["true_label", "loss"])
    assert Z["loss"].isna().all()
    assert Z["true_label"].notna().all()
    assert session.n_queries == 0


def test_what_a_ledger_can_still_pay_for():
    budget = QueryBudget(10, epsilon=1.0, delta=1e-3)
    assert budget.affords() == 10
    assert budget.affords(epsilon=0.3) == 3
    assert budget.affords(epsilon=0.1, delta=2e-4) == 5
    with budget.charge([b"a", b"b"], epsilon=0.3):
        pass
    assert budget.affords(epsilon=0.3) == 1
    assert budget.affords(epsilon=0.5) == 0
    assert budget.is_new([b"b", b"c", b"c", b"a", b"d"]).tolist() == [0, 1, 0, 0, 1]
    assert QueryBudget().affords(epsilon=1.0) == np.inf
    priced = QueryBudget(60, epsilon=2.0, delta=1e-5)
    model = PrivateLogits(
        GaussianNB(), epsilon=8, max_queries=60, classes=range(10), budget=priced
    ).fit(X, y)
    n = int(model.queries_left_)
    assert 0 < n < 60
    model.predict(X[:n])
    with pytest.raises(QueryBudgetExceeded, match="epsilon"):
        model.predict(X[n : n + 1])


@pytest.mark.parametrize("name", ["loss-threshold", "population", "gap", "blind-mi"])
def test_run_leaves_out_who_could_not_be_asked(name):
    recipe = get_attack(name)
    given = {"member": MEMBER, "seed": 0}
    box, spent = limited("black box", 200)
    score, called = run(recipe.attack, recipe.fitted_on, Session(box, X, y), **given)
    there = ~np.isnan(score)
    assert there.sum() == spent() == 200
    assert not called[~there].any()
    if name != "blind-mi":  # what it says of a record depends on the others
        part = Session(MODEL, X[there], y[there])
        given["member"] = MEMBER[there]
        expected = run(recipe.attack, recipe.fitted_on, part, **given)
        assert_array_equal(score[there], expected[0])
        assert_array_equal(called[there], expected[1])


def test_shadow_attacks_judge_who_could_be_asked():
    shadows = ShadowModels(TREE, n_shadows=4, random_state=0).fit(X, y)
    for name in ("shadow", "lira-online"):
        recipe = get_attack(name)
        given = {"shadows": shadows, "seed": 0}
        session = Session(limited("black box", 200)[0], X, y)
        score, called = run(recipe.attack, recipe.fitted_on, session, **given)
        there = ~np.isnan(score)
        assert there.sum() == 200
        full = Session(MODEL, X, y)
        expected = run(recipe.attack, recipe.fitted_on, full, **given)
        assert_array_equal(score[there], expected[0][there])
        assert_array_equal(called[there], expected[1][there])


def test_too_few_answers_to_learn_from():
    recipe = get_attack("loss-threshold")
    session = Session(limited("black box", 5)[0], X, y)
    with pytest.raises(QueryBudgetExceeded, match="Of 400 records 5 were answered"):
        run(recipe.attack, recipe.fitted_on, session, member=MEMBER)
    recipe = get_attack("salem3-entropy")
    session = Session(limited("black box", 400)[0], X, y)
    with pytest.raises(QueryBudgetExceeded, match="asks 1000 queries"):
        run(recipe.attack, recipe.fitted_on, session)
    assert session.n_queries == 0


def distilled(n_public):
    public = X[:n_public] + 0.5  # strangers
    return clone(get_attack("trajectory").attack).set_params(
        evidence__X_public=public, evidence__n_snapshots=1
    )


@KINDS
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_distillation_asks_nothing_where_it_cannot_end(kind):
    shadows = ShadowModels(TREE, n_shadows=2, random_state=0).fit(X, y)
    for budget, asked_before, runs in (
        (419, False, False),
        (420, False, True),
        (420, True, True),  # what was answered is not asked again
        (419, True, False),
    ):
        model, spent = limited(kind, budget)
        session = Session(model, X, y)
        if asked_before:
            session.observe("loss")
        before = spent()
        given = {"shadows": shadows, "seed": 0}
        if runs:
            score, _ = run(distilled(20), "shadows", session, **given)
            assert np.isfinite(score).all()
            assert spent() == 420
        else:
            with pytest.raises(QueryBudgetExceeded, match="asks 20 queries"):
                run(distilled(20), "shadows", session, **given)
            assert spent() == before


@KINDS
@pytest.mark.parametrize("missing", [0, 1])
def test_random_records_are_all_asked_about_or_none(kind, missing):
    recipe = get_attack("salem3-entropy")
    model, spent = limited(kind, 1400 - missing)
    session = Session(model, X, y)
    session.observe("loss")
    if missing:
        with pytest.raises(QueryBudgetExceeded, match=r"and 0 about .* answers 999 m"):
            run(recipe.attack, recipe.fitted_on, session)
        assert spent() == 400
    else:
        assert np.isfinite(run(recipe.attack, recipe.fitted_on, session)[0]).all()
        assert spent() == 1400


ATTACKS = ["loss-threshold", "entropy-threshold", "merlin", "shadow", "lira-online"]


class OfOwnMake(type(MODEL)):
    """As the model, of a kind that is not asked for the other side."""


@KINDS
def test_audit_of_a_limited_model(kind):
    model, spent = limited(kind, 300)
    given = {"attacks": [*ATTACKS, "gap"], "n_shadows": 4, "random_state": 0}
    report = audit(model, X[::2], y[::2], X[1::2], y[1::2], **given)
    status = report.summary["status"]
    for name in ("loss-threshold", "entropy-threshold", "shadow", "lira-online"):
        assert status[name] == "partial: 300 of 400"
        score = report.records[name]
        there = score.notna()
        assert there.sum() == 300
        auc = roc_auc_score(report.records["member"][there], score[there])
        assert report.summary.loc[name, "auc"] == pytest.approx(auc)
    silent = "not run: the model answers about 0 records only"
    assert status["merlin"] == silent
    paid_again = kind == "black box"
    assert (status["gap"] == silent) == paid_again
    assert np.isnan(report.train_accuracy) == paid_again
    assert spent() == 300
    assert "partial: 300 of 400" in repr(report)
    assert "partial: 300 of 400" in report.to_json()
    assert "[" in report.compact().loc["loss-threshold", "AUC"]
    # The numbers of shadow attacks are those of a model without a limit, of a kind that
    # is not asked for the other side.
    own = OfOwnMake(**MODEL.get_params()).fit(X[::2], y[::2])
    free = audit(own, X[::2], y[::2], X[1::2], y[1::2], **given)
    for name in ("shadow", "lira-online"):
        there = report.records[name].notna()
        assert_array_equal(report.records[name][there], free.records[name][there])


def test_shadow_models_do_not_spend_the_budget_of_the_target():
    ledger = QueryBudget(400)
    model = QueryLimit(TREE, budget=ledger).fit(X[::2], y[::2])
    report = audit(
        model, X[::2], y[::2], X[1::2], y[1::2], attacks=["shadow"], random_state=0
    )
    assert report.summary.loc["shadow", "status"] == "ok"
    assert ledger.spent.queries == 400


def test_a_guard_that_refuses_does_not_end_the_audit():
    guard = AdaptiveGuard(TREE, calibration=X, window=10, alpha=0.5, random_state=0)
    guard.fit(X[::2], y[::2])
    swarm = X[0] + 1e-3 * np.random.RandomState(0).randn(300, X.shape[1])
    with suppress(QueryBudgetExceeded):
        for _ in range(100):
            swarm = swarm + 1e-3
            guard.predict(swarm)
    assert guard.client_level_ == {None: "refuse"}
    given = {"attacks": ["gap", "loss-threshold"], "random_state": 0}
    report = audit(guard, X[::2], y[::2], X[1::2], y[1::2], **given)
    told = "ok|not run: the model answers about 0 records only"
    assert report.summary["status"].str.fullmatch(told).all()


def test_a_game_against_a_limited_target():
    game = MembershipGame(
        BlackBox(TREE, max_queries=150), attack="shadow", n_shadows=4, random_state=0
    ).fit(X[:200], y[:200])
    outcome = game.play(X[200:], y[200:])
    there = ~np.isnan(outcome.score)
    assert there.sum() == 150
    right = outcome.predicted[there] == outcome.member[there]
    assert game.score(X[200:], y[200:]) == right.mean()
    auc = roc_auc_score(outcome.member[there], outcome.score[there])
    assert game_scorer("auc")(game, X[200:], y[200:]) == pytest.approx(auc)


GENERATORS = [
    QueryGenerator(random_state=0),
    QueryGenerator(variant="truex", conf_min=0.9, random_state=0),
    RegionGenerator(random_state=0),
    ActiveLearningGenerator(n_labelled=200, selection="uncertain", random_state=0),
    CombinedGenerator(random_state=0),
    NoisyRecords(random_state=0),
    DensityGenerator(random_state=0),
    StatisticsGenerator(random_state=0),
    OtherRecords(X, y, random_state=0),
]


@pytest.mark.parametrize("generator", GENERATORS, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("hidden", [False, True], ids=["told", "hidden"])
def test_generators_return_what_was_got(generator, hidden):
    inner = QueryLimit(GaussianNB(), budget=168)
    model = (RoundedPosterior(inner) if hidden else inner).fit(X, y)
    ledger = (model.estimator_ if hidden else model).budget_
    generator.fit(X, y)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        rows = labels = ()
        with suppress(ValueError):
            rows, labels = generator.sample(300, model)
    if not len(rows):
        assert hidden
        assert ledger.spent.queries == 0  # nothing was paid for
        return
    assert 0 < len(rows) == len(labels) <= 300
    assert ledger.spent.queries <= 168
    if len(rows) < 300:
        assert f"{len(rows)} of 300" in str(caught[-1].message)
    assert set(labels) <= set(range(10))
