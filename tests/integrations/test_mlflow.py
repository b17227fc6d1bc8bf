"""The evaluator for MLflow: what it logs, and MLflow itself where it is there."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

from skmia import audit
from skmia.integrations.mlflow import MembershipEvaluator, _metrics_of

QUICK = {"attacks": ["gap", "loss-threshold", "salem2"], "random_state": 0}


@pytest.fixture(scope="module")
def sets():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    return X_train, y_train, X_test, y_test


@pytest.fixture(scope="module")
def tree(sets):
    return DecisionTreeClassifier(random_state=0).fit(*sets[:2])


def config(sets):
    return {"X_train": sets[0], "y_train": sets[1], "audit": QUICK}


def test_what_it_evaluates(sets):
    can = MembershipEvaluator.can_evaluate
    assert can(model_type="classifier", evaluator_config=config(sets))
    assert not can(model_type="regressor", evaluator_config=config(sets))
    assert not can(model_type="classifier", evaluator_config=None)


class Client:
    """What MLflow's client would be told."""

    def __init__(self, logged):
        self.logged = logged

    def log_metric(self, run_id, name, value):
        self.logged[name] = value

    def set_tag(self, run_id, name, value):
        self.logged[name] = value

    def log_artifacts(self, run_id, folder):
        files = Path(folder).iterdir()
        self.logged |= {file.name: file.read_text("utf-8") for file in files}


def test_metrics_and_files_are_logged(sets, tree, monkeypatch):
    logged = {}
    result = SimpleNamespace(EvaluationResult=SimpleNamespace)
    monkeypatch.setitem(sys.modules, "mlflow.models", result)
    fake = SimpleNamespace(MlflowClient=lambda: Client(logged), models=result)
    monkeypatch.setitem(sys.modules, "mlflow", fake)

    def evaluation_result(metrics, artifacts, run_id):
        return SimpleNamespace(metrics=metrics, run_id=run_id)

    result.EvaluationResult = evaluation_result
    found = MembershipEvaluator().evaluate(
        model_type="classifier",
        dataset=SimpleNamespace(features_data=sets[2], labels_data=sets[3]),
        run_id="run",
        evaluator_config=config(sets),
        model=SimpleNamespace(_model_impl=SimpleNamespace(sklearn_model=tree)),
    )
    report = audit(tree, *sets, **QUICK)
    assert found.metrics == _metrics_of(report)
    assert logged["gap/auc"] == report.summary.loc["gap", "auc"]
    assert logged["membership_verdict"] == report.verdict
    assert report.finding["headline"] in logged["membership.html"]
    assert '"schema": "skmia-audit/2"' in logged["membership.json"]


def test_what_was_not_measured_is_not_logged(sets, tree):
    metrics = _metrics_of(audit(tree, *sets, **QUICK))
    assert "gap/auc" in metrics
    assert not [name for name in metrics if name.startswith("salem2")]


@pytest.mark.filterwarnings("ignore")
def test_mlflow_itself(sets, tree, tmp_path, monkeypatch):
    """In an environment of its own; mlflow is no extra of the tests."""
    how = "needs mlflow: pip install -c benchmarks/constraints/mlflow.txt mlflow"
    mlflow = pytest.importorskip("mlflow", reason=how)
    assert int(mlflow.__version__.split(".")[0]) >= 3  # pip falls back to 1.26
    monkeypatch.chdir(tmp_path)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path / 'runs.db'}")
    mlflow.set_experiment("audits")
    with mlflow.start_run() as run:
        trusted = ["sklearn.tree._tree.Tree"]
        model = mlflow.sklearn.log_model(
            tree, name="model", skops_trusted_types=trusted
        )
        mlflow.models.evaluate(
            model.model_uri,
            sets[2].assign(label=sets[3]),
            targets="label",
            model_type="classifier",
            evaluators=["skmia"],
            evaluator_config={"skmia": config(sets)},
        )
    data = mlflow.get_run(run.info.run_id).data
    assert data.metrics["gap/auc"] > 0.5
    assert data.tags["membership_verdict"] == "leak"
    files = mlflow.MlflowClient().list_artifacts(run.info.run_id)
    assert {file.path for file in files} >= {"membership.html", "membership.json"}
