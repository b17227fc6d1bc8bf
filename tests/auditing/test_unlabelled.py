"""Audits of models that learn from records alone."""

import json
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator
from sklearn.base import clone
from sklearn.cluster import DBSCAN, Birch, FeatureAgglomeration, KMeans, MeanShift
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import IsolationForest
from sklearn.mixture import GaussianMixture
from sklearn.model_selection import GridSearchCV, RepeatedKFold, cross_validate
from sklearn.neighbors import KernelDensity, LocalOutlierFactor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import OneClassSVM
from slow_cases import others_slow

from skmia import MembershipGame, ShadowModels, audit
from skmia.auditing import AuditReport, audit_cv, estimate_cost
from skmia.auditing._choice import UNLABELLED_ATTACKS
from skmia.game import Canaries

X = StandardScaler().fit_transform(load_breast_cancer().data)
TRAIN, HOLDOUT, OTHERS = X[:180], X[180:360], X[360:]
SCHEMA = files("skmia.reporting").joinpath("skmia-audit-2.schema.json").read_text()
VALID = Draft202012Validator(json.loads(SCHEMA))
FAST = {"n_shadows": 4, "random_state": 0, "fprs": 0.1}
REFERENCES = ["lira-online", "rmia-online"]
# What remembers its records, and how surely the best attack must tell.
LEAKY = {
    "LOF": (LocalOutlierFactor(n_neighbors=2, novelty=True), 0.7),
    "OneClassSVM": (OneClassSVM(gamma=1.0, nu=0.1), 0.99),
    "KMeans": (KMeans(90, n_init=1, random_state=0), 0.85),
    "KernelDensity": (KernelDensity(bandwidth=0.3), 0.99),
    "mixture": (GaussianMixture(20, reg_covar=1e-3, random_state=0), 0.8),
    "pipeline": (make_pipeline(StandardScaler(), KernelDensity(bandwidth=0.3)), 0.99),
}
KINDS = {
    "clusterer": KMeans(8, n_init=1, random_state=0),
    "outlier_detector": IsolationForest(n_estimators=20, random_state=0),
    "density_estimator": KernelDensity(bandwidth=1.0),
}


def report_of(model, train=TRAIN, holdout=HOLDOUT, **options):
    fitted = clone(model).fit(TRAIN)
    return audit(fitted, train, X_holdout=holdout, **{**FAST, **options})


@cache
def report_of_kind(kind):
    """With the attacks of the default."""
    return report_of(KINDS[kind])


@pytest.fixture
def put_back():
    """libsvm draws its seed of a OneClassSVM, which has none, from numpy's own."""
    state = np.random.get_state()  # noqa: NPY002
    yield
    np.random.set_state(state)  # noqa: NPY002


@pytest.mark.usefixtures("put_back")
@pytest.mark.parametrize("name", LEAKY)
def test_what_remembers_its_records_is_found(name):
    model, least = LEAKY[name]
    first = "distance-threshold" if name == "KMeans" else "score-threshold"
    report = report_of(model, attacks=[first, *REFERENCES])
    assert report.verdict == "leak", report.reasons
    assert (report.summary["status"] == "ok").all()
    assert report.summary["auc"].max() > least
    said = report.scores
    (what,) = said["train"]
    nearer = said["train"][what] < said["holdout"][what]
    assert nearer == (what == "distance")


@pytest.mark.parametrize("kind", KINDS)
def test_strangers_are_no_members(kind):
    """A model of other records: nobody of the two sets is in it."""
    model, _ = {"clusterer": LEAKY["KMeans"], "outlier_detector": LEAKY["LOF"]}.get(
        kind, LEAKY["KernelDensity"]
    )
    order = np.random.default_rng(1).permutation(len(X))
    own, train, holdout = np.split(X[order], [180, 375])
    fitted = clone(model).fit(own)
    found = audit(fitted, train, X_holdout=holdout, **FAST)
    assert found.verdict != "leak"
    # Of n and m exchangeable records an AUC has variance (n + m + 1) / (12 n m), of
    # 195 and 194 records .029 squared; of five attacks one strays 3.3 of it in 200.
    spread = np.sqrt((195 + 194 + 1) / (12 * 195 * 194))
    assert (np.abs(found.summary["auc"] - 0.5) < 3.3 * spread).all()


@pytest.mark.parametrize("kind", others_slow(KINDS, ["clusterer"]))
def test_the_report_has_words_that_fit(kind, tmp_path):
    report = report_of_kind(kind)
    what = "distance" if kind == "clusterer" else "score"
    sides = [report.scores[side][what] for side in ("train", "holdout")]
    model = clone(KINDS[kind]).fit(TRAIN)
    for found, records in zip(sides, (TRAIN, HOLDOUT), strict=True):
        asked = model.transform(records).min(axis=1) if kind == "clusterer" else None
        asked = model.score_samples(records) if asked is None else asked
        assert found == pytest.approx(asked.mean())
    assert np.isnan(report.train_accuracy)
    assert report.errors is None
    names = {check.name for check in report.checks}
    assert "scores" in names
    assert names.isdisjoint({"labels", "label shares", "accuracy", "errors"})
    assert list(report.records)[:2] == ["member", report.results[0].name]
    report.to_html(tmp_path / "page.html")
    html = (tmp_path / "page.html").read_text()
    text = f"{report}\n{report.to_text()}"
    shown = f"{sides[0]:.3f} on training, {sides[1]:.3f} on holdout records"
    for page in (html, text, report.to_markdown()):
        assert shown in page
        assert f"ean {what}" in page
    for page in (text, html):
        for word in (
            "The model is right",
            "Balanced:",
            "Features and labels",
            "nan on",
        ):
            assert word not in page
    facts = json.loads(report.to_json())
    VALID.validate(facts)
    assert facts["scores"]["of"] == kind
    assert facts["defenses_why"].endswith("models without labels are tried yet.")
    saved = AuditReport.from_json(report.to_json())
    assert f"train_{what}" in saved.diff(report).index
    saved.to_html(tmp_path / "again.html")
    assert shown in (tmp_path / "again.html").read_text()


def test_labels_are_not_looked_at():
    y = np.arange(360) % 3
    model = clone(KINDS["outlier_detector"]).fit(TRAIN)
    how = {**FAST, "attacks": "rmia-online"}
    without = audit(model, TRAIN, None, HOLDOUT, None, **how)
    with_labels = audit(model, TRAIN, y[:180], HOLDOUT, y[180:], **how)
    pd.testing.assert_frame_equal(without.records, with_labels.records)


def test_swapped_sets_are_invalid():
    report = report_of(LEAKY["KMeans"][0], HOLDOUT, TRAIN, attacks=REFERENCES)
    assert report.verdict == "invalid"
    (check,) = [check for check in report.checks if check.name == "scores"]
    assert check.outcome == "invalid"
    assert "swapped" in check.text
    assert check.text.startswith("Median distance to the nearest centre: ")


@pytest.mark.parametrize("kind", KINDS)
def test_controls(kind):
    checks = {check.name: check for check in report_of_kind(kind).checks}
    assert checks["positive control"].outcome == "passed"
    assert checks["negative control"].outcome == "passed"
    assert checks["population"].text.startswith("Features alone")


def test_who_sees_what_a_detector_decides():
    report = report_of(LEAKY["LOF"][0], access="label")
    ran = [result.name for result in report.ran]
    assert ran == ["gap"]
    assert report.granted.named == ["label"]
    assert "needs score_samples" in report.unmeasured


def test_groups_of_records_without_labels():
    report = report_of_kind("clusterer")
    with pytest.raises(ValueError, match="the records have no labels"):
        report.by_group("label")
    groups = report.by_group({"half": np.arange(360) % 2})
    assert list(groups.index) == [0, 1]
    about = report.with_about(by={"half": np.arange(360) % 2}).to_dict()
    assert [table["by"] for table in about["groups"]] == ["half"]
    assert "no labels" in report.to_dict()["groups_why"]
    assert list(report.traits) == ["outlier", "singled out"]


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (DBSCAN(), "This DBSCAN has no predict"),
        (MeanShift(), "audit the classifier that you train"),
        (FeatureAgglomeration(), "This FeatureAgglomeration has no predict"),
        (LocalOutlierFactor(), "LocalOutlierFactor has it with novelty=True"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_says_nothing_of_new_records_is_refused(model, message):
    with pytest.raises(ValueError, match=message):
        audit(model.fit(TRAIN), TRAIN, X_holdout=HOLDOUT)


def test_what_is_missing_is_named():
    with pytest.raises(TypeError, match="The records X_holdout must be"):
        audit(Birch(n_clusters=3).fit(TRAIN), TRAIN)
    with pytest.raises(ValueError, match=r"X_holdout\. Got 0"):
        audit(Birch(n_clusters=3).fit(TRAIN), TRAIN, X_holdout=HOLDOUT[:0])


@pytest.mark.parametrize("kind", others_slow(KINDS, ["clusterer"]))
def test_models_of_a_cross_validation(kind):
    kept = {"return_estimator": True, "return_indices": True}
    folds = RepeatedKFold(n_splits=3, n_repeats=3, random_state=0)
    results = cross_validate(
        KINDS[kind], TRAIN, cv=folds, scoring=lambda *_: 0.0, **kept
    )
    attacks = UNLABELLED_ATTACKS[kind][:1] + UNLABELLED_ATTACKS[kind][-2:]
    report = audit_cv(results, TRAIN, attacks=attacks, random_state=0, fprs=0.1)
    assert (report.summary["status"] == "ok").all()
    assert set(report.scores) == {"train", "holdout"}
    assert len(report.records) == 9 * len(TRAIN)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_what_it_costs_is_counted(kind):
    model = clone(KINDS[kind]).fit(TRAIN)
    cost = estimate_cost(model, TRAIN, X_holdout=HOLDOUT, n_shadows=4)
    assert cost.n_queries == report_of_kind(kind).n_queries
    assert cost.n_fits == 5
    assert cost.seconds > 0


@pytest.mark.parametrize("kind", others_slow(KINDS, ["clusterer", "density_estimator"]))
def test_games(kind):
    model = {"density_estimator": KernelDensity(bandwidth=0.3)}.get(kind, KINDS[kind])
    game = MembershipGame(model, attack="lira-offline", n_shadows=4, random_state=0)
    grid = {"attack": ["shadow", "lira-offline", "rmia-offline"]}
    search = GridSearchCV(game, grid, cv=2, error_score="raise").fit(X[:360])
    assert search.cv_results_["mean_test_score"].min() >= 0.35
    outcome = search.best_estimator_.play(OTHERS, utility=True)
    better, worse = outcome.target_train_accuracy, outcome.target_test_accuracy
    assert np.isfinite([better, worse]).all()
    if kind == "density_estimator":
        assert search.best_score_ > 0.9
        assert better > worse
    half = MembershipGame(model, n_shadows=2, shadow_size=0.5, random_state=0).fit(
        X[:200]
    )
    assert 0 <= half.score(OTHERS) <= 1
    canaries = MembershipGame(model, protocol=Canaries(), n_shadows=2, random_state=0)
    canaries.fit(X[:200])
    with pytest.raises(ValueError, match="Canaries have the label of another class"):
        canaries.score(OTHERS)


def test_shadow_models_of_a_cache(tmp_path):
    model = clone(LEAKY["KMeans"][0]).fit(TRAIN)
    how = {"attacks": REFERENCES}
    cold, warm = (report_of(model, memory=tmp_path, **how) for _ in range(2))
    plain = report_of(model, **how)
    for name in REFERENCES:
        for report in (cold, warm):
            assert (report.records[name] == plain.records[name]).all()


def test_shadow_models_do_not_depend_on_jobs():
    model = KINDS["clusterer"]
    tables = [
        ShadowModels(model, n_shadows=4, n_jobs=n_jobs, random_state=0)
        .fit(TRAIN)
        .observations(["centre_distance"])[0]
        for n_jobs in (1, 2)
    ]
    pd.testing.assert_frame_equal(*tables)
