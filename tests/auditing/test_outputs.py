"""Audits of classifiers with several outputs, through the public functions."""

import json
import re
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator
from numpy.testing import assert_array_equal
from scipy.sparse import csr_matrix
from sklearn.datasets import load_iris, make_multilabel_classification
from sklearn.ensemble import (
    BaggingClassifier,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import RepeatedKFold, cross_validate
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from typer.testing import CliRunner

from skmia import BlackBox, MembershipGame, ShadowModels, audit
from skmia.attacks import get_attack, run
from skmia.auditing import (
    AuditReport,
    audit_cv,
    estimate_cost,
    suggest_defenses,
)
from skmia.auditing._choice import DEFAULT_ATTACKS
from skmia.cli._commands import app
from skmia.defenses import MemGuard, PrivateGaussianNB, RoundedPosterior
from skmia.shadow import BalancedShuffleSplit
from skmia.targets import Session

X, Y = make_multilabel_classification(400, n_classes=3, random_state=0)
TRAIN = np.arange(400) % 2 == 0
FAST = {"n_shadows": 4, "random_state": 0, "fprs": (0.1,)}
FOREST = RandomForestClassifier(10, random_state=0)
# Labels of two and of four classes, as words.
WORDS = np.array(["a", "b", "c", "d"])[np.c_[Y[:, 0], Y[:, 1] + 2 * Y[:, 2]]]


def sets(y=Y, X=X):
    return X[TRAIN], y[TRAIN], X[~TRAIN], y[~TRAIN]


def report_of(model, y=Y, **how):
    parts = sets(y)
    return audit(model.fit(*parts[:2]), *parts, **(FAST | how))


@pytest.fixture(scope="module")
def report():
    return report_of(FOREST)


@pytest.mark.slow
def test_an_overfitted_forest_leaks(report):
    """Of five seeds of the data the smallest AUC was .86 (loss) and .88 (LiRA)."""
    assert report.summary.index.tolist() == list(DEFAULT_ATTACKS)
    assert (report.summary["status"] == "ok").all()
    assert report.verdict == "leak"
    auc = report.summary["auc"]
    assert auc["loss-threshold"] > 0.8
    assert auc["lira-online"] > 0.82
    assert auc["rmia-online"] > 0.82
    assert {check.outcome for check in report.checks} == {"passed"}
    assert np.isnan(report.summary["auc_outsider"]).all()


@pytest.mark.slow
def test_nobody_is_a_member():
    """Of a model of other records both sets are strangers: all attacks guess.

    An AUC of 200 and 200 exchangeable records has a standard deviation of
    sqrt(401 / (12 * 200 * 200)) = .029; 4.5 of these are left by one of twelve attacks
    with a probability below 1e-4.
    """
    more, labels = make_multilabel_classification(600, n_classes=3, random_state=1)
    model = RandomForestClassifier(20, random_state=0).fit(more[400:], labels[400:])
    parts = more[:200], labels[:200], more[200:400], labels[200:400]
    found = audit(model, *parts, **FAST)
    assert (found.summary["status"] == "ok").all()
    assert (abs(found.summary["auc"] - 0.5) < 4.5 * 0.029).all()
    assert found.verdict != "leak"


def test_accuracies(report):
    for name, rows in (("train", TRAIN), ("holdout", ~TRAIN)):
        predicted = FOREST.fit(X[TRAIN], Y[TRAIN]).predict(X[rows])
        subset = getattr(report, f"{name}_accuracy")
        assert subset == pytest.approx(accuracy_score(Y[rows], predicted))
        mean = report.mean_accuracies[name]
        assert mean == pytest.approx((Y[rows] == predicted).mean())
    assert list(report.records)[:4] == ["member", "label_0", "label_1", "label_2"]


@pytest.mark.slow
@pytest.mark.parametrize("chosen", [None, ["qmia", "shokri", "mast", "base-online"]])
def test_one_output_is_a_plain_classifier(chosen):
    """Also as a model that takes labels in columns only; of no kind with surgery."""
    bag = BaggingClassifier(n_estimators=5, random_state=0)
    one = Y[:, :1]
    several = report_of(MultiOutputClassifier(bag), one, attacks=chosen)
    plain = report_of(bag, one.ravel(), attacks=chosen)
    names = several.summary.index
    scores = several.records[names].to_numpy()
    assert (several.summary["status"] == "ok").all()
    assert_array_equal(scores, plain.records[names].to_numpy())
    with pytest.warns(UserWarning, match="A column-vector y was passed"):
        column = audit(
            bag.fit(X[TRAIN], Y[TRAIN, 0]), *sets(one), **FAST, attacks=chosen
        )
    assert_array_equal(column.records[names].to_numpy(), scores)


def test_the_order_of_outputs_changes_nothing():
    """Neighbours do not depend on it; the same records are dealt to shadow models."""
    splits = list(BalancedShuffleSplit(4, random_state=0).split(X))
    member, scores = TRAIN.astype(int), []
    names = ("lira-online", "rmia-online", "base-online", "long", "loss-threshold")
    for order in ([0, 1, 2], [2, 0, 1]):
        y = Y[:, order]
        model = KNeighborsClassifier().fit(X[TRAIN], y[TRAIN])
        shadows = ShadowModels(model, cv=splits, random_state=0).fit(X, y)
        session = Session(model, X, y)
        recipes = [get_attack(name) for name in (*names, "label-rmia", "gap")]
        scores.append(
            [
                run(one.attack, one.fitted_on, session, shadows=shadows, member=member)
                for one in recipes
            ]
        )
    for one, other in zip(*scores, strict=True):
        # Means of outputs that are compared apart are rounded in another order.
        np.testing.assert_allclose(one[0], other[0], rtol=1e-12, atol=1e-12)


@pytest.mark.slow
def test_classes_of_any_number_and_type():
    model = DecisionTreeClassifier(min_samples_leaf=3, random_state=0)
    words = report_of(model, WORDS)
    numbers = report_of(model, np.searchsorted(["a", "b", "c", "d"], WORDS))
    assert (words.summary["status"] == "ok").all()
    names = words.summary.index
    assert_array_equal(words.records[names], numbers.records[names])


@pytest.mark.slow
@pytest.mark.parametrize(
    "model",
    [
        MultiOutputClassifier(LogisticRegression(max_iter=1000)),
        MLPClassifier((20,), max_iter=2000, tol=1e-3, random_state=0),
    ],
    ids=["one model for each", "network"],
)
def test_kinds_of_models(model):
    found = report_of(make_pipeline(StandardScaler(), model), attacks=["lira-online"])
    assert found.summary.loc["lira-online", "status"] == "ok"
    assert found.mean_accuracies["train"] > 0.7


@pytest.mark.slow
def test_a_label_that_few_have():
    """Some shadow models never see it: forests answer with one column then."""
    rare = Y.copy()
    rare[:, 1] = 0
    rare[[0, 1, 2, 3], 1] = 1
    found = report_of(FOREST, rare)
    assert (found.summary["status"] == "ok").all()
    assert found.summary.loc["loss-threshold", "auc"] > 0.7


@pytest.mark.parametrize(
    ("model", "given", "message"),
    [
        (FOREST, Y[:, 0], "model has 3 outputs, and y_train holds 1 label per record"),
        (FOREST, Y[:, :2], "model has 3 outputs, and y_train holds 2 labels per rec"),
        (
            DecisionTreeClassifier(random_state=0),
            None,
            "model has one output, and y_train holds 3",
        ),
        (LogisticRegression(max_iter=2000), None, "one output, and y_train holds 3"),
        (KNeighborsClassifier(), None, "one output, and y_train holds 3"),
        (
            MLPClassifier((5,), max_iter=2000, tol=0.1, random_state=0),
            None,
            "one output, and y_train holds 3",
        ),
    ],
)
def test_other_outputs_than_the_model_has(model, given, message):
    own = Y if given is not None else Y[:, 0] + Y[:, 1]
    model.fit(X[TRAIN], own[TRAIN])
    with pytest.raises(ValueError, match=message):
        audit(model, *sets(Y if given is None else given), **FAST)


def test_sparse_labels():
    """They are what scikit-learn trains one classifier against the rest on."""
    model = OneVsRestClassifier(LogisticRegression())
    dense = report_of(model, access="white-box", attacks=["loss-threshold"])
    Y_sparse = csr_matrix(Y)
    thin = report_of(model, Y_sparse, access="white-box", attacks=["loss-threshold"])
    assert thin.mean_accuracies == dense.mean_accuracies
    assert thin.summary["auc"].tolist() == dense.summary["auc"].tolist()
    assert thin.structure == dense.structure
    assert [one.name for one in thin.checks] == [one.name for one in dense.checks]


def test_what_is_refused():
    FOREST.fit(X[TRAIN], Y[TRAIN])
    parts = list(sets())
    parts[3] = np.where(parts[3] == 1, "yes", "no")
    with pytest.raises(ValueError, match="None of the labels in column 0 of y_holdout"):
        audit(FOREST, *parts, **FAST)
    for defense in (RoundedPosterior(FOREST), MemGuard(FOREST), PrivateGaussianNB()):
        with pytest.raises(ValueError, match=r"1d array|one class per record"):
            defense.fit(X, Y)
    with pytest.raises(ValueError, match="must be one class per record"):
        MembershipGame(LogisticRegression(), n_shadows=2, random_state=0).fit(X, Y)


def test_attacks_on_one_label_say_why_not():
    found = report_of(FOREST, attacks=["gap", "merlin", "yoqo-online"])
    status = found.summary["status"]
    assert status["gap"] == "ok"
    why = "not run: the model has several outputs, and {} is of one label per record"
    assert status["merlin"] == why.format("the signal 'merlin_ratio'")
    assert status["yoqo-online"] == why.format("Crafted")


@pytest.mark.slow
def test_who_sees_less():
    few = report_of(FOREST, access="label")
    assert (few.summary["status"] == "ok").all()
    assert few.summary.loc["label-lira", "auc"] > 0.7
    largest = report_of(FOREST, WORDS, access="top-k", top_k=1, attacks=["salem1"])
    assert largest.summary.loc["salem1", "status"].startswith("not run")
    boxes = [BlackBox(FOREST), BlackBox(FOREST, access="top-k", k=2)]
    parts = sets()
    FOREST.fit(*parts[:2])
    auc = [
        audit(box, *parts, shadow_estimator=FOREST, attacks=["loss-threshold"], **FAST)
        .summary["auc"]
        .item()
        for box in boxes
    ]
    assert auc[0] == auc[1] > 0.8


@pytest.mark.slow
def test_shadow_models_are_kept_and_found(tmp_path):
    attacks = ["lira-online", "label-lira", "shadow-label", "rmia-offline"]
    found = [
        report_of(FOREST, memory=memory, attacks=attacks).records[attacks]
        for memory in (tmp_path, tmp_path, None)
    ]
    assert_array_equal(found[0], found[1])
    assert_array_equal(found[0], found[2])


@pytest.mark.slow
def test_a_cross_validation():
    kept = {"return_estimator": True, "return_indices": True}
    folds = RepeatedKFold(n_splits=2, n_repeats=4, random_state=0)
    results = cross_validate(FOREST, X[:240], Y[:240], cv=folds, **kept)
    found = audit_cv(results, X[:240], Y[:240], random_state=0, fprs=0.1)
    assert (found.summary["status"] == "ok").all()
    assert found.summary.loc["lira-online", "auc"] > 0.8
    assert found.mean_accuracies["train"] > found.mean_accuracies["holdout"]
    with pytest.raises(ValueError, match="has 3 outputs, and y holds 1 label"):
        audit_cv(results, X[:240], Y[:240, 0])


@pytest.mark.parametrize("attack", [None, "lira-offline", "loss-threshold"])
def test_games(attack):
    game = MembershipGame(FOREST, attack=attack, n_shadows=4, random_state=0)
    outcome = game.fit(X[:200], Y[:200]).play(X[200:], Y[200:], utility=True)
    assert np.mean(outcome.predicted == outcome.member) > 0.7
    assert outcome.target_train_accuracy > outcome.target_test_accuracy > 0.6


@pytest.mark.parametrize(("learned", "played"), [(3, 2), (2, 3), (1, 3), (3, 1)])
@pytest.mark.parametrize("model", [FOREST, RandomForestRegressor(5)])
def test_a_game_is_about_the_same_outputs(model, learned, played):
    game = MembershipGame(model, n_shadows=2, random_state=0)
    game.fit(X[TRAIN], np.squeeze(Y[TRAIN, :learned]))
    message = f"same outputs. Got {played} per record, and {learned} in fit"
    with pytest.raises(ValueError, match=message):
        game.score(X[~TRAIN], np.squeeze(Y[~TRAIN, :played]))


def test_halves_have_their_share_of_frequent_combinations():
    _, labels = make_multilabel_classification(400, n_classes=5, random_state=0)
    code = np.unique(labels, axis=0, return_inverse=True)[1].ravel()
    train, _ = next(BalancedShuffleSplit(2, random_state=0).split(X, labels))
    size, inside = np.bincount(code), np.bincount(code[train])
    frequent = size >= 10
    assert frequent.any()
    assert not frequent.all()
    assert (abs(inside - size / 2)[frequent] <= 1).all()
    assert abs(inside[~frequent].sum() - size[~frequent].sum() / 2) <= 1


def test_labels_of_two_populations():
    other = Y.copy()
    other[~TRAIN, 1] = np.random.RandomState(0).rand(200) < 0.9
    found = report_of(FOREST, other, attacks="loss-threshold")
    [shares] = [check for check in found.checks if check.name == "label shares"]
    assert shares.outcome == "invalid"
    assert "0 is the label of output 1 of 41 % of the training" in shares.text


def test_unknown_labels():
    other = Y[~TRAIN].copy()
    other[0, 2] = 7
    model = FOREST.fit(X[TRAIN], Y[TRAIN])
    parts = X[TRAIN], Y[TRAIN], X[~TRAIN], other
    found = audit(model, *parts, attacks="loss-threshold", **FAST)
    [labels] = [check for check in found.checks if check.name == "labels"]
    assert labels.outcome == "note"
    assert labels.text.startswith("Output 2: 1 of 200 labels of y_holdout are unknown")


def test_the_sets_are_swapped():
    parts = sets()
    found = audit(
        FOREST.fit(*parts[:2]), *parts[2:], *parts[:2], attacks="loss-threshold", **FAST
    )
    assert found.finding["case"] == "swapped"


def test_words_fit(report, tmp_path):
    text = repr(report) + report.to_text() + report.to_markdown()
    report.to_html(tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    page = re.sub(r"(?s)<style.*?</style>|<script.*?</script>|<[^>]+>", " ", page)
    for shown in (text, page):
        assert "of whole records" in shown
        assert "mean of the outputs" in " ".join(shown.split())
        assert "Always the larger class" not in shown
    assert "classification with 3 outputs; 20 features" in page
    groups = report.by_group("label")
    assert "0, 1, 1" in groups.index
    assert groups["n_members"].sum() == 200
    assert "rare labels" in report.traits


def test_the_file_of_a_report(report):
    schema = files("skmia.reporting").joinpath("skmia-audit-2.schema.json").read_text()
    facts = report.to_dict()
    Draft202012Validator(json.loads(schema)).validate(facts)
    assert facts["outputs"]["n_outputs"] == 3
    saved = AuditReport.from_json(report.to_json())
    assert repr(saved) == repr(report)
    assert "holdout_mean_accuracy" in saved.diff(report).index
    assert "no defenses of several outputs" in facts["defenses_why"]
    with pytest.raises(ValueError, match="must have one output"):
        suggest_defenses(report, FOREST, *sets())


@pytest.mark.slow
def test_what_it_will_cost():
    cost = estimate_cost(FOREST.fit(X[TRAIN], Y[TRAIN]), *sets(), n_shadows=4)
    assert (cost.n_fits, cost.n_queries) == (5, 800)


@pytest.fixture
def model_file(tmp_path):
    from skops import io

    flowers, kind = load_iris(return_X_y=True, as_frame=True)
    flowers.columns = ["a", "b", "c", "d"]
    labels = pd.DataFrame({"kind": kind.map({0: "x", 1: "y", 2: "z"})})
    labels["long"] = np.where(kind > 0, "yes", "no")
    rows = np.arange(150) % 2 == 0
    y = labels.to_numpy(str)
    model = KNeighborsClassifier(1).fit(flowers[rows], y[rows])
    io.dump(model, tmp_path / "model.skops")
    for name, part in (("train", rows), ("holdout", ~rows)):
        table = flowers.join(labels)[part]
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    return tmp_path


def command(folder, *labels, suffix="csv"):
    options = ["--model", "model.skops", "--no-html", "--shadows", "4"]
    options += ["--train", f"train.{suffix}", "--holdout", f"holdout.{suffix}"]
    options += ["--attack", "loss-threshold", "--attack", "rmia-online"]
    options += [part for label in labels for part in ("--label", label)]
    options = [str(folder / o) if "." in o else o for o in options]
    return CliRunner().invoke(app, ["audit", *options, "--trust-sklearn"])


def test_label_columns_of_a_file(model_file):
    found = command(model_file, "kind", "long")
    assert found.exit_code in (0, 3), found.output
    assert "subset accuracy 1.000" in found.output
    found = command(model_file, "kind")
    assert found.exit_code == 2, found.output
    assert "has 2 outputs" in " ".join(found.output.split())
    found = command(model_file, "kind", "kind")
    assert "--label must name each column once" in found.output


def test_labels_of_an_npz(tmp_path):
    from skops import io

    io.dump(FOREST.fit(X[TRAIN], Y[TRAIN]), tmp_path / "model.skops")
    for name, rows in (("train", TRAIN), ("holdout", ~TRAIN)):
        np.savez(tmp_path / f"{name}.npz", X=X[rows], y=Y[rows])
    found = command(tmp_path, suffix="npz")
    assert found.exit_code in (0, 3), found.output
    assert "rmia-online" in found.output
