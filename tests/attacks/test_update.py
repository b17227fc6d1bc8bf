"""What an update of a model changed for a record."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.validation import check_is_fitted

from skmia import BlackBox, MembershipGame, ShadowModels, audit
from skmia.attacks import get_attack, lacks, make_attack, run
from skmia.attacks.evidence import Update
from skmia.attacks.models._threshold import ThresholdAttack
from skmia.targets import Session
from skmia.testing import yield_checks

X, y = load_digits(return_X_y=True)
FOREST = RandomForestClassifier(50, random_state=0)
FORMER = GaussianNB(var_smoothing=0.1).fit(X[:50], y[:50])
NOW = GaussianNB(var_smoothing=0.1).fit(X[:90], y[:90])
SETS = X[50:90], y[50:90], X[90:130], y[90:130]
QUICK = {"n_shadows": 0, "random_state": 0}


def session(model=NOW, rows=slice(50, 130), **given):
    return Session(model, X[rows], y[rows], **given)


def test_it_is_the_difference():
    seen = ["scaled_logit", "entropy"]
    Z = Update(seen, former=FORMER).fit_transform(session())
    change = session().observe(seen) - session(FORMER).observe(seen)
    assert list(Z) == ["scaled_logit|change", "entropy|change"]
    assert_array_equal(Z, change)


def test_nothing_was_changed():
    Z = Update(former=NOW).fit_transform(session())
    assert not Z.to_numpy().any()


def test_a_class_that_only_the_update_knows():
    """Its records were impossible before: that is a change, and finite."""
    old = y[:200] != 3
    former = GaussianNB(var_smoothing=0.1).fit(X[:200][old], y[:200][old])
    now = GaussianNB(var_smoothing=0.1).fit(X[:200], y[:200])
    for signal in ("scaled_logit", "loss", "posterior"):
        Z = Update(signal, former=former).fit_transform(session(now))
        assert np.isfinite(Z.to_numpy()).all()


def test_both_are_asked_once_whoever_asks():
    former = BlackBox(FORMER, max_queries=80)
    attack, asked = get_attack("model-update").attack, session()
    attack = clone(attack).set_params(evidence__former=former)
    member = np.repeat([1, 0], 40)
    for seed in (0, 1):
        run(attack, "members", asked, member=member, seed=seed)
    assert (former.n_queries_, asked.n_queries) == (80, 80)


def test_no_budget_of_the_former_version():
    former = BlackBox(FORMER, max_queries=50)
    report = audit(NOW, *SETS, attacks="model-update", former=former, **QUICK)
    assert report.summary.loc["model-update", "status"] == "partial: 50 of 80"


def test_the_former_version_is_not_touched():
    """Neither cloned, which would leave an untrained model, nor seeded."""
    former = LogisticRegression(C=0.01).fit(X[:50], y[:50])
    attack = make_attack(Update(former=former), ThresholdAttack())
    assert clone(attack)[0].former is former
    run(attack, "members", session(), member=np.repeat([1, 0], 40), seed=3)
    check_is_fitted(former)
    assert former.random_state is None


@pytest.mark.parametrize(
    ("former", "reason"),
    [
        (None, "no former version of the model is given"),
        (
            LinearSVC(random_state=0).fit(X[:50], y[:50]),
            "of its former version: the model gives no probabilities",
        ),
        (
            GaussianNB().fit(X[:50], y[:50] + 10),
            "of its former version: it knows none of the labels of the records",
        ),
    ],
)
def test_what_it_lacks(former, reason):
    attack = clone(get_attack("model-update").attack)
    attack.set_params(evidence__former=former)
    assert lacks(attack, session()) == reason
    report = audit(NOW, *SETS, attacks=["gap", "model-update"], former=former, **QUICK)
    assert report.summary.loc["model-update", "status"] == f"not run: {reason}"


def test_a_former_version_that_was_never_trained():
    with pytest.raises(NotFittedError, match="'former' parameter of audit must be fi"):
        audit(NOW, *SETS, former=GaussianNB(), **QUICK)


def test_a_game_has_no_former_version():
    with pytest.raises(ValueError, match="no former version of the model is given"):
        MembershipGame(NOW, attack="model-update", random_state=0).fit(X, y)


def test_it_is_asked_no_more_than_is_granted():
    labels = {"attacks": "model-update", "access": "label", "former": FORMER}
    report = audit(NOW, *SETS, **labels, **QUICK)
    assert report.summary.loc["model-update", "status"].startswith("not run: it needs")


def test_among_the_default_where_there_is_one():
    report = audit(NOW, *SETS, former=FORMER, **QUICK)
    assert report.summary.loc["model-update", "status"] == "ok"
    row = report.results[list(report.summary.index).index("model-update")]
    assert not row.uses_membership
    assert "model-update" not in audit(NOW, *SETS, **QUICK).summary.index


@pytest.mark.parametrize("signals", [["scaled_logit"], ["loss", "correctness"]])
def test_own_checks(signals):
    model = DecisionTreeClassifier(max_depth=4, random_state=0)
    shadows = ShadowModels(model, n_shadows=4, random_state=0).fit(X[:60], y[:60])
    target = Session(clone(model).fit(X[:30], y[:30]), X[:60], y[:60])
    evidence = Update(signals, former=FORMER)
    for one, check in yield_checks(evidence, "evidence", data=(target, shadows)):
        check(one)


def updated(seed, n_new):
    """AUC of the attack, and of the loss, of a forest that `n_new` records were new to.

    600 records before, 300 that may be new, 300 others.
    """
    rows = np.random.RandomState(seed).permutation(len(X))
    former = clone(FOREST).set_params(random_state=seed)
    now = clone(FOREST).set_params(random_state=seed + 1000)
    former.fit(X[rows[:600]], y[rows[:600]])
    now.fit(X[rows[: 600 + n_new]], y[rows[: 600 + n_new]])
    new, others = rows[600:900], rows[900:1200]
    report = audit(
        *(now, X[new], y[new], X[others], y[others]),
        attacks=["loss-threshold", "model-update"],
        former=former,
        n_shadows=0,
        random_state=seed,
    )
    return report.summary["auc"]


def test_it_finds_what_the_update_added(global_random_seed):
    """Over 8 seeds the AUC is .88, and .77 of the loss; the standard deviation of the
    difference is .022, and four of them are allowed."""
    auc = updated(global_random_seed, n_new=300)
    assert auc["model-update"] > auc["loss-threshold"] + 0.11 - 4 * 0.022


def test_nothing_was_added(global_random_seed):
    """The AUC of 300 and 300 records has a standard error of sqrt(601 / (12 * 300**2))
    = .024, of which four are allowed."""
    auc = updated(global_random_seed, n_new=0)
    assert abs(auc["model-update"] - 0.5) < 4 * 0.024
