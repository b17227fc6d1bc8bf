"""Audits on whatever a model takes: numbers as an independent computation has them."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from numpy.testing import assert_array_equal
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier
from slow_cases import others_slow, slow

from skmia import MembershipGame, ShadowModels, audit, observe
from skmia.attacks import get_attack, get_attack_names, lacks
from skmia.targets import Session

N = 60
FAST = {"n_shadows": 4, "random_state": 0, "fprs": 0.1}
FOREST = HistGradientBoostingClassifier(
    max_iter=2, min_samples_leaf=3, random_state=0, categorical_features="from_dtype"
)
WORDS = OneHotEncoder(handle_unknown="ignore")


def digits_of(y, rng, n_columns=4):
    """Numbers that say something of the class, and noise."""
    return y[:, None] + rng.normal(size=(len(y), n_columns))


def text(y, rng):
    words = np.array(["red", "green", "blue", "old", "new", "round"])
    chosen = rng.integers(0, 6, (len(y), 5))
    return [
        " ".join([*words[row], f"class{label}"] if row[0] else words[row])
        for label, row in zip(y, chosen, strict=True)
    ]


def frame(y, rng):
    X = pd.DataFrame(digits_of(y, rng), columns=list("abcd"))
    X["town"] = rng.choice(["Bonn", "Ulm", "Rom"], len(y))
    X.loc[::7, "b"] = np.nan
    return X


def native(y, rng):
    return frame(y, rng).astype({"town": "category"})


def multi_index(y, rng):
    X = frame(y, rng)
    X.index = pd.MultiIndex.from_arrays([np.arange(len(y)) // 2, np.arange(len(y)) % 2])
    return X


def image(y, rng):
    noise = rng.random((len(y), 1, 4, 4)) + y[:, None, None, None] / 4
    return noise.astype(np.float32)


class OnImages(DecisionTreeClassifier):
    """Takes images only."""

    def fit(self, X, y):
        assert X.ndim == 4
        return super().fit(X.reshape(len(X), -1), y)

    def predict(self, X):
        assert X.dtype == np.float32
        return super().predict(X.reshape(len(X), -1))

    def predict_proba(self, X):
        return super().predict_proba(X.reshape(len(X), -1))


def on_columns(model, **options):
    columns = ColumnTransformer(
        [("town", WORDS, ["town"])], remainder="passthrough", **options
    )
    return make_pipeline(columns, model)


KINDS = {
    "text": (text, make_pipeline(TfidfVectorizer(), MultinomialNB(alpha=0.1))),
    "array of text": (
        lambda y, rng: np.array(text(y, rng)),
        make_pipeline(TfidfVectorizer(), MultinomialNB(alpha=0.1)),
    ),
    "series of text": (
        lambda y, rng: pd.Series(text(y, rng)),
        make_pipeline(TfidfVectorizer(), MultinomialNB(alpha=0.1)),
    ),
    "images": (image, OnImages(max_depth=3, random_state=0)),
    "polars": (
        lambda y, rng: pl.from_pandas(frame(y, rng).fillna(0)),
        on_columns(DecisionTreeClassifier(max_depth=3, random_state=0)),
    ),
    "mixed frame with NaN": (frame, on_columns(FOREST, sparse_threshold=0)),
    "native categories": (native, FOREST),
    "multi-index": (multi_index, on_columns(FOREST, sparse_threshold=0)),
    "sparse": (
        lambda y, rng: sparse.csr_array(rng.random((len(y), 6)).round() * y[:, None]),
        LogisticRegression(),
    ),
    "array with NaN": (
        lambda y, rng: frame(y, rng).to_numpy()[:, :4].astype(float),
        FOREST,
    ),
    "array": (digits_of, LogisticRegression()),
    "dicts": (
        lambda y, rng: [{"a": a, "b": b} for a, b in digits_of(y, rng, 2)],
        make_pipeline(DictVectorizer(), LogisticRegression()),
    ),
}
FAR_APART = ("text", "images", "mixed frame with NaN", "sparse")


def problem(kind):
    """Fitted model, and records and labels of both sets."""
    make, model = KINDS[kind]
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 3, 2 * N)
    X, y = make(codes, rng), np.array(["no", "perhaps", "yes"])[codes]
    return model.fit(X[:N], y[:N]), X[:N], y[:N], X[N:], y[N:]


def independent_auc(model, X, y, X_holdout, y_holdout):
    """AUC of the loss, members against the others, without any of our code."""
    losses = []
    for records, labels in ((X, y), (X_holdout, y_holdout)):
        P = model.predict_proba(records)
        column = np.searchsorted(model.classes_, labels)
        losses.append(-np.log(P[np.arange(len(labels)), column].clip(1e-30)))
    member = np.repeat([1, 0], [len(y), len(y_holdout)])
    return roc_auc_score(member, -np.concatenate(losses))


@pytest.mark.parametrize("kind", others_slow(KINDS, ["text", "mixed frame with NaN"]))
def test_auc_of_the_loss(kind):
    data = problem(kind)
    report = audit(*data, **FAST)
    assert (report.summary["status"] == "ok").all()
    auc = report.summary.loc["loss-threshold", "auc"]
    assert auc == pytest.approx(independent_auc(*data), abs=1e-9)
    assert report.train_accuracy == np.mean(data[0].predict(data[1]) == data[2])


# What the others hold is one of these in another container, as the test above has them.


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_every_attack_on_every_kind(kind):
    """No exception: the status says why something was not run."""
    data = problem(kind)
    access = ("explanations", "white-box")
    every = {"attacks": get_attack_names(), "access": access}
    report = audit(*data, **every, public=data[3], other_task=data[3:], **FAST)
    status = report.summary["status"]
    assert status.index.tolist() == get_attack_names()
    reasons = status[status != "ok"].to_dict()
    known = (
        "the features are not numbers",
        "the features are not dense, finite numbers",
        "the features are neither dense, finite numbers nor categories",
        "the records are no images",
        "the model has no ",
        "the gradients of this ",
        "holds no training rows",
        "says what it was not fitted on",
        "what the structure of this ",
        "holds means alone",
        "is no SVC",
        "no former version of the model",
        "it needs the access 'timing'",
        "it needs the access 'insider'",
        "is neither naive Bayes nor linear",
        "is no MLPClassifier",
        "is no linear model of a smooth loss",
        "only scalers are known to keep them",
        "failed: ",
    )
    assert all(any(words in why for words in known) for why in reasons.values())
    assert (status == "ok").sum() >= 25
    assert report.to_json()


class OnPolars(ClassifierMixin, BaseEstimator):
    """Takes tables of polars only."""

    def _numbers(self, X):
        assert isinstance(X, pl.DataFrame)
        return X.to_numpy()

    def fit(self, X, y):
        self.model_ = LogisticRegression().fit(self._numbers(X), y)
        self.classes_ = self.model_.classes_
        return self

    def predict(self, X):
        return self.model_.predict(self._numbers(X))

    def predict_proba(self, X):
        return self.model_.predict_proba(self._numbers(X))


class LogisticOfOwnMake(LogisticRegression):
    """As the other one, of a kind that is not asked for the other side."""


@pytest.mark.slow
def test_every_attack_asks_about_tables_of_the_given_kind():
    """Noisy copies and random records, too: scores are those of the same numbers."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 2 * N)
    X = digits_of(y, rng)
    session = Session(OnPolars(), X, y)
    names = [
        name
        for name in get_attack_names()
        if get_attack(name).fitted_on != "other-task"
        if not lacks(get_attack(name).attack, session)
    ]
    assert {"merlin", "long-indirect", "salem3-entropy"} < set(names)
    reports = []
    for model, records in (
        (OnPolars(), pl.DataFrame(X, schema=list("abcd"))),
        (LogisticOfOwnMake(), X),
    ):
        data = model.fit(records[:N], y[:N]), records[:N], y[:N], records[N:], y[N:]
        report = audit(*data, attacks=names, public=data[3], **FAST)
        assert set(report.summary["status"]) == {"ok"}
        reports.append(report.records.to_numpy())
    assert_array_equal(*reports)


class Shifts(LogisticRegression):
    """Answers about other records than it is given."""

    def _moved(self, X):
        return X - 1

    def predict(self, X):
        return super().predict(self._moved(X))

    def predict_proba(self, X):
        # That of scikit-learn asks for the decision, of arrays.
        return super().predict_proba(np.asarray(self._moved(X)))


class Writes(Shifts):
    """Moves the records where they lie."""

    def _moved(self, X):
        X -= 1
        return X


@pytest.mark.slow
@pytest.mark.parametrize("hold", [np.array, pd.DataFrame])
def test_a_model_that_writes_into_records_changes_nobodys(hold, tmp_path):
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 2 * N)
    numbers = digits_of(y, rng)
    names = ["gap", "loss-threshold", "shadow", "lira-augmented-online"]
    found = []
    for kind in (Shifts, Writes):
        model = kind()
        X, X_holdout = hold(numbers[:N]), hold(numbers[N:])
        data = model.fit(X, y[:N]), X, y[:N], X_holdout, y[N:]
        report = audit(
            *data, attacks=names, memory=str(tmp_path / kind.__name__), **FAST
        )
        seen = observe(model, X, y[:N], ["loss", "correctness"])
        found.append((report.records, seen))
        assert_array_equal(X, numbers[:N])
    for one, other in zip(*found, strict=True):
        pd.testing.assert_frame_equal(one, other)


@pytest.mark.slow
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("model", [SVC(random_state=0), LinearSVC(random_state=0)])
def test_auc_of_the_margin_without_probabilities(model, n_classes):
    X, y = load_digits(n_class=n_classes, return_X_y=True)
    X = X / 16 + np.random.default_rng(0).normal(size=X.shape)
    rows = slice(100), slice(100, 220)
    data = X[rows[0]], y[rows[0]], X[rows[1]], y[rows[1]]
    model = model.fit(*data[:2])
    decision = model.decision_function(X[:220])
    if n_classes == 2:
        margin = decision * np.where(y[:220] == 1, 1, -1)
    else:
        own = np.take_along_axis(decision, y[:220, None], axis=1)[:, 0]
        np.put_along_axis(decision, y[:220, None], -np.inf, axis=1)
        margin = own - decision.max(axis=1)
    auc = roc_auc_score(np.arange(220) < 100, margin)
    report = audit(model, *data, **FAST)
    summary = report.summary
    assert summary.loc["decision-margin-threshold", "auc"] == pytest.approx(
        auc, abs=1e-9
    )
    assert "attacks were run: the model gives no probabilities." in report.extent
    assert (summary.loc[["shadow-decision", "shadow-label"], "status"] == "ok").all()


def by_dtype():
    """A model that chooses its columns by their dtype."""
    columns = ColumnTransformer(
        [
            ("words", OrdinalEncoder(), make_column_selector(dtype_include="category")),
            ("numbers", "passthrough", make_column_selector(dtype_include="float")),
        ]
    )
    return make_pipeline(columns, DecisionTreeClassifier(random_state=0))


def memorised(n=200):
    """Categories that tell members apart only together with the numbers."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "town": pd.Categorical(rng.choice(list("abcdefgh"), 2 * n)),
            "job": pd.Categorical(rng.choice(list("uvwxyz"), 2 * n)),
            "age": rng.integers(18, 60, 2 * n).astype(float),
        }
    )
    return X, rng.integers(0, 2, 2 * n), n


@pytest.mark.parametrize(
    "change",
    [
        lambda X: X.assign(town=X["town"].cat.set_categories(list("hgfedcba"))),
        *slow(
            lambda X: X.assign(town=X["town"].cat.add_categories(["never"])),
            lambda X: X.astype({"age": int}),
            lambda X: X.astype({"town": object}),
        ),
    ],
)
@pytest.mark.parametrize("model", [by_dtype(), *slow(FOREST)])
def test_dtypes_of_the_holdout_change_nothing(model, change):
    X, y, n = memorised()
    model = model.fit(X[:n], y[:n])
    options = {"attacks": ["rmia-online", "loss-threshold", "shokri"], **FAST}
    expected = audit(model, X[:n], y[:n], X[n:], y[n:], **options)
    report = audit(model, X[:n], y[:n], change(X[n:]), y[n:], **options)
    assert (report.summary["status"] == "ok").all()
    pd.testing.assert_frame_equal(report.records, expected.records)


def test_columns_that_cannot_be_made_one_are_named():
    X, y, n = memorised()
    model = by_dtype().fit(X[:n].astype({"age": "int64"}), y[:n])
    other = X[n:].assign(age=X["age"] + 0.5)
    with pytest.raises(ValueError, match=r"columns age \(int64, float64\)"):
        audit(model, X[:n].astype({"age": "int64"}), y[:n], other, y[n:], **FAST)
    with pytest.raises(ValueError, match="X_train is a pandas DataFrame, X_ho"):
        audit(model, X[:n], y[:n], X[n:].to_numpy(), y[n:], **FAST)
    with pytest.raises(ValueError, match=r"X_holdout 2: it lacks \['age'\]"):
        audit(model, X[:n], y[:n], X[n:].drop(columns="age"), y[n:], **FAST)


class ByContent(ClassifierMixin, BaseEstimator):
    """Remembers whatever it is given, and insists on one kind of it."""

    def __init__(self, kind):
        self.kind = kind

    def _numbers(self, X):
        X = X.to_numpy() if self.kind is pd.DataFrame else X
        assert self.kind is pd.DataFrame or {type(x) for x in X} == {self.kind}
        return np.array([[sum(str(x).encode()), len(str(x))] for x in X])

    def fit(self, X, y):
        self.tree_ = DecisionTreeClassifier(random_state=0).fit(self._numbers(X), y)
        self.classes_ = self.tree_.classes_
        return self

    def predict(self, X):
        return self.tree_.predict(self._numbers(X))

    def predict_proba(self, X):
        return self.tree_.predict_proba(self._numbers(X))


VALUES = np.random.default_rng(0).normal(size=(80, 4))
ROWS = VALUES.tolist()
PAIRS = np.dtype([("a", float), ("b", float)])


@pytest.mark.parametrize(
    "records",
    [
        [[row[0], f"t{i}"] for i, row in enumerate(ROWS)],
        [row[: 1 + i % 3] for i, row in enumerate(VALUES)],
        np.array([tuple(row[:2]) for row in ROWS], dtype=PAIRS),
        *slow(
            (tuple(f"{row[0]}" for row in ROWS),),
            [row[: 1 + i % 3] for i, row in enumerate(ROWS)],
            ROWS,
            [set(row) for row in ROWS],
            [b"%f" % row[0] for row in ROWS],
            VALUES + 1j,
            pd.DataFrame({"cell": [row[: 1 + i % 3] for i, row in enumerate(ROWS)]}),
            pd.DataFrame({"cell": [{"a": row[0]} for row in ROWS], "x": VALUES[:, 0]}),
        ),
    ],
)
def test_records_are_counted_and_indexed_and_never_converted(records, tmp_path):
    kind = pd.DataFrame if hasattr(records, "iloc") else type(records[0])
    y = (VALUES[:, 0] > 0).astype(int)
    model = ByContent(kind).fit(records[:40], y[:40])
    names = ["gap", "loss-threshold", "lira-online", "shadow"]
    data = records[:40], y[:40], records[40:], y[40:]
    report = audit(model, *data, attacks=names, **FAST)
    assert set(report.summary["status"]) == {"ok"}
    assert report.train_accuracy == model.score(*data[:2])
    assert report.holdout_accuracy == model.score(*data[2:])
    for attack in ("lira-offline", "gap"):
        game = MembershipGame(
            ByContent(kind),
            attack=attack,
            n_shadows=2,
            memory=str(tmp_path),
            random_state=0,
        )
        outcome = game.fit(*data[:2]).play(*data[2:])
        assert np.isfinite(outcome.score).all()


def test_references_know_records_of_several_lengths():
    """An online attack would be at chance, or worse, without who is in what."""
    records = [row[: 1 + i % 3] for i, row in enumerate(ROWS)]
    y = np.random.default_rng(0).integers(0, 2, 80)
    shadows = ShadowModels(ByContent(list), n_shadows=4, random_state=0).fit(records, y)
    rows = [*range(40), 3]
    model = shadows.estimators_[0]
    again = [list(records[i]) for i in rows]
    table = shadows.reference_observations(model, "loss", again, y[rows])
    inside = table[[f"in|{i}" for i in range(4)]].to_numpy()
    assert (inside[:40] == shadows.membership_.T[:40]).all()
    assert not inside[40].any()


def test_labels_must_be_there():
    data = VALUES[:40], VALUES[:40, 0] > 0
    with pytest.raises(ValueError, match="needs the labels y_holdout"):
        audit(LogisticRegression().fit(*data), *data, VALUES[40:], None)


class ByPosition(DecisionTreeClassifier):
    """Takes frames whatever their columns are called."""

    def fit(self, X, y):
        return super().fit(X.to_numpy(), y)

    def predict(self, X):
        return super().predict(X.to_numpy())

    def predict_proba(self, X):
        return super().predict_proba(X.to_numpy())


class OfOwnMake(DecisionTreeClassifier):
    """As the other one, of a kind that is not asked for the other side."""


@pytest.mark.parametrize("names", [["a", "a"], ["a", 1]])
def test_names_of_columns_are_the_business_of_the_model(names):
    X, y = load_digits(return_X_y=True)
    X, y, X_holdout, y_holdout = X[:200], y[:200], X[200:400], y[200:400]
    frames = []
    for records in (X, X_holdout):
        frame = pd.DataFrame(records[:, 20:22])
        frames.append(frame.set_axis(names, axis=1))
    plain = [frame.to_numpy() for frame in frames]
    tables, outcomes, reports = [], [], []
    for model, (A, B) in (
        (ByPosition(random_state=0), frames),
        (OfOwnMake(random_state=0), plain),
    ):
        shadows = ShadowModels(model, n_shadows=2, random_state=0).fit(A, y)
        tables.append(shadows.observations("loss")[0])
        game = MembershipGame(model, attack="lira-offline", n_shadows=2, random_state=0)
        outcomes.append(game.fit(A, y).play(B, y_holdout).score)
        options = {"attacks": "lira-online", "n_shadows": 4, "random_state": 0}
        report = audit(model.fit(A, y), A, y, B, y_holdout, **options)
        reports.append(report.records)
    pd.testing.assert_frame_equal(*tables)
    assert_array_equal(*outcomes)
    pd.testing.assert_frame_equal(*reports)
