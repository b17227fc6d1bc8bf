"""Models that forgot, that did not, and that forgot too much, are told so."""

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from matplotlib.figure import Figure
from scipy.stats import binom
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_digits, load_iris, make_classification
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, RidgeClassifier
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn_checks import name_of

from skmia.defenses import SisaClassifier
from skmia.unlearning import UnlearningDisplay, verify_unlearning

CLOSED = [
    BernoulliNB(binarize=8),
    GaussianNB(),
    KNeighborsClassifier(),
    LinearDiscriminantAnalysis(),
    RidgeClassifier(),
    make_pipeline(StandardScaler(), GaussianNB()),
]
TREE = DecisionTreeClassifier(max_depth=3, random_state=0)
CHEAP = {"attack": TREE, "n_references": 8, "random_state": 0}
FOREST = RandomForestClassifier(20, random_state=0)


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    order = np.random.RandomState(0).permutation(len(y))
    X, y = X[order], y[order]
    rows = {"forget": slice(0, 60), "retain": slice(60, 300), "unseen": slice(300, 400)}
    return {name: (X[part], y[part]) for name, part in rows.items()}


def trained(model, *sets):
    X, y = (np.concatenate(parts) for parts in zip(*sets, strict=True))
    return clone(model).fit(X, y)


def verify(before, after, sets, unseen=True, **params):
    three = [*sets["forget"], *sets["retain"], *(sets["unseen"] if unseen else ())]
    return verify_unlearning(before, after, *three, **CHEAP, **params)


@pytest.mark.parametrize("model", CLOSED, ids=name_of)
@pytest.mark.parametrize("n_forgotten", [1, 60])
@pytest.mark.filterwarnings("ignore:Variables are collinear")
def test_exact_unlearning_is_recognised(digits, model, n_forgotten):
    forget = tuple(part[:n_forgotten] for part in digits["forget"])
    sets = digits | {"forget": forget}
    # In the order of the fit, so that surgery knows the ties among neighbours.
    before = trained(model, sets["retain"], forget)
    after = trained(model, sets["retain"])
    report = verify(before, after, sets, unseen=False)
    assert report.verdict == "exact"
    assert (report.records["distance"] < 1e-8).all()
    assert report.retained["distance"] < 1e-8
    assert "Unlearned exactly" in repr(report)


@pytest.mark.parametrize("model", CLOSED, ids=name_of)
@pytest.mark.filterwarnings("ignore:Variables are collinear")
def test_who_did_not_unlearn_is_told_so_without_other_records(digits, model):
    before = trained(model, digits["retain"], digits["forget"])
    report = verify(before, before, digits, unseen=False)
    assert report.verdict == "not-exact"
    np.testing.assert_array_equal(report.records["distance"], report.former_distance)
    assert "None of them is answered more like that than before." in report.reasons


@pytest.mark.parametrize("n_forgotten", [1, 60])
def test_unseen_records_do_not_hide_it(digits, n_forgotten):
    """That nobody is told by the answers makes nothing exact."""
    sets = digits | {"forget": tuple(part[:n_forgotten] for part in digits["forget"])}
    before = trained(LinearDiscriminantAnalysis(), sets["forget"], sets["retain"])
    X, y = sets["retain"]
    after = clone(before).fit(X[1:], y[1:])  # as if it had forgotten one more
    report = verify(before, after, sets)
    assert (report.exact, report.verdict) == (False, "not-exact")
    tests = report.summary.loc[["excess", "lira", "lira-exposed"]].dropna()
    assert ((tests["auc_low"] < 0.5) & (tests["auc_high"] > 0.5)).all()


def test_certain_answers_do_not_hide_what_was_not_unlearned():
    """Nobody doubts ten setosas, with or without them: their logarithms tell."""
    X, y = load_iris(return_X_y=True)
    model = GaussianNB().fit(X, y)
    report = verify_unlearning(model, model, X[:10], y[:10], X[10:], y[10:])
    np.testing.assert_allclose(model.predict_proba(X[:10])[:, 0], 1, atol=1e-12)
    assert (report.records["distance"] > 1e-3).all()
    assert report.verdict == "not-exact"


@pytest.mark.parametrize("model", [FOREST, LogisticRegression(max_iter=3000)])
def test_who_did_not_unlearn_is_told_so(digits, model):
    before = trained(model, digits["forget"], digits["retain"])
    report = verify(before, before, digits)
    assert report.verdict == "remembered"
    assert report.share == pytest.approx((1, 1, 1))
    # Nothing changed: nothing is told by the change.
    changes = report.summary.loc[["direct_diff", "sorted_diff", "l2_distance"], "auc"]
    assert (changes == 0.5).all()
    assert "Not unlearned: the model tells the 60 forgotten records" in repr(report)


@pytest.mark.slow
def test_retraining_leaves_no_trace_and_the_change_a_large_one(digits):
    before = trained(FOREST, digits["forget"], digits["retain"])
    after = trained(clone(FOREST).set_params(random_state=7), digits["retain"])
    report = verify(before, after, digits)
    assert report.verdict == "none-found"
    assert report.exact is None
    assert report.summary.loc["former-excess", "auc_low"] > 0.8
    assert report.summary.loc["sorted_diff", "auc_low"] > 0.5
    share, low, high = report.share
    assert low <= share <= high < 0.5


class Contrary(ClassifierMixin, BaseEstimator):
    """Says of some records the opposite of what a model says."""

    def __init__(self, model, X):
        self.model, self.X = model, X
        self.classes_ = model.classes_

    def fit(self, X, y):
        raise AssertionError("it is never trained")

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def predict_proba(self, X):
        P = self.model.predict_proba(X)
        known = {row.tobytes() for row in self.X}
        named = [row.tobytes() in known for row in X]
        P[named] = (1 - P[named]) / (P.shape[1] - 1)
        return P


def test_unlearned_too_much(digits):
    before = trained(FOREST, digits["forget"], digits["retain"])
    after = Contrary(trained(FOREST, digits["retain"]), digits["forget"][0])
    report = verify(before, after, digits)
    assert report.verdict == "over-unlearned"
    assert (report.records["after"] < report.records["retrained"]).mean() > 0.9


@pytest.mark.slow
def test_references_forget_by_the_method_in_question(digits):
    def forget(model, X, y, forget):
        calls.append(forget.sum())
        return model.forget(X, y, forget)

    calls = []
    sisa = SisaClassifier(FOREST, n_shards=3, random_state=0)
    before = trained(sisa, digits["forget"], digits["retain"])
    X, y = (
        np.concatenate(parts)
        for parts in zip(digits["forget"], digits["retain"], strict=True)
    )
    after = trained(sisa, digits["forget"], digits["retain"]).forget(X, y, range(60))
    report = verify(before, after, digits, unlearn=forget)
    assert report.verdict == "none-found"
    assert len(calls) == 8
    # Halves of 160 candidates, even within ten classes.
    assert all(70 <= n <= 90 for n in calls)


def test_a_method_that_does_nothing_is_told_apart_by_no_reference(digits):
    """References that keep their records look like the model that keeps its."""
    before = trained(FOREST, digits["forget"], digits["retain"])
    report = verify(before, before, digits, unlearn=lambda model, X, y, forget: model)
    assert report.verdict == "remembered"


def nulls(model, n_games):
    """Verdicts on models that were trained anew, of records like the unseen ones."""
    for seed in range(n_games):
        X, y = make_classification(
            160, 8, n_informative=4, flip_y=0.2, random_state=seed
        )
        forget, retain, unseen = (
            (X[part], y[part]) for part in (slice(0, 40), slice(40, 80), slice(80, 160))
        )
        before, after = trained(model, forget, retain), trained(model, retain)
        params = CHEAP | {"n_references": 6, "random_state": seed}
        yield verify_unlearning(before, after, *forget, *retain, *unseen, **params)


@pytest.mark.slow
@pytest.mark.parametrize(
    "model",
    [LogisticRegression(C=10), DecisionTreeClassifier(max_depth=4, random_state=0)],
)
def test_null_is_calibrated(model):
    wrong = sum(report.verdict != "none-found" for report in nulls(model, 200))
    # A level of 5 %: more than this has a probability of 1e-4.
    assert wrong <= binom.ppf(1 - 1e-4, 200, 0.05)


@pytest.mark.slow
def test_too_few_records_are_not_measurable(digits):
    sets = digits | {"forget": tuple(part[:1] for part in digits["forget"])}
    before = trained(FOREST, sets["forget"], sets["retain"])
    report = verify(before, before, sets)
    assert report.verdict == "not-measurable"
    assert "1 forgotten and 100 unseen records are too few" in repr(report)
    assert verify(before, before, sets, unseen=False).verdict == "not-measurable"


def test_harm_to_retained_records_is_counted(digits):
    model = GaussianNB()
    before = trained(model, digits["forget"], digits["retain"])
    X, y = digits["retain"]
    after = clone(model).fit(X[y < 5], y[y < 5])
    kept = verify(before, after, digits, unseen=False).retained
    right = [version.predict(X) == y for version in (before, after)]
    assert kept["n_worse"] == (right[0] & ~right[1]).sum() > 50
    assert kept["worse_low"] < kept["n_worse"] / 240 < kept["worse_high"]
    assert kept["accuracy_after"] < kept["accuracy_before"]


def test_jobs_change_nothing_and_labels_may_be_words(digits):
    words = np.array(list("abcdefghij"))
    sets = {name: (X, words[y]) for name, (X, y) in digits.items()}
    model = DecisionTreeClassifier(max_depth=5, random_state=0)
    reports = []
    for some, n_jobs in ((digits, 1), (sets, 2)):
        before = trained(model, some["forget"], some["retain"])
        after = trained(model, some["retain"])
        with parallel_config("threading"):
            reports.append(verify(before, after, some, n_jobs=n_jobs))
    pd.testing.assert_frame_equal(reports[0].summary, reports[1].summary)


def test_what_is_refused(digits):
    model = trained(GaussianNB(), digits["forget"], digits["retain"])
    six = [*digits["forget"], *digits["retain"], *digits["retain"]]
    with pytest.raises(ValueError, match="240 records of X_unseen are among"):
        verify_unlearning(model, model, *six)
    with pytest.raises(ValueError, match="Give both 'X_unseen' and 'y_unseen'"):
        verify_unlearning(model, model, *six[:5])
    with pytest.raises(ValueError, match="must be records in X_forget, with labels"):
        verify_unlearning(model, model, np.empty((0, 64)), [], *six[2:4])
    with pytest.raises(TypeError, match="must return the model without the records"):
        verify(model, model, digits, unlearn=lambda *args: None)
    with pytest.raises(TypeError, match="'attack' parameter must be a classifier"):
        verify_unlearning(model, model, *six[:4], attack=LinearRegression())
    with pytest.raises(ValueError, match="'after' parameter must be a fitted"):
        verify(model, GaussianNB(), digits, unseen=False)


@pytest.mark.parametrize("name", ["forget", "retain", "unseen"])
def test_labels_and_features_of_other_records_are_refused(digits, name):
    model = trained(GaussianNB(), digits["forget"], digits["retain"])
    X, y = digits[name]
    words = digits | {name: (X, y.astype(str))}
    with pytest.raises(ValueError, match=f"None of the labels in y_{name} is a class"):
        verify(model, model, words)
    other = digits | {name: (X, np.r_[77, y[1:]])}
    with pytest.raises(ValueError, match=f"1 labels in y_{name} are no class .* 77"):
        verify(model, model, other)
    narrow = digits | {name: (X[:, :9], y)}
    with pytest.raises(ValueError, match="features"):
        verify(model, model, narrow)


def test_copies_that_are_retained_are_noted(digits):
    model = trained(GaussianNB(), digits["retain"])
    sets = digits | {"forget": tuple(part[:3] for part in digits["retain"])}
    report = verify(model, model, sets, unseen=False)
    assert report.notes[0].startswith("3 forgotten records have a copy")


@pytest.mark.slow
def test_report_is_shown(digits):
    before = trained(FOREST, digits["forget"], digits["retain"])
    report = verify(before, before, digits)
    assert "<table" in report._repr_html_()
    axes = Figure(layout="constrained").subplots()
    display = UnlearningDisplay.from_report(report, ax=axes)
    drawn = display.points_["after"].get_xdata()
    expected = report.summary.loc[["excess", "lira", "lira-exposed"], "auc"]
    np.testing.assert_array_equal(drawn, expected)
    assert axes.get_title(loc="left") == "RandomForestClassifier: remembered"
    bare = verify(before, before, digits, unseen=False)
    with pytest.raises(ValueError, match="nothing to draw without unseen records"):
        bare.plot()
