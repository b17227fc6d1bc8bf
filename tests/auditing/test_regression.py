"""Audits of regressors, through the public functions."""

import importlib
import json
import re
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator
from scipy.stats import binom
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes
from sklearn.ensemble import GradientBoostingRegressor, RandomForestRegressor
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import (
    median_absolute_error,
    r2_score,
    root_mean_squared_error,
)
from sklearn.model_selection import RepeatedKFold, cross_validate
from sklearn.neighbors import KNeighborsRegressor
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor

from skmia import MembershipGame, audit
from skmia.attacks import get_attack_names
from skmia.auditing import (
    AuditReport,
    audit_cv,
    calibrate,
    estimate_cost,
    suggest_defenses,
)
from skmia.auditing._choice import REGRESSION_ATTACKS
from skmia.auditing._remedies import remedies
from skmia.defenses import PrivateLinearRegression, RoundedPrediction
from skmia.reporting._plain_page import render_text

X, Y = load_diabetes(return_X_y=True)
ROWS = np.random.RandomState(0).permutation(len(Y))
TRAIN, HOLDOUT = ROWS[:221], ROWS[221:]
FAST = {"n_shadows": 4, "random_state": 0, "fprs": (0.1,)}
FOREST = RandomForestRegressor(10, random_state=0)
TREE = DecisionTreeRegressor(random_state=0)
LEAVES = ("leaves of 5 records", "leaves of 20 records")
PLAYED = sorted({*get_attack_names(of="regressor")} - {"timing"})


def sets(X=X, y=Y):
    return X[TRAIN], y[TRAIN], X[HOLDOUT], y[HOLDOUT]


def report_of(model, y=Y, **how):
    parts = sets(y=y)
    return audit(model.fit(*parts[:2]), *parts, **(FAST | how))


@pytest.fixture(scope="module")
def report():
    return report_of(FOREST)


@pytest.fixture(scope="module")
def bench():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(Path(__file__).parents[2] / "benchmarks")
        yield importlib.import_module


def test_every_default_attack_is_run(report):
    assert report.summary.index.tolist() == list(REGRESSION_ATTACKS)
    assert (report.summary["status"] == "ok").all()
    assert report.verdict == "leak"
    others = {*get_attack_names(of="regressor")} - {*REGRESSION_ATTACKS}
    assert set(report.not_chosen) == others
    assert [check.name for check in report.checks][5] == "errors"
    assert {check.outcome for check in report.checks} == {"passed"}


def test_errors_are_those_of_scikit_learn(report):
    for name, rows in (("train", TRAIN), ("holdout", HOLDOUT)):
        truth = Y[rows], FOREST.predict(X[rows])
        assert report.errors[name] == pytest.approx(
            {
                "r2": r2_score(*truth),
                "rmse": root_mean_squared_error(*truth),
                "median_absolute_error": median_absolute_error(*truth),
            }
        )
    assert np.isnan(report.train_accuracy)
    assert report.records["label"].tolist() == Y[ROWS].tolist()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "loss", "lira"),
    [("tree", (0.99, 1.0), (0.99, 1.0)), ("forest of 10", (0.72, 0.83), (0.80, 0.90))],
)
def test_what_is_known_of_the_diabetes_data(bench, name, loss, lira):
    """Mean of two splits: of 10 the loss has .997 and .778, LiRA .998 and .852.

    benchmarks/bench_regression.py has all cells. An AUC of one split has a standard
    deviation of .03 at most, a mean of two one of .02, and the bounds are 2.5 of these
    away.
    """
    attacks = ["loss-threshold", "lira-online"]
    found = [bench("bench_regression").aucs(name, seed, attacks) for seed in (0, 1)]
    mean = pd.DataFrame(found).mean()
    assert loss[0] <= mean["loss-threshold"] <= loss[1]
    assert lira[0] <= mean["lira-online"] <= lira[1]


@pytest.mark.slow
def test_null_games(bench):
    """No statement on a model that cannot leak is wrong too often.

    That is in binomial(60, nominal) games at most: one of the 40 statements exceeds a
    1e-5 quantile with a probability below 0.0004.
    """
    names = ["loss-threshold", "lira-online", "rmia-online"]

    def play(seed):
        return bench("bench_null").play("regressor", names, seed)

    found = calibrate(play, 60, random_state=0)
    most = binom.isf(1e-5, found["games"], found["nominal"])
    assert (found["games"] * found["observed"] <= most + 1e-9).all()
    assert (found.loc["interval of auc", "games"] == 60).all()


def test_several_outputs():
    several = np.column_stack([Y, 1000 * X[:, 2]])
    report = report_of(FOREST, several)
    assert (report.summary["status"] == "ok").all()
    assert report.summary.loc["loss-threshold", "auc"] > 0.7
    assert list(report.records)[:3] == ["member", "label_0", "label_1"]
    assert report.to_dict()["errors"]["n_outputs"] == 2
    assert report.by_group("label")["n_members"].sum() == 221
    with pytest.raises(ValueError, match="2 outputs, and y_holdout holds 1"):
        audit(FOREST, X[TRAIN], several[TRAIN], X[HOLDOUT], Y[HOLDOUT])


@pytest.mark.parametrize("unit", [1e-3, 1e4])
def test_units_change_nothing(unit):
    """A linear model of other labels is the same model: so is what is found."""
    attacks = ["loss-threshold", "lira-online", "rmia-online", "lira-offline"]
    model = Ridge(alpha=0.1)
    own, other = (
        report_of(model, y, attacks=attacks).summary["auc"]
        for y in (Y, (Y - 100) * unit)
    )
    # Equal scores but for single precision: of 221 * 221 pairs some change places.
    np.testing.assert_allclose(own, other, atol=2e-3)


def test_one_wrong_label_blinds_no_attack():
    names = ["reference", "long"]
    wrong = Y.copy()
    wrong[HOLDOUT[0]] = 1e9
    before, after = (
        report_of(FOREST, y, attacks=names).summary["auc"] for y in (Y, wrong)
    )
    # In standard deviations of the labels every error was as good as none: .50.
    assert (before > 0.7).all()
    np.testing.assert_allclose(after, before, atol=0.03)


def test_references_inside_the_model():
    report = report_of(
        RandomForestRegressor(50, random_state=0),
        references="out-of-bag",
        n_shadows="auto",
    )
    auc = report.summary["auc"]
    assert (report.summary["status"] == "ok").all()
    assert auc["rmia-offline"] > auc["loss-threshold"] > 0.7
    assert report.summary["n_fits"].sum() == 0


def test_who_holds_the_model():
    report = report_of(FOREST, access="white-box", attacks=["gupta-leaves", "shadow"])
    assert report.summary.loc["gupta-leaves", "status"] == "ok"
    assert report.summary.loc["gupta-leaves", "auc"] > 0.7
    # Structure is that of classifiers, and says so.
    assert report.structure is not None


def test_people_stay_together():
    person = pd.Series(np.r_[np.arange(221) // 2, 500 + np.arange(221) // 2])
    report = report_of(TREE, groups=person, attacks=["loss-threshold", "lira-online"])
    assert (report.summary["status"] == "ok").all()
    assert "stay together" in report.on_groups


@pytest.mark.slow
def test_a_cross_validation():
    kept = {"return_estimator": True, "return_indices": True}
    folds = RepeatedKFold(n_splits=2, n_repeats=4, random_state=0)
    results = cross_validate(FOREST, X[:240], Y[:240], cv=folds, **kept)
    report = audit_cv(results, X[:240], Y[:240], random_state=0, fprs=0.1)
    assert (report.summary["status"] == "ok").all()
    assert report.summary.loc["lira-online", "auc"] > 0.75
    assert report.errors["train"]["r2"] > report.errors["holdout"]["r2"]


def test_ridge_answers_for_both_sides():
    report = report_of(Ridge(alpha=0.1), attacks="lira-online")
    assert "answer for both sides of each record" in report.on_references
    kept = {"return_estimator": True, "return_indices": True}
    results = cross_validate(Ridge(), X, Y, cv=5, **kept)
    report = audit_cv(results, X, Y, attacks="lira-online", random_state=0, fprs=0.1)
    assert report.summary.loc["lira-online", "status"] == "ok"


def test_the_sets_are_swapped():
    train, holdout = sets()[:2], sets()[2:]
    report = audit(TREE.fit(*train), *holdout, *train, attacks="loss-threshold", **FAST)
    assert report.verdict == "invalid"
    assert report.finding["case"] == "swapped"


def test_labels_of_two_populations():
    model = Ridge().fit(X[TRAIN], Y[TRAIN])
    found = audit(
        *(model, X[TRAIN], Y[TRAIN], X[HOLDOUT], Y[HOLDOUT] + 200),
        attacks="loss-threshold",
        **FAST,
    )
    [shares] = [check for check in found.checks if check.name == "label shares"]
    assert shares.outcome == "invalid"
    assert "in the 1st fifth (lowest) of all labels are those of" in shares.text


def test_unusual_records():
    rng = np.random.default_rng(0)
    here = np.arange(300) < 150
    points, labels = rng.normal(size=(300, 2)), rng.normal(size=300)
    points[here] += 100
    labels[here] += 10
    labels[0], labels[1] = 40, 0
    model = Ridge().fit(points[::2], labels[::2])
    report = audit(
        *(model, points[::2], labels[::2], points[1::2], labels[1::2]),
        attacks="loss-threshold",
        **FAST,
    )
    extreme = report.traits["extreme label"].to_numpy()
    unlike = report.traits["unlike its neighbours"].to_numpy()
    assert np.flatnonzero(extreme).tolist() == [0]
    assert unlike[0]
    # Not far from all labels, but from those near: the first of the holdout set.
    assert unlike[150]
    assert unlike.sum() < 10


def test_words_fit(report, tmp_path):
    """No page says that a regressor is accurate, or has classes."""
    text = repr(report) + report.to_text() + report.to_markdown()
    report.to_html(tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    page = re.sub(r"(?s)<style.*?</style>|<script.*?</script>|<[^>]+>", " ", page)
    for shown in (text, page):
        shown = shown.lower().replace("balanced accuracy", "")
        for word in ("accuracy", "class", "predicted label", "probability of every"):
            assert word not in shown
        assert "rmse" in shown
        assert "r²" in shown
    assert "regression; 10 features" in page
    assert "1st fifth (lowest)" in page


def test_the_file_of_a_report(report):
    schema = files("skmia.reporting").joinpath("skmia-audit-2.schema.json").read_text()
    facts = report.to_dict()
    Draft202012Validator(json.loads(schema)).validate(facts)
    assert facts["train_accuracy"] is None
    assert facts["errors"]["train"] == pytest.approx(report.errors["train"])
    saved = AuditReport.from_json(report.to_json())
    assert repr(saved) == repr(report)
    assert "train_r2" in saved.diff(report).index


def test_labels_that_are_no_numbers():
    model = Ridge().fit(X[TRAIN], Y[TRAIN])
    words = Y.astype(str).astype(object)
    words[TRAIN[3]] = "many"
    with pytest.raises(ValueError, match="y_train must be numbers"):
        audit(model, *sets(y=words))
    report = audit(model, *sets(y=Y.astype(object)), attacks="loss-threshold", **FAST)
    assert report.summary.loc["loss-threshold", "status"] == "ok"


def test_attacks_on_classifiers_say_why_not():
    report = report_of(TREE, attacks=["loss-threshold", "gap", "entropy-threshold"])
    status = report.summary["status"]
    assert status["loss-threshold"] == "ok"
    assert status["gap"] == status["entropy-threshold"]
    assert status["gap"] == "not run: the model is a regressor"


@pytest.mark.slow
def test_what_it_will_cost():
    model = Ridge().fit(X[TRAIN], Y[TRAIN])
    cost = estimate_cost(model, *sets(), n_shadows=4)
    assert (cost.n_fits, cost.n_queries) == (5, 442)


@pytest.fixture(scope="module")
def suggested(report):
    return suggest_defenses(report, FOREST, *sets(), n=9, random_state=0)


@pytest.mark.slow
def test_what_is_tried(suggested):
    hidden = ["cross-distillation", "distillation"]
    assert {*suggested.index} == {"as it is", *LEAVES, *hidden, "noise", "rounding"}
    assert (suggested["status"] == "ok").all()
    assert "accuracy" not in suggested
    factor, change = suggested["factor"], suggested["r2_change"]
    assert factor["cross-distillation"] < factor["as it is"]
    assert change["as it is"] == 0
    assert change["noise"] < 0
    assert suggested.loc["noise", "train_seconds_ratio"] == 1
    assert suggested.loc["distillation", "broken_by"].startswith("LiRA with shadow")


def test_models_that_were_tried(suggested):
    for name, model in suggested.attrs["models"].items():
        found = r2_score(Y[HOLDOUT], model.predict(X[HOLDOUT]))
        assert found == pytest.approx(suggested.loc[name, "r2"])


def test_what_was_tried_is_shown_in_words_that_fit(report, suggested, tmp_path):
    assert report.to_dict()["defenses_why"].startswith("Not computed: suggest_defenses")
    facts = report.to_dict(defenses=suggested)
    schema = files("skmia.reporting").joinpath("skmia-audit-2.schema.json").read_text()
    Draft202012Validator(json.loads(schema)).validate(facts)
    report.to_html(tmp_path / "report.html", defenses=suggested)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "R² on holdout records" in page
    assert '<th scope="col">R², change</th>' in page
    assert "with an R² of" in page
    text = render_text(facts)
    assert "cross-distillation" in text
    for shown in (page, text):
        assert "accuracy" not in shown.lower().replace("balanced accuracy", "")
    change = suggested.loc["noise", "r2_change"]
    assert f"R² {change:+.3f}" in text


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (Ridge(), ["L2 penalty of 0.01", "L2 penalty of 0.001"]),
        (make_pipeline(StandardScaler(), KNeighborsRegressor()), ["25 neighbours"]),
        (LinearRegression(), []),
        (GradientBoostingRegressor(n_estimators=2), list(LEAVES)),
        (TransformedTargetRegressor(Ridge()), []),
        (MLPRegressor((2,), max_iter=1), ["L2 penalty of 0.01", "L2 penalty of 0.001"]),
    ],
    ids=lambda part: type(part).__name__,
)
def test_what_fits_a_kind_of_model(model, names):
    found = [remedy.name for remedy in remedies(model)]
    assert found == [*names, "cross-distillation", "distillation", "noise", "rounding"]
    frozen = remedies(FrozenEstimator(model))
    assert [remedy.name for remedy in frozen] == ["noise", "rounding"]


def test_what_fits_a_private_one():
    private = PrivateLinearRegression(bounds=(-1, 1), y_bounds=(0, 400))
    assert [one.name for one in remedies(private)] == ["noise", "rounding"]


def test_a_frozen_regressor_is_masked():
    several = np.column_stack([Y, -Y])
    frozen = FrozenEstimator(TREE.fit(X[TRAIN], several[TRAIN]))
    parts = sets(y=several)
    report = audit(frozen, *parts, attacks="loss-threshold", **FAST)
    table = suggest_defenses(report, frozen, *parts, random_state=0)
    assert (table["status"] == "ok").all()
    assert table.loc["noise", "auc"] < table.loc["as it is", "auc"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "model",
    [
        TransformedTargetRegressor(FOREST, func=np.log, inverse_func=np.exp),
        make_pipeline(StandardScaler(), TransformedTargetRegressor(FOREST)),
        TransformedTargetRegressor(
            RoundedPrediction(FOREST), transformer=StandardScaler()
        ),
        RoundedPrediction(TransformedTargetRegressor(FOREST), step=0.1),
    ],
    ids=["logarithms", "pipeline", "a defense inside", "a defense around"],
)
def test_labels_that_are_transformed(model):
    """Residuals are in the units of the label, whatever the model learns."""
    report = report_of(model)
    assert (report.summary["status"] == "ok").all()
    truth = Y[HOLDOUT], model.predict(X[HOLDOUT])
    assert report.errors["holdout"]["r2"] == pytest.approx(r2_score(*truth))
    # Of a forest as it is the loss has .77, with a deviation of .02.
    assert report.summary.loc["loss-threshold", "auc"] > 0.68
    table = suggest_defenses(report, model, *sets(), n=1, random_state=0)
    assert (table["status"] == "ok").all()


@pytest.mark.parametrize("name", PLAYED)
def test_games(name):
    how = {"access": ("scores", "white-box"), "n_shadows": 4, "random_state": 0}
    game = MembershipGame(FOREST, attack=name, **how)
    if name in ("lira-online", "rmia-online", "mast"):
        with pytest.raises(ValueError, match="trained on the candidates"):
            game.fit(X[TRAIN], Y[TRAIN])
        return
    if name == "gupta-gradients":
        game.set_params(target=Ridge())
    outcome = game.fit(X[TRAIN], Y[TRAIN]).play(X[HOLDOUT], Y[HOLDOUT], utility=True)
    assert not np.isnan(outcome.score).any()
    assert outcome.target_train_accuracy > outcome.target_test_accuracy
    if name not in ("gupta-gradients", "population", "qmia"):  # of few false positives
        assert np.mean(outcome.predicted == outcome.member) > 0.55


def test_members_of_a_game_are_dealt_by_tenths():
    rows = np.arange(100)
    game = MembershipGame(
        DecisionTreeRegressor(), n_shadows=2, random_state=0, attack="loss-threshold"
    )
    game.fit(X[:50], Y[:50])
    outcome = game.play(rows[:, None].repeat(10, axis=1).astype(float), rows)
    per_tenth = outcome.member.reshape(10, 10).sum(axis=1)
    assert per_tenth.min() >= 4
    assert per_tenth.max() <= 6


def test_records_in_a_frame():
    frame = pd.DataFrame(X, columns=load_diabetes().feature_names)
    frame["sex"] = (frame["sex"] > 0).map({True: "a", False: "b"}).astype("category")
    from sklearn.compose import make_column_transformer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    columns = make_column_transformer(
        (OneHotEncoder(), ["sex"]), remainder=StandardScaler()
    )
    model = make_pipeline(columns, DecisionTreeRegressor(random_state=0))
    X_train, X_holdout = frame.iloc[TRAIN], frame.iloc[HOLDOUT]
    y = pd.Series(Y)
    model.fit(X_train, y.iloc[TRAIN])
    report = audit(model, X_train, y.iloc[TRAIN], X_holdout, y.iloc[HOLDOUT], **FAST)
    assert (report.summary["status"] == "ok").all()
    assert report.summary["auc"].max() > 0.95


@pytest.mark.parametrize(
    ("model", "outputs", "given"),
    [
        (DecisionTreeRegressor(random_state=0), 2, 1),
        (Ridge(), 2, 1),
        (Ridge(), 1, 2),
        (RandomForestRegressor(3, random_state=0), 1, 2),
    ],
)
def test_labels_of_other_outputs_are_refused_before_models_are_trained(
    model, outputs, given
):
    both = np.column_stack([Y, Y**2])
    learned, labels = (both if n == 2 else Y for n in (outputs, given))
    model.fit(X[TRAIN], learned[TRAIN])
    with pytest.raises(ValueError, match=rf"output.*y_train holds {given} label"):
        audit(model, X[TRAIN], labels[TRAIN], X[HOLDOUT], labels[HOLDOUT])
