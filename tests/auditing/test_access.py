"""What an attacker may see: granted, not assumed, and kept to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from sklearn.datasets import load_digits
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from skmia import BlackBox, MembershipGame, audit
from skmia.attacks import AttackRecipe, get_attack, get_attack_names
from skmia.attacks._granted import Granted
from skmia.auditing import audit_cv, audit_predictions, estimate_cost
from skmia.auditing._choice import (
    LABELS_OF_MANY_QUERIES,
    OF_MANY_QUERIES,
    choose,
    many_queries,
)
from skmia.defenses import LabelOnly
from skmia.utils._access import ACCESS, grants

X, y = load_digits(return_X_y=True)
X, y = X[:200, 20:32], y[:200]  # fewer are asked about faster
SETS = X[::2], y[::2], X[1::2], y[1::2]
QUICK = {"n_shadows": 4, "random_state": 0}


def names_of(report):
    return set(report.summary.index[report.summary["status"] == "ok"])


@given(st.sets(st.sampled_from(ACCESS), min_size=1))
def test_more_access_lists_more(access):
    several = set(get_attack_names(access=tuple(access)))
    each = [set(get_attack_names(access=one)) for one in access]
    assert several == set().union(*each)
    assert {"gap"} <= several <= set(get_attack_names())
    assert all(get_attack(name).access in grants(access) for name in several)


def test_what_each_access_includes():
    assert grants("label") == {"label"}
    assert grants("top-k") == {"label", "top-k"}
    for more in ("explanations", "timing", "insider", "white-box"):
        assert grants(more) == {*ACCESS[:3], more}
    assert grants(["timing", "label"]) == grants("timing")


@pytest.mark.slow
def test_labels_only():
    model = GaussianNB().fit(*SETS[:2])
    report = audit(model, *SETS, access="label", **QUICK)
    assert {"gap", "shadow-label", "label-rmia"} <= names_of(report)
    assert {get_attack(name).access for name in report.summary.index} == {"label"}
    assert report.to_dict()["run"]["access"] == ["label"]
    session_saw = report.not_chosen["loss-threshold"]
    assert (
        session_saw == "not run: it needs the access 'scores', and 'label' is granted"
    )


def test_a_model_says_no_more_than_is_granted(monkeypatch):
    """The target of an audit of labels is never asked for probabilities."""
    model = GaussianNB().fit(*SETS[:2])
    expected = audit(model, *SETS, access="label", attacks=["gap"], random_state=0)

    def refuse(X):
        raise AssertionError("asked")

    monkeypatch.setattr(model, "predict_proba", refuse)
    found = audit(model, *SETS, access="label", attacks=["gap"], random_state=0)
    assert found.summary["auc"].equals(expected.summary["auc"])


@pytest.mark.slow
def test_the_largest_posteriors():
    model = GaussianNB().fit(*SETS[:2])
    report = audit(model, *SETS, access="top-k", **QUICK)
    assert {"gap", "salem1", "max-confidence-threshold"} <= names_of(report)
    assert not {"shadow", "loss-threshold"} & set(report.summary.index)
    # What is looked at is granted, so that less to look at changes nothing.
    whole = audit(model, *SETS, attacks=["salem1"], **QUICK)
    assert whole.summary.loc["salem1", "auc"] == report.summary.loc["salem1", "auc"]
    few = audit(model, *SETS, access="top-k", top_k=1, attacks=["salem1"], **QUICK)
    assert few.summary["status"].item() == (
        "not run: it looks at the 3 largest posteriors, and 1 are granted"
    )


def test_the_model_itself_is_granted_and_not_assumed():
    boosting = GradientBoostingClassifier(n_estimators=3, max_depth=1, random_state=0)
    boosting.fit(*SETS[:2])
    named = {"attacks": ["staged-loss"], **QUICK}
    status = audit(boosting, *SETS, **named).summary["status"].item()
    assert status == "not run: it needs the access 'white-box', and 'scores' is granted"
    report = audit(boosting, *SETS, access=("label", "white-box"), **named)
    assert report.summary["status"].item() == "ok"
    assert report.granted.named == ["scores", "white-box"]
    with pytest.raises(ValueError, match="it needs the access 'white-box'"):
        MembershipGame(boosting, attack="staged-loss", random_state=0).fit(X, y)


def test_who_holds_the_model_looks_into_it():
    boosting = GradientBoostingClassifier(n_estimators=3, max_depth=1, random_state=0)
    boosting.fit(*SETS[:2])
    report = audit(boosting, *SETS, access="white-box", n_shadows=2, random_state=0)
    assert {"staged-loss", "structure"} <= set(names_of(report))


@pytest.mark.parametrize(
    ("model", "access", "names"),
    [
        (GaussianNB(), "scores", OF_MANY_QUERIES),
        (GaussianNB(), "top-k", LABELS_OF_MANY_QUERIES),
        (GaussianNB(), "label", LABELS_OF_MANY_QUERIES),
        (LinearSVC(random_state=0), "scores", ()),
        (LinearSVC(random_state=0), "label", LABELS_OF_MANY_QUERIES),
    ],
)
def test_attacks_of_many_queries_by_what_is_granted(model, access, names):
    model = model.fit(*SETS[:2])
    granted = Granted.of("audit", access)
    session = granted.session(model, X, y)
    assert many_queries(model, session, granted) == [*names]


def test_an_attack_gets_what_the_adversary_has_and_keeps_what_it_has():
    (recipe,) = choose("audit", "trajectory", "classifier", public=X)
    assert_array_equal(recipe.attack[0].X_public, X)
    own = AttackRecipe("own", recipe.attack, fitted_on="shadows")
    (kept,) = choose("audit", own, "classifier", public=X[:5])
    assert_array_equal(kept.attack[0].X_public, X)
    gap = get_attack("gap")
    assert choose("audit", gap, "classifier", public=X) == [gap]


def test_the_largest_of_few_are_all():
    two = y < 5
    sets = (X[::2], two[::2], X[1::2], two[1::2])
    model = GaussianNB().fit(*sets[:2])
    report = audit(
        model, *sets, access="top-k", attacks=["loss-threshold"], random_state=0
    )
    assert report.summary["status"].item() == "ok"
    assert report.granted.named == ["scores"]
    assert report.to_dict()["run"]["top_k"] is None


def test_members_of_a_forest_are_asked_for_scores():
    forest = RandomForestClassifier(4, random_state=0).fit(*SETS[:2])
    with pytest.raises(ValueError, match="can be 'out-of-bag' where the access is"):
        audit(forest, *SETS, access="label", references="out-of-bag", random_state=0)


def test_what_a_model_does_not_say_is_not_seen():
    """Granted are scores, but there are none."""
    labels = LabelOnly(GaussianNB()).fit(*SETS[:2])
    report = audit(labels, *SETS, attacks=["gap"], random_state=0)
    assert report.to_dict()["run"]["access"] == ["label"]
    answers = GaussianNB().fit(*SETS[:2]).predict(X)
    member = np.arange(len(y)) % 2
    told = audit_predictions(y, labels=answers, member=member, random_state=0)
    assert told.to_dict()["run"]["access"] == ["label"]
    # No explanations, and what counts queries is not timed.
    counted = BlackBox(GaussianNB().fit(*SETS[:2]))
    more = {"access": ["timing", "explanations"], "attacks": ["gap"]}
    assert audit(counted, *SETS, **more, random_state=0).granted.named == ["scores"]


@pytest.mark.slow
def test_of_the_largest_the_number_is_told():
    report = audit(GaussianNB().fit(*SETS[:2]), *SETS, access="top-k", **QUICK)
    assert report.to_dict()["run"]["top_k"] == 3
    assert "3 of them" in report.to_text()
    assert any("TopKPosterior(model, k=3)" in note for note in report.notes)


@pytest.mark.parametrize("access", ["label", "top-k", "scores"])
def test_a_game_looks_at_what_is_granted(access):
    game = MembershipGame(GaussianNB(), access=access, n_shadows=4, random_state=0)
    seen = {signal.access for signal in game.fit(X, y).signals_}
    assert max(seen, key=ACCESS.index) == access


def test_a_game_keeps_to_it():
    game = MembershipGame(
        GaussianNB(), attack="label-rmia", access="label", n_shadows=4
    )
    game.set_params(random_state=0).fit(X, y)
    assert 0 <= game.score(X, y) <= 1
    game.set_params(attack="shadow")
    with pytest.raises(ValueError, match="needs the access 'scores', and 'label' is"):
        game.fit(X, y)


def test_other_audits_take_the_same():
    from sklearn.model_selection import RepeatedStratifiedKFold, cross_validate

    folds = RepeatedStratifiedKFold(n_splits=2, n_repeats=3, random_state=0)
    results = cross_validate(
        GaussianNB(), X, y, cv=folds, return_estimator=True, return_indices=True
    )
    attacks = ["gap", "loss-threshold"]
    report = audit_cv(results, X, y, attacks=attacks, access="label", random_state=0)
    assert names_of(report) == {"gap"}
    model = GaussianNB().fit(*SETS[:2])
    cost = estimate_cost(model, *SETS, access="label", attacks=attacks, n_shadows=4)
    assert cost.n_queries == len(X)


@pytest.mark.parametrize("access", ["scores and labels", ["scores", 3], [None]])
def test_what_is_no_access(access):
    with pytest.raises(ValueError, match="is not the name of an access"):
        audit(GaussianNB().fit(*SETS[:2]), *SETS, access=access)


def test_no_access_at_all():
    with pytest.raises(ValueError, match=r"'access' parameter of audit .* Got none"):
        audit(GaussianNB().fit(*SETS[:2]), *SETS, access=[])


@pytest.mark.slow
@pytest.mark.parametrize("model", [LogisticRegression(), LinearSVC(random_state=0)])
def test_who_holds_a_linear_model_measures_its_margins(model):
    model = make_pipeline(StandardScaler(), model).fit(*SETS[:2])
    report = audit(model, *SETS, access="white-box", n_shadows=4, random_state=0)
    assert "pgd-distance" in names_of(report)


def test_the_queries_are_a_figure_of_the_report():
    asked = []

    class Counted(DecisionTreeClassifier):
        def predict(self, X):
            asked.append((id(self), len(X)))
            return super().predict(X)

    tree = Counted(random_state=0).fit(*SETS[:2])
    names = ["gap", "noise-robustness", "boundary-l2", "label-rmia"]
    report = audit(tree, *SETS, access="label", attacks=names, **QUICK)
    n_asked = sum(n for model, n in asked if model == id(tree))
    assert report.n_queries == n_asked == report.to_dict()["run"]["n_queries"]
    assert f"{n_asked:,} queries" in report.to_text()


def test_a_gap_without_noise_costs_no_more_than_the_gap():
    """Of a tree no noise is best: what the gap attack asked is asked once."""
    tree = DecisionTreeClassifier(random_state=0).fit(*SETS[:2])
    names = ["gap", "noise-robustness"]
    report = audit(tree, *SETS, attacks=names, max_queries=len(X), **QUICK)
    assert set(report.summary["status"]) == {"ok"}
    assert report.n_queries == len(X)
    assert report.summary["auc"].nunique() == 1
