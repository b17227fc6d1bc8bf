"""Which step leaks: beside pipelines made by hand, and leaks whose place is known."""

import json

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    StandardScaler,
    TargetEncoder,
)
from sklearn.tree import DecisionTreeClassifier

from skmia import audit
from skmia.auditing import attribute_leak, audit_cv
from skmia.auditing._attribute_leak import _cross_fits, _elsewhere
from skmia.auditing._refitted import Others, RefittedPipeline

FAST = {"attacks": "lira-online", "n_shadows": 4, "random_state": 0}
# ShadowModels seed everything that has a seed, this one, too.
SEEDED = pytest.mark.filterwarnings("ignore:.TargetEncoder.shuffle:FutureWarning")
TREE = DecisionTreeClassifier(max_depth=4, random_state=0)


class MeanEncoder(TransformerMixin, BaseEstimator):
    """Mean label of each category, its own label included."""

    def fit(self, X, y):
        self.encoder_ = TargetEncoder(smooth=1e-6, target_type="continuous").fit(X, y)
        return self

    def transform(self, X):
        return self.encoder_.transform(X)


class FailsOn(TransformerMixin, BaseEstimator):
    """Hands records on, and fits any number of them but one."""

    def __init__(self, n=0):
        self.n = n

    def fit(self, X, y=None):
        if len(X) == self.n:
            raise RuntimeError("not these")
        self.fitted_ = True
        return self

    def transform(self, X):
        return X


@pytest.fixture(scope="module")
def cancer():
    X, y = load_breast_cancer(return_X_y=True)
    return X[::2], y[::2], X[1::2], y[1::2]


def own_codes(n=400):
    """Each record has a code of its own, and labels are noise."""
    frame = pd.DataFrame({"code": [f"c{i}" for i in range(n)]})
    y = np.random.default_rng(0).permutation(n // 2) % 2
    return frame[: n // 2], y, frame[n // 2 :], y


def leak_of(model, sets, **how):
    model = clone(model).fit(*sets[:2])
    report = audit(model, *sets, **FAST | how)
    return report, attribute_leak(report, model, *sets, random_state=0)


def test_an_encoder_that_knows_its_records_is_found():
    model = Pipeline([("encode", MeanEncoder()), ("logistic", LogisticRegression())])
    _, leak = leak_of(model, own_codes())
    assert list(leak.index) == [
        "as it is",
        "encode fitted elsewhere",
        "logistic fitted elsewhere",
    ]
    # The feature of a member is its label, that of others the share of labels.
    assert leak.loc["as it is", "auc_low"] > 0.9
    # Codes that others do not have are all encoded alike.
    assert leak.loc["encode fitted elsewhere", "auc_low"] <= 0.5
    assert leak.loc["encode fitted elsewhere", "note"] == "Compare: as it is."


@SEEDED
def test_an_encoder_that_cross_fits_is_compared_with_one_that_does_not():
    encoder = TargetEncoder(smooth=1e-6, cv=StratifiedKFold())
    model = Pipeline([("encode", encoder), ("logistic", LogisticRegression())])
    _, leak = leak_of(model, own_codes())
    frozen = "encode frozen, fitted on its own training records"
    assert list(leak.index[:3]) == ["as it is", frozen, "encode fitted elsewhere"]
    assert leak.loc["encode fitted elsewhere", "note"] == f"Compare: {frozen}."
    assert leak.loc["logistic fitted elsewhere", "note"] == "Compare: as it is."
    assert leak.loc[frozen, "auc_low"] > 0.9
    assert leak.loc["encode fitted elsewhere", "auc_low"] <= 0.5


@pytest.mark.slow
def test_a_scaler_leaks_nothing_and_the_model_all(cancer):
    forest = RandomForestClassifier(20, random_state=0)
    model = Pipeline([("scale", StandardScaler()), ("no", None), ("forest", forest)])
    report, leak = leak_of(model, cancer)
    auc = leak["auc"].to_dict()
    assert auc.pop("as it is") == pytest.approx(auc["scale fitted elsewhere"], abs=0.1)
    assert list(auc) == ["scale fitted elsewhere", "forest fitted elsewhere"]
    # Never a function of members: one model for the target and all shadow models.
    assert auc["forest fitted elsewhere"] == pytest.approx(0.5, abs=0.05)
    assert leak.attrs["attack"] == "lira-online"
    assert "285 training records and 142 of the holdout" in leak.attrs["notes"][0]
    rows = report.to_dict(attribution=leak)["attribution"]
    assert json.loads(json.dumps(rows))[1]["step"] == "scale fitted elsewhere"


@pytest.mark.slow
def test_the_choice_of_a_search_is_apart_from_its_model(cancer):
    search = GridSearchCV(GaussianNB(), {"var_smoothing": [1e-9, 1e-2]}, cv=2)
    model = Pipeline([("scale", StandardScaler()), ("search", search)])
    _, leak = leak_of(model, cancer)
    rows = ["as it is", "scale fitted elsewhere"]
    rows += ["choice of search made elsewhere", "search fitted elsewhere"]
    assert list(leak.index) == rows
    assert leak["auc"].notna().all()
    assert leak.loc["search fitted elsewhere", "auc"] == pytest.approx(0.5, abs=0.05)


@pytest.mark.slow
def test_a_row_that_fails_fails_alone(cancer):
    steps = [("fails", FailsOn(142)), ("scale", StandardScaler()), ("tree", TREE)]
    _, leak = leak_of(Pipeline(steps), cancer, attacks="gap")
    failed = leak.loc["fails fitted elsewhere"]
    assert failed["note"] == "failed: RuntimeError: not these"
    assert np.isnan(failed["auc"])
    steps[0] = ("fails", FailsOn())
    _, other = leak_of(Pipeline(steps), cancer, attacks="gap")
    rest = leak.index != "fails fitted elsewhere"
    pd.testing.assert_frame_equal(leak[rest], other[rest])


@pytest.mark.parametrize("how", ["elsewhere", "frozen"])
def test_refitted_pipeline_is_the_one_made_by_hand(cancer, how):
    X, y, X_others, y_others = cancer
    pipeline = make_pipeline(StandardScaler(), PCA(3, svd_solver="full"), TREE)
    others = Others(X_others, y_others, 0)
    refitted = RefittedPipeline(pipeline, step="pca", how=how, others=others)
    scale = StandardScaler().fit(X)
    known = X_others if how == "elsewhere" else X
    pca = PCA(3, svd_solver="full").fit(scale.transform(known))
    by_hand = make_pipeline(FrozenEstimator(scale), FrozenEstimator(pca), TREE)
    by_hand.fit(X, y)
    answers = clone(refitted).fit(X, y).predict_proba(X_others)
    assert_allclose(answers, by_hand.predict_proba(X_others))


def test_refitted_pipeline_with_a_last_step_fitted_elsewhere(cancer):
    X, y, X_others, y_others = cancer
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    others = Others(X_others, y_others, 0)
    step = "logisticregression"
    refitted = RefittedPipeline(pipeline, step=step, others=others).fit(X, y)
    scale = StandardScaler().fit(X)
    model = LogisticRegression().fit(scale.transform(X_others), y_others)
    expected = model.decision_function(scale.transform(X))
    assert_allclose(refitted.decision_function(X), expected)
    assert clone(refitted).others is others


def test_refitted_pipeline_whose_search_chooses_elsewhere(cancer):
    X, y, X_others, y_others = cancer
    search = GridSearchCV(TREE, {"max_depth": [1, 2, 6]}, cv=3)
    others = Others(X_others, y_others, 0)
    pipeline = Pipeline([("search", search)])
    refitted = RefittedPipeline(pipeline, step="search", how="choice", others=others)
    chosen = clone(search).fit(X_others, y_others).best_params_
    expected = clone(TREE).set_params(**chosen).fit(X, y).predict_proba(X_others)
    answers = refitted.fit(X, y).predict_proba(X_others)
    assert_allclose(answers, expected)


def test_refitted_pipeline_as_it_is(cancer):
    X, y, X_others, _ = cancer
    pipeline = make_pipeline(StandardScaler(), TREE)
    expected = clone(pipeline).fit(X, y).predict_proba(X_others)
    answers = RefittedPipeline(pipeline).fit(X, y).predict_proba(X_others)
    assert_allclose(answers, expected)


@pytest.mark.parametrize(
    ("step", "does"),
    [
        (TargetEncoder(cv=StratifiedKFold()), True),
        (OneHotEncoder(), False),
        (TfidfVectorizer(), False),
        (make_pipeline(OneHotEncoder(sparse_output=False), PCA(5)), False),
        (FailsOn(), False),
    ],
)
def test_which_steps_cross_fit(step, does):
    X, y, _, _ = own_codes()
    X = X["code"] if isinstance(step, TfidfVectorizer) else X
    assert _cross_fits(step, X, y) == does


@pytest.mark.parametrize("container", [np.asarray, sparse.csr_array])
def test_cross_fitting_is_seen_beside_a_large_column(container):
    X, y, _, _ = own_codes()
    encoder = TargetEncoder(cv=StratifiedKFold())
    beside = make_column_transformer((encoder, ["code"]), remainder="passthrough")
    as_container = FunctionTransformer(container)
    beside = make_pipeline(beside, as_container)
    assert _cross_fits(beside, X.assign(income=1e7), y)
    beside.steps[0] = ("none", make_column_transformer(("passthrough", ["income"])))
    assert not _cross_fits(beside, X.assign(income=1e7), y)


def test_steps_are_fitted_on_no_record_that_belongs_to_a_training_record(cancer):
    X, y, _, y_holdout = cancer
    groups = np.concatenate([np.arange(285), np.arange(284) + 283]) // 2
    model = make_pipeline(StandardScaler(), TREE).fit(X, y)
    report = audit(model, *cancer, attacks="gap", groups=groups, random_state=0)
    labels = np.concatenate([y, y_holdout])
    rng = np.random.RandomState(0)
    elsewhere = _elsewhere(report, labels, report.member, rng)
    units = report.units
    assert not np.isin(units[elsewhere], units[report.member == 1]).any()
    judged = (report.member == 0) & ~elsewhere
    assert not np.isin(units[elsewhere], units[judged]).any()
    assert elsewhere.sum() == pytest.approx(judged.sum(), abs=6)


def test_what_is_refused(cancer):
    model = make_pipeline(StandardScaler(), TREE).fit(*cancer[:2])
    report = audit(model, *cancer, attacks="gap", random_state=0)
    with pytest.raises(ValueError, match=r"must be a Pipeline.*DecisionTree"):
        attribute_leak(report, clone(TREE).fit(*cancer[:2]), *cancer)
    X, y, X_holdout, y_holdout = cancer
    with pytest.raises(ValueError, match="285 of X_train and 100 of X_holdout"):
        attribute_leak(report, model, X, y, X_holdout[:100], y_holdout[:100])
    few = X, y, X_holdout[:1], y_holdout[:1]
    report = audit(model, *few, attacks="gap", random_state=0)
    with pytest.raises(ValueError, match="two holdout records"):
        attribute_leak(report, model, *few)


def test_reports_that_are_refused(cancer):
    X, y, X_holdout, y_holdout = cancer
    model = make_pipeline(StandardScaler(), TREE).fit(X, y)
    swapped = X_holdout, y_holdout, X, y
    report = audit(model, *swapped, attacks="gap", random_state=0)
    with pytest.raises(ValueError, match="Got the verdict 'invalid'"):
        attribute_leak(report, model, *swapped)
    report = audit(model, *cancer, attacks="lira-online", n_shadows=0, random_state=0)
    with pytest.raises(ValueError, match="Got the verdict 'not-measurable'"):
        attribute_leak(report, model, *cancer)
    folds = [(np.arange(0, 285), np.arange(285, 569))]
    folds += [(np.arange(285, 569), np.arange(0, 285))]
    X, y = np.concatenate([X, X_holdout]), np.concatenate([y, y_holdout])
    models = [clone(model).fit(X[train], y[train]) for train, _ in folds]
    results = {
        "estimator": models,
        "indices": {
            "train": [train for train, _ in folds],
            "test": [test for _, test in folds],
        },
    }
    report = audit_cv(results, X, y, attacks="gap", random_state=0)
    with pytest.raises(ValueError, match="Got one of audit_cv"):
        attribute_leak(report, model, *cancer)
