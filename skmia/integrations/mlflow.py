"""An evaluator of MLflow that audits a classifier."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from skmia.auditing import audit

__all__ = ["MembershipEvaluator"]

_METRICS = ("auc", "balanced_accuracy", "tpr_at_fpr_0.01", "epsilon_low")


class MembershipEvaluator:
    """The evaluator "skmia" of ``mlflow.models.evaluate``, for models of scikit-learn.

    The data that are evaluated are the holdout records. ``evaluator_config`` has
    "X_train" and "y_train", the records that the model was trained on, and more
    parameters of :func:`skmia.audit` under "audit".

    .. versionadded:: 0.2
       Experimental: it may change in any release, see docs/stability.md.

    Examples
    --------
    >>> from skmia.integrations.mlflow import MembershipEvaluator
    >>> trained_on = {"X_train": [[0], [1]], "y_train": [0, 1]}
    >>> MembershipEvaluator.can_evaluate(
    ...     model_type="classifier", evaluator_config=trained_on
    ... )
    True
    """

    @classmethod
    def can_evaluate(
        cls, *, model_type: str, evaluator_config: dict[str, Any], **kwargs: Any
    ) -> bool:
        """Whether it is a classifier whose training records are given.

        Parameters
        ----------
        model_type : str
            As MLflow calls it: "classifier", "regressor", ...
        evaluator_config : dict
            See the class.
        **kwargs
            Not looked at.

        Returns
        -------
        can : bool
        """
        given = evaluator_config or {}
        return model_type == "classifier" and {"X_train", "y_train"} <= given.keys()

    def evaluate(
        self,
        *,
        model_type: str,
        dataset: Any,
        run_id: str,
        evaluator_config: dict[str, Any],
        model: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Audit the model; metrics and the report are logged to the run.

        Parameters
        ----------
        model_type : str
            "classifier".
        dataset : mlflow.models.evaluation.base.EvaluationDataset
            Holdout records and their labels.
        run_id : str
            Where to log.
        evaluator_config : dict
            See the class.
        model : mlflow.pyfunc.PyFuncModel
            Of a model of scikit-learn.
        **kwargs
            Not looked at.

        Returns
        -------
        result : mlflow.models.EvaluationResult
        """
        from mlflow import MlflowClient
        from mlflow.models import EvaluationResult

        estimator = model._model_impl.sklearn_model
        config = dict(evaluator_config)
        train = config.pop("X_train"), config.pop("y_train")
        holdout = dataset.features_data, dataset.labels_data
        report = audit(estimator, *train, *holdout, **config.get("audit", {}))
        metrics, client = _metrics_of(report), MlflowClient()
        for name, value in metrics.items():
            client.log_metric(run_id, name, value)
        client.set_tag(run_id, "membership_verdict", report.verdict)
        with tempfile.TemporaryDirectory() as folder:
            report.to_html(Path(folder, "membership.html"))
            report.to_json(Path(folder, "membership.json"))
            client.log_artifacts(run_id, folder)
        return EvaluationResult(metrics, artifacts={}, run_id=run_id)


def _metrics_of(report):
    """Numbers of a report by the names that they are logged under.

    Parameters
    ----------
    report : AuditReport

    Returns
    -------
    metrics : dict of str to float
        Of each attack, and "membership_step" and "membership_factor" of the whole; what
        was not measured is left out.
    """
    found = {
        f"{attack}/{metric}": row[metric]
        for attack, row in report.summary.iterrows()
        for metric in _METRICS
        if metric in row
    }
    found |= {f"membership_{name}": report.finding[name] for name in ("step", "factor")}
    # What is not a number is not equal to itself.
    return {
        name: float(value)
        for name, value in found.items()
        if value is not None and value == value
    }
