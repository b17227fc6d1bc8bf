"""A part of an audit that fails, fails alone: the others are as they are without it."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier
from slow_cases import others_slow, slow

from skmia import ShadowModels, audit
from skmia.attacks import (
    AttackRecipe,
    RelativeAttack,
    ThresholdAttack,
    get_attack,
    make_attack,
)
from skmia.attacks.evidence import Evidence, References, Signals
from skmia.auditing._choice import DEFAULT_ATTACKS
from skmia.auditing._findings import failure
from skmia.exceptions import QueryBudgetExceeded
from skmia.signals import make_signal
from skmia.tasks import UserLevel, bundle

FAST = {"n_shadows": 4, "random_state": 0, "fprs": 0.1}
NAMES = ["gap", "loss-threshold", "truex", "lira-online", "salem3-entropy"]


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X[:200], y[:200], X[200:401], y[200:401]


@pytest.fixture(scope="module")
def tree(digits):
    return DecisionTreeClassifier(random_state=0).fit(*digits[:2])


def broken(y, P):
    raise ZeroDivisionError("a signal of my own")


def not_finite(y, P):
    return np.full(len(y), np.nan)


class BadEvidence(Evidence):
    asks = frozenset({"predict_proba"})

    def lacks(self, session=None):
        raise RuntimeError("an evidence of my own")

    def observe(self, session):
        raise AssertionError("never asked")


OWN = {
    "signal": (make_attack(Signals(make_signal(broken)), GaussianNB()), "shadows"),
    "members": (make_attack(Signals(make_signal(broken)), GaussianNB()), "members"),
    "references": (make_attack(References(make_signal(broken)), RelativeAttack()),),
    "evidence": (make_attack(BadEvidence(), GaussianNB()),),
    "unknown": (make_attack(Signals("no such signal"), GaussianNB()), None),
    "nan": (
        make_attack(Signals(make_signal(not_finite)), ThresholdAttack("not_finite")),
        None,
    ),
}


@pytest.mark.parametrize("name", others_slow(OWN, ["signal"]))
def test_the_others_do_not_change(digits, tree, name):
    recipe = AttackRecipe(name, *OWN[name])
    report = audit(tree, *digits, attacks=[*NAMES, recipe], **FAST)
    assert report.summary.loc[name, "status"].startswith("failed: ")
    without = audit(tree, *digits, attacks=NAMES, **FAST)
    pd.testing.assert_frame_equal(report.records, without.records)


class Counting(DecisionTreeClassifier):
    fits = 0

    def fit(self, X, y):
        type(self).fits += 1
        return super().fit(X, y)


def test_shadow_models_are_trained_once_though_a_signal_fails(digits, monkeypatch):
    model = Counting(random_state=0).fit(*digits[:2])
    monkeypatch.setattr(Counting, "fits", 0)
    audit(model, *digits, attacks=[*NAMES, AttackRecipe("own", *OWN["signal"])], **FAST)
    assert Counting.fits == 5  # with the control


def test_a_signal_that_fails_is_raised_when_it_is_asked_for(digits):
    signals = ["loss", make_signal(broken)]
    shadows = ShadowModels(GaussianNB(), n_shadows=2, signals=signals, random_state=0)
    shadows.fit(*digits[:2])
    assert shadows.observations("loss")[0].shape == (400, 1)
    with pytest.raises(ZeroDivisionError, match="a signal of my own"):
        shadows.observations()


class Rare(ClassifierMixin, BaseEstimator):
    """Cannot be fitted without all of ten classes, as boosting with fixed classes."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        if len(self.classes_) < 10:
            raise ValueError("Invalid classes inferred from unique values of y")
        self.model_ = GaussianNB(var_smoothing=1e-3).fit(X, y)
        return self

    def predict(self, X):
        return self.model_.predict(X)

    def predict_proba(self, X):
        return self.model_.predict_proba(X)


class NoClone(Rare):
    """As CatBoost's, whose constructor changes a parameter."""

    def __init__(self, rate=None):
        self.rate = [rate]


class NeedsWeights(Rare):
    def fit(self, X, y, sample_weight):
        self.total_ = sample_weight.sum()
        return super().fit(X, y)


def fitted(model, digits, **params):
    return model.fit(*digits[:2], **params)


@pytest.mark.parametrize(
    ("model", "params", "message"),
    [
        (NoClone(), {}, "failed: RuntimeError: Cannot clone object"),
        (
            NeedsWeights(),
            {"sample_weight": np.ones(200)},
            "failed: TypeError: NeedsWeights.fit() missing 1 required positional",
        ),
    ],
)
def test_shadow_models_that_cannot_be_fitted(digits, model, params, message):
    model = fitted(model, digits, **params)
    report = audit(model, *digits, attacks=NAMES, **FAST)
    status = report.summary["status"]
    for name in ("truex", "lira-online"):
        assert status[name].startswith(message)
    assert (status.drop(["truex", "lira-online"]) == "ok").all()
    untrained = audit(model, *digits, attacks=NAMES, **FAST | {"n_shadows": 0})
    assert_array_equal(
        report.records.drop(columns=["member", "label"]),
        untrained.records.drop(columns=["member", "label"]),
    )


def test_a_required_weight_is_routed(digits):
    weight = np.arange(1.0, 402)
    model = NeedsWeights().fit(*digits[:2], sample_weight=weight[:200])
    params = {"fit_params": {"sample_weight": weight}, "attacks": NAMES, **FAST}
    report = audit(model, *digits, **params)
    assert (report.summary["status"] == "ok").all()
    with pytest.raises(ValueError, match="one value for each of the 401 records of X_"):
        audit(
            model, *digits, **params | {"fit_params": {"sample_weight": weight[:200]}}
        )


def test_fit_params_are_cut_with_the_rows(digits):
    X, y = digits[:2]

    class Keeps(DecisionTreeClassifier):
        def fit(self, X, y, ids, note):
            self.ids_, self.note_ = ids, note
            return super().fit(X, y)

    shadows = ShadowModels(Keeps(), n_shadows=4, random_state=0)
    shadows.fit(X, y, ids=list(range(200)), note=[1, 2, 3])
    plain = ShadowModels(DecisionTreeClassifier(), n_shadows=4, random_state=0).fit(
        X, y
    )
    for model, member in zip(shadows.estimators_, shadows.membership_, strict=True):
        assert model.ids_ == np.flatnonzero(member).tolist()
        assert model.note_ == [1, 2, 3]
    assert_array_equal(shadows.membership_, plain.membership_)
    assert_array_equal(*(s.observations("loss")[0] for s in (shadows, plain)))


def test_weights_make_other_models_and_other_keys(digits, tmp_path):
    """A cache tells fits with other weights apart."""
    X, y = digits[:2]
    weight = np.random.default_rng(0).random(200)
    design = ShadowModels(
        GaussianNB(), n_shadows=2, random_state=0, memory=str(tmp_path)
    )
    seen = [
        design.fit(X, y, **params).observations("loss")[0].to_numpy()
        for params in ({}, {"sample_weight": weight}, {"sample_weight": weight**2})
    ]
    assert not np.array_equal(seen[0], seen[1])
    assert not np.array_equal(seen[1], seen[2])


@pytest.mark.slow
@pytest.mark.parametrize("n_rare", [2, 3, 4])
def test_rare_classes_are_in_every_shadow_model(digits, n_rare):
    """Boosting and the like need every class: the design deals each by itself."""
    X, y, X_holdout, y_holdout = digits
    rare = np.r_[np.flatnonzero(y == 9)[: n_rare - 1]]
    rare_holdout = np.flatnonzero(y_holdout == 9)[:1]
    keep, keep_holdout = np.flatnonzero(y < 9), np.flatnonzero(y_holdout < 9)
    rows, other = np.r_[keep, rare], np.r_[keep_holdout, rare_holdout]
    data = X[rows], y[rows], X_holdout[other], y_holdout[other]
    model = fitted(Rare(), data)
    for seed in range(5):
        params = FAST | {"attacks": ["truex"], "random_state": seed}
        assert audit(model, *data, **params).summary.loc["truex", "status"] == "ok"


class Api:
    """Something that answers and cannot be trained: no estimator at all."""

    def __init__(self, model):
        self._model = model
        self.classes_ = model.classes_

    def predict(self, X):
        return self._model.predict(X)

    def predict_proba(self, X):
        return self._model.predict_proba(X)


@pytest.mark.slow
def test_an_object_without_fit(digits, tree):
    report = audit(Api(tree), *digits, **FAST)
    status = report.summary["status"]
    trained = ["shadow", "lira-online", "rmia-online"]
    reason = "not run: the model has no fit and cannot be trained again; give an"
    assert status[trained].str.startswith(reason).all()
    assert (status.drop(trained) == "ok").all()
    model = DecisionTreeClassifier()
    report = audit(Api(tree), *digits, shadow_estimator=model, **FAST)
    whole = audit(tree, *digits, attacks=DEFAULT_ATTACKS, **FAST)
    pd.testing.assert_frame_equal(report.records, whole.records)


def test_what_went_wrong_lists_no_values_of_records():
    """A model that refuses what is not whole names all that it was asked."""
    rng = np.random.default_rng(0)
    X = np.c_[np.tile(np.arange(1000, 1200), 2), rng.normal(size=400)]
    y = rng.integers(2, size=400)
    codes = OneHotEncoder(categories=[np.arange(1000, 1200)])
    encode = make_column_transformer((codes, [0]), remainder="passthrough")
    model = make_pipeline(encode, GaussianNB())
    model.set_params(columntransformer__sparse_threshold=0).fit(X[:200], y[:200])
    data = model, X[:200], y[:200], X[200:], y[200:]
    named = audit(*data, attacks=["lira-augmented-online"], **FAST)
    said = "It said: Found unknown categories [...] in column 0 during transform"
    for reason in (named.summary["status"].item(), *audit(*data, **FAST).remarks):
        assert reason.endswith(said)
        assert reason.count("[") == 1


@pytest.mark.parametrize("message", ["", "x" * 1000])
def test_what_went_wrong_is_neither_empty_nor_endless(digits, tree, message):
    class Moody(Api):
        def predict_proba(self, X):
            raise RuntimeError(message)

    status = audit(Moody(tree), *digits, **FAST).summary.loc["loss-threshold", "status"]
    assert status.startswith("failed: RuntimeError")
    assert len(status) < 350
    assert not status.endswith((":", ": "))


class NoClasses(Api):
    """Not even the classes are told."""

    def __init__(self, model, predict):
        self._model, self.predict = model, predict


@pytest.mark.slow
def test_an_object_without_classes(digits, tree):
    options = {"shadow_estimator": DecisionTreeClassifier(), **FAST}
    report = audit(NoClasses(tree, tree.predict), *digits, **options)
    whole = audit(tree, *digits, attacks=DEFAULT_ATTACKS, **FAST)
    pd.testing.assert_frame_equal(report.records, whole.records)


def down(X):
    raise ConnectionError("the server is down")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (lambda labels: down(labels), "ConnectionError: the server is down"),
        (lambda labels: labels.astype(str), "ValueError: None of the labels in y is"),
        (lambda labels: labels[1:], r"one row for each of 401 records. Got an array o"),
        *slow(
            (
                lambda labels: np.full(len(labels), np.nan),
                "ValueError: The labels are mis",
            ),
            (
                lambda labels: labels[:1],
                r"one row for each of 401 records. Got an array o",
            ),
            (lambda labels: np.c_[labels, labels], "must give one label per record"),
            (lambda labels: None, "must give one label per record"),
        ),
    ],
)
def test_labels_that_cannot_be_read_cost_the_accuracy_only(
    digits, tree, wrong, why, tmp_path
):
    model = NoClasses(tree, lambda X: wrong(tree.predict(X)))
    names = ["gap", "loss-threshold", "salem3-entropy"]
    report = audit(model, *digits, attacks=names, **FAST)
    assert np.isnan([report.train_accuracy, report.holdout_accuracy]).all()
    assert why in report.notes[-1]
    assert report.notes[-1].startswith("accuracy of the model: failed: ")
    status = report.summary["status"]
    assert status.tolist()[1:] == ["ok", "ok"]
    assert status["gap"].startswith("failed: ")
    expected = audit(tree, *digits, attacks=names[1:], **FAST).records
    pd.testing.assert_frame_equal(report.records, expected)
    report.to_html(tmp_path / "report.html")
    assert "The model is right on" not in (tmp_path / "report.html").read_text()
    assert report.to_dict()["train_accuracy"] is None


def test_posteriors_of_too_few_records_are_no_evidence(digits, tree):
    model = Api(tree)
    model.predict_proba = lambda X: tree.predict_proba(X)[:-1]
    report = audit(model, *digits, attacks=["gap", "loss-threshold"], **FAST)
    status = report.summary["status"]
    assert status["gap"] == "ok"
    assert (
        "one row for each of 401 records. Got an array of shape (400, 10)"
        in (status["loss-threshold"])
    )


def test_names_and_rates_may_be_single(digits, tree):
    report = audit(tree, *digits, attacks="gap", random_state=0, fprs=0.1)
    assert report.fprs == (0.1,)
    many = audit(tree, *digits, attacks=["gap", "gap"], random_state=0, fprs=[0.1])
    recipe = audit(tree, *digits, attacks=get_attack("gap"), random_state=0, fprs=0.1)
    for other in (many, recipe):
        assert other.summary.index.tolist() == ["gap"]
        pd.testing.assert_frame_equal(report.records, other.records)


def test_attacks_that_cannot_be_told_apart(digits, tree):
    own = AttackRecipe("gap", get_attack("shokri").attack)
    with pytest.raises(ValueError, match="two different attacks with the name 'gap'"):
        audit(tree, *digits, attacks=["gap", own], random_state=0)
    with pytest.raises(ValueError, match="must name at least one attack"):
        audit(tree, *digits, attacks=[], random_state=0)


def test_labels_of_one_set_of_another_kind(digits):
    """One wrong set only would look like a leak of the whole set."""
    X, y, X_holdout, y_holdout = digits
    model = DecisionTreeClassifier(random_state=0).fit(
        X, np.array(list("abcdefghij"))[y]
    )
    names = np.array(list("abcdefghij"))
    with pytest.raises(ValueError, match="None of the labels in y_holdout is a class"):
        audit(model, X, names[y], X_holdout, y_holdout)
    with pytest.raises(ValueError, match="None of the labels in y_train is a class"):
        audit(model, X, y, X_holdout, y_holdout)


def test_signals_that_need_numbers_say_so_on_words():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"town": rng.choice(list("abc"), 80), "age": rng.random(80)})
    y = rng.integers(0, 2, 80)
    model = make_pipeline(
        make_column_transformer(
            (OneHotEncoder(handle_unknown="ignore"), ["town"]), remainder="passthrough"
        ),
        HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=2, random_state=0),
    ).fit(X[:40], y[:40])
    data = X[:40], y[:40], X[40:], y[40:]
    report = audit(model, *data, attacks=[*NAMES, "merlin", "morgan", "qmia"], **FAST)
    status = report.summary["status"]
    assert (status[NAMES] == "ok").all()
    assert not (status[["merlin", "morgan", "qmia"]] == "ok").any()
    without = audit(model, *data, attacks=NAMES, **FAST)
    pd.testing.assert_frame_equal(report.records, without.records)


def test_needs_follow_from_the_attack():
    """They are no field: nobody can name another attack by replacing them."""
    with pytest.raises(TypeError, match="needs"):
        dataclasses.replace(get_attack("qmia"), needs=("nonmembers", "features"))


def test_reasons_quote_no_record():
    """Libraries quote the values that they cannot read; these are people."""
    texts = [f"Anna Schmidt, patient {i}" for i in range(60)]
    y = np.arange(60) % 2
    model = make_pipeline(CountVectorizer(), GaussianNB()).set_params(
        countvectorizer__analyzer=list
    )
    model.steps.insert(1, ("dense", FunctionTransformer(lambda Z: Z.toarray())))
    model.fit(texts[:30], y[:30])
    parts = texts[:30], y[:30], texts[30:], y[30:]
    recipe = AttackRecipe(
        "reads", make_attack(Signals(make_signal(reads_numbers)), GaussianNB())
    )
    report = audit(model, *parts, attacks=["merlin", "morgan", recipe], **FAST)
    status = report.summary["status"]
    wanted = "not run: the features are not dense, finite numbers"
    assert status["merlin"] == status["morgan"] == wanted
    wanted = "failed: ValueError: could not convert string to '...': '...'"
    assert status["reads"] == wanted
    assert "Schmidt" not in report.to_json() + repr(report) + report._repr_html_()


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("No 'a b' in 'c d', says \"e f\".", "No '...' in '...', says '...'."),
        (
            "The model's answer 'Ann' isn't known.",
            "The model's answer '...' isn't known.",
        ),
        ("users' records: 'Ann's' is none", "users' records: '...' is none"),
        (r"got 'it\' s \"Ann\"' here", "got '...' here"),
        ("got b'Ann' and x='Bob'", "got '...' and x='...'"),
        ("cannot read 'Ann, who\nis ill'", "cannot read '...'"),
        ("cannot read 'Ann\\", "cannot read '...'"),
    ],
)
def test_what_is_between_quotes(said, shown):
    assert failure(ValueError(said), ["texts"]) == shown
    assert failure(ValueError(said), np.ones((2, 2))) == said.splitlines()[0]


def test_a_reason_keeps_its_sentence():
    """Quotes around names hide the names and not what lies between them."""
    X, y = load_digits(return_X_y=True)
    users = bundle(X[:400], y[:400], np.arange(400) % 20)
    model = UserLevel(LinearSVC(random_state=0)).fit(users[:10])
    parts = users[:10], None, users[10:], None
    report = audit(model, *parts, attacks=["user-summaries"], **FAST)
    assert (
        "needs predict_proba, which this LinearSVC does not give"
        in (report.summary.loc["user-summaries", "status"])
    )


def reads_numbers(y, P):
    raise ValueError("could not convert string to 'float': \"Anna Schmidt's\"\nSee")


class Shy(DecisionTreeClassifier):
    """Some of its clones refuse to answer, as guards do that learned from few."""

    def predict_proba(self, X, check_input=True):
        if self.random_state % 3 == 2:
            raise QueryBudgetExceeded("Nothing was answered.")
        return super().predict_proba(X, check_input)


def test_references_that_refuse_are_the_reason(digits):
    """And no nan among what was seen; a reason has one full stop."""
    model = Shy(random_state=0).fit(*digits[:2])
    names = ["gap", "shadow", "lira-online", "lira-augmented-online", "long-selected"]
    names += ["long-indirect"]
    report = audit(model, *digits, attacks=names, **FAST)
    status = report.summary["status"]
    assert set(status[:2]) == {"ok"}
    reason = "not run: Shadow models to compare with must answer about all records: "
    assert all(why.startswith(reason) for why in status[2:])
    assert status["long-selected"].endswith("of 4 refused, or had too small a budget.")
    assert not any(note.endswith("..") for note in report.notes)
    assert sum(note.endswith("too small a budget.") for note in report.notes) == 4
