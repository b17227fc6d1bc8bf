"""Risk per record: beside models that are trained anew, and what is refused."""

from itertools import pairwise

import joblib
import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.special import ndtr, ndtri
from scipy.stats import spearmanr
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_breast_cancer, load_iris, load_wine
from sklearn.discriminant_analysis import (
    LinearDiscriminantAnalysis,
    QuadraticDiscriminantAnalysis,
)
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import (
    LinearRegression,
    LogisticRegression,
    Perceptron,
    RidgeClassifier,
)
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier
from trained_anew import answers_of, trained_anew

from skmia.auditing import record_risk
from skmia.auditing._log_odds import by_surgery, held_out, with_it
from skmia.signals._decisions import decision_margin
from skmia.signals._scores import scaled_logit

FOREST = RandomForestClassifier(30, random_state=0)
LOGISTIC = LogisticRegression(solver="newton-cholesky", tol=1e-8)


def clusters(n=60, n_outliers=4, seed=0):
    """Two clusters far apart; the first few records have the label of the other one."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 2
    X = rng.normal(size=(n, 3)) + 4 * y[:, None]
    y[:n_outliers] = 1 - y[:n_outliers]
    return X, y


def said(model, answers, y):
    """Log-odds of the label, or the margin, from probabilities or decision values."""
    codes = np.searchsorted(model.classes_, y)
    if hasattr(model, "predict_proba"):
        return scaled_logit(codes, answers)
    return decision_margin(codes, answers)


def refits(model, X, y):
    """What the model says of each label, and what it says trained without it."""
    inside = np.ones(len(y), dtype=bool)
    return (
        said(model, answers_of(model, X), y),
        said(model, trained_anew(model, X, y, inside), y),
    )


def assert_as_refitted(risk, own, without):
    """Of three classes all logarithms have their digits: iris's lie within 60."""
    assert_allclose(risk, own - without, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "model",
    [
        GaussianNB(),
        BernoulliNB(binarize=3),
        MultinomialNB(),
        LinearDiscriminantAnalysis(),
        QuadraticDiscriminantAnalysis(),
        RidgeClassifier(solver="cholesky"),
        make_pipeline(StandardScaler(), LinearDiscriminantAnalysis()),
    ],
    ids=lambda model: type(model).__name__,
)
def test_of_exact_kinds_the_risk_is_the_change_by_leaving_one_out(model):
    X, y = load_iris(return_X_y=True)
    X, y = X[::2], y[::2]
    model = clone(model).fit(X, y)
    table = record_risk(model, X, y)
    own, without = refits(model, X, y)
    assert_as_refitted(table["risk"], own, without)
    assert spearmanr(table["risk"], own - without).statistic == pytest.approx(
        1, abs=1e-4
    )
    assert table.attrs["n_fits"] == 0
    assert set(table["method"]) == {"leave-one-out"}
    assert set(table["trust"]) == {"strong"}
    assert table[["auc_outsider", "auc_insider"]].isna().all(axis=None)


def test_of_two_classes_a_margin_is_the_decision():
    X, y = clusters(40)
    model = RidgeClassifier(solver="cholesky").fit(X, y)
    without = trained_anew(model, X, y, np.ones(40, dtype=bool))[:, 1]
    change = (model.decision_function(X) - without) * np.where(y == 1, 1, -1)
    assert_allclose(record_risk(model, X, y)["risk"], change)


def test_of_neighbours_the_risk_is_the_loss_when_left_out():
    X, y = clusters(40)
    model = KNeighborsClassifier(5).fit(X, y)
    table = record_risk(model, X, y)
    assert_allclose(table["risk"], -refits(model, X, y)[1])
    assert set(table["method"]) == {"leave-one-out"}


def influences(model, X, y):
    """Change of each log-odds (row) when each record (column) leaves, written out."""
    p, t = model.predict_proba(X)[:, 1], y == model.classes_[1]
    Z, v = np.c_[X, np.ones(len(X))], p * (1 - p)
    penalty = np.diag(np.r_[np.full(X.shape[1], 1 / model.C), 0])
    K = Z @ np.linalg.inv(Z.T @ (v[:, None] * Z) + penalty) @ Z.T
    return K * ((p - t) / (1 - v * np.diag(K)))


@pytest.mark.parametrize("pipeline", [False, True])
def test_of_logistic_regression_the_risk_is_gap_by_spread(pipeline):
    X, y = load_breast_cancer(return_X_y=True)
    X, y = StandardScaler().fit_transform(X[::4, :9]), np.array(["b", "a"])[y[::4]]
    model = clone(LOGISTIC).fit(X, y)
    spread = np.sqrt((influences(model, X, y) ** 2).sum(axis=1))
    own, without = refits(model, X, y)
    asked = make_pipeline(StandardScaler(), model).fit(X, y) if pipeline else model
    table = record_risk(asked, X, y)
    # Newton's step instead of a refit: .5 % of the change in the median.
    share = table["risk"] * (spread + 0.02) / (own - without)
    assert abs(np.median(share) - 1) < 0.02
    assert spearmanr(table["risk"], (own - without) / (spread + 0.02))[0] > 0.999
    assert_allclose(table["auc_outsider"], ndtr(table["risk"].abs() / np.sqrt(2)))
    assert set(table["method"]) == {"influence"}
    assert set(table["trust"]) == {"strong"}
    assert table.attrs["n_fits"] == 0


@pytest.mark.slow
@pytest.mark.parametrize("n_classes", [2, 3])
def test_the_spread_is_that_of_models_on_other_draws(n_classes, global_random_seed):
    X, y = load_wine(return_X_y=True)
    X, y = StandardScaler().fit_transform(X)[y < n_classes], y[y < n_classes]
    model = clone(LOGISTIC).set_params(C=0.1).fit(X, y)
    table = record_risk(model, X, y)
    change = with_it(model, X, y) - by_surgery(model, X, y)
    spread = change / table["risk"] - 0.02
    rng = np.random.RandomState(global_random_seed)
    draws = [rng.randint(len(y), size=len(y)) for _ in range(200)]
    drawn = [with_it(clone(model).fit(X[rows], y[rows]), X, y) for rows in draws]
    # The jackknife leaves one out where a draw takes some twice: it is too large by
    # about the mean leverage, 14 parameters by 130 records. A standard deviation of 200
    # draws is right to 5 %.
    ratio = np.std(drawn, axis=0) / spread
    assert 0.75 < np.median(ratio) < 1.05
    assert spearmanr(np.std(drawn, axis=0), spread).statistic > 0.85


def test_an_insider_sees_answers_stray_less(global_random_seed):
    """As much as those of models on random halves of the pool do."""
    X, y = load_breast_cancer(return_X_y=True)
    X = StandardScaler().fit_transform(X[:, :9])
    rng = np.random.RandomState(global_random_seed)
    own, *halves = (rng.permutation(len(y))[: len(y) // 2] for _ in range(201))
    model = clone(LOGISTIC).set_params(C=0.1).fit(X[own], y[own])
    table = record_risk(model, X[own], y[own])
    change = with_it(model, X[own], y[own]) - by_surgery(model, X[own], y[own])
    spread = {
        who: np.abs(change) / (np.sqrt(2) * ndtri(table[f"auc_{who}"])) - 0.02
        for who in ("insider", "outsider")
    }
    said = [with_it(clone(model).fit(X[i], y[i]), X[own], y[own]) for i in halves]
    # One record's own part, and its leverage of 10 by 284 in the mean, are not in it;
    # 200 draws are right to 5 %.
    ratio = np.std(said, axis=0) / spread["insider"]
    assert 0.8 < np.median(ratio) < 1.1
    assert_allclose(spread["insider"] * np.sqrt(2), spread["outsider"])


@pytest.mark.parametrize(
    ("model", "method", "n_fits"),
    [
        (LOGISTIC, "influence", 0),
        (GaussianNB(), "leave-one-out", 0),
        (KNeighborsClassifier(5), "leave-one-out", 0),
        (LinearDiscriminantAnalysis(), "leave-one-out", 0),
        (RidgeClassifier(solver="cholesky"), "leave-one-out", 0),
        (FOREST, "out-of-bag", 0),
        (ExtraTreesClassifier(10, random_state=0), "out-of-fold", 5),
        (DecisionTreeClassifier(random_state=0), "out-of-fold", 5),
        (SVC(random_state=0), "out-of-fold", 5),
        (Perceptron(random_state=0), "out-of-fold", 5),
        (KNeighborsClassifier(5, metric="canberra"), "out-of-fold", 5),
    ],
    ids=lambda value: type(value).__name__ if hasattr(value, "fit") else str(value),
)
def test_outliers_come_first(model, method, n_fits, global_random_seed):
    X, y = clusters(seed=global_random_seed)
    table = record_risk(clone(model).fit(X, y), X, y, cv=5, random_state=0)
    assert list(table) == ["risk", "auc_outsider", "auc_insider", "method", "trust"]
    assert set(table["method"]) == {method}
    assert table.attrs["n_fits"] == n_fits
    # A rank of the change that is the largest by chance puts others beside them: of 12
    # draws the worst had 0.96 without training, and 0.81 with it.
    auc = roc_auc_score(np.arange(60) < 4, table["risk"])
    assert auc > (0.75 if n_fits else 0.9)


def test_random_labels_are_riskier_than_true_ones(global_random_seed):
    X, y = load_breast_cancer(return_X_y=True)
    X = StandardScaler().fit_transform(X)
    drawn = np.random.default_rng(global_random_seed).permutation(y)
    tables = [
        record_risk(LogisticRegression().fit(X, labels), X, labels)
        for labels in (y, drawn)
    ]
    true, random = (table["auc_insider"].mean() for table in tables)
    assert random > true


@pytest.mark.parametrize("model", [FOREST, DecisionTreeClassifier(random_state=0)])
def test_weak_where_little_was_found(model):
    X, y = clusters()
    assert set(record_risk(clone(model).fit(X, y), X, y, random_state=0)["trust"]) == {
        "weak"
    }


def test_strong_out_of_fold_where_much_was_found():
    X, y = clusters()
    model = HistGradientBoostingClassifier(max_iter=3, random_state=0).fit(X, y)
    table = record_risk(model, X, y, cv=2, random_state=0)
    assert set(table["method"]) == {"out-of-fold"}
    assert set(table["trust"]) == {"strong"}


def test_out_of_bag_are_trees_that_did_not_draw_the_record():
    X, y = clusters()
    forest = RandomForestClassifier(30, oob_score=True, random_state=0).fit(X, y)
    risk = record_risk(forest, X, y)["risk"]
    assert_allclose(risk, -said(forest, forest.oob_decision_function_, y))


class Rote(ClassifierMixin, BaseEstimator):
    """Is sure of the records that it was trained on, and of no others."""

    fits = []

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.known_ = {tuple(x): label for x, label in zip(X, y, strict=True)}
        self.fits.append(len(X))
        return self

    def predict_proba(self, X):
        codes = [self._code(tuple(x)) for x in X]
        P = np.full((len(X), len(self.classes_)), 1 / len(self.classes_))
        for row, code in enumerate(codes):
            if code is not None:
                P[row] = 0.01
                P[row, code] = 1 - 0.01 * (len(self.classes_) - 1)
        return P

    def predict(self, X):
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def _code(self, x):
        known = x in self.known_
        return np.searchsorted(self.classes_, self.known_[x]) if known else None


@pytest.fixture
def fits(monkeypatch):
    monkeypatch.setattr(Rote, "fits", [])
    return Rote.fits


@pytest.mark.parametrize("times", [1, 3])
def test_nobody_is_judged_by_a_model_that_knows_it(times, fits, global_random_seed):
    X, y = (np.repeat(part, times, axis=0) for part in clusters(30, 0))
    shuffled = np.random.default_rng(global_random_seed).permutation(len(y))
    X, y = X[shuffled], y[shuffled]
    model = Rote().fit(X, y)
    fits.clear()
    table = record_risk(model, X, y, cv=4, random_state=global_random_seed)
    # Without the record and its copies every model says 1/2 of every label.
    assert table["risk"].nunique() == 1
    assert len(fits) == table.attrs["n_fits"] == 4
    # All different records but those of one of four folds, which are even.
    assert all(22 * times <= n <= 23 * times for n in fits)


def test_copies_are_held_out_with_those_that_are_asked_about(fits):
    X, y = (np.repeat(part, 2, axis=0) for part in clusters(20, 0))
    rng = np.random.RandomState(0)
    log_odds, n_fits = held_out(Rote().fit(X, y), X, y, np.array([0, 7]), 5, rng)
    assert_array_equal(log_odds, [0, 0])
    assert n_fits == 2
    assert fits[1:] == [38, 38]


def test_there_are_no_more_folds_than_different_records(fits):
    X, y = clusters(6, 0)
    table = record_risk(Rote().fit(X, y), X, y, cv=50, random_state=0)
    assert table.attrs["n_fits"] == 6
    assert set(fits[1:]) == {5}


def test_out_of_fold_is_the_larger_of_two_ranks():
    X, y = clusters(40)
    model = KNeighborsClassifier(7, metric="canberra", weights="distance").fit(X, y)
    # As many folds as records: each is left out alone.
    risk = record_risk(model, X, y, cv=40, random_state=0)["risk"]
    own, without = refits(model, X, y)
    ranks = pd.DataFrame({"loss": -without, "change": own - without}).rank()
    assert_allclose(risk, ranks.max(axis=1) / 40)


def with_a_mark(n=60):
    """A column that two records have, one in each class: their only scatter there."""
    X, y = clusters(n, 0)
    X -= 2 * y[:, None]  # near enough that no probability rounds to 1
    X = np.c_[X, np.zeros((n, 2))]
    X[10, 3] = X[11, 4] = 1
    return X, y


def test_of_whom_arithmetic_does_not_tell_is_trained_without():
    X, y = with_a_mark()
    model = LinearDiscriminantAnalysis().fit(X, y)
    table = record_risk(model, X, y, random_state=0)
    untold = np.flatnonzero(table["method"] == "out-of-fold")
    assert_array_equal(untold, [10, 11])
    assert table.attrs["n_fits"] == 2
    assert_array_equal(table["trust"].iloc[[9, 10]], ["strong", "weak"])
    own, without = refits(model, X, y)
    assert_as_refitted(table["risk"], own, without)


def test_sure_answers_of_two_classes_are_compared_within_rounding():
    X, y = clusters(60, 0)
    X *= 1 + 2 * y[:, None]  # as sure as 100 and more
    model = LinearDiscriminantAnalysis().fit(X, y)
    sure = model.predict_proba(X).max(axis=1) == 1
    assert 0 < sure.sum() < 60
    # What is left of probabilities beside 1 is rounding, not risk.
    assert record_risk(model, X, y)["risk"][sure].max() < 1


def test_few_models_for_many_of_whom_arithmetic_does_not_tell():
    X, y = with_a_mark()
    X = np.c_[X, np.zeros((60, 6))]
    X[range(20, 26), range(5, 11)] = 1
    model = LinearDiscriminantAnalysis().fit(X, y)
    table = record_risk(model, X, y, cv=3, random_state=0)
    assert (table["method"] == "out-of-fold").sum() == 8
    assert table.attrs["n_fits"] == 3
    assert np.isfinite(table["risk"]).all()


def test_out_of_fold_where_arithmetic_tells_nothing():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(24, 40)), np.arange(24) % 2
    table = record_risk(
        LinearDiscriminantAnalysis().fit(X, y), X, y, cv=3, random_state=0
    )
    assert set(table["method"]) == {"out-of-fold"}
    assert table["risk"].between(0, 1, inclusive="right").all()


def test_what_cannot_be_told_of_a_model_that_is_not_trained_again():
    X, y = with_a_mark()
    frozen = FrozenEstimator(SVC(random_state=0).fit(X, y))
    with pytest.raises(ValueError, match=r"this FrozenEstimator would.* it is frozen"):
        record_risk(frozen, X, y)


def test_a_model_that_only_answers():
    X, y = clusters()
    tree = DecisionTreeClassifier(random_state=0).fit(X, y)

    class Answers:
        def predict(self, X):
            return tree.predict(X)

        classes_ = tree.classes_

    with pytest.raises(ValueError, match=r"this Answers would.* it has no fit"):
        record_risk(Answers(), X, y)


@pytest.mark.parametrize("cv", [5, 40])
def test_the_only_record_of_a_class_is_unknown_without_it(cv):
    X, y = clusters(40, 0)
    y[7], y[[8, 9]] = 2, 3
    table = record_risk(
        DecisionTreeClassifier(random_state=0).fit(X, y), X, y, cv=cv, random_state=0
    )
    assert table.attrs["n_fits"] == cv
    assert table["risk"][7] == table["risk"].max()
    assert np.isfinite(table["risk"]).all()


def test_the_only_record_of_one_of_two_classes():
    X, y = clusters(20, 0)
    y[:], y[3] = 0, 1
    with pytest.raises(ValueError, match="the only record of 1"):
        record_risk(DecisionTreeClassifier(random_state=0).fit(X, y), X, y)


def test_the_only_record_of_one_of_two_classes_where_arithmetic_tells():
    X, y = clusters(20, 0)
    y[:], y[3] = 0, 1
    table = record_risk(GaussianNB().fit(X, y), X, y)
    assert table["risk"].idxmax() == 3
    assert table.attrs["n_fits"] == 0


def test_the_only_record_of_one_of_two_classes_stays_where_others_are_held_out():
    X, y = clusters(20, 0)
    y[:], y[3] = 0, 1
    rng = np.random.RandomState(0)
    assert held_out(Rote().fit(X, y), X, y, np.array([7]), 5, rng) == (0, 1)


def test_a_seed_repeats_and_the_model_stays():
    X, y = clusters()
    model = DecisionTreeClassifier(max_features=1, random_state=0).fit(X, y)
    before = joblib.hash(model)
    one, two, three = (record_risk(model, X, y, random_state=s) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(one, two)
    assert not one.equals(three)
    assert joblib.hash(model) == before


def texts():
    words = np.array(list("abcdefgh"))
    rng = np.random.default_rng(0)
    y = np.arange(40) % 2
    drawn = rng.integers(0, 4, (40, 5)) + 4 * y[:, None]
    return [" ".join(words[row]) for row in drawn], y


def test_records_are_what_the_model_takes():
    X, y = clusters()
    labels = np.array(["no", "yes"])[y]
    frame = pd.DataFrame(X, columns=list("abc"), index=range(100, 160))
    for model in (GaussianNB(), DecisionTreeClassifier(random_state=0)):
        plain = record_risk(clone(model).fit(X, y), X, y, random_state=0)
        table = record_risk(
            clone(model).fit(frame, labels), frame, labels, random_state=0
        )
        assert_array_equal(table.index, frame.index)
        assert_allclose(table["risk"], plain["risk"])
    trees = [
        record_risk(clone(model).fit(kind, y), kind, y, cv=3, random_state=0)
        for kind in (X, sparse.csr_matrix(X), X.tolist())
    ]
    for one, other in pairwise(trees):
        assert_array_equal(one["risk"], other["risk"])


def test_polars():
    pl = pytest.importorskip("polars")
    X, y = clusters()
    frame = pl.DataFrame(X, schema=list("abc"))
    for model in (GaussianNB(), DecisionTreeClassifier(random_state=0)):
        plain = record_risk(clone(model).fit(X, y), X, y, random_state=0)
        table = record_risk(clone(model).fit(frame, y), frame, y, random_state=0)
        assert_allclose(table["risk"], plain["risk"])


@pytest.mark.parametrize("last", [MultinomialNB(), SVC(random_state=0)])
def test_texts(last):
    X, y = texts()
    model = make_pipeline(CountVectorizer(token_pattern=r"\w"), last).fit(X, y)
    table = record_risk(model, X, y, cv=3, random_state=0)
    assert len(table) == 40
    assert np.isfinite(table["risk"]).all()


def test_parameters_that_name_labels():
    X, y = clusters()
    y = np.array(["no", "yes"])[y]
    model = SVC(class_weight={"no": 1, "yes": 3}, random_state=0).fit(X, y)
    assert np.isfinite(record_risk(model, X, y, cv=3, random_state=0)["risk"]).all()


@pytest.mark.parametrize(
    "model",
    [
        KNeighborsClassifier(5),
        KNeighborsClassifier(5, metric="cosine"),
        GaussianNB(),
        DecisionTreeClassifier(random_state=0),
        FOREST,
        SVC(random_state=0),
        make_pipeline(StandardScaler(), LogisticRegression()),
    ],
    ids=lambda model: type(model).__name__,
)
@pytest.mark.parametrize("more", [-1, 1])
def test_another_number_of_records(model, more):
    X, y = clusters(61)
    model = clone(model).fit(X[:60], y[:60])
    with pytest.raises(ValueError, match="trained on"):
        record_risk(model, X[: 60 + more], y[: 60 + more])


def missing_rows():
    X, y = clusters(20)
    X[[4, 7]] = np.nan
    words, _ = texts()
    words[4] = words[7] = None
    yield X, y
    yield pd.DataFrame(X), y
    yield X.astype(object), y
    yield X.tolist(), y
    yield words[:20], y


@pytest.mark.parametrize(("X", "y"), list(missing_rows()))
def test_missing_rows(X, y):
    model = HistGradientBoostingClassifier(max_iter=2, random_state=0).fit(
        *clusters(20)
    )
    with pytest.raises(ValueError, match=r"Rows of X are missing, 2 of 20.* \[4, 7\]"):
        record_risk(model, X, y)


def test_missing_values_are_the_business_of_the_model():
    X, y = clusters()
    X[4, 1] = np.nan
    model = HistGradientBoostingClassifier(max_iter=2, random_state=0).fit(X, y)
    assert np.isfinite(record_risk(model, X, y, cv=2, random_state=0)["risk"]).all()


@pytest.mark.parametrize(
    ("model", "change", "message"),
    [
        (LinearRegression(), {}, "must be a classifier.* a regressor"),
        (LOGISTIC, {"y": None}, "needs the labels y"),
        (LOGISTIC, {"y": np.arange(60) % 3}, r"does not know the labels \[2\]"),
        (LOGISTIC, {"cv": 1}, "'cv' parameter of record_risk"),
        (LOGISTIC, {"y": np.zeros(59)}, "inconsistent numbers"),
    ],
)
def test_what_is_refused(model, change, message):
    X, y = clusters()
    given = {"X": X, "y": y, **change}
    with pytest.raises(ValueError, match=message):
        record_risk(clone(model).fit(X, y), **given)


def test_a_model_that_is_not_fitted():
    with pytest.raises(ValueError, match="not fitted"):
        record_risk(SVC(random_state=0), *clusters())
