"""Which step of a pipeline gives the training records away."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import sparse
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.utils import _safe_indexing, check_random_state
from sklearn.utils.validation import check_is_fitted

from skmia.auditing._again import (
    COLUMNS,
    attack_for,
    audit_again,
    check_report,
    measured,
)
from skmia.auditing._audited_records import pool
from skmia.auditing._findings import failed
from skmia.auditing._refitted import Others, RefittedPipeline, fitted_transform
from skmia.auditing._report import AuditReport
from skmia.utils._random import deal_groups, draw_seeds, set_random_states
from skmia.utils._sklearn import JOBS, HasMethods, validate_params
from skmia.utils._typing import MatrixLike, RandomStateLike

AS_IT_IS = "as it is"
_ROUNDING = 1e-6
_NOT_CROSS_FITTED = (
    "Not cross-fitted: its transform, and not its fit_transform, is what the rest is "
    "trained on."
)
_HOW_TO_READ = (
    "A step leaks by as much as the AUC is below that of the row that its note names. "
    "All models were fitted anew, and judged on {n_train} training records and "
    "{n_judged} of the holdout; steps were fitted elsewhere on the other {n_others}."
)


@validate_params(
    report=[AuditReport],
    model=[HasMethods("predict")],
    random_state=["random_state"],
    n_jobs=JOBS,
)
def attribute_leak(
    report: AuditReport,
    model: Pipeline,
    X_train: MatrixLike,
    y_train: ArrayLike,
    X_holdout: MatrixLike,
    y_holdout: ArrayLike,
    *,
    random_state: RandomStateLike = None,
    n_jobs: int | None = None,
) -> pd.DataFrame:
    """Find out which step of a pipeline gives its training records away.

    The pipeline is fitted again with one step after the other fitted on other records,
    and audited by the attack that `report` is judged by. What a step learned of the
    training records is gone then: the leak falls by what it gave away.

    .. versionadded:: 0.2

    Parameters
    ----------
    report : AuditReport
        Of `model` on these records. Its attack, seed, levels, groups and number of
        shadow models are used.
    model : fitted Pipeline
        It is not changed.
    X_train : {array-like, sparse matrix, DataFrame} of shape (n_train, n_features)
        Records that the model was trained on, as in the audit.
    y_train : array-like of shape (n_train,)
        Their labels.
    X_holdout : {array-like, sparse matrix, DataFrame} of shape (n_holdout, n_features)
        Records that had no part in training, as in the audit. Steps are fitted on one
        half, and the other half is judged.
    y_holdout : array-like of shape (n_holdout,)
        Their labels.
    random_state : int, RandomState instance or None, default=None
        Seed of the halves of the holdout records, and of the models. It replaces
        every ``random_state`` of the pipeline.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.

    Returns
    -------
    leak : DataFrame
        Indexed by "step":

        - "as it is": all steps fitted on the training records.
        - "NAME fitted elsewhere", for each step but those that pass records through.
        - "NAME frozen, fitted on its own training records", for each step whose
          ``fit_transform`` is not ``transform`` after ``fit``, such as a
          `TargetEncoder`, which cross-fits. A step that is fitted elsewhere does not,
          so that it is to be compared with this row.
        - "choice of NAME made elsewhere", where the last step is a search: it chooses
          parameters on other records, and the model that has them is fitted on the
          training records.

        The columns are ``auc`` and ``tpr_at_fpr_0.01`` with ``_low`` and ``_high``,
        ``epsilon_low``, the ``accuracy`` on the judged holdout records, and ``note``:
        what to compare a row with, or what went wrong. nan is what was not measured.
        ``attrs`` holds "attack", and "notes" on how to read it.

    Raises
    ------
    ValueError
        The model is no pipeline, the report is of other records or its numbers do not
        count, or there are too few holdout records for two halves.

    See Also
    --------
    suggest_defenses : What to do about it.
    skmia.inference.attribute_inference : Not of steps: what the model tells of an
        attribute (a feature) of its training records.

    Notes
    -----
    Level: records. Threat model: that of the attack. Shadow models are made in the same
    way as the model of their row: a step that was fitted elsewhere is fitted on the
    same other records in all of them, as the steps before it transform these, and the
    attacker knows it. They answer for one side of each record, also where those of
    the audit answered for both, and fewer records are judged: compare rows with each
    other, not with the report. Steps interact, so that what they give away does not
    add up. Parameters of ``fit`` such as weights are not passed.

    References
    ----------
    E. Debenedetti, G. Severi, N. Carlini, C. A. Choquette-Choo, M. Jagielski, M. Nasr,
    E. Wallace, F. Tramèr, "Privacy Side Channels in Machine Learning Systems", USENIX
    Security 2024, arXiv:2309.05610 (that other parts than the model leak).

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import audit
    >>> from skmia.auditing import attribute_leak
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> model = make_pipeline(StandardScaler(), DecisionTreeClassifier(random_state=0))
    >>> sets = X[::2], y[::2], X[1::2], y[1::2]
    >>> report = audit(model.fit(*sets[:2]), *sets, attacks="gap", random_state=0)
    >>> leak = attribute_leak(report, model, *sets, random_state=0)
    >>> for step in leak.index:
    ...     print(step)
    as it is
    standardscaler fitted elsewhere
    decisiontreeclassifier fitted elsewhere
    >>> leak.loc["standardscaler fitted elsewhere", "note"]
    'Compare: as it is.'
    """
    if not isinstance(model, Pipeline):
        raise ValueError(
            "The 'model' parameter of attribute_leak must be a Pipeline: the leak is "
            f"attributed to its steps. Got {model!r}."
        )
    check_is_fitted(model)
    check_report("attribute_leak", report, X_train, y_train, X_holdout, y_holdout)
    X, y, member, _ = pool(model, X_train, y_train, X_holdout, y_holdout)
    rng = check_random_state(random_state)
    elsewhere = _elsewhere(report, y, member, rng)
    train, judged, rest = map(
        np.flatnonzero, (member, (member == 0) & ~elsewhere, elsewhere)
    )
    (X_own, y_own), (X_judged, y_judged), (X_others, y_others) = (
        (_safe_indexing(X, rows), y[rows]) for rows in (train, judged, rest)
    )
    others = Others(X_others, y_others, draw_seeds(rng))
    pipeline = set_random_states(clone(model), rng)
    how_judged: dict[str, Any] = {
        "rows": np.concatenate([train, judged]),
        "n_jobs": n_jobs,
    }
    how_judged |= {"sets": (X_own, y_own, X_judged, y_judged)}
    how_judged |= {"attacks": attack_for(report, model)}
    table = {}
    for name, step, how, note in _rows(model, pipeline, X_own, y_own):
        refitted = RefittedPipeline(pipeline, step=step, how=how, others=others)
        found, status = _judge(report, refitted, **how_judged)
        table[name] = found | {"note": note if status == "ok" else status}
    leak = pd.DataFrame.from_dict(table, orient="index").rename_axis("step")
    leak = leak.reindex(columns=[*COLUMNS, "accuracy", "note"])
    sizes = {"n_train": len(train), "n_judged": len(judged), "n_others": len(rest)}
    note = _HOW_TO_READ.format(**sizes)
    leak.attrs = {"attack": how_judged["attacks"], "notes": [note]}
    return leak


def _judge(report, refitted, sets, **how):
    """What the attack finds of a pipeline, or why it finds nothing."""
    try:
        refitted.fit(*sets[:2])
        return measured(audit_again(report, refitted, sets, **how))
    except Exception as error:
        return {}, failed(error, sets[0])


def _elsewhere(report, y, member, rng):
    """One half of the holdout records, without what belongs to training records."""
    units = report.units
    free = np.flatnonzero((member == 0) & ~np.isin(units, units[member == 1]))
    if len(np.unique(units[free])) < 2:
        raise ValueError(
            "attribute_leak needs two holdout records, or groups, that do not belong "
            f"to training records: it fits steps on a half of them. Got {len(free)}."
        )
    chosen = np.zeros(len(y), dtype=bool)
    chosen[free] = deal_groups(units[free], y[free], 2, rng) == 0
    return chosen


def _rows(model, pipeline, X, y):
    """Name of each row, which step is fitted in which other way, and a note.

    Parameters
    ----------
    model, pipeline : Pipeline
        As it was fitted, and as it is fitted again.
    X, y : records and labels
        What it is trained on.

    Yields
    ------
    row : tuple of (name, step, how, note)
    """
    yield AS_IT_IS, None, "elsewhere", ""
    for name, step in pipeline.steps[:-1]:
        if step in (None, "passthrough"):
            continue
        compare = AS_IT_IS
        if _cross_fits(clone(step), X, y):
            compare = f"{name} frozen, fitted on its own training records"
            yield compare, name, "frozen", _NOT_CROSS_FITTED
        yield f"{name} fitted elsewhere", name, "elsewhere", f"Compare: {compare}."
        X = fitted_transform(clone(step), X, y)
    name, last = model.steps[-1]
    if hasattr(last, "best_params_") and hasattr(last, "estimator"):
        row = f"choice of {name} made elsewhere"
        yield row, name, "choice", f"Compare: {AS_IT_IS}."
    yield f"{name} fitted elsewhere", name, "elsewhere", f"Compare: {AS_IT_IS}."


def _cross_fits(step, X, y):
    """Whether the training records become something else than other records would."""
    during = fitted_transform(step, X, y)
    return not _alike(during, step.transform(X))


def _alike(first, second):
    """Equal but for rounding, of dense or sparse numbers, or of anything else."""
    if np.shape(first) != np.shape(second):
        return False
    if sparse.issparse(first):
        largest = abs(first).max(axis=0).toarray()
        apart = abs(first - second).max(axis=0).toarray()
        return bool((apart <= _ROUNDING * largest).all())
    first, second = np.asarray(first), np.asarray(second)
    try:
        first, second = first.astype(float), second.astype(float)
    except (TypeError, ValueError):
        return first.tolist() == second.tolist()
    # By column: beside an income, all that an encoder does would be rounding.
    largest = np.nan_to_num(abs(first)).max(axis=0, initial=0)
    return np.allclose(first, second, atol=_ROUNDING * largest, equal_nan=True)
