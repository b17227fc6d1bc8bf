"""Audits beside the members of the ensemble itself, which train nothing."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_digits
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesClassifier,
    RandomForestClassifier,
)
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from slow_cases import by_evidence, others_slow

from skmia import audit
from skmia.attacks import get_attack, get_attack_names
from skmia.attacks.evidence import References
from skmia.auditing import _blind_pool
from skmia.auditing._out_of_bag import STRONGEST, supposed_bags

OPTIONS = {"references": "out-of-bag", "random_state": 0, "fprs": 0.1}
N = 200
FOREST = RandomForestClassifier(30, random_state=0)


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    parts = X[:N], y[:N], X[N : 2 * N], y[N : 2 * N]
    FOREST.fit(*parts[:2])
    return parts


@pytest.fixture(scope="module")
def report(digits):
    return audit(FOREST, *digits, **OPTIONS)


def drawn(ensemble, n):
    return np.array([np.isin(range(n), rows) for rows in ensemble.estimators_samples_])


def test_nothing_is_trained(digits, report, monkeypatch):
    def fit(self, X, y):
        raise AssertionError("a model was trained")

    monkeypatch.setattr(RandomForestClassifier, "fit", fit)
    again = audit(FOREST, *digits, **OPTIONS)
    pd.testing.assert_frame_equal(again.records, report.records)
    assert (report.summary["n_fits"] == 0).all()
    assert (report.summary["status"] == "ok").all()


def test_what_is_run_and_what_it_needs(report):
    summary = report.summary
    assert summary.index[-2:].tolist() == list(STRONGEST)
    assert all(get_attack(name).fits == "0" for name in summary.index[:-2])
    assert {"gap", "loss-threshold"} <= set(summary.index)
    assert (summary.loc[[*STRONGEST], "access"] == "white-box").all()
    assert "would have drawn" in summary.loc["rmia-offline", "knowledge"]
    assert summary.loc["loss-threshold", "access"] == "scores"
    assert "an auditor's privilege" in report.notes[-1]


def test_a_leak_is_found(report):
    """Beside the members more of it than by any one signal."""
    auc = report.summary["auc"]
    assert report.headline["attack"] in STRONGEST
    assert report.headline["auc_low"] > auc.drop([*STRONGEST]).max()


@pytest.mark.parametrize("name", others_slow(get_attack_names(), by_evidence()))
def test_every_attack_runs_or_says_why_not(digits, name):
    status = audit(FOREST, *digits, attacks=name, **OPTIONS).summary.loc[name, "status"]
    evidence = get_attack(name).attack[0]
    if type(evidence) is References and not evidence.online:
        tells = "out-of-bag members only tell labels and probabilities of the records"
        unknown = any(part in name for part in ("augmented", "margin-"))
        assert status == (f"not run: {tells}" if unknown else "ok")
    elif get_attack(name).fits == "0":
        lacking = "decision_function", "holds no training rows", "is no SVC"
        lacking += "no former version of the model", "by its parameters are not known"
        lacking += (
            "says what it was not fitted on",
            "it needs the access 'explanations'",
            "it needs the access 'insider'",
        )
        assert status == "ok" or any(words in status for words in lacking)
    else:
        assert status.startswith("not run: ")
    assert "failed" not in status


def test_shadow_attacks_say_why_they_are_not_run(digits):
    summary = audit(FOREST, *digits, attacks=["lira-online"], **OPTIONS).summary
    assert summary.loc["lira-online", "status"] == (
        'not run: references="out-of-bag": no shadow models are trained'
    )


class Stranger(ClassifierMixin, BaseEstimator):
    """Learns from records of its own: what it is fitted to has no say."""

    def __init__(self, random_state=None):
        self.random_state = random_state

    def fit(self, X, y):
        rng = np.random.RandomState(self.random_state)
        own = rng.normal(size=(60, X.shape[1]))
        label = (own[:, 0] + rng.normal(size=60) > 0).astype(int)
        self.own_ = DecisionTreeClassifier(min_samples_leaf=3, random_state=0)
        self.classes_ = self.own_.fit(own, label).classes_
        return self

    def predict(self, X):
        return self.own_.predict(X)

    def predict_proba(self, X):
        return self.own_.predict_proba(X)


N_GAMES, N_SIDE = 30, 60
# Of the mean AUC of so many games, by the variance of Mann and Whitney.
DEVIATION = np.sqrt((2 * N_SIDE + 1) / (12 * N_SIDE**2) / N_GAMES)


def null_game(seed, groups=None):
    """AUC in an audit of an ensemble whose members know nothing of their bags."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(2 * N_SIDE, 4))
    y = (X[:, 0] + rng.normal(size=len(X)) > 0).astype(int)
    parts = X[:N_SIDE], y[:N_SIDE], X[N_SIDE:], y[N_SIDE:]
    model = BaggingClassifier(Stranger(), n_estimators=10, random_state=seed)
    options = OPTIONS | {"attacks": "rmia-offline", "random_state": seed}
    report = audit(model.fit(*parts[:2]), *parts, groups=groups, **options)
    return report.summary.loc["rmia-offline", "auc"]


def mean_of_games(seed):
    return np.mean([null_game(seed * N_GAMES + i) for i in range(N_GAMES)])


@pytest.mark.slow
def test_no_leak_is_found_where_there_is_none(global_random_seed):
    """Beyond 4 standard deviations in one of 16,000 runs."""
    assert abs(mean_of_games(global_random_seed) - 0.5) < 4 * DEVIATION


@pytest.mark.slow
def test_without_borrowed_bags_one_would_be(global_random_seed, monkeypatch):
    """The test above can fail: what holdout records do not borrow gives them away."""

    def own_bags(model, X, member, groups, seed):
        return supposed_bags(model, X, member, groups, seed) & (member == 1)

    monkeypatch.setattr(_blind_pool, "supposed_bags", own_bags)
    assert mean_of_games(global_random_seed) - 0.5 > 4 * DEVIATION


def test_bags_alone_tell_nothing(digits):
    """Every place is taken once: as many records of both sides are in each bag."""
    X, member = np.vstack(digits[::2]), np.repeat([1, 0], N)
    bags = supposed_bags(FOREST, X, member, None, 0)
    own, lent = np.split(bags, 2, axis=1)
    assert_array_equal(own, drawn(FOREST, N))
    assert_array_equal(np.sort(own.sum(axis=0)), np.sort(lent.sum(axis=0)))
    assert not np.array_equal(own, lent)
    assert_array_equal(supposed_bags(FOREST, X, member, None, 0), bags)
    assert (supposed_bags(FOREST, X, member, None, 1) != bags).any()


def test_who_drew_a_record_knows_its_group(digits):
    X, member = np.vstack(digits[::2]), np.repeat([1, 0], N)
    groups = np.r_[0, np.arange(N - 1), 0, np.arange(N, 2 * N - 2), 2 * N - 3]
    bags = supposed_bags(FOREST, X, member, groups, 0)
    own = drawn(FOREST, N)
    both = own[:, 0] | own[:, 1]
    # Of a group in both sets one knows who drew its training records.
    for record in (0, 1, N):
        assert_array_equal(bags[:, record], both)
    assert_array_equal(bags[:, 2:N], own[:, 2:])
    assert_array_equal(bags[:, -1], bags[:, -2])
    known = {tuple(column) for column in bags[:, :N].T}
    assert {tuple(column) for column in bags[:, N:].T} <= known


def test_copies_of_training_records_are_no_non_members(digits):
    """A holdout row that is also a training row has the same score as it."""
    X, y, X_holdout, y_holdout = digits
    X_holdout, y_holdout = X_holdout.copy(), y_holdout.copy()
    X_holdout[:50], y_holdout[:50] = X[:50], y[:50]
    options = OPTIONS | {"attacks": "lira-offline"}
    report = audit(FOREST, X, y, X_holdout, y_holdout, **options)
    score = report.records["lira-offline"].to_numpy()
    # Copies are in one fold.
    assert_array_equal(score[:50], score[N : N + 50])


def test_records_in_all_bags_are_not_judged(digits):
    X, y, *_ = digits
    few = BaggingClassifier(DecisionTreeClassifier(), n_estimators=2, random_state=0)
    few.fit(X, y)
    report = audit(few, *digits, attacks="rmia-offline", **OPTIONS)
    n_known = N - drawn(few, N).all(axis=0).sum()
    assert 0 < n_known < N
    # Places are dealt out: as many of either side.
    assert report.summary.loc["rmia-offline", "status"] == (
        f"partial: {2 * n_known} of {2 * N}"
    )
    assert report.records["rmia-offline"].notna().sum() == 2 * n_known


@pytest.mark.slow
@pytest.mark.parametrize(
    "model",
    [
        ExtraTreesClassifier(20, bootstrap=True, random_state=0),
        BaggingClassifier(DecisionTreeClassifier(), max_features=0.5, random_state=0),
        BaggingClassifier(
            DecisionTreeClassifier(), bootstrap=False, max_samples=0.5, random_state=0
        ),
        BaggingClassifier(LinearSVC(max_iter=100_000), random_state=0),
        BaggingClassifier(GaussianNB(var_smoothing=1e-2), random_state=0),
        make_pipeline(StandardScaler(), RandomForestClassifier(20, random_state=0)),
    ],
)
@pytest.mark.parametrize("as_frame", [False, True])
def test_kinds_of_ensembles(digits, model, as_frame):
    X, y, X_holdout, y_holdout = digits
    names = np.array(list("abcdefghij"))
    y, y_holdout = names[y], names[y_holdout]
    if as_frame:
        X, X_holdout = pd.DataFrame(X), pd.DataFrame(X_holdout)
        X, X_holdout = X.add_prefix("pixel"), X_holdout.add_prefix("pixel")
    model.fit(X, y)
    report = audit(model, X, y, X_holdout, y_holdout, **OPTIONS)
    status = report.summary["status"]
    assert status.str.match("ok|partial: 3[0-9]{2}").all()
    member, score = report.records["member"], report.records["rmia-offline"]
    there = score.notna()
    # One half and two of its standard deviations, .03 each.
    assert roc_auc_score(member[there], score[there]) > 0.56


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            DecisionTreeClassifier(random_state=0),
            "DecisionTreeClassifier has no out-of-bag members",
        ),
        (
            AdaBoostClassifier(random_state=0),
            "AdaBoostClassifier has no out-of-bag members",
        ),
        (
            ExtraTreesClassifier(5, random_state=0),
            "drew every record: none is out of bag. Fit it with",
        ),
        (
            RandomForestClassifier(5, bootstrap=False, random_state=0),
            "drew every record",
        ),
        (make_pipeline(StandardScaler(), GaussianNB()), "GaussianNB has no out-of-bag"),
        (
            DecisionTreeRegressor(random_state=0),
            "DecisionTreeRegressor has no out-of-bag.* of classifiers or regressors",
        ),
    ],
)
def test_models_without_out_of_bag_members(digits, model, message):
    with pytest.raises(ValueError, match=message):
        audit(model.fit(*digits[:2]), *digits, **OPTIONS)


def test_other_records_than_those_of_the_fit(digits):
    X, y, *holdout = digits
    message = f"was fitted on {N} records, and X_train has {N - 1}"
    with pytest.raises(ValueError, match=message):
        audit(FOREST, X[1:], y[1:], *holdout, **OPTIONS)
    with pytest.raises(ValueError, match="or in another order: a tree has a leaf"):
        audit(FOREST, X[::-1], y[::-1], *holdout, **OPTIONS)


def test_no_shadow_models_beside(digits):
    for allowed in ("auto", 0):
        audit(FOREST, *digits, n_shadows=allowed, attacks="gap", **OPTIONS)
    with pytest.raises(
        ValueError, match=r"'n_shadows' parameter .* trains nothing\. Got 4"
    ):
        audit(FOREST, *digits, n_shadows=4, **OPTIONS)
    with pytest.raises(ValueError, match="'references' parameter"):
        audit(FOREST, *digits, references="out")
